"""One HTTP server: receives requests, answers them, and records everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TypeVar

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from .errors import UsageError
from .expectations.book import ExpectationBook
from .expectations.expectation import Expectation
from .expectations.shelf import NoMatch
from .explaining.checks import Audience
from .explaining.explanation import Explanation
from .explaining.lines import Excerpt, request_line, request_phrase
from .explaining.nearest import MAX_LOOKED_AT
from .explaining.refusal import Context, Neighbour, explain_unmatched
from .interrupts import InterruptSafeLock, locked
from .masking.secrets import Secrets
from .matching.description import RequestDescription
from .matching.matcher import MatcherFailed
from .message.media_types import says_json
from .message.reply import Reply
from .message.request import Fault, Request
from .message.response import Response, json_response, text_response
from .phrase import Phrase, Plain, joined
from .problem import ProblemRecord
from .records.exchange import Exchange
from .records.journal import DEFAULT_BOUNDS, Bounds, Journal
from .records.reply import RecordedReply
from .records.waiters import any_change
from .responses.occasion import Occasion
from .responses.responder import Responder, ResponseFailed
from .scope import Scope
from .url import base_url
from .user_code import raised
from .wire.limits import DEFAULT_LIMITS, Limits
from .wire.listener import Listener
from .wire.tls import Tls, is_tls

T = TypeVar("T")

_PROBLEM_STATUS: Final = 500
_MAX_REASON: Final = 500


class HttpServer:
    """A server that listens from `start` to `stop`.

    ``host`` is a name or address of this machine; ``localhost`` listens on both loopback addresses.
    ``port`` 0 takes a free one, which is in ``port`` and ``url`` once the server is started.
    With ``tls`` it speaks HTTPS. Without ``strict`` it also answers requests whose Host is not a host and port, and
    CONNECT with a path.
    ``limits`` apply to what it accepts, ``bounds`` to what it keeps.
    ``neighbours`` returns all servers, because another one may expect a request that arrived here by mistake.
    """

    def __init__(
        self,
        alias: str = "http-1",
        host: str = "localhost",
        port: int = 0,
        scope: Scope | None = None,
        *,
        tls: Tls | None = None,
        limits: Limits = DEFAULT_LIMITS,
        bounds: Bounds = DEFAULT_BOUNDS,
        strict: bool = True,
        neighbours: Callable[[], Iterable[HttpServer]] = tuple,
    ) -> None:
        self.alias = alias
        self._neighbours = neighbours
        self.host = host
        self.port = port
        self.tls = tls
        self.secrets = Secrets()
        self._lock = InterruptSafeLock()
        self.book = ExpectationBook(self._lock, self.secrets, Scope("the server") if scope is None else scope)
        self.journal = Journal(self._lock, bounds, self.secrets)
        self._limits = limits
        self._strict = strict
        self._listener: Listener | None = None
        self._scheme = "http" if tls is None else "https"
        self._url = base_url(self._scheme, host, port)

    def __str__(self) -> str:
        return f"server '{self.alias}' at {self.url}"

    def __repr__(self) -> str:
        return f"<HttpServer {self.alias} {self.url}>"

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end."""
        return self._url

    @property
    def running(self) -> bool:
        """Whether it has its port and was not told to stop."""
        listener = self._listener
        return listener is not None and listener.listening and not listener.stopping

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return 0 if self._listener is None else self._listener.connections

    def start(self) -> None:
        """Listens, ready to answer on return. A server starts once.

        Raises `UsageError` when it cannot listen on host and port, or was started before.
        """
        if self._listener is not None:
            state = "is already running" if self.running else "was stopped and cannot be started again; start a new one"
            raise UsageError(f"Server '{self.alias}' {state}.")
        self._listener = Listener(
            self.host,
            self.port,
            self.answer,
            self._limits,
            self.tls,
            self.journal.notice,
            self.journal.note_connection,
            remark=self.journal.remark,
            strict=self._strict,
        )
        try:
            self.port = self._listener.port
            self._url = base_url(self._scheme, self.host, self.port)
            self._listener.start()
        except BaseException:
            # Interrupted: without this it would have its port and answer nothing.
            self.stop()
            raise

    def stop(self) -> int:
        """Stops at once, also with open connections; returns how many handlers are still running.

        Goes on to its end when it is interrupted, and may be called again.
        """
        return 0 if self._listener is None else self._listener.stop()

    def ca_file(self) -> Path:
        """The file of the CA certificate for clients to trust. Raises `UsageError` when there is none."""
        if self.tls is None:
            raise UsageError(f"Server '{self.alias}' at {self.url} has no TLS. Start it with tls=True.")
        return self.tls.ca_file()

    def neighbours(self) -> list[HttpServer]:
        """The other servers that are running."""
        return [server for server in self._neighbours() if server is not self and server.running]

    def newest_like(self, description: RequestDescription) -> Exchange | None:
        """The newest received request that matches; None for a description with a matcher, which is not called.

        None also for one with a regular expression that takes too long.
        """
        if description.matcher is not None:
            return None
        newest = self.journal.newest(MAX_LOOKED_AT)
        try:
            return next((entry for entry in newest if description.matches(entry.request)), None)
        except MatcherFailed:
            return None

    def open_scope(self, scope: Scope) -> None:
        """What is registered and received from now on belongs to this scope."""
        self.book.open_scope(scope)

    @locked
    def close_scope(self) -> None:
        """Forgets what belongs to the innermost scope."""
        self.journal.close_scope(self.book.close_scope())

    def wait(self, check: Callable[[], T | None], timeout: float, needed: Callable[[], int] = any_change) -> T | None:
        """Waits as the journal does, or not at all once the server is stopped, because nothing more can arrive."""
        return self.journal.wait(check, timeout if self.running else 0, needed)

    def reset(self, *, keep_problems: bool = False) -> None:
        """Forgets all expectations, received requests and a broken order, and the problems unless they are kept."""
        self.book.reset()
        self.journal.reset(keep_problems=keep_problems)

    @property
    def audience(self) -> Audience:
        """What texts about this server need to know."""
        return Audience(str(self), self.secrets)

    def hide(self, text: str) -> str:
        """Masks the secrets that were given to this server."""
        return self.secrets.hide(text)

    def answer(self, request: Request, reply: Reply) -> None:
        """Answers one request. Every failure ends in a response and in the journal."""
        exchange = self.journal.arrive(request, self._url, self.book.innermost)
        responder: Responder | None = None
        try:
            response, problem, responder = self._respond(exchange, request, reply)
        except BaseException as error:  # a bug in this library; it must not get lost either
            title = joined(request_phrase(request), ": answering failed: ", raised(error))
            response, problem = self._failure(Explanation("HANDLER ERROR", title), exchange, error)
        self.journal.answered(exchange, response, problem)
        recorded = RecordedReply(reply, exchange, self.journal)
        try:
            if responder is None:
                recorded.send(response)
            else:
                responder.send(response, recorded)
        except BaseException as error:  # a body that is generated while it is sent can raise anything
            title = joined(request_phrase(request), ": sending the response failed: ", raised(error))
            self.journal.failed(exchange, self._problem(Explanation("HANDLER ERROR", title), error))
        finally:
            self.journal.sent(exchange)

    def _problem(self, explanation: Explanation, error: BaseException | None = None) -> ProblemRecord:
        return ProblemRecord(explanation.kind, explanation, self.secrets, error)

    def _respond(
        self, exchange: Exchange, request: Request, reply: Reply
    ) -> tuple[Response, ProblemRecord | None, Responder | None]:
        """The response, what went wrong, and the responder that made the response, if one did."""
        if request.fault is not None:
            problem = self._problem(_malformed(request, request.fault))
            return text_response(request.fault.status, f"{problem.message}\n"), problem, None
        try:
            taken = self.book.take(request, reply.step_aside)
        except MatcherFailed as failed:
            title = joined(request_phrase(request), ": ", failed.reason)
            return *self._failure(Explanation("MATCHER ERROR", title), exchange, failed.cause), None
        if isinstance(taken, NoMatch):
            if request.is_for_favicon:
                return text_response(404, "There is no icon.\n"), None, None
            # Comparing with many expectations takes time.
            reply.step_aside()
            return *self._refuse(exchange, taken), None
        exchange.expectation, responder = taken
        if responder is None:
            reply.step_aside()
            return *self._failure(_no_response(request, exchange.expectation), exchange), None
        if responder.takes_time:
            reply.step_aside()
        try:
            return responder.respond(Occasion(request)), None, responder
        except ResponseFailed as failed:
            title = joined(request_phrase(request), ": ", failed.reason)
            return *self._failure(Explanation(failed.kind, title), exchange, failed.cause), None

    def _refuse(self, exchange: Exchange, why: NoMatch) -> tuple[Response, ProblemRecord]:
        request = exchange.request
        neighbours = [
            Neighbour(other.alias, other.url, other.book.would_take, other.book.expectations)
            for other in self.neighbours()
        ]
        context = Context(self.alias, self.book.archived(), neighbours, self.journal.last_taken)
        explanation = explain_unmatched(request, why, self.book.expectations(), context)
        response, problem = self._failure(explanation, exchange)
        given = self.book.unexpected if why.kind == "UNEXPECTED REQUEST" else None
        return response if given is None else given.respond(response), problem

    def _failure(
        self, explanation: Explanation, exchange: Exchange, error: BaseException | None = None
    ) -> tuple[Response, ProblemRecord]:
        problem = self._problem(explanation, error)
        if not _prefers_json(exchange.request):
            return text_response(_PROBLEM_STATUS, f"{problem.message}\n"), problem
        facts = {
            "problem": explanation.kind,
            "request": request_line(exchange.request, self.secrets),
            "server": {"alias": self.alias, "url": self.url},
            **explanation.facts(self.secrets),
        }
        return json_response(_PROBLEM_STATUS, facts), problem

    def require_running(self) -> None:
        if not self.running:
            raise UsageError(f"Server '{self.alias}' is stopped, so it can no longer expect requests.")


def _prefers_json(request: Request) -> bool:
    """Whether the client prefers JSON to text (RFC 9110, 12.5.1)."""
    accept = parse_accept_header(request.header("accept"), MIMEAccept)
    text, as_json = accept["text/plain"], accept["application/json"]
    # JSON media types of a service itself, and parameters such as a charset.
    own = [quality for kind, quality in accept if says_json(kind.partition(";")[0].strip().lower())]
    return max([as_json, *own]) > text


def _no_response(request: Request, taken: Expectation) -> Explanation:
    title = joined(request_phrase(request), f" matched an expectation without a response: {taken}")
    advice = "Give it one with a 'Respond With ...' keyword right after it."
    return Explanation("NO RESPONSE", title, advice=(advice,))


def _malformed(request: Request, fault: Fault) -> Explanation:
    causes: list[Phrase] = []
    if request.method:
        causes.append(joined("The request: ", request_phrase(request)))
    # The beginning of a TLS handshake is useless to people.
    if fault.excerpt and not is_tls(fault.excerpt):
        causes.append(joined("It began with: ", Excerpt(fault.excerpt)))
    return Explanation("MALFORMED REQUEST", Plain(fault.reason, limit=_MAX_REASON), causes=tuple(causes))
