"""WireMock, in a Java process of its own that lives as long as the benchmark: Java gets fast only after a while."""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import requests

from clients import wrk
from servers import answer_once

# The same expectation and answer as of the other servers.
_MAPPING = {
    "request": {
        "method": "POST",
        "urlPath": "/orders",
        "bodyPatterns": [{"equalToJson": {"item": "book"}}],
    },
    "response": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": '{"id": 7}'},
}
# The journal has its default, no bound, and is emptied before each load: with a bound, WireMock gets several times
# slower with every thousand requests it keeps.
_OPTIONS = ["--port=0", "--disable-banner", "--use-chunked-encoding=never"]
_WARM_UP = 5


@cache
def missing() -> str:
    """What is not here of what WireMock needs."""
    if shutil.which("java") is None:
        return "WireMock needs java on the path"
    if _jar() is None:
        return "WireMock's jar is neither in WIREMOCK_JAR nor in an installed npm package 'wiremock'"
    return ""


@cache
def _jar() -> Path | None:
    given = os.environ.get("WIREMOCK_JAR")
    if given:
        jar = Path(given)
        if not jar.is_file():
            raise SystemExit(f"WIREMOCK_JAR: there is no file '{given}'.")
        return jar
    if shutil.which("npm") is None:
        return None
    for where in ([], ["--global"]):
        root = subprocess.run(["npm", "root", *where], capture_output=True, text=True, check=True).stdout.strip()
        for jar in Path(root, "wiremock", "build").glob("wiremock-standalone-*.jar"):
            return jar
    return None


def port() -> int:
    """The port of WireMock, which is warm and has no recorded requests."""
    number = _started()
    _admin("DELETE", "requests")
    return number


def recorded() -> int:
    """How many requests are kept."""
    return int(_admin("POST", "requests/count", {}).json()["count"])


def _admin(method: str, path: str, body: dict[str, str] | None = None) -> requests.Response:
    with requests.Session() as client:
        client.trust_env = False
        response = client.request(method, f"http://127.0.0.1:{_started()}/__admin/{path}", json=body, timeout=60)
    response.raise_for_status()
    return response


@cache
def _started() -> int:
    directory = tempfile.TemporaryDirectory()
    atexit.register(directory.cleanup)
    mappings = Path(directory.name, "mappings")
    mappings.mkdir()
    Path(mappings, "orders.json").write_text(json.dumps(_MAPPING))
    command = ["java", "-jar", str(_jar()), *_OPTIONS, f"--root-dir={directory.name}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    atexit.register(process.wait)
    atexit.register(process.kill)
    number = _told_port(process)
    answer_once(number)
    wrk(number, 16, _WARM_UP)
    return number


def _told_port(process: subprocess.Popen[str]) -> int:
    told = []
    for line in process.stdout or ():
        told.append(line)
        found = re.match(r"port:\s+(\d+)", line)
        if found:
            return int(found[1])
    raise RuntimeError(f"WireMock did not start:\n{''.join(told)}")
