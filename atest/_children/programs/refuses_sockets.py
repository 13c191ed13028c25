"""Run by lifecycle.robot: a listener during whose run no socket can be opened."""

import socket
import threading

ROBOT_LISTENER_API_VERSION = 3


def refuse(*args: object) -> None:
    raise AssertionError("a socket was opened")


def start_suite(data: object, result: object) -> None:
    socket.socket.bind = refuse  # type: ignore[method-assign]


def end_test(data: object, result: object) -> None:
    print("<threads:", threading.active_count(), ">")
