"""Descriptions of APIs as clients, the test and the record see them: answers, checks, coverage."""

from __future__ import annotations

import gzip
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from werkzeug.wrappers import Response

from HttpServerLibrary import HttpServerLibrary
from HttpServerLibrary.engine.contracts import Reaction
from HttpServerLibrary.engine.errors import ExpectationFailed, UsageError
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.records.journal import Remark
from HttpServerLibrary.engine.responses.fault import FaultKind as Fault
from HttpServerLibrary.engine.responses.stream import StreamEnd as AfterLastPiece
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.keywords.secret import Secret
from utest.helpers import LONG, AssertText, Sent, needs_secrets, responses_to
from utest.replies import MemoryReply

SHOP = """\
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /orders:
    get:
      operationId: listOrders
      responses:
        "200":
          description: all
          content:
            application/json:
              schema: {type: array, items: {$ref: "#/components/schemas/Order"}}
    post:
      operationId: createOrder
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [item]
              properties: {item: {type: string}, count: {type: integer, minimum: 1}}
      responses:
        "201":
          description: created
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Order"}
              example: {id: 7, item: book}
        "400": {description: wrong}
  /orders/{id}:
    get:
      operationId: getOrder
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
      responses:
        "200":
          description: one
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Order"}
              examples:
                book: {value: {id: 7, item: book}}
                pen: {value: {id: 8, item: pen}}
        "404": {description: none}
components:
  schemas:
    Order:
      type: object
      required: [id, item]
      properties: {id: {type: integer}, item: {type: string}, token: {type: string}}
"""
JSON = {"Content-Type": "application/json"}
WRONG = '{"id": "x", "item": "book"}'
WRONG_ID = 'GET /orders/{id}, response 200: $.id: expected an integer, received "x" (text)'
NO_ITEM = "POST /orders, request: $.item: expected a value (required), received nothing"


class Library(HttpServerLibrary):
    """Also shows what users do not see."""

    @property
    def server(self) -> HttpServer:
        return self._server()

    def begin(self, name: str = "test 'Inner'") -> None:
        self._scopes.open(name, name)

    def stop(self) -> None:
        self._scopes.stop_innermost()

    def close(self) -> None:
        self._scopes.close_innermost()

    def end(self) -> None:
        self.stop()
        self.close()

    def ask(self, method: str, target: str, body: object = None, **headers: str) -> Sent:
        """Hands a request to the current server."""
        given = [(name.replace("_", "-"), value) for name, value in headers.items()]
        sent = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        if body is not None and not isinstance(body, bytes):
            given.append(("Content-Type", "application/json"))
        (answer,) = responses_to(self.server, Request.of(method, target, given, sent))
        return answer

    def get(self, target: str, **headers: str) -> Sent:
        return self.ask("GET", target, **headers)

    def told(self) -> list[str]:
        """The first line of each problem, without its kind; then they are forgotten."""
        problems = self.server.journal.take_problems()
        assert {problem.kind for problem in problems} <= {"CONTRACT"}
        return [problem.message.partition("\n")[0].removeprefix("CONTRACT: ") for problem in problems]

    def said(self) -> list[object]:
        """What else goes into the log than requests, remarks as their text."""
        _, entries = self.server.journal.take_unlogged()
        return [
            entry.text if isinstance(entry, Remark) else entry for entry in entries if isinstance(entry, (str, Remark))
        ]


@pytest.fixture
def library() -> Iterator[Library]:
    library = Library(timeout=LONG)
    library.start_http_server()
    yield library
    library.stop_all_http_servers()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, "utf-8")
    return path


@pytest.fixture
def loaded(library: Library, shop: Path) -> Library:
    library.load_openapi(shop)
    return library


Respond = Callable[[Library, Path], object]

# What answers `GET /orders/7` with the same wrong body.
RESPONDS: dict[str, Respond] = {
    "json": lambda library, _: library.respond_with_json(WRONG),
    "data": lambda library, _: library.respond_with_data(WRONG, content_type="application/json"),
    "status": lambda library, _: library.respond_with_data(WRONG, content_type="application/json", delay=0.001),
    "file": lambda library, path: library.respond_with_file(_written(path / "order.json", WRONG)),
    "handler": lambda library, _: library.respond_with_handler(lambda request: json.loads(WRONG)),
    "pieces": lambda library, _: library.respond_with_handler(
        lambda request: Response(iter([WRONG[:9], WRONG[9:]]), 200, mimetype="application/json")
    ),
    "template": lambda library, _: library.respond_with_json('{"id": "{{ \'x\' }}", "item": "book"}', template=True),
    "gzip": lambda library, _: library.respond_with_json(WRONG, content_encoding="gzip"),
    "later": lambda library, _: library.respond_with_json(WRONG, times=1),
}


def _written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("way", RESPONDS)
def test_every_response_is_checked(loaded: Library, tmp_path: Path, way: str) -> None:
    loaded.expect_request("/orders/7")
    RESPONDS[way](loaded, tmp_path)
    body = _over_the_wire(loaded, "/orders/7")
    assert json.loads(gzip.decompress(body) if way == "gzip" else body)["id"] == "x"
    assert loaded.told() == [WRONG_ID]


def test_the_problem_is_there_before_the_last_piece_of_known_length(loaded: Library, tmp_path: Path) -> None:
    loaded.expect_request("/orders/7")
    loaded.respond_with_file(_written(tmp_path / "order.json", WRONG))
    known: list[int] = []
    server = loaded.server

    class Reply(MemoryReply):
        def send(self, response: Any) -> bool:
            known.extend(len(server.journal.problems()) for _ in response.pieces())
            response.close()
            return True

    server.answer(Request.of("GET", "/orders/7"), Reply())
    assert known == [1]


def test_a_request_that_violates_is_answered_as_if_it_did_not(loaded: Library) -> None:
    sent = loaded.ask("POST", "/orders", {"count": 0})
    assert (sent.status, json.loads(sent.body)) == (201, {"id": 7, "item": "book"})
    assert loaded.told() == [NO_ITEM]


def test_the_whole_text(loaded: Library, assert_text: AssertText) -> None:
    loaded.ask("POST", "/orders", {"count": 0})
    with pytest.raises(ExpectationFailed) as caught:
        loaded.check_assertions()
    assert_text(str(caught.value), "behaviour/contract")


def test_request_and_response_are_one_problem(loaded: Library) -> None:
    loaded.expect_request("/orders")
    loaded.respond_with_json("{}", status=201)
    loaded.ask("POST", "/orders", {})
    (problem,) = loaded.get_problems()
    assert problem.kind == "CONTRACT"
    assert problem.message.split("\n") == [
        f"CONTRACT: {NO_ITEM}",
        'The rule: shop.yaml, $.paths["/orders"].post.requestBody.content["application/json"].schema.required',
        "Also: POST /orders, response 201: $.id: expected a value (required), received nothing",
        "Also: POST /orders, response 201: $.item: expected a value (required), received nothing",
    ]


def test_many_violations(loaded: Library) -> None:
    loaded.expect_request("/orders")
    loaded.respond_with_json([{} for _ in range(50)])
    loaded.get("/orders")
    (problem,) = loaded.get_problems()
    lines = problem.message.split("\n")
    assert len(lines) == 12
    assert lines[-1] == "... and 10 more"


def test_what_violates_is_also_a_problem_of_its_own_kind(loaded: Library) -> None:
    # A handler that fails: both problems are kept, the failure first.
    loaded.expect_request("/orders")
    loaded.respond_with_handler(lambda request: 1 / 0)
    assert loaded.ask("POST", "/orders", {}).status == 500
    problems = loaded.get_problems()
    assert [problem.kind for problem in problems] == ["HANDLER ERROR", "CONTRACT"]
    assert problems[1].message.startswith(f"CONTRACT: {NO_ITEM}")


def test_an_own_500_is_no_response_of_the_api(loaded: Library) -> None:
    loaded.expect_request("/orders/7")
    assert loaded.get("/orders/7").status == 500
    assert [problem.kind for problem in loaded.get_problems()] == ["NO RESPONSE"]
    assert [row["requests"] for row in loaded.get_openapi_coverage() if row["status"] == ""] == [1]


def test_a_status_that_the_document_does_not_have(loaded: Library) -> None:
    loaded.expect_request("/orders/7")
    loaded.respond_with_data(status=500)
    loaded.get("/orders/7")
    assert loaded.told() == ["GET /orders/{id}, response 500: status: expected one of 200, 404, received 500"]


def test_warnings(library: Library, shop: Path) -> None:
    library.load_openapi(shop, requests=Reaction.WARN, responses=Reaction.WARN)
    library.expect_request("/orders/7")
    library.respond_with_json(WRONG)
    library.get("/orders/7")
    library.ask("POST", "/orders", {})
    library.check_assertions()
    messages = [str(entry).partition("\n")[0] for entry in library.said()]
    assert messages == [f"CONTRACT: {WRONG_ID}", f"CONTRACT: {NO_ITEM}"]


def test_nothing_is_checked(library: Library, shop: Path) -> None:
    library.load_openapi(shop, requests=Reaction.OFF, responses=Reaction.OFF)
    library.expect_request("/orders/7")
    library.respond_with_json(WRONG)
    library.get("/orders/7")
    library.ask("POST", "/orders", {})
    library.check_assertions()
    assert library.said() == []
    # It is counted all the same.
    library.openapi_operations_should_be_covered(operations=["getOrder", "createOrder"])


@pytest.mark.parametrize(("off", "told"), [("requests", [WRONG_ID]), ("responses", [NO_ITEM])])
def test_one_direction_is_checked(library: Library, shop: Path, off: str, told: list[str]) -> None:
    library.load_openapi(shop, **{off: Reaction.OFF})  # type: ignore[arg-type]
    library.expect_request("/orders/7")
    library.respond_with_json(WRONG)
    library.get("/orders/7")
    library.ask("POST", "/orders", {})
    assert library.told() == told


# Answers, and who comes first.


def test_operations_answer(loaded: Library) -> None:
    assert json.loads(loaded.get("/orders/7").body) == {"id": 7, "item": "book"}
    assert json.loads(loaded.get("/orders/7", Prefer="example=pen").body) == {"id": 8, "item": "pen"}
    assert loaded.get("/orders/7", Prefer="code=404").status == 404
    assert loaded.get("/orders").status == 200
    assert loaded.ask("HEAD", "/orders/7").status == 200
    loaded.check_assertions()


def test_what_is_written_by_hand_comes_first_in_all_scopes(library: Library, shop: Path) -> None:
    library.expect_request("/orders/7")
    library.respond_with_json({"id": 1, "item": "outer"})
    library.begin()
    library.load_openapi(shop)
    library.respond_with_openapi_example("getOrder", example="pen")
    assert json.loads(library.get("/orders/7").body)["item"] == "outer"
    assert json.loads(library.get("/orders/8").body)["item"] == "pen"
    library.expect_oneshot_request("/orders/7")
    library.respond_with_json({"id": 1, "item": "inner"})
    assert json.loads(library.get("/orders/7").body)["item"] == "inner"
    assert json.loads(library.get("/orders/7").body)["item"] == "outer"
    library.end()


def test_a_test_without_expectations_of_its_own_does_not_hide_the_document(loaded: Library) -> None:
    loaded.begin()
    assert loaded.get("/orders/7").status == 200
    loaded.end()
    assert loaded.get("/orders/7").status == 200


def test_chosen_examples_follow_each_other_and_end_with_their_scope(loaded: Library) -> None:
    loaded.begin()
    loaded.respond_with_openapi_example("getOrder", status=404, times=1)
    loaded.respond_with_openapi_example("GET /orders/{id}", example="pen", times=1)
    assert [loaded.get("/orders/7").status for _ in range(2)] == [404, 200]
    # Used up: the document's own answers go on.
    assert json.loads(loaded.get("/orders/7").body)["item"] == "book"
    loaded.respond_with_openapi_example("getOrder", example="pen")
    assert json.loads(loaded.get("/orders/7").body)["item"] == "pen"
    loaded.end()
    assert json.loads(loaded.get("/orders/7").body)["item"] == "book"
    loaded.check_assertions()


def test_a_chosen_example_of_an_inner_scope_comes_first(loaded: Library) -> None:
    loaded.respond_with_openapi_example("getOrder", status=404)
    loaded.begin()
    loaded.respond_with_openapi_example("getOrder", example="pen")
    assert json.loads(loaded.get("/orders/7").body)["item"] == "pen"
    loaded.end()
    assert loaded.get("/orders/7").status == 404
    # Nothing of the inner scope is kept.
    [contract] = loaded.server.contracts.loaded
    assert [scope for scope, _ in contract.chosen] == [loaded.server.book.innermost()]


def test_a_chosen_example_comes_after_a_removal(loaded: Library) -> None:
    loaded.respond_with_openapi_example("getOrder", status=404)
    loaded.clear_expectations()
    assert loaded.get("/orders/7").status == 500
    loaded.respond_with_openapi_example("getOrder", example="pen")
    assert json.loads(loaded.get("/orders/7").body)["item"] == "pen"


def test_a_chosen_example_with_state_and_delay(loaded: Library) -> None:
    loaded.respond_with_openapi_example("getOrder", set_state="order=gone", delay=0.001)
    loaded.get("/orders/7")
    assert loaded.get_state("order") == "gone"


def test_without_answers(library: Library, shop: Path) -> None:
    library.load_openapi(shop, answer=False)
    assert library.get("/orders/7").status == 500
    (problem,) = library.get_problems()
    assert problem.message.split("\n") == [
        "UNEXPECTED REQUEST: GET /orders/7",
        (
            "It is GET /orders/{id} (getOrder) of shop.yaml, which nothing answers. "
            "'Respond With Openapi Example    getOrder' does."
        ),
        "This line expects it:",
        "  Expect Request    /orders/7    method=GET",
    ]
    library.reset_http_server()
    library.load_openapi(shop, answer=False)
    library.respond_with_openapi_example("getOrder")
    assert library.get("/orders/7").status == 200


@pytest.mark.parametrize("answer", [True, False])
@pytest.mark.parametrize(
    ("method", "target", "line"),
    [
        ("GET", "/order/7", "shop.yaml has no such path; nearest: GET /orders/{id} (getOrder)."),
        ("DELETE", "/orders", "shop.yaml has no DELETE for this path, only GET, POST."),
        ("GET", "/a/b/c/d/e", "No path of shop.yaml is near."),
    ],
)
def test_a_request_that_the_document_does_not_have(
    library: Library, shop: Path, method: str, target: str, line: str, *, answer: bool
) -> None:
    library.load_openapi(shop, answer=answer)
    assert library.ask(method, target).status == 500
    (problem,) = library.get_problems()
    assert problem.message.split("\n") == [
        f"UNEXPECTED REQUEST: {method} {target}",
        line,
        "This line expects it:",
        f"  Expect Request    {target}    method={method}",
    ]


def test_the_document_and_a_near_expectation(loaded: Library) -> None:
    loaded.expect_request("/order/7", method="PUT")
    loaded.respond_with_data()
    loaded.get("/order/7")
    (problem,) = loaded.get_problems()
    assert problem.message.split("\n")[:4] == [
        "UNEXPECTED REQUEST: GET /order/7",
        "shop.yaml has no such path; nearest: GET /orders/{id} (getOrder).",
        "Nearest expectation: permanent PUT /order/7",
        "  method: expected PUT, received GET; same path, different method",
    ]


def test_near_operations_are_named_with_what_is_before_their_paths(library: Library, shop: Path) -> None:
    library.load_openapi(shop, base_path="/v1")
    library.get("/orders/7")
    (problem,) = library.get_problems()
    assert problem.message.split("\n")[1].startswith(
        "shop.yaml has no such path; nearest: GET /v1/orders/{id} (getOrder)"
    )
    assert library.get("/v1/orders/7").status == 200


def test_several_documents(loaded: Library, tmp_path: Path) -> None:
    other = SHOP.replace("book", "lamp").replace("/orders", "/lamps").replace("Order", "Lamp")
    loaded.load_openapi(_written(tmp_path / "lamps.yaml", other))
    newer = SHOP.replace("item: book", "item: newer")
    loaded.load_openapi(_written(tmp_path / "newer.yaml", newer))
    assert json.loads(loaded.get("/lamps/7").body)["item"] == "lamp"
    assert json.loads(loaded.get("/orders/7").body)["item"] == "newer"
    assert len(loaded.get_openapi_coverage()) == 15
    loaded.get("/order/7")
    loaded.get("/a/b/c/d/e")
    near, far = loaded.get_problems()
    assert near.message.split("\n")[1:3] == [
        "newer.yaml has no such path; nearest: GET /orders/{id} (getOrder).",
        "shop.yaml has no such path; nearest: GET /orders/{id} (getOrder).",
    ]
    assert far.message.split("\n")[1] == "No path of newer.yaml, lamps.yaml, shop.yaml is near."


def test_near_operations_of_another_server(loaded: Library) -> None:
    loaded.start_http_server(alias="other")
    loaded.ask("DELETE", "/orders")
    (problem,) = loaded.get_problems()
    lines = problem.message.split("\n")
    assert lines[1].endswith(": permanent any operation of shop.yaml")
    assert lines[2] == "  method: expected one of GET, POST, received DELETE"


def test_documents_of_two_servers(loaded: Library) -> None:
    loaded.start_http_server(alias="other")
    assert loaded.get("/orders/7").status == 500
    (problem,) = loaded.get_problems(server="other")
    assert "any operation of shop.yaml" in problem.message
    with pytest.raises(UsageError) as caught:
        loaded.get_openapi_coverage()
    assert str(caught.value) == (
        f"No description of an API is loaded on {loaded.server}. Load one with 'Load Openapi' first."
    )
    assert len(loaded.get_openapi_coverage(server="http-1")) == 5


# What is no answer of the API.


@pytest.mark.parametrize("fault", [Fault.CLOSE, Fault.RESET])
def test_faults_are_not_checked(loaded: Library, fault: Fault) -> None:
    loaded.expect_request("/orders/7")
    loaded.respond_with_fault(fault)
    responses_to(loaded.server, Request.of("GET", "/orders/7"))
    loaded.check_assertions()


def test_preflights_are_not_checked(library: Library, tmp_path: Path) -> None:
    with_options = SHOP.replace(
        "  /orders/{id}:\n", "  /orders/{id}:\n    options:\n      responses: {'200': {description: ok}}\n"
    )
    library.load_openapi(_written(tmp_path / "shop.yaml", with_options))
    library.set_cors()
    sent = library.ask("OPTIONS", "/orders/7", Origin="http://a", Access_Control_Request_Method="GET")
    assert sent.status == 204
    library.check_assertions()
    assert all(row["requests"] == 0 for row in library.get_openapi_coverage())


def test_a_preflight_to_an_operation_that_is_not_described(loaded: Library) -> None:
    loaded.set_cors()
    assert loaded.ask("OPTIONS", "/orders/7", Origin="http://a", Access_Control_Request_Method="GET").status == 204
    assert loaded.get("/orders/7", Origin="http://a").status == 200
    loaded.check_assertions()


def test_added_headers_are_checked_and_do_not_disturb(library: Library, tmp_path: Path) -> None:
    described = SHOP.replace(
        "          description: one\n",
        "          description: one\n"
        "          headers: {X-Left: {required: true, schema: {type: integer}, example: 3}}\n",
    )
    library.load_openapi(_written(tmp_path / "shop.yaml", described))
    library.set_default_headers({"X-Other": "1", "X-Left": "many"})
    library.expect_request("/orders/7")
    library.respond_with_json({"id": 7, "item": "book"})
    library.get("/orders/7")
    assert library.told() == [
        'GET /orders/{id}, response 200: header X-Left: expected an integer, received "many" (text)'
    ]


def test_a_wrong_example_is_no_problem_of_the_test(library: Library, tmp_path: Path) -> None:
    impossible = SHOP.replace("properties: {id: {type: integer}", "properties: {id: {type: integer, enum: [a]}")
    library.load_openapi(_written(tmp_path / "shop.yaml", impossible))
    library.get("/orders")
    library.get("/orders/7")
    library.get("/orders/7")
    library.check_assertions()
    # Once.
    said = (
        'GET /orders/{id}, response 200: $.id: expected one of "a", received 7. '
        "The example of shop.yaml does not fit its own schema; it is sent as it is."
    )
    assert library.said() == [said]


# Streams and answers of the test.


def test_a_stream_is_sent_and_checked(loaded: Library) -> None:
    loaded.expect_request("/orders/7")
    loaded.respond_with_chunks([WRONG[:9], WRONG[9:]], content_type="application/json")
    assert _over_the_wire(loaded, "/orders/7") == WRONG.encode()
    assert loaded.told() == [WRONG_ID]


def test_a_stream_that_the_test_ends(loaded: Library) -> None:
    loaded.expect_request("/orders/7")
    loaded.respond_with_chunks([WRONG[:9]], content_type="application/json", end=AfterLastPiece.STAY_OPEN)
    bodies: list[bytes] = []
    client = threading.Thread(target=lambda: bodies.append(_over_the_wire(loaded, "/orders/7")))
    client.start()
    loaded.wait_until_stream_is_open()
    assert loaded.told() == []
    loaded.send_chunk(WRONG[9:])
    loaded.end_stream()
    client.join(LONG)
    assert bodies == [WRONG.encode()]
    assert loaded.told() == [WRONG_ID]


def test_a_stream_that_ends_with_its_scope_is_not_checked(loaded: Library) -> None:
    loaded.begin()
    loaded.expect_request("/orders/7")
    loaded.respond_with_chunks([WRONG[:9]], content_type="application/json", end=AfterLastPiece.STAY_OPEN)
    bodies: list[bytes] = []
    client = threading.Thread(target=lambda: bodies.append(_over_the_wire(loaded, "/orders/7")))
    client.start()
    loaded.wait_until_stream_is_open()
    loaded.stop()
    client.join(LONG)
    assert bodies == [WRONG[:9].encode()]
    assert loaded.told() == []
    loaded.close()


def test_the_type_of_a_stream_is_checked_at_once(loaded: Library) -> None:
    loaded.expect_request("/orders/7")
    loaded.respond_with_events("a")
    _over_the_wire(loaded, "/orders/7")
    assert loaded.told() == [
        'GET /orders/{id}, response 200: header Content-Type: expected application/json, received "text/event-stream"'
    ]


def _over_the_wire(library: Library, target: str) -> bytes:
    with urllib.request.urlopen(f"{library.server.url}{target}", timeout=LONG) as response:
        body: bytes = response.read()
    return body


def test_an_answer_of_the_test(loaded: Library) -> None:
    loaded.expect_request("/orders/7")
    loaded.respond_later()
    bodies: list[bytes] = []
    client = threading.Thread(target=lambda: bodies.append(_over_the_wire(loaded, "/orders/7")))
    client.start()
    loaded.wait_until_request_is_received("/orders/7")
    loaded.respond_with_json(WRONG)
    # At once, as the response itself.
    assert loaded.told() == [WRONG_ID]
    client.join(LONG)
    assert bodies == [WRONG.encode()]
    assert loaded.told() == []


def test_what_the_test_never_answers(loaded: Library) -> None:
    loaded.expect_request("/orders/x")
    loaded.respond_later(timeout=0.001)
    with pytest.raises(urllib.error.HTTPError, match="500") as caught:
        _over_the_wire(loaded, "/orders/x")
    caught.value.close()
    problems = loaded.get_problems()
    assert [problem.kind for problem in problems] == ["NO RESPONSE", "CONTRACT"]
    assert problems[1].message.partition("\n")[0] == (
        'CONTRACT: GET /orders/{id}, request: path id: expected an integer, received "x" (text)'
    )


def test_what_is_forwarded_is_checked(loaded: Library) -> None:
    loaded.start_http_server(alias="real")
    loaded.expect_request("/orders/7", server="real")
    loaded.respond_with_json(WRONG)
    loaded.switch_http_server("http-1")
    loaded.expect_request("/orders/7")
    loaded.respond_by_forwarding(loaded.get_http_server_url(server="real"))
    assert json.loads(_over_the_wire(loaded, "/orders/7"))["id"] == "x"
    assert loaded.told() == [WRONG_ID]


def test_the_real_service_is_checked(library: Library, shop: Path) -> None:
    library.start_http_server(alias="real")
    library.expect_request("/orders/7")
    library.respond_with_json(WRONG)
    library.switch_http_server("http-1")
    library.load_openapi(shop, answer=False)
    library.forward_unexpected_requests(library.get_http_server_url(server="real"))
    _over_the_wire(library, "/orders/7")
    assert library.told() == [WRONG_ID]
    library.openapi_operations_should_be_covered(operations="getOrder")


@pytest.mark.parametrize(("header", "status"), [("If-None-Match", 304), ("Range", 206)])
def test_files_that_clients_ask_for_again_or_in_part(loaded: Library, tmp_path: Path, header: str, status: int) -> None:
    loaded.expect_request("/orders/7")
    loaded.respond_with_file(_written(tmp_path / "order.json", '{"id": 7, "item": "book"}'), headers={"ETag": '"1"'})
    url = f"{loaded.server.url}/orders/7"
    value = '"1"' if header == "If-None-Match" else "bytes=0-3"
    with ExitStack() as stack:
        try:
            found = stack.enter_context(urllib.request.urlopen(urllib.request.Request(url, headers={header: value})))
        except HTTPError as error:
            found = stack.enter_context(error)
        assert found.status == status
    loaded.check_assertions()


def test_head(loaded: Library) -> None:
    loaded.expect_request("/orders/7", method="GET")
    loaded.respond_with_json(WRONG)
    loaded.ask("HEAD", "/orders/7")
    assert loaded.told() == []
    assert [row["requests"] for row in loaded.get_openapi_coverage() if row["operation"] == "getOrder"] == [1, 0]


def test_parallel_clients(loaded: Library) -> None:
    loaded.expect_request("/orders/8")
    loaded.respond_with_json(WRONG)

    def send() -> None:
        for _ in range(20):
            loaded.get("/orders/7")
            loaded.get("/orders/8")

    clients = [threading.Thread(target=send) for _ in range(8)]
    for client in clients:
        client.start()
    for client in clients:
        client.join(LONG)
    assert loaded.told() == [WRONG_ID] * 160
    (row,) = (row for row in loaded.get_openapi_coverage() if row["requests"])
    assert row["requests"] == 320


# Secrets.


@needs_secrets
def test_secrets_are_masked(loaded: Library) -> None:
    secret = Secret("hushhush")
    loaded.set_masked_fields("item")
    loaded.expect_request("/orders/7", bearer_token=secret)
    loaded.respond_with_json({"id": "hushhush", "item": 7, "token": 9})
    loaded.get("/orders/7", Authorization="Bearer hushhush")
    (problem,) = loaded.get_problems()
    assert problem.message.split("\n") == [
        'CONTRACT: GET /orders/{id}, response 200: $.id: expected an integer, received "***" (text)',
        "The rule: shop.yaml, $.components.schemas.Order.properties.id.type",
        "Also: GET /orders/{id}, response 200: $.item: expected text, received a value that is masked",
        "Also: GET /orders/{id}, response 200: $.token: expected text, received 9 (number)",
    ]


# What ends.


def test_a_document_ends_with_its_scope(library: Library, shop: Path) -> None:
    library.begin()
    library.load_openapi(shop)
    assert library.get("/orders/7").status == 200
    library.end()
    assert library.get("/orders/7").status == 500
    assert "loaded" not in library.get_problems()[0].message
    assert library.server.contracts.loaded == ()


def test_a_reset_forgets_documents(loaded: Library) -> None:
    loaded.reset_http_server()
    assert loaded.get("/orders/7").status == 500
    with pytest.raises(UsageError, match="No description of an API is loaded"):
        loaded.openapi_operations_should_be_covered()


def test_after_clear_expectations_it_is_checked_but_not_answered(loaded: Library) -> None:
    loaded.clear_expectations()
    loaded.expect_request("/orders/7")
    loaded.respond_with_json(WRONG)
    loaded.get("/orders/7")
    assert loaded.told() == [WRONG_ID]


# Coverage.


def test_coverage_as_a_list(loaded: Library) -> None:
    loaded.get("/orders/7")
    loaded.get("/orders/7", Prefer="code=404")
    loaded.expect_request("/orders")
    loaded.respond_with_data(status=500)
    loaded.get("/orders")
    assert [tuple(row.values()) for row in loaded.get_openapi_coverage()] == [
        ("GET", "/orders", "listOrders", "200", 0),
        ("GET", "/orders", "listOrders", "500", 1),
        ("POST", "/orders", "createOrder", "201", 0),
        ("POST", "/orders", "createOrder", "400", 0),
        ("GET", "/orders/{id}", "getOrder", "200", 1),
        ("GET", "/orders/{id}", "getOrder", "404", 1),
    ]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({}, "2 of 3 operations of shop.yaml were not used:\n  GET /orders (listOrders)\n  POST /orders (createOrder)"),
        ({"operations": "createOrder"}, "1 of 1 operation of shop.yaml was not used:\n  POST /orders (createOrder)"),
        (
            {"operations": ["getOrder", "GET /orders"], "responses": True, "message": "Oh."},
            "Oh.\n  GET /orders/{id} (getOrder): 404\n  GET /orders (listOrders): 200",
        ),
    ],
)
def test_what_is_not_covered(loaded: Library, arguments: dict[str, Any], text: str) -> None:
    loaded.get("/orders/7")
    with pytest.raises(ExpectationFailed) as caught:
        loaded.openapi_operations_should_be_covered(**arguments)
    assert str(caught.value) == text


def test_all_is_covered(loaded: Library) -> None:
    loaded.get("/orders/7")
    loaded.openapi_operations_should_be_covered(operations="getOrder")
    loaded.openapi_operations_should_be_covered(operations=["GET /orders/{id}"])


# Misuse.


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda library: library.respond_with_openapi_example("getOrders"),
            (
                'operation: shop.yaml has no operation "getOrders". '
                'Did you mean "getOrder" or "listOrders" or "createOrder"?'
            ),
        ),
        (
            lambda library: library.openapi_operations_should_be_covered(operations="nothing"),
            'operation: shop.yaml has no operation "nothing". It has "listOrders", "createOrder", "getOrder".',
        ),
        (
            lambda library: library.respond_with_openapi_example(None),
            "operation: text is needed here, not None.",
        ),
        (
            lambda library: library.respond_with_openapi_example("getOrder", status="x"),
            (
                "status: a status code such as 404, or one with a reason phrase such as '404 Nothing Here', is needed, "
                "not 'x'."
            ),
        ),
        (
            lambda library: library.respond_with_openapi_example("getOrder", status=500),
            "status: GET /orders/{id} has no response 500 in the document; it has 200, 404.",
        ),
        (
            lambda library: library.respond_with_openapi_example("getOrder", example="x"),
            'example: GET /orders/{id} has no example "x" in the document; it has "book", "pen".',
        ),
        (
            lambda library: library.respond_with_openapi_example("getOrder", example=["book"]),
            "example: text is needed here, not list: ['book'].",
        ),
        (
            lambda library: library.respond_with_openapi_example("getOrder", times=0),
            "times: a number of 1 or more is needed, not 0.",
        ),
        (lambda library: library.load_openapi("", requests="OFF"), "document: the path of a file is needed, not ''."),
        (lambda library: library.load_openapi(7), "document: the path of a file is needed, not 7."),
        (
            lambda library: library.load_openapi("shop.yaml", requests="MAYBE"),
            "requests: FAIL, WARN or OFF is needed, not 'MAYBE'.",
        ),
        (
            lambda library: library.load_openapi("shop.yaml", responses=None),
            "responses: FAIL, WARN or OFF is needed, not 'None'.",
        ),
        (
            lambda library: library.load_openapi("shop.yaml", answer="perhaps"),
            "answer: true or false is needed, not 'perhaps'.",
        ),
        (
            lambda library: library.load_openapi("shop.yaml", base_path=7),
            "base_path: a plain path such as /app is needed, without placeholders, spaces or a query, not 7.",
        ),
    ],
)
def test_misuse(loaded: Library, call: Callable[[Any], object], text: str) -> None:
    before = loaded.server.contracts.loaded, loaded.server.book.expectations()
    with pytest.raises(UsageError) as caught:
        call(loaded)
    assert str(caught.value) == text
    assert (loaded.server.contracts.loaded, loaded.server.book.expectations()) == before


def test_a_file_that_does_not_exist(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "nothing.yaml"
    with pytest.raises(UsageError) as caught:
        library.load_openapi(path)
    assert str(caught.value) == f'document: the file "{path}" does not exist.'


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("swagger: '2.0'", "Swagger"),
        ("openapi: 4.0.0", "4.0.0"),
        ("- a", "no OpenAPI"),
        ("a: [", "YAML"),
        ("openapi: 3.0.3\npaths: {/a: {get: {parameters: [{$ref: '#/x'}]}}}", "x"),
    ],
)
def test_a_document_that_is_wrong(library: Library, tmp_path: Path, written: str, text: str) -> None:
    with pytest.raises(UsageError, match=text):
        library.load_openapi(_written(tmp_path / "wrong.yaml", written))
    assert library.server.contracts.loaded == ()
    assert library.server.book.expectations() == []


def test_what_cannot_be_used_is_a_warning(library: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    members = ", ".join(f"p{number}: {{type: string, pattern: '('}}" for number in range(12))
    path = _written(tmp_path / "shop.yaml", SHOP.replace("properties: {id:", f"properties: {{{members}, id:"))
    library.load_openapi(path)
    assert library.get("/orders").status == 200
    messages = [(record.levelname, record.getMessage()) for record in caplog.records]
    reason = (
        '"(" is not a regular expression of Python (missing ), unterminated subpattern at position 0); '
        "it is not checked"
    )
    assert messages == [
        *(("WARNING", f"shop.yaml, $.components.schemas.Order.properties.p{n}.pattern: {reason}") for n in range(10)),
        ("WARNING", "... and 2 more remarks on shop.yaml"),
    ]
