"""The measurements, in seconds, bytes or requests per second. They raise when anything failed meanwhile."""

from __future__ import annotations

import json
import math
import statistics
import tempfile
import time
import timeit
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import jinja2
import requests

import granian_server
import wiremock
from clients import Client, Load, burst, get, latency, latency_apart, post, post_head, wrk
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.records.exchange import Exchange
from HttpServerLibrary.engine.records.received import ReceivedRequest
from HttpServerLibrary.engine.responses.occasion import Occasion
from HttpServerLibrary.engine.responses.template import JsonTemplate
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.wire.limits import Limits
from servers import (
    ANCESTOR,
    ANSWER,
    BARE,
    GRANIAN,
    ORDER,
    OURS,
    WIREMOCK,
    Child,
    Expected,
    Work,
    alone,
    answer_once,
    child_serving,
    make,
    send_to_streams,
    serving,
    start_library,
    stop_library,
    wait_in_library,
)

P = ParamSpec("P")
T = TypeVar("T")

MIB = 1024 * 1024
SIZE = 100 * MIB
RECORDED = 100_000
WAITED_FOR = 20_000
DELAY = 0.2
EVENTS = 10_000
STREAMS = 200
# What pytest-httpserver has time for.
_CYCLES = {OURS: 100, ANCESTOR: 5}
_STOPS = 5
_RECORDED = {OURS: RECORDED, ANCESTOR: 10_000}
_LOAD = 2
_PAUSE = 0.01

_forget: list[Callable[[], None]] = []


def once_a_round(measure: Callable[P, T]) -> Callable[P, T]:
    """A measurement that several rows show is made once for all of them."""
    taken: dict[object, T] = {}
    _forget.append(taken.clear)

    @wraps(measure)
    def measured(*args: P.args, **kwargs: P.kwargs) -> T:
        key = (args, *kwargs.items())
        if key not in taken:
            taken[key] = measure(*args, **kwargs)
        return taken[key]

    return measured


def new_round() -> None:
    """Has everything measured anew."""
    for forget in _forget:
        forget()


def _orders(_: int) -> list[Expected]:
    return [Expected("/orders", "POST", {"item": "book"})]


def _small_get(_: int) -> list[Expected]:
    return [Expected("/small")]


def _paths(count: int) -> list[Expected]:
    return [Expected(f"/path/{number}") for number in range(1, count + 1)]


def _documents(others: int) -> list[Expected]:
    return [*(Expected(f"/other/{number}", "POST", {"number": number}) for number in range(others)), _DOCUMENT_EXPECTED]


def _documents_here(others: int) -> list[Expected]:
    return [*(Expected("/documents", "POST", {"number": number}) for number in range(others)), _DOCUMENT_EXPECTED]


def _late(_: int) -> list[Expected]:
    return [Expected("/late", delay=DELAY)]


def _held(_: int) -> list[Expected]:
    return [Expected("/held", held=True), Expected("/small")]


def _forwarded(upstream: str) -> list[Expected]:
    return [Expected("/orders", "POST", {"item": "book"}, upstream=upstream)]


def _upload(_: int) -> list[Expected]:
    return [Expected("/upload", "POST")]


def _download(_: int) -> list[Expected]:
    return [Expected("/download", answer=b"x" * SIZE)]


def _file(path: str) -> list[Expected]:
    return [Expected("/download", file=path)]


def _directory(path: str) -> list[Expected]:
    return [Expected("/assets/app.json", directory=path)]


# The same for a template that knows JSON, and for one that knows text.
_FILLED_IN = {
    "page": "{{ request.query.page | int }}",
    "sizes": "{{ request.json.sizes }}",
    "text": "{{ number }} {{ request.json.item }}",
    "id": "{{ request.headers['X-Id'] }}",
}
_FILLED_IN_AS_TEXT = (
    '{"page": {{ request.query.page | int }}, "sizes": {{ request.json.sizes | tojson }}, '
    '"text": "{{ number }} {{ request.json.item }}", "id": {{ request.headers["X-Id"] | tojson }}}'
)

# 1 MiB of JSON, such as an export of many orders is.
_DOCUMENT = {
    "orders": [{"number": number, "item": "book", "price": 9.5, "tags": ["a", "b"]} for number in range(16_000)]
}
_DOCUMENT_EXPECTED = Expected("/documents", "POST", _DOCUMENT)

NOTHING = Work(_paths, 0)
ORDERS = Work(_orders)
SMALL_GET = Work(_small_get)
HELD = Work(_held)
DOCUMENT = Work(_documents, 0)
DOCUMENT_AND_OTHER_PATHS = Work(_documents, 1000)
DOCUMENT_AND_SAME_PATH = Work(_documents_here, 1000)


@once_a_round
def load(name: str, connections: int) -> Load:
    return _load(name, connections, _LOAD)


@once_a_round
def long_load(name: str, connections: int = 16) -> Load:
    """So long that it fills the journal."""
    seconds = math.ceil(1.25 * RECORDED / load(name, connections).rate)
    while True:
        measured = _load(name, connections, seconds)
        if measured.requests >= RECORDED:
            return measured
        # The machine became slower.
        seconds *= 2


def _load(name: str, connections: int, seconds: int) -> Load:
    if name == GRANIAN:
        return wrk(granian_server.port(), connections, seconds)
    if name == WIREMOCK:
        measured = wrk(wiremock.port(), connections, seconds)
        recorded = wiremock.recorded()
    else:
        with child_serving(name, ORDERS) as child:
            answer_once(child.port)
            measured = wrk(child.port, connections, seconds)
            recorded = child.recorded()
            child.stop()
    if name != BARE and recorded < min(RECORDED, measured.requests):
        raise RuntimeError(f"{name} recorded {recorded} of {measured.requests} requests")
    return measured


@once_a_round
def request_time(name: str, work: Work = ORDERS, request: bytes = ORDER, fresh: bool = False) -> float:
    """Seconds for a request of one client in another process than the server."""
    with serving(name, work) as port:
        answer_once(port, request)
        return latency(port, request, fresh=fresh)


@once_a_round
def forwarded_time(upstream: str, fresh: bool) -> float:
    """Seconds for a request that our server forwards to another one."""
    with serving(upstream, ORDERS) as port:
        return request_time(OURS, Work(_forwarded, f"http://127.0.0.1:{port}"), fresh=fresh)


def last_of(name: str, count: int) -> float:
    """Seconds for a request that the last of so many expectations takes."""
    return request_time(name, Work(_paths, count), get(f"/path/{count}"))


def small_file_time(*, of_directory: bool) -> float:
    """Seconds for a request for a small file."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "assets", "app.json")
        file.parent.mkdir()
        file.write_bytes(ANSWER)
        work = Work(_directory, directory) if of_directory else Work(_file, str(file))
        return request_time(OURS, work, get("/assets/app.json" if of_directory else "/download"))


def document_time(work: Work) -> float:
    """Seconds for a request with 1 MiB of JSON."""
    return request_time(OURS, work, post("/documents", json.dumps(_DOCUMENT).encode()))


@once_a_round
def registering(name: str, count: int) -> float:
    """Seconds to register so many expectations."""
    with child_serving(name, NOTHING) as child:
        seconds = child.expect(Work(_paths, count))
        answer_once(child.port, get(f"/path/{count}"))
        child.stop()
    return seconds


@once_a_round
def session_time(name: str) -> float:
    """Seconds for a request of requests.Session in the process of the server."""
    return alone(_session_time, name)


def _session_time(name: str, seconds: float = 0.5) -> float:
    server = make(name, ORDERS)
    server.start()
    with requests.Session() as client:
        client.trust_env = False
        url = f"http://127.0.0.1:{server.port}/orders"
        count = 0
        start = now = time.perf_counter()
        while now < start + seconds:
            response = client.post(url, data=b'{"item": "book"}', headers={"Content-Type": "application/json"})
            if response.content != ANSWER:
                raise RuntimeError(f"{name} answered {response.status_code} {response.text}")
            count += 1
            now = time.perf_counter()
    server.check()
    server.stop()
    return (now - start) / count


@once_a_round
def own_time_of_requests() -> float:
    """Seconds that requests.Session itself takes for a request: what it adds to a raw client of the bare responder."""
    return session_time(BARE) - alone(_raw_time, BARE)


def _raw_time(name: str) -> float:
    server = make(name, ORDERS)
    server.start()
    seconds = latency(server.port, ORDER)
    server.stop()
    return seconds


@once_a_round
def cycle(name: str) -> float:
    """Seconds from the start of a server to the end of its stop, with an answer in between: the median of many.

    In the process of the client, which is how tests use servers.
    """
    return alone(_median_life, name, _CYCLES[name], False)


@once_a_round
def idle_stop(name: str) -> float:
    """Seconds for the stop of a server that has nothing to do: the median of some, in the process of the client."""
    return alone(_median_life, name, _STOPS, True)


def _median_life(name: str, count: int, only_stop: bool) -> float:
    return statistics.median(_life(name, only_stop) for _ in range(count))


def _life(name: str, only_stop: bool) -> float:
    start = time.perf_counter()
    server = make(name, ORDERS)
    server.start()
    answer_once(server.port)
    if only_stop:
        # Long enough for it to be done with the connection.
        time.sleep(0.05)
        start = time.perf_counter()
    server.stop()
    end = time.perf_counter()
    server.check()
    return end - start


def _open(port: int, connections: int, stack: ExitStack) -> list[Client]:
    """Connections that have been used and are open."""
    clients = [stack.enter_context(Client(port)) for _ in range(connections)]
    for client in clients:
        client.ask(ORDER)
    return clients


@once_a_round
def stop_time(connections: int) -> float:
    """Seconds for our stop() with so many open connections."""
    with child_serving(OURS, ORDERS) as child, ExitStack() as stack:
        clients = _open(child.port, connections, stack)
        seconds = child.stop()
        for client in clients:
            _expect_end(client)
    return seconds


def _expect_end(client: Client) -> None:
    try:
        left_open = client.connect().recv(1)
    except ConnectionResetError:
        return
    if left_open:
        raise RuntimeError(f"after the stop came {left_open!r}")


@once_a_round
def request_time_beside(idle: int) -> float:
    """Seconds for a request of one client while others keep so many connections open."""
    with child_serving(OURS, ORDERS) as child, ExitStack() as stack:
        clients = _open(child.port, idle, stack)
        seconds = latency(child.port, ORDER)
        for client in clients:
            client.ask(ORDER)
        child.stop()
    return seconds


def _hold(child: Child, requests: int, stack: ExitStack) -> None:
    """So many requests that wait for the test to answer them."""
    for _ in range(requests):
        stack.enter_context(Client(child.port)).connect().sendall(get("/held"))
    while child.recorded() < requests:
        time.sleep(_PAUSE)


@once_a_round
def held_stop_time(requests: int) -> float:
    """Seconds for our stop() while so many requests wait for the test to answer them."""
    with child_serving(OURS, HELD) as child, ExitStack() as stack:
        _hold(child, requests, stack)
        return child.stop()


@once_a_round
def request_time_beside_held(requests: int) -> float:
    """Seconds for a request of one client while so many others wait for the test to answer them."""
    with child_serving(OURS, HELD) as child, ExitStack() as stack:
        _hold(child, requests, stack)
        seconds = latency(child.port, get("/small"))
        child.stop()
    return seconds


@once_a_round
def event_rate(by_keyword: bool) -> float:
    """Events a second that one client in another process gets, sent by the keyword or by what it calls."""
    with Child() as child, Client(child.call(start_library)) as client:
        stream = client.connect()
        stream.sendall(get("/events"))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += stream.recv(1)
        sending = child.begin(send_to_streams, 1, EVENTS, by_keyword)
        received = stream.recv(1)
        start = time.perf_counter()
        while not received.endswith(b"0\r\n\r\n"):
            piece = stream.recv(1024 * 1024)
            if not piece:
                raise RuntimeError("the stream broke")
            received += piece
        seconds = time.perf_counter() - start
        sending.result()
        child.call(stop_library)
    if received.count(b"data: tick\n\n") != EVENTS:
        raise RuntimeError(f"{received.count(b'data: tick')} of {EVENTS} events came")
    return EVENTS / seconds


@dataclass(frozen=True)
class Beside:
    """Seconds for a request of one client, and for the stop."""

    latency: float
    stop: float


@once_a_round
def beside_streams(count: int) -> Beside:
    """Beside so many open streams that have got events."""
    with Child() as child, ExitStack() as stack:
        port = child.call(start_library)
        clients = [stack.enter_context(Client(port)) for _ in range(count)]
        for client in clients:
            client.connect().sendall(get("/events"))
        if count:
            child.call(send_to_streams, count, 10, True)
        return Beside(latency(port, ORDER), child.call(stop_library))


@once_a_round
def apart_time() -> float:
    """Seconds for a request whose head and body are sent apart, as many clients do, with Nagle's algorithm."""
    with serving(OURS, ORDERS) as port:
        answer_once(port)
        head, empty, body = ORDER.partition(b"\r\n\r\n")
        return latency_apart(port, head + empty, body)


@once_a_round
def time_beside_wait(waits: bool) -> float:
    """Seconds for each of many requests from another process, while a keyword waits for all of them."""
    with Child() as child, Client(child.call(start_library)) as client:
        waiting = child.begin(wait_in_library, WAITED_FOR) if waits else None
        start = time.perf_counter()
        for _ in range(WAITED_FOR):
            client.ask(ORDER)
        seconds = time.perf_counter() - start
        if waiting is not None:
            waiting.result()
    return seconds / WAITED_FOR


@once_a_round
def template_time(name: str) -> float:
    """Seconds for a JSON body with expressions about a request, filled in by a template."""
    return alone(_template_time, name)


def _template_time(name: str, count: int = 5000) -> float:
    request = Request.of("POST", "/orders?page=2", {"X-Id": "abc"}, b'{"item": "book", "sizes": [1, 2]}')
    view = partial(ReceivedRequest, Exchange(request, "http://localhost", Scope("benchmark", 0.0)))
    render: Callable[[], bytes]
    if name == OURS:
        render = partial(JsonTemplate(_FILLED_IN, "body").render_bytes, Occasion(request, 1, {}, view))
    else:
        template = jinja2.Environment().from_string(_FILLED_IN_AS_TEXT)

        def render() -> bytes:
            return template.render(request=view(), number=1).encode()

    if json.loads(render()) != {"page": 2, "sizes": [1, 2], "text": "1 book", "id": "abc"}:
        raise RuntimeError(f"{name} made {render()!r}")
    return min(timeit.repeat(render, number=count, repeat=3)) / count


@once_a_round
def late_answers(name: str, count: int) -> float:
    """Seconds until so many requests that come at once, and are each answered late, are all answered."""
    with serving(name, Work(_late)) as port:
        return burst(port, get("/late"), count)


@dataclass(frozen=True)
class Growth:
    """How many bytes a process grew by, for each request, when it had all its requests, and with as many again."""

    first: float
    again: float


@once_a_round
def growth(name: str, work: Work, request: bytes) -> Growth:
    count = _RECORDED[name]
    with child_serving(name, work) as child, Client(child.port) as client:
        sizes = []
        for requests_now in (100, count, count):
            for _ in range(requests_now):
                client.ask(request)
            sizes.append(child.memory())
        recorded = child.recorded()
        child.stop()
    if recorded < count:
        raise RuntimeError(f"{name} recorded {recorded} of {count} requests")
    before, filled, again = sizes
    return Growth((filled - before) / count, (again - filled) / count)


@dataclass(frozen=True)
class Transfer:
    """A large body: the seconds it takes, and the bytes the server's process grew by at most."""

    seconds: float
    peak: int


def _transfer(child: Child, work: Work, move: Callable[[Client], None]) -> Transfer:
    """Measures the memory from before the server has what it expects."""
    child.expect(SMALL_GET)
    answer_once(child.port, get("/small"))
    child.forget_peak()
    before = child.memory()
    child.expect(work)
    with Client(child.port) as client:
        start = time.perf_counter()
        move(client)
        seconds = time.perf_counter() - start
    return Transfer(seconds, child.memory("VmHWM") - before)


@once_a_round
def upload(name: str) -> Transfer:
    body = bytes(b"x" * SIZE)

    def move(client: Client) -> None:
        answered = client.ask(post_head("/upload", SIZE), body)
        if answered != ANSWER:
            raise RuntimeError(f"{answered!r} was answered")

    with child_serving(name, NOTHING) as child:
        done = _transfer(child, Work(_upload), move)
        child.stop()
    return done


@once_a_round
def upload_over_limit() -> Transfer:
    """More is announced than the server takes, and as much is sent as in the other uploads."""
    announced = max(SIZE, Limits().body + 1)
    # Not stopped but ended with its process: the refusal is a problem, as it should be.
    with child_serving(OURS, NOTHING) as child:
        return _transfer(
            child, Work(_upload), lambda client: client.push(post_head("/upload", announced), SIZE, b"413")
        )


def _count(client: Client) -> None:
    received = client.count(get("/download"))
    if received != SIZE:
        raise RuntimeError(f"{received} bytes came")


@once_a_round
def download(name: str) -> Transfer:
    with child_serving(name, NOTHING) as child:
        done = _transfer(child, Work(_download), _count)
        child.stop()
    return done


@once_a_round
def download_of_file() -> Transfer:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "large.bin")
        file.write_bytes(b"x" * SIZE)
        with child_serving(OURS, NOTHING) as child:
            done = _transfer(child, Work(_file, str(file)), _count)
            child.stop()
    return done
