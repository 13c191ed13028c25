"""Received requests as a resource file of Robot Framework, with one keyword that expects and answers them again.

Robocop has nothing to format in it: cells are separated by four spaces, and what is longer than a line has one argument
a line. A longer argument is a variable of several lines, and a large or binary body is a file. The file does not import
the library: an import with other options than those of the suite would be another library, without its servers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO, Final, NamedTuple, TextIO

from werkzeug.urls import iri_to_uri

from ...arguments import json_bytes
from ...errors import UsageError
from ...masking.secrets import Secrets
from ...matching.cell import escape, positional
from ...message.media_types import says_json
from ...message.reply import Ending
from ...message.request import Request
from ...message.response import has_no_body
from ...records.exchange import Exchange
from ...responses.conditional import precondition_status, requested_range
from ...responses.file_types import type_of
from ...responses.static import JSON, TEXT
from ...visible import shortened, visible
from .answer import Answer, answer_of
from .described import Arguments
from .files import Bodies, suffix_of
from .sequences import Plan, Planner
from .wanted import TextBody, Wanted, is_readable

_INDENT: Final = "    "
_SEPARATOR: Final = "    "
_CONTINUED: Final = "    ...    "
# Robocop allows 120, but divides a line of 120.
_MAX_LINE: Final = 119
# What Robocop counts.
_MAX_LINES_OF_KEYWORD: Final = 40
_MAX_CALLS: Final = 10
_MAX_LINES: Final = 400
_OPTION: Final = re.compile(r"\A(scope|separator)=")
# Where to divide a long text, if it has no spaces.
_BREAKS: Final = ",;&}>"
_MAX_COMMENT: Final = 100
# For an argument, the name of the variable that holds it.
_VARIABLES: Final = {"data": "body", "json_subset": "json", "query_subset": "query"}
# Robot Framework's own words, and the keywords that the file calls, which would call themselves.
_CONTROL: Final = frozenset(
    {
        *("IF", "ELSE IF", "ELSE", "FOR", "WHILE", "TRY", "EXCEPT", "FINALLY", "END"),
        *("VAR", "RETURN", "BREAK", "CONTINUE", "GROUP"),
    }
)
_CALLED: Final = frozenset(
    {
        *("expectrequest", "getbinaryfile", "respondwithdata", "respondwithfault", "respondwithfile"),
        *("respondwithjson", "respondwithredirect"),
    }
)
_NAME: Final = re.compile(r"[^\s$@&%#*|\[\]{}=.][^$@&%{}\t\n]*")


class Cell(NamedTuple):
    """An argument: text, or the bytes of a file; without a name if it is positional."""

    name: str
    value: str | bytes
    media_type: str = ""


def check_keyword(name: object) -> str:
    """A name of a keyword. Raises `UsageError`."""
    text = name.strip() if isinstance(name, str) else ""
    if not _NAME.fullmatch(text) or "  " in text or not text.isprintable():
        raise UsageError(f"keyword: the name of a keyword is needed, such as Expect Recorded Traffic, not {name!r}.")
    if text.upper() in _CONTROL or text.lower().replace(" ", "").replace("_", "") in _CALLED:
        raise UsageError(
            f"keyword: {name!r} has a meaning in the file itself. Give another name, such as Expect Recorded Traffic."
        )
    return text


class ResourceWriter:
    """Writes requests as a resource file; ``directory`` is the name of the one with bodies, beside the file.

    A body of more than ``most`` bytes is written to a file.
    """

    def __init__(
        self, exchanges: Sequence[Exchange], secrets: Secrets, keyword: str, directory: str, most: int
    ) -> None:
        self._secrets = secrets
        self._keyword = keyword
        self._directory = directory
        self._most = most
        self._exchanges = exchanges
        self._planner = Planner(exchanges, secrets, most, as_sent=False)
        self.plan: Plan = self._planner.plan()

    def write(self, file: TextIO, bodies: Bodies) -> None:
        with TemporaryFile("w+", encoding="utf-8", newline="\n") as steps:
            script = _Script(steps, bodies, self._directory)
            for planned in self.plan.expectations:
                found, made = self._planner.wanted(planned)
                request = self._exchanges[planned.first].request
                script.call("Expect Request", self._request_cells(request, found, made))
                for repeat in planned.repeats(self._exchanges):
                    keyword, cells = self._response(repeat.exchange)
                    times = [] if repeat.times is None else [Cell("times", str(repeat.times))]
                    script.call(keyword, [*cells, *times])
            for exchange, reason in self.plan.left_out:
                script.comment(self._secrets.hide(f"Left out: {exchange}: {reason}"))
            for line in self._head(script):
                file.write(f"{line}\n")
            steps.seek(0)
            for line in steps:
                file.write(line)

    def _head(self, script: _Script) -> Iterator[str]:
        settings = [
            "*** Settings ***",
            "Documentation    Received requests and their responses, written by `Save Received Requests`.",
            "...              The suite imports HttpServerLibrary, because it chooses the options.",
        ]
        if script.reads_files:
            settings += ["", "Library          OperatingSystem"]
        keyword = [
            *("", "", "*** Keywords ***", self._keyword),
            f"{_INDENT}[Documentation]    Expects the recorded requests, and gives the recorded responses.",
        ]
        # Robocop does not count the calls of a keyword that is too long.
        if script.lines + 1 > _MAX_LINES_OF_KEYWORD:
            keyword.append(f"{_INDENT}# robocop: off=too-long-keyword")
        elif script.calls > _MAX_CALLS:
            keyword.append(f"{_INDENT}# robocop: off=too-many-calls-in-keyword")
        if len(settings) + len(keyword) + script.lines > _MAX_LINES:
            yield from ("*** Comments ***", "# robocop: off=file-too-long", "", "")
        yield from settings
        yield from keyword

    def _request_cells(self, request: Request, found: Wanted, made: Arguments) -> list[Cell]:
        cells = []
        for name, value in made.items():
            media_type = request.content_type
            if isinstance(value, str) and len(value.encode("utf-8", "surrogatepass")) > self._most:
                if name in ("json", "json_subset"):
                    value, media_type = _pretty(value), JSON
                elif name == "text" and isinstance(found.body, TextBody) and found.body.data is not None:
                    name, value = "data", found.body.data
            cells.append(Cell("" if name == "path" else name, value, media_type))
        return cells

    def _response(self, exchange: Exchange) -> tuple[str, list[Cell]]:
        """The keyword that gives the response of an exchange, and its arguments."""
        request, answer = exchange.request, answer_of(exchange, self._secrets)
        if answer.broken is not None:
            return "Respond With Fault", [*self._fault(answer)]
        location = answer.values("location")
        if (
            300 <= answer.status <= 399
            and not answer.body
            and not answer.values("content-type")
            and len(location) == 1
            and _is_sent_as_written(location[0])
        ):
            status = [] if answer.status == 302 and not answer.reason else [_status(answer)]
            return "Respond With Redirect", [Cell("", location[0]), *status, *_headers(answer, "location")]
        text = self._text(answer.content)
        coding = [] if answer.coding is None else [Cell("content_encoding", answer.coding)]
        common = [
            *coding,
            *([] if answer.status == 200 and not answer.reason else [_status(answer)]),
            *_headers(answer, *(["content-encoding"] if coding else [])),
        ]
        if text is not None and says_json(answer.media_type) and _is_json(text):
            return "Respond With Json", [Cell("", text), *_content_type(answer, JSON), *common]
        if text is not None:
            body = [Cell("", text)] if text else []
            return "Respond With Data", [*body, *_content_type(answer, TEXT), *common]
        content = Cell("", answer.content, answer.media_type)
        if _is_same_as_file(request, answer):
            guessed = type_of(f"file{suffix_of(answer.media_type)}")
            return "Respond With File", [content, *_content_type(answer, guessed), *common]
        return "Respond With Data", [content, *_content_type(answer, TEXT), *common]

    def _text(self, content: bytes) -> str | None:
        """A body as text, if that is what a cell can hold."""
        if len(content) > self._most:
            return None
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return None
        return text if is_readable(text) else None

    def _fault(self, answer: Answer) -> Iterator[Cell]:
        broken = answer.broken
        assert broken is not None
        yield Cell("", str(broken.how))
        if broken.after is None and broken.how is not Ending.STALE:
            # Nothing of the response is sent.
            return
        if broken.how is not Ending.STALE:
            # A body with a masked part may be shorter.
            after = min(broken.after or 0, len(answer.body))
            yield Cell("after", str(after) if after else "HEAD")
        # With the coding, because so many of these bytes are sent.
        text = self._text(answer.body)
        yield Cell("body", answer.body if text is None else text, answer.media_type)
        yield from _content_type(answer, "application/octet-stream" if text is None else TEXT)
        if answer.status != 200 or answer.reason:
            yield _status(answer)
        yield from _headers(answer)


def _pretty(value: str) -> bytes:
    return json.dumps(json.loads(value), ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace")


def _is_sent_as_written(location: str) -> bool:
    return bool(location.strip()) and location.isprintable() and iri_to_uri(location) == location


def _is_json(text: str) -> bool:
    """Whether it is JSON that is sent as written."""
    try:
        return json_bytes(text, "body") == text.encode()
    except UsageError:
        return False


def _is_same_as_file(request: Request, answer: Answer) -> bool:
    """Whether `Respond With File` sends exactly this: for status 200 it adds headers, and obeys conditions."""
    # An expectation takes its method in any case.
    if answer.status != 200 or request.method.upper() not in ("GET", "HEAD"):
        return not has_no_body(request.method, answer.status)
    pairs = [*answer.headers]
    has_all = all(answer.values(name) for name in ("etag", "last-modified", "accept-ranges"))
    is_whole = requested_range(request, pairs, len(answer.content)) is None
    return has_all and is_whole and precondition_status(request, pairs) is None


def _status(answer: Answer) -> Cell:
    return Cell("status", f"{answer.status} {answer.reason}".rstrip())


def _content_type(answer: Answer, default: str) -> Iterator[Cell]:
    """The Content-Type; an empty one for none, where the library would send its own."""
    is_argument = bool(answer.content_type) or not answer.values("content-type")
    if is_argument and answer.content_type != default:
        yield Cell("content_type", answer.content_type)


def _headers(answer: Answer, *without: str) -> Iterator[Cell]:
    """The headers other than those of arguments; a Content-Type that is no argument is among them."""
    is_argument = bool(answer.content_type) or not answer.values("content-type")
    pairs = answer.others(*without, *(["content-type"] if is_argument else []))
    if not pairs:
        return
    lines = [f"{name}: {value}".rstrip(" ") for name, value in pairs]
    if all(line.isprintable() for line in lines):
        yield Cell("headers", "\n".join(lines))
        return
    # A line break of another alphabet would end the line.
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    yield Cell("headers", json.dumps({name: found if len(found) > 1 else found[0] for name, found in values.items()}))


class _Script:
    """The steps of a keyword. ``lines`` and ``calls`` count them; ``reads_files`` says whether one reads a file."""

    def __init__(self, file: IO[str], bodies: Bodies, directory: str) -> None:
        self._file = file
        self._bodies = bodies
        self._directory = directory
        self.lines = 0
        self.calls = 0
        self.reads_files = False

    def call(self, keyword: str, cells: Sequence[Cell]) -> None:
        written = [self._cell(keyword, cell) for cell in cells]
        self._step(keyword, written)

    def comment(self, text: str) -> None:
        self._line(f"{_INDENT}# {shortened(visible(text, _MAX_LINE), _MAX_COMMENT)}")

    def _cell(self, keyword: str, cell: Cell) -> str:
        prefix = f"{cell.name}=" if cell.name else ""
        variable = _VARIABLES.get(cell.name, cell.name or "body")
        if isinstance(cell.value, bytes):
            name = self._bodies.put(cell.value, cell.media_type)
            path = f"${{CURDIR}}/{escape(self._directory)}/{name}"
            if keyword == "Respond With File":
                return path
            self.reads_files = True
            self._step(f"${{{variable}}}", ["Get Binary File", path])
            return f"{prefix}${{{variable}}}"
        if not cell.value:
            return f"{prefix}${{EMPTY}}"
        written = escape(f"{prefix}{cell.value}") if prefix else positional(cell.value)
        if len(written) + len(_CONTINUED) <= _MAX_LINE:
            return written
        if variable == "body" and keyword == "Expect Request" and not cell.name:
            variable = "path"
        self._variable(variable, cell.value)
        return f"{prefix}${{{variable}}}"

    def _variable(self, name: str, text: str) -> None:
        pieces, separator = _divided(text)
        cells = [_value(piece) if piece else "${EMPTY}" for piece in pieces]
        self._step(f"VAR{_SEPARATOR}${{{name}}}", [*cells, *separator], is_long=True)

    def _step(self, first: str, cells: Sequence[str], *, is_long: bool = False) -> None:
        self.calls += 1
        line = _INDENT + _SEPARATOR.join([first, *cells])
        if len(line) <= _MAX_LINE and not is_long:
            self._line(line)
            return
        self._line(f"{_INDENT}{first}")
        for cell in cells:
            self._line(f"{_CONTINUED}{cell}")

    def _line(self, line: str) -> None:
        self.lines += 1
        self._file.write(f"{line}\n")


_ROOM: Final = _MAX_LINE - len(_CONTINUED)


def _value(piece: str) -> str:
    """A value of VAR, which must not be taken for one of its options."""
    return _OPTION.sub(r"\1\\=", escape(piece))


def _divided(text: str) -> tuple[list[str], list[str]]:
    """A long text in pieces that fit on a line, and how to join them: by line, by word, or anywhere."""
    lines = text.split("\n")
    if len(lines) > 1 and all(len(_value(line)) <= _ROOM for line in lines):
        return lines, ["separator=\\n"]
    words = _by_word(text)
    return (words, []) if words else (_anywhere(text), ["separator=${EMPTY}"])


def _by_word(text: str) -> list[str]:
    """Lines of words, to be joined by spaces; empty if a word does not fit."""
    pieces = [""]
    for index, word in enumerate(text.split(" ")):
        piece = f"{pieces[-1]} {word}" if index else word
        if index and len(_value(piece)) > _ROOM:
            piece = word
            pieces.append(piece)
        else:
            pieces[-1] = piece
        if len(_value(piece)) > _ROOM:
            return []
    return pieces if all(piece.strip(" ") == piece and piece for piece in pieces) and " ".join(pieces) == text else []


def _anywhere(text: str) -> list[str]:
    pieces = []
    at = 0
    while at < len(text):
        end = min(len(text), at + _ROOM)
        while len(_value(text[at:end])) > _ROOM:
            end -= max(1, (end - at) // 10)
        if end < len(text):
            best = max(text.rfind(mark, at + (end - at) // 2, end) for mark in _BREAKS)
            end = best + 1 if best > at else end
        pieces.append(text[at:end])
        at = end
    return pieces
