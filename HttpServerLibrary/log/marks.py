"""Where the differences of a request are: in which part of it, and on which line of its body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ..engine.explaining.shown import ShownDifference
from ..engine.visible import json_path
from .bodies import Body
from .outline import Path, nearest

FIRST_LINE: Final = ("first line", "")
_BODY: Final = ("body", "")

# Fields that are part of something else; the names of headers are in lower case.
_PARTS: Final = {
    "method": FIRST_LINE,
    "path": FIRST_LINE,
    "query": FIRST_LINE,
    "query parameter": FIRST_LINE,
    # Not a part of the request at all.
    "state": FIRST_LINE,
    "cookie": ("header", "Cookie"),
    "basic_auth": ("header", "Authorization"),
    "bearer_token": ("header", "Authorization"),
}


class Marks:
    """The differences of a request, returned part by part, each once."""

    def __init__(self, differences: Sequence[ShownDifference]) -> None:
        self._by_part: dict[tuple[str, str], list[ShownDifference]] = {}
        for difference in differences:
            kind, name = _part(difference)
            self._by_part.setdefault((kind, name.lower()), []).append(difference)

    def in_first_line(self) -> str:
        """What differs in the method, the path or the query; empty if nothing does."""
        return in_words(self._by_part.pop(FIRST_LINE, []))

    def in_header(self, name: str) -> str:
        """What differs in a header, which shows what was received."""
        found = self._by_part.pop(("header", name.lower()), [])
        return "; ".join(_beside_the_value(entry) if entry.where.kind == "header" else str(entry) for entry in found)

    def in_missing_headers(self) -> Iterable[tuple[str, str]]:
        """The headers that `in_header` did not return, as shown, each with what differs."""
        for part in [part for part in self._by_part if part[0] == "header"]:
            found = self._by_part.pop(part)
            where = found[0].where
            shown = found[0].field if where.kind == "header" else f"header {_PARTS[where.kind][1]}"
            yield shown, in_words(found)

    def paths(self) -> dict[str, list[Path]]:
        """The paths of the values in the body that differ, for each kind of body."""
        paths: dict[str, list[Path]] = {}
        for difference in self._by_part.get(_BODY, []):
            kind, path = _path(difference)
            if path is not None:
                paths.setdefault(kind, []).append(path)
        return paths

    def in_body(self, body: Body) -> tuple[str, dict[Path, str]]:
        """What differs in the body as a whole, and at the values that begin on its lines."""
        lines = {line.path for line in body.lines if line.path is not None}
        whole: list[ShownDifference] = []
        values: dict[Path, list[str]] = {}
        for difference in self._by_part.pop(_BODY, []):
            kind, path = _path(difference)
            if difference.where.kind == "json_path":
                path = next((entry for entry in lines if json_path(entry) == difference.where.name), None)
            at = None if path is None or kind != body.kind else nearest(path, lines)
            if at is None:
                whole.append(difference)
            else:
                values.setdefault(at, []).append(_beside_the_value(difference) if at == path else str(difference))
        return in_words(whole), {path: "; ".join(words) for path, words in values.items()}


def in_words(differences: Iterable[ShownDifference]) -> str:
    """The differences with their fields."""
    return "; ".join(map(str, differences))


def _beside_the_value(difference: ShownDifference) -> str:
    """The difference in words next to the received value."""
    if not difference.has_value:
        return str(difference)
    return f"expected {difference.expected}{f'; {difference.hint}' if difference.hint else ''}"


def _part(difference: ShownDifference) -> tuple[str, str]:
    where = difference.where
    return ("header", where.name) if where.kind == "header" else _PARTS.get(where.kind, _BODY)


def _path(difference: ShownDifference) -> tuple[str, Path | None]:
    """The kind of body that has such a value, and the path to the value in it."""
    where = difference.where
    if where.kind == "form field":
        return "Form", (where.name,)
    if where.kind == "xml":
        # The first child of a name is numbered only where there are several.
        return "XML", tuple(step.removesuffix("[1]") for step in where.name.split("/")[1:]) or None
    return "JSON", where.steps
