"""Received requests as users see them: plain values, safe to keep."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TypeVar

from ..message.json_text import NotJson
from ..message.response import Response
from ..message.xml_tree import NotXml
from ..outbound.callback import CallbackRecord
from ..phrase import UNMASKED, Masking, is_credential, masked
from ..problem import ProblemKind, ProblemRecord
from ..visible import MASK, visible
from .exchange import Exchange
from .progress import Progress

if TYPE_CHECKING:
    from ..expectations.expectation import Expectation
    from ..matching.description import RequestDescription

T = TypeVar("T")


class HeaderValues(Mapping[str, str]):
    """Headers by name in any case; repeated ones are joined with a comma (RFC 9110, 5.3)."""

    def __init__(self, pairs: tuple[tuple[str, str], ...], masking: Masking = UNMASKED) -> None:
        self._pairs = pairs
        self._masking = masking

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Names and values in the order received."""
        return self._pairs

    def __getitem__(self, name: str) -> str:
        values = self.get_all(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __iter__(self) -> Iterator[str]:
        return iter({name.lower(): name for name, _ in self._pairs}.values())

    def __len__(self) -> int:
        return len({name.lower() for name, _ in self._pairs})

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.get_all(name))

    def get_all(self, name: str) -> list[str]:
        """All values of a header in the order received."""
        name = name.lower()
        return [value for field, value in self._pairs if field.lower() == name]

    def __repr__(self) -> str:
        masking = self._masking
        return repr(
            {
                masked(name, masking): MASK
                if is_credential(name, value) or masking.masks("header", name)
                else masked(value, masking)
                for name, value in self.items()
            }
        )


@dataclass(frozen=True)
class Auth:
    """The Authorization header: ``scheme`` in lower case, and what it carries."""

    scheme: str
    username: str | None
    password: str | None
    token: str | None
    masking: Masking = field(default=UNMASKED, compare=False)

    def __repr__(self) -> str:
        return f"<Auth {visible(masked(self.scheme, self.masking))}>"


@dataclass(frozen=True)
class UploadedFile:
    """A file of a multipart body."""

    filename: str
    content_type: str
    data: bytes
    masking: Masking = field(default=UNMASKED, compare=False)

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")

    @property
    def size(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"<UploadedFile {masked(self.filename, self.masking)!r} {self.size} bytes>"


class ReceivedResponse:
    """The response a received request got.

    ``sent`` is how many bytes of the body were sent; of raw bytes, how many of them. ``fault`` is ``None``, or says how
    the response was broken on purpose, and where. ``status`` is ``None`` where not even a head was sent.
    """

    __slots__ = ("_body", "_exchange", "_masking", "_response")

    def __init__(self, response: Response, body: bytes, exchange: Exchange | None, masking: Masking = UNMASKED) -> None:
        """The response to a request of this record; None for one that the server itself received."""
        self._response = response
        self._body = body
        self._exchange = exchange
        self._masking = masking if exchange is None else exchange.masking

    @property
    def _progress(self) -> Progress | None:
        return None if self._exchange is None else self._exchange.progress

    @property
    def status(self) -> int | None:
        return None if self._nothing_sent else self._response.status or None

    @property
    def _nothing_sent(self) -> bool:
        """Whether not even the head was sent, on purpose."""
        progress = self._progress
        return progress is not None and not progress.begun and progress.broken is not None

    @property
    def sent(self) -> int:
        progress = self._progress
        if self._exchange is None:
            return len(self._body)
        if progress is not None and (progress.begun or progress.broken):
            return progress.sent
        # While it is being sent, the client may have read it already.
        if self._exchange.ended is None or self._exchange.delivered is False or self._exchange.without_body:
            return 0
        return len(self._body) if self._response.length is None else self._response.length

    @property
    def fault(self) -> str | None:
        return None if self._progress is None else self._progress.fault

    @property
    def reason(self) -> str:
        return "" if self._nothing_sent else self._response.reason

    @property
    def headers(self) -> HeaderValues:
        return HeaderValues(() if self._nothing_sent else self._response.headers, self._masking)

    @property
    def data(self) -> bytes:
        return self._body

    @property
    def _content(self) -> bytes:
        return self._response.content_of(self._body)

    @property
    def text(self) -> str:
        return self._content.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The content parsed as JSON; None when it is not JSON."""
        try:
            return json.loads(self._content)
        except (ValueError, RecursionError):
            return None

    def __repr__(self) -> str:
        return f"<Response {self.status}>"


class SentCallback:
    """A request that the server sent after a response, and the response to it, once that has come."""

    __slots__ = ("_masking", "_record")

    def __init__(self, record: CallbackRecord, masking: Masking) -> None:
        self._record = record
        self._masking = masking

    def __str__(self) -> str:
        return visible(masked(f"{self.method} {self.url}", self._masking))

    def __repr__(self) -> str:
        return f"<Callback {self}>"

    @property
    def method(self) -> str:
        return self._record.method

    @property
    def url(self) -> str:
        return self._record.url

    @property
    def headers(self) -> HeaderValues:
        return HeaderValues(self._record.headers, self._masking)

    @property
    def data(self) -> bytes:
        return self._record.body

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The body parsed as JSON; None when it is not JSON."""
        try:
            return json.loads(self.data)
        except (ValueError, RecursionError):
            return None

    @property
    def response(self) -> ReceivedResponse | None:
        response = self._record.response
        if response is None or not isinstance(response.body, bytes):
            return None
        return ReceivedResponse(response, response.body, None, self._masking)


class ReceivedRequest:
    """A request that arrived, expected or not, together with the response it got.

    | ``method``, ``path``, ``url``   | Method, decoded path, absolute URL. |
    | ``query``, ``query_string``     | Decoded parameters as a dictionary; the query as sent. |
    | ``headers``, ``cookies``        | Dictionaries; header names in any case. |
    | ``text``, ``data``, ``json``    | The body as text, as bytes, and parsed (``None`` when it is not JSON). |
    | ``xml``                         | Root element (lxml); ``None`` when the body is not XML, or without lxml. |
    | ``body_size``                   | Size of the body as sent, in bytes. |
    | ``form``, ``files``             | Fields and uploaded files of a form. |
    | ``auth``                        | ``None``, or an object with ``scheme``, ``username``, ``password``, ``token``. |
    | ``path_params``                 | The segments captured by ``{name}`` in the expected path. |
    | ``client``, ``time``, ``duration`` | ``host:port``; time of arrival (UTC); seconds until it was answered. |
    | ``client_subject``              | Subject of the client's certificate, such as ``CN=alice,O=Shop``; or ``None``. |
    | ``expectation``, ``problem``    | The expectation that took it; what went wrong; or ``None``. |
    | ``forwarded_to``                | The URL that it was sent on to; or ``None``. |
    | ``callbacks``                   | Requests that were sent after the response: ``method``, ``url``, ``response``. |
    | ``response``                    | ``status``, ``reason``, ``headers``, ``text``, ``data``, ``json``, ... |

    In ``query``, ``cookies``, ``form`` and ``files``, a name with one value has that value, and a name with several
    values has a list of them. ``response`` also has ``sent``, the number of bytes of the body that were sent, and
    ``fault``, which is ``None`` or says how the response was broken on purpose: ``RESET after 120 of 512 bytes``. Its
    ``headers`` are those that it was given, without Content-Length, Date and Server, which the server adds. The
    response is ``None`` while the test has not answered a request of *Respond Later*, and its ``status`` is ``None`` if
    not even a head was sent. An uploaded file has ``filename``, ``content_type``, ``data``, ``text`` and ``size``. The
    first 1 MiB of a streamed response body, such as that of a file, is kept. When ``body_size`` is more than the length
    of ``data``, a limit of `Start Http Server` dropped the rest: ``text`` and ``data`` are what is kept, ``json`` is
    ``None``, and ``form`` and ``files`` are empty.

    A body with ``Content-Encoding: gzip`` or ``deflate`` is decoded for ``text``, ``json``, ``xml``, ``form`` and
    ``files``; ``data`` is the body as sent. When it cannot be decoded, or would be larger than ``max_body_kept`` of
    `Start Http Server`, ``text`` is the body as sent, ``json`` and ``xml`` are ``None``, and ``form`` and ``files`` are
    empty. They are also empty when a form has more than 10,000 fields. ``text`` and ``json`` of ``response`` are
    decoded in the same way, up to 64 MiB.
    """

    __slots__ = ("_exchange", "_request", "_response", "path_params")

    def __init__(self, exchange: Exchange, selected_by: RequestDescription | None = None) -> None:
        self._exchange = exchange
        # Also held here, so that it survives when the journal drops it to save memory.
        self._request = request = exchange.request
        self._response = exchange.response
        params = {} if selected_by is None else selected_by.path_params(request)
        if not params and exchange.expectation is not None:
            params = exchange.expectation.description.path_params(request)
        self.path_params = params

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ReceivedRequest) and other._exchange == self._exchange

    def __hash__(self) -> int:
        return hash(self._exchange)

    def __str__(self) -> str:
        return str(self._exchange)

    def __repr__(self) -> str:
        return f"<Request {self}>"

    @property
    def exchange(self) -> Exchange:
        """The record in the journal."""
        return self._exchange

    @property
    def expectation(self) -> Expectation | None:
        return self._exchange.expectation

    @property
    def problem(self) -> Problem | None:
        record = self._exchange.problem
        return None if record is None else Problem.of(record, self._exchange)

    @property
    def method(self) -> str:
        return self._request.method

    @property
    def path(self) -> str:
        return self._request.path

    @property
    def query_string(self) -> str:
        return self._request.query_string

    @property
    def query(self) -> dict[str, Any]:
        return _one_or_list(self._request.query)

    @property
    def headers(self) -> HeaderValues:
        return HeaderValues(self._request.headers, self._exchange.masking)

    @property
    def cookies(self) -> dict[str, Any]:
        return _one_or_list(self._request.cookies)

    @property
    def text(self) -> str:
        return self._request.text

    @property
    def data(self) -> bytes:
        return self._request.body

    @property
    def body_size(self) -> int:
        return self._request.body_size

    @property
    def json(self) -> Any:
        try:
            # Parsed anew each time: what a test changes in it must not change the record.
            return self._request.parse_json()
        except NotJson:
            return None

    @property
    def xml(self) -> Any:
        try:
            # Parsed anew each time: what a test changes in it must not change the record.
            return self._request.parse_xml()
        except (NotXml, ImportError):
            return None

    @property
    def form(self) -> dict[str, Any]:
        return _one_or_list(self._request.form)

    @property
    def files(self) -> dict[str, Any]:
        uploaded: dict[str, list[UploadedFile]] = {}
        for name, files in self._request.files.items():
            for file in files:
                file.stream.seek(0)
                uploaded.setdefault(name, []).append(
                    UploadedFile(
                        file.filename or "", file.content_type or "", file.stream.read(), self._exchange.masking
                    )
                )
        return _one_or_list(uploaded)

    @property
    def auth(self) -> Auth | None:
        auth = self._request.auth
        if auth is None:
            return None
        token = auth.token
        if auth.type == "bearer":
            # werkzeug parses a value with '=' as parameters, but a Bearer token may contain it (RFC 6750, 2.1).
            token = (self._request.header("authorization") or "").partition(" ")[2].strip()
        return Auth(auth.type, auth.username, auth.password, token, self._exchange.masking)

    @property
    def url(self) -> str:
        return self._exchange.url

    @property
    def client(self) -> str:
        return self._request.client

    @property
    def client_subject(self) -> str | None:
        return self._request.client_subject

    @property
    def time(self) -> datetime:
        return datetime.fromtimestamp(self._request.time, timezone.utc)

    @property
    def duration(self) -> float:
        return self._exchange.duration

    @property
    def forwarded_to(self) -> str | None:
        return self._exchange.forwarded_to

    @property
    def callbacks(self) -> list[SentCallback]:
        progress = self._exchange.progress
        records = [] if progress is None else progress.callbacks
        return [SentCallback(record, self._exchange.masking) for record in records]

    @property
    def response(self) -> ReceivedResponse | None:
        response = self._response or self._exchange.response
        if response is None:
            return None
        exchange = self._exchange
        is_part = exchange.captured is not None or exchange.without_body
        body = exchange.sent_body if is_part or not isinstance(response.body, bytes) else response.body
        return ReceivedResponse(response, body, exchange)


class Problem:
    """Something that went wrong while serving.

    ``kind`` is UNEXPECTED REQUEST, OUT OF ORDER, REFUSED, NO RESPONSE, HANDLER ERROR, MATCHER ERROR, MALFORMED
    REQUEST, TEMPLATE ERROR, CALLBACK FAILED, FORWARDING FAILED or CONTRACT; ``message`` explains it; ``request`` is the
    received request; ``exception`` is the original exception, or ``None``.
    """

    __slots__ = ("exchange", "record")

    def __init__(self, record: ProblemRecord, exchange: Exchange) -> None:
        self.record = record
        self.exchange = exchange

    @classmethod
    def of(cls, record: ProblemRecord, exchange: Exchange) -> Problem:
        """The problem of a record: always the same object."""
        view = record.view
        if not isinstance(view, cls):
            view = record.view = cls(record, exchange)
        return view

    @property
    def kind(self) -> ProblemKind:
        return self.record.kind

    @property
    def message(self) -> str:
        return self.record.message

    @property
    def exception(self) -> BaseException | None:
        return self.record.exception

    @property
    def request(self) -> ReceivedRequest:
        return ReceivedRequest(self.exchange)

    def __str__(self) -> str:
        return self.record.first_line

    def __repr__(self) -> str:
        return f"<Problem {self.kind}: {self.exchange}>"


def _one_or_list(values: Mapping[str, list[T]]) -> dict[str, Any]:
    return {name: found[0] if len(found) == 1 else list(found) for name, found in values.items()}
