"""The keyword documentation is complete and its examples run; the list of acceptance suites is complete."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from robot.api import ExecutionResult

ROOT = Path(__file__).parent.parent

# What the examples take for granted: a server of the suite, another one, and requests that came already.
HEAD = """\
*** Settings ***
Library           RequestsLibrary
Library           HttpServerLibrary
Test Setup        Prepare

*** Keywords ***
Prepare
    Start Http Server    alias=payments
    ${url} =    Start Http Server
    VAR    ${HTTP_SERVER_URL}    ${url}    scope=TEST
    Expect Request
    Respond With Data
    ${item} =    Create Dictionary    item=book
    ${state} =    Create Dictionary    state=done
    POST    ${HTTP_SERVER_URL}/orders    json=${item}
    POST    ${HTTP_SERVER_URL}/orders    json=${item}
    POST    ${HTTP_SERVER_URL}/callback    json=${state}
    Clear Expectations
    ${shop} =    Get Http Server Url    server=payments
    VAR    ${SHOP}    ${shop}    scope=TEST
    Expect Request    /orders    server=payments
    Respond With Json    []

Ask For Approval
    Evaluate
    ...    threading.Thread(target=urllib.request.urlopen, args=("${HTTP_SERVER_URL}/approvals", b"")).start()
    ...    modules=threading,urllib.request

Start Client
    [Arguments]    ${path}
    ${client} =    Evaluate    stream_client.Client($HTTP_SERVER_URL + $path)    modules=stream_client
    VAR    ${CLIENT}    ${client}    scope=TEST

*** Test Cases ***
"""
# Reads a stream in the background, and connects again when it breaks.
CLIENT = """import http.client
import threading
import urllib.request
from contextlib import suppress


class Client:
    def __init__(self, url):
        self._url = url
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        headers = {}
        try:
            while True:
                request = urllib.request.Request(self._url, headers=headers)
                with suppress(http.client.IncompleteRead), urllib.request.urlopen(request) as response:
                    for line in response:
                        if line.startswith(b"id: "):
                            headers["Last-Event-ID"] = line[4:].decode().strip()
        except OSError:
            pass
"""
# What the examples load.
ARCHIVE = {
    "log": {
        "entries": [
            {"request": {"method": "GET", "url": f"https://shop.example{path}"}, "response": {"status": 200}}
            for path in ("/orders", "/orders/7")
        ]
    }
}
COLLECTION = {
    "info": {"name": "Shop"},
    "item": [{"request": {"method": "POST", "url": "{{shop}}/orders"}, "response": [{"name": "Created", "code": 201}]}],
}
DESCRIPTION = """\
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /orders/{id}:
    get:
      operationId: getOrder
      responses:
        "200":
          description: An order.
          content:
            application/json:
              schema: {properties: {id: {type: integer}}}
              example: {id: 7}
        "404": {description: There is no such order.}
"""
# The system under test, where an example waits for it; the second one waits for its answer itself.
CALLBACK = "    POST    ${HTTP_SERVER_URL}/callback\n"
APPROVAL = "    Ask For Approval\n"


@pytest.fixture(scope="module")
def documentation(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    output = tmp_path_factory.mktemp("libdoc") / "library.json"
    command = [sys.executable, "-m", "robot.libdoc", "--specdocformat", "HTML", "HttpServerLibrary", str(output)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    # libdoc ends with 0 also when it could not make a keyword.
    assert done.stderr == ""
    loaded: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    return loaded


def texts(documentation: dict[str, Any]) -> str:
    return json.dumps(documentation)


def examples(doc: str) -> list[str]:
    blocks = re.findall(r"<pre>\n(.*?)</pre>", doc, re.DOTALL)
    # libdoc makes links of URLs.
    return [html.unescape(re.sub(r"</?a\b[^>]*>", "", re.sub(r"</?b>", "*", block))) for block in blocks]


def steps(example: str) -> str:
    """An example as the body of a test, with the system under test."""
    lines = "".join(f"    {line}\n" for line in example.splitlines())
    lines = lines.replace("    Wait Until Expectations", f"{CALLBACK}    Wait Until Expectations")
    waits = "    ${request} =    Wait Until Request Is Received    /approvals\n"
    return lines.replace(waits, APPROVAL + waits)


def run(directory: Path, suite: str) -> dict[str, str]:
    """Runs a suite as a user does; returns the messages of its tests, empty for those that passed."""
    (directory / "suite.robot").write_text(suite, encoding="utf-8")
    (directory / "stream_client.py").write_text(CLIENT, encoding="utf-8")
    (directory / "orders.har").write_text(json.dumps(ARCHIVE), encoding="utf-8")
    (directory / "shop.postman_collection.json").write_text(json.dumps(COLLECTION), encoding="utf-8")
    (directory / "shop.yaml").write_text(DESCRIPTION, encoding="utf-8")
    (directory / "logo.png").write_bytes(b"\x89PNG")
    (directory / "dist").mkdir(exist_ok=True)
    (directory / "dist" / "index.html").write_text("<p>Hello</p>", encoding="utf-8")
    (directory / "my_handlers.py").write_text("def echo(request):\n    return request.get_data()\n", encoding="utf-8")
    command = [sys.executable, "-m", "robot", "--pythonpath", ".", "--report", "NONE", "--log", "NONE", "suite.robot"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    done = subprocess.run(command, capture_output=True, text=True, cwd=directory, env=environment, check=False)
    assert "[ ERROR ]" not in done.stderr, done.stderr
    result = ExecutionResult(str(directory / "output.xml"))
    return {test.name: "" if test.passed else test.message for test in result.suite.all_tests}


def test_no_link_is_dead(documentation: dict[str, Any]) -> None:
    assert re.findall(r'<span class=\\"name\\">([^<]*)</span>', texts(documentation)) == []


def test_every_keyword_is_documented(documentation: dict[str, Any]) -> None:
    for keyword in documentation["keywords"]:
        assert keyword["shortdoc"].endswith("."), keyword["name"]
        assert examples(keyword["doc"]), keyword["name"]
        if keyword["returnType"] and keyword["returnType"]["name"] != "None":
            assert keyword.get("returnDoc") or "Returns:" in keyword["doc"], keyword["name"]


def test_every_argument_is_documented_and_typed(documentation: dict[str, Any]) -> None:
    # The fields of a request description are explained once, in the introduction.
    fields = set(re.findall(r"<code>(\w+)</code>", documentation["doc"]))
    for keyword in [*documentation["keywords"], *documentation["inits"]]:
        for argument in keyword["args"]:
            if argument["kind"] == "NAMED_ONLY_MARKER":
                continue
            assert argument["type"], (keyword["name"], argument["name"])
            documented = argument.get("doc") or f"{argument['name']}:" in keyword["doc"] or argument["name"] in fields
            assert documented, (keyword["name"], argument["name"])


def test_the_examples_of_the_introduction_run(documentation: dict[str, Any], tmp_path: Path) -> None:
    suite, *others = examples(documentation["doc"])
    assert run(tmp_path, suite) == {"Order Is Accepted": ""}
    tests = [f"Example {number}\n{steps(example)}" for number, example in enumerate(others, 1)]
    messages = run(tmp_path, HEAD + "\n".join(tests))
    assert messages == {f"Example {number}": "" for number in range(1, len(others) + 1)}


def test_the_examples_run(documentation: dict[str, Any], tmp_path: Path) -> None:
    tests = []
    for keyword in documentation["keywords"]:
        (example,) = examples(keyword["doc"])
        tests.append(f"{keyword['name']}\n{steps(example)}\n")
    messages = run(tmp_path, HEAD + "".join(tests))
    assert messages == dict.fromkeys((keyword["name"] for keyword in documentation["keywords"]), "")


def test_the_acceptance_readme_names_each_suite_and_its_tags() -> None:
    listed = re.findall(r"^\| `(\w+)` \| .+ \| ([\w, ]+) \|$", (ROOT / "atest" / "README.md").read_text("utf-8"), re.M)
    suites = {}
    for path in sorted((ROOT / "atest").glob("*.robot")):
        tags = re.search(r"^Test Tags +(.+)$", path.read_text(encoding="utf-8"), re.M)
        assert tags, f"{path.name} has no Test Tags"
        suites[path.stem] = ", ".join(re.split(" {2,}", tags[1]))
    assert dict(listed) == suites
