"""A collection as users see it."""

from __future__ import annotations

from typing import Any

from ..responses.collection import Collection
from ..words import counted
from .expectation import Expectation


class ServedCollection:
    """A REST resource that lives on a server.

    *Serve Collection* returns it, and *Get Collection Items* reads it. Keywords that check, select or wait for received
    requests accept it in place of a path: it stands for the requests that it answered. Its attributes are ``path``,
    ``items`` (a list of all items, as copies) and ``expectation``.
    """

    def __init__(self, path: str, collection: Collection, expectation: Expectation) -> None:
        self.path = path
        self.expectation = expectation
        self._collection = collection

    @property
    def items(self) -> list[dict[str, Any]]:
        return self._collection.items()

    def __str__(self) -> str:
        return f"collection {self.path} ({counted(len(self._collection), 'item')})"

    def __repr__(self) -> str:
        return f"<ServedCollection {self.path} ({counted(len(self._collection), 'item')})>"
