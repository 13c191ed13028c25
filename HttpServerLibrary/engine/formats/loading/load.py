"""Finds out what kind of files they are, and loads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Final

from ...errors import UsageError
from .documents import Document, documents, kind_of
from .har import load_har
from .loaded import Loaded, Loader, Surroundings
from .mockoon import load_mockoon
from .postman import load_postman
from .wiremock import load_wiremock


class Format(Enum):
    """Which tool a file is of.

    - ``AUTO``: found out by looking at each file.
    - ``WIREMOCK``: mappings of WireMock, one or many in a file, with their bodies in ``__files``.
    - ``MOCKOON``: an environment of Mockoon.
    - ``HAR``: an HTTP Archive, as browsers and `Save Received Requests` write it.
    - ``POSTMAN``: a collection 2.1 of Postman with saved responses.
    """

    AUTO = "AUTO"
    WIREMOCK = "WIREMOCK"
    MOCKOON = "MOCKOON"
    HAR = "HAR"
    POSTMAN = "POSTMAN"


_LOADERS: Final[Mapping[Format, Loader]] = {
    Format.WIREMOCK: load_wiremock,
    Format.MOCKOON: load_mockoon,
    Format.HAR: load_har,
    Format.POSTMAN: load_postman,
}
_KNOWN: Final = "mappings of WireMock, environments of Mockoon, HTTP Archives and collections of Postman can be loaded"


def load(path: str | Path, format: Format, surroundings: Surroundings) -> Loaded:
    """The expectations of a file, or of all files below a directory. Raises `UsageError`."""
    by_format: dict[Format, list[Document]] = {}
    for document in documents(path):
        found = _format_of(document) if format is Format.AUTO else format
        by_format.setdefault(found, []).append(document)
    loaded = Loaded()
    for kind, files in by_format.items():
        part = _LOADERS[kind](files, surroundings)
        loaded.drafts += part.drafts
        loaded.unsupported += part.unsupported
        loaded.notes += part.notes
    return loaded


def _format_of(document: Document) -> Format:
    value = document.value
    if isinstance(value, Mapping):
        if isinstance(value.get("log"), Mapping) and "entries" in value["log"]:
            return Format.HAR
        if "mappings" in value or ("request" in value and "response" in value):
            return Format.WIREMOCK
        if "routes" in value or str(value.get("source", "")).startswith("mockoon"):
            return Format.MOCKOON
        if isinstance(value.get("info"), Mapping) and "item" in value:
            return Format.POSTMAN
        if "openapi" in value or "swagger" in value:
            raise UsageError(
                f"path: {document.name} describes an API; this keyword loads requests with their responses."
            )
        if "request" in value or "response" in value:
            return Format.WIREMOCK
    names = f" with {_listed([*value])}" if isinstance(value, Mapping) and value else ""
    raise UsageError(f"path: {document.name} is {kind_of(value)}{names}, which is no known format: {_KNOWN}.")


def _listed(names: Sequence[object]) -> str:
    shown = ", ".join(str(name)[:30] for name in names[:5])
    return f"{shown}, ..." if len(names) > 5 else shown
