"""Keywords that return, log and save received requests."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from robot.api.deco import keyword

from ..engine.arguments import member
from ..engine.errors import UsageError
from ..engine.formats.har import archive
from ..engine.matching.description import ANY
from ..engine.records.received import ReceivedRequest
from ..log.messages import LogLevel, log_table
from ..log.table import Received
from ..version import __version__
from .base import KeywordBase
from .fields import RequestFields, RequestPath, with_request_fields
from .outcome import fail_as_too_few

if TYPE_CHECKING:
    from typing_extensions import Unpack


class ReceivingKeywords(KeywordBase):
    @keyword
    @with_request_fields
    def get_received_requests(
        self,
        path: RequestPath = ANY,
        *,
        after: ReceivedRequest | None = None,
        server: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> list[ReceivedRequest]:
        """Returns the received requests that look like this, oldest first.

        Args:
            path: Path without the query, or an expectation, which stands for the requests that it took; see `Request
                description` for this and all other fields.
            after: A received request; only requests that arrived after it count.
            server: Alias of the server; the current one when left out.

        Returns:
            A list of received requests, empty when there are none.

        Example:
        | ${requests} =    Get Received Requests    /orders    method=POST
        | Length Should Be    ${requests}    2
        """
        http_server = self._server(server)
        selection = self._selection(http_server, path, fields, after)
        selected = selection.of(selection.candidates(http_server.journal.exchanges()))
        return [ReceivedRequest(exchange, selection.description) for exchange in selected]

    @keyword
    @with_request_fields
    def get_received_request(
        self,
        path: RequestPath = ANY,
        *,
        after: ReceivedRequest | None = None,
        server: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> ReceivedRequest:
        """Returns the last received request that looks like this.

        Args:
            path: Path without the query, or an expectation, which stands for the requests that it took; see `Request
                description` for this and all other fields.
            after: A received request; only requests that arrived after it count.
            server: Alias of the server; the current one when left out.

        Returns:
            The received request.

        Fails when there is none, with the nearest received request.

        Example:
        | ${request} =    Get Received Request    /orders
        | Should Be Equal    ${request.json}[item]    book
        | Should Be Equal    ${request.headers}[Content-Type]    application/json
        """
        http_server = self._server(server)
        selection = self._selection(http_server, path, fields, after)
        candidates = selection.candidates(http_server.journal.exchanges())
        selected = selection.of(candidates)
        if not selected:
            verb = " matches" if selection.is_described else ""
            wanted = f"No received request{selection.condition}{verb}"
            fail_as_too_few(http_server, selection, wanted, selected, candidates)
        return ReceivedRequest(selected[-1], selection.description)

    @keyword
    def clear_received_requests(self, *, server: str | None = None) -> None:
        """Forgets the received requests of a server; expectations and problems stay.

        Args:
            server: Alias of the server; the current one when left out.

        Example:
        | Clear Received Requests
        """
        self._server(server).journal.clear_received()

    @keyword
    def log_received_requests(self, *, level: LogLevel = LogLevel.INFO, server: str | None = None) -> None:
        """Logs the received requests of a server as a table; each row opens to show request and response.

        The table has a bar for each request on a common time line. A failed test that received requests gets such a
        table automatically. See `The log`.

        Args:
            level: Log level of the table.
            server: Alias of the server; the current one when left out.

        Example:
        | Log Received Requests
        """
        http_server = self._server(server)
        level = member(LogLevel, level, "level")
        received = [Received(http_server, exchange) for exchange in http_server.journal.arrived()]
        frame = self._scopes.innermost
        log_table([http_server], received, frame.scope, level)
        # The table at the end of a failed test has the level INFO.
        answered = all(entry.exchange.response is not None for entry in received)
        if answered and level not in (LogLevel.TRACE, LogLevel.DEBUG):
            frame.logged.update(received)

    @keyword
    @with_request_fields
    def save_received_requests(
        self,
        file: Path,
        *,
        path: RequestPath = ANY,
        after: ReceivedRequest | None = None,
        server: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> str:
        """Saves the received requests that look like this, with their responses, as an HTTP Archive (HAR 1.2).

        The network tools of browsers import such a file. Secrets are masked; see `Secrets`. A program can send each
        request again byte by byte, except for what is masked or was not kept: ``_target`` is the request target if the
        URL differs from it. If a body is not text, ``text`` of ``postData`` is base64, and ``_encoding`` says so. If it
        has a Content-Encoding, ``text`` is decoded, and ``_sent`` is the body as sent, in base64.

        Args:
            file: The file to write. A relative path is resolved against the directory in which the run was started, as
                in the OperatingSystem library. Missing directories are created, and an existing file is replaced.
            path: Path without the query, or an expectation, which stands for the requests that it took; see `Request
                description` for this and all other fields.
            after: A received request; only requests that arrived after it count.
            server: Alias of the server; the current one when left out.

        Returns:
            The absolute path of the file.

        Fails when the file cannot be written.

        Example:
        | Save Received Requests    ${OUTPUT DIR}/orders.har    path=/orders    method=POST
        """
        http_server = self._server(server)
        selection = self._selection(http_server, path, fields, after)
        selected = selection.of(selection.candidates(http_server.journal.exchanges()))
        har = archive(selected, http_server.secrets, "HttpServerLibrary", __version__)
        target = Path(file).absolute()
        # An interrupt while the archive is made leaves an existing file as it was.
        with TemporaryFile("w+", encoding="ascii") as made:
            made.writelines(har)
            made.seek(0)
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("w", encoding="ascii") as saved:
                    copyfileobj(made, saved)
            except (OSError, ValueError) as error:
                # ValueError: the name has a NUL.
                reason = error.strerror if isinstance(error, OSError) else error
                raise UsageError(f"file: '{target}' cannot be written: {reason}.") from None
        return str(target)
