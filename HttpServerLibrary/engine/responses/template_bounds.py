"""What a template may call, and how much it may do.

The values that a template works with come from a request, so whoever sends it chooses the numbers and lengths. So
nothing may be called but what is listed here. What is listed costs no more than its input is long, or says before it
starts how much it will make. One `Budget` is for a whole rendering: it counts the rounds of loops and the characters
that are made, and looks at the clock in each round. Lists that contain one value twice grow faster than what they
are made of, so they are weighed when they are made.
"""

from __future__ import annotations

import json
import random
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta, timezone
from time import perf_counter
from typing import Any, Final, NamedTuple

from jinja2 import filters
from jinja2.runtime import Context, LoopContext, Macro, Undefined
from jinja2.utils import Namespace, pass_context
from markupsafe import escape

from ..words import counted, duration_text

# What an item of a list takes, in characters.
_ITEM: Final = 8
_MAX_INDENT: Final = 16
# Python does not convert longer numbers to text.
_MAX_DIGITS: Final = 4300
_MAX_BITS: Final = 14_285
_MAX_SEPARATOR: Final = 100
# No float has more digits on either side of the point.
_MAX_PRECISION: Final = 308
# Between two looks at the clock, less one: a power of two, less one.
_ROUNDS_BETWEEN: Final = 7
_NUMBERS: Final = re.compile(r"\d+")


class Limits(NamedTuple):
    """The most that one rendering may do."""

    rounds: int = 100_000
    size: int = 16 * 1024 * 1024
    seconds: float = 10


class OverLimit(Exception):
    """The template does more than it may; the message says what the limit is."""


class CannotBeUsed(Exception):
    """A value or method that a template cannot use; the message says why."""


class Budget:
    """What is left for a rendering."""

    __slots__ = ("_end", "limits", "rounds", "size")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.rounds = limits.rounds
        self.size = limits.size
        self._end = perf_counter() + limits.seconds

    def charge(self, size: int) -> None:
        self.size -= max(0, size)
        if self.size < 0:
            raise OverLimit(f"it makes more than {counted(self.limits.size, 'character')}, the limit for templates")

    def charge_for(self, value: Any) -> None:
        self.charge(weight(value, self.size))

    def check(self, value: Any) -> None:
        """The same, but takes nothing."""
        size = self.size
        self.charge_for(value)
        self.size = size

    def check_clock(self) -> None:
        if perf_counter() > self._end:
            raise OverLimit(f"it takes more than {duration_text(self.limits.seconds)}, the limit for templates")

    def too_many_rounds(self) -> OverLimit:
        return OverLimit(f"it loops more than {counted(self.limits.rounds, 'time')}, the limit for templates")


class TemplateContext(Context):
    """The names of a rendering, and its budget."""

    budget: Budget


def weight(value: Any, most: int) -> int:
    """How many characters a value has when it is written, about; counts no further than just over ``most``."""
    total = 0
    rest = [value]
    while rest and total <= most:
        entry = rest.pop()
        if isinstance(entry, (str, bytes)):
            total += len(entry)
        elif isinstance(entry, Mapping):
            total += _ITEM * (1 + 2 * len(entry))
            if total <= most:
                rest.extend(entry)
                rest.extend(entry.values())
        elif isinstance(entry, (list, tuple)):
            total += _ITEM * (1 + len(entry))
            if total <= most:
                rest.extend(entry)
        elif isinstance(entry, range):
            total += _ITEM * (1 + len(entry))
        else:
            fail_if_missing(entry)
            total += _ITEM
    return total


def fail_if_missing(value: Any) -> None:
    if isinstance(value, Undefined):
        # Raises its error.
        str(value)


class Moment(datetime):
    """A time that is written as RFC 3339 has it."""

    def __str__(self) -> str:
        return self.isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(value: datetime) -> Moment:
    return Moment.combine(value.date(), value.timetz())


def written(budget: Budget, value: Any) -> str:
    """A value as text. What has no text of its own is an error: nobody wants ``<generator object at 0x7f...>``."""
    kind = value.__class__
    # What is written most often comes first, without a call.
    if kind is str or kind is int:
        text: str = value if kind is str else str(value)
        budget.size = size = budget.size - len(text)
        if size < 0:
            budget.charge(0)
        return text
    fail_if_missing(value)
    if isinstance(value, (Mapping, list, tuple)):
        budget.charge_for(value)
        return str(dict(value) if isinstance(value, Mapping) else value)
    if isinstance(value, bytes):
        raise CannotBeUsed("bytes are not text; use request.text")
    if isinstance(value, Iterator) and not isinstance(value, LoopContext):
        raise CannotBeUsed("a sequence that is not a list yet is not text; add | list")
    if isinstance(value, (Namespace, LoopContext)) or callable(value):
        raise CannotBeUsed(f"{kind_of(value)} is not text")
    text = str(value)
    budget.charge(len(text))
    return text


@pass_context
def finalize(context: TemplateContext, value: Any) -> str:
    """What Jinja calls for each value that it writes."""
    if value.__class__ is str:
        # As in `written`, without the call.
        budget = context.budget
        budget.size = size = budget.size - len(value)
        if size >= 0:
            return value
    return written(context.budget, value)


def kind_of(value: Any) -> str:
    """What a value is, for people."""
    if isinstance(value, Macro) or callable(value):
        return "a function"
    if isinstance(value, bool) or value is None:
        return str(value)
    for kinds, name in _KIND_NAMES:
        if isinstance(value, kinds):
            return name
    return type(value).__name__


_KIND_NAMES: Final[tuple[tuple[Any, str], ...]] = (
    (str, "text"),
    ((int, float), "a number"),
    (Mapping, "a dictionary"),
    ((list, tuple), "a list"),
    (bytes, "bytes"),
    ((date, time), "a time"),
    (Namespace, "a namespace"),
    (LoopContext, "a loop"),
)


def json_default(value: Any) -> Any:
    """What JSON has for a value that it does not know."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (Iterator, range)):
        return list(value)
    if isinstance(value, (date, time)):
        return str(value)
    fail_if_missing(value)
    raise CannotBeUsed(f"JSON cannot hold {kind_of(value)}")


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=json_default)


def json_text(value: Any) -> str:
    return _ENCODER.encode(value)


# Operators.


def check_operator(budget: Budget, operator: str, left: Any, right: Any) -> None:
    """Raises before an operator makes something that is too large."""
    if operator == "%":
        if isinstance(left, str):
            _check_format(budget, left, right)
    elif isinstance(left, int) and isinstance(right, int):
        if operator == "*":
            bits = left.bit_length() + right.bit_length()
        else:
            bits = left.bit_length() * right if operator == "**" and right > 0 and abs(left) > 1 else 0
        if bits > _MAX_BITS:
            raise _number_too_large()
    elif operator == "*":
        for sequence, times in ((left, right), (right, left)):
            if isinstance(sequence, (str, bytes, list, tuple)) and isinstance(times, int) and times > 0:
                budget.charge(weight(sequence, budget.size) * times)
    elif operator == "+" and isinstance(left, (str, bytes, list, tuple)):
        budget.charge_for((left, right))


def _number_too_large() -> OverLimit:
    return OverLimit(f"it makes a number of more than {_MAX_DIGITS:,} digits, the limit for templates")


def _check_format(budget: Budget, text: str, values: Any) -> None:
    """Takes all numbers in the format for widths, which is never too little."""
    if "*" in text:
        raise CannotBeUsed("a format with * is not available in templates")
    numbers = _NUMBERS.findall(text)
    # A width of more digits is over any limit.
    budget.charge(sum(int(number[:12]) for number in numbers) + len(text))
    budget.charge(weight(values, budget.size) * max(1, text.count("%")))


# Filters.


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
    return "".join([written(budget, value) for value in values])


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


def _replaced(budget: Budget, text: str, old: str, new: str, count: int = -1) -> str:
    found = text.count(old) if count < 0 else min(count, text.count(old))
    budget.charge(len(text) + found * len(new))
    return text.replace(old, new, count)


@pass_context
def _replace(context: TemplateContext, value: Any, old: Any, new: Any, count: int | None = None) -> str:
    budget = context.budget
    text, old, new = (written(budget, entry) for entry in (value, old, new))
    return _replaced(budget, text, old, new, -1 if count is None else count)


@pass_context
def _format(context: TemplateContext, value: Any, *values: Any, **named: Any) -> str:
    text = written(context.budget, value)
    _check_format(context.budget, text, named or values)
    return text % (named or values)


@pass_context
def _int(context: TemplateContext, value: Any, default: int = 0, base: int = 10) -> int:
    if isinstance(value, str) and len(value) > _MAX_DIGITS:
        raise _number_too_large()
    return filters.do_int(value, default, base)


@pass_context
def _rounded(context: TemplateContext, value: Any, precision: int = 0, method: Any = "common") -> Any:
    if abs(precision) > _MAX_PRECISION:
        raise CannotBeUsed(f"a precision of up to {_MAX_PRECISION} is available in templates, not {precision}")
    return filters.do_round(value, precision, method)


@pass_context
def _batch(context: TemplateContext, value: Any, linecount: int, fill_with: Any = None) -> Iterator[list[Any]]:
    if fill_with is not None:
        context.budget.charge(_ITEM * linecount)
    return filters.do_batch(value, linecount, fill_with)


@pass_context
def _slice(context: TemplateContext, value: Any, slices: int, fill_with: Any = None) -> Iterator[list[Any]]:
    context.budget.charge(_ITEM * slices)
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
    return filters.do_trim(written(context.budget, value), _short(chars))


def _short(text: Any) -> Any:
    """Python compares some arguments with each place of a text, so they must not be long."""
    if isinstance(text, str) and len(text) > _MAX_SEPARATOR:
        raise CannotBeUsed(f"a separator may have {_MAX_SEPARATOR} characters in templates, not {len(text):,}")
    return text


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

# Of Jinja's own, those that make no more than they are given.
_HARMLESS: Final = (
    "abs capitalize count d default filesizeformat first float items last length lower max min random reverse title "
    "truncate unique upper urlencode wordcount"
).split()


# Methods, by the kind of their object.


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
        result = method(text, _short(separator), *args, **named)
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
    "replace": _replaced,
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
def _method(context: TemplateContext, value: Any, name: str, /, *args: Any, **named: Any) -> Any:
    """Calls ``value.name(...)``."""
    fail_if_missing(value)
    for kind, methods in _METHODS:
        if isinstance(value, kind):
            if name in methods:
                return methods[name](context.budget, value, *args, **named)
            break
    raise CannotBeUsed(f"{kind_of(value)} has no method {name}() that is available in templates")


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
    METHOD: _method,
    NO_ELSE: _no_else,
}


# Functions.


@pass_context
def _range(context: TemplateContext, *args: int) -> range:
    found = range(*args)
    try:
        too_long = len(found) > context.budget.limits.rounds
    except OverflowError:
        too_long = True
    if too_long:
        raise context.budget.too_many_rounds()
    return found


@pass_context
def _dict(context: TemplateContext, *args: Any, **named: Any) -> dict[Any, Any]:
    made = dict(*args, **named)
    context.budget.charge_for(made)
    return made


def _random_int(low: int, high: int) -> int:
    return random.randint(low, high)


def _now() -> Moment:
    return moment(datetime.now(timezone.utc))


def _uuid() -> str:
    return str(uuid.uuid4())


FUNCTIONS: Final[dict[str, Any]] = {
    "dict": _dict,
    "namespace": Namespace,
    "now": _now,
    "random_int": _random_int,
    "range": _range,
    "uuid": _uuid,
}
