"""What the server accepts and refuses, with the section of RFC 9112 (or 9110, then written out) it is from.

A vector is one line: the section, the bytes, and what comes of them. In the bytes ¶ stands for CRLF. What comes of them
is one text for each answer: the request as it arrived (``POST / HTTP/1.1 body``), or the status and a part of the
reason (``400 no Host``), after which the server closes. `CLOSE` says that it closes after a good answer, too.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import quote, unquote

import pytest

from HttpServerLibrary.engine.message.reply import Reply
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.wire.limits import Limits
from HttpServerLibrary.engine.wire.listener import Listener
from HttpServerLibrary.engine.wire.parser import Parser
from utest import helpers


class Vector(NamedTuple):
    """What arrives, and what comes of it."""

    name: str
    data: bytes
    answers: tuple[str, ...]


def each(section: str, template: str, values: list[str], *answers: str) -> list[Vector]:
    """Vectors that differ in one place, which is § in the template and in the answers."""
    return [
        Vector(
            f"{section} {value!a}"[:60],
            template.replace("§", value).replace("¶", "\r\n").encode("latin-1"),
            tuple(answer.replace("§", value) for answer in answers),
        )
        for value in values
    ]


def one(section: str, data: str, *answers: str) -> list[Vector]:
    return each(section, "§", [data], *answers)


LINE = "§¶Host: a¶¶"
VERSION = "GET / §¶Host: a¶¶"
TARGET = "GET § HTTP/1.1¶Host: a¶¶"
HOST = "GET / HTTP/1.1¶Host: §¶¶"
FIELD = "GET / HTTP/1.1¶Host: a¶§¶¶"
LENGTH = "POST / HTTP/1.1¶Host: a¶Content-Length: §¶¶abcde"
ENCODING = "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: §¶¶3¶abc¶0¶¶"
FRAMING = "POST / HTTP/1.1¶Host: a¶§¶¶3¶abc¶0¶¶"
CHUNKS = "POST / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶§"
NEXT = "GET /next HTTP/1.1¶Host: a¶¶"

GET = "GET / HTTP/1.1"
POST = "POST / HTTP/1.1"
CLOSE = "close"
LONG = "a" * 8192

LINE_ENDS = [
    *one("2.2", "¶GET / HTTP/1.1¶Host: a¶¶", GET),
    *one("2.2", "¶" * 16 + "GET / HTTP/1.1¶Host: a¶¶", GET),
    *one("2.2", f"GET / HTTP/1.1¶Host: a¶¶¶¶{NEXT}", GET, "GET /next HTTP/1.1"),
    *one("2.2", f"POST / HTTP/1.1¶Host: a¶Content-Length: 2¶¶ab¶{NEXT}", f"{POST} ab", "GET /next HTTP/1.1"),
    *one("2.2", ("¶" * 10 + NEXT) * 2, "GET /next HTTP/1.1", "GET /next HTTP/1.1"),
    *one("2.2", "¶" * 17, "400 too many empty lines before a request"),
    *one("2.2", "\nGET / HTTP/1.1¶Host: a¶¶", "400 the request line does not start with a method"),
    *one("2.2", "\rGET / HTTP/1.1¶Host: a¶¶", "400 the request line does not start with a method"),
    *each("2.2", "§GET / HTTP/1.1¶Host: a¶¶", [" ", "\t", "\0", " ¶", "\x0b", "\xa0", "¶ "], "400 start with a method"),
    *each(
        "2.2",
        "§",
        [
            *("GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\nHost: a¶¶", "GET / HTTP/1.1¶Host: a\n¶"),
            *("GET / HTTP/1.1¶Host: a¶\n", "GET / HTTP/1.1¶Host: a\nA: b¶¶", "GET / HTTP/1.1¶Host: a¶A: b\nC: d¶¶"),
            *("GET / HTTP/1.1¶Host: a¶A: b\n C: d¶¶", "GET / HTTP/1.1¶Host: a¶A: b\n\nGET /b HTTP/1.1¶Host: a¶¶"),
        ],
        "400 LF instead of CRLF",
    ),
    *each(
        "2.2",
        "§",
        [
            *("GET / HTTP/1.1\rHost: a\r\r", "GET / HTTP/1.1\r¶Host: a¶¶", "GET /\r HTTP/1.1¶Host: a¶¶"),
            *("GET /\rHTTP/1.1¶Host: a¶¶", "GET\r/ HTTP/1.1¶Host: a¶¶", "GET / HTTP/1.1¶\rHost: a¶¶"),
            *("GET / HTTP/1.1¶Host: a\r\r", "GET / HTTP/1.1¶Host: a\rA: b¶¶", "GET / HTTP/1.1¶Host: a\r¶¶"),
            *("GET / HTTP/1.1¶Host: a¶\r¶", "GET / HTTP/1.1¶Host: a¶\rA: b¶¶", "GET / HTTP/1.1¶Host: a¶A\r: b¶¶"),
            *("GET / HTTP/1.1¶Host: a¶A:\rb¶¶", "GET / HTTP/1.1¶Host: a¶A: b\rTransfer-Encoding: chunked¶¶"),
            *("GET / HTTP/1.1¶Host: a¶A: b\r\rC: d¶¶", "GET / HTTP/1.1¶Host: a¶A: b\r c\n"),
        ],
        "400 CR without LF",
    ),
    *each("2.2", "GET / HTTP/1.1¶§¶¶", [" Host: a", "\tHost: a", " A: b¶Host: a", " ¶Host: a"], "400 with whitespace"),
]

REQUEST_LINES = [
    *each("2.3", VERSION, ["HTTP/1.2", "HTTP/1.9"], "GET / §"),
    *one("2.3", "GET / HTTP/1.0¶¶", "GET / HTTP/1.0", CLOSE),
    *one("2.3", "GET / HTTP/1.0¶Host: a¶¶", "GET / HTTP/1.0", CLOSE),
    *each("2.3", VERSION, ["HTTP/2.0", "HTTP/0.9", "HTTP/3.0", "HTTP/9.9", "HTTP/0.0"], "505 the major version"),
    *one("9113 3.4", "PRI * HTTP/2.0¶¶SM¶¶", "505 the client speaks HTTP/2 with prior knowledge"),
    *each(
        "2.3",
        VERSION,
        [
            *("HTTP/1.10", "HTTP/11.1", "HTTP/01.1", "HTTP/1.01", "HTTP/1.", "HTTP/.1", "HTTP/1", "HTTP/", "HTTP"),
            *("http/1.1", "Http/1.1", "HTTP/1,1", "HTTP /1.1", "HTTP/ 1.1", "HTTP/1 .1", "HTTP/1.1x", "HTTP1.1"),
            *("HTTP/-1.1", "HTTP/1.-1", "HTTP/+1.1", "HTTP/x.y", "HTTPS/1.1", "HTP/1.1", "ICY/1.1"),
            "HTTP/1.1 HTTP/1.1",
        ],
        "400 the request line is not 'method target HTTP/1.1'",
    ),
    *each(
        "3",
        LINE,
        [
            *("GET", "GET /", "GET / ", "GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ", "GET HTTP/1.1"),
            *("GET  HTTP/1.1", "HTTP/1.1", "GET /a b HTTP/1.1", "garbage", "G(T / HTTP/1.1"),
            *("GET, / HTTP/1.1", "G@T / HTTP/1.1", 'GET" / HTTP/1.1', "GET: / HTTP/1.1", "GET/ HTTP/1.1"),
            *("GET /HTTP/1.1", "Extra lineGET / HTTP/1.1"),
        ],
        "400 the request line is not 'method target HTTP/1.1'",
    ),
    *each("3", LINE, ['"GET" / HTTP/1.1', "(GET) / HTTP/1.1", " ", "@", "{}", ":"], "400 with a method"),
    *each(
        "3",
        LINE,
        [
            *("GET\t/ HTTP/1.1", "GET /\tHTTP/1.1", "GET / HTTP/1.1\t", "GET\x0b/ HTTP/1.1", "GET /\x0cHTTP/1.1"),
            *("GET /\0 HTTP/1.1", "GET /\x01 HTTP/1.1", "GET /\x7f HTTP/1.1", "GET /\x1f HTTP/1.1", "G\0T / HTTP/1.1"),
            *("GET /\xe4 HTTP/1.1", "GET /\xc0\xaf HTTP/1.1", "GET /\x85 HTTP/1.1", "G\xc9T / HTTP/1.1"),
            *("GET\xa0/ HTTP/1.1", "GET / HTTP/1.\xb2", "GET / HTTP/1.1\0"),
        ],
        "400 the request line has a byte that is not printable ASCII",
    ),
    *each(
        "3",
        LINE,
        ["HEAD / ", "HEAD  / HTTP/1.1", "HEAD /a b HTTP/1.1", "HEAD / HTTP/1.1 ", "HEAD / http/1.1"],
        "400 the request line is not 'method target HTTP/1.1'",
    ),
    *each(
        "3",
        LINE,
        ["HEAD\t/ HTTP/1.1", "HEAD /\0 HTTP/1.1", "HEAD /\xe4 HTTP/1.1"],
        "400 the request line has a byte that is not printable ASCII",
    ),
    *each("3", "§", ["\xff\0", "\0" * 500, "\x80\x2e\x01\x03"], "400 start with a method"),
    *each(
        "3",
        "§",
        ["G\0", "GET /\x80", "GET / HTTP/1.1\0"],
        "400 the request line has a byte that is not printable ASCII",
    ),
    *one(
        "3",
        "\x16\x03\x01\x02\0\x01\0",
        "400 the client speaks TLS (https), but this server speaks plain HTTP: begin the URL with http://, "
        "or start the server with tls=True",
    ),
    *one("3", "OPTIONS * RTSP/1.0¶CSeq: 1¶¶", "400 the request line is not"),
    *each(
        "3.1",
        "§ / HTTP/1.1¶Host: a¶¶",
        ["get", "TRACE", "PURGE", "pa-tch!", "M" * 300, "!#$%&'*+-.^_`|~"],
        "§ / HTTP/1.1",
    ),
    *one("3.1", "HEAD / HTTP/1.1¶Host: a¶¶", "HEAD / HTTP/1.1"),
    *one("3.1", "G" * 9000, "501 the method is longer than 8448 bytes"),
    *one("3.1", f"{'G' * 9000} / HTTP/1.1¶Host: a¶¶", "501 the method is longer than 8448 bytes"),
    *one("3", f"GET /{LONG[1:]} HTTP/1.1¶Host: a¶¶", f"GET /{LONG[1:]} HTTP/1.1"),
    *one("3", f"GET /{LONG} HTTP/1.1¶Host: a¶¶", "414 the request target is longer than 8192 bytes"),
    *one("3", f"GET /?{LONG * 4} HTTP/1.1¶Host: a¶¶", "414 the request target is longer than 8192 bytes"),
    *one("3", f"GET http://a/{LONG} HTTP/1.1¶Host: a¶¶", "414 the request target is longer than 8192 bytes"),
    *one("3", f"GET /{LONG}{LONG}", "414 the request target is longer than 8192 bytes"),
    *one("3", f"HEAD /{LONG} HTTP/1.1¶Host: a¶¶", "414 the request target is longer than 8192 bytes"),
]

TARGETS = [
    *each(
        "3.2.1",
        TARGET,
        [
            *("/", "/a", "/a/../b", "//a", "/?", "/?a=b&c", "/a?b?c/d", "/a%20b", "/%zz%", "/%00", "/a;b=c", "/:@"),
            *("/-._~!$&'()*+,;=", "/?a=[]{}|^`\\", "/[a]|^{b}`", '/"<a>"?"<b>"', "/http://a/", "/*"),
        ],
        "GET § HTTP/1.1",
    ),
    *each(
        "3.2.1",
        TARGET,
        ["/a#b", "/#", "/?a#b", "/a\\b", "/..\\?a", "\\", "#"],
        "400 percent-encode it",
    ),
    *each(
        "3.2.1", TARGET, ["a", "a/b", "?a", ".", "..", "a.html", "[::1]", "&", "%2f"], "400 neither a path nor an http"
    ),
    *each(
        "3.2.2",
        TARGET,
        [
            *("http://b", "http://b/", "http://b:80/c?d", "HTTP://b/", "http://b?c", "http://[::1]:80/", "http://b:/"),
            "http://1.2.3.4/",
        ],
        "GET § HTTP/1.1",
    ),
    *one("3.2.2", "OPTIONS http://b HTTP/1.1¶Host: a¶¶", "OPTIONS http://b HTTP/1.1"),
    *one("3.2.2", "GET http://b/ HTTP/1.0¶¶", "GET http://b/ HTTP/1.0", CLOSE),
    *one("3.2.2", "GET http://b/ HTTP/1.1¶¶", "400 the request has no Host"),
    *one("3.2.2", "GET http://b/ HTTP/1.1¶Host: a b¶¶", "400 the value of Host is not host:port"),
    *each(
        "3.2.2",
        TARGET,
        ["ftp://a/", "urn:a", "http:/a", "http:a", "http//a", "ws://a/", "file:///"],
        "400 neither a path",
    ),
    *each(
        "9110 4.2.1",
        TARGET,
        [
            *("http://", "http:///", "http:///b", "http://:80/", "http://?a", "http://a:b/", "http://[::1/"),
            *("http://a:99999/", "https://:1"),
        ],
        "400 the request target has no valid host",
    ),
    *each("9110 4.2.4", TARGET, ["http://a@b/", "http://a:b@c/", "http://@b/", "https://a@b"], "400 no valid host"),
    *each("9110 7.4", TARGET, ["https://b/", "HTTPS://[::1]"], "421 the request target is an https URL"),
    *each("3.2.3", "CONNECT § HTTP/1.1¶Host: a¶¶", ["a:80", "[::1]:65535", "1.2.3.4:1"], "CONNECT § HTTP/1.1", CLOSE),
    *each(
        "9110 9.3.6",
        "CONNECT § HTTP/1.1¶Host: a¶¶",
        [
            *("a", "a:", ":80", "a:b", "a:0", "a:65536", "a:99999", "a:-1", "a:080000000", "a:80:80", "a@b:80"),
            *("[::g]:80", "[::1]"),
            *("/", "/a", "*", "http://a:80/", "a:80/", "a:80?b", f"a:{'9' * 5000}"),
        ],
        "400 the target of CONNECT is not host:port",
    ),
    *each("3.2.3", TARGET, ["a:80", "localhost:80", "1.2.3.4:80", "[::1]:80"], "400 neither a path"),
    *one("3.2.4", "OPTIONS * HTTP/1.1¶Host: a¶¶", "OPTIONS * HTTP/1.1"),
    *one("3.2.4", "OPTIONS / HTTP/1.1¶Host: a¶¶", "OPTIONS / HTTP/1.1"),
    *each(
        "3.2.4",
        "§ HTTP/1.1¶Host: a¶¶",
        ["GET *", "POST *", "options *", "OPTIONS **", "OPTIONS *?a"],
        "400 neither a path",
    ),
]

HOSTS = [
    *each(
        "3.2",
        HOST,
        [
            *("a", "A.B-c", "localhost:8080", "1.2.3.4", "1.2.3.4:80", "[::1]", "[::1]:80", "[::ffff:1.2.3.4]"),
            "[v7.a:b]",
            *("a:", "a:0", "a:65535", "a:00000080", "a_b", "a.", "xn--a", "a-._~!$&'()*+;=%7e_9:80", " a \t"),
        ],
        GET,
    ),
    *each("3.3", HOST, ["", " ", " \t "], "400 the value of Host is empty"),
    *one("3.3", "OPTIONS * HTTP/1.1¶Host:¶¶", "400 the value of Host is empty"),
    *one("3.3", "GET http://a/ HTTP/1.1¶Host:¶¶", "GET http://a/ HTTP/1.1"),
    *one("3.3", "CONNECT a:80 HTTP/1.1¶Host:¶¶", "CONNECT a:80 HTTP/1.1", CLOSE),
    *one("3.3", "GET / HTTP/1.0¶Host:¶¶", "GET / HTTP/1.0", CLOSE),
    *each(
        "3.2",
        HOST,
        [
            *("a b", "a\tb", "a/b", "a/", "/", "a@b", "a:b@c", "@", "a?b", "a#b", "#", "?", "a\\b", "a:b", "a:b:c"),
            *("a:80:80", "a:-1", "a:+80", "a: 80", "a :80", "a:80 b", "a:8O", "a:65536", "a:99999", "a:080000000"),
            *("a:" + "9" * 5000, ":80", ":", "a,b", "a, b", "a,", ",", "a%2", "a%", "a%zz", "http://a", "http://a/"),
            *('"a"', "<a>", "{a}", "a|b", "a^b", "a`b", "::1", "[::1", "::1]", "[]", "[::g]", "[1::2::3]", "[::1]a"),
            *("[::1]80", "[fe80::1%25eth0]", "[1.2.3.4]", "[v.a]", "[v7.]"),
            *("\xe4", "a\x80", "\xa0", "\xb2"),
        ],
        "400 the value of Host is not host:port",
    ),
    *each("3.2", HOST, ["a\0", "\0", "a\x01b", "a\x7f", "a\x0b"], "400 header field Host has a control character"),
    *one("3.2", "GET / HTTP/1.1¶¶", "400 the request has no Host"),
    *one("3.2", "GET / HTTP/1.1¶A: Host: a¶¶", "400 the request has no Host"),
    *one("3.2", "GET / HTTP/1.1¶X-Host: a¶¶", "400 the request has no Host"),
    *one("3.2", "GET / HTTP/1.2¶A: b¶¶", "400 the request has no Host"),
    *one("3.2", "HEAD / HTTP/1.1¶¶", "400 the request has no Host"),
    *each("3.2", "GET / §¶Host: a b¶¶", ["HTTP/1.0", "HTTP/1.2"], "400 the value of Host is not host:port"),
    *each(
        "3.2",
        FIELD,
        ["Host: a", "host: a", "HOST: b", "Host:", "A: b¶Host: a", "Host: a¶Host: a"],
        "400 the request has more than one Host",
    ),
    *one("3.2", "GET / HTTP/1.0¶Host: a¶Host: a¶¶", "400 the request has more than one Host"),
    *one("3.2", "GET / HTTP/1.1¶Host:¶Host: a¶¶", "400 the request has more than one Host"),
    *one("3.2", "GET / HTTP/1.1¶Host : a¶¶", "400 whitespace between the name"),
    *one("3.2", "GET / HTTP/1.1¶Host: a¶ b¶¶", "400 starts with whitespace"),
]

FIELDS = [
    *each(
        "5",
        FIELD,
        [
            *("A:b", "A: b", "A:\tb", "A: \t b c \t ", "A:", "A: ", "A: :", "A: b: c", "a: b¶a: c"),
            *("A: " + "b" * 60_000, 'A: "b', "A: \x80\xff\tb", "!#$%&'*+-.^_`|~09azAZ: b", "9: b", "A: (b)", "A: \\"),
            *("A: b,,c", "A_B: c", "A.B: c", "Accept: */*;q=", "Cookie: a=b; c", "Content_Length: 9"),
            *("Transfer_Encoding: chunked", "X-Transfer-Encoding: chunked", "Content-Lengt: 9", "TE: trailers"),
            *("Upgrade: h2c¶Connection: Upgrade", "Range: bytes=a", "Content-Type: b", "Date: b"),
        ],
        GET,
    ),
    *one("5", f"GET / HTTP/1.1¶Host: a¶{'A: b¶' * 199}¶", GET),
    *one("5", "GET / HTTP/1.1¶hOsT: a¶¶", GET),
    *one("5", "GET / HTTP/1.1¶A: b¶Host: a¶¶", GET),
    *each("5", FIELD, ["abc", "A", "A b", "A=b", "\xe4", "()", "\x01"], "400 a header line has no colon"),
    *each("5", FIELD, [":", ": b", ":A: b", "::"], "400 a header field has no name"),
    *each(
        "5.1",
        FIELD,
        ["A : b", "A\t: b", "A  : b", "Content-Length : 5", "Transfer-Encoding : chunked", "A \t: b", "Host : a"],
        "400 there is whitespace between the name of a header field and the colon",
    ),
    *each(
        "5.2",
        FIELD,
        ["A: b¶ c", "A: b¶\tc", "A: b¶ ", "A:¶ b", "A: b¶ C: d", " A: b", "A: b¶ \t¶C: d"],
        "400 starts with whitespace",
    ),
    *each(
        "9110 5.1",
        FIELD,
        [
            *("A B: c", "A(b): c", "A[]: b", "A{}: b", "A/B: c", "A@B: c", "A,B: c", "A;B: c", "A=B: c", "A?: b"),
            *('"A": b', "A\\: b", "<A>: b", "A\0: b", "A\x01: b", "A\x0b: b", "A\x7f: b", "\xe4: b", "A\x80: b"),
            *("Transfer-Encoding\x0b: chunked", "\x00A: b", "A\tB: c"),
        ],
        "400 the name of a header field has characters that are not allowed in a name",
    ),
    *each(
        "9110 5.5",
        FIELD,
        [f"A: b{c}c" for c in "\0\x01\x07\x08\x0b\x0c\x0e\x1b\x1f\x7f"],
        "400 field A has a control character",
    ),
    *each("9110 5.5", FIELD, ["A: \0", "A:\x7f", "A: b\x0b"], "400 field A has a control character"),
    *each("9110 5.4", FIELD, ["A: " + "b" * 66_000, "B" * 66_000 + ": c"], "431 larger than 65536 bytes"),
    *each("9110 5.4", FIELD, ["A: b¶" * 200, "A: b¶" * 5000], "431 the request has more than 200 header fields"),
    *one("9110 5.4", f"GET / HTTP/1.1¶A: {'b' * 66_000}", "431 larger than 65536 bytes"),
    *one("9110 5.4", f"GET / HTTP/1.1¶{'A' * 66_000}", "431 larger than 65536 bytes"),
    *one("9110 5.4", f"HEAD / HTTP/1.1¶{'A: b¶' * 300}", "431 the request has more than 200 header fields"),
    *one("the first fault counts", "GET a HTTP/1.1¶A : b¶¶", "400 neither a path"),
    *one("the first fault counts", f"GET / HTTP/1.1¶A : b¶{'A: b¶' * 300}¶", "400 whitespace between"),
    *one("the first fault counts", f"GET / HTTP/1.1¶A: b{'b' * 66_000}\rc¶¶", "431 larger than 65536 bytes"),
    *one("the first fault counts", f"GET /{'a' * 9000}\r HTTP/1.1¶¶", "414 longer than 8192"),
]

LENGTHS = [
    *each("6.2", LENGTH, ["5", "05", "0005", "0" * 5000 + "5", " \t5\t "], f"{POST} abcde"),
    *each("6.2", "POST / HTTP/1.1¶Host: a¶Content-Length: §¶¶", ["0", "00", "000"], POST),
    *one("6.2", "POST / HTTP/1.1¶Host: a¶content-LENGTH:3¶¶abc", f"{POST} abc"),
    *one("6.2", "POST / HTTP/1.0¶Content-Length: 3¶¶abc", "POST / HTTP/1.0 abc", CLOSE),
    *one(
        "6.2", f"POST / HTTP/1.1¶Host: a¶Content-Length: {len(NEXT) + 3}¶¶{NEXT}", f"{POST} {NEXT}".replace("¶", "\r\n")
    ),
    *one("6.2", "POST / HTTP/1.1¶Host: a¶Content-Length: 4¶¶\0\r\n\xff", f"{POST} \0\r\n\xff"),
    *each(
        "9110 9.3.1",
        "§ / HTTP/1.1¶Host: a¶Content-Length: 2¶¶ab",
        ["GET", "DELETE", "OPTIONS", "TRACE", "X"],
        "§ / HTTP/1.1 ab",
    ),
    *one(
        "9110 9.3.2", f"HEAD / HTTP/1.1¶Host: a¶Content-Length: 2¶¶ab{NEXT}", "HEAD / HTTP/1.1 ab", "GET /next HTTP/1.1"
    ),
    *one("6.3", "POST / HTTP/1.1¶Host: a¶¶", POST),
    *one("6.3", f"POST / HTTP/1.1¶Host: a¶¶abcde {NEXT}", POST, "400 the request line is not"),
    *each(
        "6.3",
        LENGTH,
        [
            *("", "+5", "-5", "-0", "+0", "0x5", "0o5", "0b1", "5 5", "5\t5", "5,5", "5, 5", "5,6", ",5", "5,"),
            *("5;a=b", "5.0", "5e0", "1_0", "\xb2", "\xb5", "\xa05", "5\xa0", "a", "five", "0x", "NaN", '"5"', "5L"),
            *("-" + "9" * 30, "5 bytes", "'5'", "½"),
        ],
        "400 the value of Content-Length is not a number",
    ),
    *each(
        "6.3",
        LENGTH,
        ["5\0", "\0", "5\x0b", "\x0b5", "5\x0c", "5\x7f"],
        "400 header field Content-Length has a control character",
    ),
    *each(
        "6.3",
        LENGTH,
        [
            *("5¶Content-Length: 5", "5¶Content-Length: 6", "5¶content-length: 5", "5¶A: b¶Content-Length: 0"),
            *("¶Content-Length: 5", "5¶Content-Length:"),
        ],
        "400 the request has more than one Content-Length",
    ),
    *each("6.3", LENGTH, ["5¶ 5", "¶ 5", "5¶\t"], "400 starts with whitespace"),
    *each(
        "9110 8.6",
        LENGTH,
        [
            *("300000000", "4294967296", "4294967301", "9223372036854775808", "18446744073709551616"),
            *("18446744073709551621", "9" * 5000),
        ],
        "413 the body is larger than 268435456 bytes",
    ),
]

ENCODINGS = [
    *each(
        "7",
        ENCODING,
        [
            *("chunked", "Chunked", "CHUNKED", "\tchunked", "chunked ", " chunked \t", ",chunked", "chunked,"),
            ", ,\tCHUNKED ,",
        ],
        f"{POST} abc",
    ),
    *each(
        "7",
        FRAMING,
        ["transfer-encoding: chunked", "TRANSFER-ENCODING:chunked", "Transfer-Encoding:¶Transfer-Encoding: chunked"],
        f"{POST} abc",
    ),
    *one("7", "GET / HTTP/1.1¶Host: a¶Transfer-Encoding: chunked¶¶3¶abc¶0¶¶", f"{GET} abc"),
    *one("7", "POST / HTTP/1.2¶Host: a¶Transfer-Encoding: chunked¶¶3¶abc¶0¶¶", "POST / HTTP/1.2 abc"),
    *each(
        "6.3",
        ENCODING,
        [
            *("", ",", "identity", "gzip", "xchunked", "chunkedx", "chunke", "x", "chunked, gzip"),
            *("chunked, identity", "gzip, deflate", "chunked;a=b", "chunked ;a", "chunked;", '"chunked"', "'chunked'"),
            *(
                "chunked chunked",
                "chunked\tx",
                "chun ked",
                "c\xe4hunked",
                "\x85chunked",
                "\xa0chunked",
                ",\xa0chunked",
                "chunked\xa0",
            ),
            *("chunked=1", "chunked.", "chunked/1", "chunked:", "gzip chunked", "chunked, x", "0"),
        ],
        "400 the last transfer coding, and only the last, must be chunked",
    ),
    *each(
        "7",
        ENCODING,
        ["chunked, chunked", "chunked,chunked", "chunked¶Transfer-Encoding: chunked", "Chunked, gzip, chunked"],
        "400 the last transfer coding, and only the last, must be chunked",
    ),
    *each(
        "6.3",
        ENCODING,
        ["chunked¶Transfer-Encoding: identity", "chunked¶Transfer-Encoding: x", "chunked¶transfer-encoding: cow"],
        "400 the last transfer coding, and only the last, must be chunked",
    ),
    *each(
        "6.1",
        ENCODING,
        [
            *("gzip, chunked", "x,chunked", "identity, chunked", "gzip¶Transfer-Encoding: chunked"),
            *("identity¶Transfer-Encoding: chunked", "a;b=c, chunked"),
        ],
        "501 the only transfer coding this server knows is chunked",
    ),
    *each(
        "6.1",
        ENCODING,
        [
            *("\x0bchunked", "chunked\x0b", "\x0cchunked", "\0chunked", "chunked\0", "chun\x01ked", "\x7fchunked"),
            "\x1fchunked",
        ],
        "400 header field Transfer-Encoding has a control character",
    ),
    *each(
        "6.1",
        FRAMING,
        ["Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked"],
        "400 whitespace between the name",
    ),
    *each(
        "6.1",
        FRAMING,
        [" Transfer-Encoding: chunked", "Transfer-Encoding:¶ chunked", "Transfer-Encoding: x¶\tchunked"],
        "400 with whitespace",
    ),
    *each(
        "6.1",
        FRAMING,
        ["Transfer Encoding: chunked", "Transfer-Encoding\0: chunked"],
        "400 characters that are not allowed in a name",
    ),
    *one("6.1", FRAMING.replace("§", "A: b\nTransfer-Encoding: chunked"), "400 LF instead"),
    *one("6.1", FRAMING.replace("§", "A: b\rTransfer-Encoding: chunked"), "400 CR without"),
    *each(
        "6.1",
        FRAMING,
        [
            *("Content-Length: 13¶Transfer-Encoding: chunked", "Transfer-Encoding: chunked¶Content-Length: 13"),
            *("Content-Length: 3¶Transfer-Encoding: chunked", "Content-Length: 0¶transfer-encoding: CHUNKED"),
            *("Content-Length: x¶Transfer-Encoding: chunked", "Content-Length: 13¶Transfer-Encoding: identity"),
            *("Content-Length: 13¶Transfer-Encoding: xchunked", "Content-Length: 13¶Transfer-Encoding:"),
            "Content-Length: 13¶Content-Length: 14¶Transfer-Encoding: chunked",
            "Content-Length: 13¶Transfer-Encoding: chunked¶Transfer-Encoding: x",
        ],
        "400 the request has both Content-Length and Transfer-Encoding",
    ),
    *each(
        "6.1",
        "POST / HTTP/1.0¶§¶¶3¶abc¶0¶¶",
        ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked¶Connection: keep-alive", "Transfer-Encoding: x"],
        "400 an HTTP/1.0 request cannot have Transfer-Encoding",
    ),
    *one("6.1", "POST / HTTP/1.0¶Content-Length: 3¶Transfer-Encoding: chunked¶¶", "400 both Content-Length and"),
    *one("6.1", "HEAD / HTTP/1.1¶Host: a¶Transfer-Encoding: x, chunked¶¶", "501 the only transfer coding"),
]

CHUNKED = [
    *each("7.1", CHUNKS, ["0¶¶", "000¶¶", "0" * 40 + "¶¶"], POST),
    *each(
        "7.1",
        CHUNKS,
        ["3¶abc¶0¶¶", "1¶a¶2¶bc¶0¶¶", "1¶a¶1¶b¶1¶c¶0¶¶", "003¶abc¶0¶¶", "0" * 40 + "3¶abc¶000¶¶"],
        f"{POST} abc",
    ),
    *each("7.1", CHUNKS, ["A¶0123456789¶0¶¶", "a¶0123456789¶0¶¶", "0A¶0123456789¶0¶¶"], f"{POST} 0123456789"),
    *one("7.1", CHUNKS.replace("§", "1¶a¶" * 2000 + "0¶¶"), f"{POST} {'a' * 2000}"),
    *one("7.1", CHUNKS.replace("§", "5¶0¶¶¶0¶¶"), f"{POST} 0\r\n\r\n"),
    *one("7.1", CHUNKS.replace("§", f"0¶¶{NEXT}"), POST, "GET /next HTTP/1.1"),
    *each(
        "7.1.1",
        CHUNKS,
        [
            *("3;a¶abc¶0¶¶", "3;a=b¶abc¶0¶¶", '3;a="b"¶abc¶0¶¶', "3;a;b;c¶abc¶0¶¶", "3 ;a¶abc¶0¶¶"),
            *("3\t; a = b¶abc¶0¶¶", "3¶abc¶0;a=b¶¶", '3;a="\\";\\\\"¶abc¶0¶¶', '3;a=""¶abc¶0¶¶'),
            *('3;a="\xe4 ;,\t"¶abc¶0¶¶', "3;!#$=1¶abc¶0¶¶", f"3;{'a' * 4000}¶abc¶0¶¶"),
        ],
        f"{POST} abc",
    ),
    *each(
        "7.1.2",
        CHUNKS,
        [
            *("3¶abc¶0¶A: b¶¶", "3¶abc¶0¶A: b¶C:¶A: c¶¶", "3¶abc¶0¶Connection: close¶¶", "3¶abc¶0¶Expect: x¶¶"),
            *("3¶abc¶0¶A: \x80¶¶", "3¶abc¶0¶Content_Length: 9¶¶", "3¶abc¶0¶X-Host: b¶¶"),
        ],
        f"{POST} abc",
    ),
    *each(
        "9110 6.5.1",
        f"{CHUNKS.replace('§', '3¶abc¶0¶§¶¶')}{NEXT}",
        [
            *("Content-Length: 0", "A: b¶content-LENGTH:9", "Transfer-Encoding: chunked", "TRANSFER-ENCODING: x"),
            *("Host: a", "host:", "Host: b c¶A: b"),
        ],
        "400 is in the trailer section, but belongs in the header section",
    ),
    *each(
        "7.1",
        CHUNKS,
        [
            *("¶", "¶3¶abc¶0¶¶", " 3¶abc¶0¶¶", "3 ¶abc¶0¶¶", "3\t¶abc¶0¶¶", "+3¶abc¶0¶¶", "-3¶abc¶0¶¶", "-0¶¶"),
            *("0x3¶abc¶0¶¶", "0X3¶abc¶0¶¶", "3h¶abc¶0¶¶", "g¶abc¶0¶¶", "x¶", "1_0¶abc¶0¶¶", "3,3¶abc¶0¶¶"),
            *("3.0¶abc¶0¶¶", "3 3¶abc¶0¶¶", "\xb2¶ab¶0¶¶", "3\0¶abc¶0¶¶"),
            *("\0003¶abc¶0¶¶", "3\x0b¶abc¶0¶¶", '"3"¶abc¶0¶¶', ";a¶abc¶0¶¶", "#3¶abc¶0¶¶", "three¶abc¶0¶¶", "0 ¶¶"),
        ],
        "400 a chunk does not begin with its size in hexadecimal digits",
    ),
    *each("7.1", CHUNKS, ["hello", "-", "3x", "0x3", "\xff", "x\rabc", "\r3¶"], "400 hexadecimal digits"),
    *each(
        "7.1",
        CHUNKS,
        ["3\nabc¶0¶¶", "3¶abc¶0\n¶", "3;a\nabc¶0¶¶", "0\n\n", '3;a="\n"¶abc¶0¶¶'],
        "400 hexadecimal digits",
    ),
    *each(
        "7.1",
        CHUNKS,
        ["3\rabc¶0¶¶", "3\r\rabc", "3\r¶abc¶0¶¶", "0\r\r", "3;a\rb¶abc¶0¶¶", '3;a="\r"¶a'],
        "400 CR without",
    ),
    *each(
        "7.1",
        CHUNKS,
        [
            *("3¶abcd¶0¶¶", "3¶abc0¶¶", "3¶abc\n0¶¶", "3¶abc\r0¶¶", "3¶abc\r\r\n0¶¶", "3¶abc 0¶¶", "3¶abc\n\n0¶¶"),
            *("2¶abc¶0¶¶", "3¶abcxx0¶¶"),
        ],
        "400 a chunk is longer than its size says",
    ),
    *each(
        "7.1",
        CHUNKS,
        [
            *("ffffffffff¶a", "7fffffffffffffff¶a", "8000000000000000¶a", "ffffffffffffffff¶a"),
            *("10000000000000003¶abc¶0¶¶", "F" * 4000 + "¶a", "10000001¶a"),
        ],
        "413 the body is larger than 268435456 bytes",
    ),
    *each(
        "7.1.1",
        CHUNKS,
        [
            *("3;¶abc¶0¶¶", "3;;a¶abc¶0¶¶", "3;=b¶abc¶0¶¶", "3;a=¶abc¶0¶¶", '3;a="b¶abc¶0¶¶', '3;a=b"¶abc¶0¶¶'),
            *("3;a b¶abc¶0¶¶", "3;a¶abc¶0;¶¶", "3;a=b c¶abc¶0¶¶", "3;a\0¶abc¶0¶¶", "3;a=\x01¶abc¶0¶¶"),
            *('3;a="\0"¶abc¶0¶¶', "3;\xe4¶abc¶0¶¶", "3;a=b ¶abc¶0¶¶", "3 a¶abc¶0¶¶"),
        ],
        "400 hexadecimal digits",
    ),
    *each(
        "7.1.1",
        CHUNKS,
        [f"1;a={LONG}", f"1;a={LONG}¶a¶0¶¶", "1" * 5000],
        "413 the line of a chunk is longer than 4096 bytes",
    ),
    *one(
        "7.1.1", CHUNKS.replace("§", f"1;{'a' * 4000}¶a¶" * 20), "413 the chunk extensions are larger than 65536 bytes"
    ),
    *each("7.1.2", CHUNKS, ["0¶A : b¶¶", "0¶Transfer-Encoding : chunked¶¶"], "400 whitespace between"),
    *each("7.1.2", CHUNKS, ["0¶A¶¶", "0¶GET / HTTP/1.1¶¶", "0¶abc¶¶"], "400 a header line has no colon"),
    *each("7.1.2", CHUNKS, ["0¶: b¶¶", "0¶:¶¶"], "400 a header field has no name"),
    *each(
        "7.1.2", CHUNKS, ["0¶A B: c¶¶", "0¶A\0: b¶¶", "0¶\xe4: b¶¶"], "400 characters that are not allowed in a name"
    ),
    *each("7.1.2", CHUNKS, ["0¶A: b\0¶¶", "0¶A: \x01¶¶"], "400 field A has a control character"),
    *each("7.1.2", CHUNKS, ["0¶A: b¶ c¶¶", "0¶ A: b¶¶", "0¶\t¶¶"], "400 starts with whitespace"),
    *each("7.1.2", CHUNKS, ["0¶A: b\n¶", "0¶A: b¶\n", "0¶\n", "0¶A: b\nC: d¶¶"], "400 LF instead"),
    *each("7.1.2", CHUNKS, ["0¶A: b\rc¶¶", "0¶A: b\r\r", "0¶\rA", "0¶A: b¶\r\r\n"], "400 CR without"),
    *each(
        "7.1.2",
        CHUNKS,
        ["0¶" + "A: b¶" * 2000, "0¶A: " + "b" * 9000, "0¶" + "A" * 9000],
        "431 the trailer section is larger than 8192 bytes",
    ),
]

CONNECTIONS = [
    *each(
        "9.3",
        "GET / HTTP/1.1¶Host: a¶Connection: §¶¶",
        [
            *("keep-alive", "Keep-Alive, foo", "", "foo", "closed", "xclose", "not-close", "close;a", '"close"'),
            *("close foo", "TE, Upgrade"),
        ],
        GET,
    ),
    *each(
        "9.6",
        "GET / HTTP/1.1¶Host: a¶Connection: §¶¶",
        [
            *("close", "Close", "CLOSE", "keep-alive, close", "close, keep-alive", "foo,close", ",close,", "close,,"),
            "TE ,\tclose",
            *("foo¶Connection: close", "close¶Connection: keep-alive", "¶connection: Close"),
        ],
        GET,
        CLOSE,
    ),
    *each(
        "9.3",
        "GET / HTTP/1.0¶§¶",
        ["", "Connection: close¶", "Connection: foo¶", "Keep-Alive: 5¶"],
        "GET / HTTP/1.0",
        CLOSE,
    ),
    *each(
        "9.3",
        "GET / HTTP/1.0¶Connection: §¶¶",
        ["keep-alive", "Keep-Alive", "foo, KEEP-ALIVE", "foo¶Connection: keep-alive"],
        "GET / HTTP/1.0",
    ),
    *one("9.6", "GET / HTTP/1.0¶Connection: keep-alive, close¶¶", "GET / HTTP/1.0", CLOSE),
    *one("9.6", "POST / HTTP/1.1¶Host: a¶Connection: close¶Content-Length: 2¶¶ab", f"{POST} ab", CLOSE),
    *one("9.3.2", NEXT * 50, *["GET /next HTTP/1.1"] * 50),
    *one(
        "9.3.2",
        "POST / HTTP/1.1¶Host: a¶Content-Length: 1¶¶x"
        + CHUNKS.replace("§", "1¶y¶0¶A: b¶¶")
        + f"HEAD / HTTP/1.1¶Host: a¶¶{NEXT}",
        f"{POST} x",
        f"{POST} y",
        "HEAD / HTTP/1.1",
        "GET /next HTTP/1.1",
    ),
    *each(
        "9.3.2",
        f"{NEXT}{NEXT}§",
        ["BAD¶", "BAD / HTTP/1.1¶¶", "\0", "¶¶ "],
        "GET /next HTTP/1.1",
        "GET /next HTTP/1.1",
        "400",
    ),
    *one("9.3.2", f"{NEXT}{LENGTH.replace('§', '-1')}{NEXT}", "GET /next HTTP/1.1", "400 not a number"),
    *one("9.3.2", f"{NEXT}GET /{LONG}{LONG}", "GET /next HTTP/1.1", "414 longer than 8192"),
    *each(
        "9110 10.1.1",
        "POST / HTTP/1.1¶Host: a¶§¶Content-Length: 2¶¶ab",
        [
            *("Expect: 100-continue", "Expect: 100-Continue", "expect: 100-CONTINUE"),
            *("Expect: 100-continue, 100-continue", "Expect:", "Expect: ,"),
        ],
        f"{POST} ab",
    ),
    *each("9110 10.1.1", FIELD, ["Expect: 100-continue", "Expect: 100-continue¶Content-Length: 0", "Expect:"], GET),
    *each("9110 10.1.1", "GET / HTTP/1.0¶Expect: §¶¶", ["100-continue", "wonders"], "GET / HTTP/1.0", CLOSE),
    *each(
        "9110 10.1.1",
        FIELD,
        [
            *("Expect: wonders", "Expect: 100-continue, wonders", "Expect: 100-continue=1", "Expect: 100"),
            *("Expect: 100-continue;a", "Expect: 200-ok"),
        ],
        "417 the request expects something other than 100-continue",
    ),
]

VECTORS = [*LINE_ENDS, *REQUEST_LINES, *TARGETS, *HOSTS, *FIELDS, *LENGTHS, *ENCODINGS, *CHUNKED, *CONNECTIONS]

# The client says no more before all of the request is there.
CUT_SHORT = [
    *each(
        "8",
        "§",
        [
            *("G", "GET", "GET / HTTP/1.1", "GET / HTTP/1.1¶", "GET / HTTP/1.1¶Host: a", "GET / HTTP/1.1¶Host: a¶"),
            *("GET / HTTP/1.1¶Host: a¶\r", "GET / HTTP/1.0¶"),
        ],
        "400 the client closed the connection in the middle of the header section",
    ),
    *each("8", "POST / HTTP/1.1¶Host: a¶Content-Length: 5¶¶§", ["", "abc", "abcd"], "400 of 5 body bytes"),
    *one("8", "POST / HTTP/1.0¶Content-Length: 5¶¶abc", "400 after 3 of 5 body bytes"),
    *each(
        "8",
        CHUNKS,
        [
            *("", "3", "3¶", "3¶ab", "3¶abc", "3¶abc\r", "3¶abc¶", "3¶abc¶0", "3¶abc¶0¶", "3¶abc¶0¶\r"),
            *("3¶abc¶0¶A: b", "3¶abc¶0¶A: b¶", "3;a"),
        ],
        "400 before the end of the chunked body",
    ),
    *one(
        "8",
        f"{NEXT}POST / HTTP/1.1¶Host: a¶Content-Length: 5¶¶abc",
        "GET /next HTTP/1.1",
        "400 after 3 of 5 body bytes",
    ),
]


def of_each(vectors: list[Vector]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", vectors, ids=[vector.name for vector in vectors])


def told(request: Request) -> str:
    """What came of a request, as the vectors put it."""
    if request.fault:
        return f"{request.fault.status} {request.fault.reason}"
    line = f"{request.method} {request.target} HTTP/{request.version}"
    return f"{line} {request.body.decode('latin-1')}" if request.body else line


def read(parser: Parser, *pieces: bytes) -> list[str]:
    came = []
    for piece in pieces:
        parser.feed(piece)
        while (request := parser.next_request()) is not None:
            came.append(told(request))
    return came


def is_refusal(answer: str) -> bool:
    return answer[:3].isdigit()


def assert_fits(came: list[str], answers: tuple[str, ...]) -> None:
    expected = [answer for answer in answers if answer != CLOSE]
    assert len(came) == len(expected), came
    for got, wanted in zip(came, expected, strict=True):
        if is_refusal(wanted):
            assert got.startswith(wanted[:3])
            assert wanted[4:] in got
        else:
            assert got == wanted


@of_each(VECTORS)
def test_verdict(vector: Vector) -> None:
    parser = Parser(Limits())
    assert_fits(read(parser, vector.data), vector.answers)
    if is_refusal(vector.answers[-1]):
        assert read(parser, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") == [], "nothing is read behind a fault"


@of_each(VECTORS)
def test_the_pieces_make_no_difference(vector: Vector) -> None:
    data = vector.data
    whole = read(Parser(Limits()), data)
    for cut in range(0, len(data), len(data) // 200 + 1):
        assert read(Parser(Limits()), data[:cut], data[cut:]) == whole
        parser = Parser(Limits())
        came = read(parser, data[:cut])
        assert came == whole[: len(came)]
        rest = parser.end()
        assert rest is None or rest.fault, "what is cut short is never a request"
    assert read(Parser(Limits()), *[data[at : at + 1] for at in range(len(data))]) == whole


@of_each(CUT_SHORT)
def test_cut_short(vector: Vector) -> None:
    parser = Parser(Limits())
    came = read(parser, vector.data)
    last = parser.end()
    assert last is not None
    assert_fits([*came, told(last)], vector.answers)


def test_an_https_url_may_be_asked_for_through_tls() -> None:
    """RFC 9110, 7.4."""
    data = b"GET https://b/ HTTP/1.1\r\nHost: a\r\n\r\n"
    assert read(Parser(Limits(), secure=True), data) == ["GET https://b/ HTTP/1.1"]
    data = b"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"
    assert read(Parser(Limits(), secure=True), data) == ["GET http://b/ HTTP/1.1"]


def answer(request: Request, reply: Reply) -> None:
    status = request.fault.status if request.fault else 200
    reply.send(Response(status, (("Told", quote(told(request), encoding="latin-1")),), b"body"))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    listener = Listener("127.0.0.1", 0, answer, Limits())
    listener.start()
    yield listener.port
    assert listener.stop(grace=helpers.LONG) == 0


class Client:
    """A connection that says what each answer tells."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=helpers.LONG)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self.socket.close()

    def send(self, *pieces: bytes) -> None:
        # A server that has seen enough may close while there is more to send.
        with suppress(ConnectionError):
            for piece in pieces:
                self.socket.sendall(piece)

    def finish(self) -> None:
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def answer(self, method: str) -> tuple[str, dict[str, str]]:
        start = self.file.readline()
        while start == b"HTTP/1.1 100 Continue\r\n":
            # It depends on how much of the body has come already.
            assert self.file.readline() == b"\r\n"
            start = self.file.readline()
        version, status, _ = start.decode().split(" ", 2)
        assert version == "HTTP/1.1"
        headers = {}
        while (line := self.file.readline()) != b"\r\n":
            name, _, value = line.decode("ascii").partition(": ")
            headers[name.lower()] = value.strip()
        assert "date" in headers
        came = unquote(headers["told"], encoding="latin-1")
        assert status == came[:3] if is_refusal(came) else status == "200"
        if method != "HEAD" and not (method == "CONNECT" and status == "200"):
            assert self.file.read(int(headers["content-length"])) == b"body"
        return came, headers


def closes(vector: Vector) -> bool:
    return vector.answers[-1] == CLOSE or is_refusal(vector.answers[-1])


def assert_answers(client: Client, vector: Vector) -> None:
    answers = [answer for answer in vector.answers if answer != CLOSE]
    came = []
    for number, answer in enumerate(answers, 1):
        # The method that is answered decides whether a body follows (RFC 9112, 6.3).
        method, *_ = (vector.data.decode("latin-1") if is_refusal(answer) else answer).split() or [""]
        text, headers = client.answer(method)
        came.append(text)
        assert (headers.get("connection") == "close") is (closes(vector) and number == len(answers))
    assert_fits(came, vector.answers)


AND_NEXT = b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n"


# Many bytes one by one take long, and find nothing that few do not.
@of_each([vector for vector in VECTORS if len(vector.data) < 250])
def test_a_server_that_gets_single_bytes(vector: Vector, port: int) -> None:
    data = vector.data
    with Client(port) as client:
        # What comes together with the last byte is there when the server decides whether to close.
        client.send(*[data[at : at + 1] for at in range(len(data) - 1)], data[-1:] + AND_NEXT)
        assert_answers(client, vector)
        if not closes(vector):
            assert client.answer("GET")[0] == "GET /next HTTP/1.1"
            client.finish()
        assert client.file.read() == b"", "the server closes"


@of_each(VECTORS)
def test_a_server_whose_client_has_finished(vector: Vector, port: int) -> None:
    """RFC 9112, 9.6: a half-closed connection still takes answers."""
    with Client(port) as client:
        client.send(vector.data)
        client.finish()
        assert_answers(client, vector)
        assert client.file.read() == b""


@of_each(CUT_SHORT)
def test_a_client_that_finishes_too_soon(vector: Vector, port: int) -> None:
    with Client(port) as client:
        client.send(vector.data)
        client.finish()
        assert_answers(client, vector)
        assert client.file.read() == b""


TALKS = {
    # section: what is sent, what answers it at once, and so on; "" is no answer before more is sent
    "9110 10.1.1 the client waits to be told": [
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\n",
        ),
        (b"ab", b"HTTP/1.1 200 OK\r\n"),
    ],
    "9110 10.1.1 chunks": [
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\n",
        ),
        (b"2\r\nab\r\n0\r\n\r\n", b"HTTP/1.1 200 OK\r\n"),
    ],
    "9110 10.1.1 HTTP/1.0 is never told": [
        (b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", b""),
        (b"ab", b"HTTP/1.1 200 OK\r\n"),
    ],
    "9110 10.1.1 an empty list expects nothing": [
        (b"POST / HTTP/1.1\r\nHost: a\r\nExpect:\r\nContent-Length: 2\r\n\r\n", b""),
        (b"ab", b"HTTP/1.1 200 OK\r\n"),
    ],
    "9110 10.1.1 no body is to come": [
        (b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 200 OK\r\n"),
    ],
    "9110 10.1.1 a refusal comes at once": [
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4294967296\r\n\r\n",
            b"HTTP/1.1 413 Content Too Large\r\n",
        ),
    ],
    "9110 10.1.1 other expectations": [
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nExpect: x\r\nContent-Length: 2\r\n\r\n",
            b"HTTP/1.1 417 Expectation Failed\r\n",
        ),
    ],
    "8 an incomplete head is waited for": [
        (b"GET / HTTP/1.1\r\nHost: a\r\n", b""),
        (b"\r", b""),
        (b"\n", b"HTTP/1.1 200 OK\r\n"),
    ],
}


@pytest.mark.parametrize("name", TALKS)
def test_talk(name: str, port: int) -> None:
    with Client(port) as client:
        for data, wanted in TALKS[name]:
            client.send(data)
            if wanted:
                assert client.file.read(len(wanted)) == wanted


def test_a_large_answer_is_not_lost_when_a_bad_request_follows(serve: Callable[..., Listener]) -> None:
    """RFC 9112, 9.6: closing with input unread would reset the connection, and take away what is on its way."""
    size = 8 << 20

    def large(request: Request, reply: Reply) -> None:
        reply.step_aside()
        reply.send(Response(request.fault.status if request.fault else 200, (), bytes(size)))

    with Client(serve(large).port) as client:
        # Together they are more than the system takes for sure while nobody reads.
        sender = threading.Thread(
            target=client.send, args=(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nBAD\r\n" + bytes(1 << 20),)
        )
        sender.start()
        answers = client.file.read()
        sender.join()
    assert answers.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"HTTP/1.1 400 Bad Request\r\n" in answers
    assert len(answers) > 2 * size
