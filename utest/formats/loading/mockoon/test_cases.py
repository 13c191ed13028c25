"""The library answers the requests of each case as Mockoon did; ``peers/mockoon.py`` wrote its answers down."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from HttpServerLibrary import HttpServerLibrary
from peers.mockoon import CASES, ask, written

FILES = sorted(CASES.glob("*.json"))


@pytest.fixture
def library() -> Iterator[HttpServerLibrary]:
    library = HttpServerLibrary()
    yield library
    library.stop_all_http_servers()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_answers_are_those_of_mockoon(
    file: Path, library: HttpServerLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = json.loads(file.read_text(encoding="utf-8"))
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    for name, value in case.get("variables", {}).items():
        monkeypatch.setenv(name, value)
    port = int(library.start_http_server().rpartition(":")[2])
    library.load_expectations(written(case, tmp_path))
    differing = []
    for request in case["requests"]:
        answer = answer_of(library, port, request)
        if answer != request["answer"]:
            differing.append(f"{request}\n    Mockoon: {request['answer']}\n    here: {answer}")
    assert not differing, f"{len(differing)} of {len(case['requests'])}:\n" + "\n".join(differing)


def answer_of(library: HttpServerLibrary, port: int, request: dict[str, Any]) -> dict[str, Any]:
    answer = ask(port, request)
    problems = library.get_problems()
    library.clear_problems()
    if problems and problems[0].kind == "UNEXPECTED REQUEST":
        return {"unmatched": True}
    return answer
