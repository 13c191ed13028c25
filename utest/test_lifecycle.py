"""Robot Framework's events, where something goes wrong in them."""

from __future__ import annotations

from typing import Any

import pytest

from HttpServerLibrary import HttpServerLibrary


def test_an_error_in_an_event_fails_the_next_keyword() -> None:
    """Robot Framework only prints what a listener raises, and the test would stay green."""
    library = HttpServerLibrary()
    no_test: Any = None
    library._start_test(no_test, no_test)
    with pytest.raises(AttributeError):
        library.get_problems()
    library.start_http_server()
    library.stop_all_http_servers()
