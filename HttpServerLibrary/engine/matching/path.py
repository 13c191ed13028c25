"""The path and the method."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final
from urllib.parse import unquote

from ..errors import UsageError
from ..message.below import base_path, below
from ..message.request import Request
from ..phrase import Masking, Phrase, Plain, Quoted
from ..visible import quote
from .difference import Difference, Where
from .field import Field
from .hints import hint
from .quick import LARGE
from .suggestion import Suggestion
from .template import PLACEHOLDER, Template
from .text import TextPattern, describe_pattern, has_prefix, without_not

# RFC 9110 (9.3), PATCH (RFC 5789), QUERY, the WebDAV family, and PURGE of caches.
METHODS: Final = frozenset(
    "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY "
    "ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT COPY LABEL LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL "
    "MKREDIRECTREF MKWORKSPACE MOVE ORDERPATCH PROPFIND PROPPATCH PURGE REBIND REPORT SEARCH UNBIND UNCHECKOUT "
    "UNLINK UNLOCK UPDATE UPDATEREDIRECTREF VERSION-CONTROL".split()
)
_SLASHES: Final = re.compile("//+")
# What the path of a request cannot have, or means something else.
_NOT_PLAIN: Final = re.compile(r"[{}? #]|://")
# A placeholder, the beginning of a query, or what looks like two cells.
_SPECIAL: Final = re.compile(r"[{}? ]")
# How other tools write a segment that varies.
_FOREIGN_PLACEHOLDER: Final = re.compile(r"/:(\w+)|/<(?:\w+:)?(\w+)>")
# Characters of two paths that are compared segment by segment, and the ratio of those that similar ones share.
_MAX_COMPARED: Final = 500
_ALIKE: Final = 0.88


class PathField(Field):
    """What the path of a request must be.

    ``literal`` is the one path that matches, as text, and ``folded`` the same if `folded` paths are compared; both are
    None when several match. ``literal_suffices`` says whether every request with this decoded path matches.
    """

    literal: str | None = None
    folded: str | None = None
    literal_suffices = False

    @property
    @abstractmethod
    def written(self) -> str:
        """The path as written."""

    def params(self, request: Request) -> dict[str, str]:
        """The segments that placeholders stand for, decoded."""
        return {}


def folded(path: str) -> str:
    """A path without what servers that are less strict ignore: case, repeated slashes, and one at the end."""
    return _SLASHES.sub("/", path).rstrip("/").lower() or "/"


class Below(PathField):
    """A path and everything below it, compared with the path as sent and with its decoded segments."""

    quick_up_to = LARGE

    def __init__(self, value: object, what: str = "path") -> None:
        is_plain = isinstance(value, str) and value.isprintable() and not _NOT_PLAIN.search(value)
        if not isinstance(value, str) or not is_plain or has_prefix(value):
            raise UsageError(
                f"{what}: a plain path such as /app is needed, without placeholders, spaces or a query, not {value!r}."
            )
        self.path = base_path(value)

    @property
    def written(self) -> str:
        return f"{self.path}/*"

    def matches(self, request: Request) -> bool:
        return below(request, self.path) is not None

    def suggestion(self, request: Request) -> Suggestion | None:
        return None

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            expected = ("a path below ", Quoted(self.path or "/"))
            yield Difference(Where("path"), expected, Quoted(request.path), self._hint(request.path))

    def _hint(self, received: str) -> Phrase:
        beginning = "/".join(received.split("/")[: self.path.count("/") + 1])
        return hint(self.path, beginning) or _hint_to_segment(self.path, beginning)

    def shown(self, masking: Masking) -> str:
        return Plain(self.written).shown(masking)


class Path(PathField):
    """Compared with the decoded path and with the path as sent; either may match. With ``NOT:`` neither may."""

    literal_suffices = True

    def __init__(self, value: object) -> None:
        self._negated, value = without_not(value)
        self._pattern = TextPattern(value, "path")
        self._template: Template | None = None
        self._text = self._pattern.value if self._pattern.prefixed else _plain(self._pattern.value)
        if not self._pattern.prefixed and PLACEHOLDER.search(self._text):
            self._template = Template(self._text)
        is_literal = self._pattern.literal is not None and self._template is None and not self._negated
        self.literal = self._text if is_literal else None
        self.quick_up_to = self._pattern.quick_up_to

    @property
    def written(self) -> str:
        """The path as written in an argument."""
        written = str(self._pattern) if self._pattern.prefixed else self._text
        return f"NOT:{written}" if self._negated else written

    def matches(self, request: Request) -> bool:
        if self.literal is not None:
            return self.literal in request.paths()
        return self._is_described(request) is not self._negated

    def _is_described(self, request: Request) -> bool:
        """Whether the request matches, ignoring ``NOT:``."""
        if self._template is not None:
            return self._values(request) is not None
        if not self._pattern.prefixed:
            return self._text in request.paths()
        return any(map(self._pattern.matches, request.paths()))

    def _values(self, request: Request) -> Iterable[str] | None:
        """What the placeholders stand for, decoded; None if the request does not match."""
        if self._template is None:
            return None
        raw = request.raw_path
        # First the path as sent.
        values = self._template.values(raw)
        if values is not None or "%" not in raw:
            return values if values is None else map(unquote, values)
        values = self._template.values(request.path_by_segment)
        return values if values is None else map(_with_slashes, values)

    def params(self, request: Request) -> dict[str, str]:
        """The segments that the placeholders stand for, decoded."""
        values = None if self._negated else self._values(request)
        return {} if values is None or self._template is None else dict(zip(self._template.names, values, strict=True))

    def suggestion(self, request: Request) -> Suggestion:
        return {"path": self.written if self.matches(request) else plain_path(request)}

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            expected = describe_pattern(self._pattern.mode, self._text, negated=self._negated)
            yield Difference(Where("path"), expected, Quoted(request.path), self._hint(request))

    def _hint(self, request: Request) -> Phrase:
        if self._negated:
            return ""
        raw = request.raw_path
        if self._would_match(request, raw.rstrip("/") if raw.endswith("/") else f"{raw}/"):
            return "only the trailing slash differs"
        if "//" in raw and self._would_match(request, _SLASHES.sub("/", raw)):
            return "only doubled slashes differ"
        if "%25" in raw and self._would_match(request, unquote(raw)):
            return "the path is encoded twice"
        if self._pattern.prefixed:
            if self._pattern.mode != "REGEXP" and self._text[:1].isalnum():
                return "a path starts with a slash"
            return self._pattern.hint(request.path)
        return self._hint_to_plain(request.path)

    def _would_match(self, request: Request, target: str) -> bool:
        return self.matches(Request(request.method, target))

    def _hint_to_plain(self, received: str) -> Phrase:
        """What to say about a path that differs from an expected path without a prefix."""
        foreign = _FOREIGN_PLACEHOLDER.search(self._text)
        if foreign is not None:
            name = foreign[1] or foreign[2]
            return (
                "for a segment that varies, write ",
                Plain(f"{{{name}}}"),
                " instead of ",
                Plain(foreign[0].lstrip("/")),
            )
        if self._template is not None:
            if self._template.matches_with_empty(received):
                return "the segment for a placeholder is empty"
            if not self._template.matches_with_slashes(received):
                return _hint_to_segment(self._text, received)
            pattern = PLACEHOLDER.sub("*", self._text)
            return ("a placeholder stands for one segment; ", Plain(f"GLOB:{pattern}"), " matches several")
        return (
            hint(self._text, received)
            or _hint_to_prefix(self._text, received)
            or _hint_to_segment(self._text, received)
        )

    def shown(self, masking: Masking) -> str:
        return Plain(self.written).shown(masking)


def plain_path(request: Request) -> str:
    """The path of a request as an argument that matches only this path."""
    path = request.path
    has_meaning = _SPECIAL.search(path) or not path.startswith("/") or not path.isprintable() or path == "ANY"
    # Other paths are decoded to the same if bytes are no UTF-8.
    return f"EQUALS:{request.raw_path}" if has_meaning or "\ufffd" in path else path


def _plain(text: str) -> str:
    """A path without a prefix, with the leading slash. Raises `UsageError` for likely mistakes."""
    if "?" in text:
        path, _, query = text.partition("?")
        raise UsageError(
            f"path: {quote(text)} contains '?', which a path cannot contain. "
            f"Give what follows it as query: path {quote(path)}, query={query}."
        )
    if "://" in text and not text.startswith("/"):
        raise UsageError(f"path: {quote(text)} is a URL. Give its path only.")
    method, space, path = text.partition(" ")
    if space and all(word.upper() in METHODS or word == "ANY" for word in method.split(",")):
        raise UsageError(
            f"path: {quote(text)} begins with a method. Write the path {quote(path.lstrip())} and method={method}."
        )
    return text if text.startswith("/") else f"/{text}"


def _hint_to_prefix(expected: str, received: str) -> Phrase:
    """What to say when one path is the end of the other; nothing for the root, which is the end of many."""
    longer, shorter = (received, expected) if len(received) > len(expected) else (expected, received)
    if shorter == "/" or not longer.endswith(shorter):
        return ""
    prefix = longer.removesuffix(shorter)
    if not prefix.startswith("/"):
        return ""
    if longer is expected:
        return ("the prefix ", Quoted(prefix), " is missing")
    return ("the prefix ", Quoted(prefix), " appears twice" if shorter.startswith(f"{prefix}/") else " is extra")


def _hint_to_segment(expected: str, received: str) -> Phrase:
    """What to say when one segment differs a little: in its spelling, or as two IDs do."""
    ours, theirs = expected.strip("/").split("/"), received.strip("/").split("/")
    if len(ours) != len(theirs) or len(expected) + len(received) > _MAX_COMPARED:
        return ""
    differ = [(one, other) for one, other in zip(ours, theirs, strict=True) if one != other and "{" not in one]
    if len(differ) != 1:
        return ""
    [(one, other)] = differ
    if len(ours) == 1:
        return "almost the same spelling" if _are_spelled_alike(one, other) else ""
    are_ids = any(map(str.isdigit, one)) and any(map(str.isdigit, other))
    return ("only the segment ", Quoted(other), " differs") if are_ids or _are_spelled_alike(one, other) else ""


def _are_spelled_alike(one: str, other: str) -> bool:
    # Letters that changed places are a usual typing error, which the ratio judges hard.
    if sorted(one) == sorted(other):
        return True
    matcher = SequenceMatcher(None, one, other)
    # The quick ones are upper bounds: many paths may be compared.
    return all(ratio() >= _ALIKE for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio))


def _with_slashes(segment: str) -> str:
    return segment.replace("\0", "/")


class Method(Field):
    """Any of these methods, in any case."""

    quick_up_to = LARGE

    def __init__(self, value: object) -> None:
        self._methods = tuple(_methods(value))

    def matches(self, request: Request) -> bool:
        method = request.method
        # Nearly all clients write it in upper case.
        return method in self._methods or method.upper() in self._methods

    def suggestion(self, request: Request) -> Suggestion:
        if self.matches(request):
            return {"method": str(self)}
        if request.method == "HEAD" and "GET" in self._methods:
            # HEAD alone would refuse the requests that are expected now.
            return {"method": f"{self},HEAD"}
        return {"method": plain_method(request.method)}

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            yield Difference(Where("method"), Plain(str(self)), Plain(request.method))

    def shown(self, masking: Masking) -> str:
        return ",".join(self._methods)


def plain_method(method: str) -> str:
    """A method as an argument that matches only this method."""
    return method if method.upper() in METHODS else f"EQUALS:{method}"


def _methods(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith("EQUALS:"):
            method = value.partition(":")[2].strip().upper()
            if not method:
                raise UsageError("method: no method follows 'EQUALS:'.")
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
                f"If that is intended, write 'EQUALS:{text}'."
            )
