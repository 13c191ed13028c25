"""States of the server, which are no part of the request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..arguments import named_states, not_empty, plain_text
from ..message.request import Request
from .difference import Difference
from .named import Expected, NamedValues, describe
from .suggestion import Suggestion

States = Callable[[Request], Mapping[str, object]]
"""The states that count for a request."""


class State(NamedValues):
    """These states have these values. ``given`` is what is expected, by name."""

    def __init__(self, value: object, states: States) -> None:
        self.given = not_empty(named_states(value, "state"), "state")
        for name, entry in self.given.items():
            if isinstance(entry, (list, tuple)):
                # Other fields have several values of one name; a state has one.
                plain_text(entry, f"state: {name}")
        super().__init__("state", "state", self.given, lambda _: {})
        self._states = states

    def _received(self, request: Request, name: str) -> list[str]:
        return _texts(self._states(request).get(name))

    def _names(self, request: Request) -> Iterable[str]:
        return self._states(request)

    def _difference(self, request: Request, name: str, expected: Expected, received: list[str]) -> Difference:
        found = super()._difference(request, name, expected, received[:1])
        if expected is None:
            return Difference(found.where, "not to be set", found.received, found.hint)
        return found if received else Difference(found.where, describe(expected), "not set", found.hint)

    def suggestion(self, request: Request) -> Suggestion | None:
        # Nobody knows whether the state or the expectation is wrong.
        return {"state": self.given} if self.matches(request) else None


def _texts(value: object) -> list[str]:
    """The texts that stand for the value of a state; none if it is not set."""
    if value is None:
        return []
    if isinstance(value, bool):
        # As in HTTP, and as Robot Framework writes it.
        return ["true", "True"] if value else ["false", "False"]
    return [str(value)]
