"""Environments for tests, with as few members as possible."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from HttpServerLibrary.engine.formats.loading.load import Format, load
from HttpServerLibrary.engine.formats.loading.loaded import Loaded, Surroundings
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.responses.forwarding import Own
from HttpServerLibrary.engine.responses.occasion import Occasion

PORT = 8123


def route(endpoint: str, *responses: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"uuid": endpoint, "method": "get", "endpoint": endpoint, "responses": [*responses], **members}


def rule(target: str, modifier: str = "", value: str = "", operator: str = "equals", **members: Any) -> dict[str, Any]:
    return {"target": target, "modifier": modifier, "value": value, "operator": operator, **members}


def loaded(directory: Path, *routes: dict[str, Any], base_path: str = "", **members: Any) -> Loaded:
    """What loading an environment gives."""
    return loaded_value(directory, {"routes": [*routes], "cors": False, **members}, base_path)


def loaded_value(directory: Path, value: object, base_path: str = "", encoding: str = "utf-8") -> Loaded:
    file = directory / "shop.json"
    file.write_text(json.dumps(value), encoding=encoding)
    surroundings = Surroundings(lambda request: {}, Own("localhost", PORT), lambda: None, base_path)
    found = load(file, Format.MOCKOON, surroundings)
    # What says the methods of a path is there for each environment that answers no preflight requests.
    found.drafts = [draft for draft in found.drafts if not draft.origin.endswith("(methods of a path)")]
    return found


def problems(loaded: Loaded) -> list[str]:
    """What was not understood, as people read it."""
    return [f"{place}: {what}" for place, what in loaded.unsupported]


def answer(loaded: Loaded, request: Request | None = None, number: int = 1, index: int = 0) -> Response:
    """The response of one of the expectations."""
    responder = loaded.drafts[index].turns[0].responder
    return responder.respond(Occasion(request or Request("GET", "/"), number))
