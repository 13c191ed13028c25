"""A response made by a Python function of the user."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import werkzeug
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException

from ..errors import UsageError
from ..message.reply import RecordingReply
from ..message.request import BodyCut, Request
from ..message.response import Response
from ..phrase import Plain, joined
from ..user_code import raised, resolve
from ..words import counted
from .arguments import Pairs, check_status, checked_pairs, header_pairs, make_response
from .occasion import Occasion
from .responder import ResponseFailed, SendsAtOnce
from .static import respond_data, respond_json, werkzeug_status

_WERKZEUG: Final = Path(werkzeug.__file__).parent


def _no_params(request: Request) -> dict[str, str]:
    return {}


class Handler(SendsAtOnce):
    """Calls a function with a werkzeug Request and sends what it returns.

    ``status`` and ``headers`` are for what it leaves open. ``directory`` is where the function is also looked for, and
    ``path_params`` gives the ``path_params`` of the werkzeug Request.
    """

    takes_time = True

    def __init__(
        self,
        handler: object,
        *,
        status: int | str | None = None,
        headers: object = None,
        directory: Path | None = None,
        path_params: Callable[[Request], Mapping[str, str]] = _no_params,
    ) -> None:
        self._name: str
        self._call: Callable[..., Any]
        self._name, self._call = resolve(handler, "handler", directory)
        if status is not None:
            check_status(status)
        self._status = status
        self._headers = header_pairs(headers)
        self._path_params = path_params

    def respond(self, occasion: Occasion) -> Response:
        try:
            returned = self._answer(occasion.request)
        except BodyCut as error:
            raise ResponseFailed(f"handler {self._name} was not called: {error}") from None
        except BaseException as error:  # even SystemExit: every exception of user code ends in a response
            raise ResponseFailed(joined(f"handler {self._name} raised ", raised(error)), error) from error
        try:
            return self._convert(returned)
        except UsageError as error:
            raise ResponseFailed(
                joined(f"handler {self._name} returned something that cannot be sent: ", Plain(str(error), limit=500)),
                error,
            ) from error
        except Exception as error:
            raise ResponseFailed(
                joined(f"handler {self._name} returned a body that raised ", raised(error)), error
            ) from error

    def send(self, response: Response, reply: RecordingReply) -> None:
        try:
            super().send(response, reply)
        finally:
            response.close()

    def _answer(self, request: Request) -> object:
        try:
            return self._call(request.to_werkzeug(self._path_params(request)))
        except HTTPException as error:
            # A handler may respond with abort() or an exception of werkzeug. Exceptions that werkzeug itself raises,
            # because an argument is missing or the body is not JSON, are errors that the handler did not expect.
            if _raised_by_werkzeug(error) or (error.code is None and error.response is None):
                raise
            return error.get_response()

    def _convert(self, returned: object) -> Response:
        body, status, headers = _parts(returned)
        if isinstance(body, werkzeug.Response):
            return self._from_werkzeug(body, status, headers)
        if status is None:
            status = self._status
        code = status if status is not None else 204 if body is None else 200
        pairs = _merged(_headers(headers), self._headers)
        if body is None:
            return make_response(code, pairs, b"")
        if isinstance(body, (str, bytes)):
            return respond_data(body, status=code, headers=Headers(pairs)).response
        if isinstance(body, (Mapping, list)):
            return respond_json(body, status=code, headers=Headers(pairs)).response
        raise UsageError(
            f"{type(body).__name__}: {body!r}. Return a werkzeug Response, text, bytes, a dictionary or list (sent as "
            "JSON) or None (204 No Content), or one of these in a tuple: (body, status), (body, headers) or "
            "(body, status, headers)."
        )

    def _from_werkzeug(self, response: werkzeug.Response, status: int | str | None, headers: object) -> Response:
        """The response for the wire. When that is closed, the given one is, too; at once if it cannot be sent."""
        try:
            code = werkzeug_status(response) if status is None else status
            pairs = _merged(_headers(headers), checked_pairs(response.headers.to_wsgi_list()), self._headers)
            if response.is_streamed:
                final, reason = check_status(code)
                # Piece by piece, as the handler's generator makes it.
                return Response(final, pairs, _Pieces(response), response.content_length, reason, response.close)
            return make_response(code, pairs, b"".join(response.iter_encoded()), response.close)
        except BaseException:
            response.close()
            raise


def _raised_by_werkzeug(error: HTTPException) -> bool:
    file = Path(traceback.extract_tb(error.__traceback__)[-1].filename)
    return file.is_relative_to(_WERKZEUG) and file.name != "exceptions.py"


def _parts(returned: object) -> tuple[object, Any, object]:
    """Body, status and headers, as far as they were returned: in a tuple as in Flask, or the body alone."""
    if not isinstance(returned, tuple):
        return returned, None, None
    match returned:
        case (body, status, headers):
            return body, status, headers
        case (body, (Mapping() | Headers() | list() | tuple()) as headers):
            return body, None, headers
        case (body, status):
            return body, status, None
    raise UsageError(
        f"a tuple of {counted(len(returned), 'value')}. Return (body, status), (body, headers) or "
        "(body, status, headers)."
    )


def _headers(headers: object) -> Pairs:
    """Header fields, also as a list of pairs."""
    if not isinstance(headers, (list, tuple)):
        return header_pairs(headers)
    pairs: Pairs = []
    for pair in headers:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise UsageError(f"headers: a dictionary or a list of pairs (name, value) is needed, not {headers!r}.")
        pairs += header_pairs({pair[0]: pair[1]})
    return pairs


def _merged(*headers: Pairs) -> Pairs:
    """All header fields; of those with the same name only those of the first list that has it."""
    merged: Pairs = []
    for pairs in headers:
        names = {name.lower() for name, _ in merged}
        merged += [(name, value) for name, value in pairs if name.lower() not in names]
    return merged


class _Pieces:
    def __init__(self, response: werkzeug.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_encoded()
