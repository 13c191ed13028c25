"""Operators, checked before they make something that is too large."""

from __future__ import annotations

import math
import re
from typing import Any, Final

from .budget import Budget, CannotBeUsed, OverLimit, weight

# Python does not convert longer numbers to text.
MAX_DIGITS: Final = 4300
_MAX_BITS: Final = 14_285
_NUMBERS: Final = re.compile(r"\d+")


def check_operator(budget: Budget, operator: str, left: Any, right: Any) -> None:
    """Raises before an operator makes something that is too large."""
    if operator == "%":
        if isinstance(left, str):
            check_format(budget, left, right)
    elif isinstance(left, int) and isinstance(right, int):
        if operator == "*":
            bits: float = left.bit_length() + right.bit_length()
        else:
            bits = _bits_of_power(left, right) if operator == "**" else 0
        if bits > _MAX_BITS:
            raise number_too_large()
    elif operator == "*":
        for sequence, times in ((left, right), (right, left)):
            if isinstance(sequence, (str, bytes, list, tuple)) and isinstance(times, int) and times > 0:
                budget.charge(weight(sequence, budget.size) * times)
    elif operator == "+" and isinstance(left, (str, bytes, list, tuple)):
        budget.charge_for((left, right))


def _bits_of_power(base: int, exponent: int) -> float:
    if exponent <= 0 or abs(base) < 2:
        return 0
    return exponent if exponent > _MAX_BITS else exponent * math.log2(abs(base))


def number_too_large() -> OverLimit:
    return OverLimit(f"it makes a number of more than {MAX_DIGITS:,} digits, the limit for templates")


def check_format(budget: Budget, text: str, values: Any) -> None:
    """Takes all numbers in the format for widths, which is never too little."""
    if "*" in text:
        raise CannotBeUsed("a format with * is not available in templates")
    numbers = _NUMBERS.findall(text)
    # A width of more digits is over any limit.
    budget.charge(sum(int(number[:12]) for number in numbers) + len(text))
    budget.charge(weight(values, budget.size) * max(1, text.count("%")))
