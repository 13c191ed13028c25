"""Which expectation, or which received request, comes nearest: found in a bounded time.

There may be thousands of expectations and a body of a megabyte, and the client waits for its answer. So it goes in
steps, each on fewer candidates than the one before:

1. An estimate from method and path alone sorts all candidates; `MAX_COMPARED` of them go on.
2. Those that look alike are sorted by how many fields of the head differ, for which no body is needed.
3. The rest is compared in full, one after the other, until the work is used up: the bytes of the bodies that were
   looked at, and the comparisons of values that unordered lists need. Two are always compared.

What is nearest is decided by the share of the description that differs. The path counts as three fields, unless it
differs in a detail only. The method counts as much as the path while another candidate has both: GET and POST on one
path are two different things then, and not a slip in the method.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from heapq import nsmallest
from typing import Final, Generic, NamedTuple, TypeVar

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
# Up to this share of a description may differ in what is called near.
NEAR: Final = 0.5


class Compared(NamedTuple, Generic[T]):
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
    if path is not None and not (path.matches(request) if path.literal is None else path.literal in paths):
        far += 2 + 1 / (1 + first_difference(path.written, paths[0]))
    return far


def rank(
    candidates: Iterable[tuple[T, RequestDescription, Request]], is_asked: Callable[[T], bool] = lambda candidate: True
) -> list[Compared[T]]:
    """The candidates with what differs, nearest first; as many as can be compared in a moment, but two at least.

    ``is_asked`` tells whether the matcher of a candidate was asked; otherwise nothing is said of it.
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
        work += len(request.body) + _BYTES_OF_COMPARISON * description.work
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
    """The received request that comes nearest, the newest ones first among equals."""
    newest = received[: -MAX_LOOKED_AT - 1 : -1]
    likely = nsmallest(_MAX_COMPARED, newest, lambda entry: estimate(entry.request, entry.request.paths(), description))
    ranked = rank((entry, description, entry.request) for entry in likely)
    return ranked[0] if ranked else None


def likely_first(
    request: Request, descriptions: Sequence[tuple[T, RequestDescription]]
) -> list[tuple[T, RequestDescription]]:
    """The candidates worth a comparison, the likely ones first; newer ones first among equals."""
    paths = request.paths()
    likely = nsmallest(_MAX_COMPARED, reversed(descriptions), lambda entry: estimate(request, paths, entry[1]))
    likely.sort(key=lambda entry: sum(not field.matches(request) for field in entry[1].head_fields))
    return likely
