"""Which expectations to write for recorded requests: one for equal requests, whose responses follow each other.

Each request must get its own response again when the same client runs again. Equal requests become one expectation with
their responses in the order of arrival. When one expectation also matches requests of another one, the other comes
first. When each matches requests of the other, they become one, because nothing tells their requests apart.

Only numbers and digests are kept of each request, since there may be very many. Bodies are looked at again when the
expectation is written.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from hashlib import sha256
from typing import Final

from ...masking.secrets import Secrets
from ...matching.description import RequestDescription
from ...matching.matcher import MatcherFailed
from ...message.request import Request
from ...records.exchange import Exchange
from .answer import Answer, answer_of, why_left_out
from .described import Arguments, NotWritable, described, description_of
from .wanted import Wanted, wanted

MAX_COMPARED: Final = 2_000_000
"""How many times a request is compared with an expectation other than its own; more would take too long."""

# Two different values of these never match the same request, if nothing in them varies.
_EXCLUSIVE: Final = ("path", "method", "query", "json", "text", "data")


@dataclass(frozen=True)
class Repeat:
    """A response, and how many requests one after the other get it; None for all that come."""

    exchange: Exchange
    times: int | None


@dataclass(eq=False)
class Planned:
    """An expectation to write: of what request, and the numbers and digests of the responses to all of them.

    Different ones of one ``shape`` never match the same request; those without a shape may. ``path`` is decoded, or
    None if it has a masked part. ``level`` is its place among those of which one must come before another; None if its
    order does not matter.
    """

    first: int
    members: list[tuple[int, bytes]]
    shape: object
    path: str | None
    level: int | None = None

    def repeats(self, exchanges: Sequence[Exchange]) -> list[Repeat]:
        """The responses, one after the other; the last one goes on."""
        found: list[tuple[int, int, bytes]] = []
        for number, digest in self.members:
            if found and found[-1][2] == digest:
                first, times, _ = found[-1]
                found[-1] = first, times + 1, digest
            else:
                found.append((number, 1, digest))
        last = len(found) - 1
        return [
            Repeat(exchanges[number], None if index == last else times)
            for index, (number, times, _) in enumerate(found)
        ]


@dataclass
class Plan:
    """The expectations in their order, and why the other requests are left out.

    ``is_checked`` says whether each request is known to get its own response.
    """

    expectations: list[Planned] = field(default_factory=list)
    left_out: list[tuple[Exchange, str]] = field(default_factory=list)
    is_checked: bool = True

    def left_out_by_reason(self) -> dict[str, list[Exchange]]:
        """The requests that are left out."""
        found: dict[str, list[Exchange]] = {}
        for exchange, reason in self.left_out:
            found.setdefault(reason, []).append(exchange)
        return found


class Planner:
    """Plans the expectations for recorded requests.

    ``most_text`` is the longest text of an uploaded file that is compared. ``as_sent`` says that paths and queries are
    compared as sent, and also that there is no query. ``unfit`` says why a response cannot be written.
    """

    def __init__(
        self,
        exchanges: Sequence[Exchange],
        secrets: Secrets,
        most_text: int,
        *,
        as_sent: bool,
        unfit: Callable[[Answer], str] = lambda answer: "",
    ) -> None:
        self._exchanges = exchanges
        self._secrets = secrets
        self._most_text = most_text
        self._as_sent = as_sent
        self._unfit = unfit
        self._left = MAX_COMPARED
        self._with_query = {_place(exchange.request) for exchange in exchanges if exchange.request.query_string}
        self._with_body = {_place(exchange.request) for exchange in exchanges if exchange.request.body}

    def plan(self) -> Plan:
        """Plans them all."""
        plan = Plan()
        groups: dict[bytes, Planned] = {}
        by_method: dict[str, list[Planned]] = {}
        for number, exchange in enumerate(self._exchanges):
            try:
                answer = self._answer(exchange)
                made = self._described(exchange)[1]
            except NotWritable as error:
                plan.left_out.append((exchange, error.reason))
                continue
            digest = answer.digest
            key = _key(made)
            group = groups.get(key)
            if group is not None:
                group.members.append((number, digest))
                continue
            path = None if "path" in _varies(made) else exchange.request.path
            group = groups[key] = Planned(number, [(number, digest)], _shape(made), path)
            by_method.setdefault(exchange.request.method.upper(), []).append(group)
        planned: list[Planned] = []
        graph: dict[Planned, set[Planned]] = {}
        for of_method in by_method.values():
            planned += self._ordered(of_method, graph, plan)
        plan.expectations = _sorted(planned, graph)
        plan.is_checked = self._left >= 0
        return plan

    def wanted(self, planned: Planned) -> tuple[Wanted, Arguments]:
        """What an expectation compares, and its arguments."""
        return self._described(self._exchanges[planned.first])

    def _answer(self, exchange: Exchange) -> Answer:
        reason = why_left_out(exchange)
        if reason:
            raise NotWritable(reason)
        answer = answer_of(exchange, self._secrets)
        reason = self._unfit(answer)
        if reason:
            raise NotWritable(reason)
        return answer

    def _described(self, exchange: Exchange) -> tuple[Wanted, Arguments]:
        request = exchange.request
        found, made = described(request, wanted(request, self._secrets, self._most_text), self._secrets)
        if not self._as_sent:
            return found, self._distinct(request, found, made)
        # As WireMock compares them.
        sent = dict(made)
        if found.path.whole is not None:
            sent["path"] = f"EQUALS:{request.raw_path}"
        if found.query is not None:
            sent["query"] = f"EQUALS:{request.query_string}"
        return found, sent

    def _distinct(self, request: Request, found: Wanted, made: Arguments) -> Arguments:
        """The arguments, which also say that there is no query or body where other requests have one.

        Otherwise a changed request would get the response to the one that has none.
        """
        place = _place(request)
        missing = {}
        if found.query == "" and place in self._with_query:
            missing["query"] = ""
        if not request.body and place in self._with_body:
            missing["text"] = ""
        first = ("path", "method")
        return {name: made[name] for name in first} | missing | {name: made[name] for name in made if name not in first}

    def _ordered(self, groups: list[Planned], graph: dict[Planned, set[Planned]], plan: Plan) -> list[Planned]:
        """Groups that may match requests of each other; what must come before each is noted in the graph."""
        while True:
            before = self._before(groups)
            try:
                TopologicalSorter(before).prepare()
            except CycleError as error:
                cycle: list[Planned] = [*dict.fromkeys(error.args[1])]
                merged = self._merged(cycle, plan)
                groups = sorted(
                    (merged, *(group for group in groups if group not in cycle)), key=lambda group: group.first
                )
                continue
            graph.update(before)
            return groups

    def _before(self, groups: list[Planned]) -> dict[Planned, set[Planned]]:
        """Which groups must come before each one, because it also matches their requests."""
        by_path: dict[str | None, dict[object, list[Planned]]] = {}
        for group in groups:
            by_path.setdefault(group.path, {}).setdefault(group.shape, []).append(group)
        before: dict[Planned, set[Planned]] = {}
        descriptions: dict[Planned, RequestDescription] = {}
        for group in groups:
            # A path without a masked part is never that of a request whose path has one.
            rivals = [
                rival
                for path in {group.path, None}
                for shape, others in by_path.get(path, {}).items()
                if shape is None or shape != group.shape
                for rival in others
                if rival is not group
            ]
            for rival in rivals:
                if rival not in descriptions:
                    descriptions[rival] = description_of(self.wanted(rival)[1])
            for number, _ in group.members if rivals else ():
                request = self._exchanges[number].request
                self._left -= len(rivals)
                if self._left < 0:
                    return before
                for rival in rivals:
                    if _matches(descriptions[rival], request):
                        before.setdefault(rival, set()).add(group)
        return before

    def _merged(self, groups: list[Planned], plan: Plan) -> Planned:
        """One group in place of several, with the description that most of their requests match."""
        members = sorted(member for group in groups for member in group.members)
        matched: list[tuple[int, bytes]] = []
        first = groups[0]
        for group in sorted(groups, key=lambda entry: entry.first):
            description = description_of(self.wanted(group)[1])
            found = [member for member in members if _matches(description, self._exchanges[member[0]].request)]
            if len(found) > len(matched):
                matched, first = found, group
        plan.left_out += (
            (self._exchanges[number], "it cannot be told apart from other requests")
            for number, digest in members
            if (number, digest) not in matched
        )
        return Planned(first.first, matched, None, first.path)


def _place(request: Request) -> tuple[str, str]:
    return request.method.upper(), request.path


def _key(made: Arguments) -> bytes:
    """The same for equal arguments; JSON is compared by its value."""
    facts: list[object] = []
    for name, value in made.items():
        if name in ("json", "json_subset") and isinstance(value, str):
            # 1 equals 1.0.
            value = json.dumps(json.loads(value, parse_float=_number), sort_keys=True)
        facts.append((name, value))
    return sha256(repr(facts).encode("utf-8", "surrogatepass")).digest()


def _number(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() else value


def _varies(made: Arguments) -> set[str]:
    """The arguments that match more than one value."""
    return {
        name
        for name, value in made.items()
        if name not in _EXCLUSIVE
        or (isinstance(value, str) and (value.startswith("GLOB:") or (name == "json" and '"<any>"' in value)))
    }


def _shape(made: Arguments) -> object:
    """The same for different descriptions of which no two match one request; None if they may."""
    return None if _varies(made) else (made["path"], *made)


def _matches(description: RequestDescription, request: Request) -> bool:
    try:
        return description.matches(request)
    except MatcherFailed:
        return False


def _sorted(planned: Iterable[Planned], graph: dict[Planned, set[Planned]]) -> list[Planned]:
    """In the order of arrival, except where one must come before another."""
    groups = [*planned]
    after: dict[Planned, list[Planned]] = {}
    waiting: dict[Planned, int] = {}
    for group in groups:
        before = graph.get(group, set())
        waiting[group] = len(before)
        for other in before:
            after.setdefault(other, []).append(group)
    ready = [(group.first, index) for index, group in enumerate(groups) if not waiting[group]]
    heapq.heapify(ready)
    index_of = {group: index for index, group in enumerate(groups)}
    found: list[Planned] = []
    while ready:
        group = groups[heapq.heappop(ready)[1]]
        found.append(group)
        if group in after or graph.get(group):
            levels = [other.level or 0 for other in graph.get(group, set())]
            group.level = max(levels, default=0) + 1
        for other in after.get(group, []):
            waiting[other] -= 1
            if not waiting[other]:
                heapq.heappush(ready, (other.first, index_of[other]))
    return found
