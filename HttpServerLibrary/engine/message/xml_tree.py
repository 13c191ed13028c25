"""Bytes to XML, without custom entities, file or network access, or excessive depth."""

from __future__ import annotations

import codecs
import re
from typing import Any, Final

_BYTE_ORDER_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_POSITION: Final = re.compile(r", line \d+, column \d+$")


class NotXml(ValueError):
    """The data is not usable XML; the message says why, as words after 'is'. Lines and columns count from 1."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def parse(data: bytes, charset: str | None = None) -> Any:
    """The root element, without comments and processing instructions. Raises `NotXml`.

    ``charset`` is that of the Content-Type. It overrides the XML declaration, and a byte order mark overrides both
    (RFC 7303, 3.2).
    """
    # From an extra, needed only for XML.
    from lxml import etree

    if charset is not None and not data.startswith(_BYTE_ORDER_MARKS):
        data, charset = _as_utf8(data, charset), "utf-8"
    else:
        charset = None
    parser = etree.XMLParser(
        encoding=charset,
        resolve_entities=False,
        load_dtd=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        # Older versions of lxml have line breaks in it.
        reason = _POSITION.sub("", " ".join((error.msg or "no reason known").split()))
        raise NotXml(f"not XML: {reason} at line {line} column {column}", line) from None
    declared = root.getroottree().docinfo.internalDTD
    undeclared = any(entry.type_name == "WAR_UNDECLARED_ENTITY" for entry in parser.error_log)
    if undeclared or (declared is not None and any(True for _ in declared.iterentities())):
        raise NotXml("XML with custom entities, which are not expanded")
    return root


def _as_utf8(data: bytes, charset: str) -> bytes:
    if codecs.lookup(charset).name == "utf-8":
        return data
    try:
        return data.decode(charset).encode()
    except ValueError as error:
        raise NotXml(f"not XML: {error}") from None
