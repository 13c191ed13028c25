"""Runs Mockoon beside this library: the same environments, the same requests, the same answers.

Each case in ``utest/formats/loading/mockoon/cases`` is a JSON file with an environment, files beside it, requests, and
the answers that Mockoon 9.3.0 gave. The default tests replay the answers; this script asks Mockoon again and says which
of them differ. With ``--update`` it writes them down.

    npm install --prefix DIRECTORY @mockoon/cli@9.3.0
    python peers/mockoon.py DIRECTORY [--update] [case ...]
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

CASES: Final = Path(__file__).parents[1] / "utest" / "formats" / "loading" / "mockoon" / "cases"
# Each of the two has its own, whatever an environment says.
_OF_THE_WIRE: Final = frozenset({"date", "server", "connection", "keep-alive", "transfer-encoding"})
# What Express answers where no route takes a request.
_UNMATCHED: Final = "<pre>Cannot "
_TIMEOUT: Final = 60
_PAUSE: Final = 0.05


@contextmanager
def running(npm: Path, case: Mapping[str, Any]) -> Iterator[int]:
    """Mockoon with the environment of a case; its port."""
    with tempfile.TemporaryDirectory() as directory, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        probe.close()
        file = written(case, Path(directory))
        command = [str(npm / "node_modules" / ".bin" / "mockoon-cli"), "start", "--data", str(file)]
        options = ["--port", str(port), "--repair", "--disable-log-to-file"]
        environment = {**os.environ, "TZ": "UTC", **case.get("variables", {})}
        process = subprocess.Popen([*command, *options], env=environment, stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + _TIMEOUT
            while not _listens(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("Mockoon did not start")
                time.sleep(_PAUSE)
            yield port
        finally:
            process.kill()
            process.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def written(case: Mapping[str, Any], directory: Path) -> Path:
    """The environment of a case as a file, with the files beside it."""
    for name, text in case.get("files", {}).items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    file = directory / "environment.json"
    file.write_text(json.dumps(case["environment"]), encoding="utf-8")
    return file


def ask(port: int, request: Mapping[str, Any]) -> dict[str, Any]:
    """Sends a request as a case describes it; returns the answer as a case describes it.

    A request has ``send``, such as ``GET /orders``, ``headers`` (a dictionary) and ``body`` (text).
    """
    method, _, target = request["send"].partition(" ")
    headers = {"Host": "shop.example:3000", **request.get("headers", {})}
    body = request.get("body", "").encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body or method in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        response = connection.getresponse()
        return _answer(response, response.read())
    finally:
        connection.close()


def _answer(response: http.client.HTTPResponse, body: bytes) -> dict[str, Any]:
    headers = [[name, value] for name, value in response.getheaders() if name.lower() not in _OF_THE_WIRE]
    # Its place is that of the server.
    headers.sort(key=lambda header: header[0].lower() == "content-length")
    answer: dict[str, Any] = {"status": response.status, "reason": response.reason, "headers": headers}
    try:
        answer["body"] = body.decode()
    except UnicodeDecodeError:
        answer["data"] = base64.b64encode(body).decode()
    return answer


def answers(npm: Path, case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What Mockoon answers to the requests of a case; ``unmatched`` where no route takes one."""
    with running(npm, case) as port:
        found = [ask(port, request) for request in case["requests"]]
    return [{"unmatched": True} if _UNMATCHED in answer.get("body", "") else answer for answer in found]


def main() -> int:
    parser = argparse.ArgumentParser(description="Ask Mockoon the requests of the cases again.")
    parser.add_argument("npm", type=Path, help="the directory in which @mockoon/cli is installed")
    parser.add_argument("--update", action="store_true", help="write the answers down")
    parser.add_argument("cases", nargs="*", help="names of cases; all when left out")
    arguments = parser.parse_intermixed_args()
    differing = 0
    files = [CASES / f"{name}.json" for name in arguments.cases] or sorted(CASES.glob("*.json"))
    for file in files:
        case = json.loads(file.read_text(encoding="utf-8"))
        for request, answer in zip(case["requests"], answers(arguments.npm, case), strict=True):
            if answer != request.get("answer"):
                differing += 1
                if not arguments.update:
                    print(
                        f"{file.stem}: {request['send']}\n    written: {request.get('answer')}\n    Mockoon: {answer}"
                    )
            request["answer"] = answer
        if arguments.update:
            file.write_text(json.dumps(case, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(files)} cases, {differing} answers {'updated' if arguments.update else 'differ'}")
    return 1 if differing and not arguments.update else 0


if __name__ == "__main__":
    sys.exit(main())
