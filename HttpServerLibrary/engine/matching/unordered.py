"""Lists whatever their order: which items have a counterpart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from .placeholder import Placeholder

_NO_FORM: Final = -1


class Forms:
    """Numbers for JSON values: the same one for values that are equal whatever the order of their lists.

    Each value is looked at once, so that finding equal items of lists takes no longer than reading them. Must not
    outlive the values.
    """

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._known: dict[int, int] = {}

    def of(self, value: Any) -> int | None:
        """The number of a value; None when it holds a placeholder, which is equal to many."""
        number = self._of(value)
        return None if number == _NO_FORM else number

    def _of(self, value: Any) -> int:
        if isinstance(value, (dict, list)):
            number = self._known.get(id(value))
            if number is None:
                number = self._known[id(value)] = self._of_container(value)
            return number
        if isinstance(value, Placeholder):
            return _NO_FORM
        # 1 equals 1.0, to Python also true, which it is not in JSON.
        return self._number((isinstance(value, bool), value))

    def _of_container(self, value: dict[str, Any] | list[Any]) -> int:
        if isinstance(value, dict):
            members = {key: self._of(entry) for key, entry in value.items()}
            return _NO_FORM if _NO_FORM in members.values() else self._number(frozenset(members.items()))
        items = sorted(map(self._of, value))
        return _NO_FORM if _NO_FORM in items[:1] else self._number(("list", *items))

    def _number(self, form: object) -> int:
        return self._numbers.setdefault(form, len(self._numbers))


def without_counterpart(
    expected: Sequence[Any], received: Sequence[Any], matches: Callable[[Any, Any], bool], forms: Forms | None
) -> tuple[list[int], list[int]]:
    """The indexes of the expected items and of the received ones that are left when as many as possible are paired.

    With ``forms``, items without placeholders match nothing but their equals, which saves comparing them in pairs.
    """
    if forms is None:
        return _matched(expected, received, range(len(expected)), range(len(received)), matches)
    places: dict[int | None, list[int]] = {}
    for index in reversed(range(len(received))):
        places.setdefault(forms.of(received[index]), []).append(index)
    missing, pairwise = [], []
    for index, item in enumerate(expected):
        form = forms.of(item)
        if form is None:
            pairwise.append(index)
        elif places.get(form):
            places[form].pop()
        else:
            missing.append(index)
    left = sorted(index for indexes in places.values() for index in indexes)
    more, extra = _matched(expected, received, pairwise, left, matches)
    return sorted(missing + more), extra


def _matched(
    expected: Sequence[Any],
    received: Sequence[Any],
    rows: Iterable[int],
    columns: Sequence[int],
    matches: Callable[[Any, Any], bool],
) -> tuple[list[int], list[int]]:
    """Pairs rows and columns by augmenting paths; what matches a row is found out when it matters, and kept as bits."""
    known: dict[int, int] = {}

    def matching(row: int) -> int:
        if row not in known:
            known[row] = sum(
                1 << place for place, column in enumerate(columns) if matches(expected[row], received[column])
            )
        return known[row]

    owner: dict[int, int] = {}
    place_of = {column: place for place, column in enumerate(columns)}
    later = []
    for row in rows:
        # Most lists come in the order they are written in.
        place = place_of.get(row)
        if place is not None and matches(expected[row], received[row]):
            owner[place] = row
        else:
            later.append(row)
    missing = [row for row in later if not _augment(row, owner, matching)]
    return missing, [column for place, column in enumerate(columns) if place not in owner]


def _augment(start: int, owner: dict[int, int], matching: Callable[[int], int]) -> bool:
    """Finds a place for one more row, moving others to where they match, too."""
    came_from: dict[int, int] = {}
    seen = 0
    rows = [start]
    for row in rows:
        new = matching(row) & ~seen
        seen |= new
        while new:
            place = (new & -new).bit_length() - 1
            new &= new - 1
            came_from[place] = row
            if place in owner:
                rows.append(owner[place])
                continue
            # Back along the path: each row gives its place to the one before it.
            held = {held_row: held_place for held_place, held_row in owner.items()}
            while True:
                row = came_from[place]
                owner[place] = row
                if row == start:
                    return True
                place = held[row]
    return False


def comparisons(value: Any, forms: Forms | None) -> int:
    """How many comparisons an expected value needs at most; items of lists are compared in pairs."""
    if isinstance(value, dict):
        return 1 + sum(comparisons(entry, forms) for entry in value.values())
    if not isinstance(value, list):
        return 1
    pairwise = value if forms is None else [item for item in value if forms.of(item) is None]
    return 1 + len(value) + len(pairwise) * sum(comparisons(item, forms) for item in pairwise)
