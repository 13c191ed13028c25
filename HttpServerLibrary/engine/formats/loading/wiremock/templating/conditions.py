"""Helpers that compare."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

from ...handlebars import Helper
from ..java_regexp import java_regexp
from .calls import Args, HelperFailed, argument, error, outcome, text, truthy
from .values import text_of


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    # Text is equal only to text: the values of a parameter are a list, even if there is one.
    if isinstance(left, str) is not isinstance(right, str):
        return False
    return bool(left == right)


def _eq(args: Args, options: Any, *, negated: bool = False) -> Any:
    return outcome(_equal(argument(args, 0), argument(args, 1)) is not negated, options)


def _compared(test: Callable[[Any, Any], bool], args: Args, options: Any) -> Any:
    left, right = argument(args, 0), argument(args, 1)
    for kind in ((int, float), str):
        if isinstance(left, kind) and isinstance(right, kind):
            return outcome(test(left, right), options)
    raise HelperFailed(f"{text_of(left)!r} cannot be compared with {text_of(right)!r}")


def _contains(args: Args, options: Any) -> Any:
    if len(args) < 2:
        return error("You must specify the string or array to be matched and the regular expression")
    where, expected = args[0], args[1]
    if where is None or expected is None:
        return False
    wanted = expected if isinstance(expected, str) else text_of(expected)
    is_in = wanted in where if isinstance(where, list) else wanted in text_of(where)
    if options.is_block:
        return options.fn() if is_in else ""
    return is_in


def _matches(args: Args, options: Any) -> Any:
    if len(args) < 2:
        return error("You must specify the string to be matched and the regular expression")
    matches = java_regexp(text(args[1])).matches(text(args[0]))
    if options.is_block:
        return options.fn() if matches else ""
    return matches


def _odd(args: Args, options: Any, *, remainder: int, word: str) -> str:
    number = argument(args, 0)
    return str(argument(args, 1, word)) if isinstance(number, int) and number % 2 == remainder else ""


HELPERS: dict[str, Helper] = {
    "eq": _eq,
    "neq": partial(_eq, negated=True),
    "gt": partial(_compared, operator.gt),
    "gte": partial(_compared, operator.ge),
    "lt": partial(_compared, operator.lt),
    "lte": partial(_compared, operator.le),
    "and": lambda args, options: outcome(all(map(truthy, args)), options),
    "or": lambda args, options: outcome(any(map(truthy, args)), options),
    "not": lambda args, options: outcome(not truthy(argument(args, 0)), options),
    "contains": _contains,
    "matches": _matches,
    "isOdd": partial(_odd, remainder=1, word="odd"),
    "isEven": partial(_odd, remainder=0, word="even"),
    "stripes": lambda args, options: _odd(args, options, remainder=1, word="odd") or "even",
}
