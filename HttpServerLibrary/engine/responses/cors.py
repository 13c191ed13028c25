"""Cross-origin resource sharing: what lets pages of other origins call the server (Fetch Standard, CORS protocol).

A browser sends the Origin of the page. It gives the response to the page only if that names the origin. Before a
request that a form could not send, it asks with a preflight: OPTIONS with the method and the headers that are wanted.

A response names the origin itself, and not ``*``, which browsers do not accept when credentials such as cookies are
sent. For the same reason, the methods and headers that were asked for are repeated in the response to a preflight.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Final, Protocol

from ..arguments import texts_of
from ..errors import UsageError
from ..message.head import TOKEN
from ..message.request import Request
from ..phrase import Phrase, Plain, Quoted, joined
from ..visible import quote
from .arguments import Pairs

_ANY: Final = ("ANY", "*")
_WANTED_METHOD: Final = "access-control-request-method"
_WANTED_HEADERS: Final = "access-control-request-headers"
_WANTED_NETWORK: Final = "access-control-request-private-network"
# Pages can read these anyway, or never.
_NOT_TO_EXPOSE: Final = frozenset(
    {
        *("cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"),
        *("set-cookie", "set-cookie2", "vary", "connection", "transfer-encoding"),
    }
)
# Browsers let pages use these in any case.
_SAFE_METHODS: Final = ("GET", "HEAD", "POST")


class Origins(Protocol):
    """The origins that are allowed."""

    def matches(self, origin: str) -> bool: ...


class _AllOrigins:
    def matches(self, origin: str) -> bool:
        return True


_ALL_ORIGINS: Final = _AllOrigins()


class Cors:
    """Which pages may send which requests.

    ``credentials`` says whether browsers may send cookies and the like. ``max_age`` is for how many seconds a browser
    may remember the response to a preflight.
    """

    def __init__(
        self,
        origins: Origins = _ALL_ORIGINS,
        *,
        headers: object = "ANY",
        methods: object = "ANY",
        credentials: bool = True,
        max_age: float | None = None,
    ) -> None:
        self._origins = origins
        # None: all.
        self._headers = _names(headers, "headers")
        self._methods = _methods(methods)
        self._credentials = credentials
        if max_age == inf:
            raise UsageError("max_age: an end is needed, such as 24 hours.")
        self._max_age = None if max_age is None else str(int(max_age))

    def of_origin(self, request: Request) -> str | None:
        """The origin of a request, if it is allowed."""
        origin = request.header("origin")
        return origin if origin is not None and self._origins.matches(origin) else None

    def added_to(self, request: Request, origin: str | None, headers: Pairs) -> Pairs:
        """The headers that a response to a request of this origin also needs, which is None if it gets none."""
        names = {name.lower() for name, _ in headers}
        pairs: Pairs = []
        if origin is not None:
            pairs = self._of_preflight(request) if is_preflight(request) else _exposed(headers)
            if self._credentials:
                pairs.insert(0, ("Access-Control-Allow-Credentials", "true"))
            pairs.insert(0, ("Access-Control-Allow-Origin", origin))
            pairs = [pair for pair in pairs if pair[0].lower() not in names]
        # The response to another origin is another one, so caches must not mix them up (RFC 9110, 12.5.5).
        vary = {name.strip().lower() for key, value in headers if key.lower() == "vary" for name in value.split(",")}
        return pairs if vary & {"origin", "*"} else [*pairs, ("Vary", "Origin")]

    def _of_preflight(self, request: Request) -> Pairs:
        wanted_headers = request.header(_WANTED_HEADERS)
        methods = request.header(_WANTED_METHOD) if self._methods is None else ", ".join(self._methods)
        headers = wanted_headers if self._headers is None else ", ".join(self._headers)
        pairs = [("Access-Control-Allow-Methods", methods or "")]
        if headers:
            pairs.append(("Access-Control-Allow-Headers", headers))
        if self._max_age is not None:
            pairs.append(("Access-Control-Max-Age", self._max_age))
        if (request.header(_WANTED_NETWORK) or "").strip().lower() == "true":
            pairs.append(("Access-Control-Allow-Private-Network", "true"))
        return pairs

    def refusal(self, request: Request) -> Phrase | None:
        """Why a browser will not let the page have what it wants; None if it will."""
        origin = request.header("origin")
        if origin is None:
            return None
        if not self._origins.matches(origin):
            return joined(
                "the origin ", Quoted(origin), f" is not allowed (origins={self._origins}), so no CORS headers are sent"
            )
        if not is_preflight(request):
            return None
        method = request.header(_WANTED_METHOD) or ""
        if self._methods is not None and method not in (*_SAFE_METHODS, *self._methods):
            return joined("the method ", Plain(method), f" is not allowed (methods={', '.join(self._methods)})")
        if self._headers is not None:
            known = {name.lower() for name in self._headers}
            asked = filter(None, map(str.strip, (request.header(_WANTED_HEADERS) or "").split(",")))
            others = [name for name in asked if name.lower() not in known]
            if others:
                allowed = f" is not allowed (headers={', '.join(self._headers) or 'none'})"
                return joined("the header ", Plain(others[0]), allowed)
        return None


def is_preflight(request: Request) -> bool:
    """Whether a browser asks whether a page may send a request."""
    return (
        request.method == "OPTIONS"
        and request.header(_WANTED_METHOD) is not None
        and request.header("origin") is not None
    )


def _exposed(headers: Iterable[tuple[str, str]]) -> Pairs:
    """The header that lets pages read all headers of a response."""
    names = dict.fromkeys(
        name
        for name, _ in headers
        if name.lower() not in _NOT_TO_EXPOSE and not name.lower().startswith("access-control-")
    )
    return [("Access-Control-Expose-Headers", ", ".join(names))] if names else []


def _names(value: object, what: str) -> list[str] | None:
    """Names of headers or methods; None for all."""
    if isinstance(value, str) and value.strip().upper() in _ANY:
        return None
    names = texts_of(value, what)
    for name in names:
        if not TOKEN.fullmatch(name):
            noun = what.removesuffix("s")
            raise UsageError(f"{what}: ANY or a list of {what} is needed, but {quote(name)} is not a {noun} name.")
    return names


def _methods(value: object) -> list[str] | None:
    names = _names(value, "methods")
    if names == []:
        raise UsageError("methods: the list is empty, so no method would be allowed.")
    # Browsers send all but a few as the page writes them, which is nearly always in upper case.
    return None if names is None else [name.upper() for name in names]
