"""Keywords about headers that every response gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from robot.api.deco import keyword

from ..engine.arguments import boolean
from ..engine.errors import UsageError
from ..engine.matching.origins import Origins
from ..engine.responses.arguments import headers_by_name
from ..engine.responses.cors import Cors
from ..options import parse_seconds
from .base import KeywordBase, hiding, reveal
from .fields import Named, Seconds, Texts

_BOOLEANS: Final = ("TRUE", "YES", "ON", "FALSE", "NO", "OFF", "NONE")


class HeaderKeywords(KeywordBase):
    @keyword
    def set_default_headers(self, headers: Named, *, server: str | None = None) -> None:
        """Adds headers to every response that does not have them, until the end of the scope.

        This includes responses to unexpected requests, and those of handlers, files, streams and forwarding, but not
        those of `Respond With Raw`. A header that a response already has stays as it is. Another call in the same scope
        replaces the headers. Those of an outer scope are added, too, unless the inner scope has a header of that name.

        Args:
            headers: A dictionary (a list of values repeats a header) or lines ``Name: value``. ``${None}``, or an empty
                dictionary or text, ends it, also for the headers of outer scopes.
            server: Alias of the server; the current one when left out.

        Fails when a header cannot be sent. Then the previous setting stays.

        Example:
        | Set Default Headers    Cache-Control: no-store
        | Set Default Headers    {"X-Frame-Options": "DENY", "Server": "nginx"}
        """
        http_server = self._server(server)
        with hiding(http_server.secrets):
            given = reveal(headers, "headers", http_server.secrets, http_server.book.innermost())
            http_server.book.set_default_headers(headers_by_name(given))

    @keyword
    def set_cors(
        self,
        origins: Texts | bool | None = "ANY",
        *,
        headers: Texts = "ANY",
        methods: Texts = "ANY",
        credentials: bool = True,
        max_age: Seconds | None = None,
        server: str | None = None,
    ) -> None:
        """Lets pages of other origins call the server (CORS), until the end of the scope.

        Every response to a request with an allowed ``Origin`` gets the headers that let the page read it, including
        responses to unexpected requests. The server answers preflights, which browsers send before some requests, with
        status 204. Preflights are among the received requests, but they are not problems, use up no expectation and
        break no order. An expectation whose ``method`` is or includes ``OPTIONS`` comes first. ``Access-Control-*``
        headers that a response already has stay as they are. See `Browser applications`.

        Args:
            origins: Origins such as ``http://localhost:3000`` that may call the server: a list, or text with commas.
                Text patterns are allowed, as in ``GLOB:https://*.example.com``. ``ANY`` is all origins, ``null`` that
                of pages without one. ``${False}`` ends it.
            headers: Names of the headers that pages may send: a list, or text with commas. ``ANY`` is all headers.
            methods: Methods that pages may use, likewise.
            credentials: ``False`` if pages must not send cookies, nor read responses to requests with cookies.
            max_age: How long browsers may remember the answer to a preflight, in seconds or as a time string. 5 seconds
                in most browsers when left out.
            server: Alias of the server; the current one when left out.

        If a browser asks for something that is not allowed, the response does not allow it, and the log says so.

        Fails when an origin, method or header is not valid. Then the previous setting stays.

        Example:
        | Set Cors
        | Set Cors    http://localhost:3000, GLOB:https://*.example.com    methods=GET, PUT    max_age=10 minutes
        | Set Cors    ${False}
        """
        http_server = self._server(server)
        with hiding(http_server.secrets):
            allowed = _allowed(origins)
            cors = Cors(
                allowed or Origins(),
                headers=headers,
                methods=methods,
                credentials=boolean(credentials, "credentials"),
                max_age=None if max_age is None else parse_seconds(max_age, "max_age"),
            )
            http_server.book.set_cors(None if allowed is None else cors)


def _allowed(origins: object) -> Origins | None:
    """The origins that may call the server; None if that ends."""
    if isinstance(origins, str) and origins.strip().upper() in _BOOLEANS:
        origins = boolean(origins.strip(), "origins")
    if origins is None or origins is False:
        return None
    if not isinstance(origins, (bool, str, Sequence)):
        raise UsageError(f"origins: a list or text is needed, not {type(origins).__name__}: {origins!r}.")
    return Origins() if origins is True else Origins(origins)
