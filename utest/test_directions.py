"""Which room may import which: a closed table. A room that is not in it fails."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "HttpServerLibrary"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Everybody may import these; they import nothing but each other.
GROUND = {"errors", "interrupts", "phrase", "problem", "scope", "url", "visible", "words"}

# Room by room, the highest first: what it may import besides itself and the ground.
MAY_IMPORT = {
    "__init__": {"library", "version", "records", "expectations"},
    "library": {"keywords", "options", "version", "records", "expectations", "arguments"},
    "keywords": {
        *("lifecycle", "scopes", "options", "version", "log", "server", "calling", "contracts", "contract"),
        *("explaining", "checks", "formats"),
        *("records", "expectations", "matching", "responses", "wire", "masking", "arguments", "message"),
    },
    "lifecycle": {"scopes", "options", "log", "server", "explaining", "records"},
    "scopes": {"log", "server", "records", "expectations", "wire"},
    "options": {"arguments"},
    "version": set(),
    "log": {"contract", "explaining", "records", "masking", "user_code", "message"},
    "server": {
        *(
            "answering",
            "calling",
            "contracts",
            "explaining",
            "records",
            "expectations",
            "matching",
            "wire",
            "masking",
            "message",
        ),
    },
    "answering": {
        *(
            "calling",
            "contracts",
            "explaining",
            "records",
            "expectations",
            "matching",
            "responses",
            "outbound",
            "wire",
            "masking",
        ),
        *("user_code", "message"),
    },
    "calling": {
        *("explaining", "records", "expectations", "responses", "outbound", "masking", "arguments", "wire"),
    },
    "contracts": {"contract", "explaining", "records", "expectations", "masking", "message"},
    "explaining": {"records", "checks", "expectations", "matching", "masking", "message"},
    "checks": {"records", "expectations", "matching", "arguments"},
    "formats": {
        *("records", "expectations", "matching", "responses", "outbound", "masking", "arguments", "message"),
    },
    "contract": {"records", "expectations", "matching", "responses", "masking", "arguments", "message"},
    "records": {"expectations", "matching", "outbound", "masking", "message"},
    "expectations": {"matching", "responses", "outbound", "masking", "message"},
    "matching": {"masking", "arguments", "user_code", "message"},
    "responses": {"outbound", "arguments", "user_code", "message"},
    "wire": {"message"},
    "outbound": {"arguments", "message"},
    "arguments": {"message"},
    "masking": {"message"},
    "user_code": {"user_modules"},
    "user_modules": set(),
    "message": set(),
}


def room_of(module: str) -> str:
    """The room of a module, such as ``matching`` of ``HttpServerLibrary.engine.matching.path``."""
    parts = module.split(".")[1:] or ["__init__"]
    if parts[0] == "engine":
        parts = parts[1:] or ["engine"]
    return parts[0]


def module_of(path: Path) -> str:
    return ".".join(["HttpServerLibrary", *path.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__")


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").exists()


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, relative imports made absolute; also those for types only."""
    package = ["HttpServerLibrary", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*start, *filter(None, [node.module])])
            names = [f"{module}.{alias.name}" for alias in node.names]
            yield from (name if node.level and is_module(name) else module for name in names)


def rooms_of(path: Path) -> set[str]:
    """The other rooms that a file imports."""
    names = [name for name in imported(path) if name.partition(".")[0] == "HttpServerLibrary"]
    return {*map(room_of, names)} - {room_of(module_of(path))}


def modules_of(path: Path) -> set[str]:
    """The modules of this library that a file imports."""
    return {name for name in imported(path) if name.partition(".")[0] == "HttpServerLibrary"} - {module_of(path)}


@pytest.mark.parametrize("path", MODULES, ids=module_of)
def test_a_room_imports_what_the_table_allows(path: Path) -> None:
    room = room_of(module_of(path))
    if room in GROUND:
        assert rooms_of(path) <= GROUND
    elif room != "engine":
        assert room in MAY_IMPORT, "a new room needs a row in the table"
        assert rooms_of(path) <= MAY_IMPORT[room] | GROUND


def test_the_table_names_rooms_that_exist() -> None:
    rooms = {room_of(module_of(path)) for path in MODULES} - {"engine"}
    assert rooms == MAY_IMPORT.keys() | GROUND


def test_the_table_has_no_circle() -> None:
    # Raises CycleError.
    TopologicalSorter(MAY_IMPORT).prepare()


@pytest.mark.parametrize("path", MODULES, ids=module_of)
def test_the_engine_knows_neither_robot_nor_keywords(path: Path) -> None:
    if "engine" in path.parts:
        for name in imported(path):
            assert name.partition(".")[0] != "robot"
            assert name.partition(".")[0] != "HttpServerLibrary" or name.startswith("HttpServerLibrary.engine")


def test_there_is_no_circle_of_modules() -> None:
    # Raises CycleError, which names the circle.
    TopologicalSorter({module_of(path): modules_of(path) for path in MODULES}).prepare()


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
from HttpServerLibrary import Expectation, ExpectationFailed, Problem, ReceivedRequest, UsageError
from HttpServerLibrary.engine.expectations.expectation import Kind
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


def test_one_module_writes_to_the_log() -> None:
    """It escapes what could break the output; a message that is written elsewhere would not be escaped."""
    writers = {"robot.api.logger", "robot.output", "robot.output.librarylogger", "logging", "warnings"}
    found = [module_of(path) for path in MODULES if writers & {*imported(path), *named(path)}]
    assert found == ["HttpServerLibrary.log.messages"]


def named(path: Path) -> Iterator[str]:
    """What a file imports by name from packages of others, such as ``robot.api.logger``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
