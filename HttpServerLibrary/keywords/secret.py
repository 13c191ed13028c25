"""Robot Framework's type for secrets, with a stand-in for versions that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["Secret"]

if TYPE_CHECKING:
    from robot.api.types import Secret
else:
    try:
        from robot.api.types import Secret
    except ImportError:

        class Secret:
            """A stand-in for Robot Framework before 7.4, which has no secrets; no value is an instance of it."""
