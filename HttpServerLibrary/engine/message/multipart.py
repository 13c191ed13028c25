"""What a multipart body says about its files (RFC 7578)."""

from __future__ import annotations

import re
from typing import Final

from werkzeug.datastructures import FileStorage

_FILENAME: Final = re.compile(r';[ \t]*filename="', re.IGNORECASE)
# Each backslash but the last can be read in one way only, so the time is proportional to the length.
_QUOTED: Final = re.compile(r'([^"\\]*(?:\\(?:["\\]|(?!["\\]))[^"\\]*)*\\?)"')
# A backslash that escapes nothing (RFC 9110, 5.6.4), so it belongs to the name.
_LITERAL_BACKSLASH: Final = re.compile(r'(?:[^\\]|^)(?:\\\\)*\\[^\\"]')


def filename_as_sent(file: FileStorage) -> str | None:
    """The name of an uploaded file, with the backslashes of a path such as ``C:\\temp\\report.csv``.

    Clients do not escape them (HTML, multipart/form-data), but werkzeug treats every backslash as an escape.
    """
    disposition = file.headers.get("Content-Disposition", "") if file.filename else ""
    start = _FILENAME.search(disposition)
    found = None if start is None else _QUOTED.match(disposition, start.end())
    if found is None or not _LITERAL_BACKSLASH.search(found[1]):
        return file.filename
    return found[1].replace('\\"', '"').replace("%22", '"')
