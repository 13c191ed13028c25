"""Received requests as an HTTP Archive (HAR 1.2), the format of browser tools: a pure function."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import parse_qsl, quote

from ..masking.secrets import Secrets
from ..message.head import TOKEN, Pairs
from ..records.exchange import Exchange
from ..visible import MASK

Json = dict[str, Any]

# All characters of RFC 3986, so that encoded characters stay as they are.
_URL_CHARACTERS: Final = "%:/?#[]@!$&'()*+,;=-._~"
_UNKNOWN: Final = -1
_NO_TYPE: Final = "application/octet-stream"
_COOKIE_TEXTS: Final[Mapping[str, str]] = {"path": "path", "domain": "domain"}
_COOKIE_FLAGS: Final[Mapping[str, str]] = {"httponly": "httpOnly", "secure": "secure"}


def archive(exchanges: Iterable[Exchange], secrets: Secrets, creator: str, version: str) -> Json:
    """The answered requests in the given order, masked by ``secrets``."""
    entries = [_Entry(exchange, secrets).to_json() for exchange in exchanges]
    return {"log": {"version": "1.2", "creator": {"name": creator, "version": version}, "entries": entries}}


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
        query = parse_qsl(request.query_string, keep_blank_values=True)
        line = f"{request.method} {request.target} HTTP/{request.version}\r\n"
        made: Json = {
            "method": self._secrets.hide(request.method),
            "url": quote(self._secrets.hide(self._exchange.url), safe=_URL_CHARACTERS),
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
        if request.body_size:
            made["postData"] = self._post_data()
        return made

    def _post_data(self) -> Json:
        request = self._request
        text, encoding = _text(self._secrets, request.content, request.charset)
        data: Json = {"mimeType": self._secrets.hide(request.header("content-type") or _NO_TYPE), "text": text}
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
        if params:
            data["params"] = params
        if encoding:
            # HAR defines it for content only; custom names begin with an underscore.
            data["_encoding"] = encoding
        if request.cut is not None:
            data["comment"] = str(request.cut)
        return data

    def _response_json(self) -> Json:
        response = self._exchange.response
        if response is None:
            # What browsers write if there was no response.
            return {
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
        return {
            "status": response.status,
            "statusText": response.reason,
            "httpVersion": "HTTP/1.1",
            "cookies": [self._set_cookie(value) for name, value in response.headers if name.lower() == "set-cookie"],
            "headers": self._headers(response.headers),
            "content": self._content(headers.get("content-type", _NO_TYPE), response.length),
            "redirectURL": self._secrets.hide(headers.get("location", "")),
            # The wire adds fields that are not recorded.
            "headersSize": _UNKNOWN,
            "bodySize": _UNKNOWN if response.length is None else response.length,
        }

    def _content(self, content_type: str, length: int | None) -> Json:
        body = self._exchange.sent_body
        text, encoding = _text(self._secrets, body, "utf-8")
        size = len(body) if length is None else length
        content: Json = {"size": size, "mimeType": self._secrets.hide(content_type), "text": text}
        if encoding:
            content["encoding"] = encoding
        if len(body) < size:
            content["comment"] = f"{size} bytes, of which the first {len(body)} are kept"
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


def _expires(text: str) -> Json:
    try:
        return {"expires": parsedate_to_datetime(text).isoformat(timespec="milliseconds")}
    except (ValueError, OverflowError):
        return {}


def _text(secrets: Secrets, data: bytes, charset: str) -> tuple[str, str]:
    """A body as text, or as base64 with the name of that encoding."""
    try:
        text = data.decode(charset)
    except UnicodeDecodeError:
        return b64encode(secrets.hide_bytes(data)).decode("ascii"), "base64"
    return secrets.hide(text), ""
