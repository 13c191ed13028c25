"""Requests, handlers and matchers whose texts hold what no log, terminal or file takes."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any, NoReturn
from urllib.parse import urlsplit

from robot.api.deco import keyword, library
from werkzeug import Response

# Half an emoji, escape sequences in seven and eight bits, NUL, a right-to-left override, line breaks of several kinds,
# and characters that XML forbids.
NASTY = "<\ud83d\x1b[31m\x9b31m\x00\u202etxt.exe\u2066\r\x0b\x0c\x85\u2028\x7f\ufffe\uffff\udcff]]>&*HTML*"
# Without what Robot Framework itself cannot write.
WRITABLE = NASTY.replace("\ud83d", "").replace("\udcff", "")
_BYTES = b"<\x1b[31m\x9b31m\x00\xe2\x80\xaetxt\r\x0b\xff\xfe\xed\xa0\xbd\xef\xbf\xbe]]>&"
_IN_HEADERS = bytes(byte for byte in _BYTES if byte >= 0x80 or 0x20 <= byte < 0x7F)
_QUOTED = "".join(f"%{byte:02x}" for byte in _BYTES).encode()
_JSON = b'{"a": "\\ud83d\\u001b[31m\\u0000\\u202e\\uffff", "\\ud83d\\u0000": "\\udc00"}'
_TIMEOUT = 30


class _Strange(Exception):
    """Its text cannot be had in the usual way."""

    def __init__(self, result: Any) -> None:
        super().__init__()
        self._result = result

    def __str__(self) -> str:
        if isinstance(self._result, BaseException):
            raise self._result
        return self._result  # type: ignore[no-any-return]

    __repr__ = __str__


def _noted(error: BaseException) -> BaseException:
    # As add_note() of Python 3.11 does.
    error.__notes__ = [NASTY, f"{NASTY}\n{NASTY}"]  # type: ignore[attr-defined]
    return error


def _caused(error: BaseException) -> BaseException:
    error.__cause__ = ValueError(NASTY)
    error.__cause__.__context__ = KeyError(NASTY, NASTY)
    return error


def _exceptions() -> list[BaseException]:
    group = globals()["__builtins__"].get("ExceptionGroup")
    return [
        ValueError(NASTY),
        KeyError(NASTY),
        UnicodeDecodeError("utf-8", _BYTES, 0, 1, NASTY),
        OSError(2, NASTY, NASTY),
        SyntaxError(NASTY, (NASTY, 1, 1, NASTY)),
        type("\x1b\u202e", (Exception,), {"__module__": NASTY})(NASTY),
        _Strange(ValueError(NASTY)),
        _Strange(None),
        _Strange(f"{NASTY}\n" * 5),
        _noted(ValueError(NASTY)),
        _caused(ValueError(NASTY)),
        SystemExit(NASTY),
        *([] if group is None else [group(NASTY, [ValueError(NASTY), _caused(KeyError(NASTY))])]),
    ]


def _raises(error: BaseException) -> Callable[[object], NoReturn]:
    def handler(request: object) -> NoReturn:
        raise error

    return handler


def _returns(value: object) -> Callable[[object], Any]:
    def handler(request: object) -> object:
        return value

    return handler


def _streams(error: BaseException) -> Callable[[object], Response]:
    def pieces() -> Any:
        yield b"piece"
        raise error

    return lambda request: Response(pieces())


class _NastyResult:
    def __repr__(self) -> str:
        return NASTY


class _NoResult:
    def __repr__(self) -> str:
        raise ValueError(NASTY)


@library(scope="GLOBAL", auto_keywords=False)
class HostileKeywords:
    @keyword
    def hostile_handlers(self) -> list[Callable[..., Any]]:
        """Handlers whose exceptions and results are hostile."""
        handlers: list[Callable[..., Any]] = [_raises(error) for error in _exceptions()]
        handlers += [_streams(error) for error in _exceptions()]
        results = [
            NASTY,
            {NASTY: NASTY},
            [NASTY],
            {NASTY},
            _NastyResult(),
            _NoResult(),
            Response(NASTY.encode("utf-7")),
        ]
        return [*handlers, *map(_returns, results)]

    @keyword
    def hostile_matchers(self) -> list[Callable[..., Any]]:
        """Matchers whose exceptions are hostile."""
        return [_raises(error) for error in _exceptions()]

    @keyword
    def send_hostile_requests(self, url: str) -> None:
        """Sends well-formed and malformed requests with bytes that nobody wants to see, in all their parts."""
        form = b"Content-Type: application/x-www-form-urlencoded\r\n"
        multipart = b"Content-Type: multipart/form-data; boundary=b\r\n"
        part = b'--b\r\nContent-Disposition: form-data; name="%b"; filename="%b"\r\n\r\n%b\r\n--b--\r\n'
        for head, body in [
            (b"GET /%b?%b=%b HTTP/1.1\r\n" % (_QUOTED, _QUOTED, _QUOTED), b""),
            (b"GET / HTTP/1.1\r\nX: %b\r\nCookie: %b=%b\r\n" % (_IN_HEADERS, _IN_HEADERS, _IN_HEADERS), b""),
            (b"GET / HTTP/1.1\r\nAuthorization: %b %b\r\n" % (_IN_HEADERS, _IN_HEADERS), b""),
            (b"GET / HTTP/1.1\r\nAuthorization: Basic gKDiua4b\r\nAccept: application/json\r\n", b""),
            (b"POST / HTTP/1.1\r\n", _BYTES),
            (b"POST / HTTP/1.1\r\nContent-Type: text/plain; charset=utf-7\r\n", b"+2D0-+IC4-+ABs-"),
            (b"POST / HTTP/1.1\r\nContent-Type: text/plain; charset=unicode_escape\r\n", b"\\ud83d\\x1b\\]"),
            (b"POST / HTTP/1.1\r\nContent-Type: %b; charset=%b\r\n" % (_IN_HEADERS, _IN_HEADERS), _BYTES),
            (b"POST / HTTP/1.1\r\nContent-Encoding: %b\r\n" % _IN_HEADERS, _BYTES),
            (b"POST / HTTP/1.1\r\nContent-Type: application/json\r\n", _JSON),
            (b"POST / HTTP/1.1\r\n" + form, _QUOTED + b"=" + _QUOTED),
            (b"POST / HTTP/1.1\r\n" + multipart, part % (_BYTES, _BYTES, _BYTES)),
            (b"POST / HTTP/1.1\r\n" + multipart, part.replace(b'name="%b"; file', b"file") % (_BYTES, _BYTES)),
            (b"POST / HTTP/1.1\r\nContent-Type: text/xml\r\n", b"<a b='" + _BYTES + b"'>"),
            (b"POST / HTTP/1.1\r\nContent-Type: text/xml\r\n", "<a>\u202e\x9b</a>".encode()),
            (_BYTES + b" / HTTP/1.1\r\n", b""),
            (b"GET /" + _BYTES + b" HTTP/1.1\r\n", b""),
            (b"GET / HTTP/1.1\r\nX" + _BYTES + b": 1\r\n", b""),
            (b"GET / HTTP/1.1\r\nX: " + _BYTES + b"\r\n", b""),
        ]:
            host = b"Host: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
            self._send(url, head + host + body)

    def _send(self, url: str, data: bytes) -> None:
        with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), _TIMEOUT) as connection:
            connection.sendall(data)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        if b"\r\n\r\n" not in answer:
            raise AssertionError(f"No answer to {data!r}.")
        explained = answer.partition(b"\r\n\r\n")[2]
        text = explained.decode()
        if explained and not text.replace("\n", "").isprintable():
            raise AssertionError(f"Not printable: {text!r}")

    @keyword
    def send_plain_requests(self, url: str, count: int) -> None:
        """Sends requests one after the other; their responses may end early."""
        for _ in range(count):
            with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), _TIMEOUT) as connection:
                connection.sendall(b"GET /it HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                while connection.recv(65536):
                    pass
