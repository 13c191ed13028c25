"""The body as XML, regardless of its Content-Type."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from ..arguments import dictionary, not_empty
from ..errors import UsageError
from ..message.media_types import says_json, says_xml
from ..message.request import Request
from ..message.xml_tree import NotXml, parse
from ..phrase import Masking, Phrase, Plain, Quoted, joined, listed
from ..visible import MASK, quote, shortened
from .body import body_phrase
from .difference import Difference, Where
from .field import Field
from .named import MAX_DESCRIBED, Expected, any_matches, describe, expected_values
from .quick import NEVER
from .suggestion import Suggestion, body_text, plain
from .text import TextPattern
from .xml_difference import compare
from .xpath import in_any_namespace, prefixed_names

_MAX_REASON: Final = 200
# How many elements are searched for their prefix.
_MAX_PREFIXES: Final = 100


class XmlField(Field):
    """A field about the parsed body; a body that is not XML is one difference."""

    name = "xml"

    def __init__(self) -> None:
        try:
            import lxml.etree
        except ImportError:
            raise UsageError(
                f"{self.name} needs the extra 'xml': pip install robotframework-httpserverlibrary[xml]"
            ) from None
        self._etree = lxml.etree

    def matches(self, request: Request) -> bool:
        try:
            return self.is_like(request.xml)
        except (NotXml, RecursionError):
            return False

    def differences(self, request: Request) -> Iterator[Difference]:
        try:
            yield from self.explained(request.xml)
        except NotXml as error:
            yield self._not_xml(request, error)
        except RecursionError:
            yield Difference(Where(self.name), "a body that can be compared", "one that is nested too deeply")

    def _not_xml(self, request: Request, error: NotXml) -> Difference:
        """The difference of a body that is not XML."""
        where, expected = Where(self.name), "an XML body"
        if not request.body:
            return Difference(where, expected, "no body")
        if says_json(request.content_type) and request.is_json():
            return Difference(where, expected, joined("JSON ", body_phrase(request)), "json= compares it")
        received = joined(body_phrase(request), ", which is ", Plain(str(error), limit=_MAX_REASON))
        hint = "although its Content-Type is XML" if says_xml(request.content_type) else ""
        return Difference(where, expected, received, hint)

    @abstractmethod
    def is_like(self, root: Any) -> bool:
        """Whether the parsed body matches."""

    @abstractmethod
    def explained(self, root: Any) -> Iterator[Difference]:
        """Yields what differs in the parsed body."""


class Xml(XmlField):
    """Equal to the body, except for white space around tags, the order of attributes, and namespace prefixes.

    Comments, processing instructions and the document type declaration are ignored.
    """

    def __init__(self, value: object) -> None:
        super().__init__()
        if isinstance(value, str):
            # Nothing may precede an XML declaration, but multi-line variables often begin with a line break.
            value = value.strip()
            self._given = value
            self._expected = _parsed(_encoded(value), "utf-8")
        elif isinstance(value, (bytes, bytearray)):
            self._given = bytes(value).decode(errors="replace")
            self._expected = _parsed(bytes(value), None)
        else:
            raise UsageError(f"xml: text or bytes are needed, not {type(value).__name__}: {value!r}.")

    def is_like(self, root: Any) -> bool:
        # Most others differ here, and comparing large ones takes long.
        return len(self._expected) == len(root) and next(compare(self._expected, root), None) is None

    def explained(self, root: Any) -> Iterator[Difference]:
        return (finding.difference() for finding in compare(self._expected, root))

    def suggestion(self, request: Request) -> Suggestion | None:
        try:
            request.xml  # noqa: B018
        except NotXml:
            return None
        given = self._given if self.matches(request) else request.text.strip()
        received = body_text(given)
        return {"xml": received} if received else None

    def shown(self, masking: Masking) -> str:
        return f"xml={Plain(self._given).shown(masking)}"


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"xml: not XML: {error}.") from None


def _parsed(data: bytes, charset: str | None) -> Any:
    try:
        return parse(data, charset)
    except NotXml as error:
        lines = data.splitlines()
        line = f": {quote(lines[error.line - 1].decode(errors='replace'))}" if 0 < error.line <= len(lines) else ""
        raise UsageError(f"xml: {error}{line}.") from None


class XPath(XmlField):
    """XPath (1.0) to the expected text, which one of the found nodes must have."""

    name = "xpath"
    quick_up_to = NEVER

    def __init__(self, value: object) -> None:
        super().__init__()
        self._expected: dict[str, tuple[Any, Expected]] = {}
        given = not_empty(dictionary(value, "xpath"), "xpath")
        for path, expected in given.items():
            self._expected[path] = (self._compiled(path), expected_values(expected, f"xpath: {path}"))
        self._given = given

    def _compiled(self, path: str) -> Any:
        etree = self._etree
        try:
            # First unchanged, so that a rewritten XPath cannot hide an error.
            etree.XPath(path)
            find = etree.XPath(in_any_namespace(path), smart_strings=False, regexp=False)
            # Some errors occur only when it is used.
            find(etree.Element("any"))
        except (etree.XPathError, ValueError) as error:
            raise UsageError(f"xpath: {quote(path)} is not an XPath (1.0): {error}.") from None
        return find

    def is_like(self, root: Any) -> bool:
        try:
            return all(_matches(expected, _found(find(root))) for find, expected in self._expected.values())
        except self._etree.XPathError:
            return False

    def explained(self, root: Any) -> Iterator[Difference]:
        for path, (find, expected) in self._expected.items():
            try:
                found = _found(find(root))
            except self._etree.XPathError as error:
                yield Difference(_where(path), describe(expected), ("a failure: ", Plain(str(error))))
                continue
            if not _matches(expected, found):
                yield _miss(path, expected, found, root)

    def suggestion(self, request: Request) -> Suggestion | None:
        suggested: dict[str, object] = {}
        try:
            root = request.xml
            for path, (find, expected) in self._expected.items():
                found = _found(find(root))
                if _matches(expected, found):
                    suggested[path] = self._given[path]
                elif found:
                    suggested[path] = plain(found[0])
                else:
                    return None
        except (NotXml, RecursionError, self._etree.XPathError):
            return None
        return {"xpath": suggested}

    def shown(self, masking: Masking) -> str:
        pairs = (
            f"{Quoted(path).shown(masking)}: {MASK if _where(path).is_masked(masking) else _shown(expected, masking)}"
            for path, (_, expected) in self._expected.items()
        )
        return shortened(f"xpath={{{', '.join(pairs)}}}", MAX_DESCRIBED)


def _where(path: str) -> Where:
    return Where.by_path("xpath", path)


def _matches(expected: Expected, found: list[str]) -> bool:
    stripped = [text.strip() for text in found]
    if isinstance(expected, TextPattern):
        return expected.any_matches([*found, *stripped])
    return any_matches(expected, found) or any_matches(expected, stripped)


def _found(result: Any) -> list[str]:
    """The result of an XPath as text; for nodes, their string-value (XPath 1.0, 5)."""
    if isinstance(result, bool):
        return ["true" if result else "false"]
    if isinstance(result, float):
        return [_number(result)]
    if isinstance(result, str):
        return [result]
    return [_node(node) for node in result]


def _number(value: float) -> str:
    """A number as XPath's string() writes it (XPath 1.0, 4.2)."""
    if math.isfinite(value):
        return str(int(value)) if value.is_integer() else repr(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _node(node: Any) -> str:
    if isinstance(node, str):
        return node
    # A namespace node is a tuple of prefix and URI.
    return str(node[1]) if isinstance(node, tuple) else "".join(node.itertext())


def _miss(path: str, expected: Expected, found: list[str], root: Any) -> Difference:
    if isinstance(expected, TextPattern) and len(found) == 1:
        return expected.difference(_where(path), found[0])
    if not found:
        return Difference(_where(path), describe(expected), "nothing", _prefix_hint(path, root))
    return Difference(_where(path), describe(expected), listed(map(Quoted, found), len(found), "nodes"))


def _prefix_hint(path: str, root: Any) -> Phrase:
    """The prefix in the body that differs from the one in an XPath; empty if that is not the reason."""
    for name in prefixed_names(path):
        prefix, _, local = name.partition(":")
        same = [] if local == "*" else list(islice(root.iter("{*}" + local), _MAX_PREFIXES))
        if same and all(element.prefix != prefix for element in same):
            written = f"{same[0].prefix}:{local}" if same[0].prefix else local
            return ("the body has ", Quoted(written), "; a name without a prefix matches any namespace")
    return ""


def _shown(expected: Expected, masking: Masking) -> str:
    if expected is None:
        return "null"
    if isinstance(expected, list):
        return f"[{', '.join(_shown(pattern, masking) for pattern in expected[:MAX_DESCRIBED])}]"
    return Quoted(str(expected)).shown(masking)
