"""A delay around a responder of any kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import werkzeug

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.responses.delayed import delayed
from HttpServerLibrary.engine.responses.file import File
from HttpServerLibrary.engine.responses.handler import Handler
from HttpServerLibrary.engine.responses.responder import Responder, Wrapper
from HttpServerLibrary.engine.responses.static import respond_data, respond_response
from HttpServerLibrary.engine.server import HttpServer
from utest.replies import MemoryReply


class Steps(MemoryReply):
    """A reply that keeps what it is asked for, in this order."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[object] = []

    def send(self, response: Response) -> bool:
        self.steps.append(b"".join(response.pieces()))
        response.close()
        return True

    def step_aside(self) -> None:
        self.steps.append("step aside")

    def wait(self, seconds: float) -> None:
        self.steps.append(seconds)


def steps_of(server: HttpServer, responder: Responder) -> list[object]:
    server.book.register(Kind.PERMANENT, RequestDescription("/x")).responder = responder
    reply = Steps()
    server.answer(Request.of("GET", "/x"), reply)
    assert server.journal.problems() == []
    return reply.steps


def file(path: Path) -> Responder:
    path.write_bytes(b"late")
    return File(path)


@pytest.mark.parametrize(
    "made",
    [
        lambda path: respond_data("late"),
        lambda path: respond_response(werkzeug.Response("late")),
        lambda path: Handler(lambda request: "late"),
        lambda path: Handler(lambda request: werkzeug.Response(iter(["la", "te"]))),
        file,
    ],
    ids=["data", "response", "handler", "stream", "file"],
)
def test_every_responder_can_be_delayed(server: HttpServer, tmp_path: Path, made: Callable[[Path], Responder]) -> None:
    responder = made(tmp_path / "a.txt")
    assert steps_of(server, delayed(responder, 0.25)) == ["step aside", 0.25, b"late"]


def test_delays_add_up(server: HttpServer) -> None:
    assert steps_of(server, delayed(delayed(respond_data("late"), 1), 2)) == ["step aside", 2.0, 1.0, b"late"]


def test_a_static_response_keeps_nobody_waiting(server: HttpServer) -> None:
    assert steps_of(server, respond_data("now")) == [b"now"]


def test_a_time_is_a_number_or_a_timedelta() -> None:
    responder = delayed(respond_data(), timedelta(milliseconds=250))
    assert responder.delay == 0.25


def test_no_delay_is_no_wrapper() -> None:
    responder = respond_data()
    assert delayed(responder, 0) is responder


def test_a_wrapper_changes_nothing_by_itself(server: HttpServer) -> None:
    assert steps_of(server, Wrapper(respond_data("now"))) == [b"now"]
    assert Wrapper(Handler(lambda request: "")).takes_time
