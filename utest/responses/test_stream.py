"""An open response: its script, what is added to it, and how it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.message.reply import Ending, GoOn, Stream, Wake
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.responses.occasion import Occasion
from HttpServerLibrary.engine.responses.stream import EndHow, Step, StreamEnd, StreamResponder, ending
from utest.helpers import LONG
from utest.replies import MemoryReply

OCCASION = Occasion(Request("GET", "/"))


class Opened(MemoryReply):
    """Notes what is recorded. It is resumed when the test says so, as if by another thread."""

    def __init__(self, *, has_body: bool = True, begins: bool = True) -> None:
        super().__init__(lambda response: begins)
        self.has_body = has_body
        self.stream: Stream | None = None
        self.events: list[str] = []
        self.resumed = 0
        self.is_gone = False

    def write(self, *pieces: bytes) -> bool:
        return not self.is_gone and super().write(*pieces)

    def resume(self) -> None:
        self.resumed += 1

    def finish(self, ending: Ending = Ending.END) -> int:
        self.events.append("finish")
        return super().finish(ending)

    def breaks(self, ending: Ending) -> None:
        self.events.append(f"breaks by {ending}")

    def send_stale(self, response: Response) -> None:
        self.events.append("stale")

    def opened(self, stream: Stream) -> None:
        self.events.append("opened")
        self.stream = stream

    def closed(self) -> None:
        self.events.append("closed")

    def left(self) -> None:
        self.events.append("left")


def begin(reply: Opened, steps: Sequence[Step] = (), end: StreamEnd = StreamEnd.STAY_OPEN) -> Stream:
    responder = StreamResponder(lambda occasion: steps, status=200, pairs=[], end=end)
    responder.send(responder.respond(OCCASION), reply)
    assert reply.stream is not None
    return reply.stream


def test_a_script_without_a_pause_is_written_at_once() -> None:
    reply = Opened()
    begin(reply, [Step(0, b"a"), Step(0, b"b")], StreamEnd.END)
    assert reply.written == [b"a", b"b"]
    assert reply.ending is Ending.END
    assert reply.held is None
    assert reply.events == ["opened", "finish", "closed"]


@pytest.mark.parametrize("end", [StreamEnd.END, StreamEnd.CLOSE, StreamEnd.RESET])
def test_how_it_ends(end: StreamEnd) -> None:
    reply = Opened()
    stream = begin(reply, [], end)
    assert reply.ending is Ending(end.value)
    assert not stream.is_open
    assert not stream.put(b"x")
    assert not stream.end(Ending.END)


def test_what_is_added_is_written_when_it_goes_on() -> None:
    reply = Opened()
    stream = begin(reply)
    assert stream.put(b"a", b"b")
    assert stream.put(b"c")
    assert reply.written == []
    # Once for both.
    assert reply.resumed == 1
    reply.wake(Wake.RESUMED)
    assert reply.written == [b"a", b"b", b"c"]
    stream.put(b"d")
    assert reply.resumed == 2
    stream.end(Ending.RESET)
    assert not stream.put(b"e")
    reply.wake(Wake.RESUMED)
    assert reply.written[3:] == [b"d"]
    assert reply.ending is Ending.RESET


def test_during_a_pause_the_reply_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    reply = Opened()
    stream = begin(reply, [Step(0, b"a"), Step(2, b"b"), Step(1, b"c")], StreamEnd.CLOSE)
    assert reply.written == [b"a"]
    assert reply.held_for == 2
    # Goes on without need.
    now = 101.5
    stream.put(b"added")
    reply.wake(Wake.RESUMED)
    assert reply.written == [b"a"]
    assert reply.held_for == 0.5
    now = 102.0
    reply.wake(Wake.TIMEOUT)
    assert reply.written == [b"a", b"b"]
    assert reply.held_for == 1
    now = 103.0
    reply.wake(Wake.TIMEOUT)
    assert reply.written == [b"a", b"b", b"c", b"added"]
    assert reply.ending is Ending.CLOSE


def test_ended_by_the_test_during_the_script_it_ends_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    reply = Opened()
    stream = begin(reply, [Step(1, b"a")])
    stream.put(b"b")
    stream.end(Ending.RESET)
    reply.wake(Wake.RESUMED)
    assert reply.ending is None
    now = 101.0
    reply.wake(Wake.TIMEOUT)
    assert reply.written == [b"a", b"b"]
    assert reply.ending is Ending.RESET


def test_cut_during_the_script_it_ends_at_once() -> None:
    reply = Opened()
    stream = begin(reply, [Step(0, b"a"), Step(LONG, b"b")], StreamEnd.RESET)
    stream.put(b"c")
    stream.cut()
    reply.wake(Wake.RESUMED)
    assert reply.written == [b"a", b"c"]
    assert reply.ending is Ending.END


@pytest.mark.parametrize("steps", [[], [Step(LONG, b"a")]])
def test_the_client_leaves(steps: Sequence[Step]) -> None:
    reply = Opened()
    stream = begin(reply, steps)
    reply.wake(Wake.LEFT)
    assert reply.events == ["opened", "left", "finish", "closed"]
    assert not stream.is_open
    assert not stream.put(b"x")


def test_a_write_fails() -> None:
    reply = Opened()
    stream = begin(reply)
    reply.is_gone = True
    stream.put(b"a")
    reply.wake(Wake.RESUMED)
    assert reply.events == ["opened", "closed"]
    assert reply.held is None
    assert not stream.is_open


def test_the_head_cannot_be_sent() -> None:
    reply = Opened(begins=False)
    responder = StreamResponder(lambda occasion: [], status=200, pairs=[], end=StreamEnd.STAY_OPEN)
    responder.send(responder.respond(OCCASION), reply)
    assert reply.stream is None
    assert reply.held is None


def test_the_response_to_head_has_no_stream() -> None:
    reply = Opened(has_body=False)
    responder = StreamResponder(lambda occasion: [Step(0, b"a")], status=200, pairs=[], end=StreamEnd.STAY_OPEN)
    responder.send(responder.respond(OCCASION), reply)
    assert reply.stream is None
    assert reply.written == []
    assert reply.ending is Ending.END


def test_the_response_tells_its_script() -> None:
    responder = StreamResponder(
        lambda occasion: [Step(1, b"a"), Step(0, b"b")], status=201, pairs=[], end=StreamEnd.END
    )
    response: Response = responder.respond(OCCASION)
    assert response.status == 201
    assert [*response.pieces()] == [b"a", b"b"]


def test_an_interrupt_loses_no_wake_up() -> None:
    reply = Opened()
    stream = begin(reply)
    resume: Callable[[], None] = reply.resume

    def interrupted() -> None:
        raise KeyboardInterrupt

    reply.resume = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        stream.put(b"a")
    reply.resume = resume  # type: ignore[method-assign]
    stream.put(b"b")
    assert reply.resumed == 1
    reply.wake(Wake.RESUMED)
    assert reply.written == [b"a", b"b"]


class Threaded(Opened):
    """A thread of its own lets the reply go on."""

    def __init__(self) -> None:
        super().__init__()
        self._resumed = threading.Semaphore(0)
        self._parked = threading.Event()
        self.ended = threading.Event()
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        self._parked.wait(LONG)
        while self.held is not None and self._resumed.acquire(timeout=LONG):
            self.wake(Wake.RESUMED)
        self.ended.set()

    def hold(self, go_on: GoOn, seconds: float | None = None) -> None:
        super().hold(go_on, seconds)
        self._parked.set()

    def resume(self) -> None:
        self._resumed.release()


@pytest.mark.usefixtures("quick_switches")
def test_what_several_threads_add_arrives_once_and_in_their_order() -> None:
    reply = Threaded()
    stream = begin(reply)
    accepted = [0] * 4

    def add(number: int) -> None:
        for count in range(2000):
            if not stream.put(b"%d:%d" % (number, count)):
                break
            accepted[number] += 1

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    # In the middle of it.
    while len(reply.written) < 1000:
        threading.Event().wait(0)
    stream.end(Ending.END)
    for thread in threads:
        thread.join()
    assert reply.ended.wait(LONG)
    for number in range(4):
        beginning = b"%d:" % number
        arrived = [piece for piece in reply.written if piece.startswith(beginning)]
        assert arrived == [b"%d:%d" % (number, count) for count in range(accepted[number])]


@pytest.mark.parametrize("how", [EndHow.RESET, "reset", "RESET"])
def test_how_a_user_says_that_it_ends(how: object) -> None:
    assert ending(how) is Ending.RESET


def test_a_wrong_ending() -> None:
    with pytest.raises(UsageError, match=r"^how: END, CLOSE or RESET is needed, not 'NOW'\.$"):
        ending("NOW")
