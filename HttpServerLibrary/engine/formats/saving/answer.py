"""The response that a saved expectation gives: what was recorded, masked, without what each connection has anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final

from ...masking.secrets import Secrets
from ...message.charset import known_charset
from ...message.content import CODINGS, decode, encode
from ...message.head import TOKEN
from ...message.reply import Ending
from ...message.response import BODILESS, WIRE_FIELDS, Headers, first_value, reason_phrase
from ...records.exchange import Exchange
from ...visible import MASK

# The wire adds these anew, or they belong to one connection (RFC 9110, 7.6.1).
_DROPPED: Final = WIRE_FIELDS | {"keep-alive", "proxy-connection", "te", "trailer", "upgrade"}
_MAX_CONTENT: Final = 64 * 1024 * 1024
# The server itself answered, because something went wrong.
_OWN_ANSWERS: Final = frozenset(
    {
        *("UNEXPECTED REQUEST", "OUT OF ORDER", "REFUSED", "NO RESPONSE", "HANDLER ERROR", "MATCHER ERROR"),
        *("MALFORMED REQUEST", "TEMPLATE ERROR", "FORWARDING FAILED"),
    }
)


@dataclass(frozen=True)
class Broken:
    """How a response was broken on purpose: ``after`` so many bytes of its body, None before its head."""

    how: Ending
    after: int | None


@dataclass(frozen=True)
class Answer:
    """A response as it is sent again.

    ``reason`` is empty if it is the usual one. ``body`` is as sent, with the coding that the headers name; ``coding``
    is the one that can be applied to the ``content`` again.
    """

    status: int
    reason: str
    headers: Headers
    body: bytes
    content: bytes
    coding: str | None
    broken: Broken | None

    def values(self, name: str) -> list[str]:
        """The values of a header; the name in lower case."""
        return [value for field, value in self.headers if field.lower() == name]

    def others(self, *names: str) -> Headers:
        """The headers with other names than these, which are in lower case."""
        return tuple((name, value) for name, value in self.headers if name.lower() not in names)

    @cached_property
    def content_type(self) -> str:
        """The only Content-Type; empty if there is none, or more than one."""
        values = self.values("content-type")
        return values[0] if len(values) == 1 else ""

    @property
    def media_type(self) -> str:
        return self.content_type.partition(";")[0].strip().lower()

    @property
    def digest(self) -> bytes:
        """The same for equal responses."""
        facts = repr((self.status, self.reason, self.headers, self.broken)).encode("utf-8", "surrogatepass")
        return sha256(facts + b"\0" + self.body).digest()[:16]


def is_being_sent(exchange: Exchange) -> bool:
    """Whether it is still unknown how much of the response is sent: a client may have read it already."""
    return exchange.response is not None and exchange.delivered is None and exchange.stream is None


def why_left_out(exchange: Exchange) -> str:
    """Why an exchange cannot be saved as an expectation; empty if it can."""
    request, response, progress = exchange.request, exchange.response, exchange.progress
    if request.fault is not None or not request.method:
        return "the request is malformed"
    problem = exchange.problem
    if problem is not None and problem.kind in _OWN_ANSWERS:
        return f"it was answered with a problem: {problem.kind}"
    if response is None:
        return "it has no response yet"
    if exchange.stream is not None:
        return "its response is still open"
    if exchange.delivered is None:
        return "its response is not sent yet"
    if response.raw:
        return "raw bytes were sent in place of a response"
    if exchange.bodies_dropped:
        return "max_bytes_kept dropped its bodies"
    if progress is not None and progress.broken is not None:
        is_known = isinstance(response.body, bytes)
        return "" if is_known else f"its response was broken: {progress.note}"
    if exchange.delivered is False:
        return f"its response was {exchange.loss}" if progress is None else progress.note or exchange.loss
    if not 200 <= response.status <= 599:
        return f"its status is {response.status}"
    return _missing(exchange)


def _missing(exchange: Exchange) -> str:
    """What is missing of a body that was sent."""
    size, kept = exchange.body_length, len(exchange.sent_body)
    if size is None and exchange.progress is not None:
        size = exchange.progress.sent
    return "" if size is None or size == kept else f"its response has {exchange.part_of(size)}"


def answer_of(exchange: Exchange, secrets: Secrets) -> Answer:
    """The response of an exchange that is not left out."""
    response, progress = exchange.response, exchange.progress
    assert response is not None
    broken = None
    body = exchange.sent_body
    if progress is not None and progress.broken is not None:
        assert isinstance(response.body, bytes)
        body = response.body
        broken = Broken(progress.broken, progress.sent if progress.begun else None)
    content, coding = _content(body, response.headers)
    content_type = first_value(response.headers, "content-type") or ""
    shown = _hidden(content, known_charset(content_type) or "utf-8", secrets)
    if shown != content:
        body = shown if coding is None else b"".join(encode([shown], coding))
    reason = secrets.hide(response.reason)
    return Answer(
        response.status,
        reason if reason.isascii() and reason.strip() and reason != reason_phrase(response.status) else "",
        tuple(_headers(exchange, response.headers, secrets)),
        body,
        shown,
        coding,
        broken,
    )


def _content(body: bytes, headers: Headers) -> tuple[bytes, str | None]:
    """The content of a body, and its coding if that can be applied again."""
    codings = [value.strip().lower() for name, value in headers if name.lower() == "content-encoding"]
    if not body or len(codings) != 1 or codings[0] not in CODINGS:
        return body, None
    decoded = decode(body, codings[0], _MAX_CONTENT)
    return (body, None) if decoded.unreadable is not None else (decoded.data, codings[0])


def _headers(exchange: Exchange, headers: Headers, secrets: Secrets) -> Iterator[tuple[str, str]]:
    response = exchange.response
    assert response is not None
    # The length of a body that is not sent cannot be known otherwise.
    is_head = exchange.request.method == "HEAD" and response.status not in BODILESS
    is_length_kept = is_head or response.status == 304
    has_length = False
    for name, sent in headers:
        lower = name.lower()
        value = _own_path(sent, exchange) if lower == "location" else sent
        if lower == "content-length" and is_length_kept:
            has_length = True
        elif lower in _DROPPED:
            continue
        yield secrets.hide(name), _cookie(value, secrets) if lower == "set-cookie" else secrets.header(name, value)
    if is_head and not has_length and response.length:
        yield "Content-Length", str(response.length)


def _own_path(address: str, exchange: Exchange) -> str:
    """The path of an address on the server itself, or on the service it stood for: both are elsewhere next time."""
    for url in filter(None, (exchange.url, exchange.forwarded_to)):
        # A service may be below a path.
        base = url.removesuffix(exchange.request.target)
        path = address[len(base) :]
        # Two slashes begin the name of a host.
        if base and address.startswith(f"{base}/") and not path.startswith("//"):
            return path
    return address


def _cookie(value: str, secrets: Secrets) -> str:
    """A cookie without its value, so that clients still see which one it is."""
    pair, semicolon, attributes = value.partition(";")
    name, equals, text = pair.partition("=")
    if not equals or not TOKEN.fullmatch(name.strip()):
        return MASK
    # One that is deleted has no value.
    shown = MASK if text.strip().strip('"') else text
    return secrets.hide(f"{name}={shown}{semicolon}{attributes}")


def _hidden(data: bytes, charset: str, secrets: Secrets) -> bytes:
    """A body without what is masked."""
    if not data:
        return data
    text = data.decode(charset, "replace")
    shown = secrets.hide(text)
    try:
        if text.encode(charset) == data:
            return data if shown == text else shown.encode(charset, "replace")
    except ValueError:
        pass
    hidden = secrets.hide_bytes(data)
    left = hidden.decode(charset, "replace")
    # It may be recognised only in the text, as in UTF-16.
    return hidden if secrets.hide(left) == left else shown.encode(charset, "replace")
