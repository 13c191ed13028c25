"""What Granian serves, in its own protocol, RSGI. It imports nothing, because Granian loads it in a new process."""

from __future__ import annotations

from typing import Any


async def app(scope: Any, protocol: Any) -> None:
    """Reads every request and answers it in the same way."""
    await protocol()
    protocol.response_str(200, [("content-type", "application/json")], '{"id": 7}')
