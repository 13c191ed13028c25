"""Whether requests arrived in a given order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..arguments import written
from ..errors import UsageError
from ..expectations.expectation import Expectation
from ..expectations.served import ServedCollection
from ..matching.description import ANY, FIELD_NAMES, RequestDescription
from ..matching.path import METHODS
from ..matching.text import TextPattern
from ..records.exchange import Exchange
from ..visible import quote
from .selection import Selection

Step = Selection
"""One of the requests in an order."""

Select = Callable[[object, Mapping[str, object]], Selection]
"""Makes a selection from a path (or an expectation in place of one) and the other fields."""


class Order:
    """Requests that should arrive one after the other; if ``strict``, with nothing between them."""

    def __init__(self, steps: Sequence[Step], strict: bool) -> None:
        self.steps = steps
        self.strict = strict

    def description(self, number: int) -> RequestDescription:
        """What a step, counted from 0, looks like."""
        return self.steps[number].description

    def matches(self, number: int, exchange: Exchange) -> bool:
        """Whether a received request matches a step."""
        return self.steps[number].matches(exchange)

    def may_have_step_for(self, exchange: Exchange) -> bool:
        """Whether a received request may match a step. Calls no matcher, as that step may not be due yet."""
        try:
            return any(step.description.matcher is not None or step.matches(exchange) for step in self.steps)
        except UsageError:
            # A regular expression took too long, which only matters if its step is due.
            return True

    def indexes(self, received: Sequence[Exchange]) -> list[int]:
        """The indexes of the requests for the first step, the second one and so on, as far as they arrived in order."""
        return self._indexes_side_by_side(received) if self.strict else self.indexes_apart(received)

    def indexes_apart(self, received: Sequence[Exchange], first: int = 0, start: int = 0) -> list[int]:
        """The indexes for the steps from ``first`` on, from index ``start`` on; others may be between them."""
        # The earliest request for each step leaves the most for the steps that follow.
        indexes: list[int] = []
        for index in range(start, len(received)):
            if first + len(indexes) == len(self.steps):
                break
            if self.matches(first + len(indexes), received[index]):
                indexes.append(index)
        return indexes

    def _indexes_side_by_side(self, received: Sequence[Exchange]) -> list[int]:
        """The first run of all steps; without one, the last of the longest runs."""
        best = range(0)
        for start in range(len(received)):
            end = start
            while end < len(received) and end - start < len(self.steps) and self.matches(end - start, received[end]):
                end += 1
            if end - start == len(self.steps):
                return [*range(start, end)]
            if end - start >= len(best):
                best = range(start, end)
        return [*best]


def steps_of(requests: object, select: Select) -> list[Step]:
    """The steps of a list of request descriptions and expectations. Raises `UsageError` that names the wrong one."""
    if isinstance(requests, str):
        if not requests.strip().startswith("["):
            raise UsageError(f"requests: a list is needed, not the text {quote(requests)}.")
        requests = written(requests.strip(), "requests")
    if not isinstance(requests, Sequence) or isinstance(requests, (bytes, bytearray)):
        raise UsageError(f"requests: a list is needed, not {type(requests).__name__}: {requests!r}.")
    if not requests:
        raise UsageError("requests: the list is empty.")
    steps = []
    for index, entry in enumerate(requests):
        try:
            steps.append(select(*_path_and_fields(entry)))
        except UsageError as error:
            raise UsageError(f"requests[{index}]: {error}") from None
    return steps


def _path_and_fields(entry: object) -> tuple[object, Mapping[str, object]]:
    if isinstance(entry, (Expectation, ServedCollection)):
        return entry, {}
    if isinstance(entry, str):
        return _parts_of_text(entry)
    if isinstance(entry, Mapping):
        for name in entry:
            if name not in FIELD_NAMES:
                raise UsageError(f"there is no field {quote(str(name))}. The fields are {', '.join(FIELD_NAMES)}.")
        fields = {str(name): value for name, value in entry.items()}
        return fields.pop("path", ANY), fields
    raise UsageError(
        "text such as 'POST /login', a dictionary with a request description or an expectation is needed, "
        f"not {type(entry).__name__}: {entry!r}."
    )


def _parts_of_text(text: str) -> tuple[str, Mapping[str, object]]:
    """Method and path, or one of them, as the log shows a request."""
    text = text.strip()
    if not text:
        raise UsageError("the text is empty. Text such as 'POST /login' or '/login' is needed.")
    if text.startswith("/") or TextPattern(text, "path").prefixed:
        return text, {}
    method, *path = text.split(maxsplit=1)
    if path:
        return path[0], {"method": method}
    return (ANY, {"method": text}) if text in METHODS else (text, {})
