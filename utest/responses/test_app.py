"""WSGI applications below a path (PEP 3333)."""

from __future__ import annotations

import http.client
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final
from wsgiref.validate import validator

import pytest
import werkzeug
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Draft, Expectation
from HttpServerLibrary.engine.expectations.turns import Turn
from HttpServerLibrary.engine.interrupts import Latch
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.path import Below
from HttpServerLibrary.engine.message.request import Cut, Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.records.received import ReceivedRequest
from HttpServerLibrary.engine.responses.app import App
from HttpServerLibrary.engine.responses.occasion import Occasion
from HttpServerLibrary.engine.responses.responder import ResponseFailed
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import LONG

Environ = dict[str, Any]
TEXT: Final = [("Content-Type", "text/plain")]


def serve(server: HttpServer, app: object, path: str = "/app") -> Expectation:
    below = Below(path)
    draft = Draft(RequestDescription.of_fields(below), [Turn(App(below.path, app))])
    return server.book.register_all([draft])[0]


def ask(
    server: HttpServer, method: str, target: str, body: bytes | Iterable[bytes] | None = None, **headers: str
) -> tuple[int, str, dict[str, str], str]:
    """Status, reason, headers and body of the response to a request."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LONG)
    try:
        connection.request(
            method, target, body, headers, encode_chunked=body is not None and not isinstance(body, bytes)
        )
        response = connection.getresponse()
        return response.status, response.reason, dict(response.headers), response.read().decode()
    finally:
        connection.close()


def environ_of(method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Environ:
    """What an application below /app gets."""
    got: list[Environ] = []

    def app(environ: Environ, start_response: Any) -> list[bytes]:
        got.append(environ)
        start_response("200 OK", TEXT)
        return []

    App("/app", app).respond(Occasion(Request.of(method, target, headers or {}, body)))
    return got[0]


@pytest.mark.parametrize(
    ("target", "script_name", "path_info", "query"),
    [
        ("/app", "/app", "", ""),
        ("/app/", "/app", "/", ""),
        ("/app/a/b?c=%20&d", "/app", "/a/b", "c=%20&d"),
        ("/app/a%2Fb%3F", "/app", "/a/b?", ""),
        ("/%61pp/a", "/app", "/a", ""),
        ("/app/%C3%A4%FF", "/app", "/\xc3\xa4\xff", ""),
        ("/app//a", "/app", "//a", ""),
        ("/app/../a", "/app", "/../a", ""),
    ],
)
def test_the_path(target: str, script_name: str, path_info: str, query: str) -> None:
    environ = environ_of("GET", target)
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"], environ["QUERY_STRING"]) == (script_name, path_info, query)
    assert environ["REQUEST_URI"] == target


def test_the_path_of_an_application_at_the_root() -> None:
    got: list[Environ] = []

    def app(environ: Environ, start_response: Any) -> list[bytes]:
        got.append(environ)
        start_response("200 OK", TEXT)
        return []

    App("/", app).respond(Occasion(Request.of("GET", "/a")))
    assert (got[0]["SCRIPT_NAME"], got[0]["PATH_INFO"]) == ("", "/a")


def test_the_environment() -> None:
    headers = {"Host": "a.example:81", "X-A": "1", "Content-Type": "text/csv", "Content-Length": "3"}
    environ = environ_of("PATCH", "/app/a", headers, b"abc")
    assert type(environ) is dict
    assert environ["REQUEST_METHOD"] == "PATCH"
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"], environ["SERVER_PROTOCOL"]) == (
        "a.example",
        "81",
        "HTTP/1.1",
    )
    assert (environ["HTTP_X_A"], environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("1", "text/csv", "3")
    assert environ["wsgi.input"].read() == b"abc"
    assert environ["wsgi.errors"] is sys.stderr
    assert (environ["wsgi.url_scheme"], environ["wsgi.version"]) == ("http", (1, 0))
    assert (environ["wsgi.multithread"], environ["wsgi.multiprocess"], environ["wsgi.run_once"]) == (True, False, False)
    assert not [name for name in environ if name.startswith("werkzeug")]


def echo(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("207 Many Things", [*TEXT, ("X-Method", environ["REQUEST_METHOD"])])
    return [b"<", body, b">"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_what_the_validator_of_python_checks(running: HttpServer, method: str) -> None:
    # It checks what the server gives and does: the environment, how it iterates, that it closes.
    expectation = serve(running, validator(echo))
    status, reason, headers, body = ask(running, method, "/app/a?b", b"data")
    assert (status, reason, headers["X-Method"], body) == (207, "Many Things", method, "<data>")
    assert running.journal.problems() == []
    assert expectation.used == 1


def test_a_list_has_a_length(running: HttpServer) -> None:
    serve(running, echo)
    _, _, headers, body = ask(running, "PROPFIND", "/app", b"data")
    assert (headers["X-Method"], headers["Content-Length"], body) == ("PROPFIND", "6", "<data>")


def test_a_body_in_chunks_has_a_length(running: HttpServer) -> None:
    serve(running, validator(echo))
    assert ask(running, "POST", "/app", iter([b"da", b"ta"]))[3] == "<data>"
    assert running.journal.problems() == []


def test_head(running: HttpServer) -> None:
    def app(environ: Environ, start_response: Any) -> list[bytes]:
        start_response("200 OK", [*TEXT, ("Content-Length", "5")])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [b"hello"]

    serve(running, validator(app))
    _, _, headers, body = ask(running, "HEAD", "/app")
    assert (headers["Content-Length"], body) == ("5", "")
    assert ask(running, "GET", "/app")[3] == "hello"
    assert running.journal.problems() == []


class Body:
    """An iterable of pieces that knows whether it was closed."""

    def __init__(self, pieces: Iterable[Any]) -> None:
        self._pieces = iter(pieces)
        self.closed = 0

    def __iter__(self) -> Iterator[Any]:
        return self._pieces

    def close(self) -> None:
        self.closed += 1


def app_of(body: object, status: object = "200 OK", headers: object = TEXT) -> Callable[..., Any]:
    def app(environ: Environ, start_response: Any) -> object:
        start_response(status, headers)
        return body

    return app


@pytest.mark.parametrize(
    ("headers", "framing"),
    [(TEXT, ("Transfer-Encoding", "chunked")), ([*TEXT, ("Content-Length", "3")], ("Content-Length", "3"))],
)
def test_pieces_are_sent_while_they_are_made(
    running: HttpServer, headers: list[tuple[str, str]], framing: tuple[str, str]
) -> None:
    received = Latch()

    def pieces() -> Iterator[bytes]:
        yield b""
        yield b"a"
        # The client has the first piece before there is a second one.
        assert received.wait(LONG)
        yield b"bc"

    body = Body(pieces())
    serve(running, app_of(body, headers=headers))
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=LONG)
    connection.request("GET", "/app")
    response = connection.getresponse()
    assert response.read(1) == b"a"
    received.set()
    assert response.read() == b"bc"
    assert response.headers[framing[0]] == framing[1]
    connection.close()
    while running.stop():
        """Each waits for the thread for a moment."""
    assert body.closed == 1
    assert running.journal.problems() == []


@pytest.mark.parametrize("pieces", [[], [b""], [b"a", b"", b"b"]])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_body_is_closed_once(running: HttpServer, pieces: list[bytes], method: str) -> None:
    body = Body(pieces)
    serve(running, app_of(body))
    assert ask(running, method, "/app")[3] == ("" if method == "HEAD" else b"".join(pieces).decode())
    while running.stop():
        """Each waits for the thread for a moment."""
    assert body.closed == 1


def test_the_body_is_closed_when_the_client_leaves(running: HttpServer) -> None:
    left, closed = Latch(), Latch()

    def pieces() -> Iterator[bytes]:
        try:
            yield b"first"
            assert left.wait(LONG)
            while True:
                yield b"x" * 1024 * 1024
        finally:
            closed.set()

    serve(running, app_of(pieces()))
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=LONG)
    connection.request("GET", "/app")
    response = connection.getresponse()
    assert response.read(5) == b"first"
    response.close()
    connection.close()
    left.set()
    assert closed.wait(LONG)
    assert running.journal.problems() == []


def test_start_response_may_be_called_by_the_body(running: HttpServer) -> None:
    def app(environ: Environ, start_response: Any) -> Iterator[bytes]:
        start_response("201 Created", TEXT)
        yield b"late"

    serve(running, app)
    assert ask(running, "GET", "/app")[::3] == (201, "late")


def test_write(running: HttpServer) -> None:
    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        write = start_response("200 OK", TEXT)
        write(b"a")
        write(b"")
        write(b"b")

        def pieces() -> Iterator[bytes]:
            yield b""
            write(b"c")
            yield b"d"
            write(b"e")

        return pieces()

    serve(running, app)
    assert ask(running, "GET", "/app")[3] == "abcde"


def test_write_alone(running: HttpServer) -> None:
    def app(environ: Environ, start_response: Any) -> list[bytes]:
        start_response("200 OK", TEXT)(b"written")
        return []

    serve(running, validator(app))
    assert ask(running, "GET", "/app")[3] == "written"
    assert running.journal.problems() == []


def failing_with(error: BaseException) -> None:
    raise error


def test_an_error_replaces_a_status_that_is_not_sent(running: HttpServer) -> None:
    def app(environ: Environ, start_response: Any) -> list[bytes]:
        start_response("200 OK", TEXT)
        try:
            failing_with(ValueError("boo"))
        except ValueError:
            start_response("503 Later", [*TEXT, ("X-Error", "1")], sys.exc_info())
        return [b"sorry"]

    serve(running, validator(app))
    status, reason, headers, body = ask(running, "GET", "/app")
    assert (status, reason, headers["X-Error"], body) == (503, "Later", "1", "sorry")
    assert running.journal.problems() == []


def test_an_error_after_the_status_was_sent_is_raised_again(running: HttpServer) -> None:
    def app(environ: Environ, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", TEXT)
        yield b"first"
        try:
            failing_with(ValueError("boo"))
        except ValueError:
            start_response("503 Later", TEXT, sys.exc_info())
        yield b"never"

    serve(running, app)
    with pytest.raises(http.client.IncompleteRead):
        ask(running, "GET", "/app")
    problem = running.journal.wait(lambda: running.journal.problems() or None, LONG)
    assert problem is not None
    assert (problem[0].kind, type(problem[0].exception)) == ("HANDLER ERROR", ValueError)
    assert "GET /app: sending the response failed: ValueError: boo (test_app.py, line " in problem[0].message


def twice(environ: Environ, start_response: Any) -> list[bytes]:
    start_response("200 OK", TEXT)
    start_response("200 OK", TEXT)
    return []


def never(environ: Environ, start_response: Any) -> list[bytes]:
    return [b"body"]


def raising(environ: Environ, start_response: Any) -> list[bytes]:
    raise KeyError("boo")


def leaving(environ: Environ, start_response: Any) -> list[bytes]:
    sys.exit(3)


def first_piece_raises(environ: Environ, start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", TEXT)
    yield failing_with(OSError("boo"))  # type: ignore[func-returns-value, misc]


def writes_text(environ: Environ, start_response: Any) -> list[bytes]:
    start_response("200 OK", TEXT)("text")
    return []


APP: Final = "app_of.<locals>.app"
UNSENDABLE: Final = "returned something that cannot be sent"
ONE_PIECE: Final = f"{APP} {UNSENDABLE}: a piece of the body that is"


@pytest.mark.parametrize(
    ("app", "reason"),
    [
        (raising, "app raising raised KeyError: 'boo' (test_app.py, line "),
        (leaving, "app leaving raised SystemExit: 3 (test_app.py, line "),
        (first_piece_raises, "app first_piece_raises raised OSError: boo (test_app.py, line "),
        (
            twice,
            "app twice raised RuntimeError: start_response was called a second time, without exc_info (test_app.py, l",
        ),
        (never, f"app never {UNSENDABLE}: a body without a status. start_response must be called before it."),
        (
            app_of("text"),
            f"app {APP} {UNSENDABLE}: str. An iterable of bytes is needed, such as [b'...'].",
        ),
        (
            app_of(None),
            f"app {APP} {UNSENDABLE}: NoneType. An iterable of bytes is needed, such as [b'...'].",
        ),
        (
            app_of(b"b"),
            f"app {APP} {UNSENDABLE}: bytes. An iterable of bytes is needed, such as [b'...'].",
        ),
        (app_of(["text"]), f"app {ONE_PIECE} str: 'text'. Bytes are needed."),
        (app_of(Body([7])), f"app {ONE_PIECE} int: 7. Bytes are needed."),
        (writes_text, f"app writes_text {UNSENDABLE}: a piece of the body that is str: 'text'. Bytes are needed."),
        (
            app_of([b"a"], status=200),
            f"app {APP} {UNSENDABLE}: status: text such as '200 OK' is needed, not 200.",
        ),
        (app_of([b"a"], status="OK"), f"app {APP} {UNSENDABLE}: status: a status code such as 404, or"),
        (app_of(Body([b"a"]), status="199 No"), f"app {APP} {UNSENDABLE}: status: a status code from 200"),
        (
            app_of([b"a"], headers=[("X-A", 1)]),
            f"app {APP} {UNSENDABLE}: headers: a list of pairs of text (name, value) is needed, but it has ('X-A', 1).",
        ),
        (
            app_of([b"a"], headers=[("X-A", "a\r\nb")]),
            f"app {APP} {UNSENDABLE}: headers: the value of X-A",
        ),
        (app_of([b"a"], headers=7), f"app {APP} raised TypeError: Value after * must be an iterable, not int"),
        (
            app_of([b"a"], headers=[("Content-Length", "2")]),
            f"app {APP} {UNSENDABLE}: headers: Content-Length is 2, but the body has 1 byte.",
        ),
        (
            app_of(Body([b"a"]), headers=[("Content-Length", "-1")]),
            f"app {APP} {UNSENDABLE}: headers: Content-Length is '-1', which is no number.",
        ),
    ],
)
def test_what_goes_wrong_is_a_problem_and_an_answer(running: HttpServer, app: object, reason: str) -> None:
    serve(running, app)
    status, _, _, body = ask(running, "GET", "/app/a")
    (problem,) = running.journal.problems()
    assert (status, problem.kind) == (500, "HANDLER ERROR")
    assert problem.message.startswith(f"HANDLER ERROR: GET /app/a: {reason}")
    assert body.startswith(problem.message)


def test_the_body_is_closed_after_an_error() -> None:
    body = Body([b"a"])
    with pytest.raises(ResponseFailed):
        App("/app", app_of(body, status="nonsense")).respond(Occasion(Request.of("GET", "/app")))
    assert body.closed == 1


def test_the_first_error_is_the_one_that_is_told() -> None:
    class Unclosable(Body):
        def close(self) -> None:
            raise OSError("closing failed")

    with pytest.raises(ResponseFailed, match="status: a status code"):
        App("/app", app_of(Unclosable([]), status="nonsense")).respond(Occasion(Request.of("GET", "/app")))


def test_an_error_while_closing_is_a_problem(running: HttpServer) -> None:
    class Unclosable(Body):
        def close(self) -> None:
            raise OSError("closing failed")

    serve(running, app_of(Unclosable([b"a"])))
    assert ask(running, "GET", "/app")[3] == "a"
    problem = running.journal.wait(lambda: running.journal.problems() or None, LONG)
    assert problem is not None
    assert "GET /app: sending the response failed: OSError: closing failed" in problem[0].message


def test_an_application_is_not_called_for_a_body_that_is_not_kept() -> None:
    request = Request.of("POST", "/app", {}, b"abc")
    request.cut = Cut(5, 3, "max_body_kept")
    with pytest.raises(ResponseFailed) as caught:
        App("/app", never).respond(Occasion(request))
    assert str(caught.value) == (
        "app never was not called: the body has 5 bytes, of which max_body_kept keeps the first 3; "
        "raise it in 'Start Http Server'"
    )


class Shop:
    """An application with routes, as frameworks make them."""

    def __init__(self) -> None:
        self._routes = Map([Rule("/items/<int:number>", endpoint="item"), Rule("/", endpoint="home")])

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        request = werkzeug.Request(environ)
        urls = self._routes.bind_to_environ(environ)
        try:
            endpoint, values = urls.match()
        except HTTPException as error:
            return error(environ, start_response)
        link = urls.build("item", {"number": values.get("number", 0) + 1}, force_external=True)
        return werkzeug.Response(f"{endpoint} {values} {request.form.get('a')} {link}")(environ, start_response)


def test_an_application_finds_its_routes_and_makes_its_urls(running: HttpServer) -> None:
    serve(running, Shop(), "/shop")
    base = f"http://127.0.0.1:{running.port}/shop/items"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask(running, "POST", "/shop/items/7", b"a=b", **headers)[3] == f"item {{'number': 7}} b {base}/8"
    assert ask(running, "GET", "/shop/")[3] == f"home {{}} None {base}/1"
    assert ask(running, "GET", "/shop")[2]["Location"] == base.removesuffix("items")
    assert ask(running, "GET", "/shop/missing")[0] == 404
    assert running.journal.problems() == []


def test_several_requests_run_at_the_same_time(running: HttpServer) -> None:
    together = threading.Barrier(4, timeout=LONG)

    def app(environ: Environ, start_response: Any) -> list[bytes]:
        together.wait()
        start_response("200 OK", TEXT)
        return [b"together"]

    serve(running, app)
    bodies: list[str] = []
    threads = [threading.Thread(target=lambda: bodies.append(ask(running, "GET", "/app")[3])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert bodies == ["together"] * 4


def test_what_is_recorded(running: HttpServer) -> None:
    expectation = serve(running, app_of(Body([b"a", b"b"]), "203 So So"))
    ask(running, "GET", "/app/x")
    exchange = running.journal.wait(lambda: running.journal.exchanges() or None, LONG)
    assert exchange is not None
    received = ReceivedRequest(exchange[0], expectation.description)
    assert received.response is not None
    assert (received.response.status, received.response.reason, received.response.text) == (203, "So So", "ab")
    assert received.expectation is expectation


async def asgi(scope: object, receive: object, send: object) -> None:
    """An ASGI application."""


class Asgi:
    async def __call__(self, scope: object, receive: object, send: object) -> None:
        """As in FastAPI."""


ASGI: Final = "is an ASGI application. A WSGI application (PEP 3333) is needed, such as one of Flask or Django."


NO_CALL: Final = (
    "cannot be called with environ and start_response, as a WSGI application (PEP 3333) is. If it makes one, give that."
)


def factory(config: object = None) -> object:
    """What makes an application, as often with Flask."""
    return config


@pytest.mark.parametrize(
    ("app", "message"),
    [
        (asgi, f"app: asgi {ASGI}"),
        (Asgi(), f"app: Asgi {ASGI}"),
        (factory, f"app: factory {NO_CALL}"),
        (object, f"app: object {NO_CALL}"),
        (7, "app: a function or its name is needed, not 7."),
        ("shop", "app: \"shop\" is not a name such as 'my_module.my_function' or 'my_file.py:my_function'."),
        ("json.__name__", "app: \"json.__name__\" is not callable: 'json'."),
    ],
)
def test_what_is_no_application_fails_at_once(app: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        App("/app", app)
    assert str(caught.value) == message


def test_an_application_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "shop_of_suite.py").write_text(
        "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'found']\n"
    )
    for name in ("shop_of_suite.app", "shop_of_suite.py:app"):
        app = App("/app", name, directory=tmp_path)
        assert app.name == name
        response: Response = app.respond(Occasion(Request.of("GET", "/app")))
        assert response.body == b"found"
