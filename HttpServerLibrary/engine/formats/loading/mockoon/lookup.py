"""Finds a value in data, by an object path (``order.lines.0.id``) or a JSONPath (``$.order.lines[0].id``).

Both are as lenient as the libraries that Mockoon uses: a JSONPath may have ``.0`` for an index, a dot before a bracket
or one at its end, and a result that several values could match is a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from .values import UNDEFINED, index_of, is_number, number_of, same, text_of, truthy

_STEP: Final = re.compile(
    r"\.{0,2}\[(?P<bracket>(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|\([^\]]*\)|\?\(.*?\)(?=\])|[^\]'\"])*)\]"
    r"|(?P<deep>\.\.)(?P<below>[^.\[]*)"
    r"|\.?(?P<name>[^.\[]+)"
    r"|\."
)
_SLICE: Final = re.compile(r"(-?\d*):(-?\d*)(?::(-?\d*))?")
_LAST: Final = re.compile(r"\(\s*@\.length\s*-\s*(\d+)\s*\)")
_COMPARISON: Final = re.compile(
    r"""\s*(?P<left>@[^=!<>]*?|\$[^=!<>]*?)\s*(?:(?P<operator>===|!==|==|!=|<=|>=|<|>)\s*(?P<right>.+?))?\s*""",
    re.DOTALL,
)
_QUOTED: Final = re.compile(r"""(['"])(.*)\1""", re.DOTALL)
_WORDS: Final[Mapping[str, object]] = {"true": True, "false": False, "null": None, "undefined": UNDEFINED}
_MAX_FOUND: Final = 10_000

Step = Callable[[Any, Any], Iterable[Any]]
"""Gets a value and the root; gives the values that one step leads to."""


def value_at(data: Any, path: object, default: Any = UNDEFINED) -> Any:
    """What a path leads to; the data itself if it is no object or list, or the path is no text or empty."""
    if not isinstance(data, (Mapping, list)) or not isinstance(path, str) or not path:
        return data
    found = by_json_path(data, path) if path.startswith("$") else by_object_path(data, path)
    return default if found is UNDEFINED else found


def by_object_path(data: Any, path: str) -> Any:
    """The value at a path of names and indexes with dots between them; ``\\.`` is a dot in a name."""
    for key in split_path(path):
        data = member(data, key)
        if data is UNDEFINED:
            break
    return data


def split_path(path: str) -> list[str]:
    return [part.replace("\0", ".") for part in path.replace("\\.", "\0").split(".")]


def member(data: Any, key: object) -> Any:
    """``data[key]``, of what the value itself has."""
    if isinstance(data, Mapping):
        return data.get(text_of(key), UNDEFINED)
    if isinstance(data, (list, str)):
        if key == "length":
            return len(data)
        index = index_of(text_of(key))
        if index is not None and index < len(data):
            return data[index]
    return UNDEFINED


def by_json_path(data: Any, path: str) -> Any:
    """The value that a JSONPath leads to, or a list if it could lead to several; UNDEFINED if to none."""
    steps = _steps(path)
    if steps is None:
        return UNDEFINED
    found, is_several = [data], False
    for step, leads_to_several in steps:
        is_several |= leads_to_several
        found = [value for start in found for value in step(start, data)]
        if not found or len(found) > _MAX_FOUND:
            return UNDEFINED
    return found if is_several or len(found) > 1 else found[0]


@lru_cache(maxsize=256)
def _steps(path: str) -> list[tuple[Step, bool]] | None:
    """The steps of a JSONPath; None if it is none that can be followed."""
    steps: list[tuple[Step, bool]] = []
    position = 1
    while position < len(path):
        found = _STEP.match(path, position)
        if found is None:
            return None
        position = found.end()
        if found["deep"] is not None:
            steps.append((_descendants, True))
            if found["below"]:
                steps.append(_named(found["below"]))
        elif found["name"] is not None:
            if not steps and path[1] not in ".[":
                # Without a dot after the $, it is part of a name.
                return None
            steps.append(_named(found["name"]))
        elif found["bracket"] is not None:
            if found[0].startswith(".."):
                steps.append((_descendants, True))
            step = _bracket(found["bracket"].strip())
            if step is None:
                return None
            steps.append(step)
    return steps


def json_path_is_understood(path: str) -> bool:
    return _steps(path) is not None


def _named(name: str) -> tuple[Step, bool]:
    if name == "*":
        return _children, True
    return lambda value, root: _present(member(value, name)), False


def _bracket(text: str) -> tuple[Step, bool] | None:
    if text.startswith("?"):
        condition = _condition(text[1:].strip())
        if condition is None:
            return None
        return lambda value, root: (entry for entry in _children(value, root) if condition(entry, root)), True
    last = _LAST.fullmatch(text)
    if last is not None:
        return lambda value, root: _present(member(value, str(len(value) - int(last[1])))), False
    if text.startswith("("):
        return None
    sliced = _SLICE.fullmatch(text)
    if sliced is not None:
        bounds = slice(*(int(part) if part else None for part in sliced.groups()))
        return lambda value, root: value[bounds] if isinstance(value, list) else (), True
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None and quoted[1] not in quoted[2]:
        return lambda value, root: _present(member(value, quoted[2])), False
    if "," in text:
        names = [part.strip().strip("'\"") for part in text.split(",")]
        return lambda value, root: (entry for name in names for entry in _present(member(value, name))), True
    return _named(text)


def _condition(text: str) -> Callable[[Any, Any], bool] | None:
    """A filter: comparisons with ``&&`` and ``||`` between them."""
    while text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    alternatives = []
    for part in text.split("||"):
        comparisons = [_comparison(each.strip()) for each in part.split("&&")]
        if None in comparisons:
            return None
        alternatives.append([each for each in comparisons if each is not None])
    return lambda value, root: any(all(each(value, root) for each in part) for part in alternatives)


def _comparison(text: str) -> Callable[[Any, Any], bool] | None:
    found = _COMPARISON.fullmatch(text.strip("() "))
    if found is None:
        return None
    left = _operand(found["left"])
    if found["operator"] is None:
        return None if left is None else lambda value, root: truthy(left(value, root))
    right = _operand(found["right"])
    if left is None or right is None:
        return None
    compare = _OPERATORS[found["operator"]]
    return lambda value, root: compare(left(value, root), right(value, root))


def _operand(text: str) -> Callable[[Any, Any], Any] | None:
    text = text.strip()
    if text.startswith(("@", "$")):
        if _steps(f"${text[1:]}") is None:
            return None
        if text.startswith("@"):
            return lambda value, root: by_json_path(value, f"${text[1:]}")
        return lambda value, root: by_json_path(root, text)
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None:
        return lambda value, root: quoted[2]
    if text in _WORDS:
        return lambda value, root: _WORDS[text]
    number = number_of(text)
    return None if number != number else lambda value, root: number


def _loosely_same(one: Any, other: Any) -> bool:
    if is_number(one) or is_number(other) or isinstance(one, bool) or isinstance(other, bool):
        if one is UNDEFINED or other is UNDEFINED or one is None or other is None:
            return False
        return number_of(one) == number_of(other)
    nothing = (None, UNDEFINED)
    return (one in nothing and other in nothing) if one in nothing or other in nothing else same(one, other)


def _less(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one < other
    return _as_number(one) < _as_number(other)


def _as_number(value: Any) -> float:
    return float("nan") if value is UNDEFINED else number_of(value)


_OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "===": same,
    "!==": lambda one, other: not same(one, other),
    "==": _loosely_same,
    "!=": lambda one, other: not _loosely_same(one, other),
    "<": _less,
    ">": lambda one, other: _less(other, one),
    "<=": lambda one, other: _less(one, other) or _loosely_same(one, other),
    ">=": lambda one, other: _less(other, one) or _loosely_same(one, other),
}


def _present(value: Any) -> Iterable[Any]:
    return () if value is UNDEFINED else (value,)


def _children(value: Any, root: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return [*value.values()]
    return [*value] if isinstance(value, list) else ()


def _descendants(value: Any, root: Any) -> Iterator[Any]:
    """The value and all below it."""
    found = 0
    waiting = [value]
    while waiting and found < _MAX_FOUND:
        current = waiting.pop()
        yield current
        found += 1
        waiting += reversed([entry for entry in _children(current, root) if isinstance(entry, (Mapping, list))])


def put(data: Any, path: str, value: Any) -> None:
    """Sets the value at an object path; what is missing on the way is made."""
    keys = split_path(path)
    for key, following in pairwise(keys):
        inner = member(data, key)
        if not isinstance(inner, (Mapping, list)):
            inner = [] if index_of(following) is not None else {}
            _set(data, key, inner)
        data = inner
    _set(data, keys[-1], value)


def remove(data: Any, path: str) -> None:
    """Removes what an object path leads to."""
    *first, last = split_path(path)
    for key in first:
        data = member(data, key)
    index = index_of(last)
    if isinstance(data, dict):
        data.pop(last, None)
    elif isinstance(data, list) and index is not None and index < len(data):
        del data[index]


def _set(data: Any, key: str, value: Any) -> None:
    if isinstance(data, dict):
        data[key] = value
        return
    index = index_of(key)
    if isinstance(data, list) and index is not None and index <= _MAX_FOUND:
        data += [None] * (index + 1 - len(data))
        data[index] = value
