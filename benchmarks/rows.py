"""What the table shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import TypeVar

import granian_server
import wiremock
from clients import get, wrk_missing
from measures import (
    DELAY,
    DOCUMENT,
    DOCUMENT_AND_OTHER_PATHS,
    DOCUMENT_AND_SAME_PATH,
    EVENTS,
    ORDERS,
    RECORDED,
    SIZE,
    SMALL_GET,
    STREAMS,
    WAITED_FOR,
    apart_time,
    beside_streams,
    cycle,
    document_time,
    download,
    download_of_file,
    event_rate,
    forwarded_time,
    growth,
    held_stop_time,
    idle_stop,
    last_of,
    late_answers,
    load,
    long_load,
    own_time_of_requests,
    registering,
    request_time,
    request_time_beside,
    request_time_beside_held,
    session_time,
    small_file_time,
    stop_time,
    template_time,
    time_beside_wait,
    upload,
    upload_over_limit,
)
from servers import ANCESTOR, BARE, GRANIAN, ORDER, OURS, PACT, THREADED, WIREMOCK, pact_missing
from table import Figure, Group, Mark, Row, Unit

T = TypeVar("T")

RATE = Unit("req/s", 1)
EVENT_RATE = Unit("ev/s", 1)
SECONDS = Unit("s", 1)
MILLISECONDS = Unit("ms", 1e3)
MICROSECONDS = Unit("us", 1e6)
MEBIBYTES = Unit("MiB", 1 / 1024**2)
KIBIBYTES = Unit("KiB", 1 / 1024)

BODY = "the body"
JINJA = "Jinja2"


def at_least(ratio: float) -> Mark:
    return Mark("at least", ratio)


def at_most(ratio: float) -> Mark:
    return Mark("at most", ratio)


def no_less_than(figure: float) -> Mark:
    return Mark("at least", figure, "figure")


def no_more_than(figure: float) -> Mark:
    return Mark("at most", figure, "figure")


def part(name: str, measure: Callable[..., object], *arguments: object) -> Figure:
    """One figure of a measurement that has several."""
    return lambda: float(attrgetter(name)(measure(*arguments)))


_MISSING: dict[str, Callable[[], str]] = {
    WIREMOCK: wiremock.missing,
    PACT: pact_missing,
    GRANIAN: granian_server.missing,
}


def throughput(connections: int, against: str, mark: Mark | None = None) -> Row:
    return Row(
        f"throughput, {connections} keep-alive connections",
        against,
        part("rate", load, against, connections),
        part("rate", load, OURS, connections),
        RATE,
        mark,
        (wrk_missing, _MISSING.get(against, wrk_missing)),
    )


def one_of(count: int, mark: Mark | None = None) -> Row:
    return Row(
        f"latency, the last of {count:,} literal paths",
        "ours, one path",
        partial(last_of, OURS, 1),
        partial(last_of, OURS, count),
        MICROSECONDS,
        mark,
    )


def one_of_ancestor(count: int) -> Row:
    return Row(
        f"latency, the last of {count:,} literal paths",
        ANCESTOR,
        partial(last_of, ANCESTOR, count),
        partial(last_of, OURS, count),
        MICROSECONDS,
    )


def forwarded(upstream: str, mark: Mark | None = None, *, fresh: bool = False) -> Row:
    return Row(
        f"latency, forwarded to {upstream}{', new connections' if fresh else ''}",
        "not forwarded",
        partial(request_time, upstream, fresh=fresh),
        partial(forwarded_time, upstream, fresh),
        MICROSECONDS,
        mark,
    )


def memory(what: str, request: tuple[object, bytes]) -> list[Row]:
    theirs, ours = (growth, ANCESTOR, *request), (growth, OURS, *request)
    return [
        Row(
            f"memory for a recorded {what}, {RECORDED:,} of them",
            ANCESTOR,
            part("first", *theirs),
            part("first", *ours),
            KIBIBYTES,
            no_more_than(0.9),
        ),
        # Flat: a twentieth is what allocators and buffers may take.
        Row(
            f"memory for a {what} beyond the bound of the journal",
            "ours, before",
            part("first", *ours),
            part("again", *ours),
            KIBIBYTES,
            at_most(0.05),
        ),
    ]


GROUPS = [
    Group(
        [
            throughput(16, ANCESTOR, at_least(12)),
            throughput(16, THREADED),
            throughput(16, WIREMOCK, at_least(3)),
            throughput(16, PACT),
            throughput(16, GRANIAN),
            throughput(16, BARE, at_least(0.45)),
            Row(
                "throughput, 64 keep-alive connections",
                "ours, 16 connections",
                part("rate", load, OURS, 16),
                part("rate", load, OURS, 64),
                RATE,
                at_least(0.8),
                (wrk_missing,),
            ),
            *(throughput(64, against) for against in (ANCESTOR, THREADED, WIREMOCK, BARE)),
        ]
    ),
    Group(
        [
            Row(
                f"99th percentile while {RECORDED:,} are recorded, 16 conn.",
                BARE,
                part("slow", long_load, BARE),
                part("slow", long_load, OURS),
                MILLISECONDS,
                no_more_than(10),
                (wrk_missing,),
            ),
            Row(
                f"slowest while {RECORDED:,} are recorded, 16 conn.",
                BARE,
                part("slowest", long_load, BARE),
                part("slowest", long_load, OURS),
                MILLISECONDS,
                needs=(wrk_missing,),
            ),
        ],
        most_rounds=3,
    ),
    Group(
        [
            Row(
                "latency, a new connection for each request",
                ANCESTOR,
                partial(request_time, ANCESTOR, fresh=True),
                partial(request_time, OURS, fresh=True),
                MICROSECONDS,
                at_most(0.4),
            ),
        ]
    ),
    Group(
        [
            Row(
                "latency, a raw keep-alive client",
                ANCESTOR,
                partial(request_time, ANCESTOR),
                partial(request_time, OURS),
                MICROSECONDS,
                at_most(0.1),
            ),
            Row(
                "latency, a raw keep-alive client",
                BARE,
                partial(request_time, BARE),
                partial(request_time, OURS),
                MICROSECONDS,
                at_most(1.8),
            ),
            forwarded(OURS),
            forwarded(OURS, at_most(2.5), fresh=True),
            forwarded(ANCESTOR, at_most(2.5)),
            Row(
                "latency, head and body sent apart",
                "ours, sent at once",
                partial(request_time, OURS),
                apart_time,
                MICROSECONDS,
                no_more_than(1000),
            ),
            Row(
                "latency, a file of a directory",
                "Respond With File",
                partial(small_file_time, of_directory=False),
                partial(small_file_time, of_directory=True),
                MICROSECONDS,
                at_most(1.3),
            ),
            Row(
                f"latency while a keyword waits for {WAITED_FOR:,}",
                "ours, without a wait",
                partial(time_beside_wait, False),
                partial(time_beside_wait, True),
                MICROSECONDS,
                at_most(1.3),
            ),
        ]
    ),
    Group(
        [
            Row(
                "latency, requests.Session in the same process",
                ANCESTOR,
                partial(session_time, ANCESTOR),
                partial(session_time, OURS),
                MICROSECONDS,
                at_most(0.5),
            ),
            Row(
                "latency, requests.Session in the same process",
                BARE,
                partial(session_time, BARE),
                partial(session_time, OURS),
                MICROSECONDS,
            ),
            Row(
                "of which requests itself takes",
                "ours, requests.Session",
                partial(session_time, OURS),
                own_time_of_requests,
                MICROSECONDS,
            ),
        ]
    ),
    Group(
        [
            Row(
                "start, first answer, stop",
                ANCESTOR,
                partial(cycle, ANCESTOR),
                partial(cycle, OURS),
                MILLISECONDS,
                no_more_than(3),
            ),
            Row(
                "stop",
                ANCESTOR,
                partial(idle_stop, ANCESTOR),
                partial(idle_stop, OURS),
                MILLISECONDS,
                no_more_than(1),
            ),
            Row(
                "stop with 200 open connections",
                "ours, none open",
                partial(stop_time, 0),
                partial(stop_time, 200),
                MILLISECONDS,
                no_more_than(50),
            ),
            Row(
                "stop with 1,000 idle connections",
                "ours, none open",
                partial(stop_time, 0),
                partial(stop_time, 1000),
                MILLISECONDS,
                no_more_than(300),
            ),
        ]
    ),
    Group(
        [
            *map(one_of, (100, 1000)),
            one_of(10_000, at_most(1.3)),
            *map(one_of_ancestor, (1, 100, 1000, 10_000)),
            Row(
                "registering 10,000 literal paths",
                ANCESTOR,
                partial(registering, ANCESTOR, 10_000),
                partial(registering, OURS, 10_000),
                SECONDS,
                no_more_than(0.5),
            ),
        ]
    ),
    Group(
        [
            Row(
                "latency, 1 MiB JSON; 1,000 JSON bodies on other paths",
                "ours, one expectation",
                partial(document_time, DOCUMENT),
                partial(document_time, DOCUMENT_AND_OTHER_PATHS),
                MILLISECONDS,
                at_most(1.5),
            ),
            Row(
                "latency, 1 MiB JSON; 1,000 JSON bodies on the same path",
                "ours, one expectation",
                partial(document_time, DOCUMENT),
                partial(document_time, DOCUMENT_AND_SAME_PATH),
                MILLISECONDS,
            ),
        ]
    ),
    Group(
        [
            Row(
                "a template for JSON with five expressions",
                JINJA,
                partial(template_time, JINJA),
                partial(template_time, OURS),
                MICROSECONDS,
                at_most(1.5),
            ),
        ]
    ),
    Group(
        [
            Row(
                f"500 requests at once, each delayed {DELAY * 1000:.0f} ms",
                THREADED,
                partial(late_answers, THREADED, 500),
                partial(late_answers, OURS, 500),
                SECONDS,
                no_more_than(0.6),
            ),
        ]
    ),
    Group(
        [
            Row(
                "latency beside 1,000 idle connections",
                "ours, none idle",
                partial(request_time_beside, 0),
                partial(request_time_beside, 1000),
                MICROSECONDS,
                at_most(2),
            ),
            Row(
                "latency beside 500 held requests",
                "ours, none held",
                partial(request_time_beside_held, 0),
                partial(request_time_beside_held, 500),
                MICROSECONDS,
                at_most(2),
            ),
            Row(
                "stop with 500 held requests",
                "ours, none held",
                partial(held_stop_time, 0),
                partial(held_stop_time, 500),
                MILLISECONDS,
                no_more_than(300),
            ),
        ]
    ),
    Group(
        [
            Row(
                f"{EVENTS:,} events to one client, by the keyword",
                "ours, by what it calls",
                partial(event_rate, False),
                partial(event_rate, True),
                EVENT_RATE,
                no_less_than(20_000),
            ),
            Row(
                f"latency beside {STREAMS} open streams",
                "ours, none open",
                part("latency", beside_streams, 0),
                part("latency", beside_streams, STREAMS),
                MICROSECONDS,
                at_most(2),
            ),
            Row(
                f"stop with {STREAMS} open streams",
                "ours, none open",
                part("stop", beside_streams, 0),
                part("stop", beside_streams, STREAMS),
                MILLISECONDS,
                no_more_than(300),
            ),
        ]
    ),
    # What a busy machine does not change.
    Group([*memory("GET", (SMALL_GET, get("/small"))), *memory("POST with JSON", (ORDERS, ORDER))], most_rounds=1),
    Group(
        [
            Row(
                "upload of 100 MiB, time",
                ANCESTOR,
                part("seconds", upload, ANCESTOR),
                part("seconds", upload, OURS),
                MILLISECONDS,
                at_most(0.7),
            ),
            Row("upload of 100 MiB, memory", BODY, lambda: SIZE, part("peak", upload, OURS), MEBIBYTES, at_most(1.2)),
            Row(
                "upload of 100 MiB, memory",
                ANCESTOR,
                part("peak", upload, ANCESTOR),
                part("peak", upload, OURS),
                MEBIBYTES,
            ),
            Row(
                "upload of 100 MiB over the body limit (413), memory",
                BODY,
                lambda: SIZE,
                part("peak", upload_over_limit),
                MEBIBYTES,
                at_most(0.1),
            ),
            Row(
                "download of 100 MiB, time",
                ANCESTOR,
                part("seconds", download, ANCESTOR),
                part("seconds", download, OURS),
                MILLISECONDS,
                at_most(1),
            ),
            Row(
                "download of 100 MiB, memory", BODY, lambda: SIZE, part("peak", download, OURS), MEBIBYTES, at_most(1.2)
            ),
            Row(
                "download of 100 MiB, memory",
                ANCESTOR,
                part("peak", download, ANCESTOR),
                part("peak", download, OURS),
                MEBIBYTES,
            ),
            Row(
                "download of 100 MiB from a file, time",
                f"{ANCESTOR}, memory",
                part("seconds", download, ANCESTOR),
                part("seconds", download_of_file),
                MILLISECONDS,
            ),
            Row(
                "download of 100 MiB from a file, memory",
                BODY,
                lambda: SIZE,
                part("peak", download_of_file),
                MEBIBYTES,
                at_most(0.1),
            ),
        ]
    ),
]
