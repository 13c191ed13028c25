"""What tests of contracts share."""

from __future__ import annotations

import json
from typing import Any, Protocol

from HttpServerLibrary.engine.contract.checking import check_request, check_response
from HttpServerLibrary.engine.contract.document import Document
from HttpServerLibrary.engine.contract.operations import Operation
from HttpServerLibrary.engine.message.request import Request

JSON = (("Content-Type", "application/json"),)


class MakeDocument(Protocol):
    def __call__(self, text: str, version: str = ..., base_path: str | None = ...) -> Document: ...


class MakeOperation(Protocol):
    def __call__(
        self, text: str, rest: str = ..., version: str = ..., method: str = ..., path: str = ...
    ) -> Operation: ...


def request_of(
    operation: Operation, value: Any = None, target: str = "", headers: tuple[tuple[str, str], ...] = JSON
) -> Request:
    """A request to an operation, with a JSON body if there is a value."""
    body = b"" if value is None else json.dumps(value).encode()
    return Request.of(operation.method, target or operation.path, headers, body)


def in_request(operation: Operation, request: Request) -> list[str]:
    """What is wrong with a request, without what all messages begin with."""
    subject = f"{operation.name}, request: "
    found = [str(violation) for violation in check_request(request, operation)]
    assert all(text.startswith(subject) for text in found)
    return [text.removeprefix(subject) for text in found]


def in_response(
    operation: Operation,
    body: bytes | None,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = JSON,
    request: Request | None = None,
) -> list[str]:
    """The same of a response."""
    subject = f"{operation.name}, response {status}: "
    found = check_response(operation, request or request_of(operation), status, headers, body)
    texts = [str(violation) for violation in found]
    assert all(text.startswith(subject) for text in texts)
    return [text.removeprefix(subject) for text in texts]


def in_value(operation: Operation, value: Any) -> list[str]:
    """What is wrong with a value as the body of its response 200."""
    return in_response(operation, json.dumps(value).encode())
