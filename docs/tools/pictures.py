"""The pictures of log.html in docs/pictures: takes them anew, or says whether the log still looks like them.

``python docs/tools/pictures.py`` runs a suite of the pages, opens log.html in headless Chromium and saves parts of it.
Beside the pictures it writes what they show as text, with placeholders for what differs from run to run. With
``--check`` it takes no pictures, so it needs no Chromium: it compares the text with what the log says now.
"""

from __future__ import annotations

import base64
import difflib
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

# A program finds the modules beside it, not those of the repository.
sys.path.insert(0, str(Path(__file__).parents[2]))

from robot import result

from atest.resources.ExpectedTexts import with_placeholders
from utest.pages import ROOT, blocks_of, messages_of, run

PICTURES = ROOT / "docs" / "pictures"
TEXTS = PICTURES / "shown.json"
STYLE = ROOT / "HttpServerLibrary" / "log" / "table.css"

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    # In containers it is small.
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)
# In CSS pixels. A table that is narrower than 800 shows no time line.
_TABLE_WIDTH = 832
_WIDTH = 1000
_HEIGHT = 1600
# More of the page would show its neighbours.
_AROUND = 3
_MARGIN = 4
_SCALE = 2
_COLOURS = 64

# Scripts that return the edges of a part of the page: left, top, right, bottom.
_TABLE = """
    const table = document.querySelector(`#${arguments[0]} .http-requests`).getBoundingClientRect();
    return [table.left + scrollX, table.top + scrollY, table.right + scrollX, table.bottom + scrollY];
"""
_FAILURE = """
    const test = document.getElementById(arguments[0]);
    const children = test.querySelector(".children");
    for (const row of children.querySelector(".metadata").rows) {
        row.hidden = /^(Full Name|Start)/.test(row.cells[0].textContent);
    }
    const header = test.querySelector(".element-header").getBoundingClientRect();
    const message = document.createRange();
    message.selectNodeContents(children.querySelector(".message"));
    const text = message.getBoundingClientRect();
    return [header.left + scrollX, header.top + scrollY, text.right + scrollX, text.bottom + scrollY];
"""
_WIDTH_OF_TABLE = "return document.querySelector(`#${arguments[0]} .http-requests`).clientWidth"

# What differs from run to run and from client to client, beside addresses and times.
_VARIES = (
    (re.compile(r"<style>.*?</style>", re.DOTALL), ""),
    (re.compile(r"\brequest[0-9a-f]{12}x"), "request"),
    (re.compile(r"(left|width):[\d.]+%"), r"\1:<part>"),
    (re.compile(r'<span class="n">(?:User-Agent|Accept[\w-]*|Connection)</span>[^<\n]*\n?'), ""),
    (re.compile(r"(?:<|&lt;) <duration>"), "<duration>"),
    (re.compile(r"<host \d+>"), "<host>"),
)


class Ran(NamedTuple):
    """The test that the pictures show, and the results that it is part of."""

    failed: result.TestCase
    output: Path


def run_suite(directory: Path) -> Ran:
    """Runs the first suite of the failures, which is that of the start page with a mistake."""
    page = (ROOT / "docs" / "failures.md").read_text("utf-8")
    ran = run([next(block.text for block in blocks_of(page) if block.is_suite)], directory)
    return Ran(ran.suites[0].tests[0], directory / "output.xml")


def texts_of(ran: Ran) -> dict[str, list[str]]:
    """What each picture shows of this library, as lines."""
    _, beginning, rest = ran.failed.message.partition("1 problem on")
    texts = {
        "failure.png": beginning + rest,
        "table.png": "\n".join(messages_of(ran.failed, html=True)),
    }
    if not all(texts.values()):
        raise ValueError("The log has nothing to show.")
    return {name: _without_what_varies(text).splitlines() for name, text in texts.items()}


def _without_what_varies(text: str) -> str:
    text = with_placeholders(text.replace("><", ">\n<"))
    for pattern, replacement in _VARIES:
        text = pattern.sub(replacement, text)
    return text


def shown_by(ran: Ran) -> str:
    """All that the pictures depend on, as it is kept beside them."""
    # Line ends may differ where Git has written the file.
    style = hashlib.sha256(STYLE.read_text("utf-8").encode()).hexdigest()
    return json.dumps({"table.css": style, **texts_of(ran)}, indent=1) + "\n"


def check() -> int:
    with tempfile.TemporaryDirectory(prefix="pictures-") as directory:
        now = shown_by(run_suite(Path(directory)))
    then = TEXTS.read_text("utf-8") if TEXTS.exists() else ""
    if now == then:
        return 0
    print("The log no longer looks as in the pictures. Take the pictures anew: nox -s pictures")
    print(*difflib.unified_diff(then.splitlines(), now.splitlines(), "pictures", "log", n=1, lineterm=""), sep="\n")
    return 1


def take() -> int:
    chromium = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        print(
            "Chromium and chromedriver are needed. On Debian: apt-get install chromium chromium-driver", file=sys.stderr
        )
        return 1
    with tempfile.TemporaryDirectory(prefix="pictures-") as directory:
        ran = run_suite(Path(directory))
        log = ran.output.with_name("log.html")
        command = [sys.executable, "-m", "robot.rebot", "--log", str(log), "--report", "NONE", str(ran.output)]
        # Its exit code is the number of failed tests.
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        with closing(_Page(chromium, driver, log)) as page:
            pictures = {"failure.png": page.failure(ran.failed.id), "table.png": page.table(ran.failed.id)}
        texts = shown_by(ran)
    PICTURES.mkdir(exist_ok=True)
    for name, picture in pictures.items():
        (PICTURES / name).write_bytes(picture)
        print(f"docs/pictures/{name}: {len(picture) / 1000:.0f} kB")
    TEXTS.write_text(texts, "utf-8", newline="\n")
    return 0


class _Page:
    """A log.html in Chromium."""

    def __init__(self, chromium: str, driver: str, log: Path) -> None:
        from selenium import webdriver

        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for option in _OPTIONS:
            options.add_argument(option)
        self._browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
        self._resize(_WIDTH)
        self._browser.get(f"{log.as_uri()}?theme=light")

    def close(self) -> None:
        self._browser.quit()

    def failure(self, test: str) -> bytes:
        """The head of a failed test: its name, status and message."""
        self._wait_for(f"#{test} .message")
        return self._picture(_FAILURE, test)

    def table(self, test: str) -> bytes:
        """The table of the requests of a test."""
        self._wait_for(f"#{test} .http-requests")
        # How much of the width is left to the table is up to Robot Framework.
        width = self._browser.execute_script(_WIDTH_OF_TABLE, test)
        self._resize(_WIDTH + _TABLE_WIDTH - round(width))
        return self._picture(_TABLE, test)

    def _resize(self, width: int) -> None:
        metrics = {"width": width, "height": _HEIGHT, "deviceScaleFactor": _SCALE, "mobile": False}
        self._browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def _wait_for(self, selector: str) -> None:
        """The page writes its tests piece by piece."""
        from selenium.webdriver.support.wait import WebDriverWait

        WebDriverWait(self._browser, 20).until(lambda browser: browser.find_elements("css selector", selector))

    def _picture(self, script: str, test: str) -> bytes:
        """The part of the page that a script says, as a small PNG."""
        from PIL import Image, ImageOps

        left, top, right, bottom = self._browser.execute_script(script, test)
        size = {"width": right - left + 2 * _AROUND, "height": bottom - top + 2 * _AROUND}
        clip = {"x": left - _AROUND, "y": top - _AROUND, **size, "scale": 1}
        options = {"format": "png", "clip": clip, "captureBeyondViewport": True}
        taken = self._browser.execute_cdp_cmd("Page.captureScreenshot", options)["data"]
        picture = Image.open(io.BytesIO(base64.b64decode(taken))).convert("RGB")
        picture = ImageOps.expand(picture, _MARGIN * _SCALE, "white")
        small = io.BytesIO()
        picture.quantize(_COLOURS).save(small, "PNG", optimize=True)
        return small.getvalue()


if __name__ == "__main__":
    sys.exit(check() if "--check" in sys.argv else take())
