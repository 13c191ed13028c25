"""The states of a server, as requests keep them."""

from __future__ import annotations


class States(dict[str, object]):
    """All states of a server at one time. ``origin`` is what those of one server have in common, and no others."""

    __slots__ = ("origin",)

    def __init__(self, origin: object, states: dict[str, object]) -> None:
        super().__init__(states)
        self.origin = origin
