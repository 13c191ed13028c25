"""Run by lifecycle.robot: documents the library where no socket can be opened."""

import socket
import threading

from robot.libdocpkg import LibraryDocumentation


def refuse(*args: object) -> None:
    raise AssertionError("a socket was opened")


socket.socket.bind = socket.socket.connect = refuse  # type: ignore[method-assign]
documented = LibraryDocumentation("HttpServerLibrary::auto_start=True")
print("<keywords:", len(documented.keywords) > 20, "threads:", threading.active_count(), ">")
