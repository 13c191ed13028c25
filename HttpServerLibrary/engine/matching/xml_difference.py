"""Where two XML documents differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from ..phrase import Phrase, Plain, Quoted, contrast
from .difference import Difference, Where
from .hints import lookalike, sole_difference

_MANY_ATTRIBUTES: Final = 100
# How much of a name is shown.
_MAX_NAME: Final = 100


class Finding(NamedTuple):
    """One difference of two documents; ``describe`` makes a phrase of each side, and None means nothing."""

    path: str
    expected: Any
    received: Any
    describe: Callable[[Any], Phrase]

    def difference(self) -> Difference:
        if self.describe in (_quoted, _text) and self.expected and self.received:
            expected, received = contrast(self.expected, self.received)
            hint = sole_difference(self.expected, self.received) or lookalike(self.expected, self.received)
            return Difference(self._where(), expected, received, hint)
        return Difference(self._where(), self._side(self.expected), self._side(self.received))

    def _side(self, value: Any) -> Phrase:
        return "nothing" if value is None else self.describe(value)

    def _where(self) -> Where:
        return Where("xml", self.path, names=tuple(_names(self.path)))


def compare(expected: Any, received: Any) -> Iterator[Finding]:
    """Yields every place where two root elements differ."""
    ours, theirs = _local(expected), _local(received)
    if ours == theirs:
        yield from _compare(expected, received, f"/{ours}")
    else:
        yield Finding(f"/{ours}", ours, theirs, _describe_root)


def _compare(expected: Any, received: Any, path: str, above: tuple[str, str] | None = None) -> Iterator[Finding]:
    """Compares two elements with the same local name; ``above`` are the namespaces of their parents if these differ."""
    namespaces = _namespace(expected), _namespace(received)
    if namespaces[0] == namespaces[1]:
        above = None
    elif namespaces != above:
        # Once for everything inside: an inherited namespace is not reported again for every child.
        above = namespaces
        yield Finding(path, *namespaces, _describe_namespace)
    yield from _compare_attributes(expected, received, path)
    yield from _compare_text(expected, received, path)
    yield from _compare_children(expected, received, path, above)


def _compare_attributes(expected: Any, received: Any, path: str) -> Iterator[Finding]:
    ours, theirs = _attributes(expected), _attributes(received)
    for name, value in ours.items():
        if theirs.get(name) != value:
            yield Finding(f"{path}/@{_attribute(name, expected)}", value, theirs.get(name), _quoted)
    for name, value in theirs.items():
        if name not in ours:
            yield Finding(f"{path}/@{_attribute(name, received)}", None, value, _quoted)


def _attributes(element: Any) -> dict[str, str]:
    if len(element.attrib) <= _MANY_ATTRIBUTES:
        return dict(element.attrib)
    # To look up a value, lxml goes through all attributes, while no other thread runs.
    return {value.attrname: str(value) for value in element.xpath("@*")}


def _compare_text(expected: Any, received: Any, path: str) -> Iterator[Finding]:
    ours, theirs = _texts(expected), _texts(received)
    if ours == theirs:
        return
    if len(ours) == len(theirs) == 1:
        yield Finding(path, ours[0], theirs[0], _text)
    elif len(ours) == len(theirs) or [*filter(None, ours)] != [*filter(None, theirs)]:
        yield Finding(path, ours, theirs, _describe_texts)


def _texts(element: Any) -> list[str]:
    """The text before, between and after the children."""
    return [(element.text or "").strip(), *((child.tail or "").strip() for child in element)]


def _compare_children(expected: Any, received: Any, path: str, above: tuple[str, str] | None) -> Iterator[Finding]:
    ours, theirs = _numbered(expected), _numbered(received)

    def where(key: tuple[str, int]) -> str:
        name, number = key
        several = (name, 2) in ours or (name, 2) in theirs
        return f"{path}/{name}[{number}]" if several else f"{path}/{name}"

    for key, child in ours.items():
        if key in theirs:
            yield from _compare(child, theirs[key], where(key), above)
        else:
            yield Finding(where(key), child, None, _describe_element)
    for key, child in theirs.items():
        if key not in ours:
            yield Finding(where(key), None, child, _describe_element)
    common = ([name for name in ours if name in theirs], [name for name in theirs if name in ours])
    for (one, _), (other, _) in zip(*common, strict=True):
        if one != other:
            yield Finding(path, (one, other), (other, one), _describe_order)
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
    """Text with children in it, each shown as '<>'."""
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
    """The name of an attribute as written in its document."""
    namespace, _, local = name.rpartition("}")
    if not namespace:
        return local
    prefixes = {uri: prefix for prefix, uri in element.nsmap.items() if prefix}
    return f"{prefixes.get(namespace[1:], 'xml')}:{local}"


def _describe_element(element: Any) -> Plain:
    """The tag of an element, and its content if that is only text."""
    attributes = "".join(
        f" {_attribute(name, element)}={json.dumps(value, ensure_ascii=False)}"
        for name, value in _attributes(element).items()
    )
    tag, text = f"<{_local(element)}{attributes}", (element.text or "").strip()
    if len(element):
        return Plain(f"{tag}>...")
    return Plain(f"{tag}>{text}</{_local(element)}>" if text else f"{tag}/>")


def _names(path: str) -> Iterator[str]:
    """The local names of the elements and the attribute on a path."""
    for step in path.split("/")[1:]:
        yield step.partition("[")[0].lstrip("@").rpartition(":")[2]
