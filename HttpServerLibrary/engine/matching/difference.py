"""How a request differs from a description: data that becomes text when it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ..phrase import MAX_SHOWN, UNMASKED, Diff, Masking, Phrase, Quoted, masked, text
from ..visible import json_path, member, visible

Step = str | int
"""The name of a member, or the index of an item."""

MAX_DIFFERENCES: Final = 100
"""How many differences of one field are searched for: a large body may differ everywhere."""

_WORD: Final = re.compile(r"[\w-]+")
_IN_QUOTES: Final = re.compile(r"""(["'])(.*?)\1""")


@dataclass(frozen=True)
class Where:
    """Which field of a request differs, and where in it.

    ``kind`` is the kind of field: ``path``, ``header``, ``json``. ``name`` is the name or path in it, as shown.
    ``steps`` lead to a value in a JSON body; otherwise they are None. Masking any of ``names`` masks the value.
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
        """A value in a JSON body."""
        return cls(kind, json_path(steps), steps, tuple(step for step in steps if isinstance(step, str)))

    @classmethod
    def by_path(cls, kind: str, path: str) -> Where:
        """The value that a JSONPath or XPath leads to."""
        in_quotes = (name for _, name in _IN_QUOTES.findall(path))
        return cls(kind, path, names=(*_WORD.findall(path), *in_quotes))

    @property
    def verb(self) -> str:
        """The word before what there is instead of what is expected."""
        return "but it is" if self.kind == "state" else "received"

    def is_masked(self, masking: Masking) -> bool:
        return any(masking.masks(self.kind, name) for name in self.names)

    def shown(self, masking: Masking) -> str:
        return f"{self.kind} {self.inside(masking)}" if self.name else self.kind

    def inside(self, masking: Masking) -> str:
        """The name or path in the field."""
        name = masked(self.name, masking) if self.steps is None else _json_path(self.steps, masking)
        # The end of a long path says more than its beginning.
        shown = f"...{name[-MAX_SHOWN:]}" if len(name) > MAX_SHOWN else name
        return visible(shown, len(shown))

    def __str__(self) -> str:
        return self.shown(UNMASKED)


def _json_path(steps: Iterable[Step], masking: Masking) -> str:
    path = "$"
    for step in steps:
        if isinstance(step, int):
            path = f"{path}[{step}]"
        elif len(step) > MAX_SHOWN:
            # Of a long name only the beginning is masked, as masking megabytes takes time.
            path = f"{path}[{Quoted(step).shown(masking)}]"
        else:
            path = member(path, masked(step, masking))
    return path


@dataclass(frozen=True)
class Difference:
    """One field that differs; ``expected`` and ``received`` are phrases that follow these words.

    ``hint`` says what kind of difference it is or what to do about it; ``diff`` compares texts of several lines.
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
        return f"{self.where}: expected {text(self.expected)}, {self.where.verb} {text(self.received)}{hint}"


class Differences(list[Difference]):
    """What differs in a request. ``is_complete`` is false when some field has more than `MAX_DIFFERENCES`."""

    is_complete = True

    def add(self, found: Iterable[Difference]) -> None:
        """Adds the differences of one field, up to the maximum."""
        first = [*islice(found, MAX_DIFFERENCES + 1)]
        self += first[:MAX_DIFFERENCES]
        self.is_complete &= len(first) <= MAX_DIFFERENCES
