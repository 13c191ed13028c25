"""An XML document as an object: an element is a member, its text is ``_text``, its attributes are ``_attributes``."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final
from xml.parsers import expat

_MAX_DEPTH: Final = 200


class NotUsable(Exception):
    """It declares entities, or is nested too deeply."""


def xml_object(text: str) -> dict[str, Any]:
    """Raises `NotUsable`."""
    root: dict[str, Any] = {}
    open_elements = [root]
    in_cdata = False
    # A text arrives in pieces.
    pieces: list[str] = []

    def add(name: str, value: Any) -> None:
        parent = open_elements[-1]
        if name not in parent:
            parent[name] = value
        elif isinstance(parent[name], list):
            parent[name].append(value)
        else:
            parent[name] = [parent[name], value]

    def flush() -> None:
        text = "".join(pieces)
        pieces.clear()
        if text and (in_cdata or text.strip()):
            add("_cdata" if in_cdata else "_text", text)

    def start(name: str, attributes: dict[str, str]) -> None:
        flush()
        if len(open_elements) > _MAX_DEPTH:
            raise NotUsable("elements are nested too deeply")
        element: dict[str, Any] = {"_attributes": attributes} if attributes else {}
        add(name, element)
        open_elements.append(element)

    def end(name: str) -> None:
        flush()
        open_elements.pop()

    def cdata(*, begins: bool) -> None:
        nonlocal in_cdata
        flush()
        in_cdata = begins

    def declaration(version: str, encoding: str | None, standalone: int) -> None:
        facts = {"version": version, "encoding": encoding}
        root["_declaration"] = {"_attributes": {name: value for name, value in facts.items() if value is not None}}

    def comment(text: str) -> None:
        flush()
        add("_comment", text)

    def entity(*_: object) -> None:
        raise NotUsable("it declares entities")

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.append
    parser.StartCdataSectionHandler = lambda: cdata(begins=True)
    parser.EndCdataSectionHandler = lambda: cdata(begins=False)
    parser.XmlDeclHandler = declaration
    parser.EntityDeclHandler = entity
    parser.CommentHandler = comment
    # Mockoon takes as much of a broken document as can be read.
    with suppress(expat.ExpatError):
        parser.Parse(text.encode("utf-8", "replace"), True)
    flush()
    return root
