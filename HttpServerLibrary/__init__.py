"""HTTP server in the test process, for Robot Framework suites whose system under test talks HTTP to something else."""

from .library import HttpServerLibrary
from .version import __version__

__all__ = ["HttpServerLibrary", "__version__"]
