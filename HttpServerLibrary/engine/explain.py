"""Why something did not match, and what was received, as text for people: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from .exchange import Exchange
from .expectations import Expectation, Refusal
from .masking import masked_header
from .matching.body import show_bytes
from .matching.description import RequestDescription
from .matching.difference import Difference
from .paste import keyword_line
from .received import Problem
from .request import Request
from .visible import visible

# Robot Framework cuts messages that are longer in the middle.
MOST_LINES = 40
_LINE_LENGTH = 78
_MOST_DIFFERENCES = 6
_MOST_OTHERS = 5
_MOST_HEADERS = 8
_MOST_BODY_LINES = 5
# Comparing a request in full with thousands of expectations takes too long for an answer.
_MOST_COMPARED = 50


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


def refusal(request: Request, why: Refusal, expectations: Sequence[Expectation], server: str) -> str:
    """Why no expectation takes a request, for its client and for the test."""
    lines = [request_line(request)]
    if why.kind == "OUT OF ORDER" and why.head is not None:
        lines += [f"Expected next on {server}:", *_candidate(why.head, why.head.description.differences(request))]
        lines.append("Every later request is refused until 'Reset Http Server' or the end of the scope.")
        lines += ["The request:", *_show_request(request)]
        line = keyword_line(request, "Expect Ordered Request")
        lines += ["This line, in front of the one expected next, expects it:", f"  {line}"]
        lines.append("Requests in any order need a server of their own while ordered ones are left.")
        return limit(lines)
    if why.kind == "REFUSED" and why.head is not None:
        lines += [f"The order on {server} was broken when this was expected:", f"  {why.head} ({why.head.usage})"]
        lines.append("Every request is refused until 'Reset Http Server' or the end of the scope.")
        return limit(lines)
    if not expectations:
        lines.append(f"There are no expectations on {server}.")
    else:
        lines += _nearest_expectations(request, expectations, server)
    lines += ["The request:", *_show_request(request)]
    lines += ["This line expects it:", f"  {keyword_line(request)}"]
    return limit(lines)


def request_line(request: Request) -> str:
    """Method, path and query of a request."""
    return visible(f"{request}?{request.query_string}") if request.query_string else str(request)


def _nearest_expectations(request: Request, expectations: Sequence[Expectation], server: str) -> list[str]:
    ranked = _rank(request, expectations)
    (nearest, differences), others = ranked[0], ranked[1:]
    lines = [f"Nearest expectation on {server}:", *_candidate(nearest, differences)]
    if others:
        lines.append("Other expectations:")
        for expectation, found in others[:_MOST_OTHERS]:
            lines.append(visible(f"  {expectation}: {_short(expectation, found)}", 2 * _LINE_LENGTH))
        left = len(expectations) - 1 - len(others[:_MOST_OTHERS])
        if left:
            lines.append(f"  ... and {left} more")
    return lines


def _candidate(expectation: Expectation, differences: list[Difference]) -> list[str]:
    lines = [f"  {expectation} ({expectation.usage})"]
    if expectation.used_up and not _really_differs(differences):
        return [*lines, "    it fits, but it is used up"]
    return [*lines, *_differences(differences, "    ")]


def _short(expectation: Expectation, differences: list[Difference]) -> str:
    if expectation.used_up and not _really_differs(differences):
        return "fits, but is used up"
    more = f" (+{len(differences) - 1} more)" if len(differences) > 1 else ""
    return f"{differences[0]}{more}" if differences else "fits"


def _really_differs(differences: list[Difference]) -> bool:
    """A matcher that was not asked, because its expectation is used up, says nothing."""
    return any(difference.field != "matcher" for difference in differences)


def _differences(differences: list[Difference], indent: str) -> list[str]:
    lines = [f"{indent}{difference}" for difference in differences[:_MOST_DIFFERENCES]]
    if len(differences) > _MOST_DIFFERENCES:
        lines.append(f"{indent}... and {len(differences) - _MOST_DIFFERENCES} more differences")
    return lines


def _rank(request: Request, expectations: Sequence[Expectation]) -> list[tuple[Expectation, list[Difference]]]:
    """Expectations with their differences, nearest first; newer ones first among equals."""
    newest = [*reversed(expectations)]
    if len(newest) > _MOST_COMPARED:
        newest.sort(key=lambda expectation: _rough_distance(request, expectation.description))
    compared = [(expectation, expectation.description.differences(request)) for expectation in newest[:_MOST_COMPARED]]
    return sorted(compared, key=lambda entry: distance(entry[0].description, entry[1]))


def _rough_distance(request: Request, description: RequestDescription) -> int:
    path, method = description.path, description.method
    return 2 * (path is not None and not path.fits(request)) + (method is not None and not method.fits(request))


def distance(description: RequestDescription, differences: list[Difference]) -> tuple[float, int]:
    """How far off a request is: the share of fields that differ, the path counting most, then the differences."""
    fields = {difference.field.partition(" ")[0] for difference in differences}
    weight = sum(3 if field == "path" else 1 for field in fields)
    return weight / (len(description.fields) + 3), len(differences)


def _show_request(request: Request) -> list[str]:
    lines = [f"  {request_line(request)}"]
    lines += [f"  {header_line(name, value)}" for name, value in islice(request.headers, _MOST_HEADERS)]
    if len(request.headers) > _MOST_HEADERS:
        lines.append(f"  ... and {len(request.headers) - _MOST_HEADERS} more headers")
    body = request_body_lines(request)
    if body:
        lines += ["", *(f"  {line}" for line in body)]
    return lines


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


def not_listed(pending: Sequence[Exchange], forgotten: int) -> list[str]:
    """What to say of requests that came, and that nobody can look at: not yet, or not any more."""
    lines = []
    if pending:
        newest = ", ".join(request_line(exchange.request) for exchange in pending[-_MOST_OTHERS:])
        lines.append(f"Still being answered, so not received yet: {requests(len(pending))}, such as {newest}.")
    if forgotten:
        lines.append(f"Forgotten with the tests and suites that have ended: {requests(forgotten)}.")
    return lines


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
    missing = [entry for entry in newest if entry not in fitting][:_MOST_COMPARED]
    compared = [(entry, description.differences(entry.request)) for entry in missing]
    lines = []
    nearest = None
    if compared:
        nearest, found = min(compared, key=lambda pair: distance(description, pair[1]))
        lines = ["Nearest received request:", f"  {_outcome(nearest)}"]
        lines += _differences(found, "    ") or [f"    it fits, but {_became(nearest)}"]
    others = [entry for entry in newest if entry is not nearest]
    if others:
        lines.append("Other received requests, newest first:" if lines else "Received requests, newest first:")
        lines += _list_received(others)
    return lines


def _became(entry: Exchange) -> str:
    if entry.expectation is not None:
        return f"this expectation took it: {entry.expectation}"
    return entry.problem.first_line if entry.problem else "no expectation took it"


def _list_received(received: Sequence[Exchange]) -> list[str]:
    lines = [f"  {_outcome(entry)}" for entry in received[:_MOST_OTHERS]]
    if len(received) > _MOST_OTHERS:
        lines.append(f"  ... and {len(received) - _MOST_OTHERS} more")
    return lines


def _outcome(entry: Exchange) -> str:
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
