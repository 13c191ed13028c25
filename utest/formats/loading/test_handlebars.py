"""Templates of other tools, and what goes wrong with them."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.formats.loading.handlebars import HandlebarsText, Helper, called, has_tag
from HttpServerLibrary.engine.formats.loading.loaded import NotUnderstood
from HttpServerLibrary.engine.responses.responder import ResponseFailed

HELPERS: Mapping[str, Helper] = {
    "up": lambda args, options: str(args[0]).upper(),
    "fail": lambda args, options: 1 / 0,
    "stop": lambda args, options: (_ for _ in ()).throw(ResponseFailed("stopped")),
    "many": lambda args, options: "x" * (17 * 1024 * 1024),
}


def test_has_tag() -> None:
    assert has_tag("a {{b}}")
    assert not has_tag("a {b}")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a {{b}} {{c.d}}", []),
        ("{{up b}} {{{up b}}} {{~up b~}}", ["up", "up", "up"]),
        ("{{up (down b) c=(left d)}}", ["up", "down", "left"]),
        ("{{#if (eq a 'b c')}}{{else}}{{/if}}", ["if", "eq"]),
        ("{{#each a}}{{this}}{{else if b}}{{/each}}", ["each", "if"]),
        ("{{! up b }}{{!-- up {{b}} --}}", []),
        ('{{up "(down b)"}}', ["up"]),
        ("{{#up}}x{{/up}}", []),
        ("{{(now)}}", ["now"]),
    ],
)
def test_called_helpers(text: str, names: list[str]) -> None:
    assert [*called(text)] == names


def test_values_are_escaped_or_not() -> None:
    assert HandlebarsText("{{a}} {{up a}}", HELPERS, escape=True).render({"a": "<b>"}) == "&lt;b&gt; &lt;B&gt;"
    assert HandlebarsText("{{a}} {{up a}}", HELPERS, escape=False).render({"a": "<b>"}) == "<b> <B>"


def test_data_is_read_with_an_at_sign() -> None:
    assert HandlebarsText("{{@a}}", {}, escape=False).render({}, {"a": 1}) == "1"


def test_what_a_client_sends_is_no_template() -> None:
    assert HandlebarsText("{{a}}", HELPERS, escape=False).render({"a": "{{up 'x'}}"}) == "{{up 'x'}}"


def test_blocks_may_take_long() -> None:
    assert HandlebarsText("{{#each a}}{{/each}}", {}, escape=False).loops
    assert not HandlebarsText("{{a}}", {}, escape=False).loops


def test_an_unknown_helper_is_not_understood() -> None:
    with pytest.raises(NotUnderstood) as caught:
        HandlebarsText("{{down a}}", HELPERS, escape=False)
    assert caught.value.what == 'the template calls "down", which is not known'


def test_a_template_that_cannot_be_read() -> None:
    with pytest.raises(NotUnderstood) as caught:
        HandlebarsText("{{#if a}}", HELPERS, escape=False)
    assert caught.value.what == "the template cannot be read: unclosed block"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{fail 1}}", "the template failed: division by zero"),
        ("{{stop 1}}", "stopped"),
        ("{{many 1}}", "the template made 17,825,792 characters; 16,777,216 are allowed"),
    ],
)
def test_a_template_that_fails(text: str, reason: str) -> None:
    with pytest.raises(ResponseFailed) as caught:
        HandlebarsText(text, HELPERS, escape=False).render({})
    assert str(caught.value) == reason


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dotpromptz_handlebars", None)
    with pytest.raises(UsageError) as caught:
        HandlebarsText("{{a}}", {}, escape=False)
    assert str(caught.value) == (
        "path: templates in files of other tools need the extra 'import': "
        "pip install robotframework-httpserverlibrary[import]"
    )


def test_a_template_that_takes_too_long_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("HttpServerLibrary.engine.formats.loading.handlebars.MAX_SECONDS", -1.0)
    with pytest.raises(ResponseFailed, match="the template took longer than -1 s"):
        HandlebarsText("{{#each a}}{{up this}}{{/each}}", HELPERS, escape=False).render({"a": ["x"]})
    monkeypatch.undo()
    assert HandlebarsText("{{up a}}", HELPERS, escape=False).render({"a": "x"}) == "X"
