"""What is written for received requests: expectations that match them, with the responses that they got."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import socket
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from robot.api.parsing import KeywordCall, Var, get_model
from robot.variables import Variables  # type: ignore[import-untyped]

from HttpServerLibrary import HttpServerLibrary
from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Expectation, Kind
from HttpServerLibrary.engine.expectations.turns import Turn
from HttpServerLibrary.engine.formats.saving.files import Bodies, suffix_of
from HttpServerLibrary.engine.formats.saving.resource import ResourceWriter
from HttpServerLibrary.engine.formats.saving.save import Saved, save
from HttpServerLibrary.engine.masking.secrets import Secrets
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Cut, Request
from HttpServerLibrary.engine.message.request import Fault as Malformed
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.responses.fault import Fault, FaultKind, Raw
from HttpServerLibrary.engine.responses.file_types import type_of
from HttpServerLibrary.engine.responses.occasion import Occasion
from HttpServerLibrary.engine.responses.responder import Responder, SendsAtOnce
from HttpServerLibrary.engine.responses.static import Static, respond_data, respond_json, respond_redirect
from HttpServerLibrary.engine.responses.stream import StreamEnd
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from utest.formats import traffic
from utest.helpers import LONG, AssertText, expect, responses_to
from utest.replies import MemoryReply

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def answer(server: HttpServer, request: Request, responder: Responder | None = None) -> None:
    """Lets a server answer a request."""
    expectation = expect(server, times=1)
    expectation.responder = respond_json({"id": 7}) if responder is None else responder
    server.answer(request, MemoryReply(lambda response: [*response.pieces()]))
    server.book.remove(expectation)


def saved(server: HttpServer, file: Path, **options: Any) -> Saved:
    options = {"keyword": "Expect Recorded Traffic", "bodies_over": 2048, "version": "1.2.3", **options}
    return save(file, server.journal.exchanges(), server.secrets, **options)


def resource(server: HttpServer, directory: Path, **options: Any) -> str:
    file = directory / "orders.resource"
    saved(server, file, **options)
    return file.read_text(encoding="utf-8")


def steps(text: str) -> list[str]:
    """The lines of the keyword."""
    lines = text.partition("[Documentation]    Expects")[2].splitlines()[1:]
    return [line.removeprefix("    ") for line in lines if "# robocop" not in line]


def mappings(server: HttpServer, directory: Path, **options: Any) -> list[dict[str, Any]]:
    file = directory / "orders.json"
    saved(server, file, **options)
    found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["mappings"]
    return found


# Resource files


def test_a_request_and_its_response(server: HttpServer, tmp_path: Path, assert_text: AssertText) -> None:
    answer(server, Request.of("POST", "/orders", JSON, b'{"item":"book"}'), respond_json({"id": 7}, status=201))
    answer(server, Request.of("GET", "/orders?page=2"), respond_data("busy", status="503 Too Busy"))
    answer(server, Request.of("GET", "/orders?page=2"), respond_data("busy", status="503 Too Busy"))
    answer(server, Request.of("GET", "/orders?page=2"), respond_json([], headers={"X-A": "1", "Server": "x"}))
    answer(server, Request.of("GET", "/logo"), respond_data(b"\x89PNG", content_type="image/png"))
    answer(server, Request.of("GET", "/left"), Raw("raw"))
    assert_text(resource(server, tmp_path), "formats/resource")
    assert (tmp_path / "orders" / "001.png").read_bytes() == b"\x89PNG"


def test_the_name_of_the_keyword(server: HttpServer, tmp_path: Path) -> None:
    answer(server, Request.of("GET", "/"))
    assert "\nExpect Orders 2\n" in resource(server, tmp_path, keyword=" Expect Orders 2 ")


@pytest.mark.parametrize(
    "keyword", ["", "  ", "Two  Cells", "# Comment", "[Setup]", "${x}", "*** X", "A\nB", None, "| A"]
)
def test_what_is_no_name_of_a_keyword(keyword: object, server: HttpServer, tmp_path: Path) -> None:
    answer(server, Request.of("GET", "/"))
    with pytest.raises(UsageError) as raised:
        resource(server, tmp_path, keyword=keyword)
    assert str(raised.value) == (
        f"keyword: the name of a keyword is needed, such as Expect Recorded Traffic, not {keyword!r}."
    )
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("keyword", ["IF", "Else If", "Expect Request", "respond_with_json", "GetBinaryFile"])
def test_a_name_with_a_meaning_in_the_file(keyword: str, server: HttpServer, tmp_path: Path) -> None:
    answer(server, Request.of("GET", "/"))
    with pytest.raises(UsageError) as raised:
        resource(server, tmp_path, keyword=keyword)
    assert str(raised.value) == (
        f"keyword: {keyword!r} has a meaning in the file itself. Give another name, such as Expect Recorded Traffic."
    )


@pytest.mark.parametrize("count", [5, 6, 16, 20, 21, 200])
def test_robocop_is_told_how_long_it_is(count: int, server: HttpServer, tmp_path: Path) -> None:
    for number in range(count):
        answer(server, Request.of("GET", f"/{number}"))
    text = resource(server, tmp_path)
    found = re.findall(r"# robocop: off=(.*)", text)
    lines = text.index("*** Keywords ***")
    length = len(text[lines:].splitlines()) - 2
    if count == 200:
        assert found == ["file-too-long", "too-long-keyword"]
        assert text.startswith("*** Comments ***\n")
    else:
        assert found == (["too-long-keyword"] if length > 40 else ["too-many-calls-in-keyword"] * (count > 5))


Call = tuple[str, dict[str, Any]]


def calls_of(server: HttpServer) -> Iterator[Call]:
    """What a resource file calls: the keywords with the arguments that they get, that without a name as ``""``."""
    with TemporaryDirectory() as name:
        file = StringIO()
        bodies = Bodies(Path(name) / "orders")
        ResourceWriter(server.journal.exchanges(), server.secrets, "Expect", "orders", 2048).write(file, bodies)
        keyword = get_model(file.getvalue()).sections[1].body[0]
        variables = Variables()
        variables["${EMPTY}"] = ""
        variables["${CURDIR}"] = Path(name).as_posix()
        for step in keyword.body:
            if isinstance(step, Var):
                separator = " " if step.separator is None else variables.replace_string(step.separator)
                variables[step.name] = separator.join(map(variables.replace_string, step.value))
            elif isinstance(step, KeywordCall) and step.assign:
                variables[step.assign[0]] = Path(variables.replace_string(step.args[0])).read_bytes()
            elif isinstance(step, KeywordCall) and step.keyword:
                arguments: dict[str, Any] = {}
                for argument in step.args:
                    found = re.match(r"[a-z_]+=", argument)
                    named = found[0][:-1] if found else ""
                    arguments[named] = variables.replace_scalar(argument[len(named) + 1 :] if named else argument)
                yield step.keyword, arguments


RESPONDERS: dict[str, Callable[..., Responder]] = {
    "Respond With Json": respond_json,
    "Respond With Data": respond_data,
    "Respond With File": respond_data,
    "Respond With Redirect": respond_redirect,
}


def replaced(server: HttpServer) -> HttpServer:
    """Another server, with the expectations that were saved."""
    other = HttpServer()
    expectation: Expectation | None = None
    for keyword, arguments in calls_of(server):
        first = arguments.pop("", "")
        if keyword == "Expect Request":
            expectation = other.book.register(Kind.PERMANENT, RequestDescription(first, **arguments))
            continue
        assert expectation is not None
        times = arguments.pop("times", None)
        if keyword == "Respond With File":
            arguments.setdefault("content_type", type_of(first))
            first = Path(first).read_bytes()
        responder = RESPONDERS[keyword](first, **arguments)
        other.give(expectation, Turn(responder, None if times is None else int(times)))
    return other


@given(st.text(st.sampled_from("ab ,;&${}\\\n\t=#|\xe4\u4e2d\U0001f600"), max_size=400) | st.text(max_size=200))
def test_any_text_is_sent_again(text: str) -> None:
    server = HttpServer()
    body = text.encode()
    request = Request.of("POST", "/", {"Content-Type": "text/plain"}, body)
    answer(server, request, respond_data(body, content_type="text/plain"))
    (sent,) = responses_to(replaced(server), request)
    assert (sent.status, sent.headers, sent.body) == (200, (("Content-Type", "text/plain"),), body)


SECRET = "s3cr3t-one"
PATHS = st.sampled_from(
    ["/a", "/a/b", "/a%2Fb", "/%61", "/A", "/a%20b", "/{id}", f"/{SECRET}", f"/{SECRET}/b", "/caf%C3%A9"]
)
QUERIES = st.sampled_from(
    ["", "", "?", "?a=1", "?a=1&b=2", "?b=2&a=1", "?pin=1&a=1", "?pin=2", f"?a={SECRET}", "?GLOB:*", "?a"]
)
TYPED = {
    "application/json": b'{} {"a":1} {"a":1.0} {"a":true} {"pin":1} {"pin":2,"a":1} "<any>" []'.split(),
    "text/plain": [b"", b"a", b"a  b", b" ", f"a {SECRET} b".encode(), b"a x b", b"GLOB:a*", b"pin=1&a", b"\xff"],
    FORM["Content-Type"]: b"a=1 a=1&b=2 a=1&pin=3 b=2&a=1 a=1&a=1 pin=1".split(),
}
BODIES = st.sampled_from([(kind, body) for kind, bodies in TYPED.items() for body in bodies])


@st.composite
def requests(draw: st.DrawFn) -> Request:
    method = draw(st.sampled_from(["GET", "POST", "HEAD"]))
    kind, body = draw(BODIES) if method == "POST" else ("", b"")
    headers = {"Content-Type": kind} if kind else {}
    if draw(st.integers(0, 5)) == 0:
        headers["Range"] = draw(st.sampled_from(["bytes=0-1", "bytes=2-3"]))
    return Request.of(method, draw(PATHS) + draw(QUERIES), headers, body)


@given(st.lists(requests(), min_size=1, max_size=14), st.lists(st.integers(0, 3), min_size=14, max_size=14))
def test_each_request_gets_its_own_response_again(sent: list[Request], texts: list[int]) -> None:
    server = HttpServer()
    server.secrets.add(SECRET)
    server.secrets.mask_fields(["pin"], Scope("test"))
    for request, text in zip(sent, texts, strict=False):
        answer(server, request, respond_data(str(text)))
    before = [exchange.sent_body for exchange in server.journal.exchanges()]
    assert [response.body for response in responses_to(replaced(server), *sent)] == [
        b"" if request.method == "HEAD" else body for request, body in zip(sent, before, strict=True)
    ]


def test_no_line_is_too_long(server: HttpServer, tmp_path: Path) -> None:
    texts = ["word " * 100, "x" * 500, "a,b;" * 100, "${x}" * 100, "\n".join(["  line"] * 9 + ["z" * 105]), "= " * 200]
    for number, text in enumerate(texts):
        headers = {f"X-{number}": text.replace("\n", " ")[:300].strip()}
        body = json.dumps({"a": text}).encode()
        answer(
            server,
            Request.of("POST", f"/{text[:200].strip()}?{text[:200]}".replace(" ", "+"), JSON, body),
            respond_data(text, headers=headers),
        )
    assert max(map(len, resource(server, tmp_path).splitlines())) < 120


@pytest.mark.parametrize(
    ("request_", "cells"),
    [
        (Request.of("GET", "/a%2Fb"), "EQUALS:/a%2Fb    method=GET"),
        (Request.of("GET", "/caf%C3%A9"), "/café    method=GET"),
        (Request.of("GET", "/a%20b"), "EQUALS:/a%20b    method=GET"),
        (Request.of("OPTIONS", "*"), "EQUALS:*    method=OPTIONS"),
        (Request.of("POTS", "/"), "/    method=EQUALS:POTS"),
        (Request.of("GET", "/?GLOB:*"), "/    method=GET    query=EQUALS:GLOB:*"),
        (Request.of("GET", "/", {"Range": "bytes=0-1", "Accept": "x"}), "/    method=GET    headers=Range: bytes=0-1"),
        (Request.of("POST", "/", {}, b'["<any>", "${x}"]'), '/    method=POST    json=["\\\\\\\\<any>", "\\${x}"]'),
        (Request.of("POST", "/", {}, b"17"), "/    method=POST    text=17"),
        (Request.of("POST", "/", JSON, b"17"), "/    method=POST    json=17"),
        (Request.of("POST", "/", JSON, b"{broken"), "/    method=POST    text={broken"),
        (Request.of("POST", "/", JSON, b'"\\ud800"'), '/    method=POST    json="\\\\ud800"'),
        (Request.of("POST", "/", {}, b"GLOB:a"), "/    method=POST    text=EQUALS:GLOB:a"),
        (
            Request.of("POST", "/", FORM, b"a=1&a=2&b=GLOB:"),
            '/    method=POST    form={"a": ["1", "2"], "b": "EQUALS:GLOB:"}',
        ),
    ],
)
def test_how_a_request_is_described(request_: Request, cells: str, server: HttpServer, tmp_path: Path) -> None:
    answer(server, request_)
    assert steps(resource(server, tmp_path))[0] == f"Expect Request    {cells}"


@pytest.mark.parametrize(
    ("responder", "line"),
    [
        (respond_data(""), "Respond With Data"),
        (respond_data("", content_type=""), "Respond With Data    content_type=${EMPTY}"),
        (respond_data("status=1"), "Respond With Data    status\\=1"),
        (respond_data("{}", content_type="application/json"), "Respond With Json    {}"),
        (
            respond_data(" {}", content_type="application/json"),
            "Respond With Data    \\ {}    content_type=application/json",
        ),
        (
            respond_data("{", content_type="application/json"),
            "Respond With Data    {    content_type=application/json",
        ),
        (respond_data("a", status=404), "Respond With Data    a    status=404"),
        (respond_data("a", status="404 Gone Fishing"), "Respond With Data    a    status=404 Gone Fishing"),
        (
            respond_data("a", headers={"X-A": ["1", "2"], "Keep-Alive": "x"}),
            "Respond With Data    a    headers=X-A: 1\\nX-A: 2",
        ),
        (respond_data("a", headers={"X": "\x85"}), 'Respond With Data    a    headers={"X": "\\\\u0085"}'),
        (
            respond_json({}, content_encoding="gzip", headers={"X-A": "1"}),
            "Respond With Json    {}    content_encoding=gzip    headers=X-A: 1",
        ),
        (
            respond_data(b"no gzip", headers={"Content-Encoding": "gzip"}),
            "Respond With Data    no gzip    headers=Content-Encoding: gzip",
        ),
        (Fault(FaultKind.RESET), "Respond With Fault    RESET"),
        (Fault(FaultKind.CLOSE, after="HEAD", body="abc"), "Respond With Fault    CLOSE    after=HEAD    body=abc"),
        (
            Fault(FaultKind.HANG, after=2, body="abc", status=201),
            "Respond With Fault    HANG    after=2    body=abc    status=201",
        ),
        (Fault(FaultKind.STALE, body=""), "Respond With Fault    STALE    body=${EMPTY}"),
    ],
)
def test_how_a_response_is_given(responder: Responder, line: str, server: HttpServer, tmp_path: Path) -> None:
    answer(server, Request.of("GET", "/"), responder)
    assert steps(resource(server, tmp_path))[1:] == [line]


def test_the_length_of_what_head_does_not_get(server: HttpServer, tmp_path: Path) -> None:
    answer(server, Request.of("HEAD", "/"), respond_data("abc"))
    assert steps(resource(server, tmp_path))[1:] == ["Respond With Data    headers=Content-Length: 3"]


def test_a_fault_in_a_body_that_is_shorter_now(server: HttpServer, tmp_path: Path) -> None:
    server.secrets.add("s3cr3t-of-twenty-chars")
    answer(server, Request.of("GET", "/"), Fault(FaultKind.CLOSE, after=20, body="a s3cr3t-of-twenty-chars"))
    assert steps(resource(server, tmp_path))[1:] == ["Respond With Fault    CLOSE    after=5    body=a ***"]


def test_a_comment_is_short(server: HttpServer, tmp_path: Path) -> None:
    answer(server, Request.of("GET", "/"))
    answer(server, Request.of("GET", "/\xe4\x01" + "a" * 200), Raw("x"))
    (line,) = [line for line in resource(server, tmp_path).splitlines() if "# Left out" in line]
    assert len(line) < 120


def test_equal_requests_are_a_sequence_whose_last_response_goes_on(server: HttpServer, tmp_path: Path) -> None:
    for text in ("a", "b", "b", "a", "c", "c"):
        answer(server, Request.of("GET", "/"), respond_data(text))
    assert steps(resource(server, tmp_path)) == [
        "Expect Request    /    method=GET",
        "Respond With Data    a    times=1",
        "Respond With Data    b    times=2",
        "Respond With Data    a    times=1",
        "Respond With Data    c",
    ]
    found = mappings(server, tmp_path)
    assert [(each["requiredScenarioState"], each.get("newScenarioState")) for each in found] == [
        ("Started", "recorded-1-2"),
        ("recorded-1-2", "recorded-1-3"),
        ("recorded-1-3", "recorded-1-4"),
        ("recorded-1-4", "recorded-1-5"),
        ("recorded-1-5", None),
    ]


def test_requests_are_equal_by_what_json_means(server: HttpServer, tmp_path: Path) -> None:
    for body in (b'{"a":1,"b":2}', b'{"b": 2.0, "a": 1}', b'{"a":true,"b":2}'):
        answer(server, Request.of("POST", "/", JSON, body), respond_data(body))
    found = [line for line in steps(resource(server, tmp_path)) if line.startswith("Expect")]
    assert found == [
        'Expect Request    /    method=POST    json={"a": 1, "b": 2}',
        'Expect Request    /    method=POST    json={"a": true, "b": 2}',
    ]


def test_what_matches_less_comes_first(server: HttpServer, tmp_path: Path) -> None:
    sent = [
        Request.of("GET", "/a"),
        Request.of("GET", "/a?b=1"),
        Request.of("GET", "/a/b"),
        Request.of("GET", "/a%2Fb"),
        Request.of("POST", "/f", FORM, b"a=1"),
        Request.of("POST", "/f", FORM, b"a=1&b=2"),
        Request.of("POST", "/f"),
        Request.of("GET", "/z"),
    ]
    for number, request in enumerate(sent):
        answer(server, request, respond_data(str(number)))
    lines = steps(resource(server, tmp_path))
    assert [line.split("    ")[1] for line in lines if line.startswith("Respond")] == [*"01325467"]
    assert [each.get("priority") for each in mappings(server, tmp_path)] == [None, None, 1, 2, 1, 2, 3, None]


def test_no_query_and_no_body_are_compared_where_others_have_one(server: HttpServer, tmp_path: Path) -> None:
    sent = [
        Request.of("GET", "/list"),
        Request.of("GET", "/list?page=2"),
        Request.of("POST", "/list"),
        Request.of("GET", "/orders"),
        Request.of("POST", "/orders"),
        Request.of("POST", "/orders", JSON, b"[]"),
    ]
    for request in sent:
        answer(server, request)
    assert [line for line in steps(resource(server, tmp_path)) if line.startswith("Expect")] == [
        "Expect Request    /list    method=GET    query=${EMPTY}",
        "Expect Request    /list    method=GET    query=page=2",
        "Expect Request    /list    method=POST",
        "Expect Request    /orders    method=GET",
        "Expect Request    /orders    method=POST    text=${EMPTY}",
        "Expect Request    /orders    method=POST    json=[]",
    ]


def test_a_file_would_have_other_headers_for_a_method_in_any_case(server: HttpServer, tmp_path: Path) -> None:
    for method, called in (("get", "Respond With Data"), ("post", "Respond With File")):
        server.reset()
        answer(server, Request.of(method, "/"), respond_data(b"\xff"))
        assert [line.split("    ")[0] for line in steps(resource(server, tmp_path)) if line.startswith("Respond")] == [
            called
        ]


def test_paths_of_bytes_that_are_no_text(server: HttpServer, tmp_path: Path) -> None:
    for path in ("/%FF", "/%FE", "/%C3%A4"):
        answer(server, Request.of("GET", path))
    assert [line for line in steps(resource(server, tmp_path)) if line.startswith("Expect")] == [
        "Expect Request    EQUALS:/%FF    method=GET",
        "Expect Request    EQUALS:/%FE    method=GET",
        "Expect Request    /\u00e4    method=GET",
    ]


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("http://localhost:80/b?c=1", "/b?c=1"),
        ("http://localhost:80/", "/"),
        ("http://localhost:80//b", "http://localhost:80//b"),
        ("http://localhost:8080/b", "http://localhost:8080/b"),
        ("https://localhost:80/b", "https://localhost:80/b"),
        ("/b", "/b"),
    ],
)
def test_an_address_on_the_server_itself_is_a_path(
    address: str, written: str, server: HttpServer, tmp_path: Path
) -> None:
    answer(
        server,
        Request.of("GET", "/", {"Host": "localhost:80"}),
        respond_data(status=302, headers={"Location": address}),
    )
    assert f"headers=Location: {written}\n" in resource(server, tmp_path)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("http://shop.example/v2/b?c=1", "/b?c=1"),
        ("http://shop.example/b", "http://shop.example/b"),
        ("http://shop.example:8080/v2/b", "http://shop.example:8080/v2/b"),
    ],
)
def test_an_address_on_the_service_that_was_recorded_is_a_path(
    address: str, written: str, server: HttpServer, tmp_path: Path
) -> None:
    redirect = respond_data(status=302, headers={"Location": address}).response

    class FromService(SendsAtOnce):
        takes_time = True

        def respond(self, occasion: Occasion) -> Response:
            occasion.forward("http://shop.example/v2/a?d")
            return redirect

    answer(server, Request.of("GET", "/a?d"), FromService())
    assert f"headers=Location: {written}\n" in resource(server, tmp_path)


def test_what_nothing_tells_apart_is_one_sequence(server: HttpServer, tmp_path: Path) -> None:
    server.secrets.mask_fields(["pin"], Scope("test"))
    for number, pin in enumerate(("1111", "2222", "1111")):
        answer(server, Request.of("POST", "/", JSON, b'{"pin": "%s"}' % pin.encode()), respond_data(str(number)))
    assert steps(resource(server, tmp_path)) == [
        'Expect Request    /    method=POST    json={"pin": "<any>"}',
        *("Respond With Data    0    times=1", "Respond With Data    1    times=1", "Respond With Data    2"),
    ]


def test_two_that_match_each_other_become_one(server: HttpServer, tmp_path: Path) -> None:
    server.secrets.add("s3cr3t-one")
    for number, body in enumerate((b"a s3cr3t-one b", b"a x b", b"a s3cr3t-one", b"a  b")):
        answer(server, Request.of("POST", "/s3cr3t-one", {}, body), respond_data(str(number)))
    for number, path in enumerate(("/s3cr3t-one/x", "/y/s3cr3t-one")):
        answer(server, Request.of("GET", path), respond_data(str(number)))
    assert steps(resource(server, tmp_path)) == [
        "Expect Request    GLOB:/*    method=POST    text=a x b",
        "Respond With Data    1",
        "Expect Request    GLOB:/*    method=POST    text=a \\ b",
        "Respond With Data    3",
        "Expect Request    GLOB:/*    method=POST    text=GLOB:a * b",
        "Respond With Data    0",
        "Expect Request    GLOB:/*    method=POST    text=GLOB:a *",
        "Respond With Data    2",
        "Expect Request    GLOB:/*/x    method=GET",
        "Respond With Data    0",
        "Expect Request    GLOB:/y/*    method=GET",
        "Respond With Data    1",
    ]


def test_masked_parts_of_any_length(server: HttpServer, tmp_path: Path) -> None:
    # Each path matches what is compared of the other.
    for secret in ("s3cr3t/one", "s3cr3t-two"):
        server.secrets.add(secret)
    for number, path in enumerate(["/s3cr3t/one/b", "/s3cr3t-two/b", "/s3cr3t/one/s3cr3t/one/b"]):
        answer(server, Request.of("GET", path), respond_data(str(number)))
    assert steps(resource(server, tmp_path)) == [
        "Expect Request    GLOB:/*/b    method=GET",
        "Respond With Data    0    times=1",
        "Respond With Data    1    times=1",
        "Respond With Data    2",
    ]


def test_what_cannot_be_compared_is_left_out(server: HttpServer, tmp_path: Path) -> None:
    server.secrets.add("s3cr3t")
    # Spaces after GLOB: are ignored. JSON knows no number as large as this one becomes.
    for number, body in enumerate((b" a s3cr3t", b'{"a": 1e999}', b"[" * 500 + b"]" * 500, b'["s3cr3t"' + b"]" * 1)):
        answer(server, Request.of("POST", f"/{number}", JSON, body))
    lines = steps(resource(server, tmp_path))[::2]
    assert lines[:2] == [f"Expect Request    /{number}    method=POST" for number in (0, 1)]
    assert lines[-1] == 'Expect Request    /3    method=POST    json=["<any>"]'


def test_no_description_matches(server: HttpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(server, Request.of("GET", "/?a=1", {"Range": "bytes=0-1"}, b"body"))
    monkeypatch.setattr(RequestDescription, "matches", lambda self, request: False)
    with pytest.raises(UsageError, match=r": GET /: no description can be written that it matches\.$"):
        saved(server, tmp_path / "orders.resource")


def test_requests_that_cannot_be_told_apart(
    server: HttpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ("1", "2", "3")
    for text in texts:
        answer(server, Request.of("POST", "/", FORM, f"a={text}".encode()), respond_data(text))
    matches = RequestDescription.matches

    def also_the_next_one(description: RequestDescription, request: Request) -> bool:
        before = texts[texts.index(request.form["a"][0]) - 1]
        return matches(description, request) or f'"a": "{before}"' in str(description)

    monkeypatch.setattr(RequestDescription, "matches", also_the_next_one)
    assert steps(resource(server, tmp_path)) == [
        'Expect Request    /    method=POST    form={"a": "1"}',
        "Respond With Data    1    times=1",
        "Respond With Data    2",
        "# Left out: POST /: it cannot be told apart from other requests",
    ]


def test_bodies_in_files(server: HttpServer, tmp_path: Path) -> None:
    large = json.dumps(["x" * 100] * 3).encode()
    answer(server, Request.of("POST", "/a", JSON, large), respond_data(large, content_type="application/json"))
    answer(server, Request.of("POST", "/b", {}, b"text " * 30), respond_data(b"\xff" * 200, content_type="text/html"))
    answer(server, Request.of("GET", "/c"), respond_data(large, content_type="application/json", headers={"X": "1"}))
    lines = steps(resource(server, tmp_path, bodies_over=100))
    assert lines == [
        "${json}    Get Binary File    ${CURDIR}/orders/001.json",
        "Expect Request    /a    method=POST    json=${json}",
        "Respond With File    ${CURDIR}/orders/002.json",
        "${body}    Get Binary File    ${CURDIR}/orders/003.bin",
        "Expect Request    /b    method=POST    data=${body}",
        "Respond With File    ${CURDIR}/orders/004.html",
        "Expect Request    /c    method=GET",
        "${body}    Get Binary File    ${CURDIR}/orders/002.json",
        "Respond With Data    ${body}    content_type=application/json    headers=X: 1",
    ]
    assert (tmp_path / "orders" / "002.json").read_bytes() == large
    (first, second, third) = mappings(server, tmp_path, bodies_over=100)
    assert (first["response"]["bodyFileName"], second["response"]["bodyFileName"]) == (
        "orders/001.json",
        "orders/002.html",
    )
    assert third["response"]["bodyFileName"] == "orders/001.json"
    assert (tmp_path / "__files" / "orders" / "001.json").read_bytes() == large


def test_bodies_beside_a_directory_of_mappings(server: HttpServer, tmp_path: Path) -> None:
    answer(server, Request.of("GET", "/"), respond_data("x" * 100))
    directory = tmp_path / "mappings"
    mappings(server, directory, bodies_over=10)
    assert (tmp_path / "__files" / "orders" / "001.txt").read_text(encoding="utf-8") == "x" * 100


def test_a_response_that_is_sent_like_a_file(server: HttpServer, tmp_path: Path) -> None:
    headers = {"ETag": '"1"', "Last-Modified": "Sat, 28 Nov 2026 12:00:00 GMT", "Accept-Ranges": "bytes"}
    made = respond_data(b"\xff\xfe", content_type="application/octet-stream", headers=headers)
    answer(server, Request.of("GET", "/"), made)
    # The file would obey this.
    answer(server, Request.of("GET", "/", {"If-None-Match": '"1"'}), made)
    lines = [line for line in steps(resource(server, tmp_path)) if "orders/001.bin" in line or "Respond" in line]
    assert lines == [
        "${body}    Get Binary File    ${CURDIR}/orders/001.bin",
        "Respond With Data",
        "Respond With File",
        "...    ${CURDIR}/orders/001.bin",
    ]


@pytest.mark.parametrize(
    ("media_type", "suffix"),
    [
        ("application/problem+json", ".json"),
        ("application/atom+xml", ".xml"),
        ("text/x-log", ".txt"),
        ("image/svg+xml", ".svg"),
        ("../../x", ".bin"),
        ("", ".bin"),
    ],
)
def test_the_suffix_of_a_body(media_type: str, suffix: str) -> None:
    assert suffix_of(media_type) == suffix


# Mappings of WireMock


def test_a_pattern_for_a_masked_path(server: HttpServer, tmp_path: Path) -> None:
    server.secrets.add("s3cr3t")
    answer(server, Request.of("POST", "/a.b/s3cr3t?c=1&c=2&d=", {}, b"a\n(s3cr3t)"))
    ((request, _),) = [(each["request"], each["response"]) for each in mappings(server, tmp_path)]
    assert request == {
        "method": "POST",
        "urlPathPattern": r"/a\.b/[\s\S]*",
        "queryParameters": {"c": {"equalTo": "1"}, "d": {"equalTo": ""}},
        "bodyPatterns": [{"matches": "a\\\n\\([\\s\\S]*\\)"}],
    }


def test_mappings(server: HttpServer, tmp_path: Path, assert_text: AssertText) -> None:
    headers, body = traffic.multipart(
        b'name="note"\r\n\r\nhello\r\n',
        b'name="logo"; filename="logo.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n',
        b'name="terms"; filename="\xc3\xa4.txt"\r\n\r\nagreed\r\n',
    )
    server.secrets.mask_fields(["pin"], Scope("test"))
    answer(server, Request.of("POST", "/a%20b?c=1", JSON, b'{"item": "<any>", "n": 1.50}'), respond_json({"id": 7}))
    answer(
        server, Request.of("POST", "/", JSON, b'{"pin": 1234, "a": [1]}'), respond_data("ok", headers={"X": ["1", "2"]})
    )
    answer(server, Request.of("GET", "/?pin=1&a=2"), respond_data(b"\xff", status="404 Nope", content_type=""))
    answer(server, Request.of("POST", "/", {}, b"a.b"), Fault(FaultKind.RESET))
    answer(server, Request.of("POST", "/", {}, b"\xff"), Fault(FaultKind.CLOSE))
    answer(server, Request.of("POST", "/", FORM, b"a=1&pin=2"), respond_data("", status=204, content_type=""))
    answer(server, Request.of("POST", "/up", headers, body), respond_data("zipped", content_encoding="gzip"))
    answer(server, Request.of("GET", "/", {"Range": "bytes=0-1"}), respond_data("pa", status=206))
    saved(server, tmp_path / "orders.json")
    assert_text((tmp_path / "orders.json").read_text(encoding="utf-8"), "formats/mappings")


def test_a_fault_that_wiremock_does_not_have(server: HttpServer, tmp_path: Path) -> None:
    answer(server, Request.of("GET", "/"), Fault(FaultKind.HANG))
    answer(server, Request.of("GET", "/b"))
    done = saved(server, tmp_path / "orders.json")
    assert (done.expectations, done.left_out) == (1, ["GET /: WireMock has no fault like this: HANG"])


# What is left out


def forwarded(body: bytes, length: int | None) -> Responder:
    """A response whose body comes in pieces."""

    class Pieces(Static):
        takes_time = True

        def respond(self, occasion: object) -> Response:
            return Response(200, (), iter([body]), length)

    responder = Pieces(Response(200))
    responder.fixed = None
    return responder


LEFT_OUT: list[tuple[Callable[[HttpServer], object], str]] = [
    (
        lambda server: responses_to(server, Request.of("GET", "/")),
        "GET /: it was answered with a problem: UNEXPECTED REQUEST",
    ),
    (
        lambda server: responses_to(server, Request("", "", fault=Malformed(400, "no"))),
        "malformed request: the request is malformed",
    ),
    (
        lambda server: answer(server, Request.of("GET", "/"), Raw("x")),
        "GET /: raw bytes were sent in place of a response",
    ),
    (
        lambda server: answer(server, Request.of("GET", "/"), forwarded(b"x" * (1024 * 1024 + 1), None)),
        "GET /: its response has 1048577 bytes, of which the first 1048576 are kept",
    ),
    (
        lambda server: answer(server, Request.of("GET", "/"), Static(Response(600))),
        "GET /: its status is 600",
    ),
    (
        lambda server: server.journal.answered(
            server.journal.arrive(Request.of("GET", "/"), server.url, server.book.innermost), Response(200), None
        ),
        "GET /: its response is not sent yet",
    ),
    (
        lambda server: answer_and_drop(server),
        "GET /: max_bytes_kept dropped its bodies",
    ),
]


def answer_and_drop(server: HttpServer) -> None:
    answer(server, Request.of("GET", "/"), forwarded(b"x", None))
    for exchange in server.journal.exchanges():
        exchange.drop_bodies("max_bytes_kept")


@pytest.mark.parametrize(("happens", "reason"), LEFT_OUT, ids=[reason for _, reason in LEFT_OUT])
def test_what_is_left_out(
    happens: Callable[[HttpServer], object], reason: str, server: HttpServer, tmp_path: Path
) -> None:
    happens(server)
    with pytest.raises(UsageError) as raised:
        saved(server, tmp_path / "orders.resource")
    assert str(raised.value) == f"No received request can be saved as an expectation: {reason}."
    assert [*tmp_path.iterdir()] == []
    answer(server, Request.of("GET", "/other"))
    text = resource(server, tmp_path)
    assert steps(text)[-1] == f"# Left out: {reason}"
    assert saved(server, tmp_path / "orders.json").left_out == [reason]


def test_a_client_that_left(server: HttpServer, tmp_path: Path) -> None:
    expect(server).responder = respond_data("thanks")
    for path in "abcd":
        server.answer(Request.of("GET", f"/{path}"), MemoryReply(lambda response: False))
    answer(server, Request.of("GET", "/e"))
    (left_out,) = {re.sub(r"[\d.]+ s", "0.0 s", each) for each in saved(server, tmp_path / "x.resource").left_out}
    assert left_out.endswith(
        "GET /a, GET /b, GET /c, and 1 other: its response was not sent: the client left after 0.0 s"
    )


def test_nothing_was_received(server: HttpServer, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^There is no received request to save\.$"):
        saved(server, tmp_path / "orders.resource")


def test_a_body_that_is_not_kept_is_not_compared(server: HttpServer, tmp_path: Path) -> None:
    request = Request("POST", "/", body=b"begin")
    request.cut = Cut(2048, 5, "max_body_kept")
    answer(server, request)
    assert steps(resource(server, tmp_path))[0] == "Expect Request    /    method=POST"


# Secrets


def everywhere(secret: str, pin: str) -> list[tuple[Request, Responder]]:
    """Requests and responses that have a secret, and the value of a masked field, in all places."""
    text = f'{{"pin": "{pin}", "a": ["{secret}", {{"b": "x {secret} y", "{secret}": 1}}], "c": 1}}'
    headers = {
        "X-Key": pin,
        "X-A": f"a {secret}",
        "Location": f"/{secret}?pin={pin}",
        "Set-Cookie": [f"sid={pin}; Path=/{secret}", pin],
    }
    kinds = [
        ("application/json", text.encode()),
        ("text/plain", f"a {secret} b\npin={pin}&x=1".encode()),
        ("text/plain; charset=utf-16", f"a {secret} b".encode("utf-16")),
        ("application/xml", f"<a><pin>{pin}</pin><b>{secret}</b></a>".encode()),
        ("application/octet-stream", f"\xff pin={pin}& {secret} ".encode("latin-1")),
        ("text/plain", b64encode(f"x{secret}x".encode())),
        ("application/x-www-form-urlencoded", f"pin={pin}&b={secret}&c=1&{secret}=2".encode()),
        (f"text/{secret}", b"x"),
        ("application/json", f'{{"number": {secret[-4:]}}}'.encode()),
    ]
    multipart, body = traffic.multipart(
        f'name="pin"\r\n\r\n{pin}\r\n'.encode(),
        f'name="b"\r\n\r\n{secret}\r\n'.encode(),
        b'name="c"\r\n\r\n1\r\n',
        f'name="f"; filename="{secret}.txt"\r\nContent-Type: text/plain\r\n\r\n{secret}\r\n'.encode(),
        f'name="pin"; filename="a"\r\n\r\n{pin}\r\n'.encode(),
    )
    kinds.append((multipart["Content-Type"], body))
    made: list[tuple[Request, Responder]] = []
    for number, (kind, body) in enumerate(kinds):
        for coding in (None, "gzip"):
            sent = {"Content-Type": kind, "X-Key": pin, "Authorization": f"Bearer {pin}"}
            if coding:
                sent["Content-Encoding"] = coding
            target = f"/{number}/{coding}/{secret}/x?pin={pin}&a={secret}&c=1&{quote(secret)}=2"
            request = Request.of("POST", target, sent, gzip.compress(body) if coding else body)
            made.append((request, respond_data(body, content_type=kind, content_encoding=coding, headers=headers)))
    made.append((Request.of("GET", f"/?x={secret}"), respond_data("x", status=f"404 {secret}")))
    made.append((Request.of("GET", "/", {"Range": secret}), Fault(FaultKind.CLOSE, after=3, body=f"x {secret}")))
    made.append((Request.of("GET", f"/{secret}?{secret}"), Raw(secret)))
    return made


def contents(file: Path) -> list[bytes]:
    """What a file has, also inside of base64 and gzip."""
    data = file.read_bytes()
    found = [data]
    for text in re.findall(rb'"([A-Za-z0-9+/=]{12,})"', data):
        try:
            found.append(b64decode(text, validate=True))
        except ValueError:
            continue
    return [*found, *(gzip.decompress(each) for each in found if each.startswith(b"\x1f\x8b"))]


@pytest.mark.parametrize("most", [0, 2048])
def test_no_secret_gets_into_any_file(most: int, server: HttpServer, tmp_path: Path) -> None:
    secret, pin = "s3cr3t/t\u00f6ken+9417", "hush-hush 5"
    server.secrets.add(secret)
    server.secrets.add(secret[-4:])
    server.secrets.mask_fields(["pin"], Scope("test"))
    server.secrets.mask_headers(["X-Key"], Scope("test"))
    number = 0
    for secret_, pin_ in ((quote(secret), quote(pin)), ("s3cr3t-plain-9417", "hush")):
        server.secrets.add(secret_)
        for request, responder in everywhere(secret_, pin_):
            answer(server, request, responder)
            number += 1
    for suffix in ("resource", "json", "har"):
        done = saved(server, tmp_path / f"orders.{suffix}", bodies_over=most)
        assert suffix == "har" or done.expectations
        assert "s3cr3t" not in "".join(done.left_out)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) > 3
    hidden = [secret, quote(secret), quote(secret, safe=""), pin, quote(pin), "s3cr3t", "9417", "hush"]
    for file in files:
        for data in contents(file):
            for each in hidden:
                for charset in ("utf-8", "utf-16-le"):
                    at = data.find(each.encode(charset))
                    assert at < 0, (file.name, each, data[max(0, at - 300) : at + 60])
            assert b64encode(b"s3cr3t-plain")[:12] not in data, file.name


def test_text_around_what_is_masked_is_compared(server: HttpServer, tmp_path: Path) -> None:
    server.secrets.mask_fields(["pin"], Scope("test"))
    answer(server, Request.of("POST", "/", {"Content-Type": "text/xml"}, b"<a><pin>1234</pin><b>*</b></a>"))
    assert steps(resource(server, tmp_path))[0] == (
        "Expect Request    /    method=POST    text=GLOB:<a><pin>*</pin><b>[*]</b></a>"
    )


def test_masked_parts_are_not_compared(server: HttpServer, tmp_path: Path, assert_text: AssertText) -> None:
    server.secrets.add("s3cr3t")
    server.secrets.mask_fields(["pin"], Scope("test"))
    for request, responder in everywhere("s3cr3t", "hush"):
        answer(server, request, responder)
    assert_text(resource(server, tmp_path), "formats/masked")


# Files


def test_a_name_that_says_no_format(server: HttpServer, tmp_path: Path) -> None:
    answer(server, Request.of("GET", "/"))
    for name in ("orders.txt", "orders"):
        with pytest.raises(UsageError) as raised:
            saved(server, tmp_path / name)
        assert str(raised.value) == (
            "file: a name that ends in .har (HTTP Archive), .resource (keywords of Robot Framework) or .json (mappings "
            f'of WireMock) is needed, not "{name}".'
        )


def test_files_of_the_same_name_are_replaced_and_others_stay(server: HttpServer, tmp_path: Path) -> None:
    answer(server, Request.of("GET", "/"), respond_data(b"\xff"))
    directory = tmp_path / "orders"
    directory.mkdir()
    for name in ("001.bin", "002.bin"):
        (directory / name).write_bytes(b"before")
    (tmp_path / "orders.resource").write_text("before", encoding="utf-8")
    assert "Expect Request" in resource(server, tmp_path)
    # Its type is text, which these bytes are not.
    assert (directory / "001.txt").read_bytes() == b"\xff"
    assert (directory / "002.bin").read_bytes() == b"before"
    (directory / "001.txt").write_bytes(b"before")
    resource(server, tmp_path)
    assert (directory / "001.txt").read_bytes() == b"\xff"
    assert {entry.name for entry in tmp_path.iterdir()} == {"orders", "orders.resource"}


@pytest.mark.parametrize("suffix", ["har", "resource", "json"])
def test_an_error_changes_nothing(
    suffix: str, server: HttpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(server, Request.of("GET", "/"), respond_data("x" * 3000))
    answer(server, Request.of("GET", "/b"), respond_data(b"\xff" * 3000))
    target = tmp_path / f"orders.{suffix}"
    target.write_text("before", encoding="utf-8")
    hide = Secrets.hide
    left = -1

    def interrupted(secrets: Secrets, text: str, **options: bool) -> str:
        nonlocal left
        left -= 1
        if not left:
            raise KeyboardInterrupt
        return hide(secrets, text, **options)

    monkeypatch.setattr(Secrets, "hide", interrupted)
    elsewhere = tmp_path / "elsewhere"
    saved(server, elsewhere / target.name, bodies_over=10)
    left = -1 - left
    shutil.rmtree(elsewhere)
    with pytest.raises(KeyboardInterrupt):
        saved(server, target, bodies_over=10)
    assert target.read_text(encoding="utf-8") == "before"
    assert [*tmp_path.iterdir()] == [target]


def test_a_directory_is_not_replaced(server: HttpServer, tmp_path: Path) -> None:
    answer(server, Request.of("GET", "/"))
    target = tmp_path / "orders.resource"
    target.mkdir()
    with pytest.raises(UsageError) as raised:
        saved(server, target)
    assert str(raised.value) == f"file: '{target}' cannot be written: Is a directory."
    (tmp_path / "file").touch()
    file = tmp_path / "file"
    for path, bodies_over in ((file / "orders.resource", 2048), (tmp_path / "file.resource", 0)):
        with pytest.raises(UsageError) as raised:
            saved(server, path, bodies_over=bodies_over)
        assert str(raised.value) == f"file: '{path}' cannot be written: '{file}' is not a directory."
    assert not (tmp_path / "file.resource").exists()


def test_what_a_link_leads_to_is_replaced(server: HttpServer, tmp_path: Path) -> None:
    answer(server, Request.of("GET", "/"))
    real = tmp_path / "real.txt"
    real.touch()
    link = tmp_path / "orders.json"
    link.symlink_to(real)
    saved(server, link)
    assert link.is_symlink()
    assert "mappings" in real.read_text(encoding="utf-8")


def test_more_than_can_be_checked(server: HttpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("HttpServerLibrary.engine.formats.saving.sequences.MAX_COMPARED", 0)
    for body in (b"a=1", b"a=1&b=2"):
        answer(server, Request.of("POST", "/", FORM, body))
    assert saved(server, tmp_path / "orders.json").left_out == [
        "the check whether each request gets its own response again, because there are too many"
    ]


def test_streams(tmp_path: Path) -> None:
    library = HttpServerLibrary()
    connections: list[socket.socket] = []
    try:
        url = urlsplit(library.start_http_server())
        for end in StreamEnd:
            library.expect_request(f"/{end.value}")
            library.respond_with_events(["a", {"data": {"b": 1}}], end=end)
        library.expect_request("/held")
        library.respond_later()
        for path in ("END", "CLOSE", "STAY_OPEN", "held"):
            connection = socket.create_connection((url.hostname, url.port or 80), LONG)
            connections.append(connection)
            connection.sendall(f"GET /{path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            received = b""
            while path != "held" and b'{"b": 1}\n\n' not in received:
                received += connection.recv(1000)
            while path == "CLOSE" and connection.recv(1000):
                pass
        library.wait_until_request_is_received("/held", timeout=LONG)
        file = Path(library.save_received_requests(tmp_path / "streams.resource"))
    finally:
        library.stop_all_http_servers()
        for connection in connections:
            connection.close()
    text = re.sub(r"after \d+ bytes", "after N bytes", file.read_text(encoding="utf-8"))
    assert steps(text) == [
        "Expect Request    /END    method=GET",
        "Respond With Data",
        '...    data: a\\n\\ndata: {"b": 1}\\n\\n',
        "...    content_type=text/event-stream",
        "...    headers=Cache-Control: no-cache",
        "# Left out: GET /CLOSE: its response was broken: CLOSE after N bytes, on purpose",
        "# Left out: GET /STAY_OPEN: its response is still open",
        "# Left out: GET /held: it has no response yet",
    ]
