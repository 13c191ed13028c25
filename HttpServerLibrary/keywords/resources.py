"""Keywords that serve everything below a path: files, applications, collections."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from robot.api.deco import keyword

from ..engine.errors import UsageError
from ..engine.expectations.expectation import Draft, Expectation, Rank
from ..engine.expectations.served import ServedCollection
from ..engine.expectations.turns import Turn
from ..engine.matching.description import RequestDescription
from ..engine.matching.path import Below, Method
from ..engine.responses.app import App
from ..engine.responses.collection import Collection
from ..engine.responses.collection_responder import CollectionResponder
from ..engine.responses.directory import Directory
from ..engine.responses.responder import Responder
from ..engine.server import HttpServer
from .base import KeywordBase, hiding, reveal
from .fields import Function, checked_path


class ResourceKeywords(KeywordBase):
    @keyword
    def serve_directory(
        self,
        path: str,
        directory: Path,
        *,
        index: str | None = "index.html",
        fallback: str | None = None,
        server: str | None = None,
    ) -> Expectation:
        """Serves the files below a directory, for example a web application as it was built.

        GET and HEAD get the file as it is when the request arrives; requests with other methods are unexpected. The
        Content-Type follows from the file name. Conditional requests and Range work as with `Respond With File`. A path
        without a file gets status 404, which is not a problem.

        The path of a directory gets its ``index``. If the slash at the end is missing, the client is redirected to the
        path with the slash, so that relative links work. Directories are not listed.

        Nothing outside the directory is ever served, neither by ``..`` in any encoding nor by a link that leads
        outside. Links that stay inside are followed. Everything else is served, including files whose names begin with
        a dot.

        Args:
            path: Path that the directory has on the server, such as ``/app`` or ``/``. Longer paths come first.
            directory: Path of the directory. A relative path is resolved against the current directory, so
                ``${CURDIR}`` helps.
            index: Name of the file that stands for its directory; ``${None}`` for none.
            fallback: Path of a file in the directory that is sent for each path without a file, as a single-page
                application with its own routes needs.
            server: Alias of the server; the current one when left out.

        Returns:
            The expectation, for `Remove Expectation` and for checks of what was received.

        When the directory is gone, or a file cannot be read, that is a problem, and the client gets status 500.

        Fails when there is no such directory, or it does not have the fallback; nothing is registered then. The
        directory may be empty.

        Example:
        | Serve Directory    /app    ${CURDIR}/dist    fallback=index.html
        | Expect Request    /app/config.json
        | Respond With Json    {"language": "en"}
        """
        http_server, below = self._place(path, server)
        responder = Directory(below.path, directory, index=index, fallback=fallback)
        return self._serve(http_server, below, responder, f"directory {responder.name}", Method("GET,HEAD"))

    @keyword
    def serve_app(self, path: str, app: Function, *, server: str | None = None) -> Expectation:
        """Serves a WSGI application (PEP 3333), for example one of Flask, Django or Bottle.

        It gets all requests at the path and below it, with any method. The path itself is ``SCRIPT_NAME``, and what
        follows it ``PATH_INFO``, so the application finds its routes and makes its URLs as if it were alone. Its
        responses are streamed.

        It runs in threads of the server, several at the same time, so it must not call Robot Framework keywords. An
        exception that it raises is a problem of kind ``HANDLER ERROR``, and the client gets status 500. Many frameworks
        turn exceptions into responses themselves: in Flask, ``app.testing = True`` lets them through.

        Args:
            path: Path that the application has on the server, such as ``/shop`` or ``/``. Longer paths come first.
            app: The application, or its name ``module.app`` or ``file.py:app``; `Respond With Handler` says where it is
                looked for.
            server: Alias of the server; the current one when left out.

        Returns:
            The expectation, for `Remove Expectation` and for checks of what was received.

        Fails when the application cannot be found, its file cannot be imported, it cannot be called as a WSGI
        application is, or it is an ASGI application; nothing is registered then.

        Example:
        | Serve App    /demo    wsgiref.simple_server.demo_app
        | ${answer} =    GET    ${HTTP_SERVER_URL}/demo/hello
        | Should Contain    ${answer.text}    PATH_INFO = '/hello'
        """
        http_server, below = self._place(path, server)
        responder = App(below.path, app, directory=self._directory())
        return self._serve(http_server, below, responder, f"app {responder.name}")

    @keyword
    def serve_collection(
        self,
        path: str,
        items: Sequence[Any] | str = (),
        *,
        id_field: str = "id",
        server: str | None = None,
    ) -> ServedCollection:
        """Serves a list of items as a REST resource, which clients can read and change.

        | = Request = | = What it does = | = Response = |
        | ``GET /orders`` | All items, in the order in which they were added; with a query those that match. | 200 |
        | ``POST /orders`` | Adds an item. | 201, Location, the item |
        | ``GET /orders/7`` | One item. | 200 |
        | ``PUT /orders/7`` | Replaces an item. | 200, the item |
        | ``PATCH /orders/7`` | Changes members of an item; ``null`` removes them (RFC 7396). | 200, the item |
        | ``DELETE /orders/7`` | Removes an item. | 204 |

        A request gets status 404 when there is no such item, also with PUT; 409 when the id of a new item is taken; 400
        when the body is not a JSON object, or its id is not valid or differs from the one in the path. Then the body is
        JSON: ``{"error": "..."}``. HEAD and OPTIONS work, too; other methods get status 405. These are ordinary
        responses, not problems.

        *In a query*, each parameter names a field of the items, whose value is compared as text:
        ``state=open&paid=true``. If a parameter is repeated, one of its values must match. An item without the field
        does not match, so a misspelled field finds nothing.

        *Ids* are whole numbers or text. An item without an id, or with ``null``, gets one: the next number, or a UUID
        when the collection has had an id that is text.

        Args:
            path: Path of the collection, such as ``/orders``.
            items: The first items: a list of dictionaries, also written as JSON; none when left out.
            id_field: Name of the field with the id of an item.
            server: Alias of the server; the current one when left out.

        Returns:
            The collection, for `Get Collection Items`, for `Remove Expectation`, and for checks of what was received.

        Fails when an item is not a dictionary or not JSON, an id is neither a whole number nor text, or two items have
        the same id; nothing is registered then.

        Example:
        | ${orders} =    Serve Collection    /orders    [{"id": 7, "item": "book"}]
        | ${order} =    Create Dictionary    item=pen
        | ${answer} =    POST    ${HTTP_SERVER_URL}/orders    json=${order}    expected_status=201
        | Should Be Equal    ${answer.headers}[Location]    /orders/8
        | Request Should Have Been Received    ${orders}    method=POST
        """
        http_server, below = self._place(path, server)
        with hiding(http_server.secrets):
            given = reveal(items, "items", http_server.secrets, http_server.book.innermost())
            collection = Collection(given, id_field)
        responder = CollectionResponder(collection, below.path)
        return ServedCollection(
            below.path or "/", collection, self._serve(http_server, below, responder, "a collection")
        )

    @keyword
    def get_collection_items(self, collection: ServedCollection) -> list[dict[str, Any]]:
        """Returns the items of a collection as they are now, in the order in which they were added.

        Args:
            collection: What `Serve Collection` returned.

        Returns:
            A list of dictionaries, which are copies.

        Example:
        | ${orders} =    Serve Collection    /orders    [{"id": 7, "item": "book"}]
        | DELETE    ${HTTP_SERVER_URL}/orders/7
        | ${items} =    Get Collection Items    ${orders}
        | Should Be Empty    ${items}
        """
        self._enter()
        if not isinstance(collection, ServedCollection):
            # Only from plain Python; Robot Framework checks the type.
            raise UsageError(f"collection: a collection is needed, not {type(collection).__name__}: {collection!r}.")
        return collection.items

    def _place(self, path: str, server: str | None) -> tuple[HttpServer, Below]:
        """Where something is served."""
        http_server = self._server(server)
        http_server.require_running()
        return http_server, Below(checked_path(path))

    @staticmethod
    def _serve(
        http_server: HttpServer, below: Below, responder: Responder, origin: str, method: Method | None = None
    ) -> Expectation:
        # It does not become the expectation that `Respond With ...` applies to: that would replace its responses.
        description = RequestDescription.of_fields(below, method)
        turns = [Turn(responder)]
        draft = Draft(description, turns, rank=Rank.SERVED, precedence=-len(below.path), origin=origin)
        [expectation] = http_server.book.register_all([draft])
        return expectation
