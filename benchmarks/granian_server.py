"""Granian, a server written in Rust, with the smallest application: what a server reaches that does nothing else."""

from __future__ import annotations

import atexit
import importlib.util
import socket
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Final

from servers import answer_once

_STARTS_WITHIN: Final = 30.0


def missing() -> str:
    """What is not here of what Granian needs."""
    return "" if importlib.util.find_spec("granian") else "the package granian is not installed"


@cache
def port() -> int:
    """The port of Granian, which runs as long as the benchmark."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    options = ["--interface=rsgi", "--host=127.0.0.1", f"--port={number}", "--no-ws", "--log-level=warning"]
    command = [sys.executable, "-m", "granian", *options, "granian_app:app"]
    process = subprocess.Popen(command, cwd=Path(__file__).parent)
    atexit.register(process.wait)
    atexit.register(process.terminate)
    deadline = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            answer_once(number)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return number
