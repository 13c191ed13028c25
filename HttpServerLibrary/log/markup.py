"""Robot Framework's messages, which are HTML when they begin with ``*HTML*``."""

from __future__ import annotations

from html import escape


def join(message: str, text: str) -> str:
    """A message of the user with plain text behind it, which stays text also when the message is HTML."""
    return f"{message}<pre>{escape(text)}</pre>" if message.startswith("*HTML*") else f"{message}\n{text}"
