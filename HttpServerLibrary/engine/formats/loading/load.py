"""Finds out the format of files, and loads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Final

from ...errors import UsageError
from ...visible import visible
from .documents import Document, contents_of, documents
from .har import load_har
from .loaded import Loaded, Loader, Surroundings
from .mockoon import load_mockoon
from .postman import load_postman
from .wiremock import load_wiremock


class Format(Enum):
    """The tool that a file comes from.

    - ``AUTO``: the content of each file decides.
    - ``WIREMOCK``: mappings of WireMock, one or many in a file, with their bodies in ``__files``.
    - ``MOCKOON``: an environment of Mockoon.
    - ``HAR``: an HTTP Archive, as browsers and `Save Received Requests` write it.
    - ``POSTMAN``: a collection 2.1 or 2.0 of Postman with saved responses.
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
_MAX_LISTED: Final = 5


def load(path: str | Path, format: Format, surroundings: Surroundings) -> Loaded:
    """The expectations of a file, or of all files below a directory. Raises `UsageError`.

    In a directory, files that are of no format to load are left out, with a note.
    """
    loaded = Loaded()
    found = documents(path, loaded.note_unsupported)
    by_format: dict[Format, list[Document]] = {}
    others: list[Document] = []
    is_directory = Path(path).is_dir()
    for document in found:
        kind = format_of(document.value)
        if not is_directory and format is not Format.AUTO:
            # The loader says what is wrong with it.
            kind = format
        if kind is None or format not in (Format.AUTO, kind):
            others.append(document)
        else:
            by_format.setdefault(kind, []).append(document)
    if others and not by_format:
        raise UsageError(_none_to_load(path, format, others, is_directory))
    for kind, files in by_format.items():
        part = _LOADERS[kind](files, surroundings)
        loaded.drafts += part.drafts
        loaded.unsupported += part.unsupported
        loaded.notes += part.notes
    if others:
        loaded.notes.append(f"Left out, because {_no_format(format, others)}: {_listed(others)}.")
    return loaded


def format_of(value: Any) -> Format | None:
    """The format of a file; None if it is of no format to load."""
    if not isinstance(value, Mapping):
        return None
    if isinstance(value.get("log"), Mapping):
        return Format.HAR
    if "mappings" in value or ("request" in value and "response" in value):
        return Format.WIREMOCK
    if "routes" in value or str(value.get("source", "")).startswith("mockoon"):
        return Format.MOCKOON
    collection = value.get("collection", value)
    if isinstance(collection, Mapping) and isinstance(collection.get("info"), Mapping) and "item" in collection:
        return Format.POSTMAN
    # A mapping that is incomplete.
    return Format.WIREMOCK if "request" in value or "response" in value else None


def _none_to_load(path: str | Path, format: Format, others: Sequence[Document], is_directory: bool) -> str:
    if is_directory:
        why = _KNOWN if format is Format.AUTO else f"none of them is of format={format.name}"
        return f"path: the directory '{visible(str(path), 300)}' has no file to load. It has {_listed(others)}; {why}."
    [document] = others
    names = document.value.keys() if isinstance(document.value, Mapping) else ()
    if "openapi" in names or "swagger" in names:
        return f"path: {document.name} describes an API; this keyword loads requests with their responses."
    if "requests" in names and "order" in names:
        return (
            f"path: {document.name} is a collection 1 of Postman. "
            "Postman exports it as a collection 2.1, which can be loaded."
        )
    return f"path: {document.name} is {contents_of(document.value)}, which is no known format: {_KNOWN}."


def _no_format(format: Format, others: Sequence[Document]) -> str:
    verb = "it is" if len(others) == 1 else "they are"
    return f"{verb} of no known format" if format is Format.AUTO else f"{verb} not of format={format.name}"


def _listed(documents: Sequence[Document]) -> str:
    shown = ", ".join(document.name for document in documents[:_MAX_LISTED])
    more = len(documents) - _MAX_LISTED
    return f"{shown} and {more} more" if more > 0 else shown
