"""Opens a page in headless Chromium, and says what is there when its scripts have run."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from html.parser import HTMLParser
from pathlib import Path

from robot.api import SkipExecution
from robot.api.deco import keyword, library

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    # In containers it is small, and two browsers at the same time fill it.
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=3000",
)
# What a person does: opens the row, and looks where its parts are.
_LOOK = """
<script>
$(function () {
    setTimeout(function look() {
        // The page writes its tests piece by piece.
        if (!document.querySelector(".http-requests tbody > tr > td > details")) {
            setTimeout(look, 100);
            return;
        }
        var found = {title: document.title, rows: []};
        var links = Array.from(document.querySelectorAll(".http-requests li a"));
        found.links = links.map(function (link) {
            link.click();
            var row = document.querySelector(link.getAttribute("href"));
            var top = row.getBoundingClientRect().top;
            var inside = top >= 0 && top < window.innerHeight;
            return {text: link.textContent, inside: inside, target: row.matches(":target")};
        });
        // As a link in Robot Framework's own statistics does.
        makeElementVisible("s1-t1");
        found.hash = window.location.hash;
        document.querySelectorAll(".http-requests tbody > tr > td > details").forEach(function (row) {
            var wasOpen = row.open;
            row.open = false;
            var closed = row.getBoundingClientRect().height;
            row.open = true;
            var cells = Array.from(row.querySelectorAll("summary > span"));
            var sides = Array.from(row.querySelectorAll("section")).map(side => side.getBoundingClientRect());
            var bar = row.querySelector(".line i").getBoundingClientRect();
            found.rows.push({
                wasOpen: wasOpen,
                summary: cells.map(cell => cell.textContent),
                cut: cells.some(cell => cell.getBoundingClientRect().right > row.getBoundingClientRect().right + 1),
                outside: row.getBoundingClientRect().right > document.documentElement.clientWidth,
                closed: closed,
                open: row.getBoundingClientRect().height,
                beside: sides.length == 2 && sides[0].top == sides[1].top && sides[0].right <= sides[1].left,
                inside: sides.every(side => side.right <= window.innerWidth),
                sides: Array.from(row.querySelectorAll("section")).map(side => side.innerText),
                notes: Array.from(row.querySelectorAll(":scope > .what")).map(note => note.innerText),
                marks: Array.from(row.querySelectorAll("section .note")).map(mark => mark.textContent),
                bar: [bar.left, bar.right],
                colour: getComputedStyle(row).color,
                scripts: row.querySelectorAll("script, img, iframe, object, embed").length
            });
        });
        found.background = getComputedStyle(document.body).backgroundColor;
        var output = document.createElement("pre");
        output.id = "found";
        output.textContent = JSON.stringify(found);
        document.body.appendChild(output);
    }, 100);
});
</script>
"""


class _Found(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self._inside = False
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = ("id", "found") in attrs

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.text += data


@library(scope="GLOBAL", auto_keywords=False)
class Browser:
    @keyword
    def look_at_the_table(self, log: Path, theme: str, width: int = 1400) -> str:
        """Opens a log.html in a theme and each row of its table; returns JSON about what is to be seen there."""
        browser = next(filter(None, map(shutil.which, _NAMES)), None)
        if browser is None:
            raise SkipExecution(f"There is no browser on the path, none of {', '.join(_NAMES)}.")
        page = log.with_name("looked-at.html")
        text = log.read_text(encoding="utf-8")
        page.write_text(text.replace("</body>", f"{_LOOK}</body>"), encoding="utf-8")
        with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as profile:
            own = [f"--user-data-dir={profile}", f"--window-size={width},1600"]
            command = [browser, *_OPTIONS, *own, "--dump-dom", f"{page.as_uri()}?theme={theme}"]
            done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
        found = _Found()
        found.feed(done.stdout)
        if not found.text:
            raise AssertionError(f"The browser ended with {done.returncode} and showed nothing.\n{done.stderr[-2000:]}")
        return found.text
