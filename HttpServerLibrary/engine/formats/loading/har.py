"""Loads HTTP Archives."""

from __future__ import annotations

from collections.abc import Sequence

from .documents import Document
from .loaded import Loaded, Surroundings


def load_har(documents: Sequence[Document], surroundings: Surroundings) -> Loaded:
    """The expectations of HTTP Archives. Raises `UsageError`."""
    loaded = Loaded()
    for document in documents:
        loaded.note_unsupported(document.at(), "this cannot be loaded yet")
    return loaded
