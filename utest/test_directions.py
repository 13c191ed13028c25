"""Who may know whom: the directions of the design."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "HttpServerLibrary" / "engine"
MODULES = sorted(ENGINE.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, relative imports made absolute; also those for types only."""
    package = ["HttpServerLibrary", "engine", *path.relative_to(ENGINE).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*start, *filter(None, [node.module])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def own(path: Path) -> set[str]:
    """What a module imports of this library, by the name in the engine, without its own package."""
    prefix = "HttpServerLibrary.engine."
    names = {name.removeprefix(prefix).partition(".")[0] for name in imported(path) if name.startswith(prefix)}
    return names - {path.relative_to(ENGINE).parts[0].removesuffix(".py")}


def is_module(name: str) -> bool:
    return (ENGINE / f"{name}.py").exists() or (ENGINE / name).is_dir()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ENGINE)))
def test_the_engine_knows_neither_robot_nor_keywords(path: Path) -> None:
    for name in imported(path):
        assert name.partition(".")[0] != "robot"
        assert name.partition(".")[0] != "HttpServerLibrary" or name.startswith("HttpServerLibrary.engine")


@pytest.mark.parametrize(
    ("package", "unknown"),
    [
        ("matching", {"server", "wire", "expectations", "explaining", "responses", "records", "checks"}),
        ("responses", {"server", "wire", "expectations", "explaining", "records", "checks"}),
        ("wire", {"server", "matching", "expectations", "explaining", "responses", "masking", "records", "checks"}),
        ("explaining", {"server", "wire"}),
        ("expectations", {"server", "wire", "explaining"}),
        ("records", {"server", "wire", "explaining"}),
        ("message", {"server", "wire", "matching", "expectations", "explaining", "responses", "records"}),
    ],
)
def test_directions(package: str, unknown: set[str]) -> None:
    assert all(map(is_module, unknown)), "a renamed module is no longer checked"
    files = [path for path in MODULES if path.relative_to(ENGINE).parts[0] == package]
    assert files
    for path in files:
        assert own(path) & unknown == set(), path.name


PROGRAM = """
import importlib, pkgutil, sys

class NoRobot:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "robot":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NoRobot())
import HttpServerLibrary.engine
for module in pkgutil.walk_packages(HttpServerLibrary.engine.__path__, "HttpServerLibrary.engine."):
    importlib.import_module(module.name)

from http.client import HTTPConnection
from HttpServerLibrary.engine.expectations.book import Kind
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.responses.static import respond_json
from HttpServerLibrary.engine.server import HttpServer

server = HttpServer()
server.start()
server.book.register(Kind.ONESHOT, RequestDescription("/x")).responder = respond_json({"a": 1})
connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
connection.request("GET", "/x")
print(connection.getresponse().read().decode())
connection.close()
server.stop()
assert "robot" not in sys.modules
"""


def test_the_engine_works_with_robot_framework_absent() -> None:
    child = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )
    assert (child.stdout, child.stderr) == ('{"a": 1}\n', "")
