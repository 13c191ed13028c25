"""Helpers for lists and objects."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cmp_to_key
from typing import Any, Final

from ...handlebars import Helper
from ..lookup import member
from ..scene import plain, safe, scene_of
from ..values import UNDEFINED, is_number, json_of, number_of, same, text_of


def _one_of(args: list[Any], options: Any) -> Any:
    if not args or not isinstance(args[0], list):
        return ""
    entry = scene_of(options).random.choice(args[0]) if args[0] else None
    return safe(json_of(entry)) if len(args) > 1 and args[1] else entry


def _some_of(args: list[Any], options: Any) -> Any:
    entries, low, high, as_text = (*args, None, None, None, None)[:4]
    if not isinstance(entries, list):
        raise ValueError("someOf needs a list")
    random = scene_of(options).random
    bounds = sorted(max(0, int(bound)) if is_number(bound) else 0 for bound in (low, high))
    chosen = random.sample(entries, min(len(entries), random.randint(*bounds)))
    return json_of(chosen) if as_text is True else chosen


def _concat(args: list[Any], options: Any) -> Any:
    if args and isinstance(args[0], list):
        return [entry for arg in args for entry in (arg if isinstance(arg, list) else [arg])]
    return "".join("undefined" if arg is None else text_of(arg) for arg in args)


def _join(args: list[Any], options: Any) -> Any:
    entries, separator = (*args, None, None)[:2]
    if not isinstance(entries, list):
        return entries
    texts = ["" if entry is None else text_of(entry) for entry in entries]
    return (separator if isinstance(separator, str) else ", ").join(texts)


def _len(args: list[Any], options: Any) -> int:
    return len(args[0]) if args and isinstance(args[0], (str, list)) else 0


def _reverse(args: list[Any], options: Any) -> Any:
    return args[0][::-1] if args and isinstance(args[0], list) else ""


def _slice(args: list[Any], options: Any) -> Any:
    entries, start, end = (*args, None, None, None)[:3]
    if not isinstance(entries, list):
        return ""
    begin = number_of(start) if start is not None else 0
    return entries[int(begin) if begin == begin else 0 : int(end) if is_number(end) else None]


def _sort(args: list[Any], options: Any) -> Any:
    entries, order = (*args, None, None)[:2]
    if not isinstance(entries, list):
        return ""
    if not entries or isinstance(entries[0], (Mapping, list)):
        return entries
    return _sorted(entries, entries, order)


def _sort_by(args: list[Any], options: Any) -> Any:
    entries, key, order = (*args, None, None, None)[:3]
    if not isinstance(entries, list):
        return ""
    if not entries or not isinstance(entries[0], Mapping) or not key or not entries[0].get(key):
        return entries
    return _sorted(entries, [member(entry, key) for entry in entries], order)


def _sorted(entries: list[Any], keys: list[Any], order: Any) -> list[Any]:
    by_text = isinstance(keys[0], str)

    def compare(one: tuple[Any, Any], other: tuple[Any, Any]) -> int:
        first, second = one[0], other[0]
        if by_text:
            # Lower case comes before upper case, and both before the next letter.
            first, second = ((text.lower(), text.swapcase()) for text in (text_of(first), text_of(second)))
            return (first > second) - (first < second)
        numbers = number_of(first), number_of(second)
        return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])

    pairs = sorted(zip(keys, entries, strict=True), key=cmp_to_key(compare))
    found = [entry for _, entry in pairs]
    return found[::-1] if isinstance(order, str) and order.lower() == "desc" else found


def _fits(entry: Any, condition: Any) -> bool:
    condition = plain(condition)
    if isinstance(condition, Mapping):
        return isinstance(entry, Mapping) and all(_fits(member(entry, key), condition[key]) for key in condition)
    return entry is not UNDEFINED and same(entry, condition)


def _any(entry: Any, conditions: list[Any]) -> bool:
    return any(_all(entry, each) if isinstance(each, list) else _fits(entry, each) for each in conditions)


def _all(entry: Any, conditions: list[Any]) -> bool:
    return all(_any(entry, each) if isinstance(each, list) else _fits(entry, each) for each in conditions)


def _filter(args: list[Any], options: Any) -> Any:
    if not args or not isinstance(args[0], list):
        return ""
    return [entry for entry in args[0] if _any(entry, args[1:])] if len(args) > 1 else args[0]


def _find(args: list[Any], options: Any) -> Any:
    if not args or not isinstance(args[0], list):
        return ""
    return next((entry for entry in args[0] if _any(entry, args[1:])), None)


def _merge(args: list[Any], options: Any) -> Any:
    return {key: value for arg in args if isinstance(arg, Mapping) for key, value in arg.items()} if args else ""


LISTS: Final[Mapping[str, Helper]] = {
    "array": lambda args, options: [*args],
    "concat": _concat,
    "filter": _filter,
    "find": _find,
    "join": _join,
    "len": _len,
    # Handlebars has the named arguments in this order.
    "object": lambda args, options: dict(reversed(options.hash.items())),
    "objectMerge": _merge,
    "oneOf": _one_of,
    "reverse": _reverse,
    "slice": _slice,
    "someOf": _some_of,
    "sort": _sort,
    "sortBy": _sort_by,
}
