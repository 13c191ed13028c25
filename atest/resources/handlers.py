"""Handlers and matchers that suites name by their dotted names or take as variables."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, NoReturn

from werkzeug import Request, Response
from werkzeug.exceptions import abort

not_callable = "text"


class HandlerTrouble(Exception):
    """Raised to be found again as the exception of a problem."""


def echo(request: Request) -> Response:
    """Tells what a handler sees of the request."""
    body = request.get_json(silent=True)
    name = body.get("name", "") if isinstance(body, dict) else ""
    return Response(
        f"{request.method} {request.path} {request.query_string.decode()} {request.headers.get('X-Trace')} {name}",
        status=201,
        headers=[("X-Tag", "a"), ("X-Tag", "b")],
    )


def text(request: Request) -> str:
    return "žluť"


def raw(request: Request) -> bytes:
    return b"\x00\xff"


def dictionary(request: Request) -> dict[str, Any]:
    return {"name": "žluť", "none": None}


def items(request: Request) -> list[Any]:
    return [1, True, None]


def nothing(request: Request) -> None:
    return None


def generator(request: Request) -> Response:
    return Response((part for part in ("one ", "two ", "three")), mimetype="text/plain")


def broken_generator(request: Request) -> Response:
    def parts() -> Iterator[str]:
        yield "one"
        raise HandlerTrouble("in the middle")

    return Response(parts(), mimetype="text/plain")


def number(request: Request) -> int:
    return 7


def a_set(request: Request) -> set[int]:
    return {7}


def bad_status(request: Request) -> Response:
    return Response("x", status=700)


def bad_json(request: Request) -> dict[str, Any]:
    return {"request": request}


def bad_header(request: Request) -> Response:
    return Response("x", headers={"X-Text": "\u017elu\u0165"})


def reads_json(request: Request) -> object:
    return json.loads("no JSON")


def raises(request: Request) -> NoReturn:
    raise HandlerTrouble(f"no {request.path}")


def asserts(request: Request) -> NoReturn:
    raise AssertionError("not what I want")


def exits(request: Request) -> NoReturn:
    sys.exit(3)


def interrupts(request: Request) -> NoReturn:
    raise KeyboardInterrupt("by the handler")


def not_found(request: Request) -> NoReturn:
    abort(404)


def teapot_response(request: Request) -> NoReturn:
    abort(Response("short and stout", status=418))


class Counter:
    """A handler with a memory."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, request: Request) -> dict[str, int]:
        self.calls += 1
        return {"calls": self.calls}

    def method(self, request: Request) -> str:
        return "method"


counter = Counter()


class Gate:
    """Answers once it is open, so that a test can say which request is answered first."""

    def __init__(self) -> None:
        self._entered = threading.Event()
        self._open = threading.Event()

    def answer(self, request: Request) -> str:
        self._entered.set()
        assert self._open.wait(20), "the gate was not opened"
        return "late"

    def wait_for_request(self) -> None:
        assert self._entered.wait(20), "no request came"

    def open(self) -> None:
        self._open.set()


def wants_even(request: Request) -> bool:
    return int(request.args["id"]) % 2 == 0


def wants_even_loosely(request: Request) -> object:
    """Truthy and falsy, not True and False."""
    return [] if int(request.args["id"]) % 2 else "yes"


def reads_body(request: Request) -> bool:
    return request.get_data() == b"body" and request.form.get("a") is None


def matcher_raises(request: Request) -> bool:
    raise HandlerTrouble("cannot decide")


def matcher_exits(request: Request) -> bool:
    sys.exit(3)


def matcher_never_ends(request: Request) -> bool:
    time.sleep(300)
    return True
