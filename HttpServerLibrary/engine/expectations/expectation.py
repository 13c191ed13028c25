"""An expectation: what a request must look like, and the response to give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final

from ..masking.secrets import Secrets
from ..matching.description import RequestDescription
from ..outbound.callback import Callback
from ..responses.responder import Responder
from ..scope import Scope
from ..visible import visible
from .turns import Turn, Turns

_MAX_TEXT: Final = 500


class Kind(str, Enum):
    """How often an expectation is used; users see the values."""

    ORDERED = "ordered"
    ONESHOT = "oneshot"
    PERMANENT = "permanent"

    def __str__(self) -> str:
        return self.value


class Rank(IntEnum):
    """Which of the expectations of a scope that are in no order come first, whenever they were registered."""

    WRITTEN = 0
    """Those that keywords describe one by one."""

    LOADED = 1
    """Those that were loaded from a file."""

    SERVED = 2
    """Those for everything below a path."""

    DOCUMENT = 3
    """Those that answer from the description of an API."""


@dataclass(frozen=True)
class Draft:
    """An expectation that is not registered yet: what a request must look like, and its responses.

    Among those of one ``rank``, the lowest ``precedence`` comes first, and then the one registered first; with
    ``newest_first`` the one registered last. ``origin`` says where it was loaded from.
    """

    description: RequestDescription
    turns: Sequence[Turn] = ()
    callbacks: tuple[Callback, ...] = ()
    kind: Kind = Kind.PERMANENT
    times: int | None = None
    rank: Rank = Rank.WRITTEN
    precedence: int = 0
    newest_first: bool = False
    origin: str = ""


class Expectation:
    """What a request must look like, and the response to give.

    An expectation is returned by the ``Expect ...`` keywords, and is given to ``to=`` of the ``Respond With ...``
    keywords and to *Remove Expectation*. Its attributes are ``kind`` (``permanent``, ``oneshot`` or ``ordered``),
    ``times`` (how many requests it takes, ``None`` for any number) and ``used`` (how many it has taken).
    """

    __slots__ = (
        "_kept_text",
        "callbacks",
        "calling",
        "description",
        "kind",
        "number",
        "origin",
        "place",
        "rank",
        "removed",
        "scope",
        "secrets",
        "sent",
        "turns",
        "used",
    )

    def __init__(self, draft: Draft, scope: Scope, number: int, secrets: Secrets) -> None:
        self.kind = draft.kind
        self.secrets = secrets
        self.description = draft.description
        self.scope = scope
        self.number = number
        self.rank = draft.rank
        # A name of a file may be a secret.
        self.origin = secrets.hide(draft.origin)
        # The place in the order in which expectations without an order are compared: oneshot ones first.
        among_equals = -number if draft.newest_first else number
        self.place = (draft.rank, draft.kind is not Kind.ONESHOT, draft.precedence, among_equals)
        self.turns = Turns(draft.times)
        self.callbacks = draft.callbacks
        # How many callbacks of its requests are not over.
        self.calling = 0
        self.used = 0
        self.sent = 0
        self.removed = False
        self._kept_text: str | None = None

    @property
    def times(self) -> int | None:
        """How many requests it takes: its own number, or that of its responses if each has one."""
        turns = self.turns
        if turns.limit is not None:
            return turns.limit
        left = turns.left
        return None if left is None else self.used + left

    @property
    def responder(self) -> Responder | None:
        """The response that is due."""
        turn = self.turns.due
        return None if turn is None else turn.responder

    @responder.setter
    def responder(self, responder: Responder | None) -> None:
        """Makes this its only response."""
        self.turns.set_only(None if responder is None else Turn(responder))

    @property
    def used_up(self) -> bool:
        return self.turns.left == 0

    @property
    def closed(self) -> str:
        """Why it can no longer be used; empty while it can."""
        if self.removed:
            return "was removed"
        if self.scope.closed:
            return f"ended with {self.scope.name}"
        return "is used up" if self.used_up else ""

    @property
    def usage(self) -> str:
        times = "" if self.times is None else f" of {self.times}"
        return f"used {self.used}{times}"

    def text(self) -> str:
        """What the request must look like, masked."""
        return visible(self.description.shown(self.secrets), _MAX_TEXT) if self._kept_text is None else self._kept_text

    def keep_text(self) -> None:
        """Keeps the text as it is now, when something is masked that will not be masked later."""
        self._kept_text = self.text()

    def __str__(self) -> str:
        origin = f" (from {self.origin})" if self.origin else ""
        return f"{self.kind} {self.text()}{origin}"

    def __repr__(self) -> str:
        return f"<Expectation {self}>"
