"""Robot Framework's type for secrets, also where it is too old to have one."""

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
            """Stands in where Robot Framework (before 7.4) has no secrets: nothing is one."""
