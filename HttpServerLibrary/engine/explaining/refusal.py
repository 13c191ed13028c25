"""Why no expectation takes a request, as text for people and as facts for programs: pure functions."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from heapq import nsmallest
from typing import Any, Final

from ..expectations.expectation import Expectation, Kind
from ..expectations.shelf import NoMatch
from ..matching.difference import Difference
from ..message.request import Request
from ..visible import MASK, shortened, visible
from ..words import sentence
from .checks import (
    LINE_LENGTH,
    MAX_COMPARED,
    MAX_DIFFERENCES,
    compared,
    difference_lines,
    limit,
    request_line,
    rest,
    rough,
    share_of,
)
from .paste import keyword_line

_MAX_NEAREST = 3
_MAX_PASTED = 2000
_MAX_TEXT = 7 * 1024
# Up to this share of a description may differ in what is called near.
_NEAR = 0.5


@dataclass(frozen=True)
class Explanation:
    """Why no expectation takes a request: as lines of text, and the same as facts for JSON."""

    lines: Sequence[str]
    facts: Mapping[str, Any]

    @property
    def text(self) -> str:
        return limit(self.lines)


@dataclass(frozen=True)
class Candidate:
    """An expectation that comes near to a request: what differs, or why it does not take the request all the same."""

    expectation: Expectation
    differences: Sequence[Difference]
    note: str = ""

    @property
    def share(self) -> float:
        """How much of the description does not match: 0 when all of it does. The path counts most."""
        differences = self.differences
        if self.expectation.closed:
            # Its matcher was not asked.
            differences = [difference for difference in differences if difference.field != "matcher"]
        return share_of(self.expectation.description, differences)

    @property
    def title(self) -> str:
        return f"  {self.expectation} ({self.expectation.usage})"

    def lines(self) -> list[str]:
        return (
            [self.title, f"    {self.note}"] if self.note else [self.title, *difference_lines(self.differences, "    ")]
        )

    def line(self) -> str:
        more = f" (+{len(self.differences) - 1} more)" if len(self.differences) > 1 else ""
        what = self.note or f"{self.differences[0]}{more}"
        return shortened(f"  {visible(str(self.expectation))}: {what}", 4 * LINE_LENGTH)

    def facts(self) -> dict[str, Any]:
        found = [_fact(difference) for difference in self.differences[:MAX_DIFFERENCES]]
        note = {"hint": self.note} if self.note else {}
        return {"expectation": self.title.strip(), **note, "differences": [] if self.note else found}


def bounded(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts without what makes them too long: farther expectations first, then differences."""
    nearest = facts.get("nearest", [])
    while nearest and len(json.dumps(facts, ensure_ascii=False)) > _MAX_TEXT:
        if len(nearest) > 1:
            nearest.pop()
        elif nearest[0]["differences"]:
            nearest[0]["differences"].pop()
        else:
            break
    return facts


def _fact(difference: Difference) -> dict[str, str]:
    fact = {"field": difference.field, "expected": difference.expected, "received": difference.received}
    return {**fact, "hint": difference.hint} if difference.hint else fact


# Which of the received requests an expectation took last, counted from 1; None when that is not known any more.
TakenBy = Callable[[Expectation], tuple[int, Request] | None]


@dataclass(frozen=True)
class Surroundings:
    """What else may explain why a request is not taken.

    ``former`` expectations ended or were removed, ``elsewhere`` are other servers with the one that would take it.
    ``hide`` blots out secrets.
    """

    archived: Sequence[Expectation] = ()
    elsewhere: Sequence[tuple[str, Expectation]] = ()
    taken_by: TakenBy = lambda expectation: None
    hide: Callable[[str], str] = str


def refusal(
    request: Request,
    why: NoMatch,
    expectations: Sequence[Expectation],
    server: str,
    around: Surroundings = Surroundings(),
) -> Explanation:
    """Why no expectation takes a request, for its client and for the test."""
    if why.head is None:
        return _unexpected(request, expectations, server, around)
    if why.by is not None:
        reason = f"{request_line(why.by)} broke the order at {_clock(why.by)} on {server}, when this was expected"
        head = Candidate(why.head, ())
        lines = [f"{reason}:", head.title, _UNTIL_RESET]
        return Explanation([request_line(request), *lines], {"summary": reason, "nearest": [head.facts()]})
    return _out_of_order(request, why.head, expectations, server, around.hide)


_UNTIL_RESET: Final = "Every later request is refused until 'Reset Http Server' or the end of the scope."


def _out_of_order(
    request: Request, due: Expectation, expectations: Sequence[Expectation], server: str, hide: Callable[[str], str]
) -> Explanation:
    head = Candidate(due, due.description.differences(request))
    others = [entry for entry in expectations if entry is not due and not entry.used_up]
    waiting = [entry for entry in _rank(request, others) if not entry.differences][:1]
    if waiting:
        reason = f"This expectation matches, but another one is due before it on {server}"
        fix = "If the request is right, expect it in front of the one that is due."
        lines = [f"{reason}:", waiting[0].title, "Due is:", head.title, fix, _UNTIL_RESET]
        facts: dict[str, Any] = {"summary": reason, "nearest": [waiting[0].facts(), head.facts()], "hint": fix}
        return Explanation([request_line(request), *lines], facts)
    line = _pasteable(keyword_line(request, "Expect Ordered Request", hide=hide))
    reason = f"Another one is due on {server}"
    fix = "Requests in any order need a server of their own while ordered ones are left."
    lines = [
        f"{reason}:",
        *head.lines(),
        *_to_paste("This line, in front of the one that is due, expects it", line),
        fix,
    ]
    facts = {"summary": reason, "nearest": [head.facts()], **_expect(line), "hint": fix}
    return Explanation([request_line(request), *lines, _UNTIL_RESET, *rest(request, line)], facts)


def _unexpected(
    request: Request, expectations: Sequence[Expectation], server: str, around: Surroundings
) -> Explanation:
    lines = [request_line(request)]
    facts: dict[str, Any] = {}
    if around.elsewhere:
        elsewhere = sentence("; ".join(f"{name} would take it: {entry}" for name, entry in around.elsewhere[:2]))
        lines.append(elsewhere)
        facts["hint"] = elsewhere
    ranked = _nearest(request, expectations, around)
    reason = _heading(ranked, len(expectations), server)
    lines.append(f"{reason}:" if ranked else f"{reason}.")
    if ranked:
        near = ranked[0].share <= _NEAR
        lines += ranked[0].lines()
        lines += [candidate.line() for candidate in ranked[1:] if not near or candidate.share <= _NEAR]
    facts |= {"summary": reason, "nearest": [candidate.facts() for candidate in ranked]}
    often = ""
    like, keyword = None, _KEYWORD[Kind.PERMANENT]
    if ranked and ranked[0].share <= _NEAR:
        nearest = ranked[0].expectation
        like = nearest.description
        often = " any number of times" if nearest.used_up else ""
        keyword = _KEYWORD[Kind.PERMANENT if nearest.used_up else nearest.kind]
    line = _pasteable(keyword_line(request, keyword, like, around.hide))
    facts |= _expect(line)
    return Explanation([*lines, *_to_paste(f"This line expects it{often}", line), *rest(request, line)], facts)


def _pasteable(line: str) -> str:
    """A keyword line, or nothing where it is too long for anybody to paste."""
    return line if len(line) <= _MAX_PASTED else ""


def _to_paste(what: str, line: str) -> list[str]:
    """A keyword line under what it does."""
    values = f" (put the values for {MASK})" if MASK in line else ""
    return [f"{what}{values}:", f"  {line}"] if line else []


def _expect(line: str) -> dict[str, Any]:
    return {"expect": line} if line else {}


def _heading(ranked: Sequence[Candidate], count: int, server: str) -> str:
    """What is said above the expectations that come nearest."""
    noun = f"{count} expectations" if count > 1 else "1 expectation"
    archived = bool(ranked) and bool(ranked[0].expectation.removed or ranked[0].expectation.scope.closed)
    if not count:
        return f"There are no expectations on {server}{'. Nearest of former ones' if archived else ''}"
    if archived:
        return f"Nearest of {noun} on {server}, and of former ones"
    if ranked[0].share <= _NEAR:
        return f"Nearest of {noun} on {server}" if count > 1 else f"Nearest expectation on {server}"
    if count > 1:
        return f"None of the {noun} on {server} is like it; nearest"
    return f"The only expectation on {server} is not like it"


_KEYWORD: Final = {
    Kind.PERMANENT: "Expect Request",
    Kind.ONESHOT: "Expect Oneshot Request",
    Kind.ORDERED: "Expect Ordered Request",
}


def _clock(request: Request) -> str:
    """When a request came, as Robot Framework's log shows the time."""
    return datetime.fromtimestamp(request.time, timezone.utc).astimezone().strftime("%H:%M:%S.%f")[:-3]


def _nearest(request: Request, expectations: Sequence[Expectation], around: Surroundings) -> list[Candidate]:
    """The expectations that come nearest, also one that matches but is gone."""
    ranked = _rank(request, expectations)
    if not ranked or ranked[0].share:
        paths = request.paths()
        likely = [entry for entry in around.archived if not rough(request, paths, entry.description)]
        gone = [entry for entry in _rank(request, likely[-_MAX_NEAREST:]) if not entry.share]
        ranked = [*gone[:1], *ranked]
    return [_with_note(candidate, around.taken_by) for candidate in ranked[:_MAX_NEAREST]]


def _with_note(candidate: Candidate, taken_by: TakenBy) -> Candidate:
    expectation = candidate.expectation
    if candidate.share:
        return candidate
    if expectation.removed or expectation.scope.closed:
        by = f"it {expectation.closed}"
    elif expectation.used_up:
        taken = taken_by(expectation)
        by = "it is used up"
        if taken is not None:
            by = f"request {taken[0]} used it up: {request_line(taken[1])} at {_clock(taken[1])}"
    elif candidate.differences:
        return candidate
    else:
        by = "it was not there yet when the request came"
    return replace(candidate, note=f"it matches, but {by}")


def _rank(request: Request, expectations: Sequence[Expectation]) -> list[Candidate]:
    """Expectations with what differs, nearest first; newer ones first among equals."""
    paths = request.paths()
    likely = nsmallest(MAX_COMPARED, reversed(expectations), lambda entry: rough(request, paths, entry.description))
    # Of those that look alike by method and path, the ones whose other fields of the head match are compared first.
    likely.sort(key=lambda entry: sum(not field.matches(request) for field in entry.description.head_fields))
    found = compared((entry, entry.description, request) for entry in likely)
    ranked = [Candidate(entry, differences) for entry, differences in found]
    return sorted(ranked, key=lambda candidate: (candidate.share, len(candidate.differences)))
