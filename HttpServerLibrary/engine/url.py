"""Hosts and URLs of a server."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address
from typing import Final
from urllib.parse import quote

from .errors import UsageError
from .visible import quote as quoted
from .visible import visible

WILDCARDS: Final = ("0.0.0.0", "::", "")
_BROADCAST: Final = "255.255.255.255"
_NAME: Final = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
# A name ends in letters (RFC 1123, 2.1); resolvers take numbers for an address, even if it is not complete.
_NUMBERS: Final = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)\.?", re.IGNORECASE)
# RFC 3986, 2.2 and 2.3, and '%', for what is already encoded.
_KEPT: Final = "/?:@!$&'()*+,;=-._~%[]"
_ADVICE: Final = "Use localhost, or 0.0.0.0 for all addresses."


def checked_host(given: str) -> str:
    """The host to listen on, as it is in URLs. Raises `UsageError` if it is neither a name nor an address to listen on.

    It does not check whether the host belongs to this machine.
    """
    host = given.strip()
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    if host.lower() in ("localhost", "localhost."):
        return "localhost"
    try:
        address = ip_address(host)
    except ValueError:
        return _checked_name(host)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_multicast or str(address) == _BROADCAST:
        raise not_ours(host)
    if isinstance(address, IPv6Address) and address.is_link_local and not address.scope_id:
        raise UsageError(f"{host} needs the name of a network interface, as each may have this address: {host}%eth0.")
    return str(address)


def _checked_name(host: str) -> str:
    name = _ascii_name(host)
    if name is None:
        raise not_resolved(host)
    return name


def _ascii_name(host: str) -> str | None:
    """A name as it is in URLs; None for what is no name."""
    try:
        name = host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return name if _NAME.fullmatch(name) and not _NUMBERS.fullmatch(name) else None


def checked_url_host(given: object, what: str = "url_host") -> str:
    """A name or address under which clients reach this machine, as it is in URLs. Raises `UsageError`."""
    if not isinstance(given, str):
        # Only from plain Python; Robot Framework converts it to text.
        raise UsageError(f"{what}: text is needed here, not {type(given).__name__}: {given!r}.")
    host = given.strip()
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    try:
        address = ip_address(host)
    except ValueError:
        name = _ascii_name(host)
        if name is None:
            raise UsageError(
                f"{what}: a host name or address such as host.docker.internal is needed, not {quoted(given)}."
            ) from None
        return name
    if address.is_unspecified or address.is_multicast or str(address) == _BROADCAST:
        raise UsageError(
            f"{what}: no client can connect to {host}. Give a name or address under which clients reach this machine."
        )
    if isinstance(address, IPv6Address) and address.scope_id:
        raise UsageError(f"{what}: {visible(host)} has the name of a network interface, which no URL can have.")
    return str(address)


def checked_tls_name(given: str) -> str:
    """A name or address for a certificate; ``*.`` stands for one part of a name. Raises `UsageError`."""
    if not given.startswith("*."):
        return checked_url_host(given, "tls_names")
    name = _ascii_name(given[2:])
    if name is None:
        raise UsageError(f"tls_names: a name such as *.example.com is needed, not {quoted(given)}.")
    return f"*.{name}"


def not_resolved(host: str) -> UsageError:
    return UsageError(f"The host '{visible(host)}' cannot be resolved. {_ADVICE}")


def not_ours(host: str) -> UsageError:
    return UsageError(f"{visible(host)} is not an address of this machine. {_ADVICE}")


def base_url(scheme: str, host: str, port: int) -> str:
    """The URL of a server; one that listens on all addresses is reached as localhost."""
    if host in WILDCARDS:
        host = "localhost"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def url_of(base: str, path: str) -> str:
    """The absolute URL of a path, which may have a query; what a URL cannot hold is percent-encoded."""
    encoded = quote(path, safe=_KEPT)
    return f"{base}{encoded}" if encoded.startswith("/") else f"{base}/{encoded}"
