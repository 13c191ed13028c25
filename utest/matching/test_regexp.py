"""Regular expressions: with the package `regex` and without it, and how long they may take."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.matching import regexp
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.matcher import MatcherFailed
from HttpServerLibrary.engine.matching.regexp import Regexp, TookTooLong
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import Ask, AssertText, expect

# Exponential for both engines.
SLOW = "(a|aa)+"
NEVER_ENDS = f"{'a' * 60}b"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@pytest.fixture(params=["re", "regex"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the extra and without it."""
    if request.param == "regex":
        pytest.importorskip("regex")
    else:
        monkeypatch.setitem(sys.modules, "regex", None)
    return str(request.param)


@pytest.fixture
def short_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("regex")
    monkeypatch.setattr(regexp, "MAX_SECONDS", 0.01)


# Of `re`, for the brackets.
@pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")
@pytest.mark.parametrize(
    ("pattern", "text", "whole", "part"),
    [
        (r"a+b+", "aab", True, True),
        (r"a+b+", "xaab", False, True),
        (r"a+b+", "", False, False),
        # Fuzzy matches and sets of POSIX characters to the package only.
        (r"(?:x){s<=1}+a*", "y", False, False),
        (r"a*{i}*", "a{i}", True, True),
        ("[[:alpha:]]+b*", "ab", False, False),
        # The characters of classes.
        (r"\w+\s*", "e\u0301", False, True),
        (r"[\w-]+\s*", "\u00bd-", True, True),
        (r"\s+\w*", "\x1c", True, True),
        (r"[\W_]+\w*", "\u0301", True, True),
        (r"[^\W_]+\w*", "\u0301", False, False),
        (r"[]\W]+\w*", "]\u0301", True, True),
        (r"a*\B.*", "a\u0301", False, True),
        (r"a*\b.*", "a\u0301", True, True),
        (r"(?a)\w+\s*", "\u00e9", False, False),
        (r"(?ia:\w+)\s*", "\u00e9", False, False),
        (r"(?x) \w+ \s* # [", "ab ", True, True),
        (r"(a*)\1", "aaaa", True, True),
        (r"(?P<n>a*)(?P=n)", "aaaa", True, True),
    ],
)
def test_both_engines_mean_the_same(engine: str, pattern: str, text: str, whole: bool, part: bool) -> None:
    found = Regexp(pattern, "path")
    assert (found.matches(text), found.is_in(text)) == (whole, part)


@pytest.mark.parametrize(
    ("flag", "pattern", "text"),
    [
        (re.ASCII, r"\w+\s*", "é"),
        (re.IGNORECASE, "a+b*", "AB"),
        (re.MULTILINE, "^a*$\n^b*$", "a\nb"),
        (re.DOTALL, "a*.b*", "a\nb"),
        (re.VERBOSE, "a+ b*", "ab"),
    ],
)
def test_flags(engine: str, flag: re.RegexFlag, pattern: str, text: str) -> None:
    with_flag = Regexp(re.compile(pattern, flag), "path").matches(text)
    assert (with_flag, Regexp(pattern, "path").matches(text)) == (flag is not re.ASCII, flag is re.ASCII)


_PARTS = st.sampled_from(
    [*"ab.^$", r"\w", r"\W", r"\s", r"\b", r"\B", "[^a]", r"[\w-]", r"[^\W_]", "(a|ab)", "(?!b)", "(?:é)", "(?i:A)"]
)
_REPEATED = st.builds("{}{}".format, _PARTS, st.sampled_from(["", "*", "+", "?", "{2}", "{,2}", "+?"]))


@given(parts=st.lists(_REPEATED, min_size=2, max_size=5), text=st.text("ab .-é\u0301ßA\x1c", max_size=6))
def test_random_expressions(parts: list[str], text: str) -> None:
    pattern = "".join(parts)
    try:
        expected = re.compile(pattern)
    except re.error:
        return
    found = Regexp(pattern, "path")
    assert found.matches(text) is (expected.fullmatch(text) is not None)
    assert found.is_in(text) is (expected.search(text) is not None)


@pytest.mark.parametrize("pattern", [r"\w", r"\W", r"\s", r"\S", r"[\W_]", r"[^\W\d]", r"\b.", r".\B"])
def test_all_characters(pattern: str) -> None:
    # One repeat more has the other engine match it.
    found, expected = Regexp(f"{pattern}(?:)*(?:)*", "path"), re.compile(pattern)
    known = (chr(code) for code in range(0x3000) if unicodedata.category(chr(code)) != "Cn")
    assert [text for text in known if found.matches(text) is not (expected.fullmatch(text) is not None)] == []


@pytest.mark.parametrize(
    ("pattern", "is_quick"),
    [
        ("/a/1", True),
        (r"/a/\d+", True),
        (r"\d+-\d+", False),
        ("(a|aa)+", False),
        (r"(a*)\1", False),
        ("a?b?", True),
        # Each choice doubles the time.
        ("a?" * 30 + "a" * 30, False),
        ("(?:a|ab)(?:b|)" * 20, False),
        ("/a+?/(?:json|xml|html|text)", True),
    ],
)
def test_quick_ones(pattern: str, is_quick: bool) -> None:
    assert Regexp(pattern, "path").is_quick is is_quick


@pytest.mark.parametrize(
    ("pattern", "text", "is_quick"),
    [
        (r"\d+-\d+", "1-2" * 10, True),
        (r"\d+-\d+", "1-2" * 100, False),
        (r"\d+", "1" * 900, True),
        (r"(\d+-)+", "1-", False),
    ],
)
def test_quick_searches(pattern: str, text: str, is_quick: bool) -> None:
    assert Regexp(pattern, "path").is_quick_to_search(text) is is_quick


@pytest.mark.usefixtures("short_limit")
def test_groups(engine: str) -> None:
    expression = Regexp("^/(a+)(b+)?(?:c+)*$", "path")
    assert expression.groups_in("/aacc") == ("aa", None)
    assert expression.groups_in("/b") is None


def test_no_groups_in_time() -> None:
    with pytest.raises(TookTooLong):
        Regexp(f"^({SLOW})$", "path").groups_in(NEVER_ENDS)


def test_no_verdict_in_time() -> None:
    found = Regexp(SLOW, "path")
    with pytest.raises(TookTooLong):
        found.matches(NEVER_ENDS)
    with pytest.raises(TookTooLong):
        Regexp(f"{SLOW}$", "path").is_in(NEVER_ENDS)
    assert found.matches("aaa")


def test_a_slow_text_is_matched_once(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """To explain a difference, the same text is matched several times."""
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 1
        return now

    monkeypatch.setattr("time.perf_counter", clock)
    found = Regexp(r"(\w+\s?)+", "path")
    assert [found.matches("ab!"), found.matches("ab!"), found.matches("ab")] == [False, False, True]
    # Twice for each text that is matched.
    assert now == 4
    assert [found.is_in("ab!"), found.matches("ab!")] == [True, False]
    assert now == 6
    # Old texts are forgotten.
    assert all(found.matches("a" * length) for length in range(1, 20))
    assert not found.matches("ab!")
    assert now == 46


@pytest.mark.usefixtures("short_limit")
@pytest.mark.parametrize(
    ("fields", "headers", "body"),
    [
        ({"text": f"REGEXP:{SLOW}"}, {}, NEVER_ENDS),
        ({"text": f"NOT:REGEXP:{SLOW}"}, {}, NEVER_ENDS),
        ({"headers": {"X-A": f"REGEXP:{SLOW}"}}, {"X-A": NEVER_ENDS}, ""),
        ({"query": {"a": [f"REGEXP:{SLOW}"]}}, {}, ""),
        ({"path": f"REGEXP:/{SLOW}"}, {}, ""),
        ({"text": re.compile(SLOW)}, {}, NEVER_ENDS),
        ({"json": {"a": f"<regexp:{SLOW}>"}}, {}, f'{{"a": "{NEVER_ENDS}"}}'),
        ({"json": [f"<regexp:{SLOW}>"], "json_ignore_order": True}, {}, f'["{NEVER_ENDS}"]'),
        ({"json_path": {"$.a": f"<regexp:{SLOW}>"}}, {}, f'{{"a": "{NEVER_ENDS}"}}'),
        ({"json_path": {f"$[?match(@.a, '{SLOW}')].a": "x"}}, {}, f'[{{"a": "{NEVER_ENDS}"}}]'),
        ({"json_path": {f"$[?search(@.a, '{SLOW}$')].a": "x"}}, {}, f'[{{"a": "{NEVER_ENDS}!"}}]'),
        ({"json_path": {f"$[?@.a =~ /{SLOW}/].a": "x"}}, {}, f'[{{"a": "{NEVER_ENDS}"}}]'),
        ({"json_schema": {"pattern": f"^{SLOW}$"}}, {}, f'"{NEVER_ENDS}"'),
        (
            {
                "json_schema": {
                    "properties": {"a": {"$ref": "#/$defs/b"}},
                    "$defs": {"b": {"$schema": DIALECT, "pattern": f"^{SLOW}$"}},
                }
            },
            {},
            f'{{"a": "{NEVER_ENDS}"}}',
        ),
        ({"json_schema": {"patternProperties": {f"^{SLOW}$": {}}}}, {}, f'{{"{NEVER_ENDS}": 1}}'),
        ({"xpath": {"//a": f"REGEXP:{SLOW}"}}, {}, f"<a>{NEVER_ENDS}</a>"),
        ({"form": {"a": f"REGEXP:{SLOW}"}}, {"Content-Type": "application/x-www-form-urlencoded"}, f"a={NEVER_ENDS}"),
    ],
)
def test_any_field(fields: dict[str, object], headers: dict[str, str], body: str) -> None:
    description = RequestDescription(**fields)
    request = Request.of("POST", f"/{NEVER_ENDS}?a={NEVER_ENDS}", headers, body.encode())
    with pytest.raises(MatcherFailed, match="took longer than"):
        description.matches(request)
    [difference] = description.differences(request)
    assert " expected a match within 1 s, received none: REGEXP " in str(difference)
    assert difference.where.kind in (*fields, "header", "query parameter")
    assert description.suggestion(request) is None


@pytest.mark.usefixtures("short_limit")
def test_what_the_client_and_the_test_are_told(server: HttpServer, ask: Ask, assert_text: AssertText) -> None:
    expect(server, text=f"REGEXP:{SLOW}")
    status, answer = ask(Request.of("POST", "/x", {}, NEVER_ENDS.encode()))
    [problem] = server.journal.problems()
    assert (status, problem.kind, answer) == (500, "MATCHER ERROR", f"{problem.message}\n")
    assert_text(problem.message, "regexp/took_too_long")


@pytest.mark.usefixtures("short_limit")
def test_others_explain_a_request_without_it(server: HttpServer, ask: Ask) -> None:
    """It would match, but has no verdict; whatever else is asked of it must not fail."""
    other = HttpServer("other")
    expect(other, text=f"REGEXP:{SLOW}")
    request = Request.of("POST", "/x", {}, NEVER_ENDS.encode())
    assert other.book.would_take(request) is None
    assert ask(request)[0] == 500
    assert server.newest_like(RequestDescription(text=f"REGEXP:{SLOW}")) is None
    assert [problem.kind for problem in server.journal.problems()] == ["UNEXPECTED REQUEST"]


@pytest.mark.usefixtures("short_limit")
def test_one_that_was_used_up(server: HttpServer, ask: Ask) -> None:
    expect(server, f"REGEXP:/{SLOW}", times=1, method="GET")
    assert ask(Request.of("GET", "/aa"))[0] == 200
    assert ask(Request.of("POST", f"/{NEVER_ENDS}"))[0] == 500
    assert [problem.kind for problem in server.journal.problems()] == ["UNEXPECTED REQUEST"]
