"""The body as XML, regardless of its Content-Type."""

from __future__ import annotations

import json
import math
from abc import abstractmethod
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from ..arguments import dictionary, not_empty
from ..errors import UsageError
from ..message.media_types import says_json, says_xml
from ..message.request import Request
from ..message.xml_tree import NotXml, parse
from ..phrase import Masking, Phrase, Plain, Quoted, contrast, joined, listed
from ..visible import MASK, quote, shortened
from .body import body_phrase
from .difference import Difference, Where
from .field import Field
from .hints import lookalike, only
from .named import MAX_DESCRIBED, Expected, any_matches, describe, expected_values
from .quick import NEVER
from .suggestion import Suggestion, body_text, plain
from .text import TextPattern
from .xpath import in_any_namespace, prefixed_names

_MAX_REASON: Final = 200
# More of a name is not shown.
_MAX_NAME: Final = 100
# Elements that are looked at to find the prefix they have.
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


class _Finding(NamedTuple):
    """A place where two documents differ; ``describe`` makes phrases of both sides, and None is nothing."""

    path: str
    expected: Any
    received: Any
    describe: Callable[[Any], Phrase]

    def difference(self) -> Difference:
        if self.describe in (_quoted, _text) and self.expected and self.received:
            expected, received = contrast(self.expected, self.received)
            hint = only(self.expected, self.received) or lookalike(self.expected, self.received)
            return Difference(self._where(), expected, received, hint)
        return Difference(self._where(), self._side(self.expected), self._side(self.received))

    def _side(self, value: Any) -> Phrase:
        return "nothing" if value is None else self.describe(value)

    def _where(self) -> Where:
        return Where("xml", self.path, names=tuple(_names(self.path)))


class Xml(XmlField):
    """Equal to the body up to white space around tags, the order of attributes, and prefixes of namespaces.

    Comments, processing instructions and the document type declaration say nothing.
    """

    def __init__(self, value: object) -> None:
        super().__init__()
        if isinstance(value, str):
            # Nothing may precede an XML declaration, but variables of several lines often begin with a line break.
            value = value.strip()
            self._given = value
            self._expected = _parsed(_encoded(value), "utf-8")
        elif isinstance(value, (bytes, bytearray)):
            self._given = bytes(value).decode(errors="replace")
            self._expected = _parsed(bytes(value), None)
        else:
            raise UsageError(f"xml: text or bytes are needed, not {type(value).__name__}: {value!r}.")

    def is_like(self, root: Any) -> bool:
        return next(self._findings(root), None) is None

    def explained(self, root: Any) -> Iterator[Difference]:
        return (finding.difference() for finding in self._findings(root))

    def _findings(self, root: Any) -> Iterator[_Finding]:
        expected, received = _local(self._expected), _local(root)
        if expected == received:
            yield from _compare(self._expected, root, f"/{expected}")
        else:
            yield _Finding(f"/{expected}", expected, received, _describe_root)

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


def _compare(expected: Any, received: Any, path: str, above: tuple[str, str] | None = None) -> Iterator[_Finding]:
    """Compares two elements of the same local name; ``above`` are their parents' namespaces where these differ."""
    namespaces = _namespace(expected), _namespace(received)
    if namespaces[0] == namespaces[1]:
        above = None
    elif namespaces != above:
        # Once for all that is inside: an inherited namespace is not said again at every child.
        above = namespaces
        yield _Finding(path, *namespaces, _describe_namespace)
    yield from _compare_attributes(expected, received, path)
    yield from _compare_text(expected, received, path)
    yield from _compare_children(expected, received, path, above)


def _compare_attributes(expected: Any, received: Any, path: str) -> Iterator[_Finding]:
    ours, theirs = dict(expected.attrib), dict(received.attrib)
    for name, value in ours.items():
        if theirs.get(name) != value:
            yield _Finding(f"{path}/@{_attribute(name, expected)}", value, theirs.get(name), _quoted)
    for name, value in theirs.items():
        if name not in ours:
            yield _Finding(f"{path}/@{_attribute(name, received)}", None, value, _quoted)


def _compare_text(expected: Any, received: Any, path: str) -> Iterator[_Finding]:
    ours, theirs = _texts(expected), _texts(received)
    if ours == theirs:
        return
    if len(ours) == len(theirs) == 1:
        yield _Finding(path, ours[0], theirs[0], _text)
    elif len(ours) == len(theirs) or [*filter(None, ours)] != [*filter(None, theirs)]:
        yield _Finding(path, ours, theirs, _describe_texts)


def _texts(element: Any) -> list[str]:
    """The text before, between and after the children."""
    return [(element.text or "").strip(), *((child.tail or "").strip() for child in element)]


def _compare_children(expected: Any, received: Any, path: str, above: tuple[str, str] | None) -> Iterator[_Finding]:
    ours, theirs = _numbered(expected), _numbered(received)

    def where(key: tuple[str, int]) -> str:
        name, number = key
        several = (name, 2) in ours or (name, 2) in theirs
        return f"{path}/{name}[{number}]" if several else f"{path}/{name}"

    for key, child in ours.items():
        if key in theirs:
            yield from _compare(child, theirs[key], where(key), above)
        else:
            yield _Finding(where(key), child, None, _describe_element)
    for key, child in theirs.items():
        if key not in ours:
            yield _Finding(where(key), None, child, _describe_element)
    common = ([name for name in ours if name in theirs], [name for name in theirs if name in ours])
    for (one, _), (other, _) in zip(*common, strict=True):
        if one != other:
            yield _Finding(path, (one, other), (other, one), _describe_order)
            break


def _numbered(element: Any) -> dict[tuple[str, int], Any]:
    """The children by their local name, and their number among those of that name."""
    counts: dict[str, int] = {}
    children = {}
    for child in element:
        name = _local(child)
        counts[name] = counts.get(name, 0) + 1
        children[name, counts[name]] = child
    return children


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _namespace(element: Any) -> str:
    return str(element.tag).rpartition("}")[0][1:]


def _quoted(value: str) -> Phrase:
    return Quoted(value)


def _text(text: str) -> Phrase:
    return Quoted(text) if text else "no text"


def _describe_texts(texts: list[str]) -> Phrase:
    """Text with children in it, each of which is a '<>'."""
    return ("the text ", Quoted(" <> ".join(texts).strip())) if any(texts) else "no text"


def _describe_namespace(namespace: str) -> Phrase:
    return ("the namespace ", Quoted(namespace)) if namespace else "no namespace"


def _describe_root(name: str) -> Phrase:
    return ("the root element ", _tag(name))


def _describe_order(names: tuple[str, str]) -> Phrase:
    return (_tag(names[0]), " before ", _tag(names[1]))


def _tag(name: str) -> Plain:
    return Plain(f"<{name[:_MAX_NAME]}>")


def _attribute(name: str, element: Any) -> str:
    """The name of an attribute as it is written in its document."""
    namespace, _, local = name.rpartition("}")
    if not namespace:
        return local
    prefixes = {uri: prefix for prefix, uri in element.nsmap.items() if prefix}
    return f"{prefixes.get(namespace[1:], 'xml')}:{local}"


def _describe_element(element: Any) -> Plain:
    """The tag of an element, and what is in it when that is text only."""
    attributes = "".join(
        f" {_attribute(name, element)}={json.dumps(value, ensure_ascii=False)}"
        for name, value in element.attrib.items()
    )
    tag, text = f"<{_local(element)}{attributes}", (element.text or "").strip()
    if len(element):
        return Plain(f"{tag}>...")
    return Plain(f"{tag}>{text}</{_local(element)}>" if text else f"{tag}/>")


def _names(path: str) -> Iterator[str]:
    """The local names of the elements and the attribute on a path."""
    for step in path.split("/")[1:]:
        yield step.partition("[")[0].lstrip("@").rpartition(":")[2]


class XPath(XmlField):
    """XPath (1.0) to the text that one of the found nodes must have."""

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
            # As it is first, so that nothing else can be meant by a wrong one.
            etree.XPath(path)
            find = etree.XPath(in_any_namespace(path), smart_strings=False, regexp=False)
            # Some mistakes are found only when it is used.
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
    """What an XPath found, as text: of nodes their string-value (XPath 1.0, 5)."""
    if isinstance(result, bool):
        return ["true" if result else "false"]
    if isinstance(result, float):
        return [_number(result)]
    if isinstance(result, str):
        return [result]
    return [_node(node) for node in result]


def _number(value: float) -> str:
    """A number as XPath's string() has it (XPath 1.0, 4.2)."""
    if math.isfinite(value):
        return str(int(value)) if value.is_integer() else repr(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _node(node: Any) -> str:
    if isinstance(node, str):
        return node
    # A namespace is its prefix and itself.
    return str(node[1]) if isinstance(node, tuple) else "".join(node.itertext())


def _miss(path: str, expected: Expected, found: list[str], root: Any) -> Difference:
    if isinstance(expected, TextPattern) and len(found) == 1:
        return expected.difference(_where(path), found[0])
    if not found:
        return Difference(_where(path), describe(expected), "nothing", _prefix_hint(path, root))
    return Difference(_where(path), describe(expected), listed(map(Quoted, found), len(found), "nodes"))


def _prefix_hint(path: str, root: Any) -> Phrase:
    """The prefix that the body has instead of the one in an XPath; empty where that is not the reason."""
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
