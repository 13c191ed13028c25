"""Loads environments of Mockoon."""

from __future__ import annotations

from collections.abc import Sequence

from ..documents import Document
from ..loaded import Loaded, Surroundings


def load_mockoon(documents: Sequence[Document], surroundings: Surroundings) -> Loaded:
    """The expectations of environments of Mockoon. Raises `UsageError`."""
    loaded = Loaded()
    for document in documents:
        loaded.note_unsupported(document.at(), "this cannot be loaded yet")
    return loaded
