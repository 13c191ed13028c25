"""Requests that are sent on, as their server knows them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from HttpServerLibrary.engine.outbound.forwards import Forwards
from HttpServerLibrary.engine.scope import Scope


def test_only_answers_without_an_end_are_ended() -> None:
    forwards = Forwards()
    noted: list[str] = []
    scope, other = Scope("test 'A'"), Scope("suite 'B'")
    endless = forwards.begin(scope, note=noted.append)
    waits = forwards.begin(scope)
    elsewhere = forwards.begin(other)
    endless.begun(is_endless=True)
    elsewhere.begun(is_endless=True)
    # Nobody finishes it, so this waits no longer than it may.
    forwards.end(scope, grace=0.01)
    assert endless.cancel.cancelled
    assert not waits.cancel.cancelled
    assert not elsewhere.cancel.cancelled
    endless.note_end()
    waits.note_end()
    assert noted == ["test 'A' ended"]
    endless.finish()
    forwards.end(None, grace=0.01)
    assert elsewhere.ended == "the server was reset"
    assert endless.ended == "test 'A' ended"


def test_what_begins_after_the_stop_is_cancelled() -> None:
    forwards = Forwards()
    before = forwards.begin()
    forwards.stop()
    assert before.cancel.cancelled
    assert forwards.begin().cancel.cancelled
    forwards.stop()


# In a process of its own: one with the threads of a test run should not be forked.
FORK = """
import os, socket
from HttpServerLibrary.engine.outbound.forwards import Forwards

forwards = Forwards()
forward = forwards.begin()
own, other = socket.socketpair()
forward.connections.keep("a", own, 1, forward.connections.closings)
busy, other_busy = socket.socketpair()
forward.cancel.watch(busy)
child = os.fork()
if child == 0:
    forwards.end(None)
    assert own.fileno() != -1
    forwards.stop()
    assert own.fileno() == busy.fileno() == -1
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
# Here, both are still open.
other.setblocking(False)
other_busy.setblocking(False)
for sock in other, other_busy:
    try:
        raise SystemExit(f"received {sock.recv(1)}")
    except BlockingIOError:
        pass
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_in_a_forked_process() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-c", FORK], env=environment, check=True, timeout=600)


def test_a_connection_that_is_in_use_at_the_end() -> None:
    forwards = Forwards()
    forward = forwards.begin(Scope("test 'A'"))
    own, other = socket.socketpair()
    with other:
        before = forward.connections.closings
        forwards.end(None)
        forward.connections.keep("a", own, 1, before)
        assert own.fileno() == -1
