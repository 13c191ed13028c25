"""What the stand-ins are made with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Final

from ..scene import Make
from ..values import as_number, is_number

MAX_LENGTH: Final = 100_000


def options(args: list[Any], named: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options, given by name or as an object."""
    first = args[0] if args else None
    return {**first, **named} if isinstance(first, Mapping) else named


def amount(random: Random, args: list[Any], named: Mapping[str, Any], name: str, default: int | tuple[int, int]) -> int:
    """How many: a number, or an object with ``min`` and ``max``."""
    given = args[0] if args and is_number(args[0]) else options(args, named).get(name)
    if isinstance(args[0] if args else None, Mapping) and name not in args[0] and "min" in args[0]:
        given = args[0]
    if isinstance(given, Mapping):
        low, high = given.get("min", 0), given.get("max", given.get("min", 0))
    elif is_number(given):
        low = high = given
    else:
        low, high = default if isinstance(default, tuple) else (default, default)
    low, high = (max(0, min(int(bound), MAX_LENGTH)) for bound in (low, high))
    return random.randint(min(low, high), max(low, high))


def between(random: Random, args: list[Any], named: Mapping[str, Any], low: float, high: float) -> tuple[float, float]:
    """The bounds of a number: named, or one number that is the greatest."""
    given = options(args, named)
    if args and is_number(args[0]):
        high = args[0]
    low, high = (_bound(given.get(name), bound) for name, bound in (("min", low), ("max", high)))
    return min(low, high), max(low, high)


def _bound(given: Any, default: float) -> float:
    return given if is_number(given) else default


def whole(random: Random, args: list[Any], named: Mapping[str, Any], low: int, high: int) -> int:
    least, most = between(random, args, named, low, high)
    return random.randint(int(least), max(int(least), int(most)))


def fraction(random: Random, low: float, high: float, digits: int) -> Any:
    return as_number(round(random.uniform(low, high), digits))


def characters(random: Random, alphabet: str, length: int) -> str:
    return "".join(random.choices(alphabet, k=length)) if alphabet else ""


def digits(random: Random, length: int) -> str:
    return characters(random, "0123456789", length)


def shape(pattern: str) -> Make:
    """``#`` becomes a digit, ``?`` an upper case letter."""
    return lambda random, args, named: filled(random, pattern)


def filled(random: Random, pattern: str) -> str:
    kinds = {"#": "0123456789", "?": "ABCDEFGHJKLMNPRSTUVWXYZ"}
    return "".join(random.choice(kinds.get(character, character)) for character in pattern)


def one_of(*values: Any) -> Make:
    return lambda random, args, named: random.choice(values)


def made(make: Callable[[Random], Any]) -> Make:
    """A stand-in that has no arguments."""
    return lambda random, args, named: make(random)


def from_words(text: str) -> Make:
    return one_of(*text.split())


def joined(random: Random, words: Sequence[str], count: int, separator: str = " ") -> str:
    return separator.join(random.choices(words, k=count))
