from __future__ import annotations

import pytest

from HttpServerLibrary.engine.words import duration_text, requests


@pytest.mark.parametrize(
    ("seconds", "text"), [(1, "1 second"), (1.0, "1 second"), (0.5, "0.5 seconds"), (5, "5 seconds")]
)
def test_duration(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_counts() -> None:
    assert (requests(1), requests(2)) == ("1 request", "2 requests")
