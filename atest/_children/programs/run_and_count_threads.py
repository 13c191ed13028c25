"""Run by lifecycle.robot: what a run in this process leaves behind."""

import threading
from pathlib import Path

import robot
from ending import join_threads

suite = Path(__file__).parent.parent / "leaves_a_server.robot"
rc = robot.run(str(suite), output=None, log=None, report=None)  # type: ignore[attr-defined]
join_threads()
print("<rc:", rc, "threads:", threading.active_count(), ">")
