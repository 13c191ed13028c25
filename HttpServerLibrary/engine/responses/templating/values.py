"""The values of a template, and what is written of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Final

from jinja2 import UndefinedError
from jinja2.runtime import LoopContext, Macro
from jinja2.utils import Namespace, pass_context

from ...message.json_text import NotJson
from ..occasion import Occasion
from .budget import Budget, CannotBeUsed, TemplateContext, fail_if_missing

REQUEST_MEMBERS: Final = frozenset(
    "auth body_size client client_subject cookies data files form headers json method path path_params query "
    "query_string text time url".split()
)


class NoneHasNone(UndefinedError):
    """Something was looked for in None."""


class NoHeader(UndefinedError):
    """The request has no header of that name."""


class RequestHeaders(Mapping[str, str]):
    """The headers of the request, by names in any case."""

    __slots__ = ("_values",)

    def __init__(self, values: Any) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        value: str = self._values[name]
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def get_all(self, name: str) -> list[str]:
        values: list[str] = self._values.get_all(name)
        return values


class States(dict[str, object]):
    """The states of the server."""


class RequestValue:
    """The request of a template: a fixed set of members, each made when it is first asked for."""

    __slots__ = ("_made", "_occasion", "not_json")

    def __init__(self, occasion: Occasion) -> None:
        self._occasion = occasion
        self._made: dict[str, Any] = {}
        self.not_json = ""

    def __str__(self) -> str:
        return str(self._occasion.view())

    def member(self, name: str) -> Any:
        made = self._made
        if name not in made:
            made[name] = self._make(name)
        return made[name]

    def _make(self, name: str) -> Any:
        if name == "json":
            try:
                # Shared with the matching: a template cannot change it.
                return self._occasion.request.json
            except NotJson as error:
                self.not_json = str(error) if self._occasion.request.body else "it is empty"
                return None
        value = getattr(self._occasion.view(), name)
        if name == "headers":
            return RequestHeaders(value)
        if name == "files":
            return {key: _files(entry) for key, entry in value.items()}
        if name == "auth" and value is not None:
            return {key: getattr(value, key) for key in ("scheme", "username", "password", "token")}
        return moment(value) if name == "time" else value


def _files(files: Any) -> Any:
    if isinstance(files, list):
        return [*map(_files, files)]
    return {key: getattr(files, key) for key in ("filename", "content_type", "size", "text")}


class Moment(datetime):
    """A time that is written as RFC 3339 has it."""

    def __str__(self) -> str:
        return self.isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(value: datetime) -> Moment:
    return Moment.combine(value.date(), value.timetz())


def written(budget: Budget, value: Any) -> str:
    """A value as text. What has no text of its own is an error: users do not want ``<generator object at 0x7f...>``."""
    if value.__class__ is int or isinstance(value, str):
        text = str(value)
        budget.charge(len(text))
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
    kind = value.__class__
    if kind is str or kind is int:
        # As in `written`, without its calls.
        text: str = value if kind is str else str(value)
        budget = context.budget
        budget.size = size = budget.size - len(text)
        if size >= 0:
            return text
    return written(context.budget, value)


def kind_of(value: Any) -> str:
    """What a value is, for people."""
    if isinstance(value, LoopContext):
        # Before functions, because it can be called.
        return "a loop"
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
    (RequestValue, "a request"),
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
