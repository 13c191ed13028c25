"""The views of a request."""

from __future__ import annotations

import sys
import threading

import pytest

from HttpServerLibrary.engine.message.json_text import NotJson
from HttpServerLibrary.engine.message.request import Fault, Request


@pytest.mark.parametrize(
    ("target", "path", "raw_path", "query"),
    [
        ("/", "/", "/", ""),
        ("/a%20b?c=%20", "/a b", "/a%20b", "c=%20"),
        ("/a?b?c", "/a", "/a", "b?c"),
        ("/a?", "/a", "/a", ""),
        ("//a", "//a", "//a", ""),
        ("/%ff", "/\ufffd", "/%ff", ""),
        ("/%C3%A4", "/ä", "/%C3%A4", ""),
        ("http://host:1/a?b", "/a", "/a", "b"),
        ("HTTPS://host", "/", "/", ""),
        ("http://host?b", "/", "/", "b"),
        ("*", "*", "*", ""),
        ("host:443", "host:443", "host:443", ""),
    ],
)
def test_target(target: str, path: str, raw_path: str, query: str) -> None:
    request = Request.of("GET", target)
    assert (request.path, request.raw_path, request.query_string) == (path, raw_path, query)


def test_query() -> None:
    request = Request.of("GET", "/?a=1&b=x+y&a=2&c&d=&%C3%A4=%26&e=1;f=2")
    assert request.query == {"a": ["1", "2"], "b": ["x y"], "c": [""], "d": [""], "ä": ["&"], "e": ["1;f=2"]}


def test_headers() -> None:
    request = Request.of("GET", "/", [("X-A", "1"), ("x-a", "ä"), ("Empty", ""), ("B", "a:  b")])
    assert request.headers == (("X-A", "1"), ("x-a", "ä"), ("Empty", ""), ("B", "a:  b"))
    assert request.header_values("X-a") == ["1", "ä"]
    assert (request.header("X-A"), request.header("empty"), request.header("no")) == ("1, ä", "", None)


def test_cookies() -> None:
    request = Request.of("GET", "/", [("Cookie", 'a=1; b="x y"; a=2'), ("Cookie", "c=3; broken")])
    assert {name: request.cookies[name] for name in "abc"} == {"a": ["1", "2"], "b": ["x y"], "c": ["3"]}


@pytest.mark.parametrize(
    ("content_type", "media_type", "charset"),
    [
        (None, "", "utf-8"),
        ("Text/HTML", "text/html", "utf-8"),
        ("text/html;charset=ISO-8859-1", "text/html", "iso-8859-1"),
        ('text/html; charset="latin-1"', "text/html", "latin-1"),
        ('text/html; a="; charset=koi8-r"; CHARSET = "CP\\1252"; charset=latin-1', "text/html", "cp1252"),
        ('text/html; a="' + ";" * 1000 + "charset=latin-1", "text/html", "latin-1"),
        ("text/html; charset=nope", "text/html", "utf-8"),
        ("text/html; charset=rot13", "text/html", "utf-8"),
        ("text/html; charset*=utf-8''%00", "text/html", "utf-8"),
        ("text/html; charset*=utf%00''x", "text/html", "utf-8"),
        ("garbage", "garbage", "utf-8"),
        ("; charset=", "", "utf-8"),
    ],
)
def test_content_type(content_type: str | None, media_type: str, charset: str) -> None:
    request = Request.of("POST", "/", {} if content_type is None else {"Content-Type": content_type}, b"abc")
    assert (request.content_type, request.charset, request.text) == (media_type, charset, "abc")


def test_json_is_parsed_once_and_not_json_stays_so() -> None:
    request = Request.of("POST", "/", {}, b'{"a": [1]}')
    assert request.json is request.json
    assert request.parse_json() is not request.parse_json()
    broken = Request.of("POST", "/", {}, b"{")
    for _ in range(2):
        with pytest.raises(NotJson, match=r"^Expecting property name"):
            _ = broken.json


@pytest.mark.parametrize("body", [b"", b"\xff", b"NaN", b"[Infinity]", b"[" * 100_000, b"1" * 10_000, b"{'a': 1}"])
def test_what_is_not_json(body: bytes) -> None:
    request = Request.of("POST", "/", {}, body)
    if body.isdigit() and not hasattr(sys, "set_int_max_str_digits"):
        pytest.skip("this Python reads numbers of any length")
    with pytest.raises(NotJson):
        _ = request.json


@pytest.mark.skipif(not hasattr(sys, "set_int_max_str_digits"), reason="this Python reads numbers of any length")
def test_a_number_with_too_many_digits_is_said_without_advice_for_python() -> None:
    with pytest.raises(NotJson, match=r"^a number has too many digits$"):
        _ = Request.of("POST", "/", {}, b"1" * 10_000).json


def test_words() -> None:
    request = Request.of("POST", "/a?b")
    assert (str(request), repr(request)) == ("POST /a", "<Request POST /a>")
    broken = Request("", "", fault=Fault(400, "no method"))
    assert (str(broken), repr(broken.fault)) == ("malformed request", "<Fault 400 no method>")


def test_views_are_made_again_after_they_were_dropped() -> None:
    request = Request.of("GET", "/?a=1", {"X": "1"})
    first = request.query
    request.forget_views()
    assert request.query == first
    assert request.query is not first


@pytest.mark.usefixtures("quick_switches")
def test_views_can_be_dropped_while_another_thread_reads_them() -> None:
    """The journal drops those of old requests while a keyword looks at them."""
    request = Request.of("GET", "/?a=1", {"X": "1"})
    done = threading.Event()

    def drop() -> None:
        while not done.is_set():
            request.forget_views()

    thread = threading.Thread(target=drop)
    thread.start()
    try:
        for _ in range(3000):
            assert (request.query, request.path, request.header("x")) == ({"a": ["1"]}, "/", "1")
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize(
    ("host", "name", "port"),
    [("example.com:81", "example.com", "81"), ("example.com", "example.com", "80"), ("[::1]:82", "[::1]", "82"),
     ("[::1]", "[::1]", "80"), (None, "localhost", "80")],
)  # fmt: skip
def test_werkzeug_request(host: str | None, name: str, port: str) -> None:
    headers = {"Content-Type": "text/plain", "X-A": "1", "Content-Length": "4"}
    request = Request.of("PUT", "/%C3%A4%2F?a=1", headers | ({} if host is None else {"Host": host}), b"body")
    request.client = "[::1]:5"
    made = request.to_werkzeug()
    assert (made.method, made.path, made.args["a"]) == ("PUT", "/ä/", "1")
    assert (made.headers["X-A"], made.content_type, made.content_length) == ("1", "text/plain", 4)
    assert (made.get_data(), made.remote_addr) == (b"body", "::1")
    assert made.environ["REMOTE_PORT"] == "5"
    assert (made.environ["SERVER_NAME"], made.environ["SERVER_PORT"]) == (name, port)
    assert (made.scheme, "SSL_CLIENT_S_DN" in made.environ) == ("http", False)


@pytest.mark.parametrize(("host", "port"), [("example.com:81", "81"), ("example.com", "443"), ("[::1]", "443")])
def test_werkzeug_request_over_tls(host: str, port: str) -> None:
    request = Request.of("GET", "/a", {"Host": host})
    request.scheme = "https"
    request.client_subject = "CN=alice"
    made = request.to_werkzeug()
    assert (made.url, made.is_secure) == (f"https://{host}/a", True)
    assert (made.environ["SERVER_PORT"], made.environ["SSL_CLIENT_S_DN"]) == (port, "CN=alice")


def test_headers_in_a_handler_are_as_sent() -> None:
    pairs = [("host", "a"), ("X-B", "1"), ("x-a", "2"), ("X-b", "3"), ("Accept", "*/*")]
    made = Request.of("GET", "/", pairs).to_werkzeug()
    assert list(made.headers) == pairs
    assert (made.headers["x-b"], made.headers.get("X-B"), made.headers.getlist("X-B")) == ("1, 3", "1, 3", ["1", "3"])
    assert "Content-Length" not in made.headers
    assert made.content_length is None


def test_a_chunked_body_in_a_handler() -> None:
    headers = {"Transfer-Encoding": "chunked", "Content-Type": "application/x-www-form-urlencoded"}
    made = Request.of("POST", "/", headers, b"a=1").to_werkzeug()
    assert (made.stream.read(), made.form["a"], made.data) == (b"a=1", "1", b"a=1")


@pytest.mark.parametrize("header", ["Host: a", "Host: example.com:81"])
def test_an_absolute_target_overrides_the_host(header: str) -> None:
    pair = ("Host", header.partition(": ")[2])
    made = Request.of("GET", "http://b:82/x", [pair]).to_werkzeug()
    assert (made.host, made.url, list(made.headers)) == ("b:82", "http://b:82/x", [pair])


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"a=1"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'),
    ],
)
def test_the_body_of_a_form_stays_readable(content_type: str, body: bytes) -> None:
    headers = {"Content-Type": content_type, "Content-Length": str(len(body))}
    made = Request.of("POST", "/", headers, body).to_werkzeug()
    assert made.form.to_dict() == {"a": "1"}
    assert (made.data, made.get_data(), made.get_data(as_text=True)) == (body, body, body.decode())
    assert made.values["a"] == "1"


def test_a_request_in_a_handler_names_itself() -> None:
    assert repr(Request.of("GET", "/x?a", {"Host": "a"}).to_werkzeug()) == "<Request 'http://a/x?a' [GET]>"


def test_what_an_error_calls_the_werkzeug_request() -> None:
    with pytest.raises(AttributeError, match=r"^'Request' object has no attribute 'jsn'"):
        Request.of("GET", "/").to_werkzeug().jsn  # type: ignore[attr-defined] # noqa: B018


def test_a_part_without_a_name_has_an_empty_one() -> None:
    body = b"--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b\r\n"
    body += b'Content-Disposition: form-data; filename="f"\r\n\r\n2\r\n--b--\r\n'
    request = Request.of("POST", "/", {"Content-Type": "multipart/form-data; boundary=b"}, body)
    assert request.form == {"": ["1"]}
    assert {name: [file.filename for file in files] for name, files in request.files.items()} == {"": ["f"]}
