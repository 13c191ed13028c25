"""As many lines as Robot Framework shows of a failure."""

from __future__ import annotations

import pytest

from HttpServerLibrary.engine.explaining.layout import MAX_LINES, Role, difference_lines, height, limit
from HttpServerLibrary.engine.explaining.shown import ShownDifference
from HttpServerLibrary.engine.matching.difference import Where


def difference(number: int, diff: tuple[str, ...] = (), hint: str = "") -> ShownDifference:
    return ShownDifference(Where("header", f"X-{number}"), f"header X-{number}", "1", "2", hint, diff)


@pytest.mark.parametrize(
    ("lines", "rows"), [([], 0), ([""], 1), (["a", "b"], 2), (["a" * 78], 1), (["a" * 79], 2), (["a" * 156], 2)]
)
def test_long_lines_count_several_times(lines: list[str], rows: int) -> None:
    assert height(lines) == rows


def test_what_has_room_is_left_as_it_is() -> None:
    assert limit(["a\nb", "c"]) == "a\nb\nc"
    lines = [str(number) for number in range(MAX_LINES)]
    assert limit(lines) == "\n".join(lines)


def test_what_has_no_room_is_counted() -> None:
    lines = limit(["\n".join(map(str, range(50)))]).split("\n")
    assert (len(lines), lines[-1]) == (MAX_LINES, "... and 11 more lines")
    assert limit(["a", "b", "c"], 2) == "a\n... and 2 more lines"
    assert limit(["a", "b" * 100, "c"], 3) == "a\n... and 2 more lines", "a long line counts twice here, too"


def test_a_difference_is_a_line() -> None:
    lines = difference_lines([difference(1), difference(2, hint="close")], 2, True, "  ")
    assert [str(line) for line in lines] == [
        "  header X-1: expected 1, received 2",
        "  header X-2: expected 1, received 2; close",
    ]
    assert [line.difference for line in lines] == [difference(1), difference(2, hint="close")]


@pytest.mark.parametrize(
    ("total", "complete", "last"),
    [
        (2, True, "  header X-1: expected 1, received 2"),
        (3, True, "  ... and 1 more difference"),
        (1202, True, "  ... and 1,200 more differences"),
        (100, False, "  ... and at least 98 more differences"),
    ],
)
def test_differences_that_are_not_told_are_counted(total: int, complete: bool, last: str) -> None:
    lines = difference_lines([difference(0), difference(1)], total, complete, "  ")
    assert str(lines[-1]) == last


def test_differences_that_have_no_room_are_counted() -> None:
    lines = difference_lines([difference(number) for number in range(30)], 30, True, "")
    assert len(lines) == 21
    assert str(lines[-1]) == "... and 10 more differences"


def test_a_diff_stands_in_place_of_the_beginnings_of_texts() -> None:
    diff = ("--- expected", "+++ received", " one", "-two", "+too")
    lines = difference_lines([difference(1, diff), difference(2, diff, "close")], 2, True, " ")
    assert [(str(line), line.role) for line in lines[:6]] == [
        (" header X-1: differs:", Role.TEXT),
        ("   --- expected", Role.EXPECTED),
        ("   +++ received", Role.RECEIVED),
        ("    one", Role.TEXT),
        ("   -two", Role.EXPECTED),
        ("   +too", Role.RECEIVED),
    ]
    assert str(lines[6]) == " header X-2: close:"
    assert [line.difference for line in lines[:2]] == [difference(1, diff), None]


def test_a_first_difference_is_told_however_long_it_is() -> None:
    lines = difference_lines([difference(1, ("x",) * 30), difference(2)], 2, True, "")
    assert len(lines) == 32
    assert str(lines[-1]) == "... and 1 more difference"
