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

from .calling import Calling, Due
from .contracts import Contracts
from .errors import UsageError
from .expectations.book import ExpectationBook
from .expectations.expectation import Expectation
from .expectations.shelf import NoMatch
from .expectations.turns import HeldRequest, Turn
from .explaining.explanation import Explanation
from .explaining.lines import Excerpt, request_line, request_phrase
from .explaining.refusal import Context, Neighbour, explain_unmatched
from .interrupts import InterruptSafeLock, locked, uninterrupted
from .masking.secrets import Secrets
from .matching.matcher import MatcherFailed
from .message.media_types import says_json
from .message.reply import Ending, Reply, Wake
from .message.request import Fault, Request
from .message.response import Response, json_response, text_response
from .outbound.forwards import Forward, Forwards
from .phrase import Phrase, Plain, joined, text
from .problem import ProblemRecord
from .records.exchange import Exchange
from .records.journal import Journal
from .records.progress import Progress
from .records.received import ReceivedRequest
from .records.reply import RecordedReply, note_loss
from .responses.occasion import Occasion
from .responses.responder import Responder, ResponseFailed
from .scope import Scope
from .user_code import raised
from .wire.tls import is_tls
from .words import duration_text, requests

_PROBLEM_STATUS: Final = 500
_GATEWAY_STATUS: Final = 502
_MAX_REASON: Final = 500
_LAST_STEPS: Final = 0.01

Made = tuple[Response, ProblemRecord | None, Responder | None, Occasion | None]
"""A response, what went wrong, and if the response is not simply sent, its responder and what it was made from."""


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
        calling: Calling,
        contracts: Contracts,
        neighbours: Callable[[], Sequence[Neighbour]],
    ) -> None:
        self.url = ""
        """The base URL of the server."""

        self._alias = alias
        self._lock = lock
        self._book = book
        self._journal = journal
        self._secrets = secrets
        self._calling = calling
        self._contracts = contracts
        self._neighbours = neighbours
        self._forwards = Forwards()
        # Those that are not over.
        self._forwarded: dict[Exchange, Forward] = {}
        self._held: dict[Exchange, HeldRequest] = {}
        # The same, the other way round.
        self._exchanges: dict[HeldRequest, Exchange] = {}

    def answer(self, request: Request, reply: Reply) -> None:
        """Answers one request."""
        exchange = self._journal.arrive(request, self.url, self._book.innermost)
        try:
            made = self._respond(exchange, request, reply)
        except BaseException as error:  # a bug in this library; it must not get lost either
            made = self._broken(exchange, error)
        if made is not None:
            try:
                self._deliver(exchange, reply, made)
            finally:
                if self._forwarded:
                    self._end_forward(exchange)

    def _deliver(self, exchange: Exchange, reply: Reply, made: Made) -> None:
        """Records the response and sends it."""
        response, problem, responder, occasion = made
        journal = self._journal
        if self._book.added is not None:
            response = self._with_added_headers(response, exchange.request)
        another = watch = None
        if self._contracts.loaded and not self._is_answered_preflight(exchange, responder):
            # Checking takes time.
            reply.step_aside()
            is_faulty = responder is not None and responder.is_faulty
            problem, another, watch = self._contracts.check(exchange, response, problem, is_faulty=is_faulty)
        if responder is None:
            # A shortcut for most responses.
            journal.answered(exchange, response, problem)
            if another is not None:
                journal.failed(exchange, another)
            self._send(exchange, response, reply)
            return
        expectation = exchange.expectation
        callbacks: list[Due] = []
        if occasion is not None and expectation is not None and expectation.callbacks:
            # Before the response can be seen, so that those who wait for all callbacks wait for these.
            callbacks = self._calling.announce(exchange, expectation, occasion)
        exchange.delay = responder.delay
        journal.answered(exchange, response, problem)
        if another is not None:
            journal.failed(exchange, another)
        try:
            responder.send(response, RecordedReply(reply, exchange, journal, watch))
        except ResponseFailed as failed:
            title = joined(request_phrase(exchange.request), ": ", failed.reason)
            journal.failed(exchange, self._problem(Explanation(failed.kind, title), failed.cause))
        except BaseException as error:  # a body that is generated while it is sent can raise anything
            title = joined(request_phrase(exchange.request), ": sending the response failed: ", raised(error))
            journal.failed(exchange, self._problem(Explanation("HANDLER ERROR", title), error))
        finally:
            journal.sent(exchange)
            if callbacks:
                self._calling.call(exchange, callbacks)

    def _is_answered_preflight(self, exchange: Exchange, responder: Responder | None) -> bool:
        """Whether the server itself answers what a browser asks, of which no description of an API says anything."""
        added = self._book.added
        is_own = responder is None and exchange.expectation is None
        return is_own and added is not None and added.answers(exchange.request)

    def _with_added_headers(self, response: Response, request: Request) -> Response:
        added = self._book.added
        if added is None:
            return response
        refusal = None if added.cors is None else added.cors.refusal(request)
        if refusal is not None:
            self._journal.remark(text(joined(request_phrase(request), ": ", refusal, "."), self._secrets))
        return added.to(response, request)

    def _send(self, exchange: Exchange, response: Response, reply: Reply) -> None:
        exchange.ended = time.perf_counter()
        try:
            exchange.delivered = reply.send(response)
            if not exchange.delivered:
                note_loss(exchange, reply)
        finally:
            self._journal.sent(exchange)

    def _respond(self, exchange: Exchange, request: Request, reply: Reply) -> Made | None:
        """The response; None if the test makes it later."""
        if request.fault is not None:
            problem = self._problem(_malformed(request, request.fault))
            return text_response(request.fault.status, f"{problem.message}\n"), problem, None, None
        added = self._book.added
        is_preflight = added is not None and added.answers(request)
        try:
            taken = self._book.take(request, reply.step_aside, is_preflight)
        except MatcherFailed as failed:
            title = joined(request_phrase(request), ": ", failed.reason)
            return self._failure(Explanation("MATCHER ERROR", title), exchange, failed.cause)
        if isinstance(taken, NoMatch):
            if is_preflight:
                return Response(204), None, None, None
            forwarding = self._book.forwarding if taken.kind == "UNEXPECTED REQUEST" else None
            if forwarding is not None:
                forward = partial(self._forward, exchange, reply)
                return self._made(exchange, forwarding, Occasion(request, forward=forward))
            if request.is_for_favicon:
                return text_response(404, "There is no icon.\n"), None, None, None
            # Comparing with many expectations takes time.
            reply.step_aside()
            return self._refuse(exchange, taken)
        expectation, turn, number, states, held, takes = taken
        if takes:
            exchange.expectation = expectation
        if turn is None:
            reply.step_aside()
            return self._failure(_no_response(request, expectation), exchange)
        if turn.responder.fixed is not None and not expectation.callbacks:
            response = turn.responder.fixed
            # Set before it is first sent: its body counts once, no matter how many requests it answers.
            response.shared = True
            return response, None, None, None
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
        callbacks = expectation.callbacks
        if responder.takes_time or (callbacks and any(callback.takes_time for callback in callbacks)):
            reply.step_aside()
        view = partial(ReceivedRequest, exchange, expectation.description)
        forward = partial(self._forward, exchange, reply)
        return self._made(exchange, responder, Occasion(request, number, states, view, forward))

    def _forward(self, exchange: Exchange, reply: Reply, url: str) -> Forward:
        """Begins to send a request on."""
        exchange.forwarded_to = url
        note = partial(self._journal.ended_early, exchange)
        forward = self._forwards.begin(exchange.scope, reply.step_aside, lambda: reply.abandoned, note)
        self._forwarded[exchange] = forward
        return forward

    def _end_forward(self, exchange: Exchange) -> None:
        """Notes that the response to a request is recorded, if the request was sent on."""
        forward = self._forwarded.pop(exchange, None)
        if forward is not None:
            forward.finish()

    def _made(self, exchange: Exchange, responder: Responder, occasion: Occasion) -> Made:
        try:
            return responder.respond(occasion), None, responder, occasion
        except ResponseFailed as failed:
            title = joined(request_phrase(exchange.request), ": ", failed.reason)
            return self._failure(Explanation(failed.kind, title), exchange, failed.cause)

    def _refuse(self, exchange: Exchange, why: NoMatch) -> Made:
        request = exchange.request
        context = Context(
            self._alias,
            self._book.archived(),
            self._neighbours(),
            self._journal.last_taken,
            self._contracts.about,
        )
        explanation = explain_unmatched(request, why, self._book.expectations(), context)
        response, problem, *_ = self._failure(explanation, exchange)
        given = self._book.unexpected if why.kind == "UNEXPECTED REQUEST" else None
        return response if given is None else given.respond(response), problem, None, None

    def _broken(self, exchange: Exchange, error: BaseException) -> Made:
        title = joined(request_phrase(exchange.request), ": answering failed: ", raised(error))
        return self._failure(Explanation("HANDLER ERROR", title), exchange, error)

    def _failure(self, explanation: Explanation, exchange: Exchange, error: BaseException | None = None) -> Made:
        problem = self._problem(explanation, error)
        status = _GATEWAY_STATUS if explanation.kind == "FORWARDING FAILED" else _PROBLEM_STATUS
        if not _prefers_json(exchange.request):
            return text_response(status, f"{problem.message}\n"), problem, None, None
        facts = {
            "problem": explanation.kind,
            "request": request_line(exchange.request, self._secrets),
            "server": {"alias": self._alias, "url": self.url},
            **explanation.facts(self._secrets),
        }
        return json_response(status, facts), problem, None, None

    def _problem(self, explanation: Explanation, error: BaseException | None = None) -> ProblemRecord:
        return ProblemRecord(explanation.kind, explanation, self._secrets, error)

    # Requests that the test answers later.

    def _hold(self, exchange: Exchange, held: HeldRequest, seconds: float, reply: Reply) -> None:
        """Leaves a request to the test, which has so many seconds to answer it."""
        exchange.progress = exchange.progress or Progress()
        with self._lock:
            # Before it is visible, because then the test may answer it at once.
            self._held[exchange] = held
            self._exchanges[held] = exchange
        self._journal.held(exchange)
        self._hold_until(exchange, held, reply, seconds, time.monotonic() + seconds)
        held.wake = reply.resume
        if exchange.scope.closed:
            # It arrived at the same time as the end.
            self._give_up(exchange, held, f"before {_end_of(exchange.scope)}")
        if held.answer is not None or held.given_up:
            # Before it could be woken.
            reply.resume()

    def _hold_until(self, exchange: Exchange, held: HeldRequest, reply: Reply, seconds: float, deadline: float) -> None:
        # Once it is over, only the last steps of another thread can be missing.
        left = max(_LAST_STEPS, deadline - time.monotonic())
        reply.hold(partial(self._go_on, exchange, held, reply, seconds, deadline), left)

    def _go_on(
        self, exchange: Exchange, held: HeldRequest, reply: Reply, seconds: float, deadline: float, why: Wake
    ) -> None:
        if why is Wake.LEFT:
            self._journal.left(exchange)
            note_loss(exchange, reply)
        elif why is Wake.TIMEOUT:
            self._give_up(exchange, held, f"within {duration_text(seconds)}", too_slow=True)
        expectation, turn = exchange.expectation, held.answer
        if turn is None and not held.given_up:
            self._hold_until(exchange, held, reply, seconds, deadline)
            return
        try:
            if exchange.response is not None:
                self._send(exchange, exchange.response, reply)
            elif turn is None or expectation is None:
                reply.finish(Ending.CLOSE)
                self._journal.sent(exchange)
            else:
                self._deliver(exchange, reply, self._made_later(exchange, expectation, held, turn, reply))
        finally:
            self._end_forward(exchange)
            self._forget(exchange, held)

    def _made_later(
        self, exchange: Exchange, expectation: Expectation, held: HeldRequest, turn: Turn, reply: Reply
    ) -> Made:
        try:
            return self._make(exchange, expectation, turn.responder, held.number, held.states, reply)
        except BaseException as error:  # a bug in this library; it must not get lost either
            return self._broken(exchange, error)

    @locked
    def _forget(self, exchange: Exchange, held: HeldRequest) -> None:
        self._held.pop(exchange, None)
        self._exchanges.pop(held, None)

    def _give_up(self, exchange: Exchange, held: HeldRequest, when: str, *, too_slow: bool = False) -> None:
        """Answers a request with 500, because the test has not answered it. A client that has left needs none."""
        expectation = exchange.expectation
        if expectation is None or not self._book.withdraw(expectation, held):
            return
        if exchange.progress is None or not exchange.progress.left:
            explanation = _not_answered(exchange.request, expectation, when, too_slow)
            response, problem, *_ = self._failure(explanation, exchange)
            if exchange.progress is not None:
                exchange.progress.unanswered = when
            self._record(exchange, response, problem)
        # Last, because its reply may go on from now.
        held.given_up = True

    def _record(self, exchange: Exchange, response: Response, problem: ProblemRecord | None) -> None:
        """Records the response of a held request at once. A thread of the server sends it a moment later."""
        exchange.ended = time.perf_counter()
        if self._book.added is not None:
            response = self._with_added_headers(response, exchange.request)
        another = None
        if self._contracts.loaded:
            problem, another, _ = self._contracts.check(exchange, response, problem)
        self._journal.answered(exchange, response, problem)
        if another is not None:
            self._journal.failed(exchange, another)

    def give(self, expectation: Expectation, turn: Turn) -> Turn | None:
        """Gives an expectation a response, also for its requests that are held.

        Returns the response that it replaces unused. Raises `UsageError`.
        """
        if not expectation.turns.held:
            return self._give(expectation, turn)
        # An interrupt in between could leave a client without its answer.
        return uninterrupted(partial(self._give, expectation, turn))

    def _give(self, expectation: Expectation, turn: Turn) -> Turn | None:
        replaced, answered = self._book.give(expectation, turn)
        for held in answered:
            self._answer_held(self._exchanges.get(held), held, turn)
        return replaced

    def give_to(self, exchange: Exchange, turn: Turn) -> None:
        """Answers one request that is held. Raises `UsageError` if it is not."""
        if turn.responder.held_for is not None:
            raise UsageError("to: 'Respond Later' answers nothing, so it cannot be the answer to a request.")
        if not uninterrupted(partial(self._give_to, exchange, turn)):
            raise UsageError(f"to: {self._secrets.hide(str(exchange))} {_why_not(exchange)}")

    def _give_to(self, exchange: Exchange, turn: Turn) -> bool:
        held = self._held.get(exchange)
        expectation = exchange.expectation
        if held is None or expectation is None or not self._book.answer(expectation, held, turn):
            return False
        self._answer_held(exchange, held, turn)
        return True

    def _answer_held(self, exchange: Exchange | None, held: HeldRequest, turn: Turn) -> None:
        response = turn.responder.fixed
        if exchange is not None and response is not None and not _is_followed(exchange):
            # So that the test finds it as soon as it has given it.
            response.shared = True
            self._record(exchange, response, None)
        # Last, because its reply may go on from now.
        held.answer = turn
        held.go_on()

    def end(self, scope: Scope | None) -> None:
        """Ends what waits for the test in a scope that ends, or in all of them: held requests and open streams.

        Streams that come from a service end, too.
        """
        self.end_held(scope)
        for exchange in self._journal.open_streams():
            stream = exchange.stream
            if stream is not None and scope in (None, exchange.scope):
                self._journal.dismiss(exchange)
                stream.cut()
        self._forwards.end(scope)

    def end_forwards(self, scope: Scope) -> None:
        """Ends what is forwarded in a scope that ends, without waiting."""
        self._forwards.end(scope, grace=0)

    def stop_forwards(self) -> None:
        """Ends everything that is forwarded, because the server stops."""
        self._forwards.stop()

    def end_held(self, scope: Scope | None) -> None:
        """Gives up the held requests of a scope that ends, or all of them."""
        if self._held:
            uninterrupted(partial(self._give_up_all, scope, f"before {_end_of(scope)}"))

    def _give_up_all(self, scope: Scope | None, when: str) -> None:
        for exchange, held in self._waiting(scope):
            self._give_up(exchange, held, when)
            held.go_on()

    def stopped(self) -> None:
        """Ends the records of the held requests that the server can answer no longer, because it was stopped."""
        self._give_up_all(None, "before the server was stopped")
        for exchange, held in self._waiting(None):
            if exchange.delivered is None:
                exchange.delivered = False
                if exchange.progress is not None and not exchange.progress.left:
                    exchange.progress.stopped = True
                self._journal.sent(exchange)
            self._forget(exchange, held)

    @property
    def holds(self) -> bool:
        """Whether requests are held."""
        return bool(self._held)

    @locked
    def _waiting(self, scope: Scope | None) -> list[tuple[Exchange, HeldRequest]]:
        return [(exchange, held) for exchange, held in self._held.items() if scope in (None, exchange.scope)]


def _is_followed(exchange: Exchange) -> bool:
    """Whether callbacks follow the response to a request."""
    return exchange.expectation is not None and bool(exchange.expectation.callbacks)


def _prefers_json(request: Request) -> bool:
    """Whether the client prefers JSON to text (RFC 9110, 12.5.1)."""
    accept = parse_accept_header(request.header("accept"), MIMEAccept)
    text, as_json = accept["text/plain"], accept["application/json"]
    # JSON media types of a service itself, and parameters such as a charset.
    own = [quality for kind, quality in accept if says_json(kind.partition(";")[0].strip().lower())]
    return max([as_json, *own]) > text


def _no_response(request: Request, taken: Expectation) -> Explanation:
    covered = taken.used - taken.turns.missed
    if covered > 0:
        title = joined(request_phrase(request), f" matched an expectation whose responses are used up: {taken}")
        advice = (
            f"Its responses answer {requests(covered)}, but it takes {taken.times}. Give it one more 'Respond With "
            "...', or leave out the times of the last one."
        )
    else:
        title = joined(request_phrase(request), f" matched an expectation without a response: {taken}")
        advice = "Give it one with a 'Respond With ...' keyword right after it."
    return Explanation("NO RESPONSE", title, advice=(advice,))


def _not_answered(request: Request, taken: Expectation, when: str, too_slow: bool) -> Explanation:
    title = joined(request_phrase(request), f" was held and not answered {when}: {taken}")
    longer = ", or set a longer timeout in 'Respond Later'" if too_slow else ""
    advice = f"Answer it with a 'Respond With ...' keyword and to={longer}."
    return Explanation("NO RESPONSE", title, advice=(advice,))


def _end_of(scope: Scope | None) -> str:
    return "the server was reset" if scope is None else f"the end of {scope.name}"


def _why_not(exchange: Exchange) -> str:
    """Why a request cannot be answered."""
    if exchange.progress is None or not exchange.progress.held:
        return "was answered by its expectation. Only a request of 'Respond Later' can be answered by the test."
    if exchange.progress.unanswered is not None:
        return f"waits no longer, because it was not answered {exchange.progress.unanswered}."
    return "is answered already." if exchange.response is not None else "waits no longer, because its client left."


def _malformed(request: Request, fault: Fault) -> Explanation:
    causes: list[Phrase] = []
    if request.method:
        causes.append(joined("The request: ", request_phrase(request)))
    # The beginning of a TLS handshake is useless to people.
    if fault.excerpt and not is_tls(fault.excerpt):
        causes.append(joined("It began with: ", Excerpt(fault.excerpt)))
    return Explanation("MALFORMED REQUEST", Plain(fault.reason, limit=_MAX_REASON), causes=tuple(causes))
