"""The filters of a template."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from jinja2 import filters
from jinja2.utils import pass_context
from markupsafe import escape

from .budget import ITEM, Budget, CannotBeUsed, TemplateContext
from .methods import call_method, replaced, short
from .operators import MAX_DIGITS, check_format, number_too_large
from .values import json_default, json_text, written

_MAX_INDENT: Final = 16
# No float has more digits on either side of the point.
_MAX_PRECISION: Final = 308
# Between two looks at the clock, less one: a power of two, less one.
_ROUNDS_BETWEEN: Final = 7


@pass_context
def _round(context: TemplateContext, size: int) -> None:
    """Begins the body of each loop and macro; ``size`` is how much text stands in it."""
    budget = context.budget
    budget.rounds = rounds = budget.rounds - 1
    # Reading the clock takes longer than counting.
    if not rounds & _ROUNDS_BETWEEN:
        budget.check_clock()
    if rounds < 0:
        raise budget.too_many_rounds()
    if size:
        budget.charge(size)


@pass_context
def _condition(context: TemplateContext, value: Any) -> Any:
    """Around the condition of a loop, which may reject what the loop would count."""
    context.budget.check_clock()
    return value


@pass_context
def _made(context: TemplateContext, value: Any) -> Any:
    """Around each list and dictionary that is written in a template."""
    context.budget.charge_for(value)
    return value


@pass_context
def _concatenated(context: TemplateContext, *values: Any) -> str:
    budget = context.budget
    text = "".join([value if value.__class__ is str else written(budget, value) for value in values])
    budget.charge(len(text))
    return text


@pass_context
def _no_else(context: TemplateContext, value: Any) -> Any:
    return context.environment.undefined("the condition is false, and there is no else")


@pass_context
def _string(context: TemplateContext, value: Any) -> str:
    return written(context.budget, value)


@pass_context
def _escape(context: TemplateContext, value: Any) -> str:
    return str(escape(written(context.budget, value)))


@pass_context
def _center(context: TemplateContext, value: Any, width: int = 80) -> str:
    context.budget.charge(width)
    return written(context.budget, value).center(width)


@pass_context
def _indent(
    context: TemplateContext, value: Any, width: int | str = 4, first: bool = False, blank: bool = False
) -> str:
    text = written(context.budget, value)
    context.budget.charge((width if isinstance(width, int) else len(width)) * (len(text.splitlines()) + 1))
    return str(filters.do_indent(text, width, first, blank))


@pass_context
def _join(context: TemplateContext, value: Iterable[Any], d: str = "", attribute: str | int | None = None) -> str:
    budget = context.budget
    if attribute is not None:
        value = map(filters.make_attrgetter(context.environment, attribute), value)
    separator = written(budget, d)
    texts = []
    for entry in value:
        budget.charge(len(separator))
        texts.append(written(budget, entry))
    return separator.join(texts)


@pass_context
def _replace(context: TemplateContext, value: Any, old: Any, new: Any, count: int | None = None) -> str:
    budget = context.budget
    text, old, new = (written(budget, entry) for entry in (value, old, new))
    return replaced(budget, text, old, new, -1 if count is None else count)


@pass_context
def _format(context: TemplateContext, value: Any, *values: Any, **named: Any) -> str:
    text = written(context.budget, value)
    check_format(context.budget, text, named or values)
    return text % (named or values)


@pass_context
def _int(context: TemplateContext, value: Any, default: int = 0, base: int = 10) -> int:
    if isinstance(value, str) and len(value) > MAX_DIGITS:
        raise number_too_large()
    return filters.do_int(value, default, base)


@pass_context
def _rounded(context: TemplateContext, value: Any, precision: int = 0, method: Any = "common") -> Any:
    if abs(precision) > _MAX_PRECISION:
        raise CannotBeUsed(f"a precision of up to {_MAX_PRECISION} is available in templates, not {precision}")
    return filters.do_round(value, precision, method)


@pass_context
def _batch(context: TemplateContext, value: Any, linecount: int, fill_with: Any = None) -> Iterator[list[Any]]:
    if fill_with is not None:
        context.budget.charge(ITEM * linecount)
    return filters.do_batch(value, linecount, fill_with)


@pass_context
def _slice(context: TemplateContext, value: Any, slices: int, fill_with: Any = None) -> Iterator[list[Any]]:
    context.budget.charge(ITEM * slices)
    return filters.sync_do_slice(value, slices, fill_with)


@pass_context
def _sum(context: TemplateContext, value: Any, attribute: str | int | None = None, start: Any = 0) -> Any:
    if not isinstance(start, (int, float)):
        raise CannotBeUsed("sum adds numbers; its start must be one")
    return filters.sync_do_sum(context.environment, value, attribute, start)


@pass_context
def _tojson(context: TemplateContext, value: Any, indent: int | None = None) -> str:
    context.budget.charge_for(value)
    if indent is None:
        return json_text(value)
    if not 0 <= indent <= _MAX_INDENT:
        raise CannotBeUsed(f"an indent from 0 to {_MAX_INDENT} is available in templates, not {indent}")
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=json_default, indent=indent)
    context.budget.charge(len(text))
    return text


def _in_time(budget: Budget, values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        budget.check_clock()
        yield value


@pass_context
def _map(context: TemplateContext, value: Iterable[Any], *args: Any, **named: Any) -> Iterator[Any]:
    budget = context.budget
    for entry in filters.sync_do_map(context, _in_time(budget, value), *args, **named):
        budget.charge_for(entry)
        yield entry


def _selecting(function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    @pass_context
    def call(context: TemplateContext, value: Iterable[Any], *args: Any, **named: Any) -> Iterator[Any]:
        return function(context, _in_time(context.budget, value), *args, **named)

    return call


@pass_context
def _trim(context: TemplateContext, value: Any, chars: str | None = None) -> str:
    return filters.do_trim(written(context.budget, value), short(chars))


def _weighed(function: Callable[..., Any], *, environment: bool = False) -> Callable[..., Any]:
    """A filter of Jinja whose result is a list."""

    @pass_context
    def call(context: TemplateContext, *args: Any, **named: Any) -> Any:
        result = function(context.environment, *args, **named) if environment else function(*args, **named)
        context.budget.charge_for(result)
        return result

    return call


def _same(value: Any) -> Any:
    return value


# Filters that users cannot call, because their names are not identifiers.
ROUND: Final = "next round"
CONDITION: Final = "loop condition"
MADE: Final = "list made"
CONCATENATED: Final = "texts concatenated"
METHOD: Final = "method called"
NO_ELSE: Final = "no else"

PER_ITEM: Final = frozenset(("map", "reject", "rejectattr", "select", "selectattr"))
"""Filters that do something with each item, which may take as long as a loop."""

# Of Jinja's own, those that make no more than they are given.
_HARMLESS: Final = (
    "abs capitalize count d default filesizeformat first float items last length lower max min random reverse title "
    "truncate unique upper urlencode wordcount"
).split()


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    **{name: filters.FILTERS[name] for name in _HARMLESS},
    "batch": _batch,
    "center": _center,
    "dictsort": _weighed(filters.do_dictsort),
    "e": _escape,
    "escape": _escape,
    "format": _format,
    "groupby": _weighed(filters.sync_do_groupby, environment=True),
    "indent": _indent,
    "int": _int,
    "join": _join,
    "list": _weighed(list),
    "map": _map,
    "reject": _selecting(filters.sync_do_reject),
    "rejectattr": _selecting(filters.sync_do_rejectattr),
    "replace": _replace,
    "round": _rounded,
    "safe": _same,
    "select": _selecting(filters.sync_do_select),
    "selectattr": _selecting(filters.sync_do_selectattr),
    "slice": _slice,
    "sort": _weighed(filters.do_sort, environment=True),
    "string": _string,
    "sum": _sum,
    "tojson": _tojson,
    "trim": _trim,
    CONDITION: _condition,
    ROUND: _round,
    MADE: _made,
    CONCATENATED: _concatenated,
    METHOD: call_method,
    NO_ELSE: _no_else,
}
