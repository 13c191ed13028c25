"""Bodies as lines for people to read: formatted JSON, XML and forms; what is no text in hexadecimal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from ..engine.masking.secrets import Secrets
from ..engine.visible import member, visible

_MAX_CHARACTERS: Final = 10_000
# Larger ones are shown as they are: formatting takes time, and the beginning is all that is shown.
_MAX_FORMATTED: Final = 256 * 1024
# What is nested deeper is only told to be there.
_MAX_INDENT: Final = 100
# A secret that begins before the cut is there to its end.
_MORE: Final = 4096
# What has no end is looked at no further than to where the next of its kind may begin.
_XML: Final = re.compile(r"<!--(?:(?!--).)*-->|<!\[CDATA\[(?:(?!\]\]>|<!\[CDATA\[).)*\]\]>|<[^<>]*>|<?[^<]*", re.DOTALL)
_BYTES_IN_A_LINE: Final = 16
_MAX_CHARACTER_BYTES: Final = 4
_REPLACED: Final = "\ufffd"


class Line(NamedTuple):
    """A line of a body; ``place`` is how a difference names what stands in it, such as ``$.item``."""

    text: str
    place: str = ""


class Body(NamedTuple):
    """What is shown of a body, and what it is, such as ``JSON, 48 bytes``."""

    caption: str
    lines: list[Line]


def show_body(data: bytes, content_type: str, charset: str, secrets: Secrets, cut: str = "") -> Body:
    """A body as lines. Where it is not whole, ``cut`` says how much of it there is."""
    if not data:
        return Body(cut or "no body", [])
    kind, lines = _lines(data, content_type.lower(), charset, secrets, not cut)
    shown, left_out = _cut(lines)
    caption = f"{kind}, {cut or _bytes(len(data))}"
    return Body(f"{caption}, only the beginning is shown" if left_out else caption, shown)


def _bytes(size: int) -> str:
    return "1 byte" if size == 1 else f"{size:,} bytes"


def _lines(data: bytes, content_type: str, charset: str, secrets: Secrets, whole: bool) -> tuple[str, Iterator[Line]]:
    beginning = data[: _MAX_CHARACTER_BYTES * (_MAX_CHARACTERS + _MORE)]
    text = beginning.decode(charset, "replace")
    if len(beginning) < len(data) or not whole:
        # The cut may be in the middle of a character.
        text = f"{text[:-_MAX_CHARACTER_BYTES]}{text[-_MAX_CHARACTER_BYTES:].rstrip(_REPLACED)}"
    formatted = _formatted(data, text, content_type, secrets) if whole and len(data) <= _MAX_FORMATTED else None
    if formatted is not None:
        return formatted
    if _REPLACED in text or "\0" in text:
        return "Binary", _hexadecimal(secrets.hide_bytes(data[:_MAX_CHARACTERS]))
    shown = secrets.hide(text[: _MAX_CHARACTERS + _MORE])
    return "Text", (Line(_readable(line)) for line in shown.split("\n"))


def _formatted(data: bytes, text: str, content_type: str, secrets: Secrets) -> tuple[str, Iterator[Line]] | None:
    if "json" in content_type or text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        try:
            return "JSON", _json(secrets.json(json.loads(data)))
        except (ValueError, RecursionError):
            return None
    if "x-www-form-urlencoded" in content_type:
        return "Form", iter([*_form(text, secrets)])
    if _REPLACED not in text and ("xml" in content_type or text.lstrip("\ufeff \t\r\n").startswith("<?xml")):
        return "XML", map(Line, _xml(secrets.hide(data.decode("utf-8", "replace"))))
    return None


def _json(value: Any, place: str = "$", before: str = "", indent: str = "", after: str = "") -> Iterator[Line]:
    """A JSON value in lines that know their place in it."""
    if isinstance(value, (dict, list)) and value and len(indent) > _MAX_INDENT:
        yield Line(f"{indent}{before}{'{...}' if isinstance(value, dict) else '[...]'}{after}", place)
    elif isinstance(value, (dict, list)) and value:
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        yield Line(f"{indent}{before}{opening}", place)
        last = len(value) - 1
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for number, (key, entry) in enumerate(pairs):
            name = f"{_text(key)}: " if isinstance(key, str) else ""
            comma = "," if number < last else ""
            yield from _json(entry, _inside(place, key), name, f"{indent}  ", comma)
        yield Line(f"{indent}{closing}{after}")
    else:
        shown = _text(value) if isinstance(value, str) else json.dumps(value)
        yield Line(f"{indent}{before}{shown}{after}", place)


def _text(value: str) -> str:
    return _readable(json.dumps(value, ensure_ascii=False))


def _inside(place: str, key: str | int) -> str:
    """As a difference in JSON names it."""
    return f"{place}[{key}]" if isinstance(key, int) else member(place, key)


def _form(text: str, secrets: Secrets) -> Iterator[Line]:
    for name, value in parse_qsl(text, keep_blank_values=True):
        yield Line(_readable(f"{name} = {secrets.field(name, value)}"), f"form field {visible(name)}")


def _xml(text: str) -> Iterator[str]:
    """XML with a line for each element; never fails, also when it is none."""
    depth = 0
    line = ""
    # Whether the line is a start tag, to which text and the end tag may be added: <name>text</name> is one line.
    opened = False
    for found in _XML.finditer(text.removeprefix("\ufeff")):
        token = found[0].strip()
        if not token:
            continue
        tag = token.startswith("<")
        ends = token.startswith("</")
        starts = tag and not token.startswith(("</", "<!", "<?")) and not token.endswith("/>")
        if ends:
            depth = max(0, depth - 1)
        if opened and (ends or not tag):
            line += token
            opened = not ends
        else:
            if line:
                yield _readable(line)
            line = f"{'  ' * depth}{token}"
            opened = starts
        depth += starts
    if line:
        yield _readable(line)


def _hexadecimal(data: bytes) -> Iterator[Line]:
    for at in range(0, len(data), _BYTES_IN_A_LINE):
        piece = data[at : at + _BYTES_IN_A_LINE]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in piece)
        yield Line(f"{at:06x}  {piece.hex(' '):<{3 * _BYTES_IN_A_LINE}} {letters}")


def _readable(line: str) -> str:
    """The line with what cannot be seen escaped."""
    return visible(line.removesuffix("\r").replace("\t", "    "), len(line) * 4)


def _cut(lines: Iterator[Line]) -> tuple[list[Line], bool]:
    """The lines there is room for, and whether that are not all."""
    shown: list[Line] = []
    room = _MAX_CHARACTERS
    for line in lines:
        if len(line.text) >= room:
            return [*shown, Line(f"{line.text[:room]}...", line.place)], True
        room -= len(line.text) + 1
        shown.append(line)
    return shown, False
