"""Responses of a real service: a request is sent on to it, and its answer back.

Both pass through unchanged: the request target, header fields in their order and with their case, and bodies with their
content codings. What belongs to a single connection is dropped, because each of the two has its own (RFC 9110, 7.6.1).
The request has arrived whole. The body of the answer is passed on as it arrives, and never kept.

The thread that answers waits for the service. Meanwhile it looks whether the client still waits; if not, it gives up.
An answer whose end is unknown, such as a stream of events, ends with the scope of its request.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import ClassVar, Final, NamedTuple

from ..arguments import boolean, items_of
from ..errors import UsageError
from ..message.head import TOKEN
from ..message.reply import Abandoned
from ..message.request import Request
from ..message.response import Response, has_no_body
from ..outbound.client import QUICK, Cancelled, OutboundExchange, OutboundFailed, trusting, trusting_anybody
from ..outbound.destination import Destination, destination_of
from ..outbound.forwards import Forward
from ..phrase import Phrase, Plain, joined
from ..url import WILDCARDS
from ..visible import quote
from .arguments import Pairs, headers_by_name
from .occasion import Occasion
from .responder import ResponseFailed, SendsAtOnce
from .seconds import seconds_of

_MAX_URL: Final = 200
# RFC 9110, 7.6.1, and the fields of proxies. Trailer is about a trailer section, which is dropped, too.
_OF_CONNECTION: Final = frozenset(
    {
        *("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"),
        *("proxy-connection", "proxy-authenticate", "proxy-authorization", "proxy-authentication-info"),
    }
)
# They are needed, even if Connection names them.
_KEPT: Final = frozenset({"host", "content-length"})
# How often a request may be forwarded by servers of this process.
_MAX_HOPS: Final = 10
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")


class Own(NamedTuple):
    """Where the server itself listens, and the name under which others reach it."""

    host: str
    port: int
    url_host: str | None = None


def _no_file() -> None:
    """No certificates but those that this machine trusts."""


class Forwarding(SendsAtOnce):
    """Sends a request on to a service, and its answer back.

    ``headers`` are added to the request or replace those of the client. ``timeout`` is how many seconds the service has
    to begin its answer, and then for each piece of it. ``own`` is the server that forwards. ``known_ca_file`` names
    certificates that are trusted as well.
    """

    # It steps aside by itself.
    takes_time = False

    def __init__(
        self,
        upstream: object,
        *,
        headers: object = None,
        remove_headers: object = (),
        timeout: float | timedelta = 30,
        verify: object = True,
        keep_host: bool = False,
        own: Own | None = None,
        known_ca_file: Callable[[], Path | None] = _no_file,
    ) -> None:
        self._upstream = _checked_upstream(upstream, own)
        self._base = self._upstream.target.rstrip("/")
        self._headers = headers_by_name(headers)
        self._removed = _checked_names(remove_headers)
        self._timeout = seconds_of(timeout, "timeout")
        if not self._timeout:
            raise UsageError("timeout: a number of seconds above 0 is needed, not 0.")
        self._trust = _Trust(verify, known_ca_file)
        self._keep_host = keep_host
        # Whether the service has answered so soon that handing over the other requests would take longer.
        self._is_quick = False

    def respond(self, occasion: Occasion) -> Response:
        request = occasion.request
        if request.cut is not None:
            raise self._failed(request, f"the body of the request has {request.cut.advice}")
        destination = self._destination(request)
        hop = _Hop(request.client)
        if hop.number > _MAX_HOPS:
            raise self._failed(
                request, f"it was forwarded {_MAX_HOPS} times: servers forward to each other in a circle"
            )
        forward = occasion.forward(str(destination))
        headers = self._request_headers(request)
        body = request.body or None
        if not self._is_quick:
            forward.step_aside()
        begun = time.perf_counter()
        try:
            exchange = OutboundExchange(
                request.method,
                destination,
                headers,
                body,
                self._timeout,
                forward.cancel,
                self._trust.context,
                hop.begin,
                forward.connections,
                forward.step_aside,
            )
        except BaseException as error:
            hop.end()
            if isinstance(error, Cancelled):
                return Response(502, (), _Nothing())
            if isinstance(error, OutboundFailed):
                raise self._failed(request, error.reason) from error
            raise

        self._is_quick = time.perf_counter() - begun < QUICK

        def end() -> None:
            exchange.close()
            hop.end()

        return self._answer(request, exchange, forward, end)

    def _answer(
        self, request: Request, exchange: OutboundExchange, forward: Forward, end: Callable[[], None]
    ) -> Response:
        if exchange.status < 200:
            end()
            raise self._failed(
                request, ("the answer is ", Plain(f"{exchange.status} {exchange.reason}"), ", which was not asked for")
            )
        # One that is chunked as well is wrong.
        dropped = {"content-length"} if _has(exchange.headers, "transfer-encoding") else set()
        headers = [pair for pair in _end_to_end(exchange.headers) if pair[0].lower() not in dropped]
        if has_no_body(request.method, exchange.status):
            end()
            return Response(exchange.status, headers, (), reason=exchange.reason)
        body = exchange.arrived()
        if body is not None:
            end()
            return Response(exchange.status, headers, body, reason=exchange.reason)
        forward.begun(is_endless=exchange.length is None)
        pieces = _Pieces(exchange, forward, partial(self._failed, request))
        return Response(exchange.status, headers, pieces, exchange.length, exchange.reason, end)

    def _destination(self, request: Request) -> Destination:
        target = request.target
        if not target.startswith("/"):
            absolute = _ABSOLUTE.match(target)
            if absolute is not None:
                target = target[absolute.end() :]
                if not target.startswith("/"):
                    target = f"/{target}"
            elif target != "*":
                raise self._failed(request, f"{request.method} asks for a tunnel, which cannot be forwarded")
        return self._upstream._replace(target=target if target == "*" else f"{self._base}{target}")

    def _request_headers(self, request: Request) -> Pairs:
        """The header fields to send: each in its place."""
        upstream = self._upstream.authority
        added = self._headers.copy()
        length = str(len(request.body))
        pairs: Pairs = []
        for name, value in _end_to_end(request.headers, keep_framing=True):
            lower = name.lower()
            if lower in self._headers:
                pairs += added.pop(lower, ())
                continue
            # What Expect asks for was done: the body is here.
            if lower == "expect" or lower in self._removed:
                continue
            if lower == "transfer-encoding":
                # By now, the length of a body in chunks is known.
                name, value = "Content-Length", length
            elif lower == "host" and not self._keep_host:
                value = upstream
            pairs.append((name, value))
        for rest in added.values():
            pairs += rest
        if not _has(pairs, "host"):
            pairs.insert(0, ("Host", upstream))
        return pairs

    def _failed(self, request: Request, reason: Phrase) -> ResponseFailed:
        upstream = Plain(str(self._upstream), limit=_MAX_URL)
        return ResponseFailed(joined("forwarding to ", upstream, " failed: ", reason), kind="FORWARDING FAILED")


class _Hop:
    """One way of a request between two servers, which ends with its answer.

    The headers do not say that a request was forwarded. But if a server of this process has forwarded it, then the
    client that it came from is known here.
    """

    _numbers: ClassVar[dict[str, int]] = {}

    def __init__(self, client: str) -> None:
        self.number = self._numbers.get(client, 0) + 1
        self._address: str | None = None

    def begin(self, address: str) -> None:
        self._address = address
        self._numbers[address] = self.number

    def end(self) -> None:
        if self._address is not None:
            self._numbers.pop(self._address, None)


class _Nothing:
    """The body of a response that nobody waits for."""

    def __iter__(self) -> Iterator[bytes]:
        raise Abandoned


class _Pieces:
    """The body of an answer, as it arrives."""

    def __init__(
        self, exchange: OutboundExchange, forward: Forward, failed: Callable[[Phrase], ResponseFailed]
    ) -> None:
        self._forward = forward
        self._exchange = exchange
        self._failed = failed

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._exchange.pieces(patient=True)
        except Cancelled:
            self._forward.note_end()
            # Events end like those of this server. Of anything else, the client must see that it is not complete.
            if not (self._forward.ended and self._are_events):
                raise Abandoned from None
        except OutboundFailed as failed:
            raise self._failed(failed.reason) from failed

    @property
    def _are_events(self) -> bool:
        kinds = [value for name, value in self._exchange.headers if name.lower() == "content-type"]
        return any(kind.partition(";")[0].strip().lower() == "text/event-stream" for kind in kinds)


class _Trust:
    """Makes the settings of TLS. They are kept, because reading all certificates takes time."""

    def __init__(self, verify: object, known_ca_file: Callable[[], Path | None]) -> None:
        if isinstance(verify, str):
            # Any other text is a path.
            with suppress(UsageError):
                verify = boolean(verify, "verify")
        if not isinstance(verify, (bool, str, Path)):
            raise UsageError(f"verify: True, False or a file is needed, not {type(verify).__name__}: {verify!r}.")
        self._known_ca_file = known_ca_file
        self._verify = verify
        self._made: tuple[Path | None, ssl.SSLContext] | None = None
        if not isinstance(verify, bool):
            self._made = None, _trusting_file(Path(verify))

    def context(self) -> ssl.SSLContext:
        file = self._known_ca_file() if self._verify is True else None
        made = self._made
        if made is None or made[0] != file:
            made = self._made = file, trusting(file) if self._verify else trusting_anybody()
        return made[1]


def _trusting_file(path: Path) -> ssl.SSLContext:
    try:
        return trusting(path)
    except ssl.SSLError:
        raise UsageError(f"verify: the file {quote(str(path))} has no certificate in PEM format.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"verify: the file {quote(str(path))} cannot be read: {reason}.") from None


def _checked_upstream(upstream: object, own: Own | None) -> Destination:
    destination = destination_of(upstream, "upstream")
    if "?" in destination.target:
        raise UsageError(
            f"upstream: the URL of a service is needed, without a query: {quote(str(destination))}. The path and query "
            "of each request are added to it."
        )
    if own is not None and destination.port == own.port and _is_own(destination.host, own):
        raise UsageError(
            f"upstream: {destination} is this server itself, which would forward to itself without end. Give the URL "
            "of the real service."
        )
    return destination


def _is_own(host: str, own: Own) -> bool:
    names = [own.host] if own.url_host is None else [own.host, own.url_host]
    return any(_is_local(host, name) for name in names)


def _is_local(host: str, own: str) -> bool:
    """Whether a host is where a server listens; ``own`` is what that was given as host."""
    host, own = host.lower().rstrip("."), own.lower().rstrip(".")
    if host == own:
        return True
    is_loopback = host == "localhost" or _is_loopback(host)
    if own in WILDCARDS:
        return is_loopback or host in WILDCARDS
    # localhost listens on these two.
    return (own == "localhost" and host in ("127.0.0.1", "::1")) or (
        host == "localhost" and own in ("127.0.0.1", "::1")
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _checked_names(names: object) -> frozenset[str]:
    """The names of headers, in lower case."""
    checked = set()
    for name in items_of(names, "remove_headers"):
        if not isinstance(name, str) or not TOKEN.fullmatch(name):
            raise UsageError(f"remove_headers: a list of header names is needed, but {name!r} is not one.")
        if name.lower() in ("host", "content-length", "transfer-encoding"):
            raise UsageError(f"remove_headers: {name} cannot be removed, because the request needs it.")
        checked.add(name.lower())
    return frozenset(checked)


def _has(pairs: Iterable[tuple[str, str]], name: str) -> bool:
    return any(other.lower() == name for other, _ in pairs)


def _end_to_end(headers: Iterable[tuple[str, str]], *, keep_framing: bool = False) -> Pairs:
    """The header fields without those of the connection."""
    headers = [*headers]
    lists = [value.lower().split(",") for name, value in headers if name.lower() == "connection"]
    named = {name.strip(" \t") for names in lists for name in names}
    dropped = {*_OF_CONNECTION, *named} - _KEPT - ({"transfer-encoding"} if keep_framing else set())
    return [pair for pair in headers if pair[0].lower() not in dropped]
