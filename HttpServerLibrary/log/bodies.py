"""Bodies as lines for people to read: JSON, XML and forms are formatted, binary data is shown in hexadecimal.

Each line has the path of the value that begins on it. If there are values to point at, a long body is folded around
them, and for a body that is too large to show, only the lines around them are made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from ..engine.masking.secrets import Secrets
from ..engine.phrase import masked
from .outline import MAX_DEPTH, JsonOutline, Line, Outline, Path, PlainOutline, readable

_MAX_CHARACTERS: Final = 10_000
# Larger bodies are not formatted: that takes time, and only the beginning is shown.
_MAX_FORMATTED: Final = 256 * 1024
# With values to point at, formatting is worth more time.
_MAX_SEARCHED: Final = 1024 * 1024
# So that a secret that begins before the cut is complete.
_MARGIN: Final = 4096
# Each pattern stops where the next token of its kind may begin, so that broken XML takes no longer.
_XML: Final = re.compile(r"<!--(?:(?!--).)*-->|<!\[CDATA\[(?:(?!\]\]>|<!\[CDATA\[).)*\]\]>|<[^<>]*>|<?[^<]*", re.DOTALL)
_PAIR: Final = re.compile("[^&]+")
_XML_NAME: Final = re.compile(r"<(?:[^\s<>/:]+:)?([^\s<>/:]+)")
_BYTES_PER_LINE: Final = 16
_MAX_CHARACTER_BYTES: Final = 4
_REPLACED: Final = "\ufffd"
# Lines shown before and after a value that is pointed at.
_AROUND: Final = 4
# Shorter bodies are not folded, nor are fewer lines in a row.
_MIN_FOLDED_BODY: Final = 40
_MIN_FOLDED: Final = 6


class Body(NamedTuple):
    """What is shown of a body. ``kind`` is ``JSON``, ``Form``, ``XML``, ``Text`` or ``Binary``, empty without lines."""

    kind: str
    caption: str
    lines: list[Line]


def show_body(
    data: bytes,
    content_type: str,
    charset: str,
    secrets: Secrets,
    cut: str = "",
    wanted: Mapping[str, Sequence[Path]] | None = None,
    is_part: bool = False,
) -> Body:
    """A body as lines.

    ``cut`` says how much of the body is kept, if not all of it; ``is_part`` if there may have been more, so that it may
    end within a secret. ``wanted`` are the paths to point at for each kind of
    body.
    """
    if not data:
        return Body("", f"Body: {cut}" if cut else "No body", [])
    wanted = wanted or {}
    most = _MAX_SEARCHED if any(wanted.values()) else _MAX_FORMATTED
    kind, text = _outlined(data, content_type.lower(), charset, secrets, not cut, is_part, most)
    lines, left_out = _selected(text, wanted.get(kind, ()))
    return Body(kind, f"Body: {kind}, {cut or _bytes(len(data))}{left_out}", lines)


def _bytes(size: int) -> str:
    return "1 byte" if size == 1 else f"{size:,} bytes"


def _outlined(
    data: bytes, content_type: str, charset: str, secrets: Secrets, whole: bool, is_part: bool, most: int
) -> tuple[str, Outline]:
    beginning = data[: _MAX_CHARACTER_BYTES * (_MAX_CHARACTERS + _MARGIN)]
    text = beginning.decode(charset, "replace")
    if len(beginning) < len(data) or not whole:
        # The cut may be in the middle of a character.
        text = f"{text[:-_MAX_CHARACTER_BYTES]}{text[-_MAX_CHARACTER_BYTES:].rstrip(_REPLACED)}"
    formatted = _formatted(data, text, content_type, secrets, is_part) if whole and len(data) <= most else None
    if formatted is not None:
        return formatted
    is_binary = _REPLACED in text or "\0" in text
    kept = (data.decode("latin-1") if is_binary else text)[: _MAX_CHARACTERS + _MARGIN]
    shown = masked(kept, secrets, 0, _MAX_CHARACTERS + 1, cut_after=is_part or not whole or len(kept) < len(data))
    if is_binary:
        return "Binary", PlainOutline(lambda: _hexadecimal(shown.encode("latin-1")))
    return "Text", PlainOutline(lambda: (Line(readable(line)) for line in shown.split("\n")))


def _formatted(
    data: bytes, text: str, content_type: str, secrets: Secrets, is_part: bool
) -> tuple[str, Outline] | None:
    if "json" in content_type or text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        try:
            return "JSON", JsonOutline(json.loads(data), secrets)
        except (ValueError, RecursionError):
            return None
    if "x-www-form-urlencoded" in content_type and not is_part:
        return "Form", PlainOutline(lambda: _form(data.decode("utf-8", "replace"), secrets))
    if _REPLACED not in text and ("xml" in content_type or text.lstrip("\ufeff \t\r\n").startswith("<?xml")):
        shown = secrets.hide(data.decode("utf-8", "replace"), cut_after=is_part)
        return "XML", PlainOutline(lambda: _xml(shown))
    return None


def _form(text: str, secrets: Secrets) -> Iterator[Line]:
    # One by one: there may be very many, of which a few are shown.
    for pair in _PAIR.finditer(text):
        for name, value in parse_qsl(pair[0], keep_blank_values=True):
            yield Line(readable(f"{secrets.hide(name)} = {secrets.field(name, value)}"), (name,))


def _xml(text: str) -> Iterator[Line]:
    """XML with a line for each element; never fails, even if the XML is malformed."""
    path: list[str] = []
    # For each open element: how often each name has occurred among its children.
    counts: list[dict[str, int]] = [{}]
    line = ""
    at: Path | None = None
    # Whether the line is a start tag, so that text and the end tag may follow on it: <name>text</name>.
    opened = False
    for found in _XML.finditer(text.removeprefix("\ufeff")):
        token = found[0].strip()
        if not token:
            continue
        is_tag = token.startswith("<")
        ends = token.startswith("</")
        is_element = is_tag and not token.startswith(("</", "<!", "<?"))
        if ends and path:
            path.pop()
            counts.pop()
        if opened and (ends or not is_tag):
            line += token
            opened = not ends
            continue
        if line:
            yield Line(readable(line), at)
        line = f"{'  ' * min(len(path), MAX_DEPTH)}{token}"
        at = None
        opened = is_element and not token.endswith("/>")
        if is_element:
            step = _step(token, counts[-1])
            # Deeper elements are found by the nearest one around them.
            at = (*path, step) if len(path) < MAX_DEPTH else None
            if opened:
                path.append(step)
                counts.append({})
    if line:
        yield Line(readable(line), at)


def _step(tag: str, counts: dict[str, int]) -> str:
    """The local name of an element, with its number if it is not the first child of that name."""
    found = _XML_NAME.match(tag)
    name = "" if found is None else found[1]
    counts[name] = counts.get(name, 0) + 1
    return name if counts[name] == 1 else f"{name}[{counts[name]}]"


def _hexadecimal(data: bytes) -> Iterator[Line]:
    for offset in range(0, len(data), _BYTES_PER_LINE):
        piece = data[offset : offset + _BYTES_PER_LINE]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in piece)
        yield Line(f"{offset:06x}  {piece.hex(' '):<{3 * _BYTES_PER_LINE}} {letters}")


def _selected(text: Outline, wanted: Sequence[Path]) -> tuple[list[Line], str]:
    """The lines to show, and what the caption says about those that are left out."""
    beginning, left_out = _beginning(text)
    found = [number for number in map(text.find, wanted) if number is not None]
    if not found or (len(beginning) <= _MIN_FOLDED_BODY and not left_out):
        return beginning, left_out
    above = [text.find(path[:end]) for path in wanted for end in range(len(path))]
    shown = _around([*found, *(number for number in above if number is not None)], len(found), text)
    if left_out:
        return [*_with_gaps(shown, len(text))], "; only the lines around the differences are shown"
    return [*_folded(beginning, shown)], ""


def _beginning(text: Outline) -> tuple[list[Line], str]:
    shown: list[Line] = []
    room = _MAX_CHARACTERS
    for line in text.lines():
        if len(line.text) >= room:
            return [*shown, _shortened(line, room)], "; only the beginning is shown"
        room -= len(line.text) + 1
        shown.append(line)
    return shown, ""


def _shortened(line: Line, most: int) -> Line:
    return line if len(line.text) < most else line._replace(text=f"{line.text[:most]}...")


def _around(numbers: Sequence[int], found: int, text: Outline) -> dict[int, Line]:
    """The lines with these numbers and, if there is room, those around the first ``found`` of them."""
    near = [at for number in numbers[:found] for at in range(max(0, number - _AROUND), number + _AROUND + 1)]
    lines: dict[int, Line] = {}
    for start, stop in _ranges({*numbers, *near}):
        lines |= enumerate(text.lines(start, stop), start)
    shown: dict[int, Line] = {}
    room = _MAX_CHARACTERS
    for number in dict.fromkeys([*numbers, *near]):
        if number in lines and room > 0:
            shown[number] = _shortened(lines[number], room)
            room -= len(lines[number].text) + 1
    return shown


def _ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The numbers as ranges, each with its first number and the one after its last."""
    for _, group in groupby(enumerate(sorted(numbers)), lambda entry: entry[1] - entry[0]):
        run = [number for _, number in group]
        yield run[0], run[-1] + 1


def _with_gaps(shown: Mapping[int, Line], total: int) -> Iterator[Line]:
    """The lines in their order, and how many are left out between them."""
    at = 0
    for number in [*sorted(shown), total]:
        if number > at:
            yield Line("... 1 line ..." if number == at + 1 else f"... {number - at:,} lines ...")
        if number < total:
            yield shown[number]
        at = number + 1


def _folded(lines: Sequence[Line], shown: Mapping[int, Line]) -> Iterator[Line]:
    """All lines; long runs that need not be shown are folded."""
    for is_shown, group in groupby(range(len(lines)), shown.__contains__):
        numbers = [*group]
        folded = not is_shown and len(numbers) >= _MIN_FOLDED
        yield from (lines[number]._replace(folded=folded) for number in numbers)
