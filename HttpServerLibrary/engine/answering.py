"""Answers requests: decides who takes a request, makes the response, sends it, and records everything.

A request goes through three steps: the book says which expectation takes it and which response is due, the responder
makes the response, and then sends it. Every failure ends in a response and in the journal.

A request that the test answers later stops after the first step: its reply is held, which takes no thread. It goes on
when the test has given it an answer, when its time is over or when its scope ends; then a thread of the server does the
other two steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from .errors import UsageError
from .expectations.book import ExpectationBook
from .expectations.expectation import Expectation
from .expectations.shelf import NoMatch
from .expectations.turns import HeldRequest, Turn
from .explaining.explanation import Explanation
from .explaining.lines import Excerpt, request_line, request_phrase
from .explaining.refusal import Context, Neighbour, explain_unmatched
from .interrupts import InterruptSafeLock, locked
from .masking.secrets import Secrets
from .matching.matcher import MatcherFailed
from .message.media_types import says_json
from .message.reply import Ending, Reply, Wake
from .message.request import Fault, Request
from .message.response import Response, json_response, text_response
from .phrase import Phrase, Plain, joined
from .problem import ProblemRecord
from .records.exchange import Exchange
from .records.journal import Journal
from .records.received import ReceivedRequest
from .records.reply import RecordedReply, note_loss
from .responses.occasion import Occasion
from .responses.responder import Responder, ResponseFailed
from .scope import Scope
from .user_code import raised
from .wire.tls import is_tls
from .words import duration_text, requests

_PROBLEM_STATUS: Final = 500
_MAX_REASON: Final = 500

Made = tuple[Response, ProblemRecord | None, Responder | None]
"""A response, what went wrong, and the responder that sends the response, if it is not simply sent."""


class Answering:
    """Answers the requests to one server.

    ``neighbours`` returns what other servers expect, because one of them may expect a request that arrived here.
    """

    def __init__(
        self,
        alias: str,
        lock: InterruptSafeLock,
        book: ExpectationBook,
        journal: Journal,
        secrets: Secrets,
        neighbours: Callable[[], Sequence[Neighbour]],
    ) -> None:
        self.url = ""
        """The base URL of the server."""

        self._alias = alias
        self._lock = lock
        self._book = book
        self._journal = journal
        self._secrets = secrets
        self._neighbours = neighbours
        self._held: dict[Exchange, HeldRequest] = {}

    def answer(self, request: Request, reply: Reply) -> None:
        """Answers one request."""
        journal = self._journal
        exchange = journal.arrive(request, self.url, self._book.innermost)
        try:
            made = self._respond(exchange, request, reply)
        except BaseException as error:  # a bug in this library; it must not get lost either
            made = self._broken(exchange, error)
        if made is not None:
            self._deliver(exchange, reply, made)

    def _deliver(self, exchange: Exchange, reply: Reply, made: Made) -> None:
        """Records the response and sends it."""
        response, problem, responder = made
        journal = self._journal
        journal.answered(exchange, response, problem)
        if responder is None:
            # A shortcut for most responses.
            exchange.ended = time.perf_counter()
            try:
                exchange.delivered = reply.send(response)
                if not exchange.delivered:
                    note_loss(exchange, reply)
            finally:
                journal.sent(exchange)
            return
        try:
            responder.send(response, RecordedReply(reply, exchange, journal))
        except BaseException as error:  # a body that is generated while it is sent can raise anything
            title = joined(request_phrase(exchange.request), ": sending the response failed: ", raised(error))
            journal.failed(exchange, self._problem(Explanation("HANDLER ERROR", title), error))
        finally:
            journal.sent(exchange)

    def _respond(self, exchange: Exchange, request: Request, reply: Reply) -> Made | None:
        """The response; None if the test makes it later."""
        if request.fault is not None:
            problem = self._problem(_malformed(request, request.fault))
            return text_response(request.fault.status, f"{problem.message}\n"), problem, None
        try:
            taken = self._book.take(request, reply.step_aside)
        except MatcherFailed as failed:
            title = joined(request_phrase(request), ": ", failed.reason)
            return self._failure(Explanation("MATCHER ERROR", title), exchange, failed.cause)
        if isinstance(taken, NoMatch):
            if request.is_for_favicon:
                return text_response(404, "There is no icon.\n"), None, None
            # Comparing with many expectations takes time.
            reply.step_aside()
            return self._refuse(exchange, taken)
        expectation, turn, number, states, held, takes = taken
        if takes:
            exchange.expectation = expectation
        if turn is None:
            reply.step_aside()
            return self._failure(_no_response(request, expectation), exchange)
        if turn.responder.fixed is not None:
            response = turn.responder.fixed
            # Set before it is first sent: its body counts once, no matter how many requests it answers.
            response.shared = True
            return response, None, None
        if held is not None:
            self._hold(exchange, held, turn.responder.held_for or 0, reply)
            return None
        return self._make(exchange, expectation, turn.responder, number, states, reply)

    def _make(
        self,
        exchange: Exchange,
        expectation: Expectation,
        responder: Responder,
        number: int,
        states: Mapping[str, object],
        reply: Reply,
    ) -> Made:
        request = exchange.request
        if responder.takes_time:
            reply.step_aside()
        view = partial(ReceivedRequest, exchange, expectation.description)
        try:
            return responder.respond(Occasion(request, number, states, view)), None, responder
        except ResponseFailed as failed:
            title = joined(request_phrase(request), ": ", failed.reason)
            return self._failure(Explanation(failed.kind, title), exchange, failed.cause)

    def _refuse(self, exchange: Exchange, why: NoMatch) -> Made:
        request = exchange.request
        context = Context(self._alias, self._book.archived(), self._neighbours(), self._journal.last_taken)
        explanation = explain_unmatched(request, why, self._book.expectations(), context)
        response, problem, _ = self._failure(explanation, exchange)
        given = self._book.unexpected if why.kind == "UNEXPECTED REQUEST" else None
        return response if given is None else given.respond(response), problem, None

    def _broken(self, exchange: Exchange, error: BaseException) -> Made:
        title = joined(request_phrase(exchange.request), ": answering failed: ", raised(error))
        return self._failure(Explanation("HANDLER ERROR", title), exchange, error)

    def _failure(self, explanation: Explanation, exchange: Exchange, error: BaseException | None = None) -> Made:
        problem = self._problem(explanation, error)
        if not _prefers_json(exchange.request):
            return text_response(_PROBLEM_STATUS, f"{problem.message}\n"), problem, None
        facts = {
            "problem": explanation.kind,
            "request": request_line(exchange.request, self._secrets),
            "server": {"alias": self._alias, "url": self.url},
            **explanation.facts(self._secrets),
        }
        return json_response(_PROBLEM_STATUS, facts), problem, None

    def _problem(self, explanation: Explanation, error: BaseException | None = None) -> ProblemRecord:
        return ProblemRecord(explanation.kind, explanation, self._secrets, error)

    # Requests that the test answers later.

    def _hold(self, exchange: Exchange, held: HeldRequest, seconds: float, reply: Reply) -> None:
        """Leaves a request to the test, which has so many seconds to answer it."""
        with self._lock:
            self._held[exchange] = held
        self._journal.held(exchange)
        self._hold_until(exchange, held, reply, seconds, time.monotonic() + seconds)
        held.wake = reply.resume
        if held.answer is not None:
            # Answered before it could be woken.
            reply.resume()

    def _hold_until(self, exchange: Exchange, held: HeldRequest, reply: Reply, seconds: float, deadline: float) -> None:
        left = max(0.0, deadline - time.monotonic())
        reply.hold(partial(self._go_on, exchange, held, reply, seconds, deadline), left)

    def _go_on(
        self, exchange: Exchange, held: HeldRequest, reply: Reply, seconds: float, deadline: float, why: Wake
    ) -> None:
        if why is Wake.LEFT:
            self._journal.left(exchange)
            note_loss(exchange, reply)
        elif why is Wake.TIMEOUT:
            self._give_up(exchange, held, f"within {duration_text(seconds)}")
        expectation, turn = exchange.expectation, held.answer
        if exchange.response is not None:
            # It was given up.
            exchange.ended = time.perf_counter()
            exchange.delivered = reply.send(exchange.response)
            self._journal.sent(exchange)
        elif held.given_up:
            reply.finish(Ending.CLOSE)
            self._journal.sent(exchange)
        elif turn is None or expectation is None:
            self._hold_until(exchange, held, reply, seconds, deadline)
            return
        else:
            try:
                made = self._make(exchange, expectation, turn.responder, held.number, held.states, reply)
            except BaseException as error:  # a bug in this library; it must not get lost either
                made = self._broken(exchange, error)
            self._deliver(exchange, reply, made)
        self._forget(exchange)

    @locked
    def _forget(self, exchange: Exchange) -> None:
        self._held.pop(exchange, None)

    def _give_up(self, exchange: Exchange, held: HeldRequest, when: str) -> None:
        """Answers a request with 500, because the test has not answered it. If the client has left, nobody minds."""
        expectation = exchange.expectation
        if expectation is None or not self._book.withdraw(expectation, held):
            return
        held.given_up = True
        if exchange.progress is None or not exchange.progress.left:
            response, problem, _ = self._failure(_not_answered(exchange.request, expectation, when), exchange)
            self._journal.answered(exchange, response, problem)

    def give(self, expectation: Expectation, turn: Turn) -> Turn | None:
        """Gives an expectation a response, also for its requests that are held.

        Returns the response that it replaces unused. Raises `UsageError`.
        """
        replaced, answered = self._book.give(expectation, turn)
        for held in answered:
            held.go_on()
        return replaced

    def give_to(self, exchange: Exchange, turn: Turn) -> None:
        """Answers one request that is held. Raises `UsageError` if it is not."""
        held = self._held.get(exchange)
        expectation = exchange.expectation
        if held is None or expectation is None or not self._book.answer(expectation, held, turn):
            raise UsageError(f"to: {self._secrets.hide(str(exchange))} {_why_not(exchange)}")
        held.go_on()

    def end(self, scope: Scope | None) -> None:
        """Ends what waits for the test in a scope that ends, or in all of them: held requests and open streams."""
        for exchange, held in self._waiting(scope):
            self._give_up(exchange, held, f"before {_end_of(scope)}")
            held.go_on()
        for exchange in self._journal.open_streams():
            stream = None if exchange.progress is None else exchange.progress.stream
            if stream is not None and scope in (None, exchange.scope):
                stream.end(Ending.END)

    @locked
    def _waiting(self, scope: Scope | None) -> list[tuple[Exchange, HeldRequest]]:
        return [(exchange, held) for exchange, held in self._held.items() if scope in (None, exchange.scope)]


def _prefers_json(request: Request) -> bool:
    """Whether the client prefers JSON to text (RFC 9110, 12.5.1)."""
    accept = parse_accept_header(request.header("accept"), MIMEAccept)
    text, as_json = accept["text/plain"], accept["application/json"]
    # JSON media types of a service itself, and parameters such as a charset.
    own = [quality for kind, quality in accept if says_json(kind.partition(";")[0].strip().lower())]
    return max([as_json, *own]) > text


def _no_response(request: Request, taken: Expectation) -> Explanation:
    covered = taken.turns.covered
    if covered:
        title = joined(request_phrase(request), f" matched an expectation whose responses are used up: {taken}")
        advice = (
            f"Its responses answer {requests(covered)}, but it takes {taken.times}. Give it one more 'Respond With "
            "...', or leave out the times of the last one."
        )
    else:
        title = joined(request_phrase(request), f" matched an expectation without a response: {taken}")
        advice = "Give it one with a 'Respond With ...' keyword right after it."
    return Explanation("NO RESPONSE", title, advice=(advice,))


def _not_answered(request: Request, taken: Expectation, when: str) -> Explanation:
    title = joined(request_phrase(request), f" was held and not answered {when}: {taken}")
    advice = "Answer it with a 'Respond With ...' keyword and to=, or set a longer timeout in 'Respond Later'."
    return Explanation("NO RESPONSE", title, advice=(advice,))


def _end_of(scope: Scope | None) -> str:
    return "the server was reset" if scope is None else f"the end of {scope.name}"


def _why_not(exchange: Exchange) -> str:
    """Why a request cannot be answered."""
    if exchange.progress is None or not exchange.progress.held:
        return "was answered by its expectation. Only a request of 'Respond Later' can be answered by the test."
    return "is answered already."


def _malformed(request: Request, fault: Fault) -> Explanation:
    causes: list[Phrase] = []
    if request.method:
        causes.append(joined("The request: ", request_phrase(request)))
    # The beginning of a TLS handshake is useless to people.
    if fault.excerpt and not is_tls(fault.excerpt):
        causes.append(joined("It began with: ", Excerpt(fault.excerpt)))
    return Explanation("MALFORMED REQUEST", Plain(fault.reason, limit=_MAX_REASON), causes=tuple(causes))
