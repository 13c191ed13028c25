"""The head of a request: method, target and headers as sent, and what they mean."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, unquote

from werkzeug.datastructures import Authorization
from werkzeug.http import parse_cookie

from ..visible import visible
from .charset import known_charset

Pairs = tuple[tuple[str, str], ...]
T = TypeVar("T")

# RFC 9110, 5.6.2
_TOKEN: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
TOKEN: Final = re.compile(_TOKEN)
# The same, as part of patterns for bytes.
TOKEN_BYTES: Final = _TOKEN.encode("ascii")
# Only for fields that are well-formed: nothing in it can backtrack.
_FIELD: Final = re.compile(r"([^:]+):[ \t]*([^\r]*)\r\n")
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)")


class RequestHead:
    """The head of one request: the bytes that the client sent and, computed on demand, what they mean.

    ``fields`` is the header section as received (each line ending in CRLF), which is small to keep;
    ``headers`` are its name-value pairs in the order received, decoded as latin-1.
    ``scheme`` belongs to the connection; ``client_subject`` is the subject of the client's certificate (RFC 4514).
    """

    __slots__ = (
        "_cache",
        "_headers",
        "client",
        "client_subject",
        "fields",
        "method",
        "scheme",
        "started",
        "target",
        "time",
        "version",
    )

    method: str
    target: str
    fields: bytes
    version: str
    client: str
    scheme: str
    client_subject: str | None
    time: float
    started: float
    _headers: Pairs | None
    _cache: dict[Callable[[Any], Any], Any] | None

    def __str__(self) -> str:
        return visible(f"{self.method} {self.raw_path}") if self.method else "malformed request"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"

    def forget_views(self) -> None:
        """Drops what can be computed again, so that a stored request stays small."""
        self._headers = self._cache = None

    def _cached(self, make: Callable[[Any], T]) -> T:
        # Another thread may drop the views at the same time.
        cache = self._cache
        if cache is None:
            cache = self._cache = {}
        elif make in cache:
            return cache[make]  # type: ignore[no-any-return]
        value = cache[make] = make(self)
        return value

    @property
    def head_size(self) -> int:
        """How many bytes the target and the headers have."""
        return len(self.target) + len(self.fields)

    @property
    def headers(self) -> Pairs:
        """The header fields in the order received."""
        headers = self._headers
        if headers is None:
            headers = self._headers = field_pairs(self.fields)
        return headers

    def header_values(self, name: str) -> list[str]:
        """All values of a header, as received; the name in any case."""
        name = name.lower()
        return [value for field, value in self.headers if field.lower() == name]

    def header(self, name: str) -> str | None:
        """The value of a header, repeated ones joined with a comma (RFC 9110, 5.3), or None."""
        values = self.header_values(name)
        return ", ".join(values) if values else None

    def _target_parts(self) -> tuple[str, str]:
        target = self.target
        if not target.startswith("/"):
            # absolute-form (RFC 9112, 3.2.2)
            absolute = _ABSOLUTE.match(target)
            target = target if absolute is None else target[absolute.end() :]
        path, _, query = target.partition("?")
        return path or "/", query

    def paths(self) -> tuple[str, str]:
        """The path, decoded and as sent."""
        target = self.target
        if target.startswith("/") and "?" not in target and "%" not in target:
            return target, target
        raw = self._target_parts()[0]
        return self._cached(RequestHead._make_paths) if "%" in raw else (raw, raw)

    def _make_paths(self) -> tuple[str, str]:
        raw = self._target_parts()[0]
        return unquote(raw), raw

    @property
    def path(self) -> str:
        """The decoded path."""
        return self.paths()[0]

    @property
    def raw_path(self) -> str:
        """The path as sent, percent-encoded."""
        return self._target_parts()[0]

    @property
    def path_by_segment(self) -> str:
        """The decoded path, in which an encoded slash stays inside its segment, as a NUL."""
        return self._cached(RequestHead._make_path_by_segment) if "%" in self.target else self.raw_path

    def _make_path_by_segment(self) -> str:
        return "/".join(unquote(segment).replace("/", "\0") for segment in self.raw_path.split("/"))

    @property
    def query_string(self) -> str:
        """The query as sent, without the question mark."""
        return self._target_parts()[1]

    @property
    def is_for_favicon(self) -> bool:
        """Whether it asks for the icon of the site, which browsers request by themselves."""
        return self.target == "/favicon.ico" and self.method == "GET"

    @property
    def host(self) -> str:
        """The host and port asked for; an absolute target overrides the Host header (RFC 9112, 3.2.2)."""
        absolute = _ABSOLUTE.match(self.target)
        return absolute[1] if absolute else self.header("host") or ""

    @property
    def query(self) -> dict[str, list[str]]:
        """The decoded query parameters, each with its values in the order received."""
        return self._cached(RequestHead._make_query)

    def _make_query(self) -> dict[str, list[str]]:
        return _collect(parse_qsl(self.query_string, keep_blank_values=True))

    @property
    def cookies(self) -> dict[str, list[str]]:
        """The cookies, each with its values in the order received."""
        return self._cached(RequestHead._make_cookies)

    def _make_cookies(self) -> dict[str, list[str]]:
        # Cookies are usually UTF-8; werkzeug requires it.
        raw = "; ".join(self.header_values("cookie")).encode("latin-1")
        parsed = parse_cookie(raw.decode("utf-8", "replace").encode("utf-8").decode("latin-1"))
        return {name: parsed.getlist(name) for name in parsed}

    @property
    def auth(self) -> Authorization | None:
        """The Authorization header, parsed; None when it is missing or broken."""
        return self._cached(RequestHead._make_auth)

    def _make_auth(self) -> Authorization | None:
        return parse_authorization(self.header("authorization") or "")

    @property
    def content_type(self) -> str:
        """The media type without parameters, in lower case; empty when there is none."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The charset that the Content-Type names, if Python knows it, otherwise UTF-8."""
        return self.named_charset or "utf-8"

    @property
    def named_charset(self) -> str | None:
        """The charset that the Content-Type names, if Python knows it."""
        return known_charset(self.header("content-type") or "")


def field_pairs(fields: bytes) -> Pairs:
    """The names and values of well-formed field lines, decoded as latin-1."""
    text = fields.decode("latin-1")
    pairs = _FIELD.findall(text)
    if " \r" in text or "\t\r" in text:
        pairs = [(name, value.rstrip(" \t")) for name, value in pairs]
    return tuple(pairs)


def parse_authorization(header: str) -> Authorization | None:
    """The Authorization header, parsed; None if its credentials are missing or malformed."""
    scheme, _, credentials = header.partition(" ")
    credentials = credentials.strip()
    # Without credentials, werkzeug would return a user with an empty name and password.
    if not credentials:
        return None
    try:
        if scheme.lower() == "basic":
            # Older versions of werkzeug skip what is not base64.
            b64decode(credentials, validate=True)
        return Authorization.from_header(header)
    except ValueError:
        return None


def _collect(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values
