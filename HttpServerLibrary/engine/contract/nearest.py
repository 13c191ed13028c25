"""The operations that come nearest to a request that the document does not have."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from heapq import nsmallest
from typing import Final

from .operations import Operation
from .template import Segment

# A segment that is missing or too many, and another method, count as so much of a segment.
_LENGTH: Final = 1.0
_METHOD: Final = 0.6
# Of the segments of an operation, at most this share may differ.
_NEAR: Final = 0.5
_MAX_COMPARED: Final = 100


def nearest(operations: Iterable[Operation], method: str, path: str, most: int = 3) -> list[Operation]:
    """The operations whose method and path are similar to those of a request, the nearest first."""
    received = path.removeprefix("/").split("/")
    ratings = ((_distance(operation, method.upper(), received), operation) for operation in operations)
    near = (rating for rating in ratings if rating[0][0] <= _NEAR)
    # Those that are equally near stay in the order of the document.
    return [operation for _, operation in nsmallest(most, near, key=lambda rating: rating[0])]


def _distance(operation: Operation, method: str, received: list[str]) -> tuple[float, float]:
    """The share of the segments that differ, by the best of the paths before it; and how much differs in all."""
    paths = ([*map(Segment, prefix.split("/")[1:]), *operation.template.segments] for prefix in operation.prefixes)
    share, far = min(_path_distance(segments, received) for segments in paths)
    return share, far + (0 if operation.method == method else _METHOD)


def _path_distance(segments: list[Segment], received: list[str]) -> tuple[float, float]:
    longer = max(len(segments), len(received))
    far = _LENGTH * (longer - min(len(segments), len(received)))
    # Whichever end is missing, the other one is compared.
    far += min(
        sum(map(_difference, segments, received)),
        sum(map(_difference, reversed(segments), reversed(received))),
    )
    return far / longer, far


def _difference(segment: Segment, text: str) -> float:
    if segment.values(text) is not None:
        # A name is less than the same text.
        return 0.01 if segment.names else 0
    if segment.names or max(len(text), len(segment.literal)) > _MAX_COMPARED:
        return 1
    matcher = SequenceMatcher(None, segment.literal, text)
    return 1 - matcher.ratio() if matcher.quick_ratio() > _NEAR else 1
