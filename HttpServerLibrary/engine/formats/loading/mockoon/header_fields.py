"""The header fields of a response as they come together: those of the environment, then those of the response."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ....message.head import TOKEN
from ..loaded import NotUnderstood
from .reading import objects, text
from .scene import Scene
from .templates import Template

# What Node.js sends.
_BAD_VALUE: Final = re.compile("[^\t\x20-\x7e\x80-\xff]")
_HAS_CHARSET: Final = re.compile(r";\s*charset\s*=", re.IGNORECASE)
_IS_TEXT: Final = re.compile(r"text/|application/(?:javascript|json)")
_TYPE: Final = re.compile(r"\s*([\w!#$%&'*+.^`|~-]+/[\w!#$%&'*+.^`|~-]+)\s*((?:;.*)?)", re.DOTALL)
_PARAMETER: Final = re.compile(r""";\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*("(?:\\.|[^"\\])*"|[\w!#$%&'*+.^`|~-]+)\s*""")
_FRAMING: Final = ("content-length", "transfer-encoding")


class Headers:
    """The header fields that a file gives: values may be templates. Raises `NotUnderstood` and `UsageError`."""

    def __init__(self, owner: Mapping[str, Any], name: str = "headers") -> None:
        self.given: list[tuple[str, Template]] = []
        for index, entry in enumerate(objects(owner, name)):
            field, value = text(entry, "key"), text(entry, "value")
            if not field or not value:
                continue
            try:
                self.given.append((field, Template(value)))
            except NotUnderstood as found:
                raise NotUnderstood(found.what, name, index, "value") from None
        self.loops = any(value.loops for _, value in self.given)
        self.is_fixed = all(value.fixed is not None for _, value in self.given)

    def as_written(self, name: str) -> str:
        """The value of a field as the file has it; empty if it has none."""
        return next((value.fixed or "{{" for field, value in self.given if field.lower() == name), "")

    def render(self, scene: Scene) -> Sequence[tuple[str, str]]:
        """Raises `ResponseFailed`."""
        return [(name, value.render(scene)) for name, value in self.given]

    @property
    def ignored(self) -> list[str]:
        """The names that no header can have; they are not sent."""
        return [name for name, _ in self.given if not TOKEN.fullmatch(name)]


class Fields:
    """Header fields by name. What cannot be sent is left out, as Mockoon does."""

    def __init__(self, *, adds_charset: bool = True) -> None:
        self._adds_charset = adds_charset
        self._fields: dict[str, tuple[str, list[str]]] = {}

    def set(self, name: str, value: str) -> None:
        lower = name.lower()
        if not TOKEN.fullmatch(name) or _BAD_VALUE.search(value) or lower in _FRAMING:
            return
        if lower == "content-type" and self._adds_charset and not _HAS_CHARSET.search(value) and _IS_TEXT.match(value):
            value = f"{value}; charset=utf-8"
        self._fields[lower] = name, [value]

    def add_all(self, headers: Sequence[tuple[str, str]]) -> None:
        """Sets them; cookies add up."""
        for name, value in headers:
            present = self._fields.get("set-cookie")
            self.set(name, value)
            if name.lower() == "set-cookie" and present is not None and not _BAD_VALUE.search(value):
                self._fields["set-cookie"] = name, [*present[1], value]

    def get(self, name: str) -> str:
        return ", ".join(self._fields.get(name, ("", []))[1])

    def drop(self, name: str) -> None:
        self._fields.pop(name, None)

    def set_charset(self) -> None:
        """Says that the body is UTF-8, as every text is."""
        written = self.get("content-type")
        if not written:
            self.set("Content-Type", "text/html")
            return
        found = _TYPE.fullmatch(written)
        if found is None:
            return
        parameters = {name.lower(): value for name, value in _PARAMETER.findall(found[2])} | {"charset": "utf-8"}
        rest = "".join(f"; {name}={parameters[name]}" for name in sorted(parameters))
        self._fields["content-type"] = "Content-Type", [f"{found[1].lower()}{rest}"]

    def pairs(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self._fields.values() for value in values]
