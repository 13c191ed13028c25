"""What the log needs from a server, so that it does not depend on servers."""

from __future__ import annotations

from typing import Protocol

from ..engine.masking.secrets import Secrets
from ..engine.records.journal import Journal


class Source(Protocol):
    """A server whose requests are logged; as text it gives its alias and URL."""

    @property
    def alias(self) -> str: ...

    @property
    def secrets(self) -> Secrets: ...

    @property
    def journal(self) -> Journal: ...
