"""The answer to OPTIONS, which browsers send before a request to another origin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ....matching.difference import Difference, Where
from ....matching.field import Field
from ....matching.path import PathField
from ....matching.suggestion import Suggestion
from ....message.request import Request
from ....message.response import Response
from ....phrase import Masking, Quoted
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
