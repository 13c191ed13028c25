"""The body as XML, whatever its Content-Type."""

from __future__ import annotations

import json
import math
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, Final

from ..arguments import dictionary
from ..errors import UsageError
from ..message.request import Request
from ..message.xml_tree import NotXml, parse
from ..phrase import Masking, Phrase, Plain, Quoted, contrast, joined, listed
from ..visible import MASK, quote, shortened
from .body import body_phrase
from .difference import Difference, Where
from .field import Field
from .named import MAX_DESCRIBED, Expected, any_matches, describe, expected_values
from .suggestion import Suggestion, body_text, plain
from .text import TextPattern
from .xpath import in_any_namespace

_MAX_REASON: Final = 200
# More of a name is not shown.
_MAX_NAME: Final = 100


class XmlField(Field):
    """A field about the parsed body; a body that is no XML is one difference."""

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
            return next(self.findings(request.xml), None) is None
        except (NotXml, RecursionError):
            return False

    def differences(self, request: Request) -> Iterator[Difference]:
        try:
            yield from self.findings(request.xml)
        except NotXml as error:
            received = joined(body_phrase(request), ", which is ", Plain(str(error), limit=_MAX_REASON))
            yield Difference(Where(self.name), "an XML body", received if request.body else "no body")
        except RecursionError:
            yield Difference(Where(self.name), "a body that can be compared", "one that is nested too deeply")

    @abstractmethod
    def findings(self, root: Any) -> Iterator[Difference]:
        """Yields what differs in the parsed body."""


class Xml(XmlField):
    """Equal to the body up to white space around tags, the order of attributes, and prefixes of namespaces.

    Comments, processing instructions and the document type declaration say nothing.
    """

    def __init__(self, value: object) -> None:
        super().__init__()
        if isinstance(value, str):
            # Nothing may stand in front of an XML declaration, which variables of several lines often begin with.
            value = value.strip()
            self._given = value
            self._expected = _parsed(_encoded(value), "utf-8")
        elif isinstance(value, (bytes, bytearray)):
            self._given = bytes(value).decode(errors="replace")
            self._expected = _parsed(bytes(value), None)
        else:
            raise UsageError(f"xml: text or bytes are needed, not {type(value).__name__}: {value!r}.")

    def findings(self, root: Any) -> Iterator[Difference]:
        expected, received = _local(self._expected), _local(root)
        if expected == received:
            yield from _compare(self._expected, root, f"/{expected}")
        else:
            yield _difference(f"/{expected}", ("the root element ", _tag(expected)), _tag(received))

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


def _compare(expected: Any, received: Any, path: str, above: tuple[str, str] | None = None) -> Iterator[Difference]:
    """Compares two elements of the same local name; ``above`` are their parents' namespaces where these differ."""
    namespaces = _namespace(expected), _namespace(received)
    if namespaces[0] == namespaces[1]:
        above = None
    elif namespaces != above:
        # Once for all that is inside: an inherited namespace is not said again at every child.
        above = namespaces
        yield _difference(path, *map(_describe_namespace, namespaces))
    yield from _compare_attributes(expected, received, path)
    yield from _compare_text(expected, received, path)
    yield from _compare_children(expected, received, path, above)


def _compare_attributes(expected: Any, received: Any, path: str) -> Iterator[Difference]:
    ours, theirs = dict(expected.attrib), dict(received.attrib)
    for name, value in ours.items():
        where = f"{path}/@{_attribute(name, expected)}"
        if name not in theirs:
            yield _difference(where, Quoted(value), "nothing")
        elif theirs[name] != value:
            yield _difference(where, *contrast(value, theirs[name]))
    for name, value in theirs.items():
        if name not in ours:
            yield _difference(f"{path}/@{_attribute(name, received)}", "nothing", Quoted(value))


def _compare_text(expected: Any, received: Any, path: str) -> Iterator[Difference]:
    ours, theirs = _texts(expected), _texts(received)
    if ours == theirs:
        return
    if len(ours) == len(theirs) == 1:
        one, other = contrast(ours[0], theirs[0])
        yield _difference(path, one if ours[0] else "no text", other if theirs[0] else "no text")
    elif len(ours) == len(theirs) or [*filter(None, ours)] != [*filter(None, theirs)]:
        yield _difference(path, _describe_texts(ours), _describe_texts(theirs))


def _texts(element: Any) -> list[str]:
    """The text before, between and after the children."""
    return [(element.text or "").strip(), *((child.tail or "").strip() for child in element)]


def _describe_texts(texts: list[str]) -> Phrase:
    """Text with children in it, each of which is a '<>'."""
    return ("the text ", Quoted(" <> ".join(texts).strip())) if any(texts) else "no text"


def _compare_children(expected: Any, received: Any, path: str, above: tuple[str, str] | None) -> Iterator[Difference]:
    ours, theirs = _numbered(expected), _numbered(received)

    def where(key: tuple[str, int]) -> str:
        name, number = key
        several = (name, 2) in ours or (name, 2) in theirs
        return f"{path}/{name}[{number}]" if several else f"{path}/{name}"

    for key, child in ours.items():
        if key in theirs:
            yield from _compare(child, theirs[key], where(key), above)
        else:
            yield _difference(where(key), _describe_element(child), "nothing")
    for key, child in theirs.items():
        if key not in ours:
            yield _difference(where(key), "nothing", _describe_element(child))
    common = ([name for name in ours if name in theirs], [name for name in theirs if name in ours])
    for (ours_next, _), (theirs_next, _) in zip(*common, strict=True):
        if ours_next != theirs_next:
            one, other = _tag(ours_next), _tag(theirs_next)
            yield _difference(path, (one, " before ", other), (other, " before ", one))
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


def _describe_namespace(namespace: str) -> Phrase:
    return ("the namespace ", Quoted(namespace)) if namespace else "no namespace"


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


def _difference(path: str, expected: Phrase, received: Phrase) -> Difference:
    return Difference(Where("xml", path, names=tuple(_names(path))), expected, received)


def _names(path: str) -> Iterator[str]:
    """The local names of the elements and the attribute on a path."""
    for step in path.split("/")[1:]:
        yield step.partition("[")[0].lstrip("@").rpartition(":")[2]


class XPath(XmlField):
    """XPath (1.0) to the text that one of the found nodes must have."""

    name = "xpath"

    def __init__(self, value: object) -> None:
        super().__init__()
        self._expected: dict[str, tuple[Any, Expected]] = {}
        given = dictionary(value, "xpath")
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

    def findings(self, root: Any) -> Iterator[Difference]:
        for path, (find, expected) in self._expected.items():
            try:
                found = _found(find(root))
            except self._etree.XPathError as error:
                yield Difference(_where(path), describe(expected), ("a failure: ", Plain(str(error))))
                continue
            if not _matches(expected, found):
                yield _miss(path, expected, found)

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


def _matches(expected: Expected, found: list[str]) -> bool:
    return any_matches(expected, found) or any_matches(expected, [text.strip() for text in found])


def _miss(path: str, expected: Expected, found: list[str]) -> Difference:
    if isinstance(expected, TextPattern) and len(found) == 1:
        return Difference(_where(path), *expected.contrast(found[0]))
    received = listed(map(Quoted, found), len(found), "nodes") if found else "nothing"
    return Difference(_where(path), describe(expected), received)


def _shown(expected: Expected, masking: Masking) -> str:
    if expected is None:
        return "null"
    if isinstance(expected, list):
        return f"[{', '.join(_shown(pattern, masking) for pattern in expected[:MAX_DESCRIBED])}]"
    return Quoted(str(expected)).shown(masking)
