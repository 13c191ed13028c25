"""The library answers the requests of each case as WireMock did; ``peers/wiremock.py`` wrote its answers down."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from HttpServerLibrary import HttpServerLibrary
from peers.wiremock import CASES, ask, filled, unfilled

FILES = sorted(CASES.glob("*.json"))
POSSESSIVE = ("edges", "more_patterns")


@pytest.fixture
def library() -> Iterator[HttpServerLibrary]:
    library = HttpServerLibrary()
    yield library
    library.stop_all_http_servers()


def written(case: dict[str, Any], directory: Path) -> Path:
    """The mappings and files of a case in a directory."""
    (directory / "mappings").mkdir()
    (directory / "mappings" / "all.json").write_text(json.dumps({"mappings": case["mappings"]}), encoding="utf-8")
    for name, text in case.get("files", {}).items():
        file = directory / "__files" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return directory


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_answers_are_those_of_wiremock(file: Path, library: HttpServerLibrary, tmp_path: Path) -> None:
    if file.stem in POSSESSIVE and sys.version_info < (3, 11):
        pytest.skip("Regular expressions have possessive quantifiers from Python 3.11 on.")
    case = json.loads(file.read_text(encoding="utf-8"))
    url = library.start_http_server()
    port = int(url.rpartition(":")[2])
    library.load_expectations(written(case, tmp_path))
    differing = []
    for request in case["requests"]:
        answer = unfilled(answer_of(library, port, filled(request, port)), port)
        if answer != request["answer"]:
            differing.append(f"{shown(case, request)}\n    WireMock: {request['answer']}\n    here: {answer}")
    assert not differing, f"{len(differing)} of {len(case['requests'])}:\n" + "\n".join(differing)


def answer_of(library: HttpServerLibrary, port: int, request: dict[str, Any]) -> dict[str, Any]:
    library.clear_problems()
    answer = ask(port, request)
    problems = library.get_problems()
    if problems and problems[0].kind == "UNEXPECTED REQUEST":
        return {"unmatched": True}
    if problems:
        return {"failed": True}
    return answer


def shown(case: dict[str, Any], request: dict[str, Any]) -> str:
    return f"{request['send']} {request.get('headers', '')} {request.get('body', '')[:200]}"
