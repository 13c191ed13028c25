"""What a client got from a service, it gets again from what was saved, without the service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from HttpServerLibrary import HttpServerLibrary
from utest.formats import traffic
from utest.formats.traffic import Got

ROOT = Path(__file__).parents[2]

# Robocop checks it, together with the acceptance tests.
PINNED = ROOT / "atest" / "_children" / "recorded" / "traffic.resource"

# The formats that `Load Expectations` can load.
LOADED: list[str] = ["har", "json"]
# An HTTP Archive has decoded bodies, which are loaded as such, and masks all of a cookie.
LOST = {"har": ("content-encoding", "set-cookie")}

SUITE = """\
*** Settings ***
Library           HttpServerLibrary    timeout=3 seconds
Library           {traffic}
Resource          {resource}

*** Test Cases ***
Replayed
    ${{url}} =    Start Http Server
    Expect Recorded Traffic
    Save All    ${{url}}    {answers}
    Check Assertions
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Got]]:
    """A directory with what was saved in each format, and what the client got."""
    directory = tmp_path_factory.mktemp("recorded")
    library = HttpServerLibrary()
    try:
        with traffic.service() as upstream:
            url = library.start_http_server()
            library.forward_unexpected_requests(upstream)
            got = traffic.send_all(url)
            library.check_assertions()
        for suffix in ("resource", "json", "har"):
            library.save_received_requests(directory / f"traffic.{suffix}")
    finally:
        library.stop_all_http_servers()
    return directory, got


def replay(directory: Path, resource: Path) -> list[Got]:
    answers = directory / "answers.json"
    suite = directory / "suite.robot"
    suite.write_text(SUITE.format(traffic=traffic.__file__, resource=resource, answers=answers), encoding="utf-8")
    command = [sys.executable, "-m", "robot", "--outputdir", str(directory), "--report", "NONE", str(suite)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    done = subprocess.run(command, capture_output=True, text=True, cwd=directory, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return [Got(*entry) for entry in json.loads(answers.read_text(encoding="utf-8"))]


def assert_same(got: list[Got], before: list[Got], lost: tuple[str, ...] = ()) -> None:
    assert len(got) == len(traffic.REQUESTS) >= 40
    for (request, now), (_, then) in zip(traffic.comparable(got), traffic.comparable(before), strict=True):
        assert without(now, lost) == without(then, lost), request


def without(got: Got, lost: tuple[str, ...]) -> Got:
    return got._replace(headers=[pair for pair in got.headers if pair[0] not in lost])


def test_a_resource(recorded: tuple[Path, list[Got]]) -> None:
    directory, got = recorded
    assert_same(replay(directory, directory / "traffic.resource"), got)


@pytest.mark.parametrize("suffix", ["har", "json"])
def test_a_file_that_is_loaded(suffix: str, recorded: tuple[Path, list[Got]]) -> None:
    if suffix not in LOADED:
        pytest.skip("this format cannot be loaded yet")
    directory, got = recorded
    library = HttpServerLibrary()
    try:
        url = library.start_http_server()
        library.load_expectations(directory / f"traffic.{suffix}")
        again = traffic.send_all(url)
        library.check_assertions()
    finally:
        library.stop_all_http_servers()
    assert_same(again, got, LOST.get(suffix, ()))


def test_the_resource_is_the_one_that_robocop_checks(recorded: tuple[Path, list[Got]]) -> None:
    directory, _ = recorded
    text = (directory / "traffic.resource").read_text(encoding="utf-8")
    assert text == PINNED.read_text(encoding="utf-8"), f"if it is right, it belongs in {PINNED.relative_to(ROOT)}"
