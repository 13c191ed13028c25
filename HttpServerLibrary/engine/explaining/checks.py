"""Why a check or a wait fails, and what was received: pure functions that make text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from ..expectations.expectation import Expectation, Kind
from ..matching.description import RequestDescription
from ..phrase import Masking, text
from ..problem import ProblemKind, ProblemRecord
from ..records.exchange import Exchange
from ..records.journal import ConnectionNote
from ..visible import shortened
from ..words import counted, duration_text, requests, sentence
from .layout import LINE_LENGTH, MAX_DIFFERENCES_SHOWN, MAX_LINES, difference_lines, height, limit
from .lines import details, listed, outcome_line, request_line
from .nearest import Compared, nearest_received
from .shown import shown

_MAX_NAMED: Final = 5
_MAX_UNMET: Final = 10
_MAX_SERVERS: Final = 2
_REFUSALS: Final[Mapping[ProblemKind, str]] = {
    "UNEXPECTED REQUEST": "no expectation took it when it arrived",
    "OUT OF ORDER": "it arrived out of order",
    "REFUSED": "it was refused, as an earlier request broke the order",
}


class Audience(NamedTuple):
    """The server that a text is about, and what to mask in it."""

    server: str
    masking: Masking


def not_received(
    description: RequestDescription,
    expected: str,
    matching: Sequence[Exchange],
    received: Sequence[Exchange],
    audience: Audience,
    notes: Sequence[str] = (),
) -> str:
    """Why a request that should have been received was not, or not often enough."""
    server, masking = audience
    lines = [
        f"{expected}: {description.shown(masking)}",
        f"Received {len(matching) or 'none'} on {server}.",
        *_received(description, matching, received, masking),
    ]
    return limit([*lines, *notes])


def too_many_received(
    description: RequestDescription,
    expected: str,
    matching: Sequence[Exchange],
    audience: Audience,
    notes: Sequence[str] = (),
) -> str:
    """Which requests were received, although fewer or none were expected."""
    server, masking = audience
    newest = matching[-1].request
    shown = "\n".join(text(detail, masking) for detail in details(newest))
    return limit(
        [
            f"{expected}: {description.shown(masking)}",
            f"Received {len(matching)} on {server}, newest first:",
            *listed([*reversed(matching)], masking),
            *notes,
            "The newest:",
            f"  {request_line(newest, masking)}",
            *(f"  {line}" if line else "" for line in shown.split("\n") if shown),
        ]
    )


def not_listed(
    pending: Sequence[Exchange],
    forgotten: int,
    on_other_servers: Sequence[tuple[str, Exchange]],
    audience: Audience,
    *,
    nothing_received: bool,
) -> list[str]:
    """What to say about requests that do not count: on other servers, not answered yet, or of tests that ended."""
    masking = audience.masking
    lines = [
        f"{sentence(name)} received such a request: {outcome_line(entry, masking)}."
        for name, entry in on_other_servers[:_MAX_SERVERS]
    ]
    if pending:
        newest = ", ".join(request_line(exchange.request, masking) for exchange in pending[-_MAX_NAMED:])
        lines.append(f"Not counted, because still being answered: {newest}.")
    if forgotten and nothing_received:
        verb, noun = ("belongs", "1 earlier request") if forgotten == 1 else ("belong", f"{forgotten} earlier requests")
        lines.append(f"{noun} {verb} to tests that have ended and {'does' if forgotten == 1 else 'do'} not count.")
    return lines


def without_request(connections: Sequence[ConnectionNote]) -> list[str]:
    """What to say about clients that connected and sent no request, and connections that were broken on purpose."""
    return [
        broken(note.count, note.reason)
        if note.kind == "broken"
        else f"{counted(note.count, 'client')} connected and sent no request. {note.reason}"
        for note in connections[:_MAX_SERVERS]
    ]


def broken(count: int, done: str) -> str:
    """What to say about connections that were broken on purpose."""
    return f"{counted(count, 'connection')} {'was' if count == 1 else 'were'} {done} on purpose (Break Connections)."


def forgotten_beyond_bounds(forgotten: Mapping[str, int]) -> list[str]:
    """What to say about the oldest requests when more arrived than are kept, by the option that limits it."""
    return [f"Forgotten because of {option}: {requests(count)}." for option, count in forgotten.items()]


def _received(
    description: RequestDescription, matching: Sequence[Exchange], received: Sequence[Exchange], masking: Masking
) -> list[str]:
    """The nearest received request, other than the matching ones, and the newest others."""
    if not received:
        return ["No requests were received."]
    matched = set(matching)
    nearest = nearest_received(description, [entry for entry in received if entry not in matched])
    lines = []
    if nearest is not None:
        lines = ["Nearest received request:", *nearest_lines(nearest, masking)]
    others = [entry for entry in reversed(received) if nearest is None or entry is not nearest.candidate]
    if others:
        lines.append("Other received requests, newest first:" if lines else "Received requests, newest first:")
        lines += listed(others, masking)
    return lines


def nearest_lines(nearest: Compared[Exchange], masking: Masking) -> list[str]:
    """A received request with what differs in it, or what happened to it."""
    entry, differences = nearest.candidate, nearest.differences
    lines = [f"  {outcome_line(entry, masking)}"]
    if not differences:
        return [*lines, f"    it matches, but {_became(entry)}"]
    kept = [shown(difference, masking) for difference in differences[:MAX_DIFFERENCES_SHOWN]]
    found = difference_lines(kept, len(differences), differences.is_complete, "    ")
    return [*lines, *(line.text for line in found)]


def _became(entry: Exchange) -> str:
    taker = entry.expectation
    if taker is not None:
        first = "" if taker.kind is Kind.PERMANENT else f" ({taker.kind} expectations go first)"
        return f"this expectation took it: {taker}{first}"
    if entry.problem is None:
        return "no expectation took it"
    return _REFUSALS.get(entry.problem.kind) or entry.problem.first_line


def unmet(
    missing: Sequence[Expectation],
    received: Sequence[Exchange],
    audience: Audience,
    within: float | None = None,
    notes: Sequence[str] = (),
) -> str:
    """Which expectations were not met, and what arrived instead."""
    server, masking = audience
    time = "" if within is None else f" within {duration_text(within)}"
    noun = "1 expectation was" if len(missing) == 1 else f"{len(missing)} expectations were"
    lines = [f"{noun} not met{time} on {server}:"]
    lines += [f"  {expectation} ({expectation.usage})" for expectation in missing[:_MAX_UNMET]]
    if len(missing) > _MAX_UNMET:
        lines.append(f"  ... and {len(missing) - _MAX_UNMET} more")
    taken = [entry for entry in received if entry.expectation is missing[0]]
    return limit([*lines, *_received(missing[0].description, taken, received, masking), *notes])


def not_sent(
    expectations: Sequence[Expectation], received: Sequence[Exchange], audience: Audience, within: float
) -> str:
    """Which expectations were met although their responses have not been sent yet, or their callbacks are not over."""
    calling = [entry for entry in expectations if entry.calling]
    if calling and not any(entry.times and entry.sent < entry.used for entry in expectations):
        number = sum(entry.calling for entry in calling)
        noun = "1 callback was" if number == 1 else f"{number} callbacks were"
        first = (
            f"{noun} not over within {duration_text(within)} on {audience.server}, although the responses were sent:"
        )
        return limit([first, *(f"  {entry} ({entry.usage})" for entry in calling)])
    waiting = [entry for entry in expectations if entry.times and entry.sent < entry.used]
    left = sum(entry.used - entry.sent for entry in waiting)
    noun, arrived = ("1 response was", "its request") if left == 1 else (f"{left} responses were", "their requests")
    lines = [f"{noun} not sent within {duration_text(within)} on {audience.server}, although {arrived} arrived:"]
    return limit([*lines, *(f"  {entry} ({entry.usage}{_why_not_sent(entry, received)})" for entry in waiting)])


def _why_not_sent(expectation: Expectation, received: Sequence[Exchange]) -> str:
    taken = [entry for entry in received if entry.expectation is expectation]
    delay = max((entry.delay for entry in taken if entry.delivered is None), default=0.0)
    # Which the test has not answered, although their clients wait.
    held = sum(entry.response is None and entry.progress is not None and not entry.progress.left for entry in taken)
    if held:
        return f", {requests(held)} {'waits' if held == 1 else 'wait'} for the test: answer with 'Respond With ...'"
    return f", delay={delay:g} s" if delay else ""


def problems(found: Sequence[ProblemRecord], server: str, maximum: int = MAX_LINES) -> str:
    """All problems in at most ``maximum`` lines: the first in full, then a line each, then how many more."""
    noun = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    grouped: dict[str, list[ProblemRecord]] = {}
    for problem in found:
        grouped.setdefault(problem.brief, []).append(problem)
    (_, first), *rest = grouped.items()
    message = first[0].message.split("\n")
    message[0] += _times(first)
    lines = [f"{noun} on {server}:", *message]
    if rest:
        lines = [*limit(lines, maximum - min(len(rest) + 1, maximum // 3)).split("\n"), "Then:"]
        left = len(found) - len(first)
        for brief, group in rest:
            line = f"  {shortened(brief, 4 * LINE_LENGTH)}{_times(group)}"
            if height([*lines, line]) > maximum - (left > len(group)):
                return "\n".join([*lines, f"  ... and {left} more problem{'s' * (left > 1)}"])
            lines.append(line)
            left -= len(group)
    return limit(lines, maximum)


def _times(group: Sequence[ProblemRecord]) -> str:
    return f" ({len(group)} times)" if len(group) > 1 else ""


def matchers(by_kind: Iterable[tuple[str, list[Expectation]]], server: str) -> str:
    """All expectations, one per line, with how often each was used."""
    lines = [f"Expectations on {server}:"]
    for kind, expectations in by_kind:
        lines.append(f"{kind.capitalize()}:")
        lines += [f"  {_matcher_line(expectation)}" for expectation in expectations] or ["  none"]
    return "\n".join(lines)


def _matcher_line(expectation: Expectation) -> str:
    origin = f", from {expectation.origin}" if expectation.origin else ""
    return f"{expectation.text()} ({expectation.usage}{_without_response(expectation)}{origin})"


def _without_response(expectation: Expectation) -> str:
    if not expectation.turns.was_given:
        return ", no response given"
    return "" if expectation.turns.due or expectation.used_up else ", its responses are used up"


def ended_streams(ended: Sequence[Exchange]) -> str:
    """What to say about streams that have ended, oldest first; at least one."""
    progress = ended[-1].progress
    note = None if progress is None else progress.note
    how = f" ({'the last: ' if len(ended) > 1 else ''}{note})" if note else ""
    found = f"{counted(len(ended), 'stream')} {'has' if len(ended) == 1 else 'have'} ended{how}."
    if progress is not None and (progress.left or progress.stopped):
        return found
    return f"{found} With end=STAY_OPEN, a stream stays open until 'End Stream'."


def no_stream(
    number: int,
    whose: str,
    opened: int,
    received: Sequence[Exchange],
    ended: Sequence[Exchange],
    audience: Audience,
    seconds: float,
) -> str:
    """Why not enough responses are open. ``whose`` is what they answer; empty for all of the server."""
    server, masking = audience
    of = f" of {whose}" if whose else ""
    return limit(
        [
            f"Expected {counted(number, 'open stream')}{of} within {duration_text(seconds)}",
            f"{opened or 'None'} {'are' if opened > 1 else 'is'} open on {server}. Received:",
            *(listed([*reversed(received)], masking) or ["  no requests"]),
            *([ended_streams(ended)] if ended else []),
        ]
    )
