"""Checks what a server receives and sends against the descriptions of APIs that were loaded.

A request or response of an operation that is not as the description says is a problem of kind ``CONTRACT``. It is
recorded before the client has the whole response, so that a test that waits for the client finds it: a body of known
length is checked before its last piece is sent, and any other before its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from functools import partial
from typing import Final, NamedTuple

from .contract.checking import check_request, check_response
from .contract.coverage import Coverage
from .contract.document import Document
from .contract.operations import Operation
from .contract.violations import Violation
from .expectations.expectation import Expectation, Rank
from .explaining.explanation import Explanation
from .masking.secrets import Secrets
from .message.request import Request
from .message.response import Response
from .phrase import Masking, Phrase, Plain, Value, joined, listed
from .problem import ProblemRecord
from .records.exchange import Exchange
from .records.journal import Journal
from .records.reply import Watch
from .scope import Scope
from .visible import visible
from .words import counted

# A larger body is not looked into.
_MAX_CHECKED: Final = 16 * 1024 * 1024
_MAX_TOLD: Final = 10
_MAX_NAMED: Final = 3
_MAX_UNUSED: Final = 25
_MAX_NAME: Final = 200
_MAX_PLACE: Final = 300


class Reaction(Enum):
    """What happens when a request or response is not as the description of the API says.

    - ``FAIL``: it is a problem of kind ``CONTRACT``, which fails the test.
    - ``WARN``: it is a warning in the log.
    - ``OFF``: nothing is checked.
    """

    FAIL = "FAIL"
    WARN = "WARN"
    OFF = "OFF"


class Contract:
    """A document that a server keeps to until the scope ends, what is checked, and which operations were used.

    ``chosen`` are the expectations whose answers a test chose, by operation.
    """

    def __init__(self, document: Document, scope: Scope, requests: Reaction, responses: Reaction) -> None:
        self.document = document
        self.scope = scope
        self.requests = requests
        self.responses = responses
        self.coverage = Coverage(document.operations)
        self.chosen: dict[tuple[Scope, Operation], Expectation] = {}


class Checked(NamedTuple):
    """The problem of a request or its response, another one, and what looks at the body while it is sent."""

    problem: ProblemRecord | None
    another: ProblemRecord | None = None
    watch: Watch | None = None


class _Told(Value):
    """A violation as a value of a phrase."""

    def __init__(self, violation: Violation) -> None:
        self._violation = violation

    def shown(self, masking: Masking) -> str:
        return self._violation.message(masking)


class Contracts:
    """The contracts of a server, the one loaded first first."""

    def __init__(self, journal: Journal, secrets: Secrets) -> None:
        self._journal = journal
        self._secrets = secrets
        # Replaced as a whole, because the threads of the server read it.
        self.loaded: tuple[Contract, ...] = ()

    def add(self, contract: Contract) -> None:
        self.loaded = (*self.loaded, contract)

    def end(self, scope: Scope | None = None) -> None:
        """Forgets the contracts of a scope that ends, or all of them."""
        self.loaded = tuple(contract for contract in self.loaded if scope is not None and contract.scope is not scope)
        for contract in self.loaded:
            contract.chosen = {key: entry for key, entry in contract.chosen.items() if key[0] is not scope}

    def check(
        self, exchange: Exchange, response: Response, problem: ProblemRecord | None, *, is_faulty: bool = False
    ) -> Checked:
        """Checks a request and its response; one that is faulty on purpose is not looked into.

        A ``problem`` that there is already stays the first one.
        """
        request = exchange.request
        found = self._operation(request)
        if request.fault is not None or found is None:
            return Checked(problem)
        contract, operation = found
        is_answer = problem is None and not is_faulty and not response.raw
        contract.coverage.count(operation, response.status if is_answer else None)
        wrong: list[Violation] = []
        watch = None
        if contract.requests is not Reaction.OFF:
            wrong += self._react(contract.requests, check_request(request, operation))
        # What a document answers keeps to it; where its own example or schema is wrong, that is said elsewhere.
        is_of_document = exchange.expectation is not None and exchange.expectation.rank is Rank.DOCUMENT
        if is_answer and not is_of_document and contract.responses is not Reaction.OFF:
            body = response.body if isinstance(response.body, bytes) else None
            in_response = check_response(operation, request, response.status, response.headers, body)
            wrong += self._react(contract.responses, in_response)
            if body is None and not in_response:
                watch = _Watch(self, exchange, contract, operation, response)
        if not wrong:
            return Checked(problem, watch=watch)
        made = self._problem(wrong)
        return Checked(made, watch=watch) if problem is None else Checked(problem, made, watch)

    def check_sent(
        self, exchange: Exchange, contract: Contract, operation: Operation, response: Response, body: bytes
    ) -> None:
        """Checks a response whose body was not known before."""
        found = check_response(operation, exchange.request, response.status, response.headers, body)
        wrong = self._react(contract.responses, found)
        if wrong:
            self._journal.failed(exchange, self._problem(wrong))

    def about(self, request: Request) -> tuple[Phrase, ...]:
        """What the documents say about a request that nothing answers; nothing without a document."""
        found = self._operation(request)
        if found is None:
            documents = [contract.document for contract in reversed(self.loaded)]
            told = [line for document in documents if (line := _near_operations(document, request))]
            if told or not documents:
                return tuple(told[:_MAX_NAMED])
            names = listed((Plain(document.name) for document in documents), len(documents), "documents")
            return (joined("No path of ", names, " is near."),)
        contract, operation = found
        call = f"'Respond With Openapi Example    {operation.operation_id or operation.name}'"
        named = Plain(_named(operation))
        return (
            (
                "It is ",
                named,
                " of ",
                Plain(contract.document.name),
                ", which nothing answers. ",
                Plain(f"{call} does."),
            ),
        )

    def _operation(self, request: Request) -> tuple[Contract, Operation] | None:
        for contract in reversed(self.loaded):
            operation = contract.document.route(request.method, request.raw_path)
            if operation is not None:
                return contract, operation
        return None

    def _react(self, reaction: Reaction, violations: list[Violation]) -> list[Violation]:
        """Those that are problems; the others are said."""
        if reaction is Reaction.FAIL:
            return violations
        if violations:
            self._journal.notice(self._problem(violations).message)
        return []

    def _problem(self, violations: list[Violation]) -> ProblemRecord:
        first, *others = violations
        notes: list[Phrase] = [("The rule: ", Plain(str(first.place), limit=_MAX_PLACE))]
        notes += [("Also: ", _Told(violation)) for violation in others[: _MAX_TOLD - 1]]
        if len(others) >= _MAX_TOLD:
            notes.append(f"... and {len(others) - _MAX_TOLD + 1} more")
        return ProblemRecord("CONTRACT", Explanation("CONTRACT", _Told(first), notes=tuple(notes)), self._secrets)


class _Watch:
    """Collects the body of a response while it is sent, and has it checked before its end."""

    def __init__(
        self, contracts: Contracts, exchange: Exchange, contract: Contract, operation: Operation, response: Response
    ) -> None:
        self._check = partial(contracts.check_sent, exchange, contract, operation, response)
        # None if it is too large.
        self._collected: bytearray | None = bytearray()

    def add(self, piece: bytes) -> None:
        if self._collected is not None:
            self._collected += piece
            if len(self._collected) > _MAX_CHECKED:
                self._collected = None

    def end(self) -> None:
        if self._collected is not None:
            self._check(bytes(self._collected))


def _near_operations(document: Document, request: Request) -> Phrase:
    """The operations of a document that are near a request for which it has none; empty if none is near."""
    name = Plain(document.name)
    methods = document.methods(request.raw_path)
    if methods:
        only = listed(map(Plain, methods), len(methods), "methods")
        return joined(name, " has no ", Plain(request.method), " for this path, only ", only, ".")
    near = document.nearest(request.method, request.raw_path)
    if not near:
        return ""
    return joined(name, " has no such path; nearest: ", listed(map(Plain, map(_named, near)), len(near)), ".")


def uncovered(wanted: Mapping[Contract, Sequence[Operation]], *, with_responses: bool) -> list[str]:
    """The operations without requests, or the responses that no request got, in lines; none if all were used."""
    unused: list[str] = []
    for contract, operations in wanted.items():
        if with_responses:
            left = contract.coverage.unused_responses(operations)
            unused += [f"{_named(operation)}: {status}" for operation, status in left]
        else:
            unused += map(_named, contract.coverage.unused(operations))
    if not unused:
        return []
    all_of = [operation for operations in wanted.values() for operation in operations]
    number = sum(len(operation.responses) for operation in all_of) if with_responses else len(all_of)
    what = counted(number, "response" if with_responses else "operation")
    names = " and ".join(contract.document.name for contract in wanted)
    lines = [f"{len(unused)} of {what} of {names} {'was' if len(unused) == 1 else 'were'} not used:"]
    lines += [f"  {line}" for line in unused[:_MAX_UNUSED]]
    if len(unused) > _MAX_UNUSED:
        lines.append(f"  ... and {len(unused) - _MAX_UNUSED} more")
    return lines


def _named(operation: Operation) -> str:
    """Method and path, with what is before all paths, and the operationId."""
    identifier = f" ({operation.operation_id})" if operation.operation_id else ""
    return visible(f"{operation.method} {operation.prefixes[0]}{operation.path}{identifier}", _MAX_NAME)
