"""What a row of the table opens to: what went wrong, and the request and its response side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Final

from ..engine.explaining.explanation import Explanation
from ..engine.explaining.layout import Line as TextLine
from ..engine.explaining.layout import Role
from ..engine.explaining.lines import forwarding, is_sent, status_text
from ..engine.explaining.shown import ShownDifference
from ..engine.masking.secrets import Secrets
from ..engine.message.response import first_value
from ..engine.phrase import text
from ..engine.problem import ProblemRecord
from ..engine.records.exchange import Exchange
from ..engine.visible import visible
from ..engine.words import counted, sentence
from .bodies import Body, show_body
from .marks import Marks
from .outline import Line

_MAX_HEADERS: Final = 100
_MAX_HEADER: Final = 500


def details(exchange: Exchange, secrets: Secrets, *, search: bool) -> str:
    """The HTML for the details of one request.

    With ``search`` a large body is searched for what differs, which takes time.
    """
    differences: Sequence[ShownDifference] = ()
    above = ""
    if exchange.problem is not None:
        lines = _lines(exchange.problem, secrets)
        above = f'<div class="why"><pre>{chr(10).join(map(_explained, lines))}</pre></div>'
        differences = _differences(exchange.problem, secrets)
    if exchange.expectation is not None:
        expectation = escape(visible(secrets.hide(str(exchange.expectation)), _MAX_HEADER))
        above += f'<div class="what">Expectation: {expectation}</div>'
    if exchange.forwarded_to is not None:
        above += f'<div class="what">{escape(sentence(forwarding(exchange.forwarded_to, secrets)))}</div>'
    above += "".join(f'<div class="what">{escape(line)}</div>' for line in _callbacks(exchange, secrets))
    sides = f"{_request_side(exchange, Marks(differences), secrets, search)}{_response_side(exchange, secrets)}"
    return f'{above}<div class="sides">{sides}</div>'


def _callbacks(exchange: Exchange, secrets: Secrets) -> Iterator[str]:
    """The requests that were sent after the response, and what came of them."""
    for record in [] if exchange.progress is None else exchange.progress.callbacks:
        line = f"Callback: {record.method} {record.url}"
        if record.response is not None:
            line += f", answered {record.response.status} {record.response.reason}".rstrip()
        elif record.missing is not None:
            line += f": {text(record.missing, secrets)}"
        yield visible(secrets.hide(line), _MAX_HEADER)


def duration_text(seconds: float) -> str:
    """A short time with its unit."""
    if seconds < 0.0001:
        return "< 0.1 ms"
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _lines(problem: ProblemRecord, secrets: Secrets) -> list[TextLine]:
    """The explanation without the request, which is shown next to the response."""
    explanation = problem.explanation
    if isinstance(explanation, Explanation):
        return [line for line in explanation.lines(secrets) if line.role is not Role.REQUEST]
    return [TextLine(line) for line in explanation.message(secrets).split("\n")]


def _differences(problem: ProblemRecord, secrets: Secrets) -> Sequence[ShownDifference]:
    """What differs from the nearest expectation."""
    explanation = problem.explanation
    if isinstance(explanation, Explanation) and explanation.nearest is not None:
        return explanation.nearest.shown(secrets)
    return ()


def _explained(line: TextLine) -> str:
    """A line of an explanation with its parts marked."""
    text = line.text.lstrip(" ")
    indent = line.text[: len(line.text) - len(text)]
    if line.role is Role.EXPECTED:
        return f'{indent}<mark class="want">{escape(text)}</mark>'
    if line.role is Role.RECEIVED:
        return f"{indent}<mark>{escape(text)}</mark>"
    difference = line.difference
    if difference is None:
        return escape(line.text)
    field = f'{indent}<span class="n">{escape(difference.field)}</span>'
    if difference.diff:
        return f"{field}: {escape(difference.hint or 'differs')}:"
    hint = f"; {escape(difference.hint)}" if difference.hint else ""
    expected, received = escape(difference.expected), escape(difference.received)
    return f'{field}: expected <mark class="want">{expected}</mark>, received <mark>{received}</mark>{hint}'


def _request_side(exchange: Exchange, marks: Marks, secrets: Secrets, search: bool) -> str:
    request = exchange.request
    first = f"{request.method} {request.target} HTTP/{request.version}" if request.method else "malformed"
    head = [_marked(escape(visible(secrets.hide(first), _MAX_HEADER)), marks.in_first_line())]
    head += _header_lines(request.headers, secrets, marks)
    head += (_marked(f"({escape(name)} is missing)", words) for name, words in marks.in_missing_headers())
    cut = "" if request.cut is None else str(request.cut)
    wanted = marks.paths() if search else {}
    is_part = request.fault is not None
    body = show_body(request.content, request.content_type, request.charset, secrets, cut, wanted, is_part)
    if request.content != request.body:
        body = body._replace(caption=f"{body.caption}, decoded from {counted(len(request.body), 'byte')}")
    title = f"Request <small>from {escape(request.client)}</small>" if request.client else "Request"
    return _side(title, head, _body(body, marks))


def _response_side(exchange: Exchange, secrets: Secrets) -> str:
    response = exchange.response
    if response is None:
        return _side("Response", [escape(sentence(f"{status_text(exchange)}."))], "")
    progress = exchange.progress
    if progress is not None and progress.note is not None and not progress.begun:
        return _side(f"Response <small>{escape(status_text(exchange))}</small>", ["Nothing was sent."], "")
    content_type = first_value(response.headers, "content-type") or ""
    sent = exchange.sent_body
    size = exchange.body_length
    if size is None:
        size = len(sent) if progress is None else max(len(sent), progress.sent)
    cut = exchange.part_of(size) if len(sent) < size else ""
    problem = exchange.problem
    if problem is not None and sent.decode("utf-8", "replace").rstrip("\n") == problem.message:
        body = Body("", "Body: the text above", [])
    else:
        content = exchange.sent_content
        # A stream may have ended early.
        body = show_body(content, content_type, "utf-8", secrets, cut, is_part=exchange.captured is not None)
        if content != sent:
            body = body._replace(caption=f"{body.caption}, decoded from {counted(len(sent), 'byte')}")
    status = f"HTTP/1.1 {response.status} {response.reason}".rstrip()
    head = [] if response.raw else [escape(status), *_header_lines(response.headers, secrets, Marks(()))]
    is_done = is_sent(exchange) and exchange.stream is None
    when = f"after {duration_text(exchange.duration)}" if is_done else status_text(exchange)
    return _side(f"Response <small>{escape(when)}</small>", head, _body(body, Marks(())))


def _header_lines(headers: Sequence[tuple[str, str]], secrets: Secrets, marks: Marks) -> Iterator[str]:
    for name, value in headers[:_MAX_HEADERS]:
        shown = escape(visible(secrets.header(name, value), _MAX_HEADER))
        line = f'<span class="n">{escape(visible(secrets.hide(name)))}</span>: {shown}'
        yield _marked(line, marks.in_header(name))
    left = len(headers) - _MAX_HEADERS
    if left > 0:
        yield f"... and {left} more header{'s' * (left > 1)}"


def _side(title: str, head: Iterable[str], body: str) -> str:
    return f"<section><h4>{title}</h4><pre>{chr(10).join(head)}</pre>{body}</section>"


def _body(body: Body, marks: Marks) -> str:
    whole, values = marks.in_body(body)
    caption = _marked(escape(body.caption), whole)
    parts = []
    for folded, group in groupby(body.lines, lambda line: line.folded):
        lines = [_body_line(line, values) for line in group]
        text = "\n".join(lines)
        parts.append(_folded(len(lines), text) if folded else f"<pre>{text}</pre>")
    return f'<div class="body"><div class="what">{caption}</div>{"".join(parts)}</div>'


def _folded(count: int, text: str) -> str:
    return f'<details class="more"><summary>... {count:,} lines ...</summary><pre>{text}</pre></details>'


def _body_line(line: Line, values: dict[tuple[str | int, ...], str]) -> str:
    # A form may have several values of one name: the words go to the first.
    words = "" if line.path is None else values.pop(line.path, "")
    text = line.text.lstrip(" ")
    return f"{line.text[: len(line.text) - len(text)]}{_marked(escape(text), words)}"


def _marked(html: str, words: str) -> str:
    """A line, marked if something in it differs."""
    return f'<mark>{html}</mark> <span class="note">&#9664; differs: {escape(words)}</span>' if words else html
