"""A request as it came over the wire, with views that are made when somebody asks for them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from email.message import Message
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar
from urllib.parse import parse_qsl, unquote

import werkzeug
from werkzeug.datastructures import Authorization, FileStorage
from werkzeug.http import parse_cookie

from ..visible import visible
from .environ import RequestInMemory, environ
from .json_text import NotJson, parse_json
from .multipart import filename_as_sent
from .xml_tree import NotXml, parse

Pairs = tuple[tuple[str, str], ...]
T = TypeVar("T")

# RFC 9110, 5.6.2
TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# Only for fields that are well-formed: nothing in it can backtrack.
_FIELD: Final = re.compile(r"([^:]+):[ \t]*([^\r]*)\r\n")
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)")


class BodyCut(Exception):
    """The whole body is needed and is not kept; the message says why."""


class Cut(NamedTuple):
    """What is told of a body that is not kept whole."""

    size: int
    """How many bytes came."""

    kept: int
    """How many of them, from the first on, are there."""

    option: str
    """The option of `Start Http Server` that is to blame."""

    def __str__(self) -> str:
        return f"{self.size} bytes, of which {self.option} keeps {f'the first {self.kept}' if self.kept else 'none'}"

    @property
    def advice(self) -> str:
        """The same with what to do about it."""
        return f"{self}; raise it in 'Start Http Server'"


class Fault:
    """Why a request could not be read to its end: the status that answers it, and the reason."""

    __slots__ = ("excerpt", "reason", "status")

    def __init__(self, status: int, reason: str, excerpt: bytes = b"") -> None:
        self.status = status
        self.reason = reason
        self.excerpt = excerpt

    def __repr__(self) -> str:
        return f"<Fault {self.status} {self.reason}>"


class Request:
    """One request: what the client sent, byte for byte, and lazily what it means.

    ``fields`` is the header section as received (each line ending in CRLF), which is small to keep;
    ``headers`` are its name-value pairs in the order received, decoded as latin-1.
    ``scheme`` is that of the connection; ``client_subject`` tells who the client is by its certificate (RFC 4514).
    A request with a ``fault`` could not be read: its other attributes hold what was understood until then.
    Where the ``body`` is not kept whole, ``cut`` says why; then it is neither parsed nor given to user code.
    """

    __slots__ = (
        "_cache",
        "body",
        "client",
        "client_subject",
        "cut",
        "fault",
        "fields",
        "method",
        "scheme",
        "started",
        "target",
        "time",
        "version",
    )

    def __init__(
        self,
        method: str,
        target: str,
        fields: bytes = b"",
        body: bytes = b"",
        *,
        version: str = "1.1",
        client: str = "",
        headers: Pairs | None = None,
        fault: Fault | None = None,
    ) -> None:
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.version = version
        self.client = client
        self.fault = fault
        self.cut: Cut | None = None
        self.scheme = "http"
        self.client_subject: str | None = None
        self.time = time.time()
        self.started = time.perf_counter()
        self._cache: dict[Callable[[Request], Any], Any] | None = (
            None if headers is None else {Request._make_headers: headers}
        )

    @classmethod
    def of(
        cls,
        method: str,
        target: str,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> Request:
        """Makes a request in memory, without a connection."""
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        fields = "".join(f"{name}: {value}\r\n" for name, value in pairs)
        return cls(method, target, fields.encode("latin-1"), body)

    def __str__(self) -> str:
        return visible(f"{self.method} {self.raw_path}") if self.method else "malformed request"

    def __repr__(self) -> str:
        return f"<Request {self}>"

    @property
    def body_size(self) -> int:
        """The size of the body as it came, in bytes."""
        return len(self.body) if self.cut is None else self.cut.size

    def drop_body(self, option: str) -> None:
        """Lets go of the body for the sake of an option of `Start Http Server`."""
        if self.body:
            # In this order: no other thread must take it for a request without a body.
            self.cut = Cut(self.body_size, 0, option)
            self.body = b""
        self.forget_views()

    def values(self) -> tuple[object, ...]:
        """All that the request is made of, to make it again with `of_values`."""
        return _VALUES(self)

    @classmethod
    def of_values(cls, values: tuple[object, ...]) -> Request:
        """Makes a request of its values."""
        request = cls.__new__(cls)
        for name, value in zip(_NAMES, values, strict=True):
            setattr(request, name, value)
        request._cache = None
        return request

    def forget_views(self) -> None:
        """Drops what can be made again, so that a request that is only kept stays small."""
        self._cache = None

    def _cached(self, make: Callable[[Request], T]) -> T:
        # Another thread may forget the views meanwhile.
        cache = self._cache
        if cache is None:
            cache = self._cache = {}
        elif make in cache:
            return cache[make]  # type: ignore[no-any-return]
        value = cache[make] = make(self)
        return value

    @property
    def headers(self) -> Pairs:
        """The header fields in the order received."""
        return self._cached(Request._make_headers)

    def _make_headers(self) -> Pairs:
        return field_pairs(self.fields)

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
            target = _ABSOLUTE.sub("", target, count=1)
        path, _, query = target.partition("?")
        return path or "/", query

    def paths(self) -> tuple[str, str]:
        """The path, decoded and as sent."""
        target = self.target
        if target.startswith("/") and "?" not in target and "%" not in target:
            return target, target
        raw = self._target_parts()[0]
        return unquote(raw) if "%" in raw else raw, raw

    @property
    def path(self) -> str:
        """The decoded path."""
        return self.paths()[0]

    @property
    def raw_path(self) -> str:
        """The path as sent, percent-encoded."""
        return self._target_parts()[0]

    @property
    def query_string(self) -> str:
        """The query as sent, without the question mark."""
        return self._target_parts()[1]

    @property
    def host(self) -> str:
        """The host and port asked for; an absolute target overrides the Host header (RFC 9112, 3.2.2)."""
        absolute = _ABSOLUTE.match(self.target)
        return absolute[1] if absolute else self.header("host") or ""

    @property
    def query(self) -> dict[str, list[str]]:
        """The decoded query parameters, each with its values in the order received."""
        return self._cached(Request._make_query)

    def _make_query(self) -> dict[str, list[str]]:
        return _collect(parse_qsl(self.query_string, keep_blank_values=True))

    @property
    def cookies(self) -> dict[str, list[str]]:
        """The cookies, each with its values in the order received."""
        return self._cached(Request._make_cookies)

    def _make_cookies(self) -> dict[str, list[str]]:
        # Cookies are UTF-8 by custom; werkzeug insists on it.
        raw = "; ".join(self.header_values("cookie")).encode("latin-1")
        parsed = parse_cookie(raw.decode("utf-8", "replace").encode("utf-8").decode("latin-1"))
        return {name: parsed.getlist(name) for name in parsed}

    @property
    def auth(self) -> Authorization | None:
        """The Authorization header, parsed; None when it is missing or broken."""
        return parse_authorization(self.header("authorization") or "")

    @property
    def content_type(self) -> str:
        """The media type without parameters, in lower case; empty when there is none."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The charset the Content-Type names, where Python knows it, otherwise UTF-8."""
        return self._named_charset() or "utf-8"

    def _named_charset(self) -> str | None:
        message = Message()
        message["Content-Type"] = self.header("content-type") or ""
        charset = message.get_content_charset()
        if charset is None:
            return None
        try:
            # Also refuses codecs that are none for text, or that cannot replace what they do not know.
            b"\xff".decode(charset, "replace")
        except (LookupError, ValueError):
            return None
        return charset

    @property
    def text(self) -> str:
        """The body as text, or what is kept of it; bytes that are no text are replaced by U+FFFD."""
        return self._cached(Request._make_text)

    def _make_text(self) -> str:
        text = self.body.decode(self.charset, "replace")
        # The cut may be in the middle of a character.
        return text if self.cut is None else text.rstrip("\ufffd")

    @property
    def json(self) -> Any:
        """The body parsed as JSON, parsed once. Raises `NotJson`."""
        value = self._cached(Request._make_json)
        if value.__class__ is NotJson:
            raise value
        return value

    def _make_json(self) -> Any:
        try:
            return self.parse_json()
        except NotJson as error:
            return error

    def parse_json(self) -> Any:
        """Parses the body, whatever its Content-Type, into a value that is the caller's own. Raises `NotJson`."""
        if self.cut is not None:
            raise NotJson(str(self.cut))
        return parse_json(self.body)

    def is_json(self) -> bool:
        """Whether there is a body that is JSON, whatever its Content-Type."""
        try:
            self.json  # noqa: B018
        except NotJson:
            return False
        return bool(self.body)

    @property
    def xml(self) -> Any:
        """The root element of the body parsed as XML, parsed once. Raises `NotXml`."""
        value = self._cached(Request._make_xml)
        if isinstance(value, NotXml):
            raise value
        return value

    def _make_xml(self) -> Any:
        if self.cut is not None:
            return NotXml(str(self.cut))
        try:
            return parse(self.body, self._named_charset())
        except NotXml as error:
            return error

    @property
    def form(self) -> dict[str, list[str]]:
        """The fields of a urlencoded or multipart body, each with its values in the order received."""
        return self._cached(Request._make_form)[0]

    @property
    def files(self) -> dict[str, list[FileStorage]]:
        """The uploaded files of a multipart body by field name."""
        return self._cached(Request._make_form)[1]

    def _make_form(self) -> tuple[dict[str, list[str]], dict[str, list[FileStorage]]]:
        if self.cut is not None:
            return {}, {}
        request = self.to_werkzeug()
        form, files = request.form, request.files
        for name in files:
            for file in files.getlist(name):
                file.filename = filename_as_sent(file)
        return (
            {name: form.getlist(name) for name in form},
            {name: files.getlist(name) for name in files},
        )

    def to_werkzeug(self) -> werkzeug.Request:
        """Makes the request that handlers and matchers get; a new one for each, as its body can be read once.

        Raises `BodyCut` when the body is not kept whole: user code would take what is left for all of it.
        """
        if self.cut is not None:
            raise BodyCut(f"the body has {self.cut.advice}")
        return RequestInMemory(environ(self))


_NAMES: Final = tuple(name for name in Request.__slots__ if name != "_cache")
_VALUES: Final = attrgetter(*_NAMES)


def field_pairs(fields: bytes) -> Pairs:
    """The names and values of well-formed field lines, decoded as latin-1."""
    text = fields.decode("latin-1")
    pairs = _FIELD.findall(text)
    if " \r" in text or "\t\r" in text:
        pairs = [(name, value.rstrip(" \t")) for name, value in pairs]
    return tuple(pairs)


def parse_authorization(header: str) -> Authorization | None:
    """The Authorization header, parsed; None when it has no credentials or broken ones."""
    try:
        # Without credentials werkzeug would make a user without name and password of it.
        return Authorization.from_header(header) if header.partition(" ")[2].strip() else None
    except ValueError:
        return None


def _collect(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values
