"""Values in templates, and how Java writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ..java_text import compact, java_text, pretty


class OneOrMany(list[str]):
    """The values of one name, written as the first of them."""

    def __str__(self) -> str:
        return self[0] if self else ""


class UrlPath(list[str]):
    """The segments of a path, written as the whole path."""

    def __init__(self, path: str) -> None:
        super().__init__(segment for segment in path.split("/") if segment)
        self.path = path

    def __str__(self) -> str:
        return self.path


class TemplatedPath(Mapping[str, str]):
    """The segments of a path by their number, and what its variables stand for by their name.

    In a loop it is a list of what stands between slashes.
    """

    def __init__(self, path: str, variables: Mapping[str, str]) -> None:
        self.path = path
        segments = [segment for segment in path.split("/") if segment]
        self._values = {**{str(index): segment for index, segment in enumerate(segments)}, **variables}

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __str__(self) -> str:
        return self.path

    def items(self) -> Any:
        return dict(enumerate(self.path.split("/"))).items()

    def values(self) -> Any:
        return self.path.split("/")


class Method:
    """A method, which is equal to no text."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name


class AnyCase(Mapping[str, OneOrMany]):
    """Headers, by their names in any case."""

    def __init__(self, values: Mapping[str, OneOrMany]) -> None:
        self._values = dict(sorted(values.items(), key=lambda pair: pair[0].lower()))
        self._names = {name.lower(): name for name in self._values}

    def __getitem__(self, name: str) -> OneOrMany:
        return self._values[self._names[name.lower()]]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class XmlNode(dict[str, Any]):
    """A node in XML with its ``name``, ``text`` and ``attributes``, written as XML or as its value."""

    def __init__(self, written: str, element: Any) -> None:
        self.written = written
        super().__init__(text=written if element is None else "".join(element.itertext()))
        if element is not None:
            self["name"] = f"{element.prefix}:" * bool(element.prefix) + str(element.tag).rpartition("}")[2]
            self["attributes"] = dict(element.attrib)

    def __str__(self) -> str:
        return self.written


class XmlNodes(list[XmlNode]):
    """What an XPath leads to, written as the first of them."""

    def __str__(self) -> str:
        return str(self[0])


class JsonArray(list[Any]):
    """A list in JSON that was read for a JSONPath, written as JSON."""

    def __str__(self) -> str:
        return compact(self)


class JsonObject(dict[str, Any]):
    """The object that a JSONPath leads to, written as JSON. Objects in it are written as Java writes them."""

    def __str__(self) -> str:
        return pretty(self)


def with_arrays(value: Any) -> Any:
    """The same JSON, whose lists are written as JSON."""
    if isinstance(value, dict):
        return {name: with_arrays(entry) for name, entry in value.items()}
    return JsonArray(map(with_arrays, value)) if isinstance(value, list) else value


_WRITTEN_BY_THEMSELVES = (str, OneOrMany, UrlPath, TemplatedPath, JsonArray, JsonObject, XmlNode, XmlNodes)


def shown(value: Any) -> str:
    """What a template writes for a value; nothing for none."""
    return "" if value is None else text_of(value)


def text_of(value: Any) -> str:
    """A value as text."""
    if isinstance(value, _WRITTEN_BY_THEMSELVES):
        return str(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}={text_of(entry)}' for name, entry in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(text_of, value))}]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return java_text(value)
