"""WSGI applications that servers call."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import werkzeug
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

StartResponse = Callable[..., Any]

_ROUTES = Map(
    [
        Rule("/", endpoint="home"),
        Rule("/items/<int:number>", endpoint="item"),
        Rule("/parts", endpoint="parts"),
        Rule("/broken", endpoint="broken"),
    ]
)


def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """A shop with routes, as frameworks make them."""
    request = werkzeug.Request(environ)
    urls = _ROUTES.bind_to_environ(environ)
    try:
        endpoint, values = urls.match()
    except HTTPException as error:
        return error(environ, start_response)
    if endpoint == "broken":
        raise RuntimeError("the shop is on fire")
    if endpoint == "parts":
        return werkzeug.Response(iter(["one ", "two ", "three"]))(environ, start_response)
    facts = {
        "endpoint": endpoint,
        "number": values.get("number"),
        "method": request.method,
        "body": request.get_data(as_text=True),
        "query": request.args.get("page"),
        "next": urls.build("item", {"number": values.get("number", 0) + 1}, force_external=True),
    }
    return werkzeug.Response(json.dumps(facts), 202, content_type="application/json")(environ, start_response)


async def asgi(scope: object, receive: object, send: object) -> None:
    """An ASGI application, which no WSGI server can call."""
