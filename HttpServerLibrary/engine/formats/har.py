"""Received requests as an HTTP Archive (HAR 1.2), the format of browser tools.

A program can send each request again byte by byte, except for masked values: method, version and headers are as sent,
headers as latin-1. HAR has no place for some of this, so there are fields of our own, whose names begin with an
underscore, where they are needed: ``_callbacks`` are the entries of requests that were sent after a response.
``_problem`` is the kind of problem that a request caused. Of a response, ``_raw`` says that its content is all that was
sent, the head included, and ``_fault`` how it was broken on purpose. ``_target`` is the request target if the URL
differs from it. ``_encoding`` of ``postData`` says that the text is base64, because the body is not text. If the body
has a Content-Encoding, the text is decoded, and ``_sent`` is the body as sent, in base64; it is missing if something in
the body is masked. ``_forwardedTo`` is the URL that the request was sent on to.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import parse_qsl, quote

from ..masking.secrets import Secrets
from ..message.charset import known_charset
from ..message.head import TOKEN, Pairs
from ..message.request import Request
from ..outbound.callback import CallbackRecord
from ..phrase import text
from ..records.exchange import Exchange
from ..scope import Scope
from ..visible import MASK

Json = dict[str, Any]

# All characters of RFC 3986, so that encoded characters stay as they are.
_URL_CHARACTERS: Final = "%:/?#[]@!$&'()*+,;=-._~"
_UNKNOWN: Final = -1
_NO_TYPE: Final = "application/octet-stream"
_COOKIE_TEXTS: Final[Mapping[str, str]] = {"path": "path", "domain": "domain"}
_COOKIE_FLAGS: Final[Mapping[str, str]] = {"httponly": "httpOnly", "secure": "secure"}


def archive(exchanges: Iterable[Exchange], secrets: Secrets, creator: str, version: str) -> Iterator[str]:
    """The requests in the given order, masked by ``secrets``, as pieces of JSON in ASCII with an entry on each line.

    Only one entry is in memory at a time.
    """
    yield f'{{"log": {{"version": "1.2", "creator": {json.dumps({"name": creator, "version": version})}, "entries": ['
    separator = "\n"
    for exchange in exchanges:
        yield f"{separator}{json.dumps(_Entry(exchange, secrets).to_json())}"
        separator = ",\n"
    yield "\n]}}\n"


class _Entry:
    """One request with its response."""

    def __init__(self, exchange: Exchange, secrets: Secrets) -> None:
        self._exchange = exchange
        self._request = exchange.request
        self._secrets = secrets

    def to_json(self) -> Json:
        duration = round(self._exchange.duration * 1000, 3)
        arrival = datetime.fromtimestamp(self._request.time, timezone.utc)
        entry = {
            "startedDateTime": arrival.isoformat(timespec="milliseconds"),
            "time": duration,
            "request": self._request_json(),
            "response": self._response_json(),
            "cache": {},
            # A server knows only the time from the arrival to the response.
            "timings": {"send": 0, "wait": duration, "receive": 0},
        }
        port = self._request.client.rpartition(":")[2]
        if port:
            # Browser tools treat requests from one port as one connection.
            entry["connection"] = port
        if self._exchange.forwarded_to is not None:
            entry["_forwardedTo"] = self._secrets.hide(self._exchange.forwarded_to)
        progress = self._exchange.progress
        if progress is not None and progress.callbacks:
            entry["_callbacks"] = [_callback(record, self._secrets) for record in progress.callbacks]
        if self._exchange.problem is not None:
            entry["_problem"] = self._exchange.problem.kind
        comment = self._comment()
        if comment:
            entry["comment"] = self._secrets.hide(comment)
        return entry

    def _comment(self) -> str:
        if self._exchange.problem is not None:
            return self._exchange.problem.message
        return "" if self._exchange.expectation is None else str(self._exchange.expectation)

    def _headers(self, pairs: Pairs) -> list[Json]:
        return [{"name": self._name(name), "value": self._secrets.header(name, value)} for name, value in pairs]

    def _name(self, name: str) -> str:
        """The name of a header, parameter or form field."""
        return self._secrets.hide(name)

    def _request_json(self) -> Json:
        request = self._request
        line = f"{request.method} {request.target} HTTP/{request.version}\r\n"
        url = quote(self._secrets.hide(self._exchange.url), safe=_URL_CHARACTERS)
        target = self._secrets.hide(request.target)
        # Masked before it is split: a secret may have a '?' or '&'.
        query = parse_qsl(target.partition("?")[2], keep_blank_values=True)
        made: Json = {
            "method": self._secrets.hide(request.method),
            "url": url,
            "httpVersion": f"HTTP/{request.version}",
            "cookies": [
                self._cookie(pair, "Cookie") for value in request.header_values("cookie") for pair in value.split(";")
            ],
            "headers": self._headers(request.headers),
            "queryString": [
                {"name": self._name(name), "value": self._secrets.field(name, value)} for name, value in query
            ],
            "headersSize": len(line) + len(request.fields) + 2,
            "bodySize": request.body_size,
        }
        if target and not (target.startswith("/") and url.endswith(target)):
            made["_target"] = target
        if request.body_size:
            made["postData"] = self._post_data()
        return made

    def _post_data(self) -> Json:
        request = self._request
        is_part = request.cut is not None or request.fault is not None
        text, encoding = _text(self._secrets, request.content, request.charset, is_part)
        data: Json = {"mimeType": self._secrets.hide(request.header("content-type") or _NO_TYPE), "text": text}
        # The last parameter of an incomplete body may be part of a secret.
        params = [] if is_part else self._params()
        if params:
            data["params"] = params
        if encoding:
            # HAR defines it for content only.
            data["_encoding"] = encoding
        is_decoded = request.content is not request.body
        if is_decoded and not _is_masked(self._secrets, request.content, request.charset, is_part):
            data["_sent"] = b64encode(request.body).decode("ascii")
        if request.cut is not None:
            data["comment"] = str(request.cut)
        return data

    def _params(self) -> list[Json]:
        request = self._request
        params: list[Json] = [
            {"name": self._name(name), "value": self._secrets.field(name, value)}
            for name, values in request.form.items()
            for value in values
        ]
        params += (
            {
                "name": self._name(name),
                "fileName": self._secrets.hide(file.filename or ""),
                "contentType": self._secrets.hide(file.content_type or ""),
            }
            for name, files in request.files.items()
            for file in files
        )
        return params

    def _response_json(self) -> Json:
        response, progress = self._exchange.response, self._exchange.progress
        note = None if progress is None else progress.note
        comment: Json = {} if note is None else {"comment": note}
        if progress is not None and self._exchange.stream is not None:
            comment = {"comment": f"open {progress.place}"}
        elif note is None and response is not None and response.raw:
            comment = {"comment": "raw bytes in place of a response, the head included"}
        is_lost = note is None and self._exchange.delivered is False and response is not None
        if is_lost:
            comment = {"comment": self._exchange.loss}
        if response is None or is_lost or (note is not None and progress is not None and not progress.begun):
            # What browsers write if there was no response.
            return {
                **comment,
                "status": 0,
                "statusText": "",
                "httpVersion": "HTTP/1.1",
                "cookies": [],
                "headers": [],
                "content": {"size": 0, "mimeType": _NO_TYPE},
                "redirectURL": "",
                "headersSize": _UNKNOWN,
                "bodySize": _UNKNOWN,
            }
        headers = {name.lower(): value for name, value in response.headers}
        special: Json = {"_raw": True} if response.raw else {}
        if progress is not None and progress.broken is not None:
            special["_fault"] = note
        return {
            **comment,
            **special,
            "status": response.status,
            "statusText": self._secrets.hide(response.reason),
            "httpVersion": "HTTP/1.1",
            "cookies": [self._set_cookie(value) for name, value in response.headers if name.lower() == "set-cookie"],
            "headers": self._headers(response.headers),
            "content": self._content(headers.get("content-type", _NO_TYPE)),
            "redirectURL": self._secrets.hide(headers.get("location", "")),
            # The wire adds fields that are not recorded.
            "headersSize": _UNKNOWN,
            "bodySize": self._sent(),
        }

    def _sent(self) -> int:
        """How many bytes of the body were sent."""
        progress = self._exchange.progress
        if progress is not None and progress.note is not None:
            return progress.sent
        length = self._exchange.body_length
        return _UNKNOWN if length is None else length

    def _content(self, content_type: str) -> Json:
        body, length = self._exchange.sent_body, self._exchange.body_length
        decoded = self._exchange.sent_content
        # A stream may have ended early, or is kept in part.
        is_part = self._exchange.captured is not None
        text, encoding = _text(self._secrets, decoded, known_charset(content_type) or "utf-8", is_part)
        size = len(body) if length is None else length
        content: Json = {"size": size, "mimeType": self._secrets.hide(content_type), "text": text}
        if decoded != body:
            content["size"] = len(decoded)
            content["compression"] = len(decoded) - len(body)
        if encoding:
            content["encoding"] = encoding
        if len(body) < size:
            content["comment"] = self._exchange.part_of(size)
        return content

    def _cookie(self, pair: str, header: str) -> Json:
        # Without a '=', all of it is the value.
        name, _, value = pair.partition("=") if "=" in pair else ("", "", pair)
        name = name.strip()
        # What is no name may be credentials that a client sent in the wrong header.
        return {
            "name": self._name(name) if TOKEN.fullmatch(name) or not name else MASK,
            "value": self._secrets.header(header, value.strip()),
        }

    def _set_cookie(self, value: str) -> Json:
        """A cookie with its attributes (RFC 6265, 4.1.1)."""
        pair, *attributes = value.split(";")
        cookie = self._cookie(pair, "Set-Cookie")
        for attribute in attributes:
            key, _, text = attribute.partition("=")
            key = key.strip().lower()
            if key in _COOKIE_TEXTS:
                cookie[_COOKIE_TEXTS[key]] = self._secrets.hide(text.strip())
            elif key in _COOKIE_FLAGS:
                cookie[_COOKIE_FLAGS[key]] = True
            elif key == "expires":
                cookie |= _expires(text.strip())
        return cookie


def _callback(record: CallbackRecord, secrets: Secrets) -> Json:
    entry = _Entry(_exchange_of(record), secrets).to_json()
    missing = record.missing
    return entry if missing is None else {**entry, "comment": text(missing, secrets)}


def _exchange_of(record: CallbackRecord) -> Exchange:
    """A callback as if it had been received."""
    destination = record.prepared.destination
    request = Request.of(record.method, destination.target, record.headers, record.body)
    if record.time is not None and record.started is not None:
        request.time, request.started = record.time, record.started
    exchange = Exchange(request, f"{destination.scheme}://{destination.authority}", Scope("callback"))
    exchange.response = record.response
    exchange.ended = record.ended
    return exchange


def _expires(text: str) -> Json:
    try:
        return {"expires": parsedate_to_datetime(text).isoformat(timespec="milliseconds")}
    except (ValueError, OverflowError):
        return {}


def _text(secrets: Secrets, data: bytes, charset: str, is_part: bool) -> tuple[str, str]:
    """A body as text, masked; as base64, with the name of that encoding, if text would not become the body again.

    What is part of a body may end within a secret.
    """
    text = data.decode(charset, "replace")
    if _becomes(text, data, charset):
        return secrets.hide(text, cut_after=is_part), ""
    hidden = secrets.hide_bytes(data, cut_after=is_part)
    left = hidden.decode(charset, "replace")
    if secrets.hide(left, cut_after=is_part) != left:
        # It is recognised only in the text, as in UTF-16.
        return secrets.hide(text, cut_after=is_part), ""
    return b64encode(hidden).decode("ascii"), "base64"


def _becomes(text: str, data: bytes, charset: str) -> bool:
    """Whether a program can make the data of the text."""
    try:
        return text.encode(charset) == data
    except ValueError:
        return False


def _is_masked(secrets: Secrets, data: bytes, charset: str, is_part: bool) -> bool:
    text = data.decode(charset, "replace")
    return secrets.hide(text, cut_after=is_part) != text or secrets.hide_bytes(data, cut_after=is_part) != data
