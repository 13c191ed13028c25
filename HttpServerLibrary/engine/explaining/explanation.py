"""Why a request went wrong, as data, and what is made of it: text for people, facts for programs.

An `Explanation` holds everything that can be said: the reason, the nearest expectations with what differs, what to do,
the keyword line to paste. The problem keeps it as it is. Text is made on demand, with a `Masking`: `lines` for a
failure or the log, `facts` for a client that asks for JSON; log.html makes its table from the same values. No code
parses a line again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Final

from ..expectations.expectation import Expectation
from ..matching.difference import Difference, Differences
from ..phrase import Masking, Phrase, text
from ..problem import ProblemKind
from ..visible import MASK, shortened
from .layout import LINE_LENGTH, MAX_DIFFERENCES_SHOWN, Line, Role, difference_lines, limit
from .paste import KeywordLine
from .shown import ShownDifference, shown

_MAX_FACTS: Final = 7 * 1024


@dataclass(frozen=True)
class Candidate:
    """A near expectation: what differs, or a note that says why it still does not take the request.

    Only the first differences are kept; ``total`` is how many there are, and ``complete`` is false when the search for
    them stopped early.
    """

    expectation: Expectation
    differences: tuple[Difference, ...]
    total: int
    complete: bool
    share: float
    note: Phrase = ""

    @classmethod
    def of(cls, expectation: Expectation, differences: Differences, share: float) -> Candidate:
        kept = tuple(differences[:MAX_DIFFERENCES_SHOWN])
        return cls(expectation, kept, len(differences), differences.is_complete, share)

    def with_note(self, note: Phrase) -> Candidate:
        return replace(self, note=note)

    @property
    def cannot_be_replaced(self) -> bool:
        """Whether a line that matches the request would check less: a credential or the matcher did not match."""
        return any(difference.is_credential or difference.where.kind == "matcher" for difference in self.differences)

    def title(self) -> str:
        times = self.expectation.times
        says_something = times is not None and (times > 1 or self.expectation.used)
        return f"{self.expectation} ({self.expectation.usage})" if says_something else str(self.expectation)

    def shown(self, masking: Masking) -> list[ShownDifference]:
        return [] if self.note else [shown(difference, masking) for difference in self.differences]

    def lines(self, masking: Masking) -> list[Line]:
        """What differs, or why it still does not take the request."""
        if self.note:
            return [Line(f"  {text(self.note, masking)}")]
        return difference_lines(self.shown(masking), self.total, self.complete, "  ")

    def reason(self, masking: Masking) -> str:
        """Why it does not take the request, on one line."""
        if self.note:
            return text(self.note, masking)
        if not self.differences:
            return ""
        more = f" (+{self.total - 1} more)" if self.total > 1 else ""
        return f"{shown(self.differences[0], masking)}{more}"

    def line(self, masking: Masking) -> Line:
        return Line(shortened(f"Next: {self.expectation}: {self.reason(masking)}", 4 * LINE_LENGTH))

    def facts(self, masking: Masking) -> dict[str, Any]:
        note = {"hint": text(self.note, masking)} if self.note else {}
        found = [_fact(difference) for difference in self.shown(masking)]
        return {"expectation": f"{self.expectation} ({self.expectation.usage})", **note, "differences": found}


def _fact(difference: ShownDifference) -> dict[str, str]:
    fact = {"field": difference.field, "expected": difference.expected, "received": difference.received}
    return {**fact, "hint": difference.hint} if difference.hint else fact


@dataclass(frozen=True)
class Pasted:
    """A keyword line to paste, and what it does there."""

    what: str
    line: KeywordLine

    def lines(self, masking: Masking) -> list[Line]:
        shown = self.line.shown(masking)
        values = f" (replace {MASK} with the real value)" if MASK in shown else ""
        return [Line(f"{self.what}{values}:"), Line(f"  {shown}")]


@dataclass(frozen=True)
class Explanation:
    """Why a request went wrong.

    ``title`` is the request, or what happened to it. ``causes`` come first; ``reason`` introduces the ``nearest``
    expectation, and ``also`` are other near ones. Then follow ``advice``, ``paste`` and ``notes``, and last the
    ``details`` of the request where nothing else describes it.
    """

    kind: ProblemKind
    title: Phrase
    causes: tuple[Phrase, ...] = ()
    reason: str = ""
    nearest: Candidate | None = None
    also: tuple[Candidate, ...] = ()
    advice: tuple[Phrase, ...] = ()
    paste: Pasted | None = None
    notes: tuple[Phrase, ...] = ()
    details: tuple[Phrase, ...] = ()

    def first_line(self, masking: Masking) -> str:
        return f"{self.kind}: {text(self.title, masking)}"

    def brief(self, masking: Masking) -> str:
        first, why = self.first_line(masking), self._why(masking)
        return f"{first}: {why}" if why else first

    def _why(self, masking: Masking) -> str:
        """The reason on one line; empty where the title says it all."""
        if self.causes:
            return text(self.causes[0], masking)
        return (self.nearest.reason(masking) if self.nearest is not None else "") or self.reason

    def message(self, masking: Masking) -> str:
        return limit(line.text for line in self.lines(masking))

    def lines(self, masking: Masking) -> list[Line]:
        """All that can be said, line by line."""
        lines = [Line(self.first_line(masking)), *(Line(text(cause, masking)) for cause in self.causes)]
        if self.nearest is not None:
            lines += [Line(f"{self.reason}: {self.nearest.title()}"), *self.nearest.lines(masking)]
        elif self.reason:
            lines.append(Line(f"{self.reason}."))
        lines += [candidate.line(masking) for candidate in self.also]
        lines += [Line(text(entry, masking)) for entry in self.advice]
        if self.paste is not None:
            lines += self.paste.lines(masking)
        lines += [Line(text(note, masking)) for note in self.notes]
        if self.details:
            lines.append(Line("The request:", role=Role.REQUEST))
            shown = "\n".join(text(detail, masking) for detail in self.details)
            lines += [Line(f"  {line}" if line else "", role=Role.REQUEST) for line in shown.split("\n")]
        return lines

    def facts(self, masking: Masking) -> dict[str, Any]:
        """The same for programs, in a bounded number of bytes of JSON."""
        facts: dict[str, Any] = {
            "problem": self.kind,
            "summary": self._why(masking) or text(self.title, masking),
            "nearest": [entry.facts(masking) for entry in (self.nearest, *self.also) if entry is not None],
        }
        hints = [text(hint, masking) for hint in (*self.causes, *self.advice, *self.notes)]
        if hints:
            facts["hint"] = "\n".join(hints)
        if self.paste is not None:
            facts["expect"] = self.paste.line.shown(masking)
        return _bounded(facts)


def _bounded(facts: dict[str, Any]) -> dict[str, Any]:
    """Removes facts until they are short enough: the farthest expectations first, then differences."""
    nearest = facts["nearest"]
    while nearest and len(json.dumps(facts, ensure_ascii=False)) > _MAX_FACTS:
        if len(nearest) > 1:
            nearest.pop()
        elif nearest[0]["differences"]:
            nearest[0]["differences"].pop()
        else:
            break
    if not nearest:
        del facts["nearest"]
    return facts
