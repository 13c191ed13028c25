"""What loaded mappings answer where that differs each time, or where others are asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from HttpServerLibrary import HttpServerLibrary
from HttpServerLibrary.engine.errors import ExpectationFailed
from peers.wiremock import ask


@pytest.fixture
def library() -> Iterator[HttpServerLibrary]:
    library = HttpServerLibrary()
    library.start_http_server()
    yield library
    library.stop_all_http_servers()


@pytest.fixture
def upstream(library: HttpServerLibrary) -> str:
    """The URL of another server; the current one stays."""
    url = library.start_http_server(alias="upstream")
    library.expect_request("GLOB:*", server="upstream")
    library.respond_with_data("from above", headers={"X-Up": "1"})
    library.switch_http_server("http-1")
    return url


def load(library: HttpServerLibrary, directory: Path, *mappings: Any) -> None:
    file = directory / "mappings" / "m.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"mappings": mappings}), encoding="utf-8")
    library.load_expectations(file)


def send(library: HttpServerLibrary, request: str, body: str = "") -> dict[str, Any]:
    port = int(library.get_http_server_url("/").rstrip("/").rpartition(":")[2])
    return ask(port, {"send": request, "body": body})


def template(text: str | None, **response: Any) -> dict[str, Any]:
    return {
        "request": {"urlPattern": "/.*"},
        "response": {"body": text, "transformers": ["response-template"], **response},
    }


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("{{randomValue length=5 type='ALPHANUMERIC'}}", "[a-z0-9]{5}"),
        ("{{randomValue length=5 type='ALPHABETIC' uppercase=true}}", "[A-Z]{5}"),
        ("{{randomValue length=5 type='NUMERIC'}}", "[0-9]{5}"),
        ("{{randomValue length=5 type='HEXADECIMAL'}}", "[a-f0-9]{5}"),
        ("{{randomValue length=50 type='ALPHANUMERIC_AND_SYMBOLS'}}", "[!-~]{50}"),
        ("{{randomValue type='UUID'}}", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("{{randomInt lower=5 upper=7}}", "[56]"),
        ("{{randomInt}}", "-?[0-9]+"),
        ("{{randomDecimal lower=5 upper=5.5}}", r"5\.[0-9]+"),
        ("{{pickRandom 'a' 'b'}}", "[ab]"),
        ("{{pickRandom (array 'a' 'b') count=2}}", r"\[(a, b|b, a)\]"),
        ("{{now}}", r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        ("{{now format='yyyy-MM-dd' offset='-1 days'}}", r"20\d\d-\d\d-\d\d"),
        ("{{now timezone='Asia/Kolkata' format='Z'}}", r"\+0530"),
        ("{{now timezone='Asia/Kolkata'}}", r".*\+05:30"),
        ("{{date format='unix'}}", r"\d{10}"),
        ("{{dateFormat (now)}}", r"[A-Z][a-z]{2} \d+, 20\d\d"),
        ("{{request.id}}", "[0-9a-f-]{36}"),
        ("{{hostname}}", ".+"),
        (
            "{{request.clientIp}} {{request.port}} {{request.requestLine.baseUrl}}",
            r"127.0.0.1 (\d+) http://localhost:\1",
        ),
    ],
)
def test_values_that_differ_each_time(text: str, pattern: str, library: HttpServerLibrary, tmp_path: Path) -> None:
    load(library, tmp_path, template(text))
    answer = send(library, "GET /")
    assert re.fullmatch(pattern, answer["body"]), answer


@pytest.mark.parametrize(
    "text",
    [
        "{{randomInt lower=7 upper=5}}",
        "{{randomValue length=-1}}",
        "{{pickRandom (array)}}",
        "{{center 'a' size=99999999}}",
        "{{range 1 99999999}}",
        "{{stringFormat '%99999999s' 'a'}}",
        "{{now timezone='Nowhere'}}",
        "{{now offset='1'}}",
        "{{now offset='9999999 years'}}",
        "{{now format='qq'}}",
    ],
)
def test_templates_that_fail_are_problems(text: str, library: HttpServerLibrary, tmp_path: Path) -> None:
    load(library, tmp_path, template(text))
    assert send(library, "GET /")["status"] == 500
    assert [problem.kind for problem in library.get_problems()] == ["TEMPLATE ERROR"]


def test_what_a_client_sends_only_chooses_among_body_files(library: HttpServerLibrary, tmp_path: Path) -> None:
    (tmp_path / "__files" / "de").mkdir(parents=True)
    (tmp_path / "__files" / "de" / "a.txt").write_text("A {{request.query.f}}", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("S", encoding="utf-8")
    load(library, tmp_path, template(None, bodyFileName="{{request.query.f}}.txt"))
    assert send(library, "GET /?f=de/a")["body"] == "A de/a"
    for name in ("../secret", "de/../../secret", "%2e%2e/secret", "de/b", "/etc/passwd%00"):
        assert send(library, f"GET /?f={name}")["status"] == 500
    assert {problem.kind for problem in library.get_problems()} == {"TEMPLATE ERROR"}


def test_body_files_that_are_no_templates(library: HttpServerLibrary, tmp_path: Path) -> None:
    (tmp_path / "__files").mkdir()
    (tmp_path / "__files" / "a.bin").write_bytes(b"\xff{{request.url}}")
    parameters = {"disableBodyFileTemplating": True}
    load(
        library,
        tmp_path,
        {**template(None, bodyFileName="a.bin"), "priority": 9},
        {
            "request": {"urlPath": "/named"},
            "response": {
                "bodyFileName": "{{request.query.f}}",
                "transformers": ["response-template"],
                "transformerParameters": parameters,
            },
        },
    )
    assert send(library, "GET /")["data"] == "/3t7cmVxdWVzdC51cmx9fQ=="
    assert send(library, "GET /named?f=a.bin")["data"] == "/3t7cmVxdWVzdC51cmx9fQ=="


@pytest.mark.usefixtures("upstream")
def test_proxies(library: HttpServerLibrary, upstream: str, tmp_path: Path) -> None:
    proxied = {
        "proxyBaseUrl": upstream,
        "proxyUrlPrefixToRemove": "/api",
        "additionalProxyRequestHeaders": {"X-Added": "1"},
        "removeProxyRequestHeaders": ["X-Gone"],
        "headers": {"X-Own": "2"},
    }
    load(library, tmp_path, {"request": {"urlPattern": "/.*"}, "response": proxied})
    answer = send(library, "GET /api/orders?x=1")
    assert answer["body"] == "from above"
    assert dict(answer["headers"])["X-Up"] == "1"
    assert dict(answer["headers"])["X-Own"] == "2"
    received = library.get_received_request(server="upstream")
    assert received.path == "/orders"
    assert received.query == {"x": "1"}
    assert received.headers["X-Added"] == "1"
    assert send(library, "GET /other")["body"] == "from above"


def test_a_proxy_that_is_a_template(library: HttpServerLibrary, upstream: str, tmp_path: Path) -> None:
    response = {
        "proxyBaseUrl": "http://localhost:{{request.query.port}}",
        "transformers": ["response-template"],
    }
    load(library, tmp_path, {"request": {"urlPattern": "/.*"}, "response": response})
    assert send(library, f"GET /?port={upstream.rpartition(':')[2]}")["body"] == "from above"
    assert send(library, "GET /?port=x")["status"] == 502
    assert [problem.kind for problem in library.get_problems()] == ["FORWARDING FAILED"]


def test_webhooks(library: HttpServerLibrary, upstream: str, tmp_path: Path) -> None:
    hooks = [
        {
            "name": "webhook",
            "parameters": {
                "method": "PUT",
                "url": f"{upstream}/{{{{originalRequest.path}}}}",
                "headers": {"X-Name": "{{parameters.name}}"},
                "body": "{{jsonPath originalRequest.body '$.id'}}",
                "name": "n",
                "delay": {"type": "fixed", "milliseconds": 1},
            },
        },
        {"name": "webhook", "parameters": {"url": f"{upstream}/fixed", "method": "POST", "base64Body": "aGk="}},
    ]
    load(
        library,
        tmp_path,
        {"request": {"url": "/a"}, "response": {}, "serveEventListeners": hooks},
        {"request": {"url": "/b"}, "response": {}, "postServeActions": {"webhook": hooks[1]["parameters"]}},
        {
            "request": {"url": "/c"},
            "response": {},
            "postServeActions": [{"name": "webhook", "parameters": {"url": "{{originalRequest.body}}"}}],
        },
    )
    send(library, "POST /a", '{"id": 7}')
    library.wait_until_request_is_received(method="PUT", server="upstream")
    put = library.get_received_request(method="PUT", server="upstream")
    assert (put.path, put.text, put.headers["X-Name"]) == ("//a", "7", "n")
    library.wait_until_request_is_received("/fixed", server="upstream")
    post = library.get_received_request("/fixed", server="upstream")
    assert post.data == b"hi"
    send(library, "GET /b")
    library.wait_until_request_is_received("/fixed", times=2, server="upstream")
    send(library, "POST /c", "nowhere")
    # Then the callback is over.
    library.stop_http_server(server="http-1")
    assert [problem.kind for problem in library.get_problems(server="http-1")] == ["TEMPLATE ERROR"]


@pytest.mark.parametrize(
    "distribution",
    [
        {"type": "fixed", "milliseconds": 2},
        {"type": "uniform", "lower": 1, "upper": 3},
        {"type": "lognormal", "median": 2, "sigma": 0.1},
        {"type": "lognormal", "median": 900000, "sigma": 0.1, "maxValue": 2},
    ],
)
def test_delays_of_a_distribution(distribution: Any, library: HttpServerLibrary, tmp_path: Path) -> None:
    load(library, tmp_path, {"request": {}, "response": {"body": "late", "delayDistribution": distribution}})
    assert send(library, "GET /")["body"] == "late"


def test_a_header_that_a_template_breaks_stays_one_line(library: HttpServerLibrary, tmp_path: Path) -> None:
    load(library, tmp_path, template("", headers={"X-A": "{{request.body}}", "X-B": "b"}))
    assert send(library, "POST /", "a\r\nX-C: c")["headers"] == [["X-A", "a X-C: c"], ["X-B", "b"]]


def test_an_expression_that_almost_matches_takes_no_longer(library: HttpServerLibrary, tmp_path: Path) -> None:
    load(library, tmp_path, template("{{regexExtract request.body '(a+)+$' default='none'}}"))
    assert send(library, "POST /a", "a" * 40 + "!")["body"] == "none"


@pytest.mark.parametrize("character", ["%00", "%e2%98%83"])
def test_a_header_that_cannot_be_sent_is_an_error(character: str, library: HttpServerLibrary, tmp_path: Path) -> None:
    load(library, tmp_path, template("", headers={"X-A": "{{request.query.a}}"}))
    assert send(library, f"GET /?a={character}")["status"] == 500
    [problem] = library.get_problems()
    assert problem.kind == "TEMPLATE ERROR"
    assert "the template made something that cannot be sent: headers: the value of X-A" in problem.message


def test_a_failed_count_names_the_file(library: HttpServerLibrary, tmp_path: Path) -> None:
    load(library, tmp_path, {"request": {"urlPath": "/a"}, "response": {}})
    [expectation] = library.load_expectations(tmp_path)
    with pytest.raises(
        ExpectationFailed,
        match=r"^Expected at least 1 request taken by the permanent expectation from mappings/m\.json, "
        r"\$\.mappings\[0\]: /a\n",
    ):
        library.request_should_have_been_received(expectation)


def test_a_random_delay_is_never_negative(library: HttpServerLibrary, tmp_path: Path) -> None:
    load(library, tmp_path, template("x", delayDistribution={"type": "lognormal", "median": -1, "sigma": 1e9}))
    assert send(library, "GET /a")["body"] == "x"
