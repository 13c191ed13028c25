"""The committed page of the keyword documentation is the one libdoc makes of the library."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def fresh(generator: ModuleType) -> str:
    html: str = generator.generate()
    return html


def test_committed_page_is_current(generator: ModuleType, fresh: str) -> None:
    committed = (DOCS / "HttpServerLibrary.html").read_text("utf-8")
    assert generator.outdated(committed, fresh) == [], "Generate it anew: nox -s docs"


def test_a_change_is_noticed(generator: ModuleType, fresh: str) -> None:
    changed = fresh.replace("Starts an HTTP server", "Begins an HTTP server")
    assert generator.outdated(changed, fresh) == ["Start Http Server"]


def test_other_robot_framework_versions_compare_names_and_arguments(generator: ModuleType, fresh: str) -> None:
    older = fresh.replace('content="Robot Framework ', 'content="Robot Framework 1.', 1)
    assert generator.outdated(older.replace("Starts an HTTP server", "Begins an HTTP server"), fresh) == []
    assert generator.outdated(older.replace('"Start Http Server"', '"Begin Http Server"'), fresh) == [
        "Begin Http Server",
        "Start Http Server",
    ]


def test_page_tells_nothing_of_the_machine_it_was_made_on(fresh: str) -> None:
    assert str(DOCS.parent) not in fresh
    assert sys.prefix not in fresh
