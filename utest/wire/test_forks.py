"""Processes that are forked while a server runs, as by `multiprocessing`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# In a process of its own: one with the threads of a test run should not be forked.
PROGRAM = """
import os, socket, sys
from HttpServerLibrary.engine.message.response import Response
from HttpServerLibrary.engine.wire.listener import Listener
from HttpServerLibrary.engine.wire.tls import Tls

def ok(request, reply):
    reply.send(Response(200, (), b"ok"))

# No other test may take a port that is free for a moment. Only Linux has other loopback addresses by default.
pid = os.getpid()
HOST = f"127.77.{pid >> 8 & 255}.{pid & 255}" if sys.platform == "linux" else "127.0.0.1"

def start(port=0):
    listener = Listener(HOST, port, ok)
    listener.start()
    return listener

def connect(listener):
    return socket.create_connection((HOST, listener.port), timeout=60)

def ask(client, more=b""):
    client.sendall(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n" + more + b"\\r\\n")
    assert client.recv(1000).endswith(b"ok")

stays, ends = start(), start()
ca_file = Tls.of("localhost", tls=True).ca_file()
to_stay, to_close, to_abort = connect(stays), connect(ends), connect(ends)
for client in (to_stay, to_close, to_abort):
    ask(client)
from_child, to_parent = os.pipe()
from_parent, to_child = os.pipe()
child = os.fork()
if not child:
    os.close(to_child)
    assert stays.stop() == 0
    assert not stays.listening
    os.write(to_parent, b"stopped")
    os.read(from_parent, 1)
    sys.exit()
os.close(to_parent)
assert os.read(from_child, 100) == b"stopped"
ask(to_stay)
ask(connect(stays))
ask(to_close, b"Connection: close\\r\\n")
assert to_close.recv(1000) == b"", "closed, although the child has it, too"
while ends.stop():
    pass
assert to_abort.recv(1000) == b""
try:
    connect(ends)
except ConnectionRefusedError:
    pass
else:
    raise AssertionError("the child has taken the connection")
again = start(ends.port)
ask(connect(again))
os.close(to_child)
assert os.waitpid(child, 0)[1] == 0
assert ca_file.exists()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_forked_process_neither_keeps_a_server_nor_ends_it() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert (done.returncode, done.stderr) == (0, "")
