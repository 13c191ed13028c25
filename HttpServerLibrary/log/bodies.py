"""Bodies as lines for people to read: JSON, XML and forms are formatted, binary data is shown in hexadecimal.

Each line has the path of the value that begins on it. If there are values to point at, a long body is folded around
them, and for a body that is too large to show, only the lines around them are made.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, groupby
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from ..engine.masking.secrets import Secrets
from ..engine.visible import MASK, visible

_MAX_CHARACTERS: Final = 10_000
# Larger bodies are not formatted: that takes time, and only the beginning is shown.
_MAX_FORMATTED: Final = 256 * 1024
# With values to point at, formatting is worth more time.
_MAX_SEARCHED: Final = 1024 * 1024
# Deeper values are left out.
_MAX_DEPTH: Final = 50
# So that a secret that begins before the cut is complete.
_MARGIN: Final = 4096
# Each pattern stops where the next token of its kind may begin, so that broken XML takes no longer.
_XML: Final = re.compile(r"<!--(?:(?!--).)*-->|<!\[CDATA\[(?:(?!\]\]>|<!\[CDATA\[).)*\]\]>|<[^<>]*>|<?[^<]*", re.DOTALL)
_XML_NAME: Final = re.compile(r"<(?:[^\s<>/:]+:)?([^\s<>/:]+)")
_BYTES_PER_LINE: Final = 16
_MAX_CHARACTER_BYTES: Final = 4
_REPLACED: Final = "\ufffd"
# Lines shown before and after a value that is pointed at.
_AROUND: Final = 4
# Shorter bodies are not folded, nor are fewer lines in a row.
_MIN_FOLDED_BODY: Final = 40
_MIN_FOLDED: Final = 6

Path = tuple[str | int, ...]
"""The steps to a value: names of members and indexes in JSON, the name of a form field, elements of XML."""


class Line(NamedTuple):
    """A line of a body. ``path`` leads to the value that begins on it; ``folded`` lines are shown on demand."""

    text: str
    path: Path | None = None
    folded: bool = False


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
) -> Body:
    """A body as lines.

    ``cut`` says how much of the body is kept, if not all of it. ``wanted`` are the paths to point at for each kind of
    body.
    """
    if not data:
        return Body("", f"Body: {cut}" if cut else "No body", [])
    wanted = wanted or {}
    most = _MAX_SEARCHED if any(wanted.values()) else _MAX_FORMATTED
    kind, text = _outlined(data, content_type.lower(), charset, secrets, not cut, most)
    lines, left_out = _selected(text, wanted.get(kind, ()))
    return Body(kind, f"Body: {kind}, {cut or _bytes(len(data))}{left_out}", lines)


def nearest(path: Path, known: Mapping[Path, object] | set[Path]) -> Path | None:
    """The path itself if it is known, or that of the nearest known value around it."""
    while path not in known:
        if not path:
            return None
        path = path[:-1]
    return path


def _bytes(size: int) -> str:
    return "1 byte" if size == 1 else f"{size:,} bytes"


class _Outline(ABC):
    """A body as lines that are made on demand."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def find(self, path: Path) -> int | None:
        """The number of the line on which a value, or the nearest value around it, begins."""

    @abstractmethod
    def lines(self, start: int = 0, stop: int | None = None) -> Iterator[Line]: ...


class _Plain(_Outline):
    """Lines that can only be made one after the other."""

    def __init__(self, make: Callable[[], Iterable[Line]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> list[Line]:
        return [*self._make()]

    @cached_property
    def _numbers(self) -> dict[Path, int]:
        numbers: dict[Path, int] = {}
        for number, line in enumerate(self._made):
            if line.path is not None:
                numbers.setdefault(line.path, number)
        return numbers

    def __len__(self) -> int:
        return len(self._made)

    def find(self, path: Path) -> int | None:
        at = nearest(path, self._numbers)
        return None if at is None else self._numbers[at]

    def lines(self, start: int = 0, stop: int | None = None) -> Iterator[Line]:
        # For most bodies, only the first lines are needed.
        return iter(self._made[start:stop] if start or stop else self._make())


class _Json(_Outline):
    """A JSON value. To make some of its lines, it visits only the objects and lists that contain them."""

    def __init__(self, value: Any, secrets: Secrets) -> None:
        self._value = value
        self._secrets = secrets
        self._masked: dict[str, bool] = {}
        # For each object and list, by identity: the line numbers of its entries and of its end.
        self._offsets: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return self._size(self._value, 0)

    def find(self, path: Path) -> int | None:
        number = 0
        value = self._value
        for depth, step in enumerate(path):
            if not _takes_lines(value, depth):
                break
            keys = [key for key, _ in self._entries(value)]
            if step not in keys:
                break
            index = keys.index(step)
            number += self._offsets_of(value, depth)[index]
            value = self._entries(value)[index][1]
        return number

    def lines(self, start: int = 0, stop: int | None = None) -> Iterator[Line]:
        # Counting lines takes time.
        lines = self._all(self._value, (), "", "")
        return (
            self._some(self._value, (), "", "", start, len(self) if stop is None else stop) if start or stop else lines
        )

    def _all(self, value: Any, path: Path, name: str, comma: str) -> Iterator[Line]:
        indent = "  " * len(path)
        if not _takes_lines(value, len(path)):
            yield Line(f"{indent}{name}{self._one_line(value)}{comma}", path)
            return
        yield Line(f"{indent}{name}{'{' if isinstance(value, dict) else '['}", path)
        entries = self._entries(value)
        for index, (key, entry) in enumerate(entries, 1):
            yield from self._all(entry, (*path, key), self._name(key), "," * (index < len(entries)))
        yield Line(f"{indent}{'}' if isinstance(value, dict) else ']'}{comma}")

    def _some(self, value: Any, path: Path, name: str, comma: str, start: int, stop: int) -> Iterator[Line]:
        """The lines from one number up to another, counted from the first line of this value."""
        if start <= 0 and stop >= self._size(value, len(path)):
            yield from self._all(value, path, name, comma)
            return
        indent = "  " * len(path)
        if start <= 0 < stop:
            yield Line(f"{indent}{name}{'{' if isinstance(value, dict) else '['}", path)
        entries = self._entries(value)
        offsets = self._offsets_of(value, len(path))
        for index in range(max(0, bisect_right(offsets, start) - 1), len(entries)):
            if offsets[index] >= stop:
                return
            key, entry = entries[index]
            more = "," * (index + 1 < len(entries))
            at = offsets[index]
            yield from self._some(entry, (*path, key), self._name(key), more, start - at, stop - at)
        if start <= offsets[-1] < stop:
            yield Line(f"{indent}{'}' if isinstance(value, dict) else ']'}{comma}")

    def _name(self, key: str | int) -> str:
        return f"{_quoted(key, self._secrets)}: " if isinstance(key, str) else ""

    def _one_line(self, value: Any) -> str:
        if isinstance(value, str):
            return _quoted(value, self._secrets)
        if isinstance(value, (dict, list)) and value:
            return "{...}" if isinstance(value, dict) else "[...]"
        return self._secrets.hide(json.dumps(value))

    def _entries(self, value: Any) -> Sequence[tuple[str | int, Any]]:
        if isinstance(value, list):
            return [*enumerate(value)]
        return [(key, MASK if self._is_masked(key) else entry) for key, entry in value.items()]

    def _is_masked(self, key: str) -> bool:
        masked = self._masked.get(key)
        if masked is None:
            masked = self._masked[key] = self._secrets.masks("json", key)
        return masked

    def _size(self, value: Any, depth: int) -> int:
        """How many lines a value takes."""
        return self._offsets_of(value, depth)[-1] + 1 if _takes_lines(value, depth) else 1

    def _offsets_of(self, value: Any, depth: int) -> list[int]:
        offsets = self._offsets.get(id(value))
        if offsets is None:
            # The most expensive loop.
            sizes = (
                self._size(entry, depth + 1)
                if isinstance(entry, (dict, list)) and not (isinstance(key, str) and self._is_masked(key))
                else 1
                for key, entry in (value.items() if isinstance(value, dict) else enumerate(value))
            )
            offsets = self._offsets[id(value)] = [*accumulate(sizes, initial=1)]
        return offsets


def _takes_lines(value: Any, depth: int) -> bool:
    """Whether a JSON value takes several lines."""
    return isinstance(value, (dict, list)) and bool(value) and depth <= _MAX_DEPTH


def _outlined(
    data: bytes, content_type: str, charset: str, secrets: Secrets, whole: bool, most: int
) -> tuple[str, _Outline]:
    beginning = data[: _MAX_CHARACTER_BYTES * (_MAX_CHARACTERS + _MARGIN)]
    text = beginning.decode(charset, "replace")
    if len(beginning) < len(data) or not whole:
        # The cut may be in the middle of a character.
        text = f"{text[:-_MAX_CHARACTER_BYTES]}{text[-_MAX_CHARACTER_BYTES:].rstrip(_REPLACED)}"
    formatted = _formatted(data, text, content_type, secrets) if whole and len(data) <= most else None
    if formatted is not None:
        return formatted
    if _REPLACED in text or "\0" in text:
        return "Binary", _Plain(lambda: _hexadecimal(secrets.hide_bytes(data[:_MAX_CHARACTERS])))
    shown = secrets.hide(text[: _MAX_CHARACTERS + _MARGIN])
    return "Text", _Plain(lambda: (Line(_readable(line)) for line in shown.split("\n")))


def _formatted(data: bytes, text: str, content_type: str, secrets: Secrets) -> tuple[str, _Outline] | None:
    if "json" in content_type or text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        try:
            return "JSON", _Json(json.loads(data), secrets)
        except (ValueError, RecursionError):
            return None
    if "x-www-form-urlencoded" in content_type:
        return "Form", _Plain(lambda: _form(data.decode("utf-8", "replace"), secrets))
    if _REPLACED not in text and ("xml" in content_type or text.lstrip("\ufeff \t\r\n").startswith("<?xml")):
        shown = secrets.hide(data.decode("utf-8", "replace"))
        return "XML", _Plain(lambda: _xml(shown))
    return None


def _quoted(value: str, secrets: Secrets) -> str:
    return _readable(json.dumps(secrets.hide(value), ensure_ascii=False))


def _form(text: str, secrets: Secrets) -> Iterator[Line]:
    for name, value in parse_qsl(text, keep_blank_values=True):
        yield Line(_readable(f"{secrets.hide(name)} = {secrets.field(name, value)}"), (name,))


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
            yield Line(_readable(line), at)
        line = f"{'  ' * len(path)}{token}"
        at = None
        opened = is_element and not token.endswith("/>")
        if is_element:
            step = _step(token, counts[-1])
            at = (*path, step)
            if opened:
                path.append(step)
                counts.append({})
    if line:
        yield Line(_readable(line), at)


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


def _readable(line: str) -> str:
    """The line with invisible characters escaped."""
    return visible(line.removesuffix("\r").replace("\t", "    "), len(line) * 4)


def _selected(text: _Outline, wanted: Sequence[Path]) -> tuple[list[Line], str]:
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


def _beginning(text: _Outline) -> tuple[list[Line], str]:
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


def _around(numbers: Sequence[int], found: int, text: _Outline) -> dict[int, Line]:
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
