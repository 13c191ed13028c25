"""The limits of `Start Http Server`: what users may write, and that it reaches the server."""

from __future__ import annotations

import inspect
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from HttpServerLibrary import HttpServerLibrary
from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.records.journal import Bounds
from HttpServerLibrary.engine.wire.limits import Limits
from HttpServerLibrary.keywords.limits import count, limits_of, period, size

SIZES: list[tuple[object, int]] = [
    (0, 0),
    (65536, 65536),
    ("65536", 65536),
    ("0", 0),
    (" 7 ", 7),
    ("1 byte", 1),
    ("2 bytes", 2),
    ("3B", 3),
    ("64 KiB", 65536),
    ("64KiB", 65536),
    ("64 kib", 65536),
    ("10 MB", 10_000_000),
    ("1 kB", 1000),
    ("1.5 MiB", 1_572_864),
    ("1.1 MB", 1_100_000),
    ("0.3 B", 0),
    ("2 GiB", 2 << 30),
    ("3 GB", 3_000_000_000),
    ("1 TiB", 1 << 40),
    ("1 TB", 10**12),
]


@pytest.mark.parametrize(("value", "expected"), SIZES)
def test_sizes(value: object, expected: int) -> None:
    assert size(value, "max_body_size") == expected


NO_SIZES: list[object] = [
    *(
        "",
        "lots",
        "MB",
        "1 M",
        "1 K",
        "1 PiB",
        "1 Mbit",
        "-1",
        "-1 KiB",
        "1e3",
        "1,5 MB",
        "1 MB 2 kB",
        "0x10",
        "\u0661 KiB",
    ),
    *(-1, True, False, None, 1.5, float("nan"), b"1", [1]),
]


@pytest.mark.parametrize("value", NO_SIZES)
def test_no_sizes(value: object) -> None:
    with pytest.raises(UsageError) as caught:
        size(value, "max_body_size")
    assert (
        str(caught.value)
        == f"max_body_size: a number of bytes or a size such as '64 KiB' or '10 MB' is needed, not {value!r}."
    )


def test_a_size_that_is_too_small() -> None:
    assert size("1 B", "max_target_size", 1) == 1
    with pytest.raises(UsageError) as caught:
        size("0 KiB", "max_target_size", 1)
    assert str(caught.value) == "max_target_size: a size of 1 or more bytes is needed, not '0 KiB'."


def test_counts() -> None:
    assert count(1, "max_header_count") == 1
    for value in (0, -1, True, 1.0, "5", None):
        with pytest.raises(UsageError) as caught:
            count(value, "max_header_count")
        assert str(caught.value) == f"max_header_count: a number of 1 or more is needed, not {value!r}."


PERIODS: list[tuple[object, float]] = [
    (1, 1.0),
    (0.001, 0.001),
    ("1 minute 30 s", 90.0),
    (timedelta(hours=24), 86400.0),
]


@pytest.mark.parametrize(("value", "expected"), PERIODS)
def test_periods(value: object, expected: float) -> None:
    assert period(value, "idle_timeout") == expected


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (-1, "-1"),
        ("0.4 ms", "0"),
        ("1 day 1 s", "86401"),
        ("2 weeks", "1209600"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_periods_out_of_range(value: object, shown: str) -> None:
    with pytest.raises(UsageError) as caught:
        period(value, "idle_timeout")
    assert str(caught.value) == f"idle_timeout: a time from 1 millisecond to 24 hours is needed, not {shown} seconds."


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("soon", "idle_timeout: a time such as '5 seconds' is needed, not 'soon'."),
        (None, "idle_timeout: a time such as '5 seconds' is needed, not None."),
    ],
)
def test_no_periods(value: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        period(value, "idle_timeout")
    assert str(caught.value) == message


@pytest.fixture
def library() -> Iterator[HttpServerLibrary]:
    made = HttpServerLibrary()
    yield made
    made.stop_all_http_servers()


def defaults() -> dict[str, Any]:
    """The limits among the arguments of `Start Http Server`."""
    parameters = inspect.signature(HttpServerLibrary.start_http_server).parameters
    return {
        name: parameter.default
        for name, parameter in parameters.items()
        if name.startswith("max_") or name.endswith("_timeout")
    }


def test_the_defaults_are_those_of_the_engine() -> None:
    assert limits_of(**defaults()) == (Limits(), Bounds())


LARGER: dict[str, Any] = {
    "max_target_size": "1 MiB",
    "max_header_size": 2,
    "max_header_count": 3,
    "max_body_size": "4 B",
    "max_body_kept": "5 kB",
    "idle_timeout": "6 s",
    "stall_timeout": timedelta(seconds=7),
    "handshake_timeout": 8.5,
    "max_requests_kept": 9,
    "max_bytes_kept": "10 GB",
}


def test_every_limit_arrives_where_it_belongs() -> None:
    assert limits_of(**LARGER) == (
        Limits(
            target=1 << 20,
            header_section=2,
            header_fields=3,
            body=4,
            body_kept=5000,
            idle=6.0,
            stall=7.0,
            handshake=8.5,
        ),
        Bounds(requests=9, kept_bytes=10**10),
    )
    assert LARGER.keys() == defaults().keys()


@pytest.mark.parametrize("option", LARGER)
def test_a_limit_that_is_wrong_starts_nothing(library: HttpServerLibrary, option: str) -> None:
    before = library.start_http_server()
    nonsense: dict[str, Any] = {option: "nonsense"}
    with pytest.raises(UsageError, match=f"^{option}: "):
        library.start_http_server(alias="wrong", **nonsense)
    assert library.get_http_server_url("") == f"{before}/"
    with pytest.raises(UsageError, match="Known servers: 'http-1'"):
        library.reset_http_server(server="wrong")


def test_the_limits_take_effect_from_python(library: HttpServerLibrary) -> None:
    url = library.start_http_server(max_body_size="2 KiB", max_body_kept=4)
    library.expect_request("/upload", method="POST")
    library.respond_with_data("thanks")
    port = int(url.rpartition(":")[2])
    for length, status in ((2048, b"200"), (2049, b"413")):
        with socket.create_connection(("127.0.0.1", port), 10) as client:
            client.sendall(b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % length)
            if length <= 2048:
                client.sendall(b"0123456789abcdef" * 128)
            assert client.recv(12) == b"HTTP/1.1 " + status
    received = library.get_received_request("/upload")
    problem = received.problem
    assert problem is not None
    assert problem.kind == "MALFORMED REQUEST"
    taken, _ = library.get_received_requests("/upload")
    assert (taken.body_size, taken.data) == (2048, b"0123")
