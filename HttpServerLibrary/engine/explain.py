"""Why something did not match, and what was received, as text for people: pure functions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from heapq import nsmallest
from typing import Any, Final

from .exchange import Exchange
from .expectations import Expectation, Kind, Refusal
from .masking import masked_header
from .matching.body import show_bytes
from .matching.description import RequestDescription
from .matching.difference import Difference
from .matching.hints import says_json
from .paste import keyword_line
from .received import Problem
from .request import Request
from .visible import first_difference, visible

# Robot Framework cuts messages that are longer in the middle.
MOST_LINES = 40
_LINE_LENGTH = 78
_MOST_DIFFERENCES = 12
_MOST_DIFFERENCE_LINES = 20
_MOST_NEAREST = 3
_MOST_TEXT = 7 * 1024
_MOST_OTHERS = 5
_MOST_HEADERS = 8
_MOST_BODY_LINES = 5
# Comparing a request in full with thousands of expectations takes too long for an answer.
_MOST_COMPARED = 50
_MOST_BYTES = 2 * 1024 * 1024
_MOST_LOOKED_AT = 1000
_PATH_WEIGHT = 3
# Up to this share of a description may differ in what is called near.
_NEAR = 0.5
# Headers that every client sends.
_USUAL = frozenset({"host", "connection", "keep-alive", "content-length", "transfer-encoding", "accept-encoding"})


def limit(lines: Iterable[str], most: int = MOST_LINES) -> str:
    """Joins lines, and says how many more there were."""
    flat = "\n".join(lines).split("\n")
    if height(flat) <= most:
        return "\n".join(flat)
    fitting = 0
    while height(flat[: fitting + 1]) < most:
        fitting += 1
    return "\n".join([*flat[:fitting], f"... and {len(flat) - fitting} more lines"])


def height(lines: Sequence[str]) -> int:
    """How many lines Robot Framework counts: it breaks long ones."""
    return sum(max(1, -(-len(line) // _LINE_LENGTH)) for line in lines)


def requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count} requests"


def seconds(value: float) -> str:
    return "1 second" if value == 1 else f"{value:g} seconds"


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
        """How much of the description does not fit: 0 when all of it does. The path counts most."""
        differences = self.differences
        if self.expectation.closed:
            # Its matcher was not asked.
            differences = [difference for difference in differences if difference.field != "matcher"]
        return _share(self.expectation.description, differences)

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
        return visible(f"  {visible(str(self.expectation))}: {what}", 4 * _LINE_LENGTH)

    def facts(self) -> dict[str, Any]:
        found = [_fact(difference) for difference in self.differences[:_MOST_DIFFERENCES]]
        note = {"hint": self.note} if self.note else {}
        return {"expectation": self.title.strip(), **note, "differences": [] if self.note else found}


def bounded(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts without what makes them too long: farther expectations first, then differences."""
    nearest = facts.get("nearest", [])
    while nearest and len(json.dumps(facts, ensure_ascii=False)) > _MOST_TEXT:
        if len(nearest) > 1:
            nearest.pop()
        elif nearest[0]["differences"]:
            nearest[0]["differences"].pop()
        else:
            # A line that nobody would paste.
            facts.pop("expect", None)
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

    former: Sequence[Expectation] = ()
    elsewhere: Sequence[tuple[str, Expectation]] = ()
    taken_by: TakenBy = lambda expectation: None
    hide: Callable[[str], str] = str


def refusal(
    request: Request,
    why: Refusal,
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
        reason = f"This one fits, but another one is due before it on {server}"
        fix = "If the request is right, expect it in front of the one that is due."
        lines = [f"{reason}:", waiting[0].title, "Due is:", head.title, fix, _UNTIL_RESET]
        facts: dict[str, Any] = {"summary": reason, "nearest": [waiting[0].facts(), head.facts()], "hint": fix}
        return Explanation([request_line(request), *lines], facts)
    line = keyword_line(request, "Expect Ordered Request", hide=hide)
    reason = f"Another one is due on {server}"
    fix = "Requests in any order need a server of their own while ordered ones are left."
    lines = [f"{reason}:", *head.lines(), "This line, in front of the one that is due, expects it:", f"  {line}", fix]
    facts = {"summary": reason, "nearest": [head.facts()], "expect": line, "hint": fix}
    return Explanation([request_line(request), *lines, _UNTIL_RESET, *_rest(request, line)], facts)


def _unexpected(
    request: Request, expectations: Sequence[Expectation], server: str, around: Surroundings
) -> Explanation:
    lines = [request_line(request)]
    facts: dict[str, Any] = {}
    if around.elsewhere:
        elsewhere = _sentence("; ".join(f"{name} would take it: {entry}" for name, entry in around.elsewhere[:2]))
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
        keyword = _KEYWORD[Kind.PERMANENT if nearest.used_up else nearest.family]
    line = keyword_line(request, keyword, like, around.hide)
    facts["expect"] = line
    return Explanation([*lines, f"This line expects it{often}:", f"  {line}", *_rest(request, line)], facts)


def _heading(ranked: Sequence[Candidate], count: int, server: str) -> str:
    """What is said above the expectations that come nearest."""
    noun = f"{count} expectations" if count > 1 else "1 expectation"
    former = bool(ranked) and bool(ranked[0].expectation.removed or ranked[0].expectation.scope.closed)
    if not count:
        return f"There are no expectations on {server}{'. Nearest of former ones' if former else ''}"
    if former:
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


def request_line(request: Request) -> str:
    """Method, path and query of a request."""
    return visible(f"{request}?{request.query_string}") if request.query_string else str(request)


def _clock(request: Request) -> str:
    """When a request came, as Robot Framework's log shows the time."""
    return datetime.fromtimestamp(request.time, timezone.utc).astimezone().strftime("%H:%M:%S.%f")[:-3]


def _nearest(request: Request, expectations: Sequence[Expectation], around: Surroundings) -> list[Candidate]:
    """The expectations that come nearest, also one that fits but is gone."""
    ranked = _rank(request, expectations)
    if not ranked or ranked[0].share:
        paths = request.paths()
        likely = [entry for entry in around.former if not _rough(request, paths, entry.description)]
        gone = [entry for entry in _rank(request, likely[-_MOST_NEAREST:]) if not entry.share]
        ranked = [*gone[:1], *ranked]
    return [_with_note(candidate, around.taken_by) for candidate in ranked[:_MOST_NEAREST]]


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
    return replace(candidate, note=f"it fits, but {by}")


def _rank(request: Request, expectations: Sequence[Expectation]) -> list[Candidate]:
    """Expectations with what differs, nearest first; newer ones first among equals."""
    paths = request.paths()
    likely = nsmallest(_MOST_COMPARED, reversed(expectations), lambda entry: _rough(request, paths, entry.description))
    most = max(2, _MOST_BYTES // max(1, len(request.body)))
    if most < len(likely):
        likely.sort(key=lambda entry: sum(not field.fits(request) for field in entry.description.head_fields))
    ranked = [Candidate(entry, entry.description.differences(request)) for entry in likely[:most]]
    return sorted(ranked, key=lambda candidate: (candidate.share, len(candidate.differences)))


def _rough(request: Request, paths: tuple[str, str], description: RequestDescription) -> float:
    """How far off a request is, as seen from its head: a guess that takes no time."""
    path, method = description.path, description.method
    far = 0.0 if method is None or method.fits(request) else 1.0
    if path is not None and not (path.fits(request) if path.literal is None else path.literal in paths):
        far += 2 + 1 / (1 + first_difference(path.written, paths[0]))
    return far


def _share(description: RequestDescription, differences: Sequence[Difference]) -> float:
    weights = {difference.field.partition(" ")[0]: _weight(difference) for difference in differences}
    return sum(weights.values()) / (len(description.fields) + _PATH_WEIGHT)


def _weight(difference: Difference) -> int:
    return _PATH_WEIGHT if difference.field == "path" and not difference.hint else 1


def distance(description: RequestDescription, differences: Sequence[Difference]) -> tuple[float, int]:
    """How far off a request is: the share of fields that differ, the path counting most, then the differences."""
    return _share(description, differences), len(differences)


def difference_lines(differences: Sequence[Difference], indent: str) -> list[str]:
    """The differences in full, as many as leave room for what stands behind them."""
    lines: list[str] = []
    for number, difference in enumerate(differences):
        more = [f"{indent}{line}" for line in difference.lines()]
        if number and (number == _MOST_DIFFERENCES or height([*lines, *more]) > _MOST_DIFFERENCE_LINES):
            return [*lines, f"{indent}... and {len(differences) - number} more differences"]
        lines += more
    return lines


def _rest(request: Request, line: str) -> list[str]:
    """What else there is to know of a request, after its first line and the line that expects it."""
    shown = [f"  {header_line(name, value)}" for name, value in request.headers if not _is_known(request, name, line)]
    lines = shown[:_MOST_HEADERS]
    if len(shown) > _MOST_HEADERS:
        lines.append(f"  ... and {len(shown) - _MOST_HEADERS} more headers")
    body = [] if _has_body(request, line) else request_body_lines(request)
    if body:
        lines += [*[""] * bool(lines), *(f"  {entry}" for entry in body)]
    return ["The request:", *lines] if lines else []


def _has_body(request: Request, line: str) -> bool:
    """Whether the line that expects a request shows its whole body."""
    if "    form=" in line:
        return not request.files
    return ("    json=" in line or "    text=" in line) and request.text.strip() in line


def _is_known(request: Request, name: str, line: str) -> bool:
    """Whether a header says nothing that is not known without it."""
    if f'"{name.lower()}": ' in line.lower():
        return "    headers=" in line
    name = name.lower()
    if name == "content-type":
        return (says_json(request.content_type) and "    json=" in line) or "    form=" in line
    return name in _USUAL or (name == "accept" and request.header(name) == "*/*")


def _show_request(request: Request) -> list[str]:
    return [f"  {request_line(request)}", *_rest(request, "")[1:]]


def header_line(name: str, value: str) -> str:
    return visible(f"{name}: {masked_header(name, value)}")


def request_body_lines(request: Request, most: int = _MOST_BODY_LINES) -> list[str]:
    """The beginning of the body of a request, and how much of it is kept; no lines without a body."""
    lines = body_lines(request.body, request.text, most) if request.body else []
    if request.cut is not None:
        # On the last line, as the beginning of a secret is looked for in front of the dots.
        lines[-1:] = [f"{''.join(lines[-1:])}... ({request.cut})"]
    return lines


def body_lines(data: bytes, text: str, most: int = _MOST_BODY_LINES) -> list[str]:
    """The beginning of a body: text as it stands, anything else in hexadecimal."""
    if "\ufffd" in text or "\0" in text:
        return [show_bytes(data)]
    # Much more than the lines that are shown have room for, as each of them is cut.
    lines = text[: most * 1000].split("\n")
    shown = [visible(line.removesuffix("\r").replace("\t", "    ")) for line in lines[:most]]
    if len(lines) > most or len(text) > most * 1000:
        shown.append(f"... ({len(data)} bytes)")
    return shown


def not_received(
    description: RequestDescription,
    expected: str,
    matching: Sequence[Exchange],
    received: Sequence[Exchange],
    server: str,
    notes: Sequence[str] = (),
) -> str:
    """Why a request that should have been received was not, or not so often."""
    lines = [f"{expected}: {description}", f"Received {len(matching) or 'none'} on {server}."]
    return limit([*lines, *_nearest_received(description, matching, received), *notes])


def not_listed(
    pending: Sequence[Exchange], forgotten: int, elsewhere: Sequence[tuple[str, Exchange]] = ()
) -> list[str]:
    """What to say of requests that came, and that nobody can look at: not here, not yet, or not any more."""
    lines = [f"{_sentence(name)} received such a request: {outcome_line(entry)}." for name, entry in elsewhere[:2]]
    if pending:
        newest = ", ".join(request_line(exchange.request) for exchange in pending[-_MOST_OTHERS:])
        lines.append(f"Still being answered, so not received yet: {requests(len(pending))}, such as {newest}.")
    if forgotten:
        lines.append(f"Forgotten with the tests and suites that have ended: {requests(forgotten)}.")
    return lines


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def too_many_received(description: RequestDescription, expected: str, matching: Sequence[Exchange], server: str) -> str:
    """Which requests were received, though fewer or none were expected."""
    lines = [
        f"{expected}: {description}",
        f"Received {len(matching)} on {server}, newest first:",
        *_list_received([*reversed(matching)]),
    ]
    return limit([*lines, "The newest:", *_show_request(matching[-1].request)])


def _nearest_received(
    description: RequestDescription, matching: Sequence[Exchange], received: Sequence[Exchange]
) -> list[str]:
    """The received request that comes nearest, other than the matching ones, and the newest others."""
    if not received:
        return ["No requests were received."]
    newest = [*reversed(received)]
    fitting = set(matching)
    nearest = None
    lines = []
    likely = _likely(description, [entry for entry in newest if entry not in fitting])
    if likely:
        nearest, found = likely
        lines = ["Nearest received request:", f"  {outcome_line(nearest)}"]
        lines += difference_lines(found, "    ") or [f"    it fits, but {became(nearest)}"]
    others = [entry for entry in newest if entry is not nearest]
    if others:
        lines.append("Other received requests, newest first:" if lines else "Received requests, newest first:")
        lines += _list_received(others)
    return lines


def _likely(description: RequestDescription, newest: Sequence[Exchange]) -> tuple[Exchange, list[Difference]] | None:
    """The exchange whose request comes nearest, with what differs."""
    likely = nsmallest(
        _MOST_COMPARED,
        newest[:_MOST_LOOKED_AT],
        lambda entry: _rough(entry.request, entry.request.paths(), description),
    )
    compared: list[tuple[Exchange, list[Difference]]] = []
    size = 0
    for entry in likely:
        compared.append((entry, description.differences(entry.request)))
        entry.request.forget_views()
        size += len(entry.request.body)
        if size > _MOST_BYTES:
            break
    return min(compared, key=lambda pair: distance(description, pair[1]), default=None)


def became(entry: Exchange) -> str:
    if entry.expectation is not None:
        return f"this expectation took it: {entry.expectation}"
    return entry.problem.first_line if entry.problem else "no expectation took it"


def _list_received(received: Sequence[Exchange]) -> list[str]:
    lines = [f"  {outcome_line(entry)}" for entry in received[:_MOST_OTHERS]]
    if len(received) > _MOST_OTHERS:
        lines.append(f"  ... and {len(received) - _MOST_OTHERS} more")
    return lines


def outcome_line(entry: Exchange) -> str:
    status = f"answered {entry.response.status}" if entry.response else "not answered yet"
    return f"{request_line(entry.request)} ({status})"


def unmet(
    missing: Sequence[Expectation],
    received: Sequence[Exchange],
    server: str,
    within: float | None = None,
    notes: Sequence[str] = (),
) -> str:
    """Which expectations wait for requests that did not come, and what came instead."""
    time = "" if within is None else f" within {seconds(within)}"
    noun = "1 expectation was" if len(missing) == 1 else f"{len(missing)} expectations were"
    lines = [f"{noun} not met{time} on {server}:"]
    lines += [f"  {expectation} ({expectation.usage})" for expectation in missing[:10]]
    if len(missing) > 10:
        lines.append(f"  ... and {len(missing) - 10} more")
    taken = [entry for entry in received if entry.expectation is missing[0]]
    return limit([*lines, *_nearest_received(missing[0].description, taken, received), *notes])


def not_sent(expectations: Sequence[Expectation], server: str, within: float) -> str:
    """Which expectations were met, while their responses are still on their way."""
    waiting = [entry for entry in expectations if entry.times and entry.sent < entry.used]
    noun = "1 response was" if len(waiting) == 1 else f"{len(waiting)} responses were"
    lines = [f"{noun} not sent within {seconds(within)} on {server}, though the requests came:"]
    return limit([*lines, *(f"  {expectation} ({expectation.usage})" for expectation in waiting)])


def problems(found: Sequence[Problem], server: str) -> str:
    """All problems: the first in full, then a line each, then how many more."""
    noun = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    lines = [f"{noun} on {server}:", *found[0].message.split("\n")]
    rest = found[1:]
    if rest:
        lines = [*limit(lines, MOST_LINES - 4).split("\n"), "Then:"]
        for number, problem in enumerate(rest):
            line = visible(f"  {problem}")
            left = len(rest) - number
            if height([*lines, line]) > MOST_LINES - (left > 1):
                return "\n".join([*lines, f"  ... and {left} more problems"])
            lines.append(line)
    return limit(lines)


def matchers(by_kind: Iterable[tuple[str, list[Expectation]]], server: str) -> str:
    """All expectations, a line each with how often it was used."""
    lines = [f"Expectations on {server}:"]
    for kind, expectations in by_kind:
        lines.append(f"{kind.capitalize()}:")
        lines += [f"  {_matcher_line(expectation)}" for expectation in expectations] or ["  none"]
    return "\n".join(lines)


def _matcher_line(expectation: Expectation) -> str:
    text = str(expectation).partition(" ")[2]
    return f"{text} ({expectation.usage}{'' if expectation.responder else ', no response given'})"
