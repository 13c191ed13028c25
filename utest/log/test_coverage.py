"""The table of the operations that were used."""

from __future__ import annotations

from robot.utils import html_format

from HttpServerLibrary.engine.contract.coverage import Row
from HttpServerLibrary.log.coverage import coverage_table


def row(path: str, requests: int = 0) -> Row:
    return Row(method="GET", path=path, operation=None, status="200", requests=requests)


def test_a_table() -> None:
    assert coverage_table([row("/orders/{id}", 2), row("/a\x1b")]) == (
        "| =Operation= | =Status= | =Requests= |\n| GET /orders/{id} | 200 | 2 |\n| GET /a\\x1b | 200 | 0 |"
    )


def test_a_bar_begins_no_cell() -> None:
    table: str = html_format(coverage_table([row("/a | b|c")]))
    assert "<td>GET /a\N{NO-BREAK SPACE}| b|c</td>" in table


def test_many_rows() -> None:
    table = coverage_table([row(f"/{number}") for number in range(302)])
    assert table.endswith("| GET /299 | 200 | 0 |\n\n... and 2 more")
