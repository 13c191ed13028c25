"""The path and the method."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import unquote

from ..errors import UsageError
from ..message.request import Request
from ..visible import quote, visible
from .difference import Difference
from .field import Field
from .hints import hint
from .text import TextPattern

# RFC 9110 (9.3), PATCH (RFC 5789), QUERY, the WebDAV family, and PURGE of caches.
METHODS: Final = frozenset(
    "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY "
    "ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT COPY LABEL LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL "
    "MKREDIRECTREF MKWORKSPACE MOVE ORDERPATCH PROPFIND PROPPATCH PURGE REBIND REPORT SEARCH UNBIND UNCHECKOUT "
    "UNLINK UNLOCK UPDATE UPDATEREDIRECTREF VERSION-CONTROL".split()
)
_FLAGS: Final = {"a": re.ASCII, "i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}
_SLASHES: Final = re.compile("//+")
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


class Path(Field):
    """Compared with the decoded path and with the path as sent; either may match."""

    def __init__(self, value: object) -> None:
        if isinstance(value, re.Pattern):
            value = _as_text(value)
        elif not isinstance(value, (str, int, float)):
            raise UsageError(f"path: text is needed here, not {type(value).__name__}: {value!r}.")
        self._pattern = TextPattern(value, "path")
        text = self._pattern.value
        self._template: re.Pattern[str] | None = None
        self.literal = self._pattern.literal
        if not self._pattern.prefixed:
            if "?" in text:
                path, _, query = text.partition("?")
                raise UsageError(
                    f"path: {quote(text)} has a '?', which never is in a path. "
                    f"Give the part behind it as query: path {quote(path)}, query={query}."
                )
            if "://" in text and not text.startswith("/"):
                raise UsageError(f"path: {quote(text)} is a URL. Give its path only.")
            method, space, rest = text.partition(" ")
            if space and all(word.upper() in METHODS or word == "ANY" for word in method.split(",")):
                raise UsageError(
                    f"path: {quote(text)} begins with a method. Write the path {quote(rest.lstrip())} and "
                    f"method={method}."
                )
            text = self.literal = text if text.startswith("/") else f"/{text}"
            if _PLACEHOLDER.search(text):
                self._template = _template(text)
                self.literal = None
        self._text = text

    @property
    def written(self) -> str:
        """The path as it is written in an argument."""
        return str(self._pattern) if self._pattern.prefixed else self._text

    def matches(self, request: Request) -> bool:
        if self.literal is not None:
            return self.literal in request.paths()
        if self._template is not None:
            return self._match(request) is not None
        return any(map(self._pattern.matches, request.paths()))

    def _match(self, request: Request) -> re.Match[str] | None:
        if self._template is None:
            return None
        raw = request.raw_path
        if "%" not in raw:
            return self._template.fullmatch(raw)
        # As sent comes first.
        return self._template.fullmatch(raw) or self._template.fullmatch(_decoded_by_segment(raw))

    def params(self, request: Request) -> dict[str, str]:
        """The segments that the placeholders stand for, decoded."""
        match = self._match(request)
        if match is None:
            return {}
        decode = unquote if match.string == request.raw_path else _with_slashes
        return dict(zip(_PLACEHOLDER.findall(self._text), map(decode, match.groups()), strict=True))

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            expected = self._pattern.describe() if self._pattern.prefixed else quote(self._text)
            yield Difference("path", expected, quote(request.path), self._hint(request))

    def _hint(self, request: Request) -> str:
        raw = request.raw_path
        if self.matches(Request(request.method, raw.rstrip("/") if raw.endswith("/") else f"{raw}/")):
            return "only the trailing slash differs"
        if "//" in raw and self.matches(Request(request.method, _SLASHES.sub("/", raw))):
            return "only doubled slashes differ"
        if self._pattern.mode != "REGEXP" and self._pattern.prefixed and self._text[:1].isalnum():
            return "a path starts with a slash"
        if self._pattern.prefixed:
            return self._pattern.hint(request.path)
        return hint(self._text, request.path)

    def __str__(self) -> str:
        return visible(self.written)


def _as_text(pattern: re.Pattern[Any]) -> str:
    """A compiled regular expression as the text pattern that matches the same texts as a whole."""
    if not isinstance(pattern.pattern, str):
        raise UsageError(f"path: a regular expression for text is needed, not for bytes: {pattern.pattern!r}.")
    flags = "".join(letter for letter, flag in _FLAGS.items() if pattern.flags & flag)
    return f"REGEXP:(?{flags}){pattern.pattern}" if flags else f"REGEXP:{pattern.pattern}"


def _decoded_by_segment(path: str) -> str:
    """The decoded path in which a slash that was encoded stays inside its segment, as a NUL."""
    return "/".join(unquote(segment).replace("/", "\0") for segment in path.split("/"))


def _with_slashes(segment: str) -> str:
    return segment.replace("\0", "/")


def _template(text: str) -> re.Pattern[str]:
    names = _PLACEHOLDER.findall(text)
    for name in names:
        if not name.strip():
            raise UsageError(
                f"path: a placeholder in {quote(text)} has no name. For literal braces use 'EQUALS:{text}'."
            )
        if names.count(name) > 1:
            raise UsageError(f"path: the placeholder {{{name}}} stands twice in {quote(text)}.")
    literals = _PLACEHOLDER.split(text)[::2]
    return re.compile("([^/]+)".join(map(re.escape, literals)))


class Method(Field):
    """Any of these methods, in any case."""

    def __init__(self, value: object) -> None:
        self._methods = tuple(_methods(value))

    def matches(self, request: Request) -> bool:
        return request.method.upper() in self._methods

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            yield Difference("method", str(self), request.method)

    def __str__(self) -> str:
        return ",".join(self._methods)


def _methods(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith("EQUALS:"):
            method = value.partition(":")[2].strip().upper()
            if not method:
                raise UsageError("method: there is no method behind 'EQUALS:'.")
            yield method
            return
        value = value.split(",")
    if not isinstance(value, Sequence) or not value:
        raise UsageError(f"method: a method or a list of methods is needed, not {value!r}.")
    for entry in value:
        text = str(entry).strip()
        if text.startswith("EQUALS:"):
            yield from _methods(text)
        elif text.upper() in METHODS:
            yield text.upper()
        else:
            raise UsageError(
                f"method: {quote(text)} is not a method this library knows, such as GET, POST or DELETE. "
                f"If it is meant, write 'EQUALS:{text}'."
            )
