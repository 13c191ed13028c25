"""Makes expectations of the mappings in a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from ....errors import UsageError
from ....expectations.expectation import Draft, Rank
from ....expectations.turns import Turn
from ....matching.difference import Step
from ..documents import Document, kind_of
from ..loaded import Loaded, NotUnderstood, Surroundings
from .body_files import BodyFiles
from .members import Members
from .reading_requests import read_request
from .reading_responses import ResponseReader
from .webhooks import read_webhooks

_MEMBERS: Final = frozenset(
    {
        *("id", "uuid", "name", "request", "response", "persistent", "priority", "scenarioName", "metadata"),
        *("requiredScenarioState", "newScenarioState", "insertionIndex", "postServeActions", "serveEventListeners"),
    }
)
_USUAL_PRIORITY: Final = 5


def mappings_of(document: Document) -> Iterator[tuple[Any, tuple[Step, ...]]]:
    """The mappings in a file, each with the steps that lead to it. Raises `UsageError`."""
    value = document.value
    if not isinstance(value, Mapping):
        raise UsageError(f"path: {document.name} is {kind_of(value)}, but a mapping of WireMock is an object.")
    if "mappings" not in value:
        yield value, ()
        return
    mappings = value["mappings"]
    if not isinstance(mappings, list):
        raise UsageError(f"path: {document.name} has mappings that are {kind_of(mappings)}; a list is needed.")
    for index, mapping in enumerate(mappings):
        yield mapping, ("mappings", index)


class MappingReader:
    """Reads the mappings of one file."""

    def __init__(self, document: Document, surroundings: Surroundings, files: BodyFiles) -> None:
        self._document = document
        self._surroundings = surroundings
        self._responses = ResponseReader(surroundings, files)
        self._exact: Any = None

    def read(self, mapping: Any, steps: tuple[Step, ...], loaded: Loaded) -> bool:
        """Adds the expectation of a mapping; returns whether it has a ``{{`` that is sent as it is."""
        place = self._document.at(*steps)
        untouched = False
        with loaded.collecting(place):
            draft, untouched = self._draft(Members(mapping), steps, str(place))
            loaded.drafts.append(draft)
        return untouched

    def _draft(self, members: Members, steps: tuple[Step, ...], origin: str) -> tuple[Draft, bool]:
        members.only(_MEMBERS, "a mapping")
        if "request" not in members and "response" not in members:
            raise NotUnderstood("a mapping needs a request and a response")
        scenario, needed = members.text("scenarioName"), members.text("requiredScenarioState")
        following = members.text("newScenarioState")
        if scenario is None and (needed is not None or following is not None):
            # Without a scenario, there is no state.
            needed = following = None
        description, url = read_request(
            members.object("request") or Members({}, "request"),
            self._surroundings.base_path,
            self._surroundings.states,
            None if scenario is None or needed is None else (scenario, needed),
        )
        response = members.object("response") or Members({}, "response")
        answer = self._responses.read(response, url, self._json_body(response, steps))
        changes = {scenario: following} if scenario is not None and following is not None else {}
        priority = members.integer("priority")
        return Draft(
            description,
            [Turn(answer.responder, changes=changes)],
            tuple(read_webhooks(members, url)),
            rank=Rank.LOADED,
            precedence=_USUAL_PRIORITY if priority is None else priority,
            newest_first=True,
            origin=origin,
        ), answer.untouched

    def _json_body(self, response: Members, steps: tuple[Step, ...]) -> Any:
        """The JSON to send, with its numbers as they are written."""
        value = response.any("jsonBody")
        if not _has_float(value):
            return value
        if self._exact is None:
            try:
                self._exact = json.loads(self._document.path.read_bytes(), parse_float=Decimal)
            except ValueError:
                # One with comments, which does not keep how its numbers are written.
                self._exact = self._document.value
        exact = self._exact
        for step in (*steps, "response", "jsonBody"):
            exact = exact[step]
        return exact


def _has_float(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_float, value.values()))
    return any(map(_has_float, value)) if isinstance(value, list) else isinstance(value, float)
