"""Loads mappings of WireMock.

Strategy: a mapping becomes an expectation whose fields compare, and whose response answers, as WireMock 3.13 does, also
where that is odd. All of it is read before anything is registered. What WireMock ignores is ignored: transformers and
options that it does not know, names, metadata. What it rejects, or what cannot be done here, is collected with its
place.
"""

from __future__ import annotations

from collections.abc import Sequence

from ....words import counted
from ..documents import Document
from ..loaded import Loaded, Surroundings
from .body_files import BodyFiles, files_of
from .reading_mappings import MappingReader, mappings_of


def load_wiremock(documents: Sequence[Document], surroundings: Surroundings) -> Loaded:
    """The expectations of mappings of WireMock. Raises `UsageError`."""
    loaded = Loaded()
    directories: dict[object, BodyFiles] = {}
    untouched = 0
    for document in documents:
        directory = files_of(document.path)
        reader = MappingReader(document, surroundings, directories.setdefault(directory, BodyFiles(directory)))
        for mapping, steps in mappings_of(document):
            untouched += reader.read(mapping, steps, loaded)
    if untouched:
        loaded.notes.append(
            f"{counted(untouched, 'response')} with {{{{ {'is' if untouched == 1 else 'are'} sent as written, because "
            "the transformer response-template is not named."
        )
    return loaded
