"""Why something did not match, and what was received, as text for people: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nsmallest
from typing import TypeVar

from ..expectations.expectation import Expectation
from ..masking.names import masked_header
from ..matching.body import show_bytes
from ..matching.description import RequestDescription
from ..matching.difference import Difference
from ..message.media_types import says_json
from ..message.request import Request
from ..records.exchange import Exchange
from ..records.received import Problem
from ..visible import first_difference, shortened, visible
from ..words import duration_text, requests, sentence

T = TypeVar("T")

# Robot Framework cuts messages that are longer in the middle.
MAX_LINES = 40
LINE_LENGTH = 78
MAX_DIFFERENCES = 12
_MAX_DIFFERENCE_LINES = 20
_MAX_OTHERS = 5
_MAX_HEADERS = 8
_MAX_BODY_LINES = 5
# Comparing a request in full with thousands of expectations takes too long for an answer.
MAX_COMPARED = 500
_MAX_WORK = 2 * 1024 * 1024
# A comparison of two values takes as long as parsing so many bytes.
_BYTES_OF_COMPARISON = 32
MAX_LOOKED_AT = 1000
_PATH_WEIGHT = 3
# Headers that every client sends.
_USUAL = frozenset({"host", "connection", "keep-alive", "content-length", "transfer-encoding", "accept-encoding"})


def limit(lines: Iterable[str], most: int = MAX_LINES) -> str:
    """Joins lines, and says how many more there were."""
    flat = "\n".join(lines).split("\n")
    if height(flat) <= most:
        return "\n".join(flat)
    kept = 0
    while height(flat[: kept + 1]) < most:
        kept += 1
    return "\n".join([*flat[:kept], f"... and {len(flat) - kept} more lines"])


def height(lines: Sequence[str]) -> int:
    """How many lines Robot Framework counts: it breaks long ones."""
    return sum(max(1, -(-len(line) // LINE_LENGTH)) for line in lines)


def request_line(request: Request) -> str:
    """Method, path and query of a request."""
    if not request.query_string:
        return str(request)
    return visible(f"{request.method} {request.raw_path}?{request.query_string}")


def rough(request: Request, paths: tuple[str, str], description: RequestDescription) -> float:
    """How far off a request is, as seen from its head: a guess that takes no time."""
    path, method = description.path, description.method
    far = 0.0 if method is None or method.matches(request) else 1.0
    if path is not None and not (path.matches(request) if path.literal is None else path.literal in paths):
        far += 2 + 1 / (1 + first_difference(path.written, paths[0]))
    return far


def share_of(description: RequestDescription, differences: Sequence[Difference]) -> float:
    weights = {difference.field.partition(" ")[0]: _weight(difference) for difference in differences}
    return sum(weights.values()) / (len(description.fields) + _PATH_WEIGHT)


def _weight(difference: Difference) -> int:
    return _PATH_WEIGHT if difference.field == "path" and not difference.hint else 1


def distance(description: RequestDescription, differences: Sequence[Difference]) -> tuple[float, int]:
    """How far off a request is: the share of fields that differ, the path counting most, then the differences."""
    return share_of(description, differences), len(differences)


def compared(
    candidates: Iterable[tuple[T, RequestDescription, Request]],
) -> list[tuple[T, list[Difference]]]:
    """What differs in each, of as many as can be compared in a moment, but in two at least."""
    found: list[tuple[T, list[Difference]]] = []
    work = 0
    for candidate, description, request in candidates:
        if work > _MAX_WORK and len(found) > 1:
            break
        found.append((candidate, description.differences(request)))
        work += len(request.body) + _BYTES_OF_COMPARISON * description.work
    return found


def compared_with(
    description: RequestDescription, received: Iterable[Exchange]
) -> list[tuple[Exchange, list[Difference]]]:
    """What differs in each of the received requests that can be compared in a moment."""
    return compared((entry, description, entry.request) for entry in received)


def difference_lines(differences: Sequence[Difference], indent: str) -> list[str]:
    """The differences in full, as many as leave room for what stands behind them."""
    lines: list[str] = []
    for number, difference in enumerate(differences):
        more = [f"{indent}{line}" for line in difference.lines()]
        if number and (number == MAX_DIFFERENCES or height([*lines, *more]) > _MAX_DIFFERENCE_LINES):
            return [*lines, f"{indent}... and {len(differences) - number} more differences"]
        lines += more
    return lines


def rest(request: Request, line: str) -> list[str]:
    """What else there is to know of a request, after its first line and the line that expects it."""
    shown = [f"  {header_line(name, value)}" for name, value in request.headers if not _is_known(request, name, line)]
    lines = shown[:_MAX_HEADERS]
    if len(shown) > _MAX_HEADERS:
        lines.append(f"  ... and {len(shown) - _MAX_HEADERS} more headers")
    body = [] if _has_body(request, line) else request_body_lines(request)
    if body:
        lines += [*[""] * bool(lines), *(f"  {entry}" for entry in body)]
    return ["The request:", *lines] if lines else []


def _has_body(request: Request, line: str) -> bool:
    """Whether the line that expects a request shows its whole body."""
    if "    form=" in line:
        return not request.files
    return any(f"    {name}=" in line for name in ("json", "text", "xml")) and request.text.strip() in line


def _is_known(request: Request, name: str, line: str) -> bool:
    """Whether a header says nothing that is not known without it."""
    if f'"{name.lower()}": ' in line.lower():
        return "    headers=" in line
    name = name.lower()
    if name == "content-type":
        return (says_json(request.content_type) and "    json=" in line) or "    form=" in line
    return name in _USUAL or (name == "accept" and request.header(name) == "*/*")


def _show_request(request: Request) -> list[str]:
    return [f"  {request_line(request)}", *rest(request, "")[1:]]


def header_line(name: str, value: str) -> str:
    return visible(f"{name}: {masked_header(name, value)}")


def request_body_lines(request: Request, most: int = _MAX_BODY_LINES) -> list[str]:
    """The beginning of the body of a request, and how much of it is kept; no lines without a body."""
    lines = body_lines(request.content, request.text, most) if request.body else []
    if request.cut is not None:
        # On the last line, as the beginning of a secret is looked for in front of the dots.
        lines[-1:] = [f"{''.join(lines[-1:])}... ({request.cut})"]
    return lines


def body_lines(data: bytes, text: str, most: int = _MAX_BODY_LINES) -> list[str]:
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
    lines = [f"{sentence(name)} received such a request: {outcome_line(entry)}." for name, entry in elsewhere[:2]]
    if pending:
        newest = ", ".join(request_line(exchange.request) for exchange in pending[-_MAX_OTHERS:])
        lines.append(f"Still being answered, so not received yet: {requests(len(pending))}, such as {newest}.")
    if forgotten:
        lines.append(f"Forgotten with the tests and suites that have ended: {requests(forgotten)}.")
    return lines


def forgotten_beyond_bounds(forgotten: int, kept: int) -> list[str]:
    """What to say of the oldest requests when more came than are kept."""
    return [f"Forgotten because of max_requests_kept={kept}: {requests(forgotten)}."] if forgotten else []


def too_many_received(
    description: RequestDescription,
    expected: str,
    matching: Sequence[Exchange],
    server: str,
    notes: Sequence[str] = (),
) -> str:
    """Which requests were received, though fewer or none were expected."""
    lines = [
        f"{expected}: {description}",
        f"Received {len(matching)} on {server}, newest first:",
        *_list_received([*reversed(matching)]),
        *notes,
    ]
    return limit([*lines, "The newest:", *_show_request(matching[-1].request)])


def _nearest_received(
    description: RequestDescription, matching: Sequence[Exchange], received: Sequence[Exchange]
) -> list[str]:
    """The received request that comes nearest, other than the matching ones, and the newest others."""
    if not received:
        return ["No requests were received."]
    newest = [*reversed(received)]
    matched = set(matching)
    nearest = None
    lines = []
    likely = _likely(description, [entry for entry in newest if entry not in matched])
    if likely:
        nearest, found = likely
        lines = ["Nearest received request:", f"  {outcome_line(nearest)}"]
        lines += difference_lines(found, "    ") or [f"    it matches, but {became(nearest)}"]
    others = [entry for entry in newest if entry is not nearest]
    if others:
        lines.append("Other received requests, newest first:" if lines else "Received requests, newest first:")
        lines += _list_received(others)
    return lines


def _likely(description: RequestDescription, newest: Sequence[Exchange]) -> tuple[Exchange, list[Difference]] | None:
    """The exchange whose request comes nearest, with what differs."""
    likely = nsmallest(
        MAX_COMPARED,
        newest[:MAX_LOOKED_AT],
        lambda entry: rough(entry.request, entry.request.paths(), description),
    )
    found = compared_with(description, likely)
    return min(found, key=lambda pair: distance(description, pair[1]), default=None)


def became(entry: Exchange) -> str:
    if entry.expectation is not None:
        return f"this expectation took it: {entry.expectation}"
    return entry.problem.first_line if entry.problem else "no expectation took it"


def _list_received(received: Sequence[Exchange]) -> list[str]:
    lines = [f"  {outcome_line(entry)}" for entry in received[:_MAX_OTHERS]]
    if len(received) > _MAX_OTHERS:
        lines.append(f"  ... and {len(received) - _MAX_OTHERS} more")
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
    time = "" if within is None else f" within {duration_text(within)}"
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
    lines = [f"{noun} not sent within {duration_text(within)} on {server}, though the requests came:"]
    return limit([*lines, *(f"  {expectation} ({expectation.usage})" for expectation in waiting)])


def problems(found: Sequence[Problem], server: str, most: int = MAX_LINES) -> str:
    """All problems in at most so many lines: the first in full, then a line each, then how many more."""
    noun = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    lines = [f"{noun} on {server}:", *found[0].message.split("\n")]
    rest = found[1:]
    if rest:
        lines = [*limit(lines, most - 4).split("\n"), "Then:"]
        for number, problem in enumerate(rest):
            line = shortened(f"  {problem}", 4 * LINE_LENGTH)
            left = len(rest) - number
            if height([*lines, line]) > most - (left > 1):
                return "\n".join([*lines, f"  ... and {left} more problems"])
            lines.append(line)
    return limit(lines, most)


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
