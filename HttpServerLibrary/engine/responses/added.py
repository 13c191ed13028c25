"""Headers that are added to every response: default headers, and those for pages of other origins (CORS)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..message.request import Request
from ..message.response import Response
from .arguments import Pairs
from .cors import Cors, is_preflight

DefaultHeaders = Mapping[str, Pairs]
"""Header fields by their names in lower case."""

# How many copies of a response are kept, each for another origin, and how long such an origin is.
_MAX_COPIES: Final = 16
_MAX_ORIGIN: Final = 200


class AddedHeaders:
    """Adds headers to responses that do not have them.

    A shared response answers many requests, so its copies are kept with it. There are only so many; beyond that, each
    response is a copy of its own. Otherwise a client that invents origins would fill the memory.
    """

    def __init__(self, defaults: DefaultHeaders, cors: Cors | None) -> None:
        self._defaults = defaults
        self.cors = cors

    def answers(self, request: Request) -> bool:
        """Whether a request is a preflight that needs no expectation."""
        return self.cors is not None and is_preflight(request)

    def to(self, response: Response, request: Request) -> Response:
        """The response to a request with the added headers."""
        if response.raw:
            return response
        origin = None if self.cors is None else self.cors.of_origin(request)
        if not response.shared or is_preflight(request):
            return self._copy(response, request, origin)
        owner, copies = response.copies
        if owner is not self:
            copies = {}
            response.copies = self, copies
        copy = copies.get(origin)
        if copy is None:
            copy = self._copy(response, request, origin)
            if len(copies) < _MAX_COPIES and len(origin or "") <= _MAX_ORIGIN:
                copy.shared = True
                copies[origin] = copy
        return copy

    def _copy(self, response: Response, request: Request, origin: str | None) -> Response:
        names = {name.lower() for name, _ in response.headers}
        headers = [*response.headers]
        for name, pairs in self._defaults.items():
            if name not in names:
                headers += pairs
        if self.cors is not None:
            headers += self.cors.added_to(request, origin, headers)
        return response.with_headers(headers)
