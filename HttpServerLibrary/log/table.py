"""Received requests as an HTML table for log.html: no script, a common time line, and rows that open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final, NamedTuple

from ..engine.explaining.checks import request_line
from ..engine.masking.secrets import Secrets
from ..engine.records.exchange import Exchange
from ..engine.scope import Scope
from ..engine.server import HttpServer
from ..engine.visible import visible
from ..engine.words import ordinal, requests
from .bodies import Body, Line, show_body

MAX_ROWS: Final = 1000
MAX_BYTES: Final = 2 * 1024 * 1024
# What is left of it is for the rows themselves.
_MAX_DETAILS: Final = MAX_BYTES // 2
_MAX_ROW: Final = 128 * 1024
_MAX_HEADERS: Final = 100
_MAX_HEADER: Final = 500
_MAX_CELL: Final = 120

# As `explain` writes the differences of the nearest expectation, and those of others.
_DIFFERENCE: Final = re.compile(
    r"(?P<before> +(?:\S.*: )?)(?P<field>[^\s:][^:]*?): expected (?P<expected>.*), "
    r"received (?P<received>.*?)(?P<hint>; [^\"]*)?"
)
# The lines of a diff below such a field.
_DIFF: Final = re.compile(r"(?P<before> {6,})(?P<sign>[-+])(?P<line>.*)")
_OF_THE_NEAREST: Final = 4
# The last step of a path in JSON, or what is left of it.
_LAST_STEP: Final = re.compile(r"(?:\.[^.\[\]]*|\[[^\[\]]*\]|.[^.\[]*)$")

# The colours are those of log.html in its two themes; the second ones are for where there are none.
_STYLE: Final = """<style>
.http-requests{--line:var(--secondary-color,#ccc);--good:var(--pass-link-color,#098a09);--bad:var(--fail-link-color,#ce3e01);
color:var(--text-color,inherit);font-family:sans-serif;font-size:12px;line-height:1.5;margin:2px 0 6px;max-width:110em}
.http-requests p{margin:0 0 4px}
.http-requests table,.http-requests thead,.http-requests tbody{display:block;width:100%;border:0;border-spacing:0}
.http-requests table{border:1px solid var(--line);border-radius:4px;overflow-x:auto}
.http-requests tr,.http-requests td{display:block;padding:0;border:0}
.http-requests thead tr,.http-requests summary{display:grid;column-gap:10px;align-items:center;
min-width:58em;padding:3px 8px;
grid-template-columns:7.5em 4.5em minmax(8em,4fr) minmax(7em,2fr) 6em minmax(9em,4fr) minmax(8em,4fr)}
.http-requests thead tr{background:var(--primary-color,#ddd)}
.http-requests th{padding:0;border:0;text-align:left;font-weight:bold}
.http-requests tbody tr{border-top:1px solid var(--line)}
.http-requests summary{cursor:pointer;list-style:none}
.http-requests summary::-webkit-details-marker{display:none}
.http-requests summary:hover{background:var(--highlight-color,#eee)}
.http-requests details[open]>summary{background:var(--highlight-color,#eee);border-bottom:1px solid var(--line)}
.http-requests summary>span{overflow-wrap:anywhere;min-width:0}
.http-requests .t::before{content:"\\25B8";display:inline-block;width:1.1em}
.http-requests details[open] .t::before{content:"\\25BE"}
.http-requests .t,.http-requests .d{font-variant-numeric:tabular-nums;white-space:nowrap}
.http-requests .m{font-weight:bold}
.http-requests .ok{color:var(--good)}
.http-requests .no{color:var(--bad);font-weight:bold}
.http-requests small{font-size:11px;opacity:.75}
.http-requests .scale{display:flex;justify-content:space-between;font-weight:normal}
.http-requests .line{position:relative;height:14px;
background:repeating-linear-gradient(to right,var(--line) 0 1px,transparent 1px 25%)}
.http-requests .line i{position:absolute;top:2px;height:10px;min-width:3px;border-radius:2px;
background:var(--pass-color,#97bd61)}
.http-requests .line i.no{background:var(--fail-color,#ce3e01)}
.http-requests .line i.open{border-right:3px dotted var(--text-color,#000)}
.http-requests .why{margin:8px;padding:6px 10px;border-left:4px solid var(--fail-color,#ce3e01);
background:var(--highlight-color,#eee)}
.http-requests .sides{display:grid;gap:8px;padding:8px;
grid-template-columns:repeat(auto-fit,minmax(min(28em,100%),1fr))}
.http-requests section{min-width:0;border:1px solid var(--line);border-radius:4px}
.http-requests h4{margin:0;padding:3px 8px;font-size:12px;background:var(--primary-color,#ddd)}
.http-requests h4 small{font-weight:normal}
.http-requests pre{margin:0;padding:6px 8px;font-family:monospace;font-size:12px;line-height:1.45;
white-space:pre-wrap;overflow-wrap:anywhere;max-height:40em;overflow:auto;background:none;border:0;color:inherit}
.http-requests .why pre{padding:0;max-height:none}
.http-requests .body{border-top:1px solid var(--line)}
.http-requests .what{padding:3px 8px 0;opacity:.75}
.http-requests .n{font-weight:bold}
.http-requests mark{color:inherit;background:none;border-bottom:2px solid var(--bad)}
.http-requests mark.want{border-bottom-color:var(--good)}
.http-requests .said{color:var(--bad);font-family:sans-serif;font-weight:bold;white-space:normal}
</style>"""
_HEAD: Final = "".join(f"<th>{title}</th>" for title in ("Time", "Method", "Path", "Status", "Duration", "Expectation"))


class Received(NamedTuple):
    """A request and the server that received it."""

    server: HttpServer
    exchange: Exchange


def request_table(servers: Sequence[HttpServer], received: Sequence[Received], scope: Scope) -> str:
    """The requests as an HTML table, their times counted from when the suite or test started."""
    names = escape(", ".join(map(str, servers)))
    if not received:
        return f"<p>{names[:1].upper()}{names[1:]} received no requests.</p>"
    in_order = sorted(received, key=lambda entry: entry.exchange.request.started)
    title = f"{requests(len(received))} to {names}; times from the start of {escape(scope.name)}"
    return _Table(in_order[-MAX_ROWS:], scope.started, len(servers) > 1).html(title, len(received))


class _Difference(NamedTuple):
    """What the problem of a request says of one field."""

    field: str
    expected: str
    received: str
    hint: str

    def words(self, place: str | None) -> str:
        """What to say of it at a place, which shows what was received; without a place it names the field."""
        exact = place is not None and self.field.endswith(place) and self.received != "nothing"
        return f"expected {self.expected}{self.hint}" if exact else str(self)

    def __str__(self) -> str:
        return f"{self.field}: expected {self.expected}, received {self.received}{self.hint}"


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
        self._turn = _turns(received)

    def html(self, title: str, total: int) -> str:
        """The table, and how many of the total it leaves out."""
        details = self._details()
        rows: list[str] = []
        room = MAX_BYTES - len(_STYLE) - sum(map(len, details.values()))
        for number in reversed(range(len(self._received))):
            row = self._row(number, details.get(number))
            room -= len(row.encode()) - len(details.get(number, ""))
            if room < 0:
                break
            rows.append(row)
        notes = []
        if total > len(rows):
            notes.append(f"{total - len(rows):,} older ones are left out")
        closed = len(self._received) - len(details)
        if closed:
            notes.append(f"headers and bodies of {closed:,} are left out")
        note = f" (the table has room for {MAX_ROWS:,} requests and 2 MiB: {'; '.join(notes)})" if notes else ""
        begin, end = self._offset(self._begin), self._offset(self._begin + self._span)
        scale = f'<th class="scale"><span>{begin}</span><span>{end}</span></th>'
        return (
            f'{_STYLE}<div class="http-requests"><p>{title}{note}</p>'
            f"<table><thead><tr>{_HEAD}{scale}</tr></thead><tbody>{''.join(reversed(rows))}</tbody></table></div>"
        )

    def _details(self) -> dict[int, str]:
        """What the rows show when they are opened, as far as there is room: problems first, then the newest."""
        details: dict[int, str] = {}
        room = _MAX_DETAILS
        by_weight = sorted(
            range(len(self._received)), key=lambda number: (self._received[number].exchange.problem is None, -number)
        )
        for number in by_weight:
            shown = self._opened(self._received[number])
            size = len(shown.encode())
            if size <= min(room, _MAX_ROW):
                details[number] = shown
                room -= size
            if room < _MAX_ROW // 4:
                break
        return details

    def _offset(self, moment: float) -> str:
        return f"{self._first_time + moment - self._begin - self._started:+.3f} s"

    def _row(self, number: int, details: str | None) -> str:
        server, exchange = self._received[number]
        request = exchange.request
        problem = exchange.problem
        good = problem is None and exchange.response is not None
        by = problem.kind if problem is not None else "" if exchange.expectation is None else str(exchange.expectation)
        # Room for the shortest bar at the end.
        left = min(100 * (request.started - self._begin) / self._span, 99.5)
        width = min(100 * exchange.duration / self._span, 100 - left)
        bar = " ".join(("ok" if good else "no", *(["open"] if exchange.response is None else [])))
        cells = [
            f'<span class="t">{self._offset(request.started)}</span>',
            f'<span class="m">{_cell(server, request.method or "malformed")}</span>',
            f"<span>{self._path(server, exchange)}{self._again(number)}</span>",
            f'<span class="{"ok" if good else "no"}">{_cell(server, _status(exchange))}</span>',
            f'<span class="d">{escape(_duration(exchange.duration))}</span>',
            f'<span class="{"by" if problem is None else "no"}">{_cell(server, by)}</span>',
            f'<span class="line"><i class="{bar}" style="left:{left:.2f}%;width:{width:.2f}%"></i></span>',
        ]
        inside = details or '<div class="what">Left out, as the table has no room for it.</div>'
        return f'<tr><td colspan="7"><details><summary>{"".join(cells)}</summary>{inside}</details></td></tr>'

    def _path(self, server: HttpServer, exchange: Exchange) -> str:
        alias = f"<small>{escape(server.alias)}</small> " if self._several else ""
        target = request_line(exchange.request).partition(" ")[2] if exchange.request.method else ""
        return f"{alias}{_cell(server, target)}"

    def _again(self, number: int) -> str:
        """Says so when the same request came before: a client that tries again."""
        turn = self._turn[number]
        return f" <small>(same request, {ordinal(turn)} time)</small>" if turn > 1 else ""

    def _opened(self, entry: Received) -> str:
        server, exchange = entry
        differences: list[_Difference] = []
        why = ""
        if exchange.problem is not None:
            lines = [*_problem_lines(server.hide(exchange.problem.message), differences)]
            why = f'<div class="why"><pre>{chr(10).join(lines)}</pre></div>'
        sides = f"{_request_side(server, exchange, differences)}{_response_side(server, exchange)}"
        return f'{why}<div class="sides">{sides}</div>'


def _turns(received: Sequence[Received]) -> list[int]:
    """For each request, the how manieth it is of those that are the same."""
    counts: dict[tuple[object, ...], int] = {}
    turns = []
    for server, exchange in received:
        request = exchange.request
        key = (server.alias, request.method, request.target, request.body)
        counts[key] = counts.get(key, 0) + 1
        turns.append(counts[key])
    return turns


def _cell(server: HttpServer, text: str) -> str:
    return escape(visible(server.hide(text), _MAX_CELL))


def _status(exchange: Exchange) -> str:
    response = exchange.response
    return "no response yet" if response is None else f"{response.status} {response.reason}".rstrip()


def _duration(seconds: float) -> str:
    if seconds < 0.0001:
        return "< 0.1 ms"
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _problem_lines(message: str, differences: list[_Difference]) -> Iterator[str]:
    """The lines of a problem with the differences marked; notes those of the nearest expectation."""
    beside = False
    for line in message.split("\n"):
        # The request stands beside the response below.
        beside = line == "The request:" or (beside and line.startswith(" ")) or (beside and not line)
        if beside:
            continue
        found = _DIFFERENCE.fullmatch(line)
        if found is None:
            yield _DIFF.sub(_marked, escape(line))
            continue
        field, expected, received = found["field"], found["expected"], found["received"]
        if len(line) - len(line.lstrip(" ")) == _OF_THE_NEAREST:
            differences.append(_Difference(field, expected, received, found["hint"] or ""))
        yield (
            f'{escape(found["before"])}<span class="n">{escape(field)}</span>: expected <mark class="want">'
            f"{escape(expected)}</mark>, received <mark>{escape(received)}</mark>{escape(found['hint'] or '')}"
        )


def _marked(found: re.Match[str]) -> str:
    """A line of a diff: what was expected has a minus, what was received a plus."""
    kind = ' class="want"' if found["sign"] == "-" else ""
    return f"{found['before']}<mark{kind}>{found['sign']}{found['line']}</mark>"


def _request_side(server: HttpServer, exchange: Exchange, differences: list[_Difference]) -> str:
    request = exchange.request
    first = f"{request.method} {request.target} HTTP/{request.version}" if request.method else "malformed"
    cut = "" if request.cut is None else str(request.cut)
    body = show_body(request.content, request.content_type, request.charset, server.secrets, cut)
    said = _places(differences, {line.place for line in body.lines if line.place})
    head = [_said(escape(visible(server.hide(first), _MAX_HEADER)), said.pop("first line", []), None)]
    head += _header_lines(request.headers, server.secrets, said)
    for place in [place for place in said if place.startswith("header ")]:
        head.append(_said(f"({escape(place)} is not there)", said.pop(place), None))
    title = f"Request <small>from {escape(request.client)}</small>" if request.client else "Request"
    return _side(title, head, body, said)


def _response_side(server: HttpServer, exchange: Exchange) -> str:
    response = exchange.response
    if response is None:
        return _side("Response", ["No response yet."], None, {})
    content_type = next((value for name, value in response.headers if name.lower() == "content-type"), "")
    sent = exchange.sent_body
    size = len(sent) if response.length is None else response.length
    cut = f"{size} bytes, of which the first {len(sent)} are kept" if len(sent) < size else ""
    if exchange.problem is not None and sent.decode("utf-8", "replace").rstrip("\n") == exchange.problem.message:
        body = Body("the text above", [])
    else:
        body = show_body(sent, content_type, "utf-8", server.secrets, cut)
    head = [escape(f"HTTP/1.1 {_status(exchange)}"), *_header_lines(response.headers, server.secrets, {})]
    return _side(f"Response <small>after {escape(_duration(exchange.duration))}</small>", head, body, {})


def _header_lines(
    headers: Sequence[tuple[str, str]], secrets: Secrets, said: dict[str, list[_Difference]]
) -> Iterator[str]:
    for name, value in headers[:_MAX_HEADERS]:
        shown = escape(visible(secrets.header(name, value), _MAX_HEADER))
        line = f'<span class="n">{escape(visible(name))}</span>: {shown}'
        yield _said(line, said.pop(f"header {name.lower()}", []), "")
    if len(headers) > _MAX_HEADERS:
        yield f"... and {len(headers) - _MAX_HEADERS} more headers"


def _side(title: str, head: Iterable[str], body: Body | None, said: dict[str, list[_Difference]]) -> str:
    shown = ""
    if body is not None:
        lines = [_body_line(line, said.pop(line.place, []) if line.place else []) for line in body.lines]
        # What stands nowhere in the body, such as what is missing.
        rest = [difference for found in said.values() for difference in found]
        caption = _said(f"Body: {escape(body.caption)}", rest, None)
        pre = f"<pre>{chr(10).join(lines)}</pre>" if lines else ""
        shown = f'<div class="body"><div class="what">{caption}</div>{pre}</div>'
    return f"<section><h4>{title}</h4><pre>{chr(10).join(head)}</pre>{shown}</section>"


def _body_line(line: Line, said: list[_Difference]) -> str:
    text = line.text.lstrip(" ")
    return f"{line.text[: len(line.text) - len(text)]}{_said(escape(text), said, line.place)}"


def _said(html: str, said: list[_Difference], place: str | None) -> str:
    """A line with the words of what differs in it."""
    if not said:
        return html
    words = "; ".join(difference.words(place) for difference in said)
    return f'<mark>{html}</mark> <span class="said">&#9664; differs: {escape(words)}</span>'


def _places(differences: list[_Difference], lines: set[str]) -> dict[str, list[_Difference]]:
    """The differences by where in the request they stand."""
    places: dict[str, list[_Difference]] = {}
    for difference in differences:
        places.setdefault(_place(difference.field, lines), []).append(difference)
    return places


def _place(field: str, lines: set[str]) -> str:
    kind, _, name = field.partition(" ")
    if kind in ("method", "path", "query"):
        return "first line"
    if kind == "header":
        return f"header {name.lower()}"
    if kind == "cookie":
        return "header cookie"
    if kind in ("basic_auth", "bearer_token"):
        return "header authorization"
    if field in lines or not name.startswith("$"):
        return field
    while name and name not in lines:
        # What is missing is marked where it would be.
        name = _LAST_STEP.sub("", name)
    return name or field
