"""A WSGI application (PEP 3333) below a path.

An application says status and headers by calling ``start_response``, at the latest before the first piece of its body.
So it is run up to its first piece that is not empty, which makes the response; the rest is made while it is sent. What
it gives to ``write`` while it is called is sent once it has returned.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import unquote_to_bytes

from ..errors import UsageError
from ..message.below import base_path, below
from ..message.environ import wsgi_environ
from ..message.reply import RecordingReply
from ..message.request import Request
from ..message.response import Response
from ..phrase import Plain, joined
from ..user_code import raised, resolve
from .arguments import Pairs, check_status, checked_pairs, make_response
from .occasion import Occasion
from .responder import ResponseFailed, SendsAtOnce

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class App(SendsAtOnce):
    """Calls a WSGI application and sends its response.

    ``base`` is the path that the application has, and ``directory`` is where it is also looked for.
    """

    takes_time = True

    def __init__(self, base: str, app: object, *, directory: Path | None = None) -> None:
        self._base = base_path(base)
        self.name: str
        self._app: Callable[..., Any]
        self.name, self._app = resolve(app, "app", directory)
        if _is_asgi(self._app):
            raise UsageError(
                f"app: {self.name} is an ASGI application. A WSGI application (PEP 3333) is needed, such as one of "
                "Flask or Django."
            )
        if not _takes_call(self._app):
            raise UsageError(
                f"app: {self.name} cannot be called with environ and start_response, as a WSGI application (PEP 3333) "
                "is. If it makes one, give that."
            )

    def respond(self, occasion: Occasion) -> Response:
        request = occasion.request
        if request.cut is not None:
            raise ResponseFailed(f"app {self.name} was not called: the body has {request.cut.advice}")
        call = _Call()
        try:
            return call.response(self._app, self._environ(request))
        except BaseException as error:  # even SystemExit: every exception of user code ends in a response
            is_unsendable = isinstance(error, UsageError)
            verb = "returned something that cannot be sent: " if is_unsendable else "raised "
            reason = Plain(str(error), limit=500) if is_unsendable else raised(error)
            # The first error is the one that matters.
            with suppress(BaseException):
                call.close()
            raise ResponseFailed(joined(f"app {self.name} {verb}", reason), error) from error

    def send(self, response: Response, reply: RecordingReply) -> None:
        try:
            super().send(response, reply)
        finally:
            response.close()

    def _environ(self, request: Request) -> dict[str, Any]:
        environ = wsgi_environ(request, request.body)
        raw = request.raw_path
        path = below(request, self._base) or ""
        environ["SCRIPT_NAME"] = _as_wsgi(raw[: len(raw) - len(path)])
        environ["PATH_INFO"] = _as_wsgi(path)
        if request.body:
            # Many applications read no more than this says. The body has arrived whole, whatever framed it.
            environ["CONTENT_LENGTH"] = str(len(request.body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        return environ


class _Call:
    """One call of an application: what it has said of its response, and its body."""

    def __init__(self) -> None:
        self._said: tuple[object, list[object]] | None = None
        # Whether status and headers are on their way to the client.
        self._has_begun = False
        self._written: list[bytes] = []
        self._result: Iterable[bytes] = ()

    def start_response(
        self, status: object, headers: Iterable[object], exc_info: ExcInfo | None = None, /
    ) -> Callable[[bytes], None]:
        if exc_info is not None:
            try:
                if self._has_begun:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                # It refers to this frame.
                exc_info = None
        elif self._said is not None:
            raise RuntimeError("start_response was called a second time, without exc_info")
        self._said = status, [*headers]
        return self._write

    def _write(self, data: bytes) -> None:
        self._written.append(_checked(data))

    def response(self, app: Callable[..., Any], environ: dict[str, Any]) -> Response:
        """Runs the application up to its first piece; returns its response. Raises `UsageError`."""
        self._result = app(environ, self.start_response)
        # None is what is left of a forgotten return.
        if self._result is None or isinstance(self._result, (str, bytes)):
            raise UsageError(f"{type(self._result).__name__}. An iterable of bytes is needed, such as [b'...'].")
        pieces = self._pieces()
        # All of a list is known at once.
        first = b"".join(pieces) if isinstance(self._result, Sequence) else next(pieces, b"")
        if self._said is None:
            raise UsageError("a body without a status. start_response must be called before it.")
        self._has_begun = True
        status, headers = self._said
        if not isinstance(status, str):
            raise UsageError(f"status: text such as '200 OK' is needed, not {status!r}.")
        pairs = checked_pairs([*map(_pair, headers)])
        if not first or isinstance(self._result, Sequence):
            return make_response(status, pairs, first, self.close)
        code, reason = check_status(status)
        return Response(code, pairs, chain([first], pieces), _length(pairs), reason, self.close)

    def _pieces(self) -> Iterator[bytes]:
        """The pieces that are not empty, what was written first."""
        for piece in self._result:
            yield from self._taken()
            if _checked(piece):
                yield piece
        yield from self._taken()

    def _taken(self) -> list[bytes]:
        written, self._written = self._written, []
        return [piece for piece in written if piece]

    def close(self) -> None:
        close = getattr(self._result, "close", None)
        if close is not None:
            close()


def _checked(piece: object) -> bytes:
    if not isinstance(piece, bytes):
        raise UsageError(f"a piece of the body that is {type(piece).__name__}: {piece!r}. Bytes are needed.")
    return piece


def _pair(pair: object) -> tuple[str, str]:
    match pair:
        case (str(name), str(value)):
            return name, value
    raise UsageError(f"headers: a list of pairs of text (name, value) is needed, but it has {pair!r}.")


def _length(pairs: Pairs) -> int | None:
    """The length of a body that is not known yet, as its headers give it."""
    for name, value in pairs:
        if name.lower() == "content-length":
            if not (value.isascii() and value.isdigit()):
                raise UsageError(f"headers: Content-Length is {value!r}, which is no number.")
            return int(value)
    return None


def _as_wsgi(path: str) -> str:
    """A path as sent, decoded to the text that PEP 3333 wants: its bytes as latin-1."""
    return unquote_to_bytes(path).decode("latin-1")


def _is_asgi(app: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(getattr(app, "__call__", None))  # noqa: B004


def _takes_call(app: Callable[..., Any]) -> bool:
    """Whether an application can be called as a server does, as far as its signature says."""
    try:
        signature = inspect.signature(app)
    except (TypeError, ValueError):
        # Of some that are not written in Python.
        return True
    try:
        signature.bind({}, None)
    except TypeError:
        return False
    return True
