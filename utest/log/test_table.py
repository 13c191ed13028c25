"""The HTML table of received requests."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from HttpServerLibrary.engine.expectations.expectation import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Fault, Request
from HttpServerLibrary.engine.records.received import Problem
from HttpServerLibrary.engine.responses.static import respond_data
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.server import HttpServer
from HttpServerLibrary.log.table import MAX_BYTES, Received, request_table
from utest.replies import MemoryReply

Table = Callable[[], str]

VOID = {"meta", "br"}


class Parsed(HTMLParser):
    """Elements as ``name.class``, their text, and whether all of them are closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert not [name for name in given if name.startswith("on") or name in ("src", "href")]
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
        received = [Received(server, exchange) for exchange in server.journal.arrived()]
        return request_table([server], received, Scope("test 'A <b>'", 1000.0))

    return table


@pytest.fixture
def server() -> HttpServer:
    return HttpServer("shop")


def send(server: HttpServer, request: Request, offset: float = 0.0) -> None:
    request.time = 1000 + offset
    request.started = offset
    server.answer(request, MemoryReply())
    server.journal.arrived()[-1].ended = offset + 0.25


def expect(server: HttpServer, data: bytes | str = "", **description: object) -> None:
    expectation = server.book.register(Kind.PERMANENT, RequestDescription(**description))
    expectation.responder = respond_data(data)


def test_no_requests(table: Table) -> None:
    assert table() == "<p>Server &#x27;shop&#x27; at http://localhost:0 received no requests.</p>"


def test_a_row_for_each_request(server: HttpServer, table: Table) -> None:
    expect(server, path="/a")
    send(server, Request.of("GET", "/a?b=1"), 0.5)
    send(server, Request.of("POST", "/x"), 1.5)
    parsed = Parsed(table())
    assert parsed.open == []
    assert parsed.elements.count("tr") == 3
    assert parsed.elements.count("details") == 2
    assert parsed.texts["p"] == [
        "2 requests to server 'shop' at http://localhost:0; times from the start of test 'A <b>'"
    ]
    assert parsed.texts["th"] == ["Time", "Method", "Path", "Status", "Duration", "Expectation"]
    assert parsed.texts["summary"] == [
        "+0.500 sGET/a?b=1200 OK250.0 mspermanent ANY /a",
        "+1.500 sPOST/x500 Internal Server Error250.0 msUNEXPECTED REQUEST",
    ]
    assert parsed.texts["th.scale"] == ["+0.500 s+1.750 s"]


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
    send(server, Request.of("POST", "/a", {}, b"2"), 20)
    found = re.findall(r"same request, (\w+) time", table())
    assert found == "2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th 13th".split()


def test_a_request_without_a_response(server: HttpServer, table: Table) -> None:
    exchange = server.journal.arrive(Request.of("GET", "/slow"), server.url, server.book.innermost)
    exchange.ended = exchange.request.started + 1.5
    parsed = Parsed(table())
    assert parsed.texts["span.no"] == ["no response yet"]
    assert "i.no open" in parsed.elements
    assert parsed.texts["span.d"] == ["1.50 s"]
    assert parsed.texts["section"][1].startswith("ResponseNo response yet.")


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
        "PUT /orders?page=3 HTTP/1.1 \u25c0 differs: method: expected POST, received PUT; same path, other method; "
        'query parameter page: expected "2", received "3"'
    )
    assert parsed.texts["pre"][1].split("\n") == [
        first,
        'X-A: 3 \u25c0 differs: expected "1"',
        '(header x-b is not there) \u25c0 differs: header X-B: expected "2", received nothing',
        "(header cookie is not there) \u25c0 differs: cookie c: expected ***, received nothing",
    ]
    why = parsed.texts["div.why"][0]
    assert why.startswith("UNEXPECTED REQUEST: PUT /orders?page=3\nNearest expectation on server 'shop'")
    assert '\n    header X-A: expected "1", received "3"\n' in why
    assert "\nThe request:" not in why
    assert "\nThis line expects it:\n  Expect Request    /orders" in why
    assert '"2"' in parsed.texts["mark.want"]
    assert '"3"' in parsed.texts["mark"]
    assert "Body: the text above" in parsed.texts["section"][1]


def test_differences_in_json_stand_where_they_are(server: HttpServer, table: Table) -> None:
    expect(server, json={"item": "book", "address": {"zip": "0150"}, "list": [1], "b c": 1})
    send(server, Request.of("POST", "/", {}, b'{"item": "pen", "address": {"a": 1}, "list": [2]}'))
    assert Parsed(table()).texts["pre"][2].split("\n") == [
        '{ \u25c0 differs: json $["b c"]: expected 1, received nothing',
        '  "item": "pen", \u25c0 differs: expected "book"',
        '  "address": { \u25c0 differs: json $.address.zip: expected "0150", received nothing',
        '    "a": 1 \u25c0 differs: expected nothing',
        "  },",
        '  "list": [',
        "    2 \u25c0 differs: expected 1",
        "  ]",
        "}",
    ]


def test_a_difference_without_a_place_stands_at_the_body(server: HttpServer, table: Table) -> None:
    expect(server, text="hello")
    send(server, Request.of("POST", "/", {}, b"hallo"))
    assert Parsed(table()).texts["div.what"][0] == (
        'Body: Text, 5 bytes \u25c0 differs: text: expected "hello", received "hallo"; differs from character 2 on'
    )


def test_hints_and_diffs_of_a_problem(server: HttpServer, table: Table) -> None:
    send(server, Request.of("POST", "/", {"X-A": "a"}))
    exchange = server.journal.arrived()[0]
    header = '    header X-A: expected "A", received "a"; only letter case differs'
    message = f"WHY\n{header}\n    text: line 2:\n      -<1>\n      +<2>"
    exchange.problem = Problem("UNEXPECTED REQUEST", message, exchange)
    parsed = Parsed(table())
    assert parsed.texts["div.why"] == [message]
    assert 'X-A: a \u25c0 differs: expected "A"; only letter case differs' in parsed.texts["section"][0]
    assert parsed.texts["mark.want"] == ['"A"', "-<1>"]
    assert parsed.texts["mark"][:2] == ['"a"', "+<2>"]


def test_a_malformed_request(server: HttpServer, table: Table) -> None:
    send(server, Request("", "", fault=Fault(400, "no request line", b"<b>")))
    parsed = Parsed(table())
    assert "malformed" in parsed.texts["summary"][0]
    assert "It began with: b'<b>'" in parsed.texts["div.why"][0]


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>&amp;{{html}}</pre></details></style>"


def test_what_came_over_the_wire_is_no_html(server: HttpServer, table: Table) -> None:
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
    allowed |= {"small", "i", "section", "h4", "pre", "mark"}
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
    assert "Left out, as the table has no room for it." in "".join(parsed.texts["div.what"])
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
        "3 requests to server 'shop' at http://localhost:0, server '<pay>' at http://localhost:0;"
    )
