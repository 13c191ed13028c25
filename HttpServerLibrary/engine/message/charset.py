"""The charset that a Content-Type names."""

from __future__ import annotations

import encodings
import re
from encodings.aliases import aliases
from functools import cache
from itertools import islice
from pkgutil import iter_modules
from typing import Final

# A parameter (RFC 9110, 5.6.6). Whatever follows a semicolon is one, so the time is proportional to the length.
_PARAMETER: Final = re.compile(r';[;\s]*([^;="\s]*)\s*(?:=\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^;"]*)))?')
# No media type has more.
_MAX_PARAMETERS: Final = 1000
_ESCAPED: Final = re.compile(r"\\(.)")
# Python accepts any number of separators in a name, and remembers each such name for ever.
_NAME: Final = re.compile(r"[0-9a-z]+(?:[._:+-][0-9a-z]+)*")
# Codecs for source code and names of hosts, which warn or are slow; those of Windows, which differ from machine to
# machine; and UTF-7, which can make lone surrogates, and which no browser reads.
_NOT_FOR_BODIES: Final = frozenset({"idna", "mbcs", "oem", "punycode", "raw_unicode_escape", "unicode_escape", "utf_7"})


def known_charset(content_type: str) -> str | None:
    """The charset that a Content-Type names, if Python has a codec that can read any body with it."""
    name = _charset(content_type)
    if name is None or not _NAME.fullmatch(name):
        return None
    # As Python looks it up; but Python would also remember the names that it does not know.
    normalized = encodings.normalize_encoding(name)
    codec = _codecs().get(normalized) or _codecs().get(normalized.replace(".", "_"))
    return name if codec is not None and _reads_bytes(codec) else None


@cache
def _codecs() -> dict[str, str]:
    """The names of Python's codecs, and their other names."""
    modules = {module.name: module.name for module in iter_modules(encodings.__path__)}
    return {name: codec for name, codec in (modules | aliases).items() if codec not in _NOT_FOR_BODIES}


@cache
def _reads_bytes(codec: str) -> bool:
    """Whether a codec makes text of bytes, and can replace those that it does not know."""
    try:
        b"\xff".decode(codec, "replace")
    except (LookupError, ValueError):
        return False
    return True


def _charset(content_type: str) -> str | None:
    """The first parameter ``charset`` of a Content-Type, in lower case."""
    for parameter in islice(_PARAMETER.finditer(content_type), _MAX_PARAMETERS):
        name, quoted, plain = parameter.groups("")
        if name.lower() == "charset":
            return (_ESCAPED.sub(r"\1", quoted) or plain.strip()).lower()
    return None
