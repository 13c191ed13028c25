"""The methods and attributes that values have in a template."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from jinja2.runtime import LoopContext
from jinja2.utils import pass_context

from .budget import Budget, CannotBeUsed, TemplateContext, fail_if_missing
from .values import kind_of, moment, written

_MAX_SEPARATOR: Final = 100


def short(text: Any) -> Any:
    """Python compares some arguments with each place of a text, so they must not be long."""
    if isinstance(text, str) and len(text) > _MAX_SEPARATOR:
        raise CannotBeUsed(f"a separator may have {_MAX_SEPARATOR} characters in templates, not {len(text):,}")
    return text


def replaced(budget: Budget, text: str, old: str, new: str, count: int = -1) -> str:
    found = text.count(old) if count < 0 else min(count, text.count(old))
    budget.charge(len(text) + found * len(new))
    return text.replace(old, new, count)


def _text_method(name: str) -> Callable[..., Any]:
    method = getattr(str, name)

    def call(budget: Budget, text: str, *args: Any, **named: Any) -> Any:
        result = method(text, *args, **named)
        budget.charge_for(result)
        return result

    return call


def _separating(name: str) -> Callable[..., Any]:
    method = getattr(str, name)

    def call(budget: Budget, text: str, separator: str | None = None, *args: Any, **named: Any) -> Any:
        result = method(text, short(separator), *args, **named)
        budget.charge_for(result)
        return result

    return call


def _padded(name: str) -> Callable[..., Any]:
    method = getattr(str, name)

    def call(budget: Budget, text: str, width: int, *fill: str) -> Any:
        budget.charge(max(width, len(text)))
        return method(text, width, *fill)

    return call


def _joined(budget: Budget, separator: str, values: Iterable[Any]) -> str:
    texts = []
    for entry in values:
        budget.charge(len(separator))
        texts.append(written(budget, entry))
    return separator.join(texts)


def _plain_method(name: str) -> Callable[..., Any]:
    def call(budget: Budget, value: Any, *args: Any, **named: Any) -> Any:
        result = getattr(value, name)(*args, **named)
        if isinstance(result, str):
            budget.charge(len(result))
        return moment(result) if isinstance(result, datetime) else result

    return call


def _plain_methods(names: str) -> dict[str, Callable[..., Any]]:
    return {name: _plain_method(name) for name in names.split()}


_TEXT_METHODS: Final[dict[str, Callable[..., Any]]] = {
    **{
        name: _text_method(name)
        for name in (
            "capitalize casefold count endswith find index isalnum isalpha isascii isdecimal isdigit isidentifier "
            "islower isnumeric isprintable isspace istitle isupper lower partition removeprefix removesuffix split "
            "splitlines startswith swapcase title upper"
        ).split()
    },
    **{name: _separating(name) for name in "lstrip rfind rindex rpartition rsplit rstrip strip".split()},
    **{name: _padded(name) for name in "center ljust rjust zfill".split()},
    "join": _joined,
    "replace": replaced,
}
_METHODS: Final[tuple[tuple[type, dict[str, Callable[..., Any]]], ...]] = (
    (str, _TEXT_METHODS),
    (Mapping, _plain_methods("get get_all items keys values")),
    (list, _plain_methods("count index")),
    (tuple, _plain_methods("count index")),
    (datetime, _plain_methods("astimezone date isoformat isoweekday replace strftime time timestamp weekday")),
    ((date), _plain_methods("isoformat isoweekday replace strftime weekday")),
    (time, _plain_methods("isoformat replace strftime")),
    (timedelta, _plain_methods("total_seconds")),
    (float, _plain_methods("is_integer")),
    (LoopContext, _plain_methods("changed cycle")),
)

ATTRIBUTES: Final[tuple[tuple[type, frozenset[str]], ...]] = (
    (datetime, frozenset("day hour microsecond minute month second tzinfo year".split())),
    (date, frozenset(("day", "month", "year"))),
    (time, frozenset(("hour", "microsecond", "minute", "second"))),
    (timedelta, frozenset(("days", "microseconds", "seconds"))),
    # What groupby makes.
    (tuple, frozenset(("grouper", "list"))),
    (
        LoopContext,
        frozenset("depth depth0 first index index0 last length nextitem previtem revindex revindex0".split()),
    ),
)
"""What a template may read of an object that is no dictionary."""


@pass_context
def call_method(context: TemplateContext, value: Any, name: str, /, *args: Any, **named: Any) -> Any:
    """Calls ``value.name(...)``."""
    fail_if_missing(value)
    for kind, methods in _METHODS:
        if isinstance(value, kind):
            if name in methods:
                return methods[name](context.budget, value, *args, **named)
            break
    raise CannotBeUsed(f"{kind_of(value)} has no method {name}() that is available in templates")
