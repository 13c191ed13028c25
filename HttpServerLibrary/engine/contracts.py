"""Checks what a server receives and sends against the descriptions of APIs that were loaded.

A request or response of an operation that is not as the description says is a problem of kind ``CONTRACT``. It is
recorded before the client has the whole response, so that a test that waits for the client finds it: a body of known
length is checked before its last piece is sent, and any other before its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from functools import partial
from typing import Final, NamedTuple

from .contract.checking import check_request, check_response
from .contract.coverage import Coverage
from .contract.document import Document
from .contract.operations import Operation
from .contract.violations import Violation
from .expectations.expectation import Expectation
from .explaining.explanation import Explanation
from .masking.secrets import Secrets
from .message.response import Response
from .phrase import Masking, Phrase, Plain, Value
from .problem import ProblemRecord
from .records.exchange import Exchange
from .records.journal import Journal
from .scope import Scope
from .visible import visible
from .words import counted

# A larger body is not looked into.
_MAX_CHECKED: Final = 16 * 1024 * 1024
_MAX_TOLD: Final = 10
_MAX_UNUSED: Final = 25
_MAX_NAME: Final = 200


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
    """A response to send; the problem that it or its request is, and another one if there is a problem already."""

    response: Response
    problem: ProblemRecord | None
    another: ProblemRecord | None = None


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

    def check(
        self, exchange: Exchange, response: Response, problem: ProblemRecord | None, *, is_faulty: bool
    ) -> Checked:
        """Checks a request and its response; one that is faulty on purpose is not looked into."""
        request = exchange.request
        if request.fault is not None:
            return Checked(response, problem)
        for contract in reversed(self.loaded):
            operation = contract.document.route(request.method, request.raw_path)
            if operation is not None:
                break
        else:
            return Checked(response, problem)
        is_answer = problem is None and not is_faulty and not response.raw
        contract.coverage.count(operation, response.status if is_answer else None)
        found: list[Violation] = []
        if contract.requests is not Reaction.OFF:
            found += self._react(contract.requests, check_request(request, operation))
        if is_answer and contract.responses is not Reaction.OFF:
            body = response.body if isinstance(response.body, bytes) else None
            wrong = check_response(operation, request, response.status, response.headers, body)
            found += self._react(contract.responses, wrong)
            if body is None and not wrong:
                response = self._checked_later(exchange, contract, operation, response)
        if not found:
            return Checked(response, problem)
        made = self._problem(found)
        return Checked(response, made) if problem is None else Checked(response, problem, made)

    def _react(self, reaction: Reaction, violations: list[Violation]) -> list[Violation]:
        """Those that are problems; the others are said."""
        if reaction is Reaction.FAIL:
            return violations
        if violations:
            self._journal.notice(self._problem(violations).message)
        return []

    def _problem(self, violations: list[Violation]) -> ProblemRecord:
        first, *others = violations
        notes: list[Phrase] = [("The document says so at ", Plain(str(first.place), limit=300), ".")]
        notes += [("Also: ", _Told(violation)) for violation in others[: _MAX_TOLD - 1]]
        if len(others) >= _MAX_TOLD:
            notes.append(f"... and {len(others) - _MAX_TOLD + 1} more")
        return ProblemRecord("CONTRACT", Explanation("CONTRACT", _Told(first), notes=tuple(notes)), self._secrets)

    def _checked_later(
        self, exchange: Exchange, contract: Contract, operation: Operation, response: Response
    ) -> Response:
        """The response with a body that is checked while it is sent."""

        def check(body: bytes) -> None:
            wrong = check_response(operation, exchange.request, response.status, response.headers, body)
            if self._react(contract.responses, wrong):
                self._journal.failed(exchange, self._problem(wrong))

        pieces = partial(_checked, response.pieces, check, is_held=response.length is not None)
        return response.with_body(_Body(pieces), response.length, response.close)


class _Body:
    """Pieces that are made when they are asked for."""

    def __init__(self, pieces: Callable[[], Iterator[bytes]]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces()


def _checked(
    pieces: Callable[[], Iterator[bytes]], check: Callable[[bytes], None], *, is_held: bool
) -> Iterator[bytes]:
    """The pieces; the last one is held back until all of them are checked, if the client knows which it is."""
    collected: bytearray | None = bytearray()
    last = b""
    for piece in pieces():
        if collected is not None:
            collected += piece
            if len(collected) > _MAX_CHECKED:
                collected = None
        if is_held:
            if last:
                yield last
            last = piece
        else:
            yield piece
    if collected is not None:
        check(bytes(collected))
    if last:
        yield last


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
    identifier = f" ({operation.operation_id})" if operation.operation_id else ""
    return visible(f"{operation.name}{identifier}", _MAX_NAME)
