"""The HTML table of received requests."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.state import State
from HttpServerLibrary.engine.message.request import Fault, Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.log.table import MAX_BYTES, Received, request_table
from utest.helpers import ForwardedTo
from utest.replies import MemoryReply

Table = Callable[[], str]

VOID = {"meta", "br"}


class Parsed(HTMLParser):
    """Elements as ``name.class``, their text, and whether all of them are closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tooltips: list[str] = []
        self.are_open: list[bool] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert not [name for name in given if name.startswith("on") or name == "src"]
        if "href" in given:
            self.links.append(str(given["href"]))
        if "id" in given:
            self.ids.append(str(given["id"]))
        if "title" in given:
            self.tooltips.append(str(given["title"]))
        if tag == "details":
            self.are_open.append("open" in given)
        name = f"{tag}.{given['class']}" if "class" in given else tag
        self.elements.append(name)
        self.open.append(name)
        self.texts.setdefault(name, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().partition(".")[0] == tag

    def handle_data(self, data: str) -> None:
        for name in self.open:
            self.texts[name][-1] += data


@pytest.fixture
def table(server: HttpServer) -> Table:
    def table() -> str:
        exchanges = server.journal.arrived()
        for exchange in exchanges:
            if exchange.response is not None and exchange.ended is not None:
                exchange.ended = exchange.request.started + 0.25
        received = [Received(server, exchange) for exchange in exchanges]
        return request_table([server], received, Scope("test 'A <b>'", 1000.0))

    return table


@pytest.fixture
def server() -> HttpServer:
    return HttpServer("shop")


def send(server: HttpServer, request: Request, offset: float = 0.0) -> None:
    request.time = 1000 + offset
    request.started = offset
    server.answer(request, MemoryReply())


def expect(server: HttpServer, data: bytes | str = "", kind: Kind = Kind.PERMANENT, **description: Any) -> None:
    expectation = server.book.register(kind, RequestDescription(**description))
    expectation.responder = respond_data(data)


def body_of(parsed: Parsed) -> list[str]:
    """The lines of the body of the first request."""
    return parsed.texts["div.body"][0].split("\n")


def test_no_requests(table: Table) -> None:
    assert table() == "<p>Server &#x27;shop&#x27; at http://localhost:0 received no requests.</p>"


def test_a_row_for_each_request(server: HttpServer, table: Table) -> None:
    expect(server, path="/a", query_subset={"b": "1"})
    expect(server, kind=Kind.ONESHOT, method="PUT", path="/b")
    expect(server, text="c")
    send(server, Request.of("GET", "/a?b=1"), 0.5)
    send(server, Request.of("PUT", "/b"), 0.75)
    send(server, Request.of("POST", "/c", {}, b"c"), 1.0)
    send(server, Request.of("POST", "/x"), 1.5)
    parsed = Parsed(table())
    assert parsed.open == []
    assert parsed.elements.count("tr") == 5
    assert parsed.texts["p"] == [
        "4 requests, 1 problem · server 'shop' at http://localhost:0; times from the start of test 'A <b>'"
    ]
    assert parsed.texts["th"] == ["Time", "Method", "Path", "Status", "Duration", "Expectation"]
    assert parsed.texts["summary"] == [
        "+0.500 sGET/a?b=1200 OK250.0 ms/a",
        "+0.750 sPUT/b200 OK250.0 msoneshot PUT /b",
        "+1.000 sPOST/c200 OK250.0 msany path",
        "+1.500 sPOST/x500 Internal Server Error250.0 msUNEXPECTED REQUEST",
    ]
    assert parsed.tooltips[0] == 'permanent /a query_subset={"b": "1"}'
    assert parsed.texts["div.what"][0] == 'Expectation: permanent /a query_subset={"b": "1"}'
    assert parsed.texts["th.scale"] == ["+0.500 s+1.750 s"]


def test_rows_with_a_problem_are_open_and_linked(server: HttpServer, table: Table) -> None:
    expect(server, path="/a")
    for number, path in enumerate(["/a", "/x", "/a", "/y", "/x"]):
        send(server, Request.of("GET", path), number)
    parsed = Parsed(table())
    assert parsed.are_open == [False, True, False, True, True]
    assert parsed.texts["li"] == ["UNEXPECTED REQUEST: GET /x (2 times)", "UNEXPECTED REQUEST: GET /y"]
    assert parsed.links == [f"#{parsed.ids[0]}", f"#{parsed.ids[1]}"]
    assert len({*parsed.ids}) == 3
    # Robot Framework would look for a part of the run.
    assert not any("-" in name for name in parsed.ids)
    assert {*Parsed(table()).ids}.isdisjoint(parsed.ids)


def test_many_problems(server: HttpServer, table: Table) -> None:
    for number in range(30):
        send(server, Request.of("GET", f"/{number}"), number)
    parsed = Parsed(table())
    assert parsed.are_open == [True] * 20 + [False] * 10
    assert parsed.texts["li"][9:] == ["UNEXPECTED REQUEST: GET /9", "... and 20 more"]


def test_a_single_row_needs_no_links(server: HttpServer, table: Table) -> None:
    send(server, Request.of("GET", "/"))
    assert "li" not in Parsed(table()).elements


def test_equal_rows_that_are_good_fold(server: HttpServer, table: Table) -> None:
    expect(server, path="/poll")
    for number in range(57):
        send(server, Request.of("GET", "/poll"), number)
    send(server, Request.of("GET", "/x"), 57)
    for number in range(4):
        send(server, Request.of("GET", "/poll"), 58 + number)
    parsed = Parsed(table())
    assert parsed.texts["summary"][0] == "+0.000 sGET/poll 57 times200 OK≤ 250.0 ms/poll"
    assert parsed.texts["summary"][1] == "+0.000 sGET/poll200 OK250.0 ms/poll"
    assert parsed.texts["summary"][58:60] == [
        "+57.000 sGET/x500 Internal Server Error250.0 msUNEXPECTED REQUEST",
        "+58.000 sGET/poll (same request, 58th time)200 OK250.0 ms/poll",
    ]
    assert len(parsed.texts["summary"]) == 1 + 57 + 1 + 4
    assert len(parsed.texts["table.run"]) == 1


def test_rows_with_problems_do_not_fold(server: HttpServer, table: Table) -> None:
    for number in range(10):
        send(server, Request.of("GET", "/x"), number)
    assert "table.run" not in Parsed(table()).elements


def test_bars_on_a_common_time_line(server: HttpServer, table: Table) -> None:
    expect(server, path="/a")
    send(server, Request.of("GET", "/a"), 0.0)
    send(server, Request.of("GET", "/a?2"), 0.125)
    send(server, Request.of("GET", "/b"), 0.75)
    assert re.findall(r'<i class="(\w+)" style="left:([\d.]+)%;width:([\d.]+)%"></i>', table()) == [
        ("ok", "0.00", "25.00"),
        ("ok", "12.50", "25.00"),
        ("no", "75.00", "25.00"),
    ]


def test_a_request_of_before_the_test(server: HttpServer, table: Table) -> None:
    send(server, Request.of("GET", "/"), -1.5)
    assert "-1.500 s</span>" in table()


def test_a_request_that_is_sent_again(server: HttpServer, table: Table) -> None:
    expect(server)
    for number in range(13):
        send(server, Request.of("POST", "/a", {"X-Number": str(number)}, b"1"), number)
        send(server, Request.of("POST", "/b", {}, str(number).encode()), number)
    found = re.findall(r"same request, (\w+) time", table())
    assert found == "2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th 13th".split()


def test_a_request_without_a_response(server: HttpServer, table: Table) -> None:
    exchange = server.journal.arrive(Request.of("GET", "/slow"), server.url, server.book.innermost)
    exchange.ended = exchange.request.started + 1.5
    parsed = Parsed(table())
    assert parsed.texts["span.s no"] == ["no response yet"]
    assert "i.no open" in parsed.elements
    assert parsed.texts["span.d"] == ["1.50 s"]
    assert parsed.texts["section"][1].startswith("ResponseNo response yet.")


def test_a_request_that_was_forwarded(server: HttpServer, table: Table) -> None:
    server.secrets.add("s3cr3t")
    server.book.forwarding = ForwardedTo("http://s3cr3t.example/<a>")
    send(server, Request.of("GET", "/a"))
    parsed = Parsed(table())
    assert parsed.texts["summary"] == ["+0.000 sGET/a → http://***.example200 OK250.0 ms"]
    assert parsed.texts["div.what"][0] == "Forwarded to http://***.example/<a>"
    assert "http://***.example/<a>" in parsed.tooltips


def test_requests_that_are_forwarded_elsewhere_do_not_fold(server: HttpServer, table: Table) -> None:
    for number in range(6):
        server.book.forwarding = ForwardedTo(f"http://{'ab'[number % 2]}.example/a")
        send(server, Request.of("GET", "/a"), number)
    assert "table.run" not in Parsed(table()).elements


def test_a_response_that_was_not_sent(server: HttpServer, table: Table) -> None:
    exchange = server.journal.arrive(Request.of("GET", "/slow"), server.url, server.book.innermost)
    # As while a delay goes on.
    server.journal.answered(exchange, Response(200, (), b"late"), None)
    parsed = Parsed(table())
    assert parsed.texts["span.s no"] == ["not sent yet"]
    assert "i.no open" in parsed.elements
    assert parsed.texts["section"][1].startswith("Response not sent yetHTTP/1.1 200 OK")


def test_request_and_response_side_by_side(server: HttpServer, table: Table) -> None:
    expect(server, '{"id": [7]}', path="/a")
    send(server, Request.of("POST", "/a", {"Content-Type": "application/json", "X-A": "1"}, b'{"item":"pen"}'))
    request, response = Parsed(table()).texts["section"]
    assert request == (
        'RequestPOST /a HTTP/1.1\nContent-Type: application/json\nX-A: 1Body: JSON, 14 bytes{\n  "item": "pen"\n}'
    )
    assert response == (
        "Response after 250.0 msHTTP/1.1 200 OK\nContent-Type: text/plain; charset=utf-8"
        'Body: JSON, 11 bytes{\n  "id": [\n    7\n  ]\n}'
    )


def test_differences_stand_where_they_are(server: HttpServer, table: Table) -> None:
    headers = {"X-A": "1", "X-B": "2"}
    expect(server, path="/orders", method="POST", query={"page": "2"}, headers=headers, cookies={"c": "1"})
    send(server, Request.of("PUT", "/orders?page=3", {"X-A": "3"}))
    parsed = Parsed(table())
    first = (
        "PUT /orders?page=3 HTTP/1.1 \u25c0 differs: method: expected POST, received PUT; same path, different method; "
        'query parameter page: expected "2", received "3"'
    )
    assert parsed.texts["pre"][1].split("\n") == [
        first,
        'X-A: 3 \u25c0 differs: expected "1"',
        '(header X-B is missing) \u25c0 differs: header X-B: expected "2", received nothing',
        "(header Cookie is missing) \u25c0 differs: cookie c: expected the value given, received nothing",
    ]
    why = parsed.texts["div.why"][0]
    assert why.startswith("UNEXPECTED REQUEST: PUT /orders?page=3\nNearest expectation")
    assert '  header X-A: expected "1", received "3"\n' in why
    assert '"2"' in parsed.texts["mark.want"]
    assert '"3"' in parsed.texts["mark"]
    assert "Body: the text above" in parsed.texts["section"][1]


def test_the_request_stands_beside_and_not_in_the_explanation(server: HttpServer, table: Table) -> None:
    send(server, Request.of("POST", "/", {"X-Color": "red"}, b"hello"))
    parsed = Parsed(table())
    assert "red" not in parsed.texts["div.why"][0]
    assert "This line expects it:\n  Expect Request    /" in parsed.texts["div.why"][0]
    assert "X-Color: red" in parsed.texts["section"][0]


def test_a_state_is_beside_the_first_line(server: HttpServer, table: Table) -> None:
    expect(server, "paid", state=State("order=paid", server.book.states_of))
    send(server, Request.of("GET", "/orders"))
    [line] = [line for line in Parsed(table()).texts["pre"][1].split("\n") if line.startswith("GET")]
    assert line == 'GET /orders HTTP/1.1 \u25c0 differs: state order: expected "paid", but it is not set'


def test_a_wrong_credential(server: HttpServer, table: Table) -> None:
    expect(server, basic_auth="ann:hush")
    send(server, Request.of("GET", "/", {"Authorization": "Bearer hush"}))
    [line] = [line for line in Parsed(table()).texts["pre"][1].split("\n") if line.startswith("Authorization")]
    assert line.startswith("Authorization: *** \u25c0 differs: basic_auth: expected")


def test_differences_in_json_stand_where_they_are(server: HttpServer, table: Table) -> None:
    expect(server, json={"item": "book", "address": {"zip": "0150"}, "list": [1], "b c": 1})
    send(server, Request.of("POST", "/", {}, b'{"item": "pen", "address": {"a": 1}, "list": [2]}'))
    assert body_of(Parsed(table())) == [
        'Body: JSON, 49 bytes{ \u25c0 differs: json $["b c"]: expected 1, received no such key',
        '  "item": "pen", \u25c0 differs: expected "book"',
        '  "address": { \u25c0 differs: json $.address.zip: expected "0150", received no such key',
        '    "a": 1 \u25c0 differs: expected no such key',
        "  },",
        '  "list": [',
        "    2 \u25c0 differs: expected 1",
        "  ]",
        "}",
    ]


def test_a_body_that_looks_like_an_explanation(server: HttpServer, table: Table) -> None:
    expect(server, json={"item": "pen"}, headers={"X-A": "a, received b"})
    send(server, Request.of("POST", "/", {"X-A": "b: expected c"}, b'{"item": "b, received c"}'))
    parsed = Parsed(table())
    assert parsed.texts["mark.want"] == ['"a, received b"', '"pen"']
    assert parsed.texts["mark"][:2] == ['"b: expected c"', '"b, received c"']
    assert parsed.texts["span.n"][:2] == ["header X-A", "json $.item"]
    assert parsed.texts["span.note"] == [
        '\u25c0 differs: expected "a, received b"',
        '\u25c0 differs: expected "pen"',
    ]


@pytest.mark.parametrize(
    ("description", "content_type", "body", "line"),
    [
        ({"json_path": {"$.a": 1}}, "", '{"a": 2}', '  "a": 2 \u25c0 differs: expected 1'),
        (
            {"json_path": {"$.a.b": 1}},
            "",
            '{"a": 2}',
            "Body: JSON, 8 bytes \u25c0 differs: json_path $.a.b: expected 1, re",
        ),
        ({"json_subset": {"a": {"b": 1}}}, "", '{"a": 2}', '  "a": 2 \u25c0 differs: expected {"b": 1}'),
        ({"json": {"a": [1, 2]}}, "", '{"a": [5]}', '  "a": [ \u25c0 differs: json $.a: expected 2 items, received 1'),
        ({"json": [1, 2, 3]}, "", "[1, 3]", "  3 \u25c0 differs: json $[1]: expected 2, received no such item; only"),
        ({"form": {"a": "1"}}, "application/x-www-form-urlencoded", "b=1&a=2", 'a = 2 \u25c0 differs: expected "1"'),
        ({"form": {"a": "1"}}, "", '{"a": "2"}', "Body: JSON, 10 bytes \u25c0 differs: form: expected a urlencoded"),
        (
            {"text": "hello"},
            "",
            "hallo",
            'Body: Text, 5 bytes \u25c0 differs: text: expected "hello", received "hallo"',
        ),
        ({"xml": "<a><b/><b>1</b></a>"}, "text/xml", "<a><b/><b>2</b></a>", '  <b>2</b> \u25c0 differs: expected "1"'),
        (
            {"xml": "<a><b/><b/></a>"},
            "text/xml",
            "<a><b x='1'/><b/></a>",
            "  <b x='1'/> \u25c0 differs: xml /a/b[1]/@x: ",
        ),
    ],
)
def test_differences_in_a_body(
    description: dict[str, Any], content_type: str, body: str, line: str, server: HttpServer, table: Table
) -> None:
    expect(server, **description)
    send(server, Request.of("POST", "/", {"Content-Type": content_type}, body.encode()))
    assert [shown for shown in body_of(Parsed(table())) if line in shown]


def test_a_body_that_is_encoded(server: HttpServer, table: Table) -> None:
    expect(server, json={"item": "pen"})
    data = gzip.compress(b'{"item": "book"}')
    send(server, Request.of("POST", "/", {"Content-Encoding": "gzip"}, data))
    assert body_of(Parsed(table())) == [
        f"Body: JSON, 16 bytes, decoded from {len(data)} bytes{{",
        '  "item": "book" \u25c0 differs: expected "pen"',
        "}",
    ]


def test_a_large_body_is_shown_around_what_differs(server: HttpServer, table: Table) -> None:
    items = [{"number": number, "price": 1.5} for number in range(500)]
    expect(server, json=items)
    send(server, Request.of("POST", "/", {}, json.dumps([*items[:321], {"number": 0}, *items[322:]]).encode()))
    parsed = Parsed(table())
    assert '    "number": 0 \u25c0 differs: expected 321' in body_of(parsed)
    assert "... 1,280 lines ..." in body_of(parsed)


def test_a_long_body_is_folded_around_what_differs(server: HttpServer, table: Table) -> None:
    expect(server, json=[*range(100)])
    send(server, Request.of("POST", "/", {}, json.dumps([*range(50), -1, *range(51, 100)]).encode()))
    parsed = Parsed(table())
    assert "  -1, \u25c0 differs: expected 50" in body_of(parsed)
    assert [text.split("\n")[0] for text in parsed.texts["details.more"]] == [
        "... 46 lines ...  0,",
        "... 46 lines ...  55,",
    ]


def test_a_diff_of_texts(server: HttpServer, table: Table) -> None:
    expect(server, text="1\n<2>\n3")
    send(server, Request.of("POST", "/", {}, b"1\n<two>\n3"))
    parsed = Parsed(table())
    assert parsed.texts["mark.want"] == ["--- expected", "-<2>"]
    assert parsed.texts["mark"][:2] == ["+++ received", "+<two>"]


def test_a_malformed_request(server: HttpServer, table: Table) -> None:
    send(server, Request("", "", fault=Fault(400, "no request line", b"<b>")))
    parsed = Parsed(table())
    assert "malformed" in parsed.texts["summary"][0]
    assert "malformed" in parsed.texts["section"][0]
    assert "It began with: b'<b>'" in parsed.texts["div.why"][0]


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>&amp;{{html}}</pre></details></style>"


def test_what_came_over_the_wire_is_not_html(server: HttpServer, table: Table) -> None:
    expect(server, HOSTILE, method="GET", text=HOSTILE)
    for content_type in ("text/plain", "application/json", "text/xml", "application/x-www-form-urlencoded", HOSTILE):
        headers = {"X-A": HOSTILE, HOSTILE: "1", "Content-Type": content_type}
        for body in (HOSTILE.encode(), f'{{"{HOSTILE}": 1}}'.encode(), f"\0{HOSTILE}".encode()):
            send(server, Request("GET", f"/{HOSTILE}?{HOSTILE}", body=body, headers=tuple(headers.items())))
            send(server, Request("POST", f"/{HOSTILE}?{HOSTILE}", body=body, headers=tuple(headers.items())))
    html = table()
    parsed = Parsed(html)
    assert parsed.open == []
    allowed = {"style", "div", "p", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "span"}
    allowed |= {"small", "i", "section", "h4", "pre", "mark", "strong", "ul", "li", "a"}
    assert {name.partition(".")[0] for name in parsed.elements} == allowed
    assert "\x1b" not in html


def test_secrets(server: HttpServer, table: Table) -> None:
    server.secrets.add("s3cr3t")
    server.secrets.mask_headers(["X-Key"], Scope("test"))
    server.secrets.mask_fields(["pin"], Scope("test"))
    expect(server, '{"pin": "hush"}', path="/a", headers={"X-Key": "hush-hush"})
    headers = {"X-Key": "hush", "Authorization": "Bearer hush", "X-A": "s3cr3t"}
    for path in ("/a", "/b"):
        send(server, Request.of("POST", f"{path}?pin=hush&a=s3cr3t", headers, b'{"pin": "hush", "a": "s3cr3t"}'))
    expect(
        server, path="/names", form={"s3cr3t": "1"}, json={"s3cr3t": 1}, query={"s3cr3t": "1"}, headers={"s3cr3t": "1"}
    )
    send(server, Request.of("POST", "/names?s3cr3t=2", {"s3cr3t": "2"}, b'{"s3cr3t": 2}'))
    urlencoded = {"Content-Type": "application/x-www-form-urlencoded"}
    send(server, Request.of("POST", "/names", urlencoded, b"s3cr3t=2&pin=hush"))
    html = table()
    assert "hush" not in html
    assert "s3cr3t" not in html


def test_a_long_table_is_cut(server: HttpServer, table: Table) -> None:
    expect(server, "<" * 100_000)
    send(server, Request.of("POST", "/first", {}, b"first"))
    for number in range(1200):
        send(server, Request.of("POST", f"/{number}{'<' * 200}", {"X-A": "<" * 1000}, b"<" * 100_000), number)
    html = table()
    assert len(html.encode()) <= MAX_BYTES
    parsed = Parsed(html)
    assert parsed.open == []
    rows = parsed.elements.count("details")
    assert 900 < rows <= 1000
    assert parsed.texts["summary"][-1].startswith("+1199.000 s")
    assert "section" in parsed.elements
    left_out = 1000 - parsed.elements.count("section") // 2
    assert parsed.texts["p"][0].endswith(
        f" (the table has room for 1,000 requests and 2 MiB: {1201 - rows} older ones are left out; "
        f"headers and bodies of {left_out} are left out)"
    )


def test_problems_are_shown_before_others(server: HttpServer, table: Table) -> None:
    expect(server, "<" * 100_000, path="/good")
    send(server, Request.of("GET", "/bad"))
    for number in range(200):
        send(server, Request.of("POST", "/good", {}, b"<" * 100_000), number)
    parsed = Parsed(table())
    assert "Omitted: the table is full." in "".join(parsed.texts["div.what"])
    assert "UNEXPECTED REQUEST: GET /bad" in parsed.texts["div.why"][0]


def test_several_servers() -> None:
    servers = [HttpServer("shop"), HttpServer("<pay>")]
    received = []
    for number, server in enumerate([servers[0], servers[1], servers[0]]):
        send(server, Request.of("GET", "/a"), number)
        received.append(Received(server, server.journal.arrived()[-1]))
    parsed = Parsed(request_table(servers, [received[1], received[2], received[0]], Scope("test 'A'", 1000.0)))
    assert [text.partition("GET")[2].partition("500")[0] for text in parsed.texts["summary"]] == [
        "shop /a",
        "<pay> /a",
        "shop /a (same request, 2nd time)",
    ]
    assert parsed.texts["p"][0].startswith(
        "3 requests, 3 problems · server 'shop' at http://localhost:0, server '<pay>' at http://localhost:0;"
    )
