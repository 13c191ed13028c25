"""JSON over HTTP, as both services speak it."""

from __future__ import annotations

import json
import os
import time
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

ATTEMPTS = 3
FIRST_PAUSE = 0.01


class ServiceError(Exception):
    """The message for the customer."""


class Busy(ServiceError):
    """The service answered 503: it may work a moment later, after so many seconds if it said so."""

    def __init__(self, message: str, retry_after: str | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def call(method: str, url: str, body: object = None, headers: dict[str, str] | None = None) -> Any:
    """The JSON answer, or None when the service answers 404."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Accept": "application/json", **(headers or {})}, method=method)
    if data is not None:
        request.add_header("Content-Type", "application/json")
    try:
        with urlopen(request, timeout=float(os.environ.get("SHOP_TIMEOUT", "5"))) as response:
            return json.load(response)
    except HTTPError as error:
        if error.code == 404:
            return None
        if error.code == 503:
            raise Busy(f"{url} is busy.", error.headers["Retry-After"]) from error
        raise ServiceError(f"{url} answered {error.code}.") from error
    except (URLError, TimeoutError) as error:
        raise ServiceError(f"{url} does not answer.") from error


def call_again_when_busy(method: str, url: str, body: object = None, headers: dict[str, str] | None = None) -> Any:
    """Like `call`, with a few attempts, each after the pause that the service asks for, or else after a longer one."""
    for attempt in range(ATTEMPTS):
        try:
            return call(method, url, body, headers)
        except Busy as busy:
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(FIRST_PAUSE * 2**attempt if busy.retry_after is None else float(busy.retry_after))
    return None
