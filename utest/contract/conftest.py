"""Documents for the tests of contracts."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from HttpServerLibrary.engine.contract.document import load
from utest.contract.documents import MakeDocument, MakeOperation


@pytest.fixture
def document(tmp_path: Path) -> MakeDocument:
    """Loads a document of which only what matters is written."""

    def make(text: str, version: str = "3.0.3", base_path: str | None = None) -> object:
        path = tmp_path / "orders.yaml"
        path.write_text(f"openapi: {version}\n{dedent(text)}", encoding="utf-8")
        return load(path, base_path)

    return make  # type: ignore[return-value]


@pytest.fixture
def operation(document: MakeDocument) -> MakeOperation:
    """The operation ``POST /orders``, or another one, of a document with only that."""

    def make(text: str, rest: str = "", version: str = "3.0.3", method: str = "post", path: str = "/orders") -> object:
        inside = indent(dedent(text), " " * 6)
        written = f'paths:\n  "{path}":\n    {method}:\n{inside}\n{dedent(rest)}'
        return document(written, version).operations[0]

    return make  # type: ignore[return-value]
