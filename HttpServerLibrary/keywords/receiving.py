"""Reading what was received."""

from __future__ import annotations

import json as json_format
from pathlib import Path

from robot.api.deco import keyword

from ..engine.arguments import UNSET
from ..engine.errors import UsageError
from ..engine.explaining import checks as explain
from ..engine.formats.har import archive
from ..engine.matching.description import ANY
from ..engine.records.received import ReceivedRequest
from ..log.messages import LogLevel, log_table
from ..log.table import Received
from ..version import __version__
from .base import Body, Credentials, Function, KeywordBase, Methods, Named, Schema, Text, Token
from .outcome import fail, not_listed


class ReceivingKeywords(KeywordBase):
    @keyword
    def get_received_requests(
        self,
        path: str = ANY,
        *,
        method: Methods = ANY,
        query: Named = None,
        query_subset: Named = None,
        headers: Named = None,
        cookies: Named = None,
        basic_auth: Credentials = None,
        bearer_token: Token = None,
        text: Text = None,
        data: Body = None,
        json: object = UNSET,
        json_subset: object = UNSET,
        json_ignore_order: bool = False,
        json_path: Named = None,
        json_schema: Schema = None,
        xml: Body = None,
        xpath: Named = None,
        form: Named = None,
        files: Named = None,
        matcher: Function | None = None,
        server: str | None = None,
    ) -> list[ReceivedRequest]:
        """Returns the received requests that look like this, oldest first.

        Args:
            path: Path without the query; see `Request description` for this and all other fields.
            server: Alias of the server; the current one when left out.

        Returns:
            A list of received requests, empty when there are none.

        Example:
        | ${requests} =    Get Received Requests    /orders    method=POST
        | Length Should Be    ${requests}    2
        """
        chosen = self._server(server)
        description = self._described(chosen, locals())
        found = self._select(description, chosen.journal.exchanges())
        return [ReceivedRequest(exchange, description) for exchange in found]

    @keyword
    def get_received_request(
        self,
        path: str = ANY,
        *,
        method: Methods = ANY,
        query: Named = None,
        query_subset: Named = None,
        headers: Named = None,
        cookies: Named = None,
        basic_auth: Credentials = None,
        bearer_token: Token = None,
        text: Text = None,
        data: Body = None,
        json: object = UNSET,
        json_subset: object = UNSET,
        json_ignore_order: bool = False,
        json_path: Named = None,
        json_schema: Schema = None,
        xml: Body = None,
        xpath: Named = None,
        form: Named = None,
        files: Named = None,
        matcher: Function | None = None,
        server: str | None = None,
    ) -> ReceivedRequest:
        """Returns the last received request that looks like this.

        Args:
            path: Path without the query; see `Request description` for this and all other fields.
            server: Alias of the server; the current one when left out.

        Returns:
            The received request.

        Fails when there is none, with the received request that came nearest.

        Example:
        | ${request} =    Get Received Request    /orders
        | Should Be Equal    ${request.json}[item]    book
        | Should Be Equal    ${request.headers}[Content-Type]    application/json
        """
        chosen = self._server(server)
        description = self._described(chosen, locals())
        received = chosen.journal.exchanges()
        found = self._select(description, received)
        if not found:
            fail(
                chosen,
                explain.not_received(
                    description,
                    "No received request matches",
                    (),
                    received,
                    str(chosen),
                    not_listed(chosen, description),
                ),
            )
        return ReceivedRequest(found[-1], description)

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
    def log_received_requests(self, *, level: LogLevel = "INFO", server: str | None = None) -> None:
        """Logs the received requests of a server as a table; each row opens to show request and response.

        The table has a bar for each request on a common time line. A failed test that received requests gets such a
        table by itself; see `The log`.

        Args:
            level: Log level of the table.
            server: Alias of the server; the current one when left out.

        Example:
        | Log Received Requests
        """
        chosen = self._server(server)
        received = [Received(chosen, exchange) for exchange in chosen.journal.arrived()]
        frame = self._scopes.innermost
        log_table([chosen], received, frame.scope, level)
        # The table at the end of a failed test has the level INFO.
        if level not in ("TRACE", "DEBUG") and all(entry.exchange.response is not None for entry in received):
            frame.logged.update(received)

    @keyword
    def save_received_requests(
        self,
        file: Path,
        *,
        path: str = ANY,
        method: Methods = ANY,
        query: Named = None,
        query_subset: Named = None,
        headers: Named = None,
        cookies: Named = None,
        basic_auth: Credentials = None,
        bearer_token: Token = None,
        text: Text = None,
        data: Body = None,
        json: object = UNSET,
        json_subset: object = UNSET,
        json_ignore_order: bool = False,
        json_path: Named = None,
        json_schema: Schema = None,
        xml: Body = None,
        xpath: Named = None,
        form: Named = None,
        files: Named = None,
        matcher: Function | None = None,
        server: str | None = None,
    ) -> str:
        """Saves the received requests that look like this, with their responses, as an HTTP Archive (HAR 1.2).

        The network tools of browsers import such a file. Secrets are masked; see `The log`.

        Args:
            file: The file to write. A relative path starts from the directory in which the run was started, as with
                the library OperatingSystem. Missing directories are made, and a file that is there is replaced.
            path: Path without the query; see `Request description` for this and all other fields.
            server: Alias of the server; the current one when left out.

        Returns:
            The absolute path of the file.

        Fails when the file cannot be written.

        Example:
        | Save Received Requests    ${OUTPUT DIR}/orders.har    path=/orders    method=POST
        """
        chosen = self._server(server)
        description = self._described(chosen, locals())
        found = self._select(description, chosen.journal.exchanges())
        har = archive(found, chosen.secrets, "HttpServerLibrary", __version__)
        target = file.absolute()
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json_format.dumps(har, indent=1), encoding="ascii")
        except OSError as error:
            raise UsageError(f"file: '{target}' cannot be written: {error.strerror}.") from None
        return str(target)
