"""Helpers that calculate and compare."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from ...handlebars import Helper
from ..scene import plain
from ..values import as_number, leading_int, number_of, same

_MAX_DIGITS: Final = 100


def _number(value: Any) -> float | int:
    # What is not there counts as undefined.
    return math.nan if value is None else number_of(value)


def _reduced(operation: Callable[[float, float], float], *, without_zero: bool = False) -> Helper:
    def helper(args: list[Any], options: Any) -> Any:
        if not args:
            return ""
        total = args[0]
        for value in map(_number, args[1:]):
            if math.isnan(value) or (without_zero and value == 0):
                total = _number(total)
            else:
                total = operation(_number(total), value)
        return as_number(total) if len(args) > 1 else total

    return helper


def _of_one(operation: Callable[[float], float]) -> Helper:
    def helper(args: list[Any], options: Any) -> Any:
        if not args:
            return ""
        number = _number(args[0])
        return as_number(operation(number) if math.isfinite(number) else number)

    return helper


def _modulo(args: list[Any], options: Any) -> Any:
    if len(args) < 2 or _number(args[1]) == 0:
        return ""
    one, other = _number(args[0]), _number(args[1])
    # The sign is that of the first.
    return as_number(math.fmod(one, other) if math.isfinite(one) and not math.isnan(other) else math.nan)


def _to_fixed(args: list[Any], options: Any) -> str:
    number, digits = (_number(value) for value in (*args[:2], *([0] * (2 - len(args)))))
    places = 0 if math.isnan(digits) else max(0, min(int(digits), _MAX_DIGITS))
    exact = Decimal(0 if math.isnan(number) else number)
    return str(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def _compared(operation: Callable[[float, float], bool]) -> Helper:
    # A comparison with NaN is false.
    return lambda args, options: len(args) >= 2 and operation(_number(args[0]), _number(args[1]))


def _equal(args: list[Any], options: Any) -> bool:
    return len(args) >= 2 and same(plain(args[0]), plain(args[1]))


def _parse_int(args: list[Any], options: Any) -> Any:
    number = leading_int(args[0]) if args and args[0] is not None else None
    return "" if number is None else number


NUMBERS: Final[Mapping[str, Helper]] = {
    "add": _reduced(lambda one, other: one + other),
    "ceil": _of_one(math.ceil),
    "divide": _reduced(lambda one, other: one / other, without_zero=True),
    "eq": _equal,
    "floor": _of_one(math.floor),
    "gt": _compared(lambda one, other: one > other),
    "gte": _compared(lambda one, other: one >= other),
    "lt": _compared(lambda one, other: one < other),
    "lte": _compared(lambda one, other: one <= other),
    "modulo": _modulo,
    "multiply": _reduced(lambda one, other: one * other),
    "parseInt": _parse_int,
    "round": _of_one(lambda number: math.floor(number + 0.5)),
    "subtract": _reduced(lambda one, other: one - other),
    "toFixed": _to_fixed,
}
