"""What a request has that its description does not have: data that becomes text when it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ..phrase import MAX_SHOWN, UNMASKED, Diff, Masking, Phrase, Plain, masked, text
from ..visible import json_path, visible

Step = str | int
"""The name of a member, or the index of an item."""

MAX_DIFFERENCES: Final = 100
"""How many differences of one field are looked for: a large body may differ everywhere."""

_WORD: Final = re.compile(r"[\w-]+")
_IN_QUOTES: Final = re.compile(r"""(["'])(.*?)\1""")


@dataclass(frozen=True)
class Where:
    """Which field of a request differs, and where in it.

    ``kind`` is a word of ours: ``path``, ``header``, ``json``. ``name`` is the name or path in it as it is shown.
    ``steps`` lead to a place in a JSON body and are None elsewhere. ``names`` are those whose masking
    masks the value.
    """

    kind: str
    name: str = ""
    steps: tuple[Step, ...] | None = None
    names: tuple[str, ...] = ()

    @classmethod
    def named(cls, kind: str, name: str) -> Where:
        """A field that has a name, such as a header."""
        return cls(kind, name, names=(name,))

    @classmethod
    def in_json(cls, kind: str, steps: tuple[Step, ...]) -> Where:
        """A place in a JSON body."""
        return cls(kind, json_path(steps), steps, tuple(step for step in steps if isinstance(step, str)))

    @classmethod
    def by_path(cls, kind: str, path: str) -> Where:
        """A place that a path of JSONPath or XPath leads to."""
        in_quotes = (name for _, name in _IN_QUOTES.findall(path))
        return cls(kind, path, names=(*_WORD.findall(path), *in_quotes))

    def is_masked(self, masking: Masking) -> bool:
        return any(masking.masks(self.kind, name) for name in self.names)

    def shown(self, masking: Masking) -> str:
        if not self.name:
            return self.kind
        name = self.name
        if len(name) > MAX_SHOWN:
            # The end of a long path says more than its beginning.
            return f"{self.kind} ...{visible(masked(name, masking, len(name) - MAX_SHOWN), len(name))}"
        return f"{self.kind} {Plain(name).shown(masking)}"

    def __str__(self) -> str:
        return self.shown(UNMASKED)


@dataclass(frozen=True)
class Difference:
    """One field that differs; ``expected`` and ``received`` are phrases that stand after these words.

    ``hint`` says what kind of difference it is, or what to do about it; ``diff`` shows texts of several lines.
    ``is_credential`` is true where a password or token is missing or wrong.
    """

    where: Where
    expected: Phrase
    received: Phrase
    hint: Phrase = ""
    diff: Diff | None = None
    is_credential: bool = False

    def __str__(self) -> str:
        hint = f"; {text(self.hint)}" if self.hint else ""
        return f"{self.where}: expected {text(self.expected)}, received {text(self.received)}{hint}"


class Differences(list[Difference]):
    """What differs in a request. ``is_complete`` is false when some field has more than `MAX_DIFFERENCES`."""

    is_complete = True

    def add(self, found: Iterable[Difference]) -> None:
        """Adds what differs in one field, as far as there is room."""
        first = [*islice(found, MAX_DIFFERENCES + 1)]
        self += first[:MAX_DIFFERENCES]
        self.is_complete &= len(first) <= MAX_DIFFERENCES
