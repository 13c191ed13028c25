"""JSONPath as the Java library of WireMock reads it, which is older than RFC 9535 and differs in what it means.

A path without a wildcard, a filter or the like is definite: it leads to one value, or to none. Any other gives a list.
A filter that is applied to an object tests the object itself, not its members. Texts and numbers may be equal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from ....errors import UsageError
from ....visible import quote
from .java_regexp import java_regexp
from .java_text import java_text

_NAME: Final = re.compile(r"[^.\[\]()\s]+")
_CALL: Final = re.compile(r"\.?(\w+)\(\s*\)\s*$")
_SLICE: Final = re.compile(r"\s*(-?\d*)\s*:\s*(-?\d*)\s*")
_INDEXES: Final = re.compile(r"\s*-?\d+\s*(?:,\s*-?\d+\s*)*")
_NAMES: Final = re.compile(r"""\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*(,|$)""")
_OPERATOR: Final = re.compile(
    r"\s*(===|!==|==|!=|<=|>=|<|>|=~|(?:in|nin|subsetof|anyof|noneof|all|size|empty|contains|type)\b)\s*", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_TEXT: Final = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
_PATTERN: Final = re.compile(r"/((?:[^/\\]|\\.)*)/([a-zA-Z]*)")
_WORD: Final = re.compile(r"true|false|null")
_PATH_END: Final = re.compile(r"""[\s)&|=!<>,]|$""")
_MAX_DEPTH: Final = 200


class NotFound(Exception):
    """A definite path leads to nothing."""


class _Undefined:
    """Stands for the value of a path in a filter that leads to nothing."""


_UNDEFINED: Final = _Undefined()


class JsonPath:
    """A path, compiled. Raises `UsageError`."""

    def __init__(self, text: str) -> None:
        self.text = text
        path = text.strip()
        if not path:
            raise UsageError("the JSONPath is empty")
        if path[0] not in "$@":
            path = f"$.{path}"
        self._function = ""
        call = _CALL.search(path)
        if call is not None and call.start() > 0:
            self._function = call[1]
            if self._function not in _FUNCTIONS:
                raise UsageError(f"{quote(text)} calls {quote(self._function)}, which is not known")
            path = path[: call.start()]
        self._steps: list[_Step] = [*_Parser(path, text).steps()]
        self.is_definite = all(step.is_definite for step in self._steps)

    def find(self, document: Any, *, missing_is_null: bool = False, root: Any = None) -> Any:
        """The value, or the list of values of a path that is not definite. Raises `NotFound`.

        With ``missing_is_null``, a last member that is missing is null. ``root`` is what ``$`` means in filters.
        """
        search = _Search(self._steps, document if root is None else root, missing_is_null)
        found = [*search.walk(0, document, True)]
        if self.is_definite and not found:
            raise NotFound(self.text)
        if self._function:
            found = [*map(_FUNCTIONS[self._function], found)]
        return found[0] if self.is_definite else found


@lru_cache(maxsize=1024)
def compiled(text: str) -> JsonPath:
    """Raises `UsageError`."""
    return JsonPath(text)


@dataclass(frozen=True)
class _Step:
    is_definite = True


@dataclass(frozen=True)
class _Members(_Step):
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Index(_Step):
    index: int


@dataclass(frozen=True)
class _Indexes(_Step):
    indexes: tuple[int, ...]
    is_definite = False


@dataclass(frozen=True)
class _Slice(_Step):
    slice: slice
    is_definite = False


@dataclass(frozen=True)
class _All(_Step):
    is_definite = False


@dataclass(frozen=True)
class _Anywhere(_Step):
    is_definite = False


@dataclass(frozen=True)
class _Filter(_Step):
    accepts: Callable[[Any, Any], bool]
    is_definite = False


class _Search:
    def __init__(self, steps: Sequence[_Step], root: Any, missing_is_null: bool) -> None:
        self._steps = steps
        self._root = root
        self._missing_is_null = missing_is_null

    def walk(self, number: int, node: Any, definite: bool) -> Iterator[Any]:
        """What the steps from a number on lead to; ``definite`` says whether those before lead to one value only."""
        if number == len(self._steps):
            yield node
            return
        step = self._steps[number]
        if isinstance(step, _Anywhere):
            following = self._steps[number + 1]
            for inner in _inside(node):
                if self._fits(following, inner, number + 2 == len(self._steps)):
                    yield from self.walk(number + 1, inner, False)
            return
        for value in self._step(step, node, definite, number + 1 == len(self._steps)):
            yield from self.walk(number + 1, value, definite and step.is_definite)

    def _fits(self, step: _Step, node: Any, is_last: bool) -> bool:
        """Whether a step is tried at a node that is somewhere inside."""
        if isinstance(step, _Members):
            may_miss = is_last and self._missing_is_null
            return isinstance(node, Mapping) and (may_miss or all(name in node for name in step.names))
        if isinstance(step, _Filter):
            return isinstance(node, Mapping) and step.accepts(node, self._root)
        return isinstance(node, (Mapping, list)) if isinstance(step, _All) else isinstance(node, list)

    def _step(self, step: _Step, node: Any, definite: bool, is_last: bool) -> Iterator[Any]:
        if isinstance(step, _Members):
            yield from self._members(step, node, definite, is_last)
        elif isinstance(step, _All):
            yield from node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
        elif isinstance(step, _Filter) and isinstance(node, Mapping):
            if step.accepts(node, self._root):
                yield node
        elif not isinstance(node, list):
            if definite:
                raise NotFound
        elif isinstance(step, _Filter):
            yield from (item for item in node if step.accepts(item, self._root))
        elif isinstance(step, _Slice):
            yield from node[step.slice]
        else:
            indexes = (step.index,) if isinstance(step, _Index) else step.indexes if isinstance(step, _Indexes) else ()
            yield from (node[index] for index in indexes if -len(node) <= index < len(node))

    def _members(self, step: _Members, node: Any, definite: bool, is_last: bool) -> Iterator[Any]:
        if not isinstance(node, Mapping):
            if definite:
                raise NotFound
            return
        if len(step.names) > 1:
            null = is_last and self._missing_is_null
            found = {name: node.get(name) for name in step.names if name in node or null}
            if is_last:
                yield found
            else:
                yield from found.values()
            return
        name = step.names[0]
        if name in node:
            yield node[name]
        elif is_last and self._missing_is_null:
            yield None
        elif not is_last and definite:
            raise NotFound


def _inside(node: Any, depth: int = 0) -> Iterator[Any]:
    """A node and everything in it."""
    if depth > _MAX_DEPTH:
        raise RecursionError
    yield node
    for inner in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from _inside(inner, depth + 1)


class _Parser:
    """Reads the steps of a path, and the conditions in its filters."""

    def __init__(self, path: str, whole: str) -> None:
        self._path = path
        self._whole = whole
        self._at = 1

    def _wrong(self, what: str = "is not a JSONPath that can be used here") -> UsageError:
        return UsageError(f"{quote(self._whole)} {what}")

    def steps(self) -> Iterator[_Step]:
        path = self._path
        while self._at < len(path):
            if path.startswith("..", self._at):
                yield _Anywhere()
                self._at += 2
                if self._at == len(path):
                    raise self._wrong()
                if path[self._at] != "[":
                    yield self._name()
            elif path[self._at] == ".":
                self._at += 1
                if path.startswith("[", self._at):
                    continue
                yield self._name()
            elif path[self._at] == "[":
                yield self._brackets()
            else:
                raise self._wrong()

    def _name(self) -> _Step:
        if self._path.startswith("*", self._at):
            self._at += 1
            return _All()
        found = _NAME.match(self._path, self._at)
        if found is None or self._path.startswith("(", found.end()):
            raise self._wrong()
        self._at = found.end()
        return _Members((found[0],))

    def _brackets(self) -> _Step:
        inner, self._at = _bracketed(self._path, self._at, self._wrong)
        stripped = inner.strip()
        if stripped == "*":
            return _All()
        if stripped.startswith("?"):
            condition = stripped[1:].strip()
            return _Filter(_Condition(condition, self._wrong).accepts)
        if _INDEXES.fullmatch(inner):
            indexes = tuple(map(int, inner.split(",")))
            return _Index(indexes[0]) if len(indexes) == 1 else _Indexes(indexes)
        found = _SLICE.fullmatch(inner)
        if found is not None:
            return _Slice(slice(*(int(part) if part else None for part in found.groups())))
        names = []
        at = 0
        while (name := _NAMES.match(inner, at)) is not None:
            names.append(_unescaped(name[1][1:-1]))
            at = name.end()
            if not name[2]:
                break
        if not names or at != len(inner):
            raise self._wrong()
        return _Members(tuple(names))


def _bracketed(path: str, at: int, wrong: Callable[[], UsageError]) -> tuple[str, int]:
    """What is in the brackets that begin at an index, and the index after them."""
    depth, quoted, start = 0, "", at
    while at < len(path):
        character = path[at]
        if quoted:
            if character == "\\":
                at += 1
            elif character == quoted:
                quoted = ""
        elif character in "'\"":
            quoted = character
        elif character == "[":
            depth += 1
        elif character == "]":
            depth -= 1
            if not depth:
                return path[start + 1 : at], at + 1
        at += 1
    raise wrong()


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


Test = Callable[[Any, Any], bool]
Operand = Callable[[Any, Any], Any]


class _Condition:
    """What stands in a filter: tests that are joined by ``&&``, ``||`` and ``!``."""

    def __init__(self, text: str, wrong: Callable[[], UsageError]) -> None:
        self._text = text
        self._wrong = wrong
        self._at = 0
        self.accepts = self._any_of()
        self._blank()
        if self._at != len(text):
            raise wrong()

    def _blank(self) -> None:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1

    def _takes(self, sign: str) -> bool:
        self._blank()
        taken = self._text.startswith(sign, self._at)
        self._at += len(sign) if taken else 0
        return taken

    def _any_of(self) -> Test:
        tests = [self._all_of()]
        while self._takes("||"):
            tests.append(self._all_of())
        return tests[0] if len(tests) == 1 else lambda node, root: any(test(node, root) for test in tests)

    def _all_of(self) -> Test:
        tests = [self._single()]
        while self._takes("&&"):
            tests.append(self._single())
        return tests[0] if len(tests) == 1 else lambda node, root: all(test(node, root) for test in tests)

    def _single(self) -> Test:
        if self._takes("!"):
            inner = self._single()
            return lambda node, root: not inner(node, root)
        if self._takes("("):
            test = self._any_of()
            if not self._takes(")"):
                raise self._wrong()
            return test
        left = self._operand()
        operator = _OPERATOR.match(self._text, self._at)
        if operator is None:
            return lambda node, root: left(node, root) is not _UNDEFINED
        self._at = operator.end()
        right = self._operand()
        compare = _OPERATORS[operator[1].lower()]
        return lambda node, root: compare(left(node, root), right(node, root))

    def _operand(self) -> Operand:
        self._blank()
        text, at = self._text, self._at
        if text[at : at + 1] in ("@", "$"):
            return self._path()
        for pattern, make in (
            (_TEXT, lambda found: _unescaped(found[1] if found[1] is not None else found[2])),
            (_NUMBER, lambda found: json.loads(found[0])),
            (_WORD, lambda found: json.loads(found[0])),
            (_PATTERN, _java_pattern),
        ):
            found = pattern.match(text, at)
            if found is not None:
                self._at = found.end()
                value = make(found)
                return lambda node, root: value
        if text.startswith("[", at):
            inner, self._at = _bracketed(text, at, self._wrong)
            items = _list(inner, self._wrong)
            return lambda node, root: items
        raise self._wrong()

    def _path(self) -> Operand:
        text, start = self._text, self._at
        at = start + 1
        while at < len(text):
            if text[at] == "[":
                _, at = _bracketed(text, at, self._wrong)
            elif text.startswith("()", at):
                at += 2
            elif _PATH_END.match(text, at):
                break
            else:
                at += 1
        self._at = at
        path = JsonPath(text[start:at])
        from_root = text[start] == "$"

        def value(node: Any, root: Any) -> Any:
            try:
                return path.find(root if from_root else node, root=root)
            except NotFound:
                return _UNDEFINED

        return value


def _list(inner: str, wrong: Callable[[], UsageError]) -> list[Any]:
    try:
        value: list[Any] = json.loads("[" + re.sub(r"'((?:[^'\\]|\\.)*)'", r'"\1"', inner) + "]")
    except ValueError:
        raise wrong() from None
    return value


def _java_pattern(found: re.Match[str]) -> Any:
    flags = "".join(flag for flag in found[2] if flag in "imsx")
    text = found[1].replace("\\/", "/")
    return java_regexp(f"(?{flags}){text}" if flags else text)


def _equal(left: Any, right: Any) -> bool:
    if left is _UNDEFINED or right is _UNDEFINED:
        return left is right
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) and isinstance(right, (int, float)):
        return left == java_text(right)
    if isinstance(left, (int, float)) and isinstance(right, str):
        try:
            return left == float(right)
        except ValueError:
            return False
    return bool(left == right)


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        for kind in ((int, float), str):
            if isinstance(left, kind) and isinstance(right, kind):
                return not isinstance(left, bool) and not isinstance(right, bool) and test(left, right)
        return False

    return compare


def _matches(left: Any, right: Any) -> bool:
    if isinstance(left, list):
        return any(_matches(item, right) for item in left)
    return bool(right.matches("" if left is None or left is _UNDEFINED else java_text(left)))


def _is_in(left: Any, right: Any) -> bool:
    return isinstance(right, list) and any(_equal(left, item) for item in right)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (str, list)) else -1


def _type(value: Any) -> str:
    kinds = ((bool, "boolean"), ((int, float), "number"), (str, "string"), (list, "json"), (Mapping, "json"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "null")


_OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "==": _equal,
    "===": lambda left, right: _type(left) == _type(right) and _equal(left, right),
    "!=": lambda left, right: not _equal(left, right),
    "!==": lambda left, right: _type(left) != _type(right) or not _equal(left, right),
    "<": _ordered(lambda left, right: bool(left < right)),
    "<=": _ordered(lambda left, right: bool(left <= right)),
    ">": _ordered(lambda left, right: bool(left > right)),
    ">=": _ordered(lambda left, right: bool(left >= right)),
    "=~": _matches,
    "in": _is_in,
    "nin": lambda left, right: isinstance(right, list) and not _is_in(left, right),
    "subsetof": lambda left, right: isinstance(left, list) and all(_is_in(item, right) for item in left),
    "anyof": lambda left, right: isinstance(left, list) and any(_is_in(item, right) for item in left),
    "noneof": lambda left, right: isinstance(left, list) and not any(_is_in(item, right) for item in left),
    # WireMock's library takes no list here.
    "all": lambda left, right: False,
    "size": lambda left, right: _size(left) == right,
    "empty": lambda left, right: _size(left) >= 0 and (not _size(left)) is right,
    "contains": lambda left, right: (
        (isinstance(left, str) and isinstance(right, str) and right in left) or _is_in(right, left)
    ),
    "type": lambda left, right: False,
}


def _numbers(value: Any) -> list[float]:
    if not isinstance(value, list) or not value:
        raise NotFound
    return [float(item) for item in value if isinstance(item, (int, float))]


def _length(value: Any) -> Any:
    return len(value) if isinstance(value, (list, Mapping)) else None


_FUNCTIONS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "length": _length,
    "size": _length,
    "keys": lambda value: tuple(value) if isinstance(value, Mapping) else None,
    "min": lambda value: min(_numbers(value)),
    "max": lambda value: max(_numbers(value)),
    "sum": lambda value: sum(_numbers(value)),
    "avg": lambda value: sum(_numbers(value)) / len(value),
    "first": lambda value: value[0] if isinstance(value, list) and value else None,
    "last": lambda value: value[-1] if isinstance(value, list) and value else None,
}
