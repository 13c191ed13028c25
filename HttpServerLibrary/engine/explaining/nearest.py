"""Which expectation, or which received request, comes nearest: found in a bounded time.

There may be thousands of expectations and a body of a megabyte, and the client is waiting for its response. So the
search goes in steps, each on fewer candidates than the one before:

1. An estimate from method and path alone sorts all candidates; `MAX_COMPARED` of them go on.
2. The remaining candidates are sorted by how many fields of the head differ, which needs no body.
3. They are compared in full, one after the other, until the work budget is used up: the bytes of the bodies compared,
   and the comparisons of values that unordered lists need. Two are always compared.

The nearest candidate is the one with the smallest share of its description that differs. The path counts as three
fields, unless it differs only in a detail. The method counts as much as the path if another candidate matches both:
then GET and POST on one path are two different endpoints, and a wrong method is not just a slip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Final, Generic, TypeVar

from ..matching.description import RequestDescription
from ..matching.difference import Difference, Differences
from ..message.request import Request
from ..records.exchange import Exchange
from ..visible import first_difference

T = TypeVar("T")

MAX_LOOKED_AT: Final = 1000
_MAX_COMPARED: Final = 500
_MAX_WORK: Final = 2 * 1024 * 1024
# A comparison of two values takes as long as parsing so many bytes.
_BYTES_OF_COMPARISON: Final = 32
_PATH_WEIGHT: Final = 3
# A candidate is near if at most this share of its description differs.
NEAR: Final = 0.5


@dataclass(frozen=True)
class Compared(Generic[T]):
    """A candidate with what differs; ``share`` is how much of the description that is, from 0 to 1."""

    candidate: T
    differences: Differences
    share: float

    @property
    def is_near(self) -> bool:
        return self.share <= NEAR


def estimate(request: Request, paths: tuple[str, str], description: RequestDescription) -> float:
    """How far off a request is, judged by method and path alone."""
    path, method = description.path, description.method
    far = 0.0 if method is None or method.matches(request) else 1.0
    if path is not None and not (path.matches_in_time(request) if path.literal is None else path.literal in paths):
        far += 2 + 1 / (1 + first_difference(path.written, paths[0]))
    return far


def rank(
    candidates: Iterable[tuple[T, RequestDescription, Request]], is_asked: Callable[[T], bool] = lambda candidate: True
) -> list[Compared[T]]:
    """The candidates with what differs, nearest first; as many as can be compared in a moment, but two at least.

    ``is_asked`` says whether the matcher of a candidate was called; if not, its result is unknown and is left out.
    """
    found: list[tuple[T, RequestDescription, Differences]] = []
    work = 0
    for candidate, description, request in candidates:
        if work > _MAX_WORK and len(found) > 1:
            break
        differences = description.differences(request)
        if differences and differences[0].where.kind == "matcher" and not is_asked(candidate):
            differences = Differences()
        found.append((candidate, description, differences))
        # Each difference has a hint, which may have taken a search of the whole head.
        work += max(len(request.body), len(differences) * request.head_size) + _BYTES_OF_COMPARISON * description.work
    one_has_both = any(
        description.path is not None
        and not any(difference.where.kind in ("path", "method") for difference in differences)
        for _, description, differences in found
    )
    ranked = [
        Compared(candidate, differences, _share(description, differences, one_has_both))
        for candidate, description, differences in found
    ]
    return sorted(ranked, key=lambda entry: (entry.share, len(entry.differences)))


def _share(description: RequestDescription, differences: Sequence[Difference], method_counts: bool) -> float:
    weights = {difference.where.kind: _weight(difference, method_counts) for difference in differences}
    return sum(weights.values()) / (len(description.fields) + _PATH_WEIGHT)


def _weight(difference: Difference, method_counts: bool) -> int:
    kind = difference.where.kind
    heavy = (kind == "path" and not difference.hint) or (kind == "method" and method_counts)
    return _PATH_WEIGHT if heavy else 1


def nearest_received(description: RequestDescription, received: Sequence[Exchange]) -> Compared[Exchange] | None:
    """The nearest received request; among equals, the newest."""
    newest = received[: -MAX_LOOKED_AT - 1 : -1]
    likely = nsmallest(_MAX_COMPARED, newest, lambda entry: estimate(entry.request, entry.request.paths(), description))
    ranked = rank((entry, description, entry.request) for entry in likely)
    return ranked[0] if ranked else None


def likely_first(
    request: Request, descriptions: Sequence[tuple[T, RequestDescription]]
) -> list[tuple[T, RequestDescription]]:
    """The candidates worth comparing, likely ones first; among equals, newer ones first."""
    paths = request.paths()
    likely = nsmallest(_MAX_COMPARED, reversed(descriptions), lambda entry: estimate(request, paths, entry[1]))
    likely.sort(key=lambda entry: sum(not field.matches_in_time(request) for field in entry[1].head_fields))
    return likely
