"""Messages in Robot Framework's log, written from the keyword's thread, such as those about received requests.

This is the only module that writes to the log, and `write` the only function, so no message can break the output. The
same holds for the console and `write_to_console`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, Final, cast

from robot.api import logger
from robot.libraries.BuiltIn import BuiltIn, RobotNotRunningError

from ..engine.explaining.lines import Header, body_phrase, forwarding, request_body, request_line, status_text
from ..engine.masking.secrets import Secrets
from ..engine.phrase import text
from ..engine.records.exchange import Exchange
from ..engine.records.journal import Remark
from ..engine.scope import Scope
from ..engine.user_code import traceback_of
from ..engine.visible import harmless, shortened
from ..engine.words import time_of_day
from .source import Source
from .table import Received, request_table


class LogLevel(Enum):
    """Level of a message in the log; WARN and ERROR messages are also shown on the console."""

    TRACE = "TRACE"
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


_LEVELS: Final = tuple(level.name for level in LogLevel)
_MAX_BODY_LINES = 100
_MAX_NOTICE: Final = 500


def write(text: str, level: LogLevel = LogLevel.INFO, html: bool = False) -> None:
    """Writes a message to the log."""
    logger.write(harmless(text), cast("Any", level.value), html)


def write_to_console(text: str) -> None:
    """Writes a line to the console only."""
    logger.console(harmless(text))


def flush(servers: Iterable[Source], problem_level: LogLevel = LogLevel.WARN) -> None:
    """Logs the requests, warnings and remarks since the last time."""
    for server in servers:
        skipped, entries = server.journal.take_unlogged()
        # Turning bodies into text takes time.
        debug = bool(entries) and _is_logged(LogLevel.DEBUG)
        if skipped:
            write(f"{server.alias}: {skipped} more requests, not logged individually")
        for entry in entries:
            if isinstance(entry, (str, Remark)):
                line, level = (entry, LogLevel.WARN) if isinstance(entry, str) else (entry.text, LogLevel.INFO)
                write(shortened(server.secrets.hide(f"{server.alias}: {line}"), _MAX_NOTICE), level)
            elif isinstance(entry, Exchange):
                _log_request(server, entry, debug, problem_level)
            else:
                write(server.secrets.hide(f"{server.alias}: {entry.first_line}"), problem_level)


def _is_logged(level: LogLevel) -> bool:
    try:
        lowest = BuiltIn().get_variable_value("${LOG_LEVEL}")
    except RobotNotRunningError:
        return True
    # The level NONE is not among them.
    return lowest in _LEVELS[: _LEVELS.index(level.name) + 1]


def log_traceback(error: BaseException, secrets: Secrets) -> None:
    """Writes the traceback of an exception of user code to the log."""
    if _is_logged(LogLevel.DEBUG):
        write(traceback_of(error, secrets), LogLevel.DEBUG)


def _log_request(server: Source, exchange: Exchange, debug: bool, problem_level: LogLevel) -> None:
    problem = exchange.problem
    by = f" by {exchange.expectation}" if exchange.expectation else ""
    duration = f"{exchange.duration * 1000:.1f} ms"
    # A keyword logs many requests at its end, so the time of the message says nothing about them.
    time = time_of_day(exchange.request.time)
    line = f"{time} {request_line(exchange.request, server.secrets)} {status_text(exchange)} ({duration}){by}"
    if exchange.forwarded_to is not None:
        line += f", {forwarding(exchange.forwarded_to, server.secrets)}"
    cut = "" if exchange.request.cut is None else f", body of {exchange.request.cut}"
    write(server.secrets.hide(f"{server.alias}: {line}{cut}"))
    if problem is not None:
        write(f"{server.alias}: {problem.first_line}", problem_level)
        if problem.message != problem.first_line:
            write(server.secrets.hide(problem.message))
        if problem.exception is not None:
            log_traceback(problem.exception, server.secrets)
    if debug:
        write("\n".join(_exchange_lines(exchange, server.secrets)), LogLevel.DEBUG)


def _exchange_lines(exchange: Exchange, secrets: Secrets) -> list[str]:
    request = exchange.request
    lines = [secrets.hide(f"{request.method} {request.target} HTTP/{request.version}")]
    lines += [text(Header(name, value), secrets) for name, value in request.headers]
    sent = text(request_body(request, _MAX_BODY_LINES), secrets)
    if sent:
        lines += ["", sent]
    response = exchange.response
    if response is not None:
        lines += ["", f"HTTP/1.1 {response.status} {response.reason}".rstrip()]
        lines += [text(Header(name, value), secrets) for name, value in response.headers]
        body = exchange.sent_content
        if body:
            # A stream may have ended early, or is kept in part.
            is_part = exchange.captured is not None
            lines += ["", text(body_phrase(body, body.decode("utf-8", "replace"), _MAX_BODY_LINES, is_part), secrets)]
    return lines


def log_table(servers: Sequence[Source], received: Sequence[Received], scope: Scope, level: LogLevel) -> None:
    """Logs a table of the requests, unless the log level excludes it."""
    if _is_logged(level):
        write(request_table(servers, received, scope), level, html=True)
