"""Patterns of WireMock for XML."""

from __future__ import annotations

import importlib
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from ....errors import UsageError
from ....matching.difference import Difference, Where
from ....matching.quick import NEVER, SMALL
from ....matching.xpath import in_any_namespace, prefixed_names
from ....message.xml_tree import NotXml, parse
from ....phrase import Phrase, Plain, Quoted, joined, quotes
from ....visible import quote
from .java_regexp import java_regexp
from .java_text import java_float
from .patterns import Pattern

_MAX_KEPT: Final = 100_000
_NUMBER: Final = re.compile(r"-?[0-9]*\.?[0-9]+([eE]-?[0-9]+)?")
_PLACEHOLDER: Final = re.compile(r"\s*xmlunit\.(\w+)(?:\((.*)\))?\s*", re.DOTALL)
_COMPARISONS: Final = frozenset(
    {
        *("ELEMENT_TAG_NAME", "SCHEMA_LOCATION", "NO_NAMESPACE_SCHEMA_LOCATION", "NODE_TYPE", "NAMESPACE_URI"),
        *("TEXT_VALUE", "PROCESSING_INSTRUCTION_TARGET", "PROCESSING_INSTRUCTION_DATA", "ELEMENT_NUM_ATTRIBUTES"),
        *("ATTR_VALUE", "CHILD_NODELIST_LENGTH", "CHILD_LOOKUP", "ATTR_NAME_LOOKUP", "NAMESPACE_PREFIX"),
        *("XML_VERSION", "XML_STANDALONE", "XML_ENCODING", "HAS_DOCTYPE_DECLARATION", "CHILD_NODELIST_SEQUENCE"),
    }
)


def _etree() -> Any:
    try:
        return importlib.import_module("lxml.etree")
    except ImportError:
        raise UsageError("XML needs the extra 'xml': pip install robotframework-httpserverlibrary[xml]") from None


def read_xml(text: str) -> Any:
    """The root element of a text. The same object for the same text. Raises `NotXml`."""
    return _kept(text) if len(text) <= _MAX_KEPT else _read(text)


@lru_cache(maxsize=4)
def _kept(text: str) -> Any:
    return _read(text)


def _read(text: str) -> Any:
    if not text.lstrip().startswith("<"):
        raise NotXml("not XML")
    return parse(text.strip().encode("utf-8", "replace"), "utf-8")


class EqualToXml(Pattern):
    """Equal as XML, with the children of each element in any order by their names. Raises `UsageError`."""

    quick_up_to = SMALL

    def __init__(
        self,
        value: str,
        *,
        placeholders: tuple[str, str] | None = None,
        exempted: Collection[str] = (),
        ignore_order: bool = False,
    ) -> None:
        _etree()
        self._given = value
        try:
            self._expected = _read(value)
        except NotXml as error:
            raise UsageError(f"equalToXml is {error}") from None
        unknown = [name for name in exempted if name not in _COMPARISONS]
        if unknown:
            raise UsageError(f"the comparison {quote(unknown[0])} is not known")
        self._exempted = frozenset(exempted)
        self._ignore_order = ignore_order
        self._placeholder: re.Pattern[str] | None = None
        if placeholders is not None:
            opening, closing = (java_regexp(part).value for part in placeholders)
            self._placeholder = re.compile(f"{opening}(.*){closing}", re.DOTALL)

    def matches(self, value: str | None) -> bool:
        try:
            return value is not None and next(self._compared(value), None) is None
        except (NotXml, RecursionError):
            return False

    def describe(self) -> Phrase:
        return ("XML ", Plain(self._given))

    @property
    def written(self) -> Phrase:
        return ("xml=", Plain(self._given))

    def differences(self, where: Where, value: str | None) -> Iterator[Difference]:
        try:
            yield from self._compared(value or "")
        except NotXml as error:
            received: Phrase = (Quoted(value), ", which is ", Plain(str(error))) if value else "no body"
            yield Difference(Where("xml"), "an XML body", received)
        except RecursionError:
            yield Difference(Where("xml"), "a body that can be compared", "one that is nested too deeply")

    def _compared(self, value: str) -> Iterator[Difference]:
        root = read_xml(value)
        return self._elements(self._expected, root, f"/{_local(self._expected)}")

    def _elements(self, expected: Any, received: Any, path: str) -> Iterator[Difference]:
        if _local(expected) != _local(received) and "ELEMENT_TAG_NAME" not in self._exempted:
            yield _difference(path, f"the element {_local(expected)}", f"the element {_local(received)}")
            return
        if _namespace(expected) != _namespace(received) and "NAMESPACE_URI" not in self._exempted:
            yield _difference(
                path, f"the namespace {_namespace(expected)!r}", f"the namespace {_namespace(received)!r}"
            )
        yield from self._attributes(expected, received, path)
        ours, theirs = _nodes(expected), _nodes(received)
        stand = self._stand(ours[0]) if len(ours) == 1 and isinstance(ours[0], str) else None
        if stand is not None:
            if not _fits(*stand, "".join(node for node in theirs if isinstance(node, str))) or not theirs:
                yield _difference(
                    path, f"a value for {ours[0]}", " ".join(map(str, filter(_is_text, theirs))) or "nothing"
                )
            return
        if any(len(nodes) > 1 and any(map(_is_text, nodes)) for nodes in (ours, theirs)):
            # WireMock fails to sort them.
            yield _difference(path, "elements or text", "elements beside text, which is never equal")
            return
        if len(ours) != len(theirs) and "CHILD_NODELIST_LENGTH" not in self._exempted:
            yield _difference(path, f"{len(ours)} children", str(len(theirs)))
        yield from self._children(ours, theirs, path)

    def _children(self, ours: list[Any], theirs: list[Any], path: str) -> Iterator[Difference]:
        for one, other in zip(self._sorted(ours), self._sorted(theirs), strict=False):
            if isinstance(one, str) and isinstance(other, str):
                if one != other and "TEXT_VALUE" not in self._exempted:
                    yield Difference(_where(path), Quoted(one), Quoted(other))
            elif isinstance(one, str) or isinstance(other, str):
                if "NODE_TYPE" not in self._exempted:
                    yield _difference(path, _kind(one), _kind(other))
            else:
                yield from self._elements(one, other, f"{path}/{_local(one)}")

    def _sorted(self, nodes: list[Any]) -> list[Any]:
        def key(node: Any) -> tuple[str, str]:
            if isinstance(node, str):
                return "", ""
            return _local(node), "".join(node.itertext()) if self._ignore_order else ""

        return sorted(nodes, key=key)

    def _attributes(self, expected: Any, received: Any, path: str) -> Iterator[Difference]:
        ours, theirs = dict(expected.attrib), dict(received.attrib)
        ignored = {name for name, value in ours.items() if (self._stand(value) or ("",))[0] == "ignore"}
        if "ATTR_NAME_LOOKUP" not in self._exempted and "ELEMENT_NUM_ATTRIBUTES" not in self._exempted:
            for name in theirs.keys() - ours.keys():
                yield _difference(f"{path}/@{name}", "no such attribute", theirs[name])
        for name, value in ours.items():
            if name in ignored:
                continue
            if name not in theirs:
                if "ATTR_NAME_LOOKUP" not in self._exempted:
                    yield _difference(f"{path}/@{name}", value, "no such attribute")
                continue
            stand = self._stand(value)
            fits = _fits(*stand, theirs[name]) if stand is not None else value == theirs[name]
            if not fits and "ATTR_VALUE" not in self._exempted:
                yield Difference(_where(f"{path}/@{name}"), Quoted(value), Quoted(theirs[name]))

    def _stand(self, value: str) -> tuple[str, str] | None:
        """The name and the argument of a placeholder; None if the text is not one."""
        if self._placeholder is None:
            return None
        found = self._placeholder.fullmatch(value.strip())
        inner = None if found is None else _PLACEHOLDER.fullmatch(found[1])
        return None if inner is None else (inner[1], inner[2] or "")


def _fits(name: str, argument: str, value: str) -> bool:
    if name == "isNumber":
        return _NUMBER.fullmatch(value.strip()) is not None
    if name == "isDateTime":
        try:
            datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
        except ValueError:
            return False
        return True
    if name == "matchesRegex":
        return java_regexp(argument).matches(value.strip())
    return name == "ignore"


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _namespace(element: Any) -> str:
    return str(element.tag).rpartition("}")[0][1:]


def _nodes(element: Any) -> list[Any]:
    """The elements and texts in an element, without white space around tags."""
    nodes: list[Any] = [element.text or ""]
    for child in element:
        nodes += [child, child.tail or ""]
    return [
        node.strip() if isinstance(node, str) else node for node in nodes if not isinstance(node, str) or node.strip()
    ]


def _is_text(node: Any) -> bool:
    return isinstance(node, str)


def _kind(node: Any) -> str:
    return "text" if isinstance(node, str) else f"the element {_local(node)}"


def _where(path: str) -> Where:
    return Where.by_path("xml", path)


def _difference(path: str, expected: str, received: str) -> Difference:
    return Difference(_where(path), Plain(expected), Plain(received))


class XmlPath:
    """An XPath 1.0. Without namespaces, a name without a prefix matches in any. Raises `UsageError`."""

    def __init__(self, path: str, namespaces: Mapping[str, str] | None = None) -> None:
        etree = _etree()
        self.text = path
        self._error = etree.XPathError
        self._tostring = etree.tostring
        self._never = False
        try:
            if namespaces:
                self._find = etree.XPath(path, namespaces=dict(namespaces), smart_strings=False, regexp=False)
                return
            etree.XPath(path)
            # WireMock finds nothing by a prefix that it does not know.
            self._never = any(True for _ in prefixed_names(path))
            rewritten = path if self._never else in_any_namespace(path)
            self._find = etree.XPath(rewritten, smart_strings=False, regexp=False)
        except (etree.XPathError, ValueError) as error:
            raise UsageError(f"{quote(path)} is not an XPath (1.0): {error}") from None

    def find(self, root: Any) -> list[str]:
        """What is found, as text: the value of attributes and texts, elements as XML."""
        return [text for text, _ in self.find_nodes(root)]

    def find_nodes(self, root: Any) -> list[tuple[str, Any]]:
        """The same, each with its element; None if it is not one."""
        if self._never:
            return []
        try:
            found = self._find(root)
        except self._error:
            return []
        if isinstance(found, bool):
            return [("true" if found else "false", None)]
        if isinstance(found, float):
            return [(str(int(found)) if found.is_integer() else java_float(found), None)]
        if isinstance(found, str):
            return [(found, None)]
        return [(self._shown(node), node if hasattr(node, "attrib") else None) for node in found]

    def _shown(self, node: Any) -> str:
        if isinstance(node, (str, tuple)):
            return str(node if isinstance(node, str) else node[1])
        written: str = self._tostring(node, encoding="unicode", with_tail=False, pretty_print=True)
        return written


class MatchesXPath(Pattern):
    """An XPath leads to something, or to a value that matches. Raises `UsageError`."""

    quick_up_to = NEVER

    def __init__(self, path: str, namespaces: Mapping[str, str] | None, inner: Pattern | None) -> None:
        self._path = XmlPath(path, namespaces)
        self._inner = inner

    def matches(self, value: str | None) -> bool:
        try:
            found = self._path.find(read_xml(value or ""))
        except (NotXml, RecursionError):
            return False
        return bool(found) if self._inner is None else any(map(self._inner.matches, found))

    def describe(self) -> Phrase:
        at = joined(" at ", Quoted(self._path.text))
        return joined("a node", *at) if self._inner is None else joined(self._inner.describe(), *at)

    @property
    def written(self) -> Phrase:
        expected = "anything" if self._inner is None else self._inner.written
        return joined("xpath={", Quoted(self._path.text), ": ", expected, "}")

    def differences(self, where: Where, value: str | None) -> Iterator[Difference]:
        expected = "a node" if self._inner is None else self._inner.describe()
        try:
            found = self._path.find(read_xml(value or ""))
        except NotXml as error:
            received: Phrase = (Quoted(value), ", which is ", Plain(str(error))) if value else "no body"
            yield Difference(Where("xpath"), "an XML body", received)
            return
        except RecursionError:
            found = []
        yield Difference(Where.by_path("xpath", self._path.text), expected, quotes(found))
