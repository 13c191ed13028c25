"""Python callables that decide, and how callables are found by their dotted names."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest
import werkzeug

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.matcher import MatcherFailed
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.user_code import resolve

NO_NAME = "is not a name such as 'my_module.my_function' or 'my_file.py:my_function'."
JSON_HAS = "It has dump, dumps, detect_encoding, load, loads."


def is_seven(request: werkzeug.Request) -> bool:
    return request.args.get("id") == "7"


def test_a_matcher_gets_a_werkzeug_request() -> None:
    seen: list[werkzeug.Request] = []

    def matcher(request: werkzeug.Request) -> bool:
        seen.append(request)
        return request.method == "PUT" and request.json == {"a": 1} and request.headers["X-Id"] == "7"

    request = Request.of("PUT", "/p?id=7", {"X-Id": "7", "Content-Type": "application/json"}, b'{"a": 1}')
    assert RequestDescription(matcher=matcher).matches(request)
    # The body of a werkzeug request can be read once, so each matcher gets its own.
    assert RequestDescription(matcher=matcher).matches(request)
    assert isinstance(seen[0], werkzeug.Request)
    assert seen[0] is not seen[1]


def test_a_matcher_gets_the_segments_of_the_path() -> None:
    seen: list[dict[str, str]] = []

    def matcher(request: Any) -> bool:
        seen.append(request.path_params)
        return True

    request = Request.of("GET", "/orders/7%2F8")
    for path in ("/orders/{id}", "/{what}/{id}", "GLOB:/orders/*", "ANY"):
        assert RequestDescription(path, matcher=matcher).matches(request)
    assert seen == [{"id": "7/8"}, {"what": "orders", "id": "7/8"}, {}, {}]


def test_a_matcher_is_asked_only_when_everything_else_fits() -> None:
    def matcher(request: werkzeug.Request) -> bool:
        raise AssertionError("must not be asked")

    assert not RequestDescription("/a", matcher=matcher).matches(Request.of("GET", "/b"))


@pytest.mark.parametrize(("result", "expected"), [(True, True), (1, True), ("x", True), (0, False), (None, False)])
def test_the_truth_of_the_result_counts(result: object, expected: bool) -> None:
    assert RequestDescription(matcher=lambda _: result).matches(Request.of("GET", "/")) is expected


class NoTruth:
    def __bool__(self) -> bool:
        raise ValueError("no truth")


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class Annotated(Exception):
    """As from Python 3.11 on after ``add_note``."""

    __notes__ = ["a note"]  # noqa: RUF012


@pytest.mark.parametrize(
    ("raised", "phrase"),
    [
        (ValueError("boo"), "ValueError: boo"),
        (AssertionError(), "AssertionError"),
        (SystemExit(3), "SystemExit: 3"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (Unprintable(), "Unprintable"),
        (Annotated("boo"), "Annotated: boo"),
    ],
)
def test_what_a_matcher_raises_is_kept(raised: BaseException, phrase: str) -> None:
    def matcher(request: werkzeug.Request) -> bool:
        raise raised

    with pytest.raises(MatcherFailed) as caught:
        RequestDescription(matcher=matcher).matches(Request.of("GET", "/"))
    assert caught.value.cause is raised
    assert phrase in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_result_without_truth_is_a_failure() -> None:
    with pytest.raises(MatcherFailed) as caught:
        RequestDescription(matcher=lambda _: NoTruth()).matches(Request.of("GET", "/"))
    assert isinstance(caught.value.cause, ValueError)


def test_the_difference_names_the_matcher() -> None:
    description = RequestDescription(matcher=is_seven)
    assert [str(entry) for entry in description.differences(Request.of("GET", "/?id=8"))] == [
        "matcher: expected is_seven to return true, received false"
    ]
    assert str(description) == "matcher=is_seven"


class Callable:
    def __call__(self, request: werkzeug.Request) -> bool:
        return True


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (is_seven, "is_seven"),
        (Callable(), "Callable"),
        (functools.partial(is_seven), "partial"),
        ("os.path.join", "os.path.join"),
        ("json.dumps", "json.dumps"),
        ("collections.OrderedDict.fromkeys", "collections.OrderedDict.fromkeys"),
    ],
)
def test_resolve(value: object, name: str) -> None:
    found, call = resolve(value, "matcher")
    assert found == name
    assert callable(call)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "matcher: a function or its name is needed, not 5."),
        (
            "is_seven",
            "matcher: \"is_seven\" is not a name such as 'my_module.my_function' or 'my_file.py:my_function'.",
        ),
        ("a..b", "matcher: \"a..b\" is not a name such as 'my_module.my_function' or 'my_file.py:my_function'."),
        ("a.b()", "matcher: \"a.b()\" is not a name such as 'my_module.my_function' or 'my_file.py:my_function'."),
        (
            "no_such_module.f",
            (
                'matcher: "no_such_module.f" cannot be imported: there is no module "no_such_module" '
                "in the module search path (robot --pythonpath)."
            ),
        ),
        ("json.nope", f'matcher: "json.nope" cannot be found: {json.__file__} has no "nope". {JSON_HAS}'),
        ("json.nope.f", f'matcher: "json.nope.f" cannot be found: {json.__file__} has no "nope". {JSON_HAS}'),
        ("json.__name__", "matcher: \"json.__name__\" is not callable: 'json'."),
    ],
)
def test_names_that_cannot_be_resolved(value: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(matcher=value)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("source", "phrase"),
    [
        ("1 / 0", "failed: ZeroDivisionError: division by zero ("),
        ("import no_such_module", "failed: ModuleNotFoundError: No module named 'no_such_module' ("),
        ("(", "failed: SyntaxError: "),
        # A module that ends the program must not end the run.
        ("raise SystemExit(3)", "failed: SystemExit: 3 ("),
    ],
)
def test_modules_that_cannot_be_imported(
    source: str, phrase: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"broken_{abs(hash(source))}"
    (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UsageError) as caught:
        resolve(f"{name}.f", "handler")
    assert str(caught.value).startswith(f'handler: importing "{name}" {phrase}')
    assert "\n" not in str(caught.value)


def test_a_module_in_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "matcher_package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "inner.py").write_text("class A:\n    @staticmethod\n    def f(request): return 5\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    _, call = resolve("matcher_package.inner.A.f", "handler")
    assert call(None) == 5
