"""HTTP server in the test process, for Robot Framework suites whose system under test sends HTTP requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .version import __version__

if TYPE_CHECKING:
    from .library import HttpServerLibrary

__all__ = ["HttpServerLibrary", "__version__"]


def __getattr__(name: str) -> object:
    """Imports the library class when it is asked for, so that the engine can be used without Robot Framework."""
    if name == "HttpServerLibrary":
        from .library import HttpServerLibrary

        return HttpServerLibrary
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
