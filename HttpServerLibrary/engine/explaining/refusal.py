"""Why no expectation takes a request: which are near, what differs, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from ..expectations.expectation import Expectation, Kind, Rank
from ..expectations.shelf import NoMatch
from ..message.request import Request
from ..phrase import Phrase, Plain, joined
from ..words import requests, time_of_day
from .explanation import Candidate, Explanation, Pasted
from .lines import details, request_phrase
from .nearest import NEAR, Compared, estimate, likely_first, rank
from .paste import KeywordLine, line_for, line_like

_MAX_NEAREST: Final = 3
_MAX_ARCHIVED: Final = 3
_MAX_SERVERS: Final = 2
_UNTIL_RESET: Final = "Every later request is refused until 'Reset Http Server' or the end of the scope."

# The request that an expectation took last; None when it is no longer known.
TakenBy = Callable[[Expectation], Request | None]


class Neighbour(NamedTuple):
    """Another server: the expectation that would take a request, and all its expectations, on demand."""

    alias: str
    url: str
    would_take: Callable[[Request], Expectation | None]
    expectations: Callable[[], Sequence[Expectation]]

    def __str__(self) -> str:
        return f"server '{self.alias}' at {self.url}"


@dataclass(frozen=True)
class Context:
    """What else may explain why no expectation takes a request.

    ``archived`` expectations ended or were removed. ``taken_by`` returns the request that an expectation took last.
    ``described`` is what the descriptions of APIs say about a request; without any, it is nothing.
    """

    alias: str = "http-1"
    archived: Sequence[Expectation] = ()
    neighbours: Sequence[Neighbour] = ()
    taken_by: TakenBy = lambda expectation: None
    described: Callable[[Request], Sequence[Phrase]] = lambda request: ()

    @property
    def server(self) -> str | None:
        """The alias that a keyword needs for this server; None when it is the only one."""
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
    cause = joined(request_phrase(by), f" broke the order at {time_of_day(by.time)}, when this was expected: {due}")
    return Explanation("REFUSED", request_phrase(request), causes=(cause,), notes=(_UNTIL_RESET,))


def _out_of_order(
    request: Request, due: Expectation, expectations: Sequence[Expectation], context: Context
) -> Explanation:
    title = request_phrase(request)
    [compared] = rank([(due, due.description, request)])
    others = [entry for entry in expectations if entry is not due and not entry.used_up]
    matching = next((entry.candidate for entry in _ranked(request, others) if not entry.differences), None)
    # If only a state differs, the request is the right one, and others that match it do not matter.
    if matching is not None and {difference.where.kind for difference in compared.differences} != {"state"}:
        advice = (
            "If the order of the requests is right, move it before that one."
            if matching.kind is Kind.ORDERED
            else "While ordered expectations are left, only the next one is served. Make this one ordered too, use "
            "another server, or check the order afterwards with 'Requests Should Have Been Received In Order'."
        )
        return Explanation(
            "OUT OF ORDER",
            title,
            causes=(f"This expectation matches: {matching}", f"But another must be used first: {due}"),
            advice=(advice,),
            notes=(_UNTIL_RESET,),
        )
    nearest = Candidate.of(due, compared.differences, compared.share)
    if compared.is_near:
        line = None if nearest.cannot_be_replaced else line_like(request, due, Kind.ORDERED)
        return Explanation(
            "OUT OF ORDER",
            title,
            reason="The next ordered expectation does not match",
            nearest=nearest,
            paste=_pasted("Replace the expectation with this line", line, context),
            notes=(_UNTIL_RESET,),
        )
    line = line_for(request, "Expect Ordered Request")
    return Explanation(
        "OUT OF ORDER",
        title,
        reason="A different request is expected next",
        nearest=nearest,
        advice=("While ordered expectations are left, requests in any order need another server.",),
        paste=_pasted("This line, before the next one, expects it", line, context),
        notes=(_UNTIL_RESET,),
        details=details(request),
    )


def _unexpected(request: Request, expectations: Sequence[Expectation], context: Context) -> Explanation:
    title = request_phrase(request)
    described = context.described(request)
    if described:
        # Its words are better than what differs from all operations together.
        expectations = [entry for entry in expectations if entry.rank is not Rank.DOCUMENT or entry.used_up]
    ranked = _ranked(request, expectations)
    is_near = bool(ranked) and ranked[0].is_near
    takers = [(entry, taker) for entry in context.neighbours if (taker := entry.would_take(request)) is not None]
    elsewhere = _elsewhere(takers[:_MAX_SERVERS], context, is_near) if takers else ()
    if elsewhere and not is_near:
        return Explanation("UNEXPECTED REQUEST", title, causes=elsewhere)
    candidates = [_noted(entry, context) for entry in ranked[:_MAX_NEAREST]]
    nearest, also = (candidates[0] if candidates else None), candidates[1:]
    heading = "" if described and not ranked else _heading(ranked, len(expectations), context)
    special = _causes(request)
    causes = (*special, *described)
    ended = _ended(request, context)
    if ended is not None and _ended_too_early(ended) and not (is_near and _is_on_its_path(ranked[0])):
        # What else is expected only distracts.
        return Explanation("UNEXPECTED REQUEST", title, (*causes, *_about_ended(ended)))
    if is_near:
        # Next to a near one, those that are not near only distract.
        also = [entry for entry in also if entry.share <= NEAR]
        paste, advice = _fix(request, ranked[0], candidates[0], context)
        if special:
            paste = None
        # A server that stands for the real service takes whatever a changed client sends.
        return Explanation("UNEXPECTED REQUEST", title, causes, heading, nearest, tuple(also), advice, paste, elsewhere)
    if ended is not None:
        notes = _about_ended(ended)
        return Explanation("UNEXPECTED REQUEST", title, causes, heading, nearest, tuple(also), notes=notes)
    near_elsewhere = _nearest_elsewhere(request, context)
    if near_elsewhere is not None:
        neighbour, nearest = near_elsewhere
        heading = f"No expectation of server '{context.alias}' is close. Nearest on {neighbour}"
        return Explanation("UNEXPECTED REQUEST", title, causes, heading, nearest)
    if special:
        return Explanation("UNEXPECTED REQUEST", title, causes)
    paste = _pasted("This line expects it", line_for(request), context)
    if described:
        return Explanation("UNEXPECTED REQUEST", title, causes, paste=paste)
    return Explanation(
        "UNEXPECTED REQUEST", title, causes, heading, nearest, tuple(also), paste=paste, details=details(request)
    )


def _elsewhere(takers: Sequence[tuple[Neighbour, Expectation]], context: Context, is_near: bool) -> tuple[Phrase, ...]:
    """The request may be right but have gone to the wrong server, unless it is near to what is expected here."""
    urls = " or ".join(entry.url for entry, _ in takers)
    return (
        *(f"Server '{entry.alias}' would take it: {taker}" for entry, taker in takers),
        f"If the client should call that server, give it {urls}."
        if is_near
        else f"The client called the URL of server '{context.alias}'. Give it {urls}.",
    )


def _causes(request: Request) -> tuple[Phrase, ...]:
    """What the request is, if it is not an ordinary one."""
    if request.method == "OPTIONS" and (wanted := request.header("access-control-request-method")) is not None:
        origin = request.header("origin")
        return (
            (
                "This is a CORS preflight: a browser asks whether a page",
                *((" of origin ", Plain(origin)) if origin else ()),
                " may send ",
                Plain(wanted),
                ". Call 'Set Cors' beforehand, which answers preflights and lets the page read the responses.",
            ),
        )
    if request.method == "CONNECT":
        return ("The client takes this server for a proxy: it asks for a tunnel, which this server does not support.",)
    if "websocket" in (request.header("upgrade") or "").lower():
        return ("The client asks for a WebSocket, which this server does not support.",)
    return ()


def _ranked(
    request: Request,
    expectations: Sequence[Expectation],
    is_asked: Callable[[Expectation], bool] = lambda entry: not entry.used_up,
) -> list[Compared[Expectation]]:
    """Expectations with what differs, nearest first; newer ones first among equals."""
    likely = likely_first(request, [(entry, entry.description) for entry in expectations])
    return rank(((entry, description, request) for entry, description in likely), is_asked)


def _heading(ranked: Sequence[Compared[Expectation]], count: int, context: Context) -> str:
    """The words that introduce the nearest expectation."""
    if not ranked:
        return f"Server '{context.alias}' has no expectations"
    if ranked[0].is_near:
        return f"Nearest of {count} expectations" if count > 1 else "Nearest expectation"
    return f"None of the {count} expectations is close; nearest" if count > 1 else "The only expectation is not close"


def _noted(compared: Compared[Expectation], context: Context) -> Candidate:
    """The candidate; if all of it matches, with a note that says why it does not take the request."""
    expectation = compared.candidate
    candidate = Candidate.of(compared.candidate, compared.differences, compared.share)
    if compared.differences:
        return candidate
    if expectation.used_up:
        return candidate.with_note(_used_up(expectation, context.taken_by(expectation)))
    return candidate.with_note("it matches, but was registered after the request arrived")


def _used_up(expectation: Expectation, taken: Request | None) -> Phrase:
    used = expectation.used
    note = f"it matches, but {requests(used)} already used it"
    if taken is None:
        return note
    return joined(f"{note} (the last: ", request_phrase(taken), f" at {time_of_day(taken.time)})")


def _ended(request: Request, context: Context) -> Expectation | None:
    """The newest expectation that would have taken the request but has ended or was removed."""
    paths = request.paths()
    likely = [entry for entry in context.archived if not estimate(request, paths, entry.description)]
    pairs = [(entry, entry.description) for entry in likely[-_MAX_ARCHIVED:]]
    ranked = rank(((entry, description, request) for entry, description in reversed(pairs)), lambda entry: False)
    return ranked[0].candidate if ranked and not ranked[0].differences else None


def _is_on_its_path(compared: Compared[Expectation]) -> bool:
    return not any(difference.where.kind == "path" for difference in compared.differences)


def _ended_too_early(expectation: Expectation) -> bool:
    """Whether its test ended before the request that it waited for arrived."""
    return expectation.scope.name.startswith("test ") and not expectation.removed and not expectation.used


def _about_ended(expectation: Expectation) -> tuple[Phrase, ...]:
    if expectation.removed:
        return (f"An earlier expectation would have taken it, but was removed: {expectation}",)
    name = expectation.scope.name
    line = f"An earlier expectation would have taken it; it ended with {name}: {expectation}"
    if not name.startswith("test "):
        return (line,)
    return (line, f"If {name} sent the request, let that test wait: 'Wait Until Expectations Are Met'.")


def _nearest_elsewhere(request: Request, context: Context) -> tuple[Neighbour, Candidate] | None:
    """The nearest expectation of other servers, if it is near."""
    best: tuple[Neighbour, Candidate] | None = None
    for neighbour in context.neighbours[:_MAX_SERVERS]:
        ranked = _ranked(request, neighbour.expectations(), lambda entry: False)
        if ranked and ranked[0].is_near and (best is None or ranked[0].share < best[1].share):
            best = neighbour, _noted_elsewhere(ranked[0])
    return best


def _noted_elsewhere(compared: Compared[Expectation]) -> Candidate:
    """An expectation of another server that would not take the request; with a note if all of it matches."""
    expectation = compared.candidate
    candidate = Candidate.of(compared.candidate, compared.differences, compared.share)
    if compared.differences:
        return candidate
    if expectation.used_up:
        return candidate.with_note(_used_up(expectation, None))
    if expectation.description.matcher is not None:
        return candidate.with_note("it matches, but its matcher was not called")
    return candidate.with_note("it matches, but the ordered expectations of that server come first")


def _fix(
    request: Request, compared: Compared[Expectation], nearest: Candidate, context: Context
) -> tuple[Pasted | None, tuple[Phrase, ...]]:
    """The keyword line that expects the request in place of a near expectation, and what else to do."""
    expectation = compared.candidate
    if nearest.cannot_be_replaced:
        return None, ()
    if not compared.differences and not expectation.used_up:
        return None, ("Register it before the client sends the request.",)
    if expectation.used_up and expectation.turns.limit is None:
        # Its responses say how many requests it takes, and another line would be without them.
        advice = "If one more request is right, give it one more response, or leave out the times of the last one."
        return None, () if compared.share else (advice,)
    if expectation.used_up:
        line = line_like(request, expectation, Kind.PERMANENT)
        what = "Replace the expectation with this line to expect any number of requests"
        if compared.share or expectation.kind is not Kind.PERMANENT:
            return _pasted(what, line, context), ()
        more = expectation.used + 1
        return _pasted(what, line, context), (f"If one more request is right, write times={more}.",)
    if expectation.rank is not Rank.WRITTEN:
        # It cannot be replaced by a line, but a line comes before it.
        return _pasted("This line expects it", line_for(request), context), ()
    line = line_like(request, expectation, expectation.kind)
    if line is not None and expectation.kind is Kind.PERMANENT and expectation.turns.limit is not None:
        line = line.with_times(expectation.turns.limit)
    return _pasted("This line expects it", line, context), ()


def _pasted(what: str, line: KeywordLine | None, context: Context) -> Pasted | None:
    if line is None or not line.is_short:
        return None
    if line.is_without_body:
        what = f"{what} (without its body, which does not fit on a line)"
    return Pasted(what, line.on_server(context.server))
