"""Up to how many bytes of a request a field matches in a few milliseconds, so that other requests can wait for it."""

from typing import Final

NEVER: Final = -1
"""The time depends on more than the size."""

SMALL: Final = 4 * 1024
"""Python code looks at each value."""

LARGE: Final = 64 * 1024
"""Values are compared as they are."""
