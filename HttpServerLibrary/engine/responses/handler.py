"""A response made by a Python function of the user."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import werkzeug
from werkzeug.exceptions import HTTPException

from ..errors import UsageError
from ..message.reply import Reply
from ..message.request import BodyCut, Request
from ..message.response import Response
from ..phrase import Plain, joined
from ..user_code import raised, resolve
from .arguments import check_status, checked_pairs
from .responder import HandlerFailed, SendsAtOnce
from .static import from_werkzeug, respond_data, respond_json, werkzeug_status

_WERKZEUG: Final = Path(werkzeug.__file__).parent


class Handler(SendsAtOnce):
    """Calls a function with a werkzeug Request and sends what it returns."""

    takes_time = True

    def __init__(self, handler: object) -> None:
        self._name: str
        self._call: Callable[..., Any]
        self._name, self._call = resolve(handler, "handler")

    def respond(self, request: Request) -> Response:
        try:
            returned = self._answer(request)
        except BodyCut as error:
            raise HandlerFailed(f"handler {self._name} was not called: {error}") from None
        except BaseException as error:  # even SystemExit: every exception of user code ends in a response
            raise HandlerFailed(joined(f"handler {self._name} raised ", raised(error)), error) from error
        try:
            return self._convert(returned)
        except UsageError as error:
            raise HandlerFailed(
                joined(f"handler {self._name} returned something that cannot be sent: ", Plain(str(error), limit=500)),
                error,
            ) from error
        except Exception as error:
            raise HandlerFailed(
                joined(f"handler {self._name} returned a body that raised ", raised(error)), error
            ) from error

    def send(self, response: Response, reply: Reply) -> None:
        try:
            super().send(response, reply)
        finally:
            response.close()

    def _answer(self, request: Request) -> object:
        try:
            return self._call(request.to_werkzeug())
        except HTTPException as error:
            # A handler may respond with abort() or an exception of werkzeug. Exceptions that werkzeug itself raises,
            # because an argument is missing or the body is not JSON, are errors that the handler did not expect.
            if _raised_by_werkzeug(error) or (error.code is None and error.response is None):
                raise
            return error.get_response()

    def _convert(self, returned: object) -> Response:
        if isinstance(returned, werkzeug.Response):
            return _converted(returned)
        if isinstance(returned, (str, bytes)):
            return respond_data(returned).response
        if isinstance(returned, (Mapping, list)):
            return respond_json(returned).response
        if returned is None:
            return Response(204)
        raise UsageError(
            f"{type(returned).__name__}: {returned!r}. Return a werkzeug Response, text, bytes, "
            "a dictionary or list (sent as JSON) or None (204 No Content)."
        )


def _raised_by_werkzeug(error: HTTPException) -> bool:
    file = Path(traceback.extract_tb(error.__traceback__)[-1].filename)
    return file.is_relative_to(_WERKZEUG) and file.name != "exceptions.py"


def _converted(response: werkzeug.Response) -> Response:
    """The response for the wire. When that is closed, the given one is closed, too; at once if it cannot be sent."""
    try:
        if response.is_streamed:
            return _streamed(response)
        return from_werkzeug(response, response.close)
    except BaseException:
        response.close()
        raise


def _streamed(response: werkzeug.Response) -> Response:
    """Sends a body piece by piece, as the handler's generator makes it."""
    code, reason = check_status(werkzeug_status(response))
    pairs = checked_pairs(response.headers.to_wsgi_list())
    body = _Pieces(response)
    return Response(code, pairs, body, response.content_length, reason, response.close)


class _Pieces:
    def __init__(self, response: werkzeug.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_encoded()
