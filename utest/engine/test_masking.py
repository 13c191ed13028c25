"""Secrets do not get into messages."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest

from HttpServerLibrary.engine.expectations import Kind
from HttpServerLibrary.engine.masking import Secrets
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.request import Request
from HttpServerLibrary.engine.server import HttpServer

Ask = Callable[[Request], tuple[int, str]]


def test_secrets_are_blotted_out_longest_first() -> None:
    secrets = Secrets()
    for text in ("abc", "abcdef", "abc", ""):
        secrets.add(text)
    assert secrets.hide("abcdef abc ab") == "*** *** ab"


@pytest.mark.parametrize("name", ["Authorization", "authorization", "Proxy-Authorization", "Cookie", "SET-COOKIE"])
def test_headers_with_credentials_are_masked(server: HttpServer, ask: Ask, name: str) -> None:
    _, text = ask(Request.of("GET", "/", {name: "hunter2", "X-A": "shown"}))
    assert f"  {name}: ***" in text.split("\n")
    assert "hunter2" not in text
    assert "shown" in text


@pytest.mark.parametrize("secret", ["hunter2", 'pa"ss', "pa\\ss", "pä ss", "p@ss/w", "a\tb", "a'b"])
def test_secrets_are_masked_wherever_they_turn_up(server: HttpServer, ask: Ask, secret: str) -> None:
    server.secrets.add(secret)
    server.book.register(
        Kind.PERMANENT, RequestDescription("/a", text=secret, json={"a": secret}, headers={"X": f"x{secret}"})
    )
    request = Request.of("GET", f"/{quote(secret, safe='')}?b={quote(secret, safe='')}", {}, f"a {secret} b".encode())
    _, text = ask(request)
    (problem,) = server.journal.problems()
    for shown in (text, problem.message, str(server.book.expectations()[0]), repr(server.book.expectations()[0])):
        assert secret not in shown
        assert quote(secret, safe="") not in shown
        assert "***" in shown


def test_a_secret_that_is_cut_leaves_nothing(server: HttpServer, ask: Ask) -> None:
    """What is cut is masked before."""
    secret = "".join(f"<{number}>" for number in range(100))
    server.secrets.add(secret)
    server.book.register(Kind.PERMANENT, RequestDescription(text=f"{'x' * 150}{secret}"))
    _, text = ask(Request.of("POST", "/", {}, b"y"))
    assert "<0><1>" not in text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ('"xx<1><2><3><4>"... (99 characters)', '"xx***"... (99 characters)'),
        ('"unrelated"... (99 characters)', '"unrelated"... (99 characters)'),
        ("no cut", "no cut"),
    ],
)
def test_the_beginning_of_a_secret_before_a_cut(text: str, hidden: str) -> None:
    secrets = Secrets()
    secrets.add("<1><2><3><4><5><6>")
    assert secrets.hide(text) == hidden
