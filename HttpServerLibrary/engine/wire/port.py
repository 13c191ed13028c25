"""The port of a listener: sockets that listen to it, or keep it while connections are refused."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

from ..errors import UsageError
from .binding import keep, listen_again
from .sockets import shut_down

# How often it tries to keep the port, which another program may have for a moment.
_ATTEMPTS: Final = 20


class Port:
    """Has the sockets of one port. All methods but `free` are for the leading thread."""

    def __init__(self, sockets: Sequence[socket.socket]) -> None:
        self.sockets = [*sockets]
        self.number: int = sockets[0].getsockname()[1]
        self.is_held = True
        """Whether no other program can have it."""

        self.refuses = False
        """Whether connections are refused."""

        self._addresses: dict[int, tuple[int, tuple[Any, ...]]] = {}

    @property
    def listening(self) -> Sequence[socket.socket]:
        """The sockets that accept connections."""
        return () if self.refuses else self.sockets

    def free(self) -> None:
        """Gives it up."""
        self.is_held = False
        for sock in self.sockets:
            # close() alone does not free the port while a forked process has the socket, too.
            shut_down(sock)
            sock.close()

    def close_inherited(self) -> None:
        """Closes the sockets that a forked process inherited; the port belongs to the process that started it."""
        self.is_held = False
        for sock in self.sockets:
            sock.close()

    def refuse(self, lock: threading.Lock, stopping: Callable[[], bool], pause: Callable[[], object]) -> None:
        """Refuses connections from now on. Raises UsageError if the port is lost.

        The lock is held while sockets change, and not during a pause between two attempts.
        """
        self.refuses = True
        for index in range(len(self.sockets)):
            attempts = _ATTEMPTS
            while True:
                with lock:
                    if stopping() or self._keep(index, attempts):
                        break
                attempts -= 1
                pause()

    def _keep(self, index: int, attempts: int) -> bool:
        """Replaces a listening socket by one that refuses connections; returns whether that needs no other attempt."""
        sock = self.sockets[index]
        if sock.fileno() != -1:
            self._addresses[index] = sock.family, sock.getsockname()
            shut_down(sock)
            sock.close()
        try:
            self.sockets[index] = keep(*self._addresses[index])
        except OSError as error:
            if attempts == 1:
                self.is_held = False
                reason = f"could not be kept while connections are refused: {error.strerror}"
                raise UsageError(f"Port {self.number} {reason}.") from error
            return False
        return True

    def admit(self) -> None:
        """Accepts connections again."""
        for sock in self.sockets:
            listen_again(sock)
        self.refuses = False
