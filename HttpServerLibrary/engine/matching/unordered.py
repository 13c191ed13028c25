"""Lists in any order: which items have a counterpart.

Strategy: maximum bipartite matching by augmenting paths, where the expected items are rows, the received ones columns.

When lists must be equal, an item without placeholders matches only its equals. `Forms` visits each value once and gives
equal values the same number, so these items are paired by number, in the time it takes to read them. The others, items
with placeholders or items of a subset, may match several counterparts, and taking the first free one may leave nothing
for a later item. So `_matched` handles one row after the other. A row that matches the column at its own index takes
it. Every other row looks for an augmenting path: a column that matches it, and if that is taken, another column for the
row that has it, and so on (Kuhn's algorithm, breadth first). When the search ends without a free column, no other
choice would have paired more rows.

Cost: at most rows x columns comparisons of items, because the columns that match a row are found once and kept as bits
of an integer; then at most rows x (rows + columns) steps on those bits. `comparisons` returns how many comparisons an
expected value may need, with nested lists multiplied, so that too many can be rejected in advance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from .placeholder import Placeholder

_NO_FORM: Final = -1


class Forms:
    """Numbers for JSON values: equal values get the same number. The order of lists matters only if ``in_order``.

    Each value is visited once, so finding equal items of lists takes no longer than reading them. Must not outlive the
    values.
    """

    def __init__(self, *, in_order: bool = False) -> None:
        self._in_order = in_order
        self._numbers: dict[object, int] = {}
        self._known: dict[int, int] = {}

    def of(self, value: Any) -> int | None:
        """The number of a value; None if it contains a placeholder, which matches many values."""
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
        # 1 equals 1.0; in Python it also equals True, but not in JSON.
        return self._number((isinstance(value, bool), value))

    def _of_container(self, value: dict[str, Any] | list[Any]) -> int:
        if isinstance(value, dict):
            members = {key: self._of(entry) for key, entry in value.items()}
            return _NO_FORM if _NO_FORM in members.values() else self._number(frozenset(members.items()))
        items = [self._of(item) for item in value]
        if not self._in_order:
            items.sort()
        return _NO_FORM if _NO_FORM in items else self._number(("list", *items))

    def _number(self, form: object) -> int:
        return self._numbers.setdefault(form, len(self._numbers))


def without_counterpart(
    expected: Sequence[Any], received: Sequence[Any], matches: Callable[[Any, Any], bool], forms: Forms | None
) -> tuple[list[int], list[int]]:
    """The indexes of the expected and received items that are left when as many as possible are paired.

    With ``forms``, items without placeholders match only their equals, so they need not be compared in pairs.
    """
    if forms is None:
        return _matched(expected, received, range(len(expected)), range(len(received)), matches)
    by_form: dict[int | None, list[int]] = {}
    for index in reversed(range(len(received))):
        by_form.setdefault(forms.of(received[index]), []).append(index)
    missing, pairwise = [], []
    for index, item in enumerate(expected):
        form = forms.of(item)
        if form is None:
            pairwise.append(index)
        elif by_form.get(form):
            by_form[form].pop()
        else:
            missing.append(index)
    left = sorted(index for indexes in by_form.values() for index in indexes)
    more, extra = _matched(expected, received, pairwise, left, matches)
    return sorted(missing + more), extra


def _matched(
    expected: Sequence[Any],
    received: Sequence[Any],
    rows: Iterable[int],
    columns: Sequence[int],
    matches: Callable[[Any, Any], bool],
) -> tuple[list[int], list[int]]:
    """Pairs rows and columns, as many as possible; returns those that are left."""
    known: dict[int, int] = {}

    def matching(row: int) -> int:
        if row not in known:
            known[row] = sum(
                1 << position for position, column in enumerate(columns) if matches(expected[row], received[column])
            )
        return known[row]

    owner: dict[int, int] = {}
    position_of = {column: position for position, column in enumerate(columns)}
    later = []
    for row in rows:
        # Most lists arrive in the expected order.
        position = position_of.get(row)
        if position is not None and matches(expected[row], received[row]):
            owner[position] = row
        else:
            later.append(row)
    missing = [row for row in later if not _augment(row, owner, matching)]
    return missing, [column for position, column in enumerate(columns) if position not in owner]


def _augment(start: int, owner: dict[int, int], matching: Callable[[int], int]) -> bool:
    """Finds a position for one more row, moving others to other positions that they match."""
    came_from: dict[int, int] = {}
    seen = 0
    rows = [start]
    for row in rows:
        new = matching(row) & ~seen
        seen |= new
        while new:
            position = (new & -new).bit_length() - 1
            new &= new - 1
            came_from[position] = row
            if position in owner:
                rows.append(owner[position])
                continue
            # Back along the path: each row gives its position to the one before it.
            held = {held_row: held_position for held_position, held_row in owner.items()}
            while True:
                row = came_from[position]
                owner[position] = row
                if row == start:
                    return True
                position = held[row]
    return False


def comparisons(value: Any, forms: Forms | None) -> int:
    """The maximum number of comparisons that an expected value needs; items of lists are compared in pairs."""
    if isinstance(value, dict):
        return 1 + sum(comparisons(entry, forms) for entry in value.values())
    if not isinstance(value, list):
        return 1
    pairwise = value if forms is None else [item for item in value if forms.of(item) is None]
    return 1 + len(value) + len(pairwise) * sum(comparisons(item, forms) for item in pairwise)
