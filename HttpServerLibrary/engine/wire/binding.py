"""Taking a port: the listening sockets of a server, or a one-line error."""

from __future__ import annotations

import errno
import socket
import sys
from contextlib import ExitStack, suppress
from typing import Any, Final

from ..errors import UsageError
from ..interrupts import Latch
from ..url import checked_host, not_ours, not_resolved

_BACKLOG: Final = 1024
_ATTEMPTS: Final = 20
# The errors with which a machine without IPv6 rejects its addresses.
_UNAVAILABLE: Final = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT})
# On Windows, SO_REUSEADDR would let two servers share a port. Elsewhere, lingering connections of an earlier server
# would block the port without it.
_PORT_OPTION: Final[int] = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)


# Family and numeric address as getaddrinfo returns it, with port, flow and scope.
_Address = tuple[socket.AddressFamily, tuple[Any, ...]]
# Do not ask the resolver: clients use either of the two, and /etc/hosts may list only one.
_LOOPBACK: Final[list[_Address]] = [(socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_INET6, ("::1", 0))]
_ALL: Final[list[_Address]] = [(socket.AF_INET6, ("::", 0)), (socket.AF_INET, ("0.0.0.0", 0))]


def listen(host: str, port: int, platform: str = sys.platform, pause: float = 0.05) -> list[socket.socket]:
    """Listens on all addresses of `host` with one port, a free one when `port` is 0.

    ``::`` means all addresses of both families. ``pause`` is how many seconds it waits before it tries to take the same
    port again. Raises UsageError with one line that says what to do about it.
    """
    if not 0 <= port <= 65535:
        raise UsageError(f"There is no port {port}: ports go from 0 to 65535, and 0 takes a free one.")
    host = checked_host(host)
    addresses = _addresses(host)
    if port and platform not in ("linux", "win32") and any(_is_served(address, port) for address in addresses):
        # There, SO_REUSEADDR lets one server have a port on all addresses, and another have it on one of them.
        raise UsageError(_explain(OSError(errno.EADDRINUSE, ""), host, port, platform))
    # The free port of one address may be taken on another. On Windows, the connections of a server that was stopped
    # have its port for a moment.
    attempts = _ATTEMPTS if port == 0 or platform == "win32" else 1
    while True:
        attempts -= 1
        try:
            return _listen_on_all(addresses, port)
        except OSError as error:
            if not _is_taken(error, platform):
                raise UsageError(_explain(error, host, port, platform)) from error
            failure = error
        if not attempts:
            break
        if port:
            Latch().wait(pause)
    if port and platform == "win32" and not any(_is_served(address, port) for address in addresses):
        # Some connections last as long as their clients like, and until then nobody can have the port for itself alone.
        with suppress(OSError):
            return _listen_on_all(addresses, port, alone=False)
    raise UsageError(_explain(failure, host, port, platform)) from failure


def _addresses(host: str) -> list[_Address]:
    if host == "localhost":
        return _LOOPBACK
    if host == "::":
        return _ALL
    try:
        found = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, ValueError) as error:
        raise not_resolved(host) from error
    # This server itself would occupy an address that is listed twice.
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def _is_served(address: _Address, port: int) -> bool:
    """Whether a server accepts connections to an address of this machine. For all addresses, it tries the loopback."""
    family, (host, _, *scope) = address
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.settimeout(1)
            sock.connect((host, port, *scope))
    except OSError:
        return False
    return True


def _listen_on_all(addresses: list[_Address], port: int, *, alone: bool = True) -> list[socket.socket]:
    unavailable: OSError | None = None
    with ExitStack() as undo:
        listening: list[socket.socket] = []
        for address in addresses:
            try:
                sock = _listen_on(address, port, alone)
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


def _listen_on(address: _Address, port: int, alone: bool) -> socket.socket:
    family, (host, _, *scope) = address
    with ExitStack() as undo:
        sock = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
        if alone:
            sock.setsockopt(socket.SOL_SOCKET, _PORT_OPTION, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        # Accepted sockets inherit it. Responses are written whole: waiting to fill a packet would only delay them.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.bind((host, port, *scope))
        sock.listen(_BACKLOG)
        sock.setblocking(False)
        undo.pop_all()
    return sock


def keep(family: int, address: tuple[Any, ...], platform: str = sys.platform) -> socket.socket:
    """Takes the address of a listening socket that was just closed, without listening: connections are refused.

    Nobody else gets the port, and `listen_again` ends the refusal. Raises OSError.
    """
    with ExitStack() as undo:
        sock = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # While nobody listens, all sockets with SO_REUSEADDR could have the port together, so this one must not have
        # it. SO_EXCLUSIVEADDRUSE, on the other hand, keeps others away.
        is_exclusive = platform == "win32"
        try:
            sock.setsockopt(socket.SOL_SOCKET, _PORT_OPTION, is_exclusive)
            sock.bind(address)
        except OSError:
            # There are connections of this port.
            sock.setsockopt(socket.SOL_SOCKET, _PORT_OPTION, not is_exclusive)
            sock.bind(address)
            if not is_exclusive:
                sock.setsockopt(socket.SOL_SOCKET, _PORT_OPTION, 0)
        sock.setblocking(False)
        undo.pop_all()
    return sock


def listen_again(sock: socket.socket, platform: str = sys.platform) -> None:
    """Accepts connections with a socket of `keep`."""
    if platform != "win32":
        # Windows takes the option only before the socket has an address.
        sock.setsockopt(socket.SOL_SOCKET, _PORT_OPTION, 1)
    sock.listen(_BACKLOG)


def _is_taken(error: OSError, platform: str) -> bool:
    # Windows says EACCES when the other server has the port for itself alone.
    return error.errno == errno.EADDRINUSE or (error.errno == errno.EACCES and platform == "win32")


def _explain(error: OSError, host: str, port: int, platform: str) -> str:
    if _is_taken(error, platform):
        # Windows gives the same error for the ports that it sets aside, such as those for Hyper-V.
        reserved = " or reserved by Windows" if error.errno == errno.EACCES else ""
        return f"Port {port} on {host} is taken by another program{reserved}. Use port=0 to take a free one."
    if error.errno in _UNAVAILABLE:
        return str(not_ours(host))
    if error.errno == errno.EACCES:
        return f"Port {port} on {host} needs more permissions. Use port=0 to take a free one."
    return f"Listening on port {port} of {host} failed: {error.strerror or error}."
