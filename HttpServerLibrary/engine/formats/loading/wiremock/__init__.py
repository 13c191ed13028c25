"""Loads mappings of WireMock."""

from __future__ import annotations

from collections.abc import Sequence

from ..documents import Document
from ..loaded import Loaded, Surroundings


def load_wiremock(documents: Sequence[Document], surroundings: Surroundings) -> Loaded:
    """The expectations of mappings of WireMock. Raises `UsageError`."""
    loaded = Loaded()
    for document in documents:
        loaded.note_unsupported(document.at(), "this cannot be loaded yet")
    return loaded
