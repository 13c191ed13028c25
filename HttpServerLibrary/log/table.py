"""Received requests as an HTML table for log.html: no script, a common time line, and rows that open.

Rows with a problem are open from the start, and are linked above the table. Consecutive good rows that look the same
are folded into one. The table is bounded: details of good rows are left out first, then those of the oldest problems,
then the oldest rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from html import escape
from itertools import groupby, islice
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

from ..engine.explaining.lines import is_as_intended, is_sent, status_text
from ..engine.records.exchange import Exchange
from ..engine.scope import Scope
from ..engine.visible import visible
from ..engine.words import counted, ordinal
from .details import details, duration_text
from .source import Source

MAX_ROWS: Final = 1000
MAX_BYTES: Final = 2 * 1024 * 1024
# The rest is for the rows themselves.
_MAX_DETAILS: Final = MAX_BYTES // 2
_MAX_ROW: Final = 128 * 1024
# For everything above the rows; and for each row of a run, its bar and its share of the row that opens to the run.
_MAX_ABOVE: Final = 32 * 1024
_MAX_SHARE: Final = 512
_MAX_CELL: Final = 120
_MAX_TOOLTIP: Final = 500
# Fewer equal rows are not folded.
_MIN_RUN: Final = 5
_MAX_OPEN: Final = 20
_MAX_LINKS: Final = 10
_MAX_LINK: Final = 200

_TITLES: Final = ("Time", "Method", "Path", "Status", "Duration", "Expectation")
_HEAD: Final = "".join(f"<th>{title}</th>" for title in _TITLES)


class Received(NamedTuple):
    """A request and the server that received it."""

    server: Source
    exchange: Exchange


def request_table(servers: Sequence[Source], received: Sequence[Received], scope: Scope) -> str:
    """The requests as an HTML table, with times from the start of the suite or test."""
    names = escape(", ".join(map(str, servers)))
    if not received:
        return f"<p>{names[:1].upper()}{names[1:]} received no requests.</p>"
    in_order = sorted(received, key=lambda entry: entry.exchange.request.started)
    problems = sum(entry.exchange.problem is not None for entry in received)
    counts = counted(len(received), "request") + (f", {counted(problems, 'problem')}" if problems else "")
    title = f"<strong>{counts}</strong> &#183; {names}; times from the start of {escape(scope.name)}"
    return _Table(in_order[-MAX_ROWS:], scope.started, len(servers) > 1).html(title, len(received))


@cache
def _style() -> str:
    return f"<style>\n{Path(__file__).with_name('table.css').read_text(encoding='utf-8')}</style>"


class _Table:
    def __init__(self, received: Sequence[Received], started: float, several: bool) -> None:
        self._received = received
        self._started = started
        self._several = several
        first = received[0].exchange.request
        self._begin = first.started
        self._first_time = first.time
        ends = (entry.exchange.request.started + entry.exchange.duration for entry in received)
        self._span = max(max(ends) - self._begin, 1e-6)
        self._ordinals = _ordinals(received)
        # A page may have several tables. Without a hyphen, Robot Framework does not treat it as one of its own ids.
        self._id = f"request{uuid4().hex[:12]}x"
        self._problems = [number for number, entry in enumerate(received) if entry.exchange.problem is not None]
        self._open = {*self._problems[:_MAX_OPEN]}
        looks = [_look(number, *entry) for number, entry in enumerate(received)]
        self._groups = [[*group] for _, group in groupby(range(len(received)), looks.__getitem__)]
        self._in_runs = {number for group in self._groups if len(group) >= _MIN_RUN for number in group}

    def html(self, title: str, total: int) -> str:
        """The table, and how many of the total it leaves out."""
        opened = self._details()
        rows: dict[int, str] = {}
        room = MAX_BYTES - _MAX_ABOVE - len(_style()) - sum(len(shown.encode()) for shown in opened.values())
        for number in reversed(range(len(self._received))):
            row = self._row(number, opened.get(number))
            room -= len(row.encode()) - len(opened.get(number, "").encode())
            room -= _MAX_SHARE if number in self._in_runs else 0
            if room < 0:
                break
            rows[number] = row
        notes = []
        if total > len(rows):
            notes.append(f"{total - len(rows):,} older ones are left out")
        closed = len(self._received) - len(opened)
        if closed:
            notes.append(f"headers and bodies of {closed:,} are left out")
        note = f" (the table has room for {MAX_ROWS:,} requests and 2 MiB: {'; '.join(notes)})" if notes else ""
        begin, end = self._offset(self._begin), self._offset(self._begin + self._span)
        scale = f'<th class="scale"><span>{begin}</span><span>{end}</span></th>'
        return (
            f'{_style()}<div class="http-requests"><p>{title}{note}</p>{self._links(rows)}'
            f"<table><thead><tr>{_HEAD}{scale}</tr></thead><tbody>{''.join(self._grouped(rows))}</tbody></table></div>"
        )

    def _links(self, rows: Mapping[int, str]) -> str:
        """The problems as links to their rows; equal ones share a link to the first."""
        if len(rows) == 1:
            return ""
        numbers: dict[str, list[int]] = {}
        for number in self._problems:
            if number in rows:
                numbers.setdefault(self._first_line(number), []).append(number)
        links = [
            f'<li><a href="#{self._id}{found[0]}">{line}</a>{f" ({len(found)} times)" if len(found) > 1 else ""}</li>'
            for line, found in islice(numbers.items(), _MAX_LINKS)
        ]
        if len(numbers) > _MAX_LINKS:
            links.append(f"<li>... and {len(numbers) - _MAX_LINKS} more</li>")
        return f"<ul>{''.join(links)}</ul>" if links else ""

    def _first_line(self, number: int) -> str:
        server, exchange = self._received[number]
        line = "" if exchange.problem is None else exchange.problem.first_line
        return escape(visible(server.secrets.hide(line), _MAX_LINK))

    def _details(self) -> dict[int, str]:
        """What the rows show when opened, as long as there is room: problems first, then the newest."""
        opened: dict[int, str] = {}
        room = _MAX_DETAILS
        newest = reversed(range(len(self._received)))
        for number in sorted(newest, key=lambda number: self._received[number].exchange.problem is None):
            server, exchange = self._received[number]
            shown = details(exchange, server.secrets, search=number in self._open)
            size = len(shown.encode())
            if size <= min(room, _MAX_ROW):
                opened[number] = shown
                room -= size
            if room < _MAX_ROW // 4:
                break
        return opened

    def _grouped(self, rows: Mapping[int, str]) -> Iterator[str]:
        """The rows in order of time; those of a run are inside a row that opens."""
        for group in self._groups:
            shown = [number for number in group if number in rows]
            if len(group) >= _MIN_RUN and shown:
                yield self._run(shown, "".join(rows[number] for number in shown))
            else:
                yield from (rows[number] for number in shown)

    def _run(self, numbers: Sequence[int], rows: str) -> str:
        longest = max(self._received[number].exchange.duration for number in numbers)
        note = f" <small>{counted(len(numbers), 'time')}</small>"
        text = duration_text(longest)
        summary = self._summary(numbers[0], numbers, note, text if text.startswith("<") else f"\u2264 {text}")
        inside = f'<table class="run"><tbody>{rows}</tbody></table>'
        return f"<tr><td><details>{summary}{inside}</details></td></tr>"

    def _row(self, number: int, opened: str | None) -> str:
        exchange = self._received[number].exchange
        note = "" if number in self._in_runs else self._again(number)
        summary = self._summary(number, [number], note, duration_text(exchange.duration))
        inside = opened or '<div class="what">Omitted: the table is full.</div>'
        is_open = " open" if number in self._open else ""
        anchor = "" if exchange.problem is None else f' id="{self._id}{number}"'
        return f"<tr{anchor}><td><details{is_open}>{summary}{inside}</details></td></tr>"

    def _summary(self, number: int, bars: Iterable[int], note: str, duration: str) -> str:
        """The cells of a row, which stay visible when it is open."""
        server, exchange = self._received[number]
        request = exchange.request
        tone = "ok" if _is_good(exchange) else "no"
        alias = f"<small>{_cell(server, server.alias)}</small> " if self._several else ""
        cells = (
            f'<span class="t">{self._offset(request.started)}</span>',
            f'<span class="m">{_cell(server, request.method or "malformed")}</span>',
            f'<span class="p">{alias}{_cell(server, _target(exchange))}{_forwarding(server, exchange)}{note}</span>',
            f'<span class="s {tone}">{_cell(server, status_text(exchange))}</span>',
            f'<span class="d">{escape(duration)}</span>',
            _expectation(server, exchange),
            f'<span class="line">{"".join(map(self._bar, bars))}</span>',
        )
        return f"<summary>{''.join(cells)}</summary>"

    def _bar(self, number: int) -> str:
        exchange = self._received[number].exchange
        # Leaves room for the shortest bar at the end.
        left = min(100 * (exchange.request.started - self._begin) / self._span, 99.5)
        width = min(100 * exchange.duration / self._span, 100 - left)
        kind = ("ok" if _is_good(exchange) else "no") + ("" if is_sent(exchange) else " open")
        return f'<i class="{kind}" style="left:{left:.2f}%;width:{width:.2f}%"></i>'

    def _offset(self, moment: float) -> str:
        return f"{self._first_time + moment - self._begin - self._started:+.3f} s"

    def _again(self, number: int) -> str:
        """A note that the same request arrived before: a client that tries again."""
        count = self._ordinals[number]
        return f" <small>(same request, {ordinal(count)} time)</small>" if count > 1 else ""


def _is_good(exchange: Exchange) -> bool:
    return exchange.problem is None and is_as_intended(exchange)


def _look(number: int, server: Source, exchange: Exchange) -> tuple[object, ...]:
    """What a good row shows, without times; any other row is unique."""
    if not _is_good(exchange):
        return (number,)
    method, target = exchange.request.method, exchange.request.target
    return server.alias, method, target, status_text(exchange), exchange.expectation, exchange.forwarded_to


def _ordinals(received: Sequence[Received]) -> list[int]:
    """For each request, its ordinal among identical requests."""
    counts: dict[tuple[object, ...], int] = {}
    ordinals = []
    for server, exchange in received:
        request = exchange.request
        key = (server.alias, request.method, request.target, request.body)
        counts[key] = counts.get(key, 0) + 1
        ordinals.append(counts[key])
    return ordinals


def _target(exchange: Exchange) -> str:
    request = exchange.request
    if not request.method:
        return ""
    return f"{request.raw_path}?{request.query_string}" if request.query_string else request.raw_path


def _forwarding(server: Source, exchange: Exchange) -> str:
    """The service that the request was sent on to, with the full URL as a tooltip."""
    if exchange.forwarded_to is None:
        return ""
    url = server.secrets.hide(exchange.forwarded_to)
    service = "/".join(url.split("/", 3)[:3])
    return f' <small title="{escape(visible(url, _MAX_TOOLTIP))}">&#8594; {_cell(server, service)}</small>'


def _expectation(server: Source, exchange: Exchange) -> str:
    """The problem, or a short form of the expectation with its full text as a tooltip."""
    if exchange.problem is not None:
        return f'<span class="e no">{_cell(server, exchange.problem.kind)}</span>'
    expectation = exchange.expectation
    if expectation is None:
        return '<span class="e"></span>'
    description = expectation.description
    fields = [field.shown(server.secrets) for field in (description.method, description.path) if field is not None]
    kind = () if expectation.kind == "permanent" else (str(expectation.kind),)
    short = " ".join([*kind, *(fields or ["any path"])])
    tooltip = escape(visible(server.secrets.hide(str(expectation)), _MAX_TOOLTIP))
    return f'<span class="e" title="{tooltip}">{_cell(server, short)}</span>'


def _cell(server: Source, text: str) -> str:
    return escape(visible(server.secrets.hide(text), _MAX_CELL))
