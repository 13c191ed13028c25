"""What the connections of one listener have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Literal, TypeVar

from ..message.reply import Reply
from ..message.request import Request
from .head import Heads
from .limits import DEFAULT_LIMITS, Limits
from .tls import Tls

Answer = Callable[[Request, Reply], None]
"""Answers a request by its reply."""

Notice = Callable[[str], None]
"""Receives a line of text that is not about a single request: about a failure, or a remark about what is intended."""

ConnectionKind = Literal["refused", "silent", "broken"]
"""Why a client never sent a request: the TLS handshake failed, the client left after it, or its connection was broken
on purpose.
"""

NoteConnection = Callable[[ConnectionKind, str], None]
"""Receives the kind and one of a few reasons for each client that never sent a request.

For a connection that was broken on purpose, the reason is what was done to it.
"""

C = TypeVar("C")


@dataclass(frozen=True)
class Service(Generic[C]):
    """What the connections of one listener have in common."""

    answer: Answer
    leave: Callable[[C], None]
    """Hands the other connections to another thread, because this one may be held up."""

    resume: Callable[[C], None]
    """Calls the `resumed` of a connection in a thread of the listener; may be called by any thread."""

    wait: Callable[[float], object]
    """Waits for so many seconds, or until the listener stops."""

    notice: Notice
    remark: Notice
    note_connection: NoteConnection
    limits: Limits = DEFAULT_LIMITS
    tls: Tls | None = None
    strict: bool = True

    @cached_property
    def heads(self) -> Heads:
        """Reads the heads of all requests."""
        return Heads(self.limits, self.tls is not None, self.strict)
