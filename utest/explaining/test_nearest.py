"""What comes nearest, and how much is compared to find it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from HttpServerLibrary.engine.explaining.nearest import Compared, likely_first, nearest_received, rank
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.difference import Differences
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask

# From the nearest to the farthest.
RANKED: list[dict[str, object]] = [
    {"path": "/orders", "method": "POST", "json": {"a": 1}, "query": {"q": "2"}},
    {"path": "/orders", "method": "POST", "json": {"a": 2}, "query": {"q": "2"}},
    {"path": "/Orders", "method": "POST", "json": {"a": 2}, "query": {"q": "2"}},
    {"path": "/orders", "method": "PUT", "json": {"a": 2}, "query": {"q": "2"}},
    {"path": "/orderz", "method": "POST", "json": {"a": 2}, "query": {"q": "2"}},
    {"path": "/health", "method": "GET", "json": {"a": 2}, "query": {"q": "2"}},
]


def ranked(request: Request, descriptions: Sequence[RequestDescription]) -> list[Compared[RequestDescription]]:
    likely = likely_first(request, [(entry, entry) for entry in descriptions])
    return rank((entry, description, request) for entry, description in likely)


@pytest.mark.parametrize("filler", [0, 200, 2000], ids=["few", "many", "more than are compared"])
def test_all_fields_count(filler: int) -> None:
    request = Request.of("POST", "/orders?q=1", {}, b'{"a": 1}')
    others = [RequestDescription(f"/{number}", method="DELETE", text="x", query="y") for number in range(filler)]
    near = [RequestDescription(**fields) for fields in RANKED]
    found = ranked(request, [*others, *reversed(near)])[: len(RANKED)]
    assert [str(entry.candidate) for entry in found] == [str(entry) for entry in near]
    assert [entry.share for entry in found] == sorted(entry.share for entry in found)
    assert found[0].is_near
    assert not found[-1].is_near


def test_only_another_method_is_nearer_than_nothing_in_common() -> None:
    fields: list[dict[str, object]] = [{"path": "/y"}, {"headers": {"X": "1"}}, {"text": "a"}, {"method": "PUT"}]
    alike = RequestDescription("/x", method="POST")
    found = ranked(Request.of("GET", "/x"), [alike, *(RequestDescription(**entry) for entry in fields)])
    assert found[0].candidate is alike


def test_a_path_that_differs_in_a_detail_is_near() -> None:
    request = Request.of("GET", "/orders/")
    detail, other = RequestDescription("/orders", query="a=1"), RequestDescription("/stock")
    assert [entry.candidate for entry in ranked(request, [detail, other])] == [detail, other]


def test_one_that_has_path_and_method_makes_another_method_far() -> None:
    request = Request.of("POST", "/x", {"A": "1"})
    get = RequestDescription("/x", method="GET")
    assert ranked(request, [get])[0].is_near
    found = ranked(request, [get, RequestDescription("/x", method="POST", headers={"A": "2"})])
    assert [(entry.candidate is get, entry.is_near) for entry in found] == [(False, True), (True, False)]


def test_newer_ones_first_among_equals() -> None:
    older, newer = RequestDescription("/a"), RequestDescription("/b")
    assert [entry.candidate for entry in ranked(Request.of("GET", "/x"), [older, newer])] == [newer, older]


def test_the_nearest_of_many_that_look_alike() -> None:
    descriptions = [RequestDescription("/one", method="POST", json={"id": number}) for number in range(200)]
    found = ranked(Request.of("POST", "/one", {}, b'{"id": 5, "x": 1}'), descriptions)
    assert found[0].candidate is descriptions[5]


def test_the_head_decides_which_of_many_are_compared() -> None:
    """A large body is compared with few: those whose other fields match."""
    descriptions = [RequestDescription("/x", headers={"X": number}, text="a") for number in range(20)]
    found = ranked(Request.of("POST", "/x", {"X": "7"}, b"b" * 1024 * 1024), descriptions)
    assert len(found) == 3
    assert found[0].candidate is descriptions[7]
    assert [difference.where.kind for difference in found[0].differences] == ["text"]


def test_two_are_always_compared() -> None:
    descriptions = [RequestDescription("/x", text="a") for _ in range(20)]
    assert len(ranked(Request.of("POST", "/x", {}, b"b" * 8 * 1024 * 1024), descriptions)) == 2


def test_comparing_lists_in_any_order_counts_as_work() -> None:
    json = [{"a": number, "b": number} for number in range(150)]
    descriptions = [RequestDescription("/x", json_subset=json, json_ignore_order=True) for _ in range(30)]
    assert len(ranked(Request.of("POST", "/x", {}, b"[]"), descriptions)) < 30


def test_differences_of_a_long_head_count_as_work() -> None:
    request = Request.of("GET", "/x", {f"X-{number}": "1" * 500 for number in range(100)})
    descriptions = [RequestDescription("/x", headers={f"Y-{number}": "1" for number in range(50)}) for _ in range(9)]
    assert len(rank((description, description, request) for description in descriptions)) == 2


def test_a_matcher_that_was_not_asked_is_no_difference() -> None:
    request = Request.of("GET", "/x")
    description = RequestDescription("/x", matcher=lambda request: False)
    (found,) = rank([(1, description, request)])
    assert [difference.where.kind for difference in found.differences] == ["matcher"]
    (found,) = rank([(1, description, request)], lambda candidate: False)
    assert (list(found.differences), found.share) == ([], 0)
    (found,) = rank([(1, RequestDescription("/y", matcher=lambda request: False), request)], lambda candidate: False)
    assert [difference.where.kind for difference in found.differences] == ["path"]


def test_the_nearest_received_request(server: HttpServer, ask: Ask) -> None:
    assert nearest_received(RequestDescription("/x"), []) is None
    for path in ("/orders", "/health", "/orders?page=2"):
        ask(Request.of("GET", path))
    received = server.journal.exchanges()
    found = nearest_received(RequestDescription("/orders", query={"page": "3"}), received)
    assert found is not None
    assert found.candidate is received[2], "the newest of those that are equally near"


def test_the_nearest_is_not_looked_for_among_the_oldest(server: HttpServer, ask: Ask) -> None:
    ask(Request.of("GET", "/orders"))
    for _ in range(1000):
        ask(Request.of("GET", "/health"))
    received = server.journal.exchanges()
    found = nearest_received(RequestDescription("/orders"), received)
    assert found is not None
    assert str(found.candidate) == "GET /health"
    found = nearest_received(RequestDescription("/orders"), received[:-1])
    assert found is not None
    assert str(found.candidate) == "GET /orders"


def test_large_received_requests_are_compared_with_few(
    server: HttpServer, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        ask(Request.of("POST", "/x", {"X": str(number)}, b"a" * 1024 * 1024))
    compared = []
    original = RequestDescription.differences

    def differences(description: RequestDescription, request: Request) -> Differences:
        compared.append(request)
        return original(description, request)

    monkeypatch.setattr(RequestDescription, "differences", differences)
    nearest_received(RequestDescription("/x", headers={"X": "9"}), server.journal.exchanges())
    assert len(compared) == 3
