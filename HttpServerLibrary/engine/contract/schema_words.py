"""The keywords of schemas: what is inside them, and which values of them can be used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final

from ..visible import quote, visible

TYPES: Final = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
# Keywords with one schema, a list of schemas, and schemas by name.
SINGLE: Final = frozenset(
    "additionalItems additionalProperties contains else if items not propertyNames then unevaluatedItems "
    "unevaluatedProperties".split()
)
LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
MAPS: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})
# Definitions that only references lead to.
DEFINITIONS: Final = frozenset({"$defs", "definitions"})


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0 and value == int(value)


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def _is_type(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(entry, str) and entry in TYPES for entry in value)
    return isinstance(value, str) and value in TYPES


def _is_limit(value: Any) -> bool:
    # A boolean in OpenAPI 3.0.
    return isinstance(value, (bool, int, float))


_NUMBER: Final = (_is_number, "a number")
_COUNT: Final = (_is_count, "a whole number from 0 on")
# By keyword: whether a value can be used, and what is needed.
_NEEDED: Final[dict[str, tuple[Callable[[Any], bool], str]]] = {
    "type": (_is_type, "a type of JSON Schema"),
    "enum": (lambda value: isinstance(value, list) and bool(value), "a list of values"),
    "required": (_is_text_list, "a list of names"),
    "minimum": _NUMBER,
    "maximum": _NUMBER,
    "exclusiveMinimum": (_is_limit, "a number"),
    "exclusiveMaximum": (_is_limit, "a number"),
    "multipleOf": (lambda value: _is_number(value) and value > 0, "a number greater than 0"),
    "minLength": _COUNT,
    "maxLength": _COUNT,
    "minItems": _COUNT,
    "maxItems": _COUNT,
    "minProperties": _COUNT,
    "maxProperties": _COUNT,
    "minContains": _COUNT,
    "maxContains": _COUNT,
    "uniqueItems": (lambda value: isinstance(value, bool), "true or false"),
    "dependentRequired": (
        lambda value: isinstance(value, dict) and all(map(_is_text_list, value.values())),
        "lists of names",
    ),
}
RULES: Final = frozenset({*_NEEDED, "const", "pattern"})


def is_usable(keyword: str, value: Any) -> bool:
    """Whether a rule can be checked."""
    if keyword == "pattern":
        return isinstance(value, str) and not pattern_fault(value)
    needed = _NEEDED.get(keyword)
    return needed is None or needed[0](value)


def faults(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The keywords of a schema that cannot be used, or not as they are, and why."""
    for keyword, value in schema.items():
        if keyword == "pattern":
            fault = pattern_fault(value) if isinstance(value, str) else "text is needed"
            if fault:
                yield keyword, f"{fault}; it is not checked"
        elif keyword in _NEEDED and value is not None:
            if not _NEEDED[keyword][0](value):
                yield keyword, f"{_NEEDED[keyword][1]} is needed, not {shown(value)}; it is not checked"
            elif keyword == "enum" and len({repr(entry) for entry in value}) < len(value):
                yield keyword, "a value is there twice"


@lru_cache(maxsize=4096)
def pattern_fault(pattern: str) -> str:
    """Why a pattern cannot be used; empty if it can."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"{quote(pattern)} is not a regular expression of Python ({error})"
    return ""


def shown(value: Any) -> str:
    """A value of the document in a message."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if value is None:
        return "null"
    return quote(value) if isinstance(value, str) else visible(str(value).lower())
