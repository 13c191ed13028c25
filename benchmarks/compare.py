"""Compares the server with pytest-httpserver, side by side in one run: ``python benchmarks/compare.py``.

Prints a table: the ancestor's figure, ours, and the ratio. Each figure is the median of rounds that take turns, so
that a busy machine slows both. Throughput needs ``wrk`` on the path and is left out without it.
"""

from __future__ import annotations

import logging
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import requests
from pytest_httpserver import HTTPServer

from HttpServerLibrary.engine.expectations import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.responses.static import respond_json
from HttpServerLibrary.engine.server import HttpServer

ROUNDS = 5
BODY = b'{"item": "book"}'


class Server(Protocol):
    port: int

    def start(self) -> None: ...

    def stop(self) -> object: ...


def ours(expectations: int = 1) -> HttpServer:
    server = HttpServer(host="127.0.0.1")
    for number in range(expectations):
        path = "/orders" if number == expectations - 1 else f"/other/{number}"
        description = RequestDescription(path, method="POST", json={"item": "book"})
        server.book.register(Kind.PERMANENT, description).responder = respond_json({"id": 7})
    return server


def ancestor(expectations: int = 1, threaded: bool = False) -> HTTPServer:
    server = HTTPServer(host="127.0.0.1", threaded=threaded)
    for number in range(expectations):
        path = "/orders" if number == expectations - 1 else f"/other/{number}"
        server.expect_request(path, method="POST", json={"item": "book"}).respond_with_json({"id": 7})
    return server


def message(close: bool) -> bytes:
    connection = "close" if close else "keep-alive"
    head = (
        f"POST /orders HTTP/1.1\r\nHost: localhost\r\nConnection: {connection}\r\nContent-Length: {len(BODY)}\r\n\r\n"
    )
    return head.encode() + BODY


def exchange(sock: socket.socket, request: bytes) -> None:
    sock.sendall(request)
    received = b""
    while not received.endswith(b"}"):
        piece = sock.recv(65536)
        if not piece:
            raise ConnectionError(received)
        received += piece


def new_connections(server: Server, count: int = 200) -> float:
    """Seconds for a request on a connection of its own."""
    request = message(close=True)
    start = time.perf_counter()
    for _ in range(count):
        with socket.create_connection(("127.0.0.1", server.port)) as sock:
            exchange(sock, request)
    return (time.perf_counter() - start) / count


def session(server: Server, count: int = 200) -> float:
    """Seconds for a request of requests.Session in this process."""
    with requests.Session() as client:
        client.trust_env = False
        start = time.perf_counter()
        for _ in range(count):
            client.post(f"http://127.0.0.1:{server.port}/orders", data=BODY)
        return (time.perf_counter() - start) / count


def cycle(make: Callable[[], Server], count: int = 5) -> float:
    """Seconds to start a server, get its first answer, and stop it."""
    start = time.perf_counter()
    for _ in range(count):
        server = make()
        server.start()
        new_connections(server, 1)
        server.stop()
    return (time.perf_counter() - start) / count


def throughput(server: Server) -> float:
    """Requests per second on 16 connections, measured by wrk for two seconds."""
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory, "post.lua")
        script.write_text('wrk.method = "POST"\nwrk.body = [[{"item": "book"}]]\n')
        command = ["wrk", "-t2", "-c16", "-d2s", "-s", str(script), f"http://127.0.0.1:{server.port}/orders"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    if "Non-2xx" in done.stdout:
        raise RuntimeError(done.stdout)
    found = re.search(r"Requests/sec:\s*([\d.]+)", done.stdout)
    if found is None:
        raise RuntimeError(done.stdout)
    return float(found[1])


def running(make: Callable[[], Server], measure: Callable[[Server], float]) -> float:
    server = make()
    server.start()
    try:
        return measure(server)
    finally:
        server.stop()


def show(what: str, unit: str, scale: float, theirs: Callable[[], float], mine: Callable[[], float]) -> None:
    pairs = [(theirs(), mine()) for _ in range(ROUNDS)]
    old, new = (statistics.median(values) * scale for values in zip(*pairs, strict=True))
    sys.stdout.write(f"{what:<52}{old:>12.1f}{new:>12.1f} {unit:<6}{new / old:>8.3f}\n")
    sys.stdout.flush()


def main() -> None:
    # The ancestor writes a line for each request, which would be most of what is measured.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    sys.stdout.write(f"{'':<52}{'ancestor':>12}{'ours':>12} {'':<6}{'ratio':>8}\n")
    for name, measure in (("a connection for each request", new_connections), ("requests.Session", session)):
        show(
            f"latency, {name}",
            "us",
            1e6,
            lambda measure=measure: running(ancestor, measure),
            lambda measure=measure: running(ours, measure),
        )
    for count in (100, 1000):
        show(
            f"latency, the last of {count} expectations",
            "us",
            1e6,
            lambda count=count: running(lambda: ancestor(count), lambda server: new_connections(server, 20)),
            lambda count=count: running(lambda: ours(count), lambda server: new_connections(server, 20)),
        )
    show("start, first answer, stop", "ms", 1e3, lambda: cycle(ancestor, 2), lambda: cycle(ours))
    if shutil.which("wrk"):
        show(
            "throughput, 16 connections",
            "req/s",
            1,
            lambda: running(ancestor, throughput),
            lambda: running(ours, throughput),
        )
        show(
            "throughput, 16 connections, ancestor threaded",
            "req/s",
            1,
            lambda: running(lambda: ancestor(threaded=True), throughput),
            lambda: running(ours, throughput),
        )


if __name__ == "__main__":
    main()
