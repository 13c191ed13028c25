"""The two ways a keyword fails: it was used wrongly, or what was expected did not happen."""

from __future__ import annotations

from .visible import harmless


class _Told(Exception):
    """An error that is written for people. Robot Framework puts its text into the output as it is."""

    ROBOT_SUPPRESS_NAME = True

    def __init__(self, text: str) -> None:
        super().__init__(harmless(text))


class UsageError(_Told, ValueError):
    """A keyword was given something it cannot work with; nothing was changed."""


class ExpectationFailed(_Told, AssertionError):
    """What the test expected of the system under test did not happen."""
