"""Python files of users: which one a name means, and that nothing of them stays behind."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.user_code import resolve


@pytest.fixture(autouse=True)
def nothing_stays(tmp_path: Path) -> Iterator[None]:
    before = ([*sys.path], [*sys.meta_path])
    yield
    assert ([*sys.path], [*sys.meta_path]) == before
    files = [getattr(module, "__file__", None) or "" for module in [*sys.modules.values()]]
    assert [file for file in files if file.startswith(str(tmp_path))] == []


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    directory = tmp_path / "suite"
    write(directory, "own_handlers.py", "def f(): return 'own'\nclass A:\n    @staticmethod\n    def g(): return 'g'\n")
    return directory


def write(directory: Path, name: str, source: str) -> Path:
    file = directory / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source, encoding="utf-8")
    return file


def call(value: str, directory: Path | None) -> object:
    return resolve(value, "handler", directory)[1]()


def failure(value: str, directory: Path | None) -> str:
    with pytest.raises(UsageError) as caught:
        resolve(value, "handler", directory)
    return str(caught.value)


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("own_handlers.f", "own"),
        ("own_handlers.A.g", "g"),
        ("own_handlers.py:f", "own"),
        ("own_handlers.py:A.g", "g"),
        ("../suite/own_handlers.py:f", "own"),
        ("{suite}/own_handlers.py:f", "own"),
    ],
)
def test_a_file_beside_the_suite(suite: Path, value: str, result: str) -> None:
    value = value.format(suite=suite)
    assert resolve(value, "handler", suite)[0] == value
    assert call(value, suite) == result


def test_without_a_suite_a_path_begins_in_the_current_directory(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(suite)
    assert call("own_handlers.py:f", None) == "own"


def test_a_file_whose_name_is_no_identifier(suite: Path) -> None:
    write(suite, "my-handlers.v2.py", "def f(): return __name__")
    assert call("my-handlers.v2.py:f", suite) == "my-handlers.v2"


def test_files_of_the_same_name_are_different_modules(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, "same_name.py", "import same_helper\ndef f(): return same_helper.VALUE")
        write(tmp_path / name, "same_helper.py", f"VALUE = {name!r}")
    assert [call("same_name.f", tmp_path / name) for name in ("one", "two", "one")] == ["one", "two", "one"]


def test_a_file_is_loaded_once(suite: Path) -> None:
    write(suite, "counting.py", "calls = []\ndef f():\n    calls.append(1)\n    return len(calls)\ng = f\n")
    values = ["counting.f", "counting.py:g", "counting.f"]
    assert [call(value, suite) for value in values] == [1, 2, 3]


def test_a_file_that_changed_is_loaded_anew(suite: Path) -> None:
    # Same size and second.
    write(suite, "changing.py", "import changing_helper\ndef f(): return 1, changing_helper.VALUE")
    write(suite, "changing_helper.py", "VALUE = 1")
    old = resolve("changing.f", "handler", suite)[1]
    write(suite, "changing.py", "import changing_helper\ndef f(): return 2, changing_helper.VALUE")
    assert call("changing.f", suite) == (2, 1)
    write(suite, "changing_helper.py", "VALUE = 2")
    assert call("changing.f", suite) == (2, 2)
    (suite / "changing_helper.py").unlink()
    assert "No module named 'changing_helper'" in failure("changing.f", suite)
    assert old() == (1, 1)


def test_a_module_that_is_imported_from_the_same_file_is_shared(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.syspath_prepend(suite)
        imported = importlib.import_module("own_handlers")
    try:
        for value in ("own_handlers.f", "own_handlers.py:f"):
            assert resolve(value, "handler", suite)[1] is imported.f
        for value in ("own_handlers.g", "own_handlers.f.g"):
            assert " To use " not in failure(value, suite), "it is that file already"
    finally:
        del sys.modules["own_handlers"]


def test_a_module_of_this_name_from_elsewhere_is_not_used(
    suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Robot Framework imports libraries by path without adding their directory to the search path."""
    write(tmp_path / "other", "own_handlers.py", "def f(): return 'other'")
    with monkeypatch.context() as patch:
        patch.syspath_prepend(tmp_path / "other")
        other = importlib.import_module("own_handlers")
    try:
        assert call("own_handlers.f", suite) == "own"
        assert sys.modules["own_handlers"] is other
        assert call("own_handlers.f", tmp_path) == "other", "there is no file beside that suite"
    finally:
        del sys.modules["own_handlers"]


def test_an_installed_module_comes_first(suite: Path) -> None:
    write(suite, "json.py", "def f(): return 'own'")
    assert resolve("json.dumps", "handler", suite)[1] is json.dumps
    assert failure("json.f", suite) == (
        f'handler: "json.f" cannot be found: {json.__file__} has no "f". '
        "It has dump, dumps, detect_encoding, load, loads. "
        f"To use \"json.py\" in {suite}, write 'json.py:f'."
    )
    assert call("json.py:f", suite) == "own"
    assert sys.modules["json"] is json


def test_a_directory_is_no_installed_module(suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "path" / "own_handlers").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "path")
    assert call("own_handlers.f", suite) == "own"


@pytest.mark.parametrize("name", ["with_dataclass.py", "json.py"])
def test_a_file_with_a_dataclass(suite: Path, name: str) -> None:
    source = (
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "@dataclass\n"
        "class A:\n"
        "    a: int\n"
        "def f(): return A(7).a\n"
    )
    write(suite, name, source)
    assert call(f"{name}:f", suite) == 7


def test_a_package_beside_a_file(suite: Path) -> None:
    write(suite, "own_package/__init__.py", "")
    write(suite, "own_package/inner.py", "VALUE = 7")
    write(suite, "importing.py", "from own_package.inner import VALUE\ndef f(): return VALUE")
    assert call("importing.f", suite) == 7


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("own_handlers.py", "\"own_handlers.py\" names no function. Write 'own_handlers.py:my_function'."),
        (
            "own_handlers.py:",
            "\"own_handlers.py:\" is not a name such as 'my_module.my_function' or 'my_file.py:my_function'.",
        ),
        (
            "own_handlers:f",
            "\"own_handlers:f\" is not a name such as 'my_module.my_function' or 'my_file.py:my_function'.",
        ),
        ("missing.py:f", 'there is no file "missing.py" in {suite}.'),
        ("{suite}/missing.py:f", 'there is no file "{suite}/missing.py".'),
        ("deeper.py:f", 'there is no file "deeper.py" in {suite}.'),
        (
            "missing.f",
            (
                '"missing.f" cannot be imported: there is no module "missing" in the module search path '
                '(robot --pythonpath), and no file "missing.py" in {suite}.'
            ),
        ),
        (
            "own_handlers.nope",
            '"own_handlers.nope" cannot be found: {suite}/own_handlers.py has no "nope". It has f.',
        ),
        (
            "own_handlers.py:nope",
            '"own_handlers.py:nope" cannot be found: {suite}/own_handlers.py has no "nope". It has f.',
        ),
        ("many.py:nope", '"many.py:nope" cannot be found: {suite}/many.py has no "nope". It has {many} and 3 more.'),
        ("plain.py:nope", '"plain.py:nope" cannot be found: {suite}/plain.py has no "nope". It has no functions.'),
        ("plain.py:text", "\"plain.py:text\" is not callable: 'text'."),
        ("plain.py:text.nope", '"plain.py:text.nope" cannot be found: \'text\' has no "nope".'),
    ],
)
def test_what_cannot_be_found(suite: Path, value: str, message: str) -> None:
    write(suite, "plain.py", "from json import dumps\ntext = 'text'\nclass A: pass\n")
    write(suite, "many.py", "".join(f"def f{number}(): pass\n" for number in range(23)))
    (suite / "deeper.py").mkdir()
    many = ", ".join(f"f{number}" for number in range(20))
    assert failure(value.format(suite=suite), suite) == f"handler: {message.format(suite=suite, many=many)}"


def test_a_name_that_is_too_long_for_a_file(suite: Path) -> None:
    name = "x" * 300
    assert failure(f"{name}.py:f", suite).startswith('handler: there is no file "xxx')
    assert failure(f"{name}.f", suite).endswith(f" in {suite}.")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("\n1 / 0", "ZeroDivisionError: division by zero (broken_file.py, line 2)."),
        ("import no_such", "ModuleNotFoundError: No module named 'no_such' (broken_file.py, line 1)."),
        ("\nx = = 1", "SyntaxError: invalid syntax (broken_file.py, line 2)."),
        ("\nimport broken_helper", "SyntaxError: invalid syntax (broken_helper.py, line 3)."),
        ("\nimport raising_helper", "ValueError: boo (broken_file.py, line 2)."),
        ("raise SystemExit(3)", "SystemExit: 3 (broken_file.py, line 1)."),
        ("x = '\0'", "*null bytes*"),
    ],
)
@pytest.mark.parametrize("value", ["broken_file.f", "broken_file.py:f"])
def test_files_that_cannot_be_imported(suite: Path, value: str, source: str, message: str) -> None:
    write(suite, "broken_file.py", source)
    write(suite, "broken_helper.py", "\n\nx = = 1")
    write(suite, "raising_helper.py", "\n\nraise ValueError('boo')")
    told = failure(value, suite)
    if message == "*null bytes*":
        # Python 3.12 has another exception for it.
        assert told.startswith('handler: importing "broken_file.py" failed: ')
        assert "null bytes" in told
    else:
        assert told == f'handler: importing "broken_file.py" failed: {message}'


def test_a_module_of_the_search_path_that_cannot_be_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "broken_installed.py", "\n1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    assert failure("broken_installed.f", None) == (
        'handler: importing "broken_installed" failed: '
        "ZeroDivisionError: division by zero (broken_installed.py, line 2)."
    )
