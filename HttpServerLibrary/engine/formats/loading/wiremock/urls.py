"""The URL that a mapping asks for, compared as sent: no escape is decoded, and no slash ignored."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from ....matching.difference import Difference, Where
from ....matching.path import PathField
from ....matching.quick import LARGE, NEVER, SMALL
from ....matching.suggestion import Suggestion
from ....message.request import Request
from ....phrase import Masking, Phrase, Plain, Quoted, contrast
from .java_regexp import java_regexp

_VARIABLE: Final = re.compile(r"\{([^}]+)\}|\*\*")
_FORMATTING: Final = str.maketrans("", "", ".;*")


def target_of(request: Request) -> str:
    """Path and query, as sent."""
    return f"{request.raw_path}?{request.query_string}" if request.query_string else request.raw_path


class UrlField(PathField):
    """What all of them have in common. ``base`` is a path that comes before what the mapping says."""

    quick_up_to = LARGE

    def __init__(self, given: str, base: str) -> None:
        self._given = given
        self._base = base

    @property
    def written(self) -> str:
        return f"{self._base}{self._given}"

    def _below(self, text: str) -> str | None:
        """What follows the base; None if it does not begin with it."""
        if not self._base:
            return text
        rest = text.removeprefix(self._base)
        return rest if rest is not text and len(rest) < len(text) and (not rest or rest[0] in "/?") else None

    def suggestion(self, request: Request) -> Suggestion | None:
        return None

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            yield Difference(Where("path"), self._expected(), Quoted(self._compared(request)))

    def _compared(self, request: Request) -> str:
        return request.raw_path

    @abstractmethod
    def _expected(self) -> Phrase: ...

    def shown(self, masking: Masking) -> str:
        return Plain(self.written).shown(masking)


class UrlIs(UrlField):
    """This path with this query, or this path with any query."""

    def __init__(self, given: str, base: str, *, any_query: bool) -> None:
        super().__init__(given, base)
        self._whole = f"{base}{given}"
        self.literal, _, self._query = self._whole.partition("?")
        if any_query:
            self.literal = self._whole
        self._any_query = any_query

    def matches(self, request: Request) -> bool:
        return request.raw_path == self.literal if self._any_query else target_of(request) == self._whole

    def differences(self, request: Request) -> Iterator[Difference]:
        if request.raw_path != self.literal:
            yield Difference(Where("path"), *contrast(self.literal or "", request.raw_path))
        elif not self.matches(request):
            received: Phrase = Quoted(request.query_string) if request.query_string else "nothing"
            yield Difference(Where("query"), Quoted(self._query) if self._query else "nothing", received)

    def _expected(self) -> Phrase:
        return Quoted(self._whole)


class UrlMatches(UrlField):
    """A regular expression that matches the path, or the path and the query. Raises `UsageError`."""

    def __init__(self, given: str, base: str, *, with_query: bool) -> None:
        super().__init__(given, base)
        self._regexp = java_regexp(given)
        self._with_query = with_query
        self.quick_up_to = SMALL if self._regexp.is_quick else NEVER

    @property
    def written(self) -> str:
        return f"{self._base}REGEXP:{self._given}" if self._base else f"REGEXP:{self._given}"

    def _compared(self, request: Request) -> str:
        return target_of(request) if self._with_query else request.raw_path

    def matches(self, request: Request) -> bool:
        rest = self._below(self._compared(request))
        return rest is not None and self._regexp.matches(rest)

    def _expected(self) -> Phrase:
        below = f" below {self._base}" if self._base else ""
        return (f"text{below} that matches REGEXP ", Quoted(self._given))


def path_template(given: str) -> tuple[list[str], re.Pattern[str]]:
    """The names in a path with ``{name}`` for a segment and ``**`` for anything, and what it matches."""
    names: list[str] = []
    pattern, at, wildcards = "", 0, 0
    for found in _VARIABLE.finditer(given):
        pattern += re.escape(given[at : found.start()]) + ("(.*?)" if found[1] is None else "([^/]+)")
        at = found.end()
        names.append(str(wildcards) if found[1] is None else found[1].translate(_FORMATTING))
        wildcards += found[1] is None
    return names, re.compile(pattern + re.escape(given[at:]), re.DOTALL)


class UrlTemplate(UrlField):
    """A path with ``{name}`` for a segment, and ``**`` for anything."""

    quick_up_to = SMALL

    def __init__(self, given: str, base: str) -> None:
        super().__init__(given, base)
        self._names, self._regexp = path_template(given)

    def values(self, request: Request) -> dict[str, str] | None:
        """What the names stand for, as sent; None if the path does not match."""
        rest = self._below(request.raw_path)
        found = None if rest is None else self._regexp.fullmatch(rest)
        return None if found is None else dict(zip(self._names, found.groups(), strict=True))

    def params(self, request: Request) -> dict[str, str]:
        return {name: unquote(value) for name, value in (self.values(request) or {}).items()}

    def matches(self, request: Request) -> bool:
        return self.values(request) is not None

    def _expected(self) -> Phrase:
        return Quoted(self.written)


class AnyUrl(UrlField):
    """Any path; with a base, any below it."""

    def __init__(self, base: str) -> None:
        super().__init__("/*", base)

    def matches(self, request: Request) -> bool:
        return self._below(target_of(request)) is not None

    def _expected(self) -> Phrase:
        return ("a path below ", Quoted(self._base))
