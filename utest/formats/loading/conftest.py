"""Loads files that a test writes, into a server in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from HttpServerLibrary.engine.formats.loading.load import Format, load
from HttpServerLibrary.engine.formats.loading.loaded import Loaded, Surroundings
from HttpServerLibrary.engine.responses.forwarding import Own
from HttpServerLibrary.engine.server import HttpServer

# The fixture `loaded`: what a value, written to a file, gives; its expectations are registered.
Load = Callable[..., Loaded]


@pytest.fixture
def loaded(server: HttpServer, tmp_path: Path) -> Load:
    def loaded(value: Any, format: Format = Format.AUTO, base_path: str = "", name: str = "file.json") -> Loaded:
        file = tmp_path / name
        file.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
        found = load(file, format, surroundings(server, base_path))
        server.book.register_all(found.drafts)
        return found

    return loaded


@pytest.fixture
def load_path(server: HttpServer) -> Callable[..., Loaded]:
    """Loads a path."""

    def loaded(path: object, format: Format = Format.AUTO) -> Loaded:
        return load(path, format, surroundings(server))  # type: ignore[arg-type]

    return loaded


def surroundings(server: HttpServer, base_path: str = "") -> Surroundings:
    return Surroundings(server.book.states_of, Own("localhost", 1), lambda: None, base_path)
