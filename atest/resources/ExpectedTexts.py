"""Whole texts that tests expect, each in a file of its own, for utest as well as for atest.

What differs from run to run has a placeholder in the file:

- ``<url>`` for ``http://localhost:1234``, ``<https-url>`` with HTTPS, ``<host>`` without a scheme. The second URL in a
  text is ``<url 2>``, and so on, so that texts also say which server is meant.
- ``<time>`` for a time of day with milliseconds.
- ``<duration>`` for one that was measured: ``12.3 ms``, ``+0.012 s``.
"""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path

from robot.api import logger
from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn

ROOT = Path(__file__).parents[2]

_ADDRESS = re.compile(r"(?:(https?)://)?(?:localhost|127\.0\.0\.1|\[::1\]):\d+")
_NAMES = {"http": "url", "https": "https-url", None: "host"}
_TIME = re.compile(r"\b\d\d:\d\d:\d\d\.\d{3}\b")
_DURATION = re.compile(r"[+-]?\b\d+\.\d+ m?s\b")


def with_placeholders(text: str) -> str:
    """The text with placeholders for what differs from run to run."""
    seen: dict[str, list[str]] = {name: [] for name in _NAMES.values()}

    def placeholder(found: re.Match[str]) -> str:
        name = _NAMES[found[1]]
        if found[0] not in seen[name]:
            seen[name].append(found[0])
        number = seen[name].index(found[0]) + 1
        return f"<{name}>" if number == 1 else f"<{name} {number}>"

    text = _ADDRESS.sub(placeholder, text)
    return _DURATION.sub("<duration>", _TIME.sub("<time>", text))


def difference(text: str, file: Path, how_to_update: str) -> str:
    """How the text differs from the file's, or nothing. The file ends with a line end that the text has not."""
    name = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.name
    text = with_placeholders(text)
    if not file.exists():
        return f"There is no file {name}; {how_to_update} writes it. The text:\n{text}"
    expected = file.read_text(encoding="utf-8").removesuffix("\n")
    if text == expected:
        return ""
    # keepends tells a text that ends with a line end from one that does not.
    before, after = expected.splitlines(keepends=True), text.splitlines(keepends=True)
    _, _, _, *lines = difflib.unified_diff(before, after, n=len(before) + len(after))
    body = "\n".join(line.removesuffix("\n") for line in lines)
    return f"The text (+) differs from {name} (-); if it is right, {how_to_update} writes it there:\n{body}"


def update(text: str, file: Path) -> None:
    """Makes the text the one that is expected."""
    if os.environ.get("CI"):
        raise AssertionError("Expected texts are not updated in CI: update them where you can read and commit them.")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(with_placeholders(text) + "\n", encoding="utf-8", newline="\n")


@library
class ExpectedTexts:
    @keyword
    def text_should_be_as_expected(self, text: str, name: str) -> None:
        """The text is that of ``atest/expected/<name>.txt``.

        ``--variable UPDATE_EXPECTED:True`` rewrites the files whose texts differ, and warns of each.
        """
        file = ROOT / "atest" / "expected" / f"{name}.txt"
        found = difference(text, file, "--variable UPDATE_EXPECTED:True")
        if not found:
            return
        if not BuiltIn().get_variable_value("${UPDATE_EXPECTED}"):
            raise AssertionError(found)
        update(text, file)
        logger.warn(f"Rewrote {file.relative_to(ROOT).as_posix()}")
