"""Bodies as lines for people to read: formatted JSON, XML and forms; what is not text in hexadecimal.

Each line knows the path of the value that begins on it. Whoever wants to point at values gives their paths: then long
bodies are folded around them, and bodies that are too large to be shown whole are shown around them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby, islice
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from ..engine.masking.secrets import Secrets
from ..engine.visible import MASK, visible

_MAX_CHARACTERS: Final = 10_000
# Larger ones are shown as they are: formatting takes time, and the beginning is all that is shown.
_MAX_FORMATTED: Final = 256 * 1024
# With values to point at, it is worth more time.
_MAX_SEARCHED: Final = 1024 * 1024
_MAX_LINES: Final = 50_000
# What is nested deeper is left out.
_MAX_INDENT: Final = 100
# A secret that begins before the cut is there to its end.
_MARGIN: Final = 4096
# Each pattern ends where the next token of its kind may begin, so that broken XML takes no longer.
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

# A line whose text is made only if the line is shown.
_Draft = tuple[Path | None, Callable[[], str]]


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

    ``cut`` says how much of the body there is, where it is not whole. ``wanted`` are paths to point at for each kind
    of body.
    """
    if not data:
        return Body("", f"Body: {cut}" if cut else "No body", [])
    wanted = wanted or {}
    most = _MAX_SEARCHED if any(wanted.values()) else _MAX_FORMATTED
    kind, drafts = _drafts(data, content_type.lower(), charset, secrets, not cut, most)
    lines, left_out = _chosen(drafts, wanted.get(kind, ()))
    return Body(kind, f"Body: {kind}, {cut or _bytes(len(data))}{left_out}", lines)


def nearest(path: Path, known: Iterable[Path]) -> Path | None:
    """The path itself, or that of the nearest value around it that is known."""
    known = known if isinstance(known, (dict, set)) else {*known}
    while path not in known:
        if not path:
            return None
        path = path[:-1]
    return path


def _bytes(size: int) -> str:
    return "1 byte" if size == 1 else f"{size:,} bytes"


def _drafts(
    data: bytes, content_type: str, charset: str, secrets: Secrets, whole: bool, most: int
) -> tuple[str, Iterator[_Draft]]:
    beginning = data[: _MAX_CHARACTER_BYTES * (_MAX_CHARACTERS + _MARGIN)]
    text = beginning.decode(charset, "replace")
    if len(beginning) < len(data) or not whole:
        # The cut may be in the middle of a character.
        text = f"{text[:-_MAX_CHARACTER_BYTES]}{text[-_MAX_CHARACTER_BYTES:].rstrip(_REPLACED)}"
    formatted = _formatted(data, text, content_type, secrets) if whole and len(data) <= most else None
    if formatted is not None:
        return formatted
    if _REPLACED in text or "\0" in text:
        return "Binary", _plain(_hexadecimal(secrets.hide_bytes(data[:_MAX_CHARACTERS])))
    shown = secrets.hide(text[: _MAX_CHARACTERS + _MARGIN])
    return "Text", _plain(_readable(line) for line in shown.split("\n"))


def _formatted(data: bytes, text: str, content_type: str, secrets: Secrets) -> tuple[str, Iterator[_Draft]] | None:
    if "json" in content_type or text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        try:
            return "JSON", _json(json.loads(data), secrets)
        except (ValueError, RecursionError):
            return None
    if "x-www-form-urlencoded" in content_type:
        return "Form", _form(data.decode("utf-8", "replace"), secrets)
    if _REPLACED not in text and ("xml" in content_type or text.lstrip("\ufeff \t\r\n").startswith("<?xml")):
        return "XML", _xml(secrets.hide(data.decode("utf-8", "replace")))
    return None


def _plain(lines: Iterable[str]) -> Iterator[_Draft]:
    return ((None, partial(str, line)) for line in lines)


def _json(
    value: Any, secrets: Secrets, path: Path = (), before: tuple[str, ...] = (), indent: str = "", after: str = ""
) -> Iterator[_Draft]:
    """A JSON value; ``before`` is the name of the member that it is the value of."""
    draft = partial(_json_line, secrets, indent, before)
    if not isinstance(value, (dict, list)):
        yield path, partial(draft, partial(_scalar, value, secrets), after)
    elif not value:
        yield path, partial(draft, partial(json.dumps, value), after)
    elif len(indent) > _MAX_INDENT:
        yield path, partial(draft, partial(str, "{...}" if isinstance(value, dict) else "[...]"), after)
    else:
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        yield path, partial(draft, partial(str, opening), "")
        last = len(value) - 1
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for number, (key, entry) in enumerate(pairs):
            name = (key,) if isinstance(key, str) else ()
            shown = MASK if name and secrets.masks("json", key) else entry
            yield from _json(shown, secrets, (*path, key), name, f"{indent}  ", "," if number < last else "")
        yield None, partial(str, f"{indent}{closing}{after}")


def _json_line(secrets: Secrets, indent: str, before: tuple[str, ...], value: Callable[[], str], after: str) -> str:
    name = f"{_quoted(before[0], secrets)}: " if before else ""
    return f"{indent}{name}{value()}{after}"


def _scalar(value: Any, secrets: Secrets) -> str:
    return _quoted(value, secrets) if isinstance(value, str) else secrets.hide(json.dumps(value))


def _quoted(value: str, secrets: Secrets) -> str:
    return _readable(json.dumps(secrets.hide(value), ensure_ascii=False))


def _form(text: str, secrets: Secrets) -> Iterator[_Draft]:
    for name, value in parse_qsl(text, keep_blank_values=True):
        shown = f"{secrets.hide(name)} = {secrets.field(name, value)}"
        yield (name,), partial(_readable, shown)


def _xml(text: str) -> Iterator[_Draft]:
    """XML with a line for each element; never fails, not even when it is broken."""
    path: list[str] = []
    # How often each name was seen among the children of each open element.
    counts: list[dict[str, int]] = [{}]
    line = ""
    at: Path | None = None
    # Whether the line is a start tag, to which text and the end tag may be added: <name>text</name> is one line.
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
            yield at, partial(_readable, line)
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
        yield at, partial(_readable, line)


def _step(tag: str, counts: dict[str, int]) -> str:
    """The local name of an element, with its number if it is not the first child of that name."""
    found = _XML_NAME.match(tag)
    name = "" if found is None else found[1]
    counts[name] = counts.get(name, 0) + 1
    return name if counts[name] == 1 else f"{name}[{counts[name]}]"


def _hexadecimal(data: bytes) -> Iterator[str]:
    for offset in range(0, len(data), _BYTES_PER_LINE):
        piece = data[offset : offset + _BYTES_PER_LINE]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in piece)
        yield f"{offset:06x}  {piece.hex(' '):<{3 * _BYTES_PER_LINE}} {letters}"


def _readable(line: str) -> str:
    """The line with what cannot be seen escaped."""
    return visible(line.removesuffix("\r").replace("\t", "    "), len(line) * 4)


def _chosen(drafts: Iterator[_Draft], wanted: Sequence[Path]) -> tuple[list[Line], str]:
    """The lines to show, and what the caption says of those that are left out."""
    if not wanted:
        return _beginning(drafts)
    candidates = [*islice(drafts, _MAX_LINES)]
    numbers: dict[Path, int] = {}
    for number, (path, _) in enumerate(candidates):
        if path is not None:
            numbers.setdefault(path, number)
    found = [path for path in (nearest(path, numbers) for path in wanted) if path is not None]
    if not found or (len(candidates) <= _MIN_FOLDED_BODY and not _is_large(candidates)):
        return _beginning(iter(candidates))
    return _around(candidates, numbers, found)


def _is_large(drafts: Sequence[_Draft]) -> bool:
    return sum(len(make()) + 1 for _, make in drafts) >= _MAX_CHARACTERS


def _beginning(drafts: Iterator[_Draft]) -> tuple[list[Line], str]:
    shown: list[Line] = []
    room = _MAX_CHARACTERS
    for path, make in drafts:
        text = make()
        if len(text) >= room:
            return [*shown, Line(f"{text[:room]}...", path)], ", only the beginning is shown"
        room -= len(text) + 1
        shown.append(Line(text, path))
    return shown, ""


def _around(drafts: Sequence[_Draft], numbers: Mapping[Path, int], found: Sequence[Path]) -> tuple[list[Line], str]:
    """The values at some paths with what is around them; the other lines folded, or left out if they are too many."""
    ordered = [numbers[path] for path in found]
    ordered += [numbers[path[:end]] for path in found for end in range(len(path)) if path[:end] in numbers]
    ordered += [
        number
        for target in ordered[: len(found)]
        for number in range(max(0, target - _AROUND), min(len(drafts), target + _AROUND + 1))
    ]
    texts: dict[int, str] = {}
    room = _MAX_CHARACTERS
    for number in dict.fromkeys(ordered):
        text = drafts[number][1]()
        texts[number] = text if len(text) < room else f"{text[:room]}..."
        room -= len(text) + 1
        if room <= 0:
            break
    rest = _rest(drafts, texts, room)
    lines: list[Line] = []
    for is_shown, group in groupby(range(len(drafts)), lambda number: number in texts):
        run = [*group]
        if is_shown:
            lines += (Line(texts[number], drafts[number][0]) for number in run)
        elif rest is None:
            lines.append(Line("... 1 line ..." if len(run) == 1 else f"... {len(run):,} lines ..."))
        else:
            folded = len(run) >= _MIN_FOLDED
            lines += (Line(rest[number], drafts[number][0], folded) for number in run)
    return lines, ", only the lines around the differences are shown" if rest is None else ""


def _rest(drafts: Sequence[_Draft], shown: Mapping[int, str], room: int) -> dict[int, str] | None:
    """The lines that are not shown yet; None if there is no room for all of them."""
    rest: dict[int, str] = {}
    if len(drafts) == _MAX_LINES:
        return None
    for number, (_, make) in enumerate(drafts):
        if number not in shown:
            rest[number] = make()
            room -= len(rest[number]) + 1
            if room <= 0:
                return None
    return rest
