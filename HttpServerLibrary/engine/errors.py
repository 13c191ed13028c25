"""The two ways a keyword fails: it was used wrongly, or what was expected did not happen."""

from __future__ import annotations

from .visible import harmless


class _KeywordFailure(Exception):
    """Its text is escaped, because Robot Framework writes it to the output as it is."""

    ROBOT_SUPPRESS_NAME = True

    def __init__(self, text: str) -> None:
        super().__init__(harmless(text))


class UsageError(_KeywordFailure, ValueError):
    """A keyword was given something it cannot work with; nothing was changed."""


class ExpectationFailed(_KeywordFailure, AssertionError):
    """What the test expected of the system under test did not happen."""
