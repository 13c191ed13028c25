"""Origins of pages, as they are given and as browsers send them."""

from __future__ import annotations

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.matching.origins import Origins
from HttpServerLibrary.engine.matching.regexp import TookTooLong
from HttpServerLibrary.engine.matching.text import TextPattern

NEEDED = "origins: an origin is a scheme, a host and optionally a port, such as http://localhost:3000, not"


@pytest.mark.parametrize("given", ["ANY", " any ", "*"])
def test_all(given: str) -> None:
    origins = Origins(given)
    assert origins.matches("http://a")
    assert origins.matches("null")
    assert str(origins) == "ANY"


@pytest.mark.parametrize(
    ("given", "origin", "matches"),
    [
        ("http://a.example", "http://a.example", True),
        ("http://a.example", "https://a.example", False),
        ("http://a.example", "http://a.example:81", False),
        ("HTTP://A.Example:80", "http://a.example", True),
        ("https://a.example:443", "https://a.example", True),
        ("http://a.example:443", "http://a.example:443", True),
        ("http://[::1]:3000", "http://[::1]:3000", True),
        ("chrome-extension://abc", "chrome-extension://abc", True),
        ("https://Bücher.example:8443", "https://xn--bcher-kva.example:8443", True),
        ("null", "null", True),
        ("http://a, http://b", "http://b", True),
        ('["http://a", "http://b"]', "http://b", True),
        (["http://a", "http://b"], "http://b", True),
        (("http://a", "http://b"), "http://c", False),
        ("GLOB:https://*.example.com", "https://x.example.com", True),
        ("GLOB:https://*.example.com,STARTS:http://localhost:", "http://localhost:3000", True),
        ("REGEXP:http://a{1,2}", "http://aa", True),
        (["REGEXP:http://a{1,2}", "http://b"], "http://b", True),
        ("NOT:http://a", "http://b", True),
        ("NOT:http://a", "http://a", False),
    ],
)
def test_some(given: object, origin: str, matches: bool) -> None:
    assert Origins(given).matches(origin) is matches


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("localhost:3000", f'{NEEDED} "localhost:3000".'),
        ("http://a/", f'{NEEDED} "http://a/". Write http://a.'),
        ("http://a:3000/page?x", f'{NEEDED} "http://a:3000/page?x". Write http://a:3000.'),
        ("http://user@a", f'{NEEDED} "http://user@a".'),
        ("http://", f'{NEEDED} "http://".'),
        (
            "http://ü..example",
            'origins: a host name or address such as host.docker.internal is needed, not "ü..example".',
        ),
        ("", "origins: there is an empty item in ''."),
        ("http://a,", "origins: there is an empty item in 'http://a,'."),
        (["http://a", 7], f'{NEEDED} "7".'),
        ([None], "origins: text is needed here, not None."),
        ([], "origins: the list is empty. Write ${False} to end what 'Set Cors' began."),
    ],
)
def test_what_is_no_origin(given: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Origins(given)
    assert str(caught.value) == message


def test_as_text() -> None:
    assert str(Origins("HTTP://A:80, GLOB:http://*.b")) == "http://a, GLOB:http://*.b"


def test_a_pattern_without_a_verdict_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def take_too_long(self: TextPattern, text: str) -> bool:
        raise TookTooLong("boo")

    origins = Origins("REGEXP:x")
    monkeypatch.setattr(TextPattern, "matches", take_too_long)
    assert not origins.matches("http://a")
