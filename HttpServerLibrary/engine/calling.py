"""Callbacks: requests that the server itself sends after its responses, and what is recorded of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final, TypeAlias

from .arguments import UNSET
from .errors import UsageError
from .expectations.expectation import Expectation
from .explaining.explanation import Explanation
from .explaining.lines import request_phrase
from .interrupts import InterruptSafeLock, locked
from .masking.secrets import Secrets
from .outbound.callback import Callback, CallbackRecord, Prepared, cancel, prepared, problem_reason
from .outbound.callbacks import Callbacks
from .outbound.client import trusting
from .phrase import Phrase, Plain, joined, text
from .problem import ProblemRecord
from .records.exchange import Exchange
from .records.journal import Journal
from .responses.arguments import Pairs, header_pairs
from .responses.occasion import Occasion
from .responses.responder import ResponseFailed
from .responses.template import JsonTemplate, TextTemplate, has_expression
from .scope import Scope
from .wire.certificates import known_ca_file

_MAX_URL: Final = 200
_MAX_ERROR: Final = 500

Due: TypeAlias = tuple[Callback, CallbackRecord | ProblemRecord]
"""A callback that follows a response, and its request, or why there is none."""


def callback_of(
    method: object,
    url: str,
    *,
    json: object = UNSET,
    data: str | bytes | None = None,
    headers: object = None,
    template: bool = False,
    delay: float | timedelta = 0,
    timeout: float | timedelta = 10,
) -> Callback:
    """A callback as it is described by arguments. Raises `UsageError`."""
    pairs = header_pairs(headers)
    if not template:
        return Callback.of(prepared(method, url, json=json, data=data, headers=pairs), delay, timeout)
    # What needs no occasion is checked at once.
    fixed = "http://localhost" if has_expression(url) else url
    prepared(method, fixed, data=data, headers=[(name, "") for name, _ in pairs])
    if json is not UNSET and data is not None:
        prepared(method, "http://localhost", json=0, data=data)
    templates = _Templates(method, url, json, data, pairs)
    return Callback.of(templates, delay, timeout, takes_time=templates.loops)


class _Templates:
    """Makes a callback for each request."""

    def __init__(self, method: object, url: str, json: object, data: str | bytes | None, pairs: Pairs) -> None:
        if isinstance(data, bytes):
            raise UsageError("data: a template is text, not bytes.")
        self._method = method
        self._url = TextTemplate(url, "url")
        self._json = None if json is UNSET else JsonTemplate(json, "json")
        self._data = None if data is None else TextTemplate(data, "data")
        self._headers = [(name, TextTemplate(value, f"header {name}")) for name, value in pairs]
        all_of_them = (self._url, self._json, self._data, *(value for _, value in self._headers))
        self.loops = any(template is not None and template.loops for template in all_of_them)

    def __call__(self, occasion: Occasion) -> Prepared:
        """Raises `ResponseFailed`."""
        url = self._url.render(occasion)
        pairs = [(name, value.render(occasion)) for name, value in self._headers]
        body = UNSET if self._json is None else self._json.render_bytes(occasion).decode()
        data = None if self._data is None else self._data.render(occasion)
        try:
            return prepared(self._method, url, json=body, data=data, headers=pairs)
        except UsageError as error:
            raise ResponseFailed(Plain(str(error), limit=_MAX_ERROR), error, "TEMPLATE ERROR") from error


class Calling:
    """Sends the callbacks of one server and records them. The lock guards those that are not over."""

    def __init__(self, journal: Journal, secrets: Secrets) -> None:
        self._journal = journal
        self._secrets = secrets
        self._lock = InterruptSafeLock()
        self._due: dict[CallbackRecord, Exchange] = {}
        # Servers of this library with throw-away certificates are trusted.
        self._callbacks = Callbacks(lambda: trusting(known_ca_file()))

    def announce(self, exchange: Exchange, expectation: Expectation, occasion: Occasion) -> list[Due]:
        """Prepares the callbacks that follow a response; from now on, they are waited for."""
        made = [(callback, self._prepared(exchange, callback, occasion)) for callback in expectation.callbacks]
        due = [(callback, record) for callback, record in made if record is not None]
        records = [record for _, record in due if isinstance(record, CallbackRecord)]
        self._journal.calls(exchange, records, len(due))
        return due

    def _prepared(
        self, exchange: Exchange, callback: Callback, occasion: Occasion
    ) -> CallbackRecord | ProblemRecord | None:
        try:
            request = callback.prepare(occasion)
            return None if request is None else CallbackRecord(request)
        except ResponseFailed as failed:
            title = joined(request_phrase(exchange.request), ": callback: ", failed.reason)
            return ProblemRecord(failed.kind, Explanation(failed.kind, title), self._secrets, failed.cause)

    def call(self, exchange: Exchange, due: list[Due]) -> None:
        """Sends the callbacks of a request, now that its response was sent."""
        for callback, record in due:
            if isinstance(record, ProblemRecord):
                self._journal.called(exchange, problem=record)
            elif _is_over(exchange):
                cancel(record, _end(exchange))
                self._done(exchange, record)
            else:
                with self._lock:
                    self._due[record] = exchange
                self._callbacks.run(callback, record, partial(self._done, exchange))
        if _is_over(exchange):
            # It has ended meanwhile.
            self._callbacks.end(self._due_in(lambda other: other is exchange), _end(exchange))

    def _done(self, exchange: Exchange, record: CallbackRecord) -> None:
        with self._lock:
            self._due.pop(record, None)
        reason = problem_reason(record)
        if reason is None:
            self._journal.called(exchange, text(_outcome(record), self._secrets), response=record.response)
            return
        title = joined(request_phrase(exchange.request), ": callback ", reason)
        problem = ProblemRecord("CALLBACK FAILED", Explanation("CALLBACK FAILED", title), self._secrets)
        self._journal.called(exchange, problem=problem, response=record.response)

    def end(self, scope: Scope | None, grace: float = 0.2) -> None:
        """Ends the callbacks of a scope that ends, or all of them, and waits for them, no longer than ``grace``."""
        self._callbacks.end(self._due_in(lambda exchange: scope in (None, exchange.scope)), _end_of(scope), grace)

    @locked
    def _due_in(self, included: Callable[[Exchange], bool]) -> set[CallbackRecord]:
        return {record for record, exchange in self._due.items() if included(exchange)}

    def stop(self, grace: float = 0.2) -> int:
        """Ends all callbacks; returns how many are still running."""
        return self._callbacks.stop(grace)


def _is_over(exchange: Exchange) -> bool:
    """Whether its test or suite has ended, or a reset has removed it."""
    return exchange.scope.closed or exchange.void


def _end(exchange: Exchange) -> str:
    return _end_of(exchange.scope if exchange.scope.closed else None)


def _end_of(scope: Scope | None) -> str:
    return "the server was reset" if scope is None else f"{scope.name} ended"


def _outcome(record: CallbackRecord) -> Phrase:
    """A callback and what came of it, for the log."""
    sent = Plain(f"{record.method} {record.url}", limit=_MAX_URL)
    response = record.response
    if response is None:
        return joined("callback ", sent, ": ", record.failure or "no response")
    duration = (record.ended or 0.0) - (record.started or 0.0)
    return joined(
        "callback ",
        sent,
        " answered ",
        Plain(f"{response.status} {response.reason}".rstrip()),
        f" ({duration * 1000:.1f} ms)",
    )
