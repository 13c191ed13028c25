"""Robot Framework's messages, which are HTML when they begin with ``*HTML*``."""

from __future__ import annotations

from html import escape


def join(message: str, text: str) -> str:
    """A user's message followed by plain text, which stays plain text even if the message is HTML."""
    return f"{message}<pre>{escape(text)}</pre>" if message.startswith("*HTML*") else f"{message}\n{text}"
