"""Finds many texts in another one, in about the time that it takes for a few."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Final

# So few are searched for one by one.
_FEW: Final = 20
# How much of a text is compared before all of it is.
_PROBE: Final = 32


class _Pieces:
    """Finds texts by a piece of them.

    Each text is known by its pieces at the first ``step`` offsets. So it is enough to look at every ``step``-th piece
    of the text that is searched.
    """

    def __init__(self, size: int, step: int) -> None:
        self._size = size
        self._step = step
        # For each piece: at which offsets, of texts of which lengths, it stands.
        self._known: dict[str, dict[tuple[int, int], None]] = {}

    def add(self, text: str) -> None:
        for offset in range(self._step):
            self._known.setdefault(text[offset : offset + self._size], {})[offset, len(text)] = None

    def candidates(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a text may begin and end."""
        if not self._known:
            return
        get, size = self._known.get, self._size
        for at in range(0, len(text) - size + 1, self._step):
            known = get(text[at : at + size])
            if known is not None:
                for offset, length in [*known]:
                    if offset <= at:
                        yield at - offset, at - offset + length


class Index:
    """Texts to find in others. They may be added while other threads search."""

    MIN_LENGTH = 3
    # From this length on, every fifth piece is enough.
    _LONG: Final = 8

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._beginnings = _Sorted()
        self._ends = _Sorted()
        self._short = _Pieces(3, 1)
        self._long = _Pieces(4, 5)
        self._longest = 0

    def add(self, text: str) -> None:
        """Adds a text of at least `MIN_LENGTH` characters."""
        if text in self._texts:
            return
        (self._long if len(text) >= self._LONG else self._short).add(text)
        self._beginnings.add(text)
        self._ends.add(text[::-1])
        self._longest = max(self._longest, len(text))
        # Last, so that all of it is done again if it was interrupted.
        self._texts.add(text)

    def __bool__(self) -> bool:
        return bool(self._texts)

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Where each of the texts stands, also where they overlap."""
        if len(self._texts) <= _FEW:
            for known in [*self._texts]:
                at = text.find(known)
                while at >= 0:
                    yield at, at + len(known)
                    at = text.find(known, at + 1)
            return
        for pieces in (self._short, self._long):
            for start, end in pieces.candidates(text):
                if end <= len(text) and text[start:end] in self._texts:
                    yield start, end

    def begun_at(self, text: str) -> int | None:
        """Where one of the texts begins that is cut at the end of the other text."""
        return self._beginnings.begun_at(text)

    def ended_at(self, text: str) -> int | None:
        """Where one of the texts ends that is cut at the start of the other text."""
        backwards = text[self._longest :: -1]
        at = self._ends.begun_at(backwards)
        return None if at is None else len(backwards) - at

    def surrounds(self, text: str) -> bool:
        """Whether one of the texts contains the other text."""
        return len(text) < self._longest and any(text in known for known in [*self._texts])


class _Sorted:
    """Texts, one of which may begin at the end of another text."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._firsts: set[str] = set()
        self._longest = 0

    def add(self, text: str) -> None:
        insort(self._texts, text)
        self._firsts.add(text[: Index.MIN_LENGTH])
        self._longest = max(self._longest, len(text))

    def begun_at(self, text: str) -> int | None:
        firsts, size = self._firsts, Index.MIN_LENGTH
        for at in range(max(0, len(text) - self._longest), len(text) - size + 1):
            if text[at : at + size] in firsts and self._has(text[at : at + _PROBE]) and self._has(text[at:]):
                return at
        return None

    def _has(self, beginning: str) -> bool:
        at = bisect_left(self._texts, beginning)
        return at < len(self._texts) and self._texts[at].startswith(beginning)
