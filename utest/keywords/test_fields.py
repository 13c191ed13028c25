"""The request description as keyword arguments: the same in every keyword, and as the engine has it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

import pytest

from HttpServerLibrary import HttpServerLibrary
from HttpServerLibrary.engine.arguments import UNSET
from HttpServerLibrary.engine.matching.description import ANY, FIELD_NAMES, RequestDescription
from HttpServerLibrary.keywords.fields import RequestFields

KEYWORDS = (
    HttpServerLibrary.expect_request,
    HttpServerLibrary.expect_oneshot_request,
    HttpServerLibrary.expect_ordered_request,
    HttpServerLibrary.request_should_have_been_received,
    HttpServerLibrary.request_should_not_be_received,
    HttpServerLibrary.wait_until_request_is_received,
    HttpServerLibrary.get_received_request,
    HttpServerLibrary.get_received_requests,
    HttpServerLibrary.save_received_requests,
)


def fields_of(keyword: Callable[..., object]) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(keyword).parameters
    return {name: parameter for name, parameter in parameters.items() if name in FIELD_NAMES}


def test_the_keywords_are_all_that_take_a_request_description() -> None:
    methods = [value for base in HttpServerLibrary.__mro__ for value in vars(base).values()]
    keywords = [method for method in methods if hasattr(method, "robot_name")]
    assert {keyword for keyword in keywords if "json_subset" in inspect.signature(keyword).parameters} == {*KEYWORDS}


def test_the_fields_are_those_of_the_engine() -> None:
    assert {"path", *RequestFields.__annotations__} == {*FIELD_NAMES}


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_every_keyword_has_all_fields_in_one_order(keyword: Callable[..., object]) -> None:
    parameters = fields_of(keyword)
    assert [*parameters] == ["path", *RequestFields.__annotations__]
    assert {parameters[name].kind for name in RequestFields.__annotations__} == {inspect.Parameter.KEYWORD_ONLY}
    assert not any(
        parameter.kind is parameter.VAR_KEYWORD for parameter in inspect.signature(keyword).parameters.values()
    )


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_the_defaults_compare_nothing(keyword: Callable[..., object]) -> None:
    defaults: dict[str, Any] = {name: parameter.default for name, parameter in fields_of(keyword).items()}
    assert str(RequestDescription(**defaults)) == str(RequestDescription()) == "any request"
    others = {name: default for name, default in defaults.items() if default is not None}
    assert others == {"path": ANY, "method": ANY, "json": UNSET, "json_subset": UNSET, "json_ignore_order": False}


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_the_types_are_found_at_run_time(keyword: Callable[..., object]) -> None:
    types = get_type_hints(keyword)
    assert types.keys() - {"return"} == inspect.signature(keyword).parameters.keys() - {"self"}
    assert {name: types[name] for name in RequestFields.__annotations__} == get_type_hints(RequestFields)


def test_an_unknown_field_is_an_error_from_plain_python() -> None:
    library = HttpServerLibrary()
    library.start_http_server()
    try:
        with pytest.raises(TypeError, match="heders"):
            library.expect_request("/orders", heders="X: 1")  # type: ignore[call-arg]
        assert "/orders" not in library.format_matchers()
    finally:
        library.stop_all_http_servers()
