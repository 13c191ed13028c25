"""Text for people, made last: words of the library and values from outside, side by side.

A phrase is text of the library, a value from outside, or a sequence of them. It stays data until it is shown. Then
`text` makes a line of it: the library's words stay as they are, and a value is masked first, then cut, then escaped. In
this order, no secret is cut in two, and no code has to search a finished line for values.

A value keeps no more of what it shows than a line can show, and enough around it to recognise a secret that begins
before the piece that is shown or ends after it.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from itertools import islice
from typing import Any, Final, NamedTuple, Protocol

from .visible import MASK, first_difference, lookalikes, visible

MAX_SHOWN: Final = 100
"""Characters of a value that a line shows."""

# What is kept on each side of the piece that is shown, so that a masked name before it is seen.
MARGIN: Final = 8 * 1024
# Of two long texts that differ, this much stands before the place where they begin to differ.
_BEFORE: Final = 20
_MAX_VALUES: Final = 5
# How many bytes are shown in hexadecimal.
_MAX_BYTES: Final = 24
_MASKED: Final = re.compile(f"({re.escape(MASK)})")
_MAX_JSON_NODES: Final = 100
_MAX_DIFF_LINES: Final = 12
_DIFF_CONTEXT: Final = 2
_HUNK: Final = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)")
# How much of a text is used for a diff.
_MAX_DIFF_TEXT: Final = 10_000

# Headers that carry credentials: their values are never shown.
CREDENTIAL_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})


class Span(NamedTuple):
    """A part of a text that is masked, and what is shown instead."""

    start: int
    end: int
    mask: str = MASK


class Masking(Protocol):
    """What is masked."""

    def spans(self, text: str, *, cut_before: bool = False, cut_after: bool = False) -> Sequence[Span]:
        """Where in a text something must not be read: in order, without overlaps.

        Of a text that is cut, also where it begins with the end of a secret, or ends with the beginning of one.
        """

    def masks(self, kind: str, name: str) -> bool:
        """Whether the values of a field are masked; ``kind`` is ``header``, ``cookie``, ``json`` and so on."""

    def json(self, value: Any) -> Any:
        """A parsed JSON value, masked."""


def holds_credentials(kind: str, name: str) -> bool:
    """Whether a field has credentials, judged by its name alone."""
    return kind == "cookie" or (kind == "header" and name.lower() in CREDENTIAL_HEADERS)


def is_credential(name: str, value: str) -> bool:
    """Whether a header has credentials, judged also by its value: in a wrong Host, they stand before the ``@``."""
    return holds_credentials("header", name) or (name.lower() == "host" and "@" in value)


class _Nothing:
    """Masks credentials and nothing else."""

    def spans(self, text: str, *, cut_before: bool = False, cut_after: bool = False) -> Sequence[Span]:
        return ()

    def masks(self, kind: str, name: str) -> bool:
        return holds_credentials(kind, name)

    def json(self, value: Any) -> Any:
        return value


UNMASKED: Final[Masking] = _Nothing()


class Value(ABC):
    """A value from outside that becomes text when it is shown."""

    @abstractmethod
    def shown(self, masking: Masking) -> str: ...

    def __str__(self) -> str:
        return self.shown(UNMASKED)


Part = str | Value
Phrase = Part | tuple[Part, ...]


def text(phrase: Phrase, masking: Masking = UNMASKED) -> str:
    """The phrase as text."""
    return "".join(part if isinstance(part, str) else part.shown(masking) for part in joined(phrase))


def has_value(phrase: Phrase) -> bool:
    """Whether there is a value from outside in the phrase."""
    return any(isinstance(part, Value) for part in joined(phrase))


def joined(*phrases: Phrase) -> tuple[Part, ...]:
    """Several phrases as one."""
    return tuple(part for phrase in phrases for part in (phrase if isinstance(phrase, tuple) else (phrase,)))


def listed(phrases: Iterable[Phrase], count: int, noun: str = "values") -> Phrase:
    """Several phrases with commas between them; if there are many, the first ones and how many there are."""
    parts = [part for phrase in islice(phrases, _MAX_VALUES) for part in (", ", *joined(phrase))]
    more = f", ... ({count:,} {noun})" if count > _MAX_VALUES else ""
    return (*parts[1:], more)


def masked(
    kept: str,
    masking: Masking,
    start: int = 0,
    end: int | None = None,
    *,
    cut_before: bool = False,
    cut_after: bool = False,
) -> str:
    """A piece of a text without what must not be read, also where that begins or ends outside the piece.

    What is kept of the text may be cut on either side.
    """
    end = len(kept) if end is None else min(end, len(kept))
    pieces = []
    at = start
    for first, last, mask in masking.spans(kept, cut_before=cut_before, cut_after=cut_after):
        if last <= at or first >= end:
            continue
        pieces += [kept[at : max(at, first)], mask]
        at = last
    return "".join([*pieces, kept[at:end]])


@dataclass(frozen=True, init=False)
class _Piece(Value):
    """A text, or as much of a long text as is needed to show a piece of it."""

    _kept: str
    _start: int = field(repr=False)
    _offset: int = field(repr=False)
    _size: int = field(repr=False)
    _limit: int = field(repr=False)
    _escaped: str = field(repr=False)

    def __init__(self, value: str, start: int = 0, limit: int = MAX_SHOWN, escaped: str = "") -> None:
        first = max(0, start - MARGIN)
        kept = value[first : start + limit + MARGIN]
        for name, entry in (
            ("_kept", kept),
            ("_start", start - first),
            ("_offset", start),
            ("_size", len(value)),
            ("_limit", limit),
            ("_escaped", escaped),
        ):
            object.__setattr__(self, name, entry)

    def _piece(self, masking: Masking) -> str:
        before = self._offset - self._start
        return masked(
            self._kept,
            masking,
            self._start,
            self._start + self._limit,
            cut_before=before > 0,
            cut_after=before + len(self._kept) < self._size,
        )

    @property
    def _is_whole(self) -> bool:
        return not self._offset and self._size <= self._limit


class Plain(_Piece):
    """Text as it is, on one line: invisible characters are escaped, and long text is cut."""

    def shown(self, masking: Masking) -> str:
        piece = self._piece(masking)
        return visible(piece, len(piece)) + ("" if self._is_whole else f"... ({self._size:,} characters)")


class Quoted(_Piece):
    """Text in double quotes; if it is long, the piece from ``start`` on. One character may be ``escaped``."""

    def shown(self, masking: Masking) -> str:
        piece = self._piece(masking)
        quoted = visible(json.dumps(piece, ensure_ascii=False), 12 * (len(piece) + 2))
        if self._escaped:
            quoted = quoted.replace(self._escaped, json.dumps(self._escaped)[1:-1])
        if not self._offset:
            return quoted if self._is_whole else f"{quoted}... ({self._size:,} characters)"
        more = "..." if self._size > self._offset + self._limit else ""
        return f"...{quoted}{more} (from character {self._offset + 1:,} of {self._size:,})"


def contrast(expected: str, received: str) -> tuple[Quoted, Quoted]:
    """Two texts that differ, both quoted; if they are long, the piece that begins shortly before they differ.

    Characters that look alike are escaped.
    """
    at = first_difference(expected, received)
    is_early = at < MAX_SHOWN - _BEFORE or max(len(expected), len(received)) <= MAX_SHOWN
    start = 0 if is_early else at - _BEFORE
    one, other = lookalikes(expected, received)
    return Quoted(expected, start, escaped=one), Quoted(received, start, escaped=other)


class Quotes(Value):
    """Several texts as a list; a single one alone, and *nothing* for none."""

    def __init__(self, values: Sequence[str]) -> None:
        self._count = len(values)
        self._values = [*map(Quoted, values[:_MAX_VALUES])]

    def shown(self, masking: Masking) -> str:
        if not self._values:
            return "nothing"
        shown = [value.shown(masking) for value in self._values]
        if self._count == 1:
            return shown[0]
        more = f", ... ({self._count} values)" if self._count > _MAX_VALUES else ""
        return f"[{', '.join(shown)}{more}]"


def quotes(values: Sequence[str]) -> Phrase:
    """Several texts as a list; a single one alone. *nothing* for none, as a word of the library."""
    return Quotes(values) if values else "nothing"


class Json(Value):
    """A JSON value on one line; only the beginning of a large one."""

    def __init__(self, value: Any) -> None:
        left = _MAX_JSON_NODES

        def pruned(entry: Any) -> Any:
            # Keeps only what a line can show, because the whole may be a large body.
            nonlocal left
            left -= 1
            if isinstance(entry, dict):
                members = {}
                for key, member in entry.items():
                    if left <= 0:
                        break
                    members[_kept(key)] = pruned(member)
                return members
            if isinstance(entry, list):
                items = []
                for item in entry:
                    if left <= 0:
                        break
                    items.append(pruned(item))
                return items
            return _kept(entry)

        self._value = pruned(value)

    def shown(self, masking: Masking) -> str:
        value = masking.json(_without_long_texts(self._value, masking))
        line = ""
        for piece in _ENCODER.iterencode(value):
            line += piece
            if len(line) > MAX_SHOWN:
                return f"{visible(line[:MAX_SHOWN], MAX_SHOWN)}... (cut)"
        return visible(line, MAX_SHOWN)


class _LongText:
    """The beginning of a text in a JSON value."""

    def __init__(self, text: str) -> None:
        self._beginning = text[: MAX_SHOWN + MARGIN]

    def masked(self, masking: Masking) -> str:
        # What follows is never shown, as a line ends before.
        return masked(self._beginning, masking, 0, MAX_SHOWN + 1, cut_after=True)


def _kept(value: Any) -> Any:
    return _LongText(value) if isinstance(value, str) and len(value) > MAX_SHOWN + MARGIN else value


def _without_long_texts(value: Any, masking: Masking) -> Any:
    if isinstance(value, dict):
        return {
            _without_long_texts(name, masking): _without_long_texts(entry, masking) for name, entry in value.items()
        }
    if isinstance(value, list):
        return [_without_long_texts(entry, masking) for entry in value]
    return value.masked(masking) if isinstance(value, _LongText) else value


def _written(value: Any) -> Any:
    """A placeholder in a JSON value, as written."""
    return value.written


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, default=_written)


class Bytes(Value):
    """Bytes as text where they are text, otherwise in hexadecimal."""

    def __init__(self, data: bytes) -> None:
        self._size = len(data)
        self._beginning = beginning = data[: MAX_SHOWN + MARGIN]
        # A character may be cut at the end of the beginning.
        readable = beginning.decode("utf-8", "replace").rstrip("\ufffd")
        is_text = bool(readable) and readable.isprintable() and "\ufffd" not in readable
        self._text = readable if is_text else None

    def shown(self, masking: Masking) -> str:
        if self._text is None:
            return hexadecimal(self._beginning, self._size, masking)
        quoted = Quoted(self._text[:MAX_SHOWN]).shown(masking) if len(self._text) <= MAX_SHOWN else ""
        if quoted:
            return quoted
        piece = masked(self._text, masking, 0, MAX_SHOWN, cut_after=True)
        return f"{visible(json.dumps(piece, ensure_ascii=False), 12 * (len(piece) + 2))}... ({self._size:,} bytes)"


def hexadecimal(beginning: bytes, size: int, masking: Masking, is_part: bool = False) -> str:
    """The size of data, and its first bytes in hexadecimal; ``is_part`` if there was more of it."""
    stopped = is_part or len(beginning) < size
    shown = masked(beginning.decode("latin-1"), masking, 0, _MAX_BYTES, cut_after=stopped)
    pieces = (
        MASK if piece == MASK else piece.encode("latin-1").hex(" ") for piece in re.split(_MASKED, shown) if piece
    )
    return f"{size:,} bytes: {' '.join(pieces)}{' ...' if size > _MAX_BYTES else ''}"


class Diff:
    """Two texts of several lines, shown as a diff."""

    def __init__(self, expected: str, received: str) -> None:
        start = expected.rfind("\n", 0, first_difference(expected, received)) + 1
        for _ in range(_DIFF_CONTEXT):
            start = expected.rfind("\n", 0, max(0, start - 1)) + 1
        self._expected = _Window(expected, start)
        self._received = _Window(received, start)

    def lines(self, masking: Masking) -> list[str]:
        """A unified diff that begins shortly before the first difference."""
        found = [*_hunks(self._expected.lines(masking), self._received.lines(masking))]
        shown = [visible(line) for line in found[:_MAX_DIFF_LINES]]
        return ["--- expected", "+++ received", *shown, *["..."] * (len(found) > _MAX_DIFF_LINES)]


class _Window:
    """The lines of a text from an offset on, as many as a diff can show."""

    def __init__(self, whole: str, start: int) -> None:
        first = max(0, start - MARGIN)
        end = start + _MAX_DIFF_TEXT + MARGIN
        self._kept = whole[first:end]
        self._start = start - first
        self._is_cut = {"cut_before": first > 0, "cut_after": end < len(whole)}

    def lines(self, masking: Masking) -> list[str]:
        shown = masked(self._kept, masking, self._start, self._start + _MAX_DIFF_TEXT, **self._is_cut)
        return shown.split("\n")[: 4 * _MAX_DIFF_LINES]


def _hunks(expected: list[str], received: list[str]) -> Iterator[str]:
    # The first three lines are the names and the position, which stand in the line above.
    for line in islice(unified_diff(expected, received, n=_DIFF_CONTEXT, lineterm=""), 3, None):
        hunk = _HUNK.match(line)
        if hunk and max(map(int, hunk.groups())) > 2 * _MAX_DIFF_LINES:
            # They may differ here only because the windows end.
            yield "..."
            return
        yield "..." if hunk else line
