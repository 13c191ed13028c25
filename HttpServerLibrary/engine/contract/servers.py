"""The paths before those of a document: what the URLs of its servers have after the host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product
from typing import Any, Final
from urllib.parse import urlsplit

from .template import without_query
from .tree import Node, Tree

_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")
# Of one server, with its variables filled in.
_MAX_PATHS: Final = 50


def prefixes(tree: Tree, *owners: Node) -> tuple[str, ...]:
    """The paths of the servers of the first of these objects that has servers."""
    for owner in owners:
        servers = [*tree.items(owner, "servers")]
        found = dict.fromkeys(path for server in servers for path in islice(_paths(server), _MAX_PATHS))
        if found:
            return tuple(found)
    return ("",)


def _paths(server: Node) -> Iterator[str]:
    url = server.value.get("url")
    if not isinstance(url, str):
        return
    variables = server.value.get("variables")
    texts = _VARIABLE.split(url)
    known = variables if isinstance(variables, dict) else {}
    for values in product(*(_values(known.get(name)) for name in texts[1::2])):
        filled = "".join(text + value for text, value in zip(texts[::2], [*values, ""], strict=True))
        if url.startswith("/{"):
            # An empty value must not make a host of what follows.
            filled = f"/{filled.lstrip('/')}"
        yield normalised(_path_of(filled))


def _values(variable: Any) -> list[str]:
    """The values of a variable, the default first."""
    if not isinstance(variable, dict):
        return [""]
    others = variable.get("enum")
    values = [variable.get("default"), *(others if isinstance(others, list) else [])]
    return [*dict.fromkeys(str(value) for value in values if value is not None)] or [""]


def _path_of(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    # Without a scheme or slashes, the text is a path already.
    return parts.path if parts.scheme or parts.netloc or url.startswith("/") else without_query(url)


def normalised(path: str) -> str:
    """A path with a slash at its beginning, and none at its end; empty for the root."""
    segments = [segment for segment in path.split("/") if segment not in ("", ".")]
    return "".join(f"/{segment}" for segment in segments)
