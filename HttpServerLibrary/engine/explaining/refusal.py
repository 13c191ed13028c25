"""Why no expectation takes a request: what comes near, what differs, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from ..expectations.expectation import Expectation, Kind
from ..expectations.shelf import NoMatch
from ..message.request import Request
from ..phrase import Phrase, Plain, joined
from ..words import ordinal, requests
from .explanation import Candidate, Explanation, Pasted
from .lines import clock, details, request_phrase
from .nearest import NEAR, Compared, estimate, likely_first, rank
from .paste import KeywordLine, line_for, line_like

_MAX_NEAREST: Final = 3
_MAX_ARCHIVED: Final = 3
_MAX_SERVERS: Final = 2
_UNTIL_RESET: Final = "Every later request is refused until 'Reset Http Server' or the end of the scope."
# A matcher of an expectation that has ended is not asked any more.
_NOT_ASKED: Final = frozenset({"matcher"})

# Which of the received requests an expectation took last, counted from 1; None when that is not known any more.
TakenBy = Callable[[Expectation], Request | None]


class Neighbour(NamedTuple):
    """Another server: which expectation there would take a request, and all that it has, asked for when needed."""

    alias: str
    url: str
    would_take: Callable[[Request], Expectation | None]
    expectations: Callable[[], Sequence[Expectation]]


@dataclass(frozen=True)
class Context:
    """What else may explain why a request is not taken.

    ``archived`` expectations ended or were removed. ``taken_by`` tells which request an expectation took last.
    """

    alias: str = "http-1"
    archived: Sequence[Expectation] = ()
    neighbours: Sequence[Neighbour] = ()
    taken_by: TakenBy = lambda expectation: None

    @property
    def server(self) -> str | None:
        """The alias that a keyword needs to mean this server: none where it is the only one."""
        return self.alias if self.neighbours else None


def explain_unmatched(
    request: Request, why: NoMatch, expectations: Sequence[Expectation], context: Context = Context()
) -> Explanation:
    """Why no expectation takes a request, for its client and for the test."""
    if why.head is None:
        return _unexpected(request, expectations, context)
    if why.by is not None:
        return _refused(request, why.head, why.by)
    return _out_of_order(request, why.head, expectations, context)


def _refused(request: Request, due: Expectation, by: Request) -> Explanation:
    cause = joined(request_phrase(by), f" broke the order at {clock(by)}.")
    return Explanation(
        "REFUSED",
        request_phrase(request),
        causes=(cause,),
        reason="This was expected instead",
        candidates=(Candidate.of(due, (), 0),),
        notes=(_UNTIL_RESET,),
    )


def _out_of_order(
    request: Request, due: Expectation, expectations: Sequence[Expectation], context: Context
) -> Explanation:
    title = request_phrase(request)
    differences = due.description.differences(request)
    [compared] = rank([(due, due.description, request)])
    head = Candidate.of(due, differences, compared.share)
    others = [entry for entry in expectations if entry is not due and not entry.used_up]
    matching = next((entry.candidate for entry in _ranked(request, others) if not entry.differences), None)
    if matching is not None:
        advice = (
            "Move it before the one that must be used first, if the order of the requests is right."
            if matching.kind is Kind.ORDERED
            else "While ordered expectations are left, only the next one is served. Make this one ordered too, use "
            "another server, or check the order afterwards with 'Requests Should Have Been Received In Order'."
        )
        return Explanation(
            "OUT OF ORDER",
            title,
            reason="This expectation matches, but another must be used first",
            candidates=(
                Candidate.of(matching, (), 0),
                head.with_note("this one must be used first"),
            ),
            advice=(advice,),
            notes=(_UNTIL_RESET,),
        )
    if compared.is_near:
        line = None if head.lacks_credentials else line_like(request, due, Kind.ORDERED)
        return Explanation(
            "OUT OF ORDER",
            title,
            reason="The next ordered expectation does not match",
            candidates=(head,),
            paste=_pasted("This line, in its place, expects it", line, context),
            notes=(_UNTIL_RESET,),
        )
    return Explanation(
        "OUT OF ORDER",
        title,
        reason="A different request is expected next",
        candidates=(head,),
        advice=("While ordered expectations are left, requests in any order need another server.",),
        paste=_pasted(
            "This line, before the next one, expects it", line_for(request, "Expect Ordered Request"), context
        ),
        notes=(_UNTIL_RESET,),
        details=details(request),
    )


def _unexpected(request: Request, expectations: Sequence[Expectation], context: Context) -> Explanation:
    title = request_phrase(request)
    ranked = _ranked(request, expectations)
    causes = _causes(request)
    takers = [(entry, taker) for entry in context.neighbours if (taker := entry.would_take(request)) is not None]
    near = bool(ranked) and ranked[0].is_near
    candidates = [_noted(request, entry, context) for entry in ranked[:_MAX_NEAREST]]
    if takers:
        # The request is right, and went to the wrong server.
        causes += tuple(f"Server '{entry.alias}' would take it: {taker}" for entry, taker in takers[:_MAX_SERVERS])
        urls = " or ".join(entry.url for entry, _ in takers[:_MAX_SERVERS])
        causes += (f"The client called the URL of server '{context.alias}'. Give it {urls}.",)
        shown = candidates[:1] if near else []
        heading = _heading(ranked, expectations, context) if shown else ""
        return Explanation("UNEXPECTED REQUEST", title, causes, heading, tuple(shown))
    ended = None if near else _ended(request, context)
    elsewhere = None if near or ended is not None else _nearest_elsewhere(request, context)
    paste, advice = _fix(request, ranked, candidates, context)
    if ended is not None or causes:
        # The request is not one to expect here.
        paste = None
    # Beside one that is near, those that are not only distract.
    also = [entry for entry in candidates[1:] if not near or entry.share <= NEAR]
    return Explanation(
        "UNEXPECTED REQUEST",
        title,
        causes,
        _heading(ranked, expectations, context),
        (*candidates[:1], *([] if elsewhere is None else [elsewhere])),
        tuple(also),
        advice,
        paste,
        () if ended is None else _about_ended(ended),
        () if near else details(request),
    )


def _causes(request: Request) -> tuple[Phrase, ...]:
    """What the request is, where it is no ordinary one."""
    if request.method == "OPTIONS" and (wanted := request.header("access-control-request-method")) is not None:
        origin = request.header("origin") or "unknown"
        return (
            (
                "This is a CORS preflight: a browser asks whether a page of origin ",
                Plain(origin),
                " may send ",
                Plain(wanted),
                ". Answer it with status 204 and Access-Control-Allow-* headers.",
            ),
        )
    if "websocket" in (request.header("upgrade") or "").lower():
        return ("The client asks for a WebSocket, which this server does not serve.",)
    return ()


def _ranked(request: Request, expectations: Sequence[Expectation]) -> list[Compared[Expectation]]:
    """Expectations with what differs, nearest first; newer ones first among equals."""
    likely = likely_first(request, [(entry, entry.description) for entry in expectations])
    return rank((entry, description, request) for entry, description in likely)


def _heading(ranked: Sequence[Compared[Expectation]], expectations: Sequence[Expectation], context: Context) -> str:
    """What stands above the expectations that come nearest."""
    count = len(expectations)
    if not ranked:
        return f"Server '{context.alias}' has no expectations"
    if ranked[0].is_near:
        return f"Nearest of {count} expectations" if count > 1 else "Nearest expectation"
    return f"None of the {count} expectations is close; nearest" if count > 1 else "The only expectation is not close"


def _noted(request: Request, compared: Compared[Expectation], context: Context) -> Candidate:
    """The candidate; where all of it matches, with a note why it does not take the request."""
    expectation, differences, share = compared
    candidate = Candidate.of(expectation, differences, share)
    if share:
        return candidate
    if expectation.used_up:
        return candidate.with_note(_used_up(expectation, context.taken_by(expectation)))
    if differences:
        return candidate
    return candidate.with_note("it matches, but was registered after the request arrived")


def _used_up(expectation: Expectation, taken: Request | None) -> Phrase:
    used = expectation.used
    last = f", and this is the {ordinal(used + 1)}"
    if taken is None:
        return f"it matches, but it was for {requests(used)}{last}"
    return joined(
        f"it matches, but it was for {requests(used)}{last} (the {ordinal(used)}: ",
        request_phrase(taken),
        f" at {clock(taken)})",
    )


def _ended(request: Request, context: Context) -> Expectation | None:
    """The newest expectation that would have taken the request, and has ended or was removed."""
    paths = request.paths()
    likely = [entry for entry in context.archived if not estimate(request, paths, entry.description)]
    pairs = [(entry, entry.description) for entry in likely[-_MAX_ARCHIVED:]]
    ranked = rank(((entry, description, request) for entry, description in reversed(pairs)), _NOT_ASKED)
    return ranked[0].candidate if ranked and not ranked[0].share else None


def _about_ended(expectation: Expectation) -> tuple[Phrase, ...]:
    if expectation.removed:
        return (f"An earlier expectation would have taken it, but was removed: {expectation}",)
    name = expectation.scope.name
    line = f"An earlier expectation would have taken it; it ended with {name}: {expectation}"
    if not name.startswith("test "):
        return (line,)
    return (line, f"If {name} sent the request, let that test wait: 'Wait Until Expectations Are Met'.")


def _nearest_elsewhere(request: Request, context: Context) -> Candidate | None:
    """The expectation of another server that comes near."""
    best: Candidate | None = None
    for neighbour in context.neighbours[:_MAX_SERVERS]:
        ranked = _ranked(request, neighbour.expectations())
        if ranked and ranked[0].is_near and (best is None or ranked[0].share < best.share):
            expectation, differences, share = ranked[0]
            best = Candidate.of(expectation, differences, share).on_server(neighbour.alias)
    return best


def _fix(
    request: Request, ranked: Sequence[Compared[Expectation]], candidates: Sequence[Candidate], context: Context
) -> tuple[Pasted | None, tuple[Phrase, ...]]:
    """The keyword line that expects the request, and what to do besides."""
    if not ranked or not ranked[0].is_near:
        return _pasted("This line expects it", line_for(request), context), ()
    nearest, candidate = ranked[0].candidate, candidates[0]
    if candidate.lacks_credentials:
        return None, ()
    if nearest.used_up and not ranked[0].share:
        line = line_like(request, nearest, Kind.PERMANENT)
        if nearest.kind is Kind.PERMANENT:
            advice: tuple[Phrase, ...] = (
                f"If the request is right, expect {nearest.used + 1}: times={nearest.used + 1}.",
            )
            return _pasted("This line, in its place, expects any number", line, context), advice
        return _pasted("This line, in its place, expects it any number of times", line, context), ()
    kind = Kind.PERMANENT if nearest.used_up else nearest.kind
    times = None if nearest.used_up or nearest.kind is not Kind.PERMANENT else nearest.times
    line = line_like(request, nearest, kind)
    if line is not None and times is not None:
        line = line.with_times(times)
    return _pasted("This line expects it", line, context), ()


def _pasted(what: str, line: KeywordLine | None, context: Context) -> Pasted | None:
    if line is None or not line.is_short:
        return None
    if line.is_without_body:
        what = f"{what} (without its body, which is too long for a line)"
    return Pasted(what, line.on_server(context.server))
