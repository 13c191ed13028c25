"""Where a request goes: what a URL says of it."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from werkzeug.urls import iri_to_uri

from ..errors import UsageError
from ..visible import quote

_PORTS: Final = {"http": 80, "https": 443}
_USER: Final = re.compile(r"[^/?#]*//[^/?#]*@")
_ADDRESS: Final = re.compile(r"[^/?#]*//(\[([^/?#\]]*)\][^/?#]*)")
_PORT_0: Final = re.compile(r"[^/?#]*//[^/?#]*:0+(?![^/?#])")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")
_AUTHORITY: Final = re.compile(r"(\[[^\]]*\]|[^\[\]:]*)(?::([0-9]*))?")


class Destination(NamedTuple):
    """The parts of a URL. ``authority`` is the Host to send, ``target`` the path with the query, as sent."""

    scheme: str
    host: str
    port: int
    authority: str
    target: str

    @property
    def secure(self) -> bool:
        return self.scheme == "https"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def destination_of(url: object, what: str = "url") -> Destination:
    """What an http or https URL says; what a URL cannot hold is percent-encoded. Raises `UsageError`."""
    if not isinstance(url, str):
        raise UsageError(f"{what}: text is needed here, not {type(url).__name__}: {url!r}.")
    given = url.strip()
    # urlsplit() would drop line breaks and tabs.
    if not given.isprintable():
        raise UsageError(
            f"{what}: the URL has a character that cannot be printed, such as a line break: {quote(given)}."
        )
    if _USER.match(given):
        # Not quoted, because it has a password.
        raise UsageError(f"{what}: a URL with a user or password is not accepted. Give the header Authorization.")
    address = _ADDRESS.match(given)
    # Before Python 3.11.4, anything may be in the brackets, and werkzeug would drop them.
    if address is not None and not _is_ipv6(address[2]):
        raise _no_host(address[1], what)
    # Older versions of werkzeug drop this port.
    if _PORT_0.match(given):
        raise _no_port(0, what)
    parts = _split(given, what)
    if parts.scheme not in _PORTS or not parts.netloc:
        raise UsageError(f"{what}: an http or https URL such as http://localhost/ is needed, not {quote(url)}.")
    found = _AUTHORITY.fullmatch(parts.netloc)
    if found is None or not (found[1].startswith("[") or _NAME.fullmatch(found[1])):
        raise _no_host(parts.netloc, what)
    port = int(found[2][:6]) if found[2] else _PORTS[parts.scheme]
    if not 1 <= port <= 65535:
        raise _no_port(port, what)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(parts.scheme, found[1].strip("[]"), port, parts.netloc.rstrip(":"), target)


def _split(url: str, what: str) -> SplitResult:
    try:
        return urlsplit(iri_to_uri(url))
    except UnicodeError:
        # Its text is about codecs.
        raise UsageError(f"{what}: {quote(url)} is not a URL.") from None
    except ValueError as error:
        raise UsageError(f"{what}: {quote(url)} is not a URL: {error}.") from None


def _is_ipv6(address: str) -> bool:
    try:
        IPv6Address(address)
    except ValueError:
        return False
    # The zone of an address is no part of a Host (RFC 6874, 4).
    return "%" not in address


def _no_port(port: int, what: str) -> UsageError:
    return UsageError(f"{what}: a port from 1 to 65535 is needed, not {port}.")


def _no_host(authority: str, what: str) -> UsageError:
    return UsageError(f"{what}: {quote(authority)} is not a host, or a host and port.")
