"""The templates of paths: ``/orders/{id}.json``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

_NAME: Final = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Segment:
    """One segment of a template: text, or a pattern with names."""

    literal: str
    """The decoded text; of a pattern, the text beside the names."""

    names: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None

    @classmethod
    def of(cls, written: str) -> Segment:
        names = _NAME.findall(written)
        if not names:
            return cls(unquote(written))
        texts = _NAME.split(written)[::2]
        # Of several names in a segment, all but the last take as little as possible.
        pieces = [re.escape(texts[0])]
        for index, text in enumerate(texts[1:], 1):
            pieces += ["(.+)" if index == len(names) else "(.+?)", re.escape(text)]
        return cls("".join(texts), tuple(names), re.compile("".join(pieces), re.DOTALL))

    def values(self, received: str) -> tuple[str, ...] | None:
        """What the names stand for in a segment as sent; None if it does not match."""
        if self.pattern is None:
            return () if self.literal == received or self.literal == unquote(received) else None
        found = self.pattern.fullmatch(received)
        return None if found is None else found.groups()


class PathTemplate:
    """A path with names for what varies."""

    def __init__(self, written: str) -> None:
        path = without_query(written)
        self.segments = [Segment.of(segment) for segment in path.removeprefix("/").split("/")]

    def values(self, path: str) -> dict[str, str]:
        """What the names stand for at the end of a path as sent, which may have more before; not decoded."""
        values: dict[str, str] = {}
        received = path.split("/")[-len(self.segments) :]
        if len(received) == len(self.segments):
            for segment, text in zip(self.segments, received, strict=True):
                values.update(zip(segment.names, segment.values(text) or (), strict=False))
        return values


def without_query(path: str) -> str:
    """A path of a document without what cannot belong to a path."""
    return re.split(r"[?#]", path, maxsplit=1)[0]
