"""How many bytes a request may have for matching to take a few milliseconds, for which others can wait."""

from typing import Final

NEVER: Final = -1
"""The time depends on more than the size."""

SMALL: Final = 4 * 1024
"""Python code looks at each value."""

LARGE: Final = 64 * 1024
"""Values are compared as they are."""
