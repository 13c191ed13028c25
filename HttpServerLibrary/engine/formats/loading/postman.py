"""Loads collections of Postman."""

from __future__ import annotations

from collections.abc import Sequence

from .documents import Document
from .loaded import Loaded, Surroundings


def load_postman(documents: Sequence[Document], surroundings: Surroundings) -> Loaded:
    """The expectations of collections of Postman. Raises `UsageError`."""
    loaded = Loaded()
    for document in documents:
        loaded.note_unsupported(document.at(), "this cannot be loaded yet")
    return loaded
