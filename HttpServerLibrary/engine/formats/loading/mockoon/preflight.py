"""The answer to OPTIONS, which browsers send before a request to another origin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ....matching.difference import Difference, Where
from ....matching.field import Field
from ....matching.path import Below, PathField
from ....matching.suggestion import Suggestion
from ....message.request import Request
from ....message.response import Response
from ....phrase import Masking, Plain, Quoted
from ....responses.occasion import Occasion
from ....responses.responder import SendsAtOnce
from .answers import Shared, scene_beside_routes
from .header_fields import Fields
from .paths import RoutePath

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_CORS: Final = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS"),
    (
        "Access-Control-Allow-Headers",
        "Content-Type, Origin, Accept, Authorization, Content-Length, X-Requested-With",
    ),
)


class OfRoutes(PathField):
    """The paths of all routes. ``routes`` are their paths and methods."""

    def __init__(self, routes: Sequence[tuple[RoutePath, Field | None]]) -> None:
        self._routes = routes

    @property
    def written(self) -> str:
        return "path of a route"

    def matches(self, request: Request) -> bool:
        return any(path.matches(request) for path, _ in self._routes)

    def methods(self, request: Request) -> list[str]:
        """The methods of the routes that have the path of a request."""
        requests = [_with_method(request, name) for name in _METHODS]
        found = [
            other.method
            for path, method in self._routes
            if path.matches(request)
            for other in requests
            if method is None or method.matches(other)
        ]
        return [*dict.fromkeys(found)]

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            yield Difference(Where("path"), f"the {self.written}", Quoted(request.path))

    def suggestion(self, request: Request) -> Suggestion | None:
        return None

    def shown(self, masking: Masking) -> str:
        return f"({self.written})"


class Anywhere(PathField):
    """All paths, or those below one, of requests with OPTIONS.

    For other requests it differs, so that this expectation is not the nearest to each request without a route.
    """

    def __init__(self, below: Below | None) -> None:
        self._below = below

    @property
    def written(self) -> str:
        return "/*" if self._below is None else self._below.written

    def matches(self, request: Request) -> bool:
        return request.method == "OPTIONS" and (self._below is None or self._below.matches(request))

    def differences(self, request: Request) -> Iterator[Difference]:
        if request.method != "OPTIONS":
            yield Difference(Where("path"), "the path of a preflight request", Quoted(request.path))
        elif self._below is not None:
            yield from self._below.differences(request)

    def suggestion(self, request: Request) -> Suggestion | None:
        return None

    def shown(self, masking: Masking) -> str:
        return Plain(self.written).shown(masking)


def _with_method(request: Request, method: str) -> Request:
    return Request(method, request.target)


class Allowed(SendsAtOnce):
    """Says which methods the path has; so does Express where an environment answers no preflight requests."""

    def __init__(self, shared: Shared, paths: OfRoutes) -> None:
        self._shared = shared
        self._paths = paths
        self.takes_time = shared.headers.loops

    def respond(self, occasion: Occasion) -> Response:
        fields = Fields()
        fields.add_all(self._shared.headers.render(scene_beside_routes(self._shared, occasion)))
        methods = ",".join(self._paths.methods(occasion.request))
        fields.set("Allow", methods)
        fields.set_charset()
        return Response(200, fields.pairs(), methods.encode())


class Preflight(SendsAtOnce):
    """Allows everything; the headers of the environment override that."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self.takes_time = shared.headers.loops

    def respond(self, occasion: Occasion) -> Response:
        fields = Fields()
        headers = self._shared.headers.render(scene_beside_routes(self._shared, occasion))
        for each in (headers, _CORS, headers):
            fields.add_all(each)
        return Response(200, fields.pairs())
