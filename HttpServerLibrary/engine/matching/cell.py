"""How an argument is written in a cell of Robot Framework."""

from __future__ import annotations

import re
from typing import Final

_ESCAPED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NAMED: Final = re.compile(r"[A-Za-z_]+=")


def escape(cell: str) -> str:
    """Robot Framework's escaping of one cell."""
    cell = cell.replace("\\", "\\\\")
    cell = re.sub(r"([$@&%])(?=\{)", r"\\\1", cell)
    # Robot Framework fills this one in before it looks at backslashes.
    cell = cell.replace(r"\${CURDIR}", r"$\{CURDIR}")
    if not cell.isprintable():
        cell = "".join(map(_visible, cell))
    cell = re.sub(r"(?<= ) |^ ", r"\\ ", cell)
    if cell.endswith(" "):
        # A backslash before a space that ends the line would leave the space outside; after it, it is kept.
        cell += "\\"
    return f"\\{cell}" if cell.startswith("#") else cell


def positional(cell: str) -> str:
    """The same for an argument without a name: text before an equals sign must not be taken for one."""
    escaped = escape(cell)
    return escaped.replace("=", "\\=", 1) if _NAMED.match(escaped) else escaped


def _visible(character: str) -> str:
    """A character that can be seen, and that Robot Framework takes for no separator."""
    if character.isprintable():
        return character
    code = ord(character)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return _ESCAPED.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
