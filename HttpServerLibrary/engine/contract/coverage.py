"""Which operations and statuses of a document were used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Lock
from typing import TypedDict

from .operations import Operation


class Row(TypedDict):
    """A response of an operation, and how many requests got it.

    ``status`` is as the document has it: ``201``, ``4XX``, ``default``; a status that it does not have is itself. It is
    empty where no response was sent, and for an operation that has none.
    """

    method: str
    path: str
    operation: str | None
    status: str
    requests: int


class Coverage:
    """Counts the responses of the operations of a document. Threads may count at the same time."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._operations = operations
        self._used: dict[Operation, dict[str, int]] = {}
        self._lock = Lock()

    def count(self, operation: Operation, status: int | None) -> None:
        """Notes a request to an operation; without a status, no response was sent."""
        response = None if status is None else operation.response(status)
        written = "" if status is None else str(status) if response is None else response.status
        with self._lock:
            statuses = self._used.setdefault(operation, {})
            statuses[written] = statuses.get(written, 0) + 1

    def rows(self) -> list[Row]:
        """All responses of all operations, in the order of the document, then those that it does not have."""
        with self._lock:
            used = {operation: {**statuses} for operation, statuses in self._used.items()}
        return [
            Row(
                method=operation.method,
                path=operation.path,
                operation=operation.operation_id,
                status=status,
                requests=used.get(operation, {}).get(status, 0),
            )
            for operation in self._operations
            for status in dict.fromkeys([*operation.responses, *used.get(operation, {})]) or [""]
        ]

    def unused(self, operations: Iterable[Operation] | None = None) -> list[Operation]:
        """The operations without requests."""
        wanted = self._operations if operations is None else operations
        with self._lock:
            return [operation for operation in wanted if operation not in self._used]

    def unused_responses(self, operations: Iterable[Operation] | None = None) -> list[tuple[Operation, str]]:
        """The statuses of the document that no request got, by operation."""
        wanted = self._operations if operations is None else operations
        with self._lock:
            used = {operation: {**statuses} for operation, statuses in self._used.items()}
        return [
            (operation, status)
            for operation in wanted
            for status in operation.responses
            if status not in used.get(operation, {})
        ]
