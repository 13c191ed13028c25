"""The path of a route, in the notation of Express 4.

A path is matched in any case, with or without a slash at its end, and with repeated slashes taken for one. In it,
``:name`` stands for a segment and may be followed by an expression in parentheses, ``*`` and ``?``; ``*`` is anything.
All else but a dot is a regular expression of JavaScript.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote

from ....matching.difference import Difference, Where
from ....matching.path import PathField, folded
from ....matching.quick import LARGE, SMALL
from ....matching.suggestion import Suggestion
from ....message.request import Request
from ....phrase import Masking, Plain, Quoted
from .incoming import plain_target
from .regexps import regexp

_SLASHES: Final = re.compile("//+")
_SPECIAL: Final = re.compile(r"[:*()?+\[\]{}\\^$|]")
_PART: Final = re.compile(
    r"(?P<escaped>\\.)|(?P<slash>/)?(?P<dot>\.)?:(?P<name>\w+)(?P<expression>\(.*?\))?(?P<star>\*)?(?P<optional>\?)?"
    r"|(?P<anything>\*)|(?P<point>\.)|(?P<group>/\()"
)
_STAR: Final = re.compile(r"\\.|\*")
_GROUP: Final = re.compile(r"\\.|\((?:\?<(?P<name>[^=!>][^>]*)>)?(?!\?)")


def path_of(prefix: str, endpoint: str, base_path: str) -> str:
    """The path of a route as Express gets it."""
    return _SLASHES.sub("/", f"{base_path}/{prefix}/{endpoint.replace(' ', '%20')}")


def route_path(path: str) -> RoutePath:
    """Raises `NotUnderstood`."""
    return PatternPath(path) if _SPECIAL.search(path) else LiteralPath(path)


class RoutePath(PathField):
    """What all paths of routes have in common."""

    def __init__(self, path: str) -> None:
        self._path = path

    @property
    def written(self) -> str:
        return self._path

    def suggestion(self, request: Request) -> Suggestion | None:
        # No argument of ours means the same.
        return None

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            yield Difference(Where("path"), Quoted(self._path), Quoted(request.path))

    def shown(self, masking: Masking) -> str:
        return Plain(self._path).shown(masking)


class LiteralPath(RoutePath):
    quick_up_to = LARGE

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.folded = folded(path)

    def matches(self, request: Request) -> bool:
        return folded(request.raw_path) == self.folded


class PatternPath(RoutePath):
    """A path with parameters or expressions."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        pattern, self._names = _pattern(path)
        self._regexp = regexp(pattern, ignore_case=True)
        self.quick_up_to = LARGE if self._regexp.is_quick else SMALL

    def matches(self, request: Request) -> bool:
        return self._regexp.is_in(_path(request))

    def params(self, request: Request) -> dict[str, str]:
        """What the parameters stand for, decoded; those without a name have their number as name."""
        found = self._regexp.groups_in(_path(request))
        if found is None:
            return {}
        params: dict[str, str] = {}
        for name, value in zip(self._names, found, strict=True):
            if value is not None:
                params[name] = unquote(value)
        return params


class CrudPath(RoutePath):
    """The path of a CRUD route: of all its data, and below that of one entry."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._all = route_path(path)
        self._one = route_path(f"{path.rstrip('/')}/:id")

    def names_one(self, request: Request) -> bool:
        """Whether a request that matches is about one entry."""
        return not self._all.matches(request)

    def matches(self, request: Request) -> bool:
        return self._all.matches(request) or self._one.matches(request)

    def params(self, request: Request) -> dict[str, str]:
        return (self._one if self.names_one(request) else self._all).params(request)


def _path(request: Request) -> str:
    return plain_target(request).partition("?")[0]


def _pattern(path: str) -> tuple[str, list[str]]:
    """The expression for a path, and the names of its groups."""
    pattern = ""
    # Where in it the groups of parameters begin.
    named: dict[int, str] = {}
    before = ""
    position = 0
    for part in _PART.finditer(path):
        literal = path[position : part.start()]
        pattern += literal
        position = part.end()
        if part["name"] is None:
            before += literal
            before, pattern = _plain_part(part, before, pattern)
            continue
        before = "" if part["slash"] or part["dot"] else before + literal
        dot = r"\." if part["dot"] else ""
        pattern += f"(?:{dot}{part['slash'] or ''}"
        named[len(pattern)] = part["name"]
        if part["expression"]:
            pattern += _STAR.sub(lambda found: found[0] if found[0] != "*" else "(.*)", part["expression"], count=1)
        elif before:
            pattern += f"((?:(?!/|{before}).)+?)"
        else:
            pattern += f"([^/{dot}]+?)"
        if part["star"]:
            pattern += f"((?:[/{dot}].+?)?)"
        pattern += f"){part['optional'] or ''}"
    pattern += path[position:]
    names = [*_group_names(pattern, named)]
    # A named group would need a name that Python accepts.
    pattern = re.sub(r"\(\?<([^=!>][^>]*)>", "(", pattern)
    return f"^{pattern}{'?' if pattern.endswith('/') else '/?'}$", names


def _plain_part(part: re.Match[str], before: str, pattern: str) -> tuple[str, str]:
    if part["escaped"]:
        return before + part[0], pattern + part[0]
    if part["point"]:
        return before + r"\.", pattern + r"\."
    if part["anything"]:
        return before, pattern + "(.*)"
    # A group that follows a slash is no parameter.
    return before + "/", pattern + "/(?:"


def _group_names(pattern: str, named: Mapping[int, str]) -> Iterator[str]:
    number = 0
    for group in _GROUP.finditer(pattern):
        if group[0].startswith("\\"):
            continue
        if group.start() in named:
            yield named[group.start()]
        else:
            yield str(number)
            number += 1
