"""HTTP server in the test process, for Robot Framework suites whose system under test sends HTTP requests.

All keywords are methods of `HttpServerLibrary`. The names in ``__all__`` are for programs; modules are not.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .version import __version__

if TYPE_CHECKING:
    from .engine.errors import ExpectationFailed, UsageError
    from .engine.expectations.expectation import Expectation
    from .engine.records.received import Problem, ReceivedRequest
    from .library import HttpServerLibrary

__all__ = [
    "Expectation",
    "ExpectationFailed",
    "HttpServerLibrary",
    "Problem",
    "ReceivedRequest",
    "UsageError",
    "__version__",
]

_MODULES = {
    "Expectation": ".engine.expectations.expectation",
    "ExpectationFailed": ".engine.errors",
    "HttpServerLibrary": ".library",
    "Problem": ".engine.records.received",
    "ReceivedRequest": ".engine.records.received",
    "UsageError": ".engine.errors",
}

# Hidden from type checkers, which would accept any name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Imports what is asked for, so that the engine can be used without Robot Framework."""
        if name in _MODULES:
            return getattr(import_module(_MODULES[name], __name__), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
