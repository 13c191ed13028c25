"""Requests as lines: method and path, headers, the beginning of a body, and what happened to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

from ..message.request import Request
from ..phrase import UNMASKED, Masking, Phrase, Plain, Value, hexadecimal, is_credential, joined, masked, text
from ..records.exchange import Exchange
from ..visible import MASK, visible
from ..words import counted

MAX_TARGET: Final = 200
_MAX_LISTED: Final = 5
_MAX_HEADERS: Final = 8
_MAX_HEADER: Final = 100
_MAX_BODY_LINES: Final = 5
_MAX_BODY_LINE: Final = 100
# So much more is kept than is shown, so that a secret that begins in there is recognised.
_MARGIN: Final = 8 * 1024
# What may be meant as the name of a field, also with bytes in it that do not belong there, such as a BOM or NUL.
_NAME: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|(?<![/?&=.])[!#-'*+.^_`|~0-9A-Za-z\0-\x08\x0e-\x1f\x7f-\xff-]+")
_NOT_OF_A_NAME: Final = re.compile(r"[^!-~]")
# In a malformed request, the value of a field extends to the next line that is a field for certain.
_VALUE: Final = re.compile(r"([\"' \t]*[:=]?)(?:(?!\r?\n[A-Za-z0-9-]+[ \t]*:)[\s\S])*")
# A line that begins with white space continues the value of the field before it (RFC 9112, 5.2). In an excerpt that
# begins with it, the name of that field is missing.
_CONTINUED: Final = re.compile(r"\A([ \t]+)(?!\S+ \S+ HTTP/)(?![^\s:]+[ \t]*:)[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*")
_USER: Final = re.compile(r"(?:(?<=//)[^\s@]*|(?<!\S)(?!\S*//)[^\s@/]*:[^\s@]*)@(?:\S*@)?")
# Headers that every client sends.
_USUAL: Final = frozenset(
    {"host", "connection", "keep-alive", "content-length", "transfer-encoding", "accept-encoding"}
)


def request_phrase(request: Request) -> Phrase:
    """Method, path and query of a request."""
    if not request.method:
        return "malformed request"
    if not request.target:
        return joined(Plain(request.method), " with a target that is malformed, incomplete or too long")
    query = f"?{request.query_string}" if request.query_string else ""
    return Plain(f"{request.method} {request.raw_path}{query}", limit=MAX_TARGET)


def request_line(request: Request, masking: Masking = UNMASKED) -> str:
    return text(request_phrase(request), masking)


class Header(Value):
    """A header field, ``Name: value``."""

    def __init__(self, name: str, value: str) -> None:
        self._name = name
        self._value = Plain(value, limit=_MAX_HEADER)
        self._is_credential = is_credential(name, value)

    def shown(self, masking: Masking) -> str:
        value = MASK if self._is_credential or masking.masks("header", self._name) else self._value.shown(masking)
        return f"{Plain(self._name).shown(masking)}: {value}"


class BodyText(Value):
    """The beginning of a body as lines of text; ``is_part`` where the body goes on and is not kept."""

    def __init__(self, data: bytes, whole: str, most: int, is_part: bool = False) -> None:
        self._size = len(data)
        self._most = most
        self._is_cut = len(whole) > most * 1000
        # Much more than the lines that are shown have room for, as each of them is cut.
        self._kept = whole[: most * 1000 + _MARGIN]
        self._goes_on = is_part or len(whole) > len(self._kept)

    def shown(self, masking: Masking) -> str:
        return "\n".join(self.lines(masking))

    def lines(self, masking: Masking) -> list[str]:
        lines = masked(self._kept, masking, 0, self._most * 1000, cut_after=self._goes_on).split("\n")
        shown = [visible(line.removesuffix("\r").replace("\t", "    "), _MAX_BODY_LINE) for line in lines[: self._most]]
        if len(lines) > self._most or self._is_cut:
            shown.append(f"... ({self._size:,} bytes)")
        return shown


class BinaryText(Value):
    """The beginning of a body that is not text, in hexadecimal."""

    def __init__(self, data: bytes, is_part: bool = False) -> None:
        self._beginning = data[:_MARGIN]
        self._size = len(data)
        self._is_part = is_part

    def shown(self, masking: Masking) -> str:
        return hexadecimal(self._beginning, self._size, masking, self._is_part)


class Excerpt(Value):
    """Raw bytes of a malformed request, without credentials, however they are written."""

    def __init__(self, data: bytes) -> None:
        self._text = data.decode("latin-1")

    def shown(self, masking: Masking) -> str:
        shown = masked(self._text, masking, cut_after=True)
        shown = _USER.sub(f"{MASK}@", _CONTINUED.sub(rf"\1 {MASK}", shown))
        return repr(_without_fields(shown, masking).encode("latin-1"))


def _without_fields(text: str, masking: Masking) -> str:
    """A text without the values of header fields that are masked."""
    pieces = []
    at = 0
    while (found := _NAME.search(text, at)) is not None:
        end = found.end()
        pieces.append(text[at:end])
        at = end
        if masking.masks("header", _NOT_OF_A_NAME.sub("", unquote(found[0]))):
            value = _VALUE.match(text, end)
            if value is not None and value.end() > end:
                pieces.append(f"{value[1].rstrip()} {MASK}")
                at = value.end()
    return "".join((*pieces, text[at:]))


def body_phrase(data: bytes, whole: str, most: int = _MAX_BODY_LINES, is_part: bool = False) -> Phrase:
    """The beginning of a body: text as it stands, anything else in hexadecimal. ``is_part`` if there was more of it."""
    return BinaryText(data, is_part) if "\ufffd" in whole or "\0" in whole else BodyText(data, whole, most, is_part)


def request_body(request: Request, most: int = _MAX_BODY_LINES) -> Phrase:
    """The beginning of the body of a request, and how much of it is kept; empty without a body."""
    is_part = request.cut is not None or request.fault is not None
    shown = body_phrase(request.content, request.text, most, is_part) if request.body else ""
    if request.cut is None:
        return shown
    return (shown, f"... ({request.cut})") if isinstance(shown, Value) else f"... ({request.cut})"


def details(request: Request) -> tuple[Phrase, ...]:
    """What else to show of a request besides its first line."""
    headers = [
        Header(name, value)
        for name, value in request.headers
        if name.lower() not in _USUAL and (name.lower(), value) != ("accept", "*/*")
    ]
    lines: list[Phrase] = [*headers[:_MAX_HEADERS]]
    if len(headers) > _MAX_HEADERS:
        left = len(headers) - _MAX_HEADERS
        lines.append(f"... and {left} more header{'s' * (left > 1)}")
    body = request_body(request)
    if body:
        lines += [*[""] * bool(lines), body]
    return tuple(lines)


def outcome_line(entry: Exchange, masking: Masking = UNMASKED) -> str:
    """A request and how it was answered."""
    where = "" if entry.forwarded_to is None else f"{forwarding(entry.forwarded_to, masking)}, "
    return f"{request_line(entry.request, masking)} ({where}{outcome(entry)})"


def forwarding(url: str, masking: Masking) -> str:
    """Where a request was sent on to."""
    return f"forwarded to {text(Plain(url, limit=MAX_TARGET), masking)}"


def outcome(entry: Exchange) -> str:
    """What happened to a request."""
    response = entry.response
    is_whole = is_sent(entry) and response is not None and not response.raw and entry.stream is None
    return f"answered {response.status}" if is_whole and response else status_text(entry)


def is_sent(entry: Exchange) -> bool:
    """Whether the response was sent, or is being sent."""
    return entry.response is not None and entry.ended is not None and entry.delivered is not False


def is_as_intended(entry: Exchange) -> bool:
    """Whether the response was sent, or was not sent whole on purpose or because the client left a stream."""
    return is_sent(entry) or (entry.progress is not None and entry.progress.note is not None)


def status_text(entry: Exchange) -> str:
    """The status that was sent, with its reason phrase; if none was sent, why."""
    response, progress = entry.response, entry.progress
    if progress is not None and progress.note is not None:
        return progress.note
    if response is None and entry.delivered is None:
        return "no response yet" if progress is None else "waits for the test to answer it"
    if progress is not None and response is not None and response.raw:
        return f"raw response of {counted(progress.sent, 'byte')}"
    if entry.ended is None:
        return f"not sent yet{f' (delay {entry.delay:g} s)' if entry.delay else ''}"
    if entry.delivered is False or response is None:
        return entry.loss
    status = f"{response.status} {response.reason}".rstrip()
    return status if progress is None or entry.stream is None else f"{status}, open {progress.place}"


def listed(received: Sequence[Exchange], masking: Masking, most: int = _MAX_LISTED) -> list[str]:
    """The first requests, one per line; equal ones in a row share a line."""
    counts: list[tuple[str, int]] = []
    shown = 0
    for entry in received:
        line = outcome_line(entry, masking)
        if counts and counts[-1][0] == line:
            counts[-1] = (line, counts[-1][1] + 1)
        elif len(counts) == most:
            break
        else:
            counts.append((line, 1))
        shown += 1
    lines = [f"  {line}{f' ({count} times)' if count > 1 else ''}" for line, count in counts]
    return [*lines, f"  ... and {len(received) - shown} more"] if shown < len(received) else lines
