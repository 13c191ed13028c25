"""What the servers saw, written to Robot's log from the keyword's thread."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from html import escape

from robot.api import logger
from robot.libraries.BuiltIn import BuiltIn, RobotNotRunningError

from .engine.exchange import Exchange
from .engine.explain import body_lines, header_line, request_body_lines, request_line, requests
from .engine.response import reason_phrase
from .engine.server import HttpServer
from .engine.visible import visible

_MOST_BODY_LINES = 100
_MOST_ROWS = 1000


def flush(servers: Iterable[HttpServer]) -> None:
    """Logs the requests and warnings that came since the last time."""
    for server in servers:
        skipped, entries = server.journal.take_unlogged()
        # Bodies are made to text only when somebody gets to see them.
        debug = bool(entries) and _debug_is_logged()
        if skipped:
            logger.info(f"{server.alias}: {skipped} more requests, which are not logged one by one")
        for entry in entries:
            if isinstance(entry, str):
                logger.warn(f"{server.alias}: {entry}")
            else:
                _log_request(server, entry, debug)


def _debug_is_logged() -> bool:
    try:
        level = BuiltIn().get_variable_value("${LOG_LEVEL}")
    except RobotNotRunningError:
        return True
    return level in ("DEBUG", "TRACE")


def _log_request(server: HttpServer, exchange: Exchange, debug: bool) -> None:
    problem = exchange.problem
    by = f" by {exchange.expectation}" if exchange.expectation else ""
    line = f"{request_line(exchange.request)} {_status(exchange)} ({exchange.duration * 1000:.1f} ms){by}"
    cut = "" if exchange.request.cut is None else f", body of {exchange.request.cut}"
    logger.info(server.hide(f"{server.alias}: {line}{cut}"))
    if problem is not None:
        logger.warn(f"{server.alias}: {problem.first_line}")
        if problem.message != problem.first_line:
            logger.info(problem.message)
        if problem.exception is not None:
            logger.debug(server.hide("".join(traceback.format_exception(problem.exception))))
    if debug:
        logger.debug(server.hide("\n".join(_exchange_lines(exchange))))


def _status(exchange: Exchange) -> str:
    response = exchange.response
    return "" if response is None else f"{response.status} {reason_phrase(response.status)}".rstrip()


def _exchange_lines(exchange: Exchange) -> list[str]:
    request = exchange.request
    lines = [f"{request.method} {request.target} HTTP/{request.version}"]
    lines += [header_line(name, value) for name, value in request.headers]
    sent = request_body_lines(request, _MOST_BODY_LINES)
    if sent:
        lines += ["", *sent]
    response = exchange.response
    if response is not None:
        lines += ["", f"HTTP/1.1 {_status(exchange)}"]
        lines += [header_line(name, value) for name, value in response.headers]
        body = exchange.sent_body
        if body:
            lines += ["", *body_lines(body, body.decode("utf-8", "replace"), _MOST_BODY_LINES)]
    return lines


def request_table(server: HttpServer) -> str:
    """The received requests as an HTML table whose rows open."""
    received = server.journal.exchanges()
    if not received:
        return f"<p>{escape(str(server))} received no requests.</p>"
    start = received[0].request.time
    rows = "".join(_row(server, entry, start) for entry in received[-_MOST_ROWS:])
    if len(received) > _MOST_ROWS:
        rows = f'<tr><td colspan="6">... and {len(received) - _MOST_ROWS} older ones</td></tr>{rows}'
    return (
        f"<p>{escape(str(server))} received {requests(len(received))}.</p>"
        '<table border="1" style="border-collapse: collapse"><tr>'
        "<th>Time</th><th>Method</th><th>Path</th><th>Status</th><th>Duration</th><th>Expectation</th></tr>"
        f"{rows}</table>"
    )


def _row(server: HttpServer, exchange: Exchange, start: float) -> str:
    details = escape(server.hide("\n".join(_exchange_lines(exchange))))
    if exchange.problem is not None:
        by = str(exchange.problem.kind)
    else:
        by = str(exchange.expectation) if exchange.expectation else ""
    cells = [
        f"+{exchange.request.time - start:.3f} s",
        exchange.request.method or "malformed",
        visible(exchange.request.target),
        _status(exchange),
        f"{exchange.duration * 1000:.1f} ms",
        by,
    ]
    texts = [escape(server.hide(cell)) for cell in cells]
    texts[2] = f"<details><summary>{texts[2]}</summary><pre>{details}</pre></details>"
    return f"<tr>{''.join(f'<td>{text}</td>' for text in texts)}</tr>"
