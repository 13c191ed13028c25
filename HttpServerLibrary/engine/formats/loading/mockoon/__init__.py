"""Loads environments of Mockoon. They answer as Mockoon 9.3 does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ....errors import UsageError
from ..documents import Document, Place, kind_of
from ..loaded import Loaded, Surroundings
from .environment import Environment


def load_mockoon(documents: Sequence[Document], surroundings: Surroundings) -> Loaded:
    """The expectations of environments of Mockoon. Raises `UsageError`."""
    loaded = Loaded()
    for document in documents:
        for written, place in _environments(document):
            Environment(written, place, document.path.parent, surroundings, loaded).load()
    return loaded


def _environments(document: Document) -> Iterator[tuple[Mapping[str, Any], Place]]:
    """The environments in a file, and where they are: the file itself, or the items of an export."""
    value = document.value
    if not isinstance(value, Mapping):
        raise _no_environment(document, f"is {kind_of(value)}")
    if "routes" in value:
        yield value, document.at()
        return
    data = value.get("data")
    if not isinstance(data, list):
        raise _no_environment(document, "has no routes")
    for index, entry in enumerate(data):
        item = entry.get("item") if isinstance(entry, Mapping) else None
        place = document.at("data", index, "item")
        if not isinstance(item, Mapping):
            raise UsageError(f"path: {document.at('data', index)} is neither an environment nor a route of Mockoon.")
        if entry.get("type") == "route":
            yield {"routes": [item]}, place
        elif "routes" in item:
            yield item, place
        else:
            raise UsageError(f"path: {place} is not an environment of Mockoon: it has no routes.")


def _no_environment(document: Document, why: str) -> UsageError:
    return UsageError(
        f"path: {document.name} is not an environment of Mockoon: it {why}. Save it with Mockoon 1.7 or newer."
    )
