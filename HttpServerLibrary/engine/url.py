"""URLs of a server."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

WILDCARDS: Final = ("0.0.0.0", "::", "")
# RFC 3986, 2.2 and 2.3, and '%', for what is already encoded.
_KEPT: Final = "/?:@!$&'()*+,;=-._~%[]"


def base_url(scheme: str, host: str, port: int) -> str:
    """The URL of a server; one that listens on all addresses is reached as localhost."""
    if host in WILDCARDS:
        host = "localhost"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def url_of(base: str, path: str) -> str:
    """The absolute URL of a path, which may have a query; what a URL cannot hold is percent-encoded."""
    encoded = quote(path, safe=_KEPT)
    return f"{base}{encoded}" if encoded.startswith("/") else f"{base}/{encoded}"
