"""What the helpers of templates have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .values import text_of

Args = Sequence[Any]


class HelperFailed(Exception):
    """A helper cannot do what it is asked to; the response is 500 then."""


def argument(args: Args, index: int, default: Any = None) -> Any:
    return args[index] if index < len(args) else default


def first(args: Args, options: Any) -> Any:
    """The first argument; without one, what the template is rendered for."""
    return args[0] if args else options.context


def text(value: Any) -> str:
    """A value that must be there, as text. Raises `HelperFailed`."""
    if value is None:
        raise HelperFailed("a value is missing")
    return text_of(value)


def block_or_first(args: Args, options: Any) -> str:
    """What is in the block, or the first argument."""
    return str(options.fn()) if options.is_block else text(first(args, options))


def truthy(value: Any) -> bool:
    """Whether a value counts as true in Handlebars."""
    if value is None or value is False:
        return False
    if isinstance(value, (int, float)):
        return value != 0
    return bool(value) if hasattr(value, "__len__") else True


def whole_number(value: Any, default: int) -> int:
    """Raises `HelperFailed`."""
    if value is None:
        return default
    try:
        return int(float(text_of(value)))
    except (ValueError, OverflowError):
        raise HelperFailed(f"a whole number is needed, not {text_of(value)!r}") from None


def error(message: str) -> str:
    """What WireMock writes in place of a value."""
    return f"[ERROR: {message}]"


def assign(options: Any, name: str, value: Any) -> None:
    """Gives a value a name for the rest of the template."""
    options.data["root"][name] = value


def outcome(is_true: bool, options: Any) -> Any:
    """What a condition gives: a part of its block, one of two values, or the truth."""
    if options.is_block:
        return options.fn() if is_true else options.inverse()
    if "yes" in options.hash or "no" in options.hash:
        return options.hash.get("yes", "yes") if is_true else options.hash.get("no", "no")
    return is_true
