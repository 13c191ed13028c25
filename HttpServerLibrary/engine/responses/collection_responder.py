"""A collection as a REST resource: which request does what with its items."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from urllib.parse import quote as percent_encoded
from urllib.parse import unquote

from ..message.below import base_path, below
from ..message.json_text import NotJson
from ..message.request import Request
from ..message.response import Response
from ..words import sentence
from .arguments import Pairs
from .collection import BadItem, Collection, IdTaken, NoItem
from .occasion import Occasion
from .responder import SendsAtOnce
from .static import JSON


class CollectionResponder(SendsAtOnce):
    """Answers requests for a collection, which has the path ``base``, and for its items."""

    takes_time = True

    def __init__(self, collection: Collection, base: str) -> None:
        self._collection = collection
        self._base = base_path(base)
        self._of_all: Mapping[str, Callable[[Request], Response]] = {
            "GET": self._list,
            "HEAD": self._list,
            "POST": self._create,
        }
        self._of_one: Mapping[str, Callable[[Request, str], Response]] = {
            "GET": self._read,
            "HEAD": self._read,
            "PUT": self._replace,
            "PATCH": self._merge,
            "DELETE": self._delete,
        }

    def respond(self, occasion: Occasion) -> Response:
        request = occasion.request
        path = (below(request, self._base) or "").removesuffix("/")
        _, *segments = path.split("/")
        if len(segments) > 1:
            return _error(404, "there is nothing below an item")
        method = request.method.upper()
        try:
            if segments:
                change = self._of_one.get(method)
                return _other(method, self._of_one) if change is None else change(request, unquote(segments[0]))
            answer = self._of_all.get(method)
            return _other(method, self._of_all) if answer is None else answer(request)
        except NoItem as error:
            return _error(404, str(error))
        except IdTaken as error:
            return _error(409, str(error))
        except BadItem as error:
            return _error(400, str(error))

    def _list(self, request: Request) -> Response:
        return _json(200, self._collection.select(request.query))

    def _create(self, request: Request) -> Response:
        item = self._collection.add(_body(request))
        key = percent_encoded(str(item[self._collection.id_field]), safe="")
        return _json(201, item, [("Location", f"{request.raw_path.removesuffix('/')}/{key}")])

    def _read(self, request: Request, key: str) -> Response:
        return _json(200, self._collection.get(key))

    def _replace(self, request: Request, key: str) -> Response:
        return _json(200, self._collection.replace(key, _body(request)))

    def _merge(self, request: Request, key: str) -> Response:
        return _json(200, self._collection.merge(key, _body(request)))

    def _delete(self, request: Request, key: str) -> Response:
        self._collection.remove(key)
        return Response(204)


def _body(request: Request) -> object:
    try:
        return request.parse_json()
    except NotJson as error:
        raise BadItem(f"the body is not JSON: {error}") from None


def _other(method: str, allowed: Mapping[str, object]) -> Response:
    """The response to a method that does nothing with items (RFC 9110, 9.3.7 and 15.5.6)."""
    names = ", ".join([*allowed, "OPTIONS"])
    headers = [("Allow", names)]
    return Response(204, headers) if method == "OPTIONS" else _error(405, f"the allowed methods are {names}", headers)


def _error(status: int, reason: str, headers: Pairs | None = None) -> Response:
    return _json(status, {"error": f"{sentence(reason)}."}, headers)


def _json(status: int, value: object, headers: Pairs | None = None) -> Response:
    text = json.dumps(value, ensure_ascii=False)
    # A lone surrogate, which UTF-8 cannot carry, becomes its JSON escape.
    body = text.encode("utf-8", "backslashreplace")
    return Response(status, [("Content-Type", JSON), *(headers or [])], body)
