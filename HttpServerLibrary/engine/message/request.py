"""A request: its head and body, and views of the body that are computed on demand."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any, Final, NamedTuple

import werkzeug
from werkzeug.datastructures import FileStorage

from .content import Content, NotDecoded, TooLarge, decode
from .environ import TooManyFields, werkzeug_request
from .head import Pairs, RequestHead
from .json_text import NotJson, parse_json
from .media_types import MULTIPART, URLENCODED
from .multipart import filename_as_sent
from .xml_tree import NotXml, parse

# How large a decoded body may be unless a server says otherwise.
_MAX_CONTENT: Final = 256 * 1024 * 1024
_CONTENT_ENCODING: Final = b"content-encoding:"
_NO_PARAMS: Final[Mapping[str, str]] = {}


class BodyCut(Exception):
    """The whole body is needed but is not kept; the message says why."""


class Cut(NamedTuple):
    """How much of a body is kept, and why it is not kept whole."""

    size: int
    """How many bytes arrived."""

    kept: int
    """How many of them are kept, from the first one on."""

    option: str
    """The option of `Start Http Server` that limits it."""

    def __str__(self) -> str:
        return f"{self.size} bytes, of which {self.option} keeps {f'the first {self.kept}' if self.kept else 'none'}"

    @property
    def advice(self) -> str:
        """The same, with what to do about it."""
        return f"{self}; raise it in 'Start Http Server'"


class Fault:
    """Why a request could not be read to its end: the status of the response, and the reason."""

    __slots__ = ("excerpt", "reason", "status")

    def __init__(self, status: int, reason: str, excerpt: bytes = b"") -> None:
        self.status = status
        self.reason = reason
        self.excerpt = excerpt

    def __repr__(self) -> str:
        return f"<Fault {self.status} {self.reason}>"


class Request(RequestHead):
    """One request, head and body: the bytes that the client sent and, computed on demand, what they mean.

    A request with a ``fault`` could not be read; its other attributes have what was understood until then. The ``body``
    is as sent. If it is not kept whole, ``cut`` says why; then it is neither parsed nor passed to user code. Its
    ``content``, from which all views are made, is decoded and has at most ``max_content`` bytes. ``states`` is what the
    server notes of its states when it decides who takes the request.
    """

    __slots__ = ("_names_coding", "body", "cut", "fault", "max_content", "states")

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
        names_coding: bool | None = None,
        fault: Fault | None = None,
    ) -> None:
        """With ``headers`` and ``names_coding``, which follow from the fields, they need not be read again."""
        self.method = method
        self.target = target
        self.fields = fields
        self.version = version
        self.client = client
        self.scheme = "http"
        self.client_subject = None
        self.time = time.time()
        self.started = time.perf_counter()
        self._headers = headers
        self._cache = None
        self.body = body
        self.fault = fault
        self.cut: Cut | None = None
        self.max_content = _MAX_CONTENT
        self.states: tuple[Any, ...] | None = None
        self._names_coding = names_coding

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

    @property
    def body_size(self) -> int:
        """The size of the body as it arrived, in bytes."""
        return len(self.body) if self.cut is None else self.cut.size

    @property
    def size(self) -> int:
        """How many bytes there may be to look at: target, headers and decoded body."""
        body = self.body
        size = self.max_content if body and self.is_encoded else len(body)
        return len(self.target) + len(self.fields) + size

    def drop_body(self, option: str) -> None:
        """Drops the body because of an option of `Start Http Server`."""
        if self.body:
            # In this order: no other thread must see a request without a body.
            self.cut = Cut(self.body_size, 0, option)
            self.body = b""
        self.forget_views()

    def values(self) -> tuple[object, ...]:
        """All values of the request, to restore it with `of_values`."""
        return _VALUES(self)

    @classmethod
    def of_values(cls, values: tuple[object, ...]) -> Request:
        """Restores a request from its values."""
        request = cls.__new__(cls)
        for name, value in zip(_NAMES, values, strict=True):
            setattr(request, name, value)
        request._headers = request._cache = request._names_coding = None
        return request

    def as_get(self) -> Request:
        """The same request with GET as its method."""
        request = Request.of_values(self.values())
        request.method = "GET"
        return request

    @property
    def is_encoded(self) -> bool:
        """Whether there is a body with a Content-Encoding."""
        named = self._names_coding
        if named is None:
            named = self._names_coding = names_coding(self.fields)
        return named and bool(self.body)

    @property
    def content(self) -> bytes:
        """The body without its content codings; as sent where it is ``unreadable`` or ``undecoded``."""
        return self._cached(Request._make_content).data

    @property
    def unreadable(self) -> Cut | TooLarge | NotDecoded | None:
        """Why the content is missing or incomplete."""
        return self.cut or self._cached(Request._make_content).unreadable

    @property
    def undecoded(self) -> str:
        """The codings of the body when they are not known, and the content is the body as sent."""
        return self._cached(Request._make_content).undecoded

    def _make_content(self) -> Content:
        if not self.is_encoded:
            return Content(self.body)
        return decode(self.body, self.header("content-encoding") or "", self.max_content, whole=self.cut is None)

    @property
    def text(self) -> str:
        """The content as text, or what is kept of it; bytes that are not text are replaced by U+FFFD."""
        return self._cached(Request._make_text)

    def _make_text(self) -> str:
        text = self.content.decode(self.charset, "replace")
        # The cut may be in the middle of a character.
        return text if self.cut is None else text.rstrip("\ufffd")

    @property
    def json(self) -> Any:
        """The content parsed as JSON, parsed once. Raises `NotJson`."""
        value = self._cached(Request._make_json)
        if value.__class__ is NotJson:
            raise value
        return value

    def _make_json(self) -> Any:
        try:
            return parse_json(self.body) if self._names_coding is False and self.cut is None else self.parse_json()
        except NotJson as error:
            return error

    def parse_json(self) -> Any:
        """Parses the content into a value of the caller's own, without regard to its Content-Type. Raises `NotJson`."""
        if self.cut is None and not self.is_encoded:
            return parse_json(self.body)
        unreadable = self.unreadable
        if unreadable is not None:
            raise NotJson(f"the body is {unreadable}" if isinstance(unreadable, NotDecoded) else str(unreadable))
        return parse_json(self.content)

    def is_json(self) -> bool:
        """Whether there is a body that is JSON; its Content-Type does not matter."""
        try:
            self.json  # noqa: B018
        except NotJson:
            return False
        return bool(self.body)

    @property
    def xml(self) -> Any:
        """The root element of the content parsed as XML, parsed once. Raises `NotXml`."""
        value = self._cached(Request._make_xml)
        if isinstance(value, NotXml):
            raise value
        return value

    def _make_xml(self) -> Any:
        try:
            return self.parse_xml()
        except NotXml as error:
            return error

    def parse_xml(self) -> Any:
        """Parses the content as XML into a tree that the caller owns. Raises `NotXml` and `ImportError`."""
        unreadable = self.unreadable
        if unreadable is not None:
            raise NotXml(str(unreadable))
        return parse(self.content, self.named_charset)

    @property
    def form(self) -> dict[str, list[str]]:
        """The fields of a urlencoded or multipart body, each with its values in the order received."""
        return self._cached(Request._make_form)[0]

    @property
    def files(self) -> dict[str, list[FileStorage]]:
        """The uploaded files of a multipart body by field name."""
        return self._cached(Request._make_form)[1]

    @property
    def unread_form(self) -> str:
        """Why the form of a readable body is not read; empty if it is."""
        return self._cached(Request._make_form)[2]

    def _make_form(self) -> tuple[dict[str, list[str]], dict[str, list[FileStorage]], str]:
        form: dict[str, list[str]] = {}
        files: dict[str, list[FileStorage]] = {}
        # Making a request for werkzeug takes time.
        if self.content_type not in (URLENCODED, MULTIPART) or self.unreadable is not None:
            return form, files, ""
        request = self.to_werkzeug()
        try:
            request.form  # noqa: B018
        except TooManyFields as error:
            return form, files, str(error)
        # A part may have no name, although it must (RFC 7578, 4.2): to werkzeug that is None.
        for name, value in request.form.items(multi=True):
            form.setdefault(name or "", []).append(value)
        for name, file in request.files.items(multi=True):
            file.filename = filename_as_sent(file)
            files.setdefault(name or "", []).append(file)
        return form, files, ""

    def to_werkzeug(self, path_params: Mapping[str, str] = _NO_PARAMS) -> werkzeug.Request:
        """Makes the request for a handler or matcher; a new one for each, because its stream can be read only once.

        ``path_params`` are the segments that the placeholders of the expected path stand for.

        Raises `BodyCut` if the body is not kept whole or would be too large when decoded: user code would mistake the
        rest for the whole.
        """
        unreadable = self.unreadable
        if isinstance(unreadable, (Cut, TooLarge)):
            raise BodyCut(f"the body has {unreadable.advice}")
        return werkzeug_request(self, self.body, self.content, path_params)


def names_coding(fields: bytes) -> bool:
    """Whether a header section has a Content-Encoding."""
    fields = fields.lower()
    return fields.startswith(_CONTENT_ENCODING) or b"\n" + _CONTENT_ENCODING in fields


_NAMES: Final = tuple(name for name in (*RequestHead.__slots__, *Request.__slots__) if not name.startswith("_"))
_VALUES: Final = attrgetter(*_NAMES)
