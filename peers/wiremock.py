"""Runs WireMock beside this library: the same mappings, the same requests, the same answers.

Each case in ``utest/formats/loading/wiremock/cases`` is a JSON file with mappings, requests, and the answers that
WireMock gave. The default tests replay the answers; this script asks WireMock again and says which of them differ. With
``--update`` it writes them down.

    python peers/wiremock.py path/to/wiremock-standalone.jar [--update] [case ...]
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

CASES: Final = Path(__file__).parents[1] / "utest" / "formats" / "loading" / "wiremock" / "cases"
# Each of the two has its own, whatever a mapping says.
_OF_THE_WIRE: Final = frozenset({"date", "server", "connection", "keep-alive", "transfer-encoding", "content-length"})
# WireMock adds them for people who debug it.
_OF_WIREMOCK: Final = frozenset({"matched-stub-id", "matched-stub-name", "vary"})
_PORT: Final = re.compile(r"port:?\s+(\d+)")
_FAILURE: Final = re.compile(r"<title>Error 500|\A\d+:\d+: ")
_TIMEOUT: Final = 30
_UNMATCHED: Final = {"priority": 2**31 - 1, "request": {}, "response": {"status": 418, "body": "unmatched"}}
# In these, a case says where the server of the test listens.
_PLACEHOLDERS: Final = ("${port}",)


class WireMock:
    """A running WireMock."""

    def __init__(self, port: int, root: Path) -> None:
        self.port = port
        self._root = root

    def load(self, mappings: object, files: Mapping[str, str]) -> str:
        """Replaces all mappings; returns why that failed, or nothing."""
        for name in ("mappings", "__files"):
            shutil.rmtree(self._root / name, ignore_errors=True)
            (self._root / name).mkdir()
        (self._root / "mappings" / "all.json").write_text(json.dumps({"mappings": mappings}), encoding="utf-8")
        for name, text in files.items():
            file = self._root / "__files" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return self.reload()

    def load_directory(self, directory: Path) -> str:
        """The same with the mappings and files of a directory."""
        for name in ("mappings", "__files"):
            shutil.rmtree(self._root / name, ignore_errors=True)
            if (directory / name).is_dir():
                shutil.copytree(directory / name, self._root / name)
            else:
                (self._root / name).mkdir()
        return self.reload()

    def reload(self) -> str:
        """Loads what is in the directories, and what answers every other request.

        Without that, WireMock would explain for each why it does not match.
        """
        (self._root / "mappings" / "zzz-unmatched.json").write_text(json.dumps(_UNMATCHED), encoding="utf-8")
        answer = ask(self.port, {"send": "POST /__admin/reset"})
        return "" if answer["status"] == 200 else str(answer["body"])


@contextmanager
def running(jar: Path) -> Iterator[WireMock]:
    """WireMock on a free port."""
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "mappings").mkdir()
        (Path(directory) / "__files").mkdir()
        command = ["java", "-jar", str(jar), "--port", "0", "--root-dir", directory, "--disable-gzip"]
        log = Path(directory) / "log.txt"
        # A pipe that nobody reads would stop it once it is full.
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + _TIMEOUT
            while not (found := _PORT.search(log.read_text(encoding="utf-8", errors="replace"))):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"WireMock did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")
                time.sleep(0.05)
            yield WireMock(int(found[1]), Path(directory))
        finally:
            process.kill()
            process.wait()


def ask(port: int, request: Mapping[str, Any]) -> dict[str, Any]:
    """Sends a request as a case describes it; returns the answer as a case describes it.

    A request has ``send``, such as ``GET /orders``, ``headers`` (a dictionary, or a list of pairs), and ``body`` (text)
    or ``data`` (base64).
    """
    method, _, target = request["send"].partition(" ")
    given = request.get("headers", {})
    headers = [*(given.items() if isinstance(given, Mapping) else given)]
    body = request.get("body", "").encode() if "data" not in request else base64.b64decode(request["data"])
    connection = http.client.HTTPConnection("localhost", port)
    try:
        # Some machines try ::1 first, which would be in the answers.
        connection.sock = socket.create_connection(("127.0.0.1", port), _TIMEOUT)
        skipped = any(name.lower() == "host" for name, _ in headers)
        connection.putrequest(method, target, skip_host=skipped, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        if body or method in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        response = connection.getresponse()
        return _answer(response, response.read())
    except (TimeoutError, http.client.HTTPException, OSError) as error:
        return {"broken": type(error).__name__}
    finally:
        connection.close()


def _answer(response: http.client.HTTPResponse, body: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = {"status": response.status, "reason": response.reason}
    ignored = _OF_THE_WIRE | _OF_WIREMOCK
    headers = [[name, value] for name, value in response.getheaders() if name.lower() not in ignored]
    if headers:
        answer["headers"] = headers
    try:
        answer["body"] = body.decode()
    except UnicodeDecodeError:
        answer["data"] = base64.b64encode(body).decode()
    return answer


def filled(value: Any, port: int) -> Any:
    """A part of a case, with the port of the server that is asked."""
    text = json.dumps(value)
    return json.loads(text.replace(_PLACEHOLDERS[0], str(port)))


def unfilled(value: Any, port: int) -> Any:
    """The same the other way round."""
    text = json.dumps(value)
    return json.loads(re.sub(rf"(?<![0-9]){port}(?![0-9])", _PLACEHOLDERS[0], text))


def answers(server: WireMock, case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What WireMock answers to the requests of a case; ``unmatched`` where no mapping matches."""
    failure = server.load(case["mappings"], case.get("files", {}))
    if failure:
        raise RuntimeError(f"WireMock does not load it: {failure}")
    return [
        unfilled(_matched(ask(server.port, filled(request, server.port))), server.port) for request in case["requests"]
    ]


def _matched(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer as a case says it: none of it matters where no mapping matches, or WireMock fails."""
    if answer.get("status") == 418:
        return {"unmatched": True}
    is_failure = answer.get("status") == 500 and _FAILURE.search(answer.get("body", ""))
    return {"failed": True} if is_failure else answer


def main() -> int:
    parser = argparse.ArgumentParser(description="Ask WireMock the requests of the cases again.")
    parser.add_argument("jar", type=Path)
    parser.add_argument("--update", action="store_true", help="write the answers down")
    parser.add_argument("cases", nargs="*", help="names of cases; all when left out")
    arguments = parser.parse_intermixed_args()
    differing = 0
    files = [CASES / f"{name}.json" for name in arguments.cases] or sorted(CASES.glob("*.json"))
    with running(arguments.jar) as server:
        for file in files:
            case = json.loads(file.read_text(encoding="utf-8"))
            for request, answer in zip(case["requests"], answers(server, case), strict=True):
                expected = request.get("answer")
                if answer != expected:
                    differing += 1
                    if not arguments.update:
                        print(f"{file.stem}: {request['send']}\n    written: {expected}\n    WireMock: {answer}")
                request["answer"] = answer
            if arguments.update:
                file.write_text(json.dumps(case, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(files)} cases, {differing} answers {'updated' if arguments.update else 'differ'}")
    return 1 if differing and not arguments.update else 0


if __name__ == "__main__":
    sys.exit(main())
