"""Keywords that return, log and save received requests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from robot.api.deco import keyword

from ..engine.arguments import member
from ..engine.formats.saving.answer import is_being_sent
from ..engine.formats.saving.save import save
from ..engine.matching.description import ANY
from ..engine.records.received import ReceivedRequest
from ..engine.words import counted
from ..log.messages import LogLevel, log_table, write
from ..log.table import Received
from ..version import __version__
from .base import KeywordBase
from .fields import RequestFields, RequestPath, Size, with_request_fields
from .limits import size
from .outcome import fail_as_too_few

if TYPE_CHECKING:
    from typing_extensions import Unpack


# Seconds. A client has read its response a moment before the server knows that all of it is sent.
_MAX_SENDING: Final = 1.0


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
        keyword: str = "Expect Recorded Traffic",
        bodies_over: Size = "2 KiB",
        path: RequestPath = ANY,
        after: ReceivedRequest | None = None,
        server: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> str:
        """Saves the received requests that look like this, with their responses, in the format of the file name.

        | = Name ends in = | = Format = |
        | ``.har`` | An HTTP Archive (HAR 1.2), which the network tools of browsers import. |
        | ``.resource`` | A resource file with a keyword that expects and answers them; see `Record a real service`. |
        | ``.json`` | Mappings for WireMock. |

        Secrets are masked; see `Secrets`. What is masked in a request is not compared, and what is masked in a response
        is sent as ``***``.

        From a HAR, a program can send each request again byte by byte, except for what is masked or was not kept:
        ``_target`` is the request target if the URL differs from it. If a body is not text, ``text`` of ``postData`` is
        base64, and ``_encoding`` says so. If it has a Content-Encoding, ``text`` is decoded, and ``_sent`` is the body
        as sent, in base64. Of a response, ``_raw`` says that its content is raw bytes, and ``_fault`` how it was broken
        on purpose.

        Args:
            file: The file to write. A relative path is resolved against the directory in which the run was started, as
                in the OperatingSystem library. Missing directories are created, and an existing file is replaced.
            keyword: Name of the keyword in a resource file.
            bodies_over: A larger body becomes a file of its own: for a resource file in a directory of the same name
                beside it, for mappings in ``__files``. In a resource file, so does a body that is not text. Existing
                files are replaced.
            path: Path without the query, or an expectation, which stands for the requests that it took; see `Request
                description` for this and all other fields.
            after: A received request; only requests that arrived after it count.
            server: Alias of the server; the current one when left out.

        Returns:
            The absolute path of the file.

        Fails when the name ends in anything else, the file cannot be written, or none of the requests can become an
        expectation. Then existing files stay as they were.

        Example:
        | Save Received Requests    ${OUTPUT DIR}/orders.har    path=/orders    method=POST
        | Save Received Requests    ${OUTPUT DIR}/orders.resource    keyword=Expect Orders
        """
        http_server = self._server(server)
        selection = self._selection(http_server, path, fields, after)
        selected = selection.of(selection.candidates(http_server.journal.exchanges()))
        http_server.wait(lambda: None if any(map(is_being_sent, selected)) else selected, _MAX_SENDING)
        saved = save(
            file,
            selected,
            http_server.secrets,
            keyword=keyword,
            bodies_over=size(bodies_over, "bodies_over"),
            version=__version__,
        )
        if saved.expectations is not None:
            write(f"Saved {counted(saved.expectations, 'expectation')} to {saved.path}.")
        for left_out in saved.left_out:
            write(f"Left out of {saved.path.name}: {left_out}", LogLevel.WARN)
        return str(saved.path)
