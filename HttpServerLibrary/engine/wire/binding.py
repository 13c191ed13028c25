"""Taking a port: the listening sockets of a server, or one line that says why there are none."""

from __future__ import annotations

import errno
import socket
import sys
from contextlib import ExitStack
from typing import Any, Final

from ..errors import UsageError

_BACKLOG: Final = 1024
_ATTEMPTS: Final = 20
# In one of these ways a machine without IPv6 refuses its addresses.
_UNAVAILABLE: Final = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT})


# Family and numeric address; the latter as getaddrinfo gives it, with port, flow and scope.
_Address = tuple[socket.AddressFamily, tuple[Any, ...]]


def listen(host: str, port: int) -> list[socket.socket]:
    """Listens on all addresses of `host` with one port, a free one when `port` is 0.

    Raises UsageError with one line that says what to do about it.
    """
    if not 0 <= port <= 65535:
        raise UsageError(f"There is no port {port}: ports go from 0 to 65535, and 0 takes a free one.")
    addresses = _addresses(host)
    # The free port of one address may be taken on another.
    attempts = _ATTEMPTS if port == 0 else 1
    while True:
        attempts -= 1
        try:
            return _listen_on_all(addresses, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not attempts:
                raise UsageError(_explain(error, host, port)) from error


def _addresses(host: str) -> list[_Address]:
    if host.lower() == "localhost":
        # Not what the resolver says: clients take either of the two, and /etc/hosts may name one only.
        return [(socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_INET6, ("::1", 0))]
    try:
        found = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"The host {host!r} cannot be resolved to an address. Use localhost, or 0.0.0.0 for all addresses."
        ) from error
    # This server itself would occupy an address that is listed twice.
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def _listen_on_all(addresses: list[_Address], port: int) -> list[socket.socket]:
    unavailable: OSError | None = None
    with ExitStack() as undo:
        listening: list[socket.socket] = []
        for address in addresses:
            try:
                sock = _listen_on(address, port)
            except OSError as error:
                if error.errno not in _UNAVAILABLE:
                    raise
                unavailable = error
                continue
            listening.append(undo.enter_context(sock))
            port = sock.getsockname()[1]
        if unavailable and not listening:
            raise unavailable
        undo.pop_all()
    return listening


def _listen_on(address: _Address, port: int) -> socket.socket:
    family, (host, _, *scope) = address
    with ExitStack() as undo:
        sock = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
        if sys.platform == "win32":
            # There SO_REUSEADDR would let two servers share a port.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # Connections of a former server that linger in the kernel do not keep the port.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((host, port, *scope))
        sock.listen(_BACKLOG)
        sock.setblocking(False)
        undo.pop_all()
    return sock


def _explain(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program. Use port=0 to take a free one."
    if error.errno in _UNAVAILABLE:
        return f"{host} is not an address of this machine. Use localhost, or 0.0.0.0 for all addresses."
    if error.errno == errno.EACCES:
        return f"Port {port} on {host} needs more permissions. Use port=0 to take a free one."
    return f"Listening on port {port} of {host} failed: {error.strerror or error}."
