"""The keyword line of an explanation, run by Robot Framework: it expects the request it was made for."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from HttpServerLibrary.engine.explaining.paste import keyword_line
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=xyz"}
UPLOAD = (
    b'--xyz\r\nContent-Disposition: form-data; name="kind"\r\n\r\ncsv\r\n'
    b'--xyz\r\nContent-Disposition: form-data; name="table"; filename="b.csv"\r\n\r\n1;2\r\n--xyz--\r\n'
)
XML = {"Content-Type": "application/xml"}
LATIN = {"Content-Type": "text/plain; charset=iso-8859-1"}


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (Request.of("GET", "/orders/7"), "Expect Request    /orders/7    method=GET"),
        (
            Request.of("POST", "/a?b=1", {}, b'{"a": 1}'),
            'Expect Request    /a    method=POST    query=b=1    json={"a": 1}',
        ),
        (Request.of("POTS", "/%7Bid%7D"), "Expect Request    EQUALS:/%7Bid%7D    method=EQUALS:POTS"),
        (Request.of("PUT", "/", {}, b"a=1"), "Expect Request    /    method=PUT    text=a=1"),
        (
            Request.of("POST", "/", FORM, b"a=1&b=GLOB:x&b=2"),
            'Expect Request    /    method=POST    form={"a": "1", "b": ["EQUALS:GLOB:x", "2"]}',
        ),
        (
            Request.of("POST", "/", MULTIPART, UPLOAD),
            'Expect Request    /    method=POST    form={"kind": "csv"}    files={"table": "b.csv"}',
        ),
        (Request.of("PUT", "/", {}, b"GLOB:*"), "Expect Request    /    method=PUT    text=EQUALS:GLOB:*"),
        (Request.of("PUT", "/", {}, b"${x}"), "Expect Request    /    method=PUT    text=\\${x}"),
        (Request.of("PUT", "/", {}, b"\x00\x01"), "Expect Request    /    method=PUT"),
        (Request.of("PUT", "/", {}, b"x" * 10_000), "Expect Request    /    method=PUT"),
    ],
)
def test_line(request_: Request, line: str) -> None:
    assert keyword_line(request_) == line


NASTY_TEXTS = [
    "a b",
    "a  b",
    "a   b",
    " a",
    "a ",
    "  a  ",
    " ",
    "   ",
    "\t",
    "a\tb",
    "\ta\t",
    "a\n b",
    "\n",
    "\r\na\r\n",
    "a \n",
    "${x}",
    "@{x}",
    "&{x}",
    "%{HOME}",
    "\\${x}",
    "$${x}",
    "${x}[0]",
    "${{1+1}}",
    "${x",
    "$x",
    "%{",
    "{x}",
    "\\",
    "\\n",
    "\\\\",
    "a\\",
    "\\ ",
    " \\",
    "C:\\new",
    "\\x41",
    "\\u0041",
    "#",
    "# a",
    "a # b",
    " #",
    "=",
    "a=b",
    "text=a",
    "json=1",
    "\\=",
    "...",
    "|",
    "| a |",
    "-",
    "*** Settings ***",
    "GLOB:a",
    "EQUALS:a",
    "REGEXP:(",
    "STARTS: a",
    "glob:a",
    "GLOB",
    ":",
    "EQUALS:",
    "None",
    "True",
    "5",
    "ANY",
    "null",
    '"a"',
    "{'a': 1}",
    "[1, 2",
    "ä€😀",
    "\u00a0",
    "a\u3000\u3000b",
    "\u2028",
    "\ufeffa",
    "FOR",
    "END",
    "${EMPTY}",
    "a,b",
]
NASTY_JSON = [
    '{"a": "${x}", "b": "c  d"}',
    '{\n  "a": 1,\n\t"b": "\\\\"\n}\n',
    " [1,  2] ",
    '"\\n"',
    "null",
    "true",
    "5",
    '"# a"',
    '{"a": "\\u00e4\\ud83d\\ude00"}',
    '{"a": "ä"}',
    '{"GLOB:": "EQUALS: "}',
    "{}",
    "[]",
    '{"a b": " "}',
    '""',
    "1.0",
    '"<any>"',
    '{"a": "<any number>", "b": ["\\\\<any>", "<regexp:(>", "<b>"]}',
]
NASTY_XML = [
    "<a/>",
    "<a b=\"${x}\" c='d'>  e  f </a>\n",
    '\n<?xml version="1.0" encoding="utf-8"?>\r\n<!-- c -->\n<a>\n\t<b>ä # \\n</b>\n</a>',
    '<n:a xmlns:n="urn:x" n:b="1"><![CDATA[<c>  &amp;]]>&#160;</n:a>',
    "<a><b></a>",
    "GLOB:<a/>",
    "<a>\u00a0</a>",
    '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
]
NASTY_TARGETS = [
    "/a%20b",
    "/a%20%20b",
    "/%20a",
    "/a%20",
    "/a%09b",
    "/a%0Ab",
    "/a%00b",
    "/%7Bid%7D",
    "/{id}",
    "/${x}",
    "/%24%7Bx%7D",
    "/@{x}",
    "/a%5Cb",
    "/a\\b",
    "/a%5C",
    "/a#b",
    "/a%23",
    "/%23a",
    "/a=b",
    "/path=b",
    "/a%3Fb",
    "/a%25b",
    "/a%2Fb",
    "/GLOB:*",
    "/%C3%A4%E2%82%AC",
    "/%F0%9F%98%80",
    "/%ff",
    "/%c2%a0",
    "/%e3%80%80",
    "//a//b",
    "/a|b",
    "/*",
    "/...",
    "/ANY",
    "/a%1b",
    "/?a=%20",
    "/?a=b  c".replace(" ", "+"),
    "/?${x}",
    "/?a={b}",
    '/?{"a":1}',
    "/?{'a':1}",
    "/?#",
    "/??",
    "/??a=1",
    "/?=",
    "/?GLOB:*",
    "/?EQUALS:a",
    "/?REGEXP:(",
    "/?\\",
    "/?a\\",
    "/?a=%",
    "/?%{HOME}",
    "/?a#b",
    "/?&&",
    "/?a=1&a=2",
    "/?None",
    "*",
    "http://example.com/a?b=1",
    "http://example.com",
]
NASTY_METHODS = ["get", "Get", "POTS", "ANY", "M-SEARCH", "A|B", "#", "$", "%a", "EQUALS", "A*", "GET.X", "~", "^"]


def nasty_requests() -> list[Request]:
    requests = [Request.of("POST", "/x", {}, text.encode()) for text in NASTY_TEXTS]
    requests += [Request.of("POST", "/x", JSON, text.encode()) for text in NASTY_JSON]
    requests += [Request.of("OPTIONS" if target == "*" else "GET", target) for target in NASTY_TARGETS]
    requests += [Request.of(method, "/x") for method in NASTY_METHODS]
    requests += [
        Request.of("CONNECT", "example.com:443"),
        Request.of("POST", "/x", LATIN, "hä".encode("latin-1")),
        Request.of("POST", "/x", LATIN, '"hä"'.encode()),
        Request.of("POST", "/x", LATIN, '"hä"'.encode("latin-1")),
        Request.of("POST", "/x", JSON, '"hä"'.encode("utf-16")),
        Request.of("POST", "/x", {}, b"\xff"),
        Request.of("POST", "/x", {}, b"\xef\xbb\xbf{}"),
        Request.of("POST", "/x", FORM, b"a=1&b=x+y"),
        Request.of("POST", "/x", {}, b"NaN"),
        Request.of("POST", "/x", {}, b'"\xed\xa0\x80"'),
        Request.of("POST", "/x", {}, b'{"a": "\xc2\xa0"}'),
        Request.of("POST", "/x", {}, b"1e999"),
        Request.of("POST", "/x", {}, b"[" * 240 + b"]" * 240),
        *(Request.of("POST", "/x", XML, text.encode()) for text in NASTY_XML),
        Request.of("POST", "/x", XML, "<a>ä</a>".encode("utf-16")),
        Request.of("POST", "/x", XML, '<?xml version="1.0" encoding="iso-8859-1"?><a>ä</a>'.encode("latin-1")),
        Request.of("POST", "/x", {"Content-Type": "text/xml; charset=latin-1"}, "<a>ä</a>".encode("latin-1")),
        Request.of("POST", "/x", {}, b'{"a": 1, "a": 2}'),
    ]
    # Always the same ones, so that a failure can be seen again.
    chance = random.Random(0)
    for _ in range(150):
        text = "".join(chance.choice([*NASTY_TEXTS, "a", "b"]) for _ in range(chance.randint(1, 5)))
        requests.append(Request.of("POST", chance.choice(NASTY_TARGETS[:-3]), {}, text.encode()))
    return requests


LIKE = [
    # What is kept of the nearest expectation: a pattern of paths, and the headers that matter.
    (
        Request.of("GET", "/orders/7", {"X-Version": "1", "Accept": "a/b"}),
        RequestDescription("/orders/{id}", headers={"x-version": "2", "X-Gone": None, "X-No": "1"}),
        'Expect Request    /orders/{id}    method=GET    headers={"x-version": "1"}',
    ),
    (
        Request.of("GET", "/orders/7"),
        RequestDescription("REGEXP:/orders/\\d+", method="POST"),
        "Expect Request    REGEXP:/orders/\\\\d+    method=GET",
    ),
    (
        Request.of("GET", "/other/7"),
        RequestDescription("GLOB:/orders/*", text="x"),
        "Expect Request    /other/7    method=GET",
    ),
    (
        Request.of("GET", "/a", [("X", "GLOB:*"), ("Y", "${y}  \\"), ("Z", "1"), ("Z", "{2}")]),
        RequestDescription("/a", headers={"X": "1", "Y": "1", "Z": "9"}),
        (
            'Expect Request    /a    method=GET    headers={"X": "EQUALS:GLOB:*", "Y": "\\${y} \\ \\\\\\\\", '
            '"Z": ["1", "EQUALS:{2}"]}'
        ),
    ),
    (
        Request.of("GET", "/a", {"Authorization": "Bearer s3cr3t", "Cookie": "a=1", "X": "\x80", "Y": "y" * 600}),
        RequestDescription("/a", headers={"Authorization": "Bearer x", "Cookie": "a=2", "X": "1", "Y": "1"}),
        "Expect Request    /a    method=GET",
    ),
    # Placeholders that match, each where its value came; what looks like one stands for itself.
    (
        Request.of("POST", "/o", JSON, b'{"id": 1, "d": "12", "item": "pen"}'),
        RequestDescription("/o", json={"id": "<any-number>", "d": "<regexp:[0-9]+>", "item": "book"}),
        ('Expect Request    /o    method=POST    json={"id": "<any-number>", "d": "<regexp:[0-9]+>", "item": "pen"}'),
    ),
    (
        Request.of("POST", "/o", JSON, b'{"new": "<any>", "d": "x", "b": true, "n": null}'),
        RequestDescription("/o", json={"id": "<any-number>", "d": "<regexp:\\d+>", "b": "<any>", "n": "<any>"}),
        ('Expect Request    /o    method=POST    json={"new": "\\\\\\\\<any>", "d": "x", "b": "<any>", "n": "<any>"}'),
    ),
    (
        Request.of("POST", "/o", JSON, b'[{"a": 1}, {"a": "2"}, "3"]'),
        RequestDescription("/o", json=[{"a": "<any-number>"}, {"a": "<any-number>"}]),
        'Expect Request    /o    method=POST    json=[{"a": "<any-number>"}, {"a": "2"}, "3"]',
    ),
    (
        Request.of("POST", "/o", JSON, b'{"a": [{"b": "\xc2\xa0", "c": 2}], "d": 3}'),
        RequestDescription("/o", json_subset={"a": [{"b": "<any-string>"}, 1], "d": 4}),
        'Expect Request    /o    method=POST    json={"a": [{"b": "<any-string>", "c": 2}], "d": 3}',
    ),
    (
        Request.of("PUT", "/o", JSON, b'"<any>  ${x}"'),
        RequestDescription("/o", method="POST", json="<any-string>"),
        'Expect Request    /o    method=PUT    json="<any-string>"',
    ),
    (
        Request.of("POST", "/o", JSON, b'["text", 3, {"a": 1, "b": 3}, true]'),
        RequestDescription(
            "/o", json=[{"a": "<any-number>", "b": 2}, "<any-boolean>", "<any-string>"], json_ignore_order=True
        ),
        (
            "Expect Request    /o    method=POST    "
            'json=["<any-string>", 3, {"a": "<any-number>", "b": 3}, "<any-boolean>"]    json_ignore_order=True'
        ),
    ),
    (
        Request.of("POST", "/o", JSON, b'["text", {"a": 1, "b": 3}]'),
        RequestDescription("/o", json=[{"a": "<any-number>", "b": 2}, "<any-string>"], json_ignore_order=True),
        (
            "Expect Request    /o    method=POST    "
            'json=["<any-string>", {"a": "<any-number>", "b": 3}]    json_ignore_order=True'
        ),
    ),
    (
        Request.of("POST", "/o", JSON, json.dumps([*range(120)]).encode()),
        RequestDescription("/o", json=[*range(1, 121)], json_ignore_order=True),
        f"Expect Request    /o    method=POST    json={json.dumps([*range(120)])}    json_ignore_order=True",
    ),
    (
        Request.of("POST", "/o", JSON, b'{"a": "xx", "b": 1}'),
        RequestDescription("/o", json={"a": f"<regexp:x+|{'y' * 2000}>", "b": 2}),
        'Expect Request    /o    method=POST    json={"a": "xx", "b": 1}',
    ),
    (
        Request.of("POST", "/o", {}, b"a"),
        RequestDescription("/o", json=["<any>"], json_ignore_order=True),
        "Expect Request    /o    method=POST    text=a",
    ),
    # XML where it was expected, or where the Content-Type says so.
    (
        Request.of("POST", "/o", {}, b"<a>\n  <b>2</b>\n</a>\n"),
        RequestDescription("/o", xml="<a><b>1</b></a>"),
        "Expect Request    /o    method=POST    xml=<a>\\n \\ <b>2</b>\\n</a>",
    ),
    (
        Request.of("POST", "/o", {}, b"<a>2</a>"),
        RequestDescription("/o", xpath={"/a": "1"}),
        "Expect Request    /o    method=POST    xml=<a>2</a>",
    ),
    (
        Request.of("POST", "/o", {"Content-Type": "image/svg+xml; charset=utf-8"}, b"<svg/>"),
        RequestDescription("/o", text="x"),
        "Expect Request    /o    method=POST    xml=<svg/>",
    ),
    (
        Request.of("POST", "/o", {}, b"<a/>"),
        RequestDescription("/o", text="x"),
        "Expect Request    /o    method=POST    text=<a/>",
    ),
    (
        Request.of("POST", "/o", XML, b"<a>"),
        RequestDescription("/o", xml="<a/>"),
        "Expect Request    /o    method=POST    text=<a>",
    ),
]


@pytest.mark.parametrize(("request_", "like", "line"), LIKE)
def test_line_like_an_expectation(request_: Request, like: RequestDescription, line: str) -> None:
    assert keyword_line(request_, like=like) == line


def test_the_keyword_is_the_one_of_the_expectation() -> None:
    assert (
        keyword_line(Request.of("GET", "/a"), "Expect Oneshot Request") == "Expect Oneshot Request    /a    method=GET"
    )


def test_without_the_extra_for_xml_it_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lxml", None)
    monkeypatch.delitem(sys.modules, "lxml.etree", raising=False)
    assert keyword_line(Request.of("POST", "/", XML, b"<a/>")) == "Expect Request    /    method=POST    text=<a/>"


@pytest.mark.parametrize(
    ("body", "cell"),
    [
        (b'"\xed\xa0\x80"', '    json="\\\\ud800"'),
        (b'{"a": "\xc2\xa0"}', '    json={"a": "\\\\u00a0"}'),
        (b'{"a": "<any>"}', '    json={"a": "\\\\\\\\<any>"}'),
        (b"1e999", "    json=1e999"),
        (b'["\xc2\xa0", 1e999]', ""),
    ],
)
def test_json_that_cannot_stand_in_a_cell_as_it_came(body: bytes, cell: str) -> None:
    assert keyword_line(Request.of("POST", "/", {}, body)) == f"Expect Request    /    method=POST{cell}"


def test_many_fields_are_left_out() -> None:
    body = "&".join(f"field{number}=1" for number in range(31)).encode()
    assert keyword_line(Request.of("POST", "/", FORM, body)) == "Expect Request    /    method=POST"
    assert keyword_line(Request.of("POST", "/", FORM, b"a=" + b"x" * 600)) == "Expect Request    /    method=POST"


HELPER = """
import json
from pathlib import Path

from robot.api.deco import keyword

from HttpServerLibrary.engine.message.request import Request

REQUESTS = json.loads((Path(__file__).parent / "requests.json").read_text(encoding="utf-8"))


@keyword
def should_take(expectation, number: int):
    method, target, fields, body = REQUESTS[number]
    request = Request(method, target, bytes.fromhex(fields), bytes.fromhex(body))
    found = expectation.description.differences(request)
    assert expectation.description.matches(request), "; ".join(map(str, found))
    for other in (
        Request(f"{method}x", target, request.fields, request.body),
        Request(method, f"/other{target}" if target.startswith("/") else "/other", request.fields, request.body),
        Request(method, f"{target}?more" if "?" not in target else f"{target}more", request.fields, request.body),
    ):
        unrelated = "query" not in str(expectation) and "?" in other.target
        assert unrelated or not expectation.description.matches(other), other
"""


def test_robot_framework_reads_the_line_as_it_was_meant(tmp_path: Path) -> None:
    pasted = [(request, keyword_line(request)) for request in nasty_requests()]
    pasted += [(request, keyword_line(request, like=like)) for request, like, _ in LIKE]
    requests = [request for request, _ in pasted]
    (tmp_path / "helper.py").write_text(HELPER, encoding="utf-8")
    (tmp_path / "requests.json").write_text(
        json.dumps([[entry.method, entry.target, entry.fields.hex(), entry.body.hex()] for entry in requests]),
        encoding="utf-8",
    )
    suite = [
        "*** Settings ***",
        "Library    HttpServerLibrary",
        "Library    helper.py",
        "Suite Setup    Start Http Server",
        "*** Test Cases ***",
    ]
    for number, (_, line) in enumerate(pasted):
        assert line.isprintable(), "one line, which shows all there is in it"
        suite += [
            f"Request {number}",
            f"    ${{expectation}} =    {line}",
            f"    Should Take    ${{expectation}}    {number}",
        ]
    path = tmp_path / "lines.robot"
    path.write_text("\n".join([*suite, ""]), encoding="utf-8")
    root = Path(__file__).parents[2]
    arguments = [
        "--pythonpath",
        str(root),
        "--output",
        "NONE",
        "--log",
        "NONE",
        "--report",
        "NONE",
        "--console",
        "quiet",
    ]
    listener = tmp_path / "failures.py"
    listener.write_text(
        "import sys\nROBOT_LISTENER_API_VERSION = 3\n"
        "def end_test(data, result):\n"
        "    if not result.passed:\n"
        "        print(data.body[0].name, list(data.body[0].args), result.message, file=sys.__stdout__)\n",
        encoding="utf-8",
    )
    child = subprocess.run(
        [sys.executable, "-m", "robot", *arguments, "--listener", str(listener), str(path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=600,
        check=False,
    )
    assert (child.stdout, child.returncode) == ("", 0)
