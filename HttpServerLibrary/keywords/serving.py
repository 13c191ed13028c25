"""Keywords that start, stop and switch servers."""

from __future__ import annotations

from pathlib import Path

from robot.api.deco import keyword

from ..engine.arguments import boolean, member, texts_of
from ..engine.responses.unexpected import UnexpectedResponse
from ..engine.server import HttpServer
from ..engine.url import checked_host, checked_tls_name, checked_url_host, url_of
from ..engine.wire.certificates import Certificate
from ..engine.wire.tls import Tls
from ..log.messages import LogLevel, write
from ..scopes import ExecutionContext
from .base import KeywordBase, hiding, reveal
from .fields import Named, Seconds, Size, Texts
from .limits import limits_of
from .secret import Secret


class ServerKeywords(KeywordBase):
    @keyword
    def start_http_server(
        self,
        *,
        alias: str | None = None,
        host: str | None = None,
        port: int | None = None,
        url_host: str | None = None,
        tls: bool | None = None,
        tls_names: Texts = (),
        certificate: Certificate = Certificate.VALID,
        cert_file: Path | None = None,
        key_file: Path | None = None,
        key_password: str | Secret | None = None,
        client_ca_file: Path | None = None,
        cors: bool = False,
        strict: bool = True,
        max_target_size: Size = "8 KiB",
        max_header_size: Size = "64 KiB",
        max_header_count: int = 200,
        max_body_size: Size = "256 MiB",
        max_body_kept: Size = "256 MiB",
        idle_timeout: Seconds = 60,
        stall_timeout: Seconds = 60,
        handshake_timeout: Seconds = 10,
        max_requests_kept: int = 100_000,
        max_bytes_kept: Size = "256 MiB",
    ) -> str:
        """Starts an HTTP server and makes it the current one; it is ready to answer when the keyword returns.

        The server stops at the end of the suite or test that started it; see `Scopes`.

        Args:
            alias: Name for the ``server`` argument of other keywords; ``http-1``, ``http-2`` and so on when left out.
            host: Name or address of this machine to listen on; the default comes from the import. ``localhost``
                is 127.0.0.1 and ::1. ``0.0.0.0``, or ``::`` for IPv6 too, makes the server reachable from other
                machines.
            port: Port to listen on; the default comes from the import. 0 takes a free one.
            url_host: Name or address under which others reach this machine, for all URLs of the server and for its
                certificate. ``host`` says where it listens. See `Containers and other machines`.
            tls: ``True`` for HTTPS with a throw-away certificate, which needs the extra ``tls``. See `HTTPS`.
            tls_names: More names and addresses for the throw-away certificate: a list, or text with commas. ``*.``
                stands for one part of a name, as in ``*.example.com``.
            certificate: What is wrong with the throw-away certificate, to test how clients react. A bad one implies
                ``tls=True``.
            cert_file: PEM file with the certificate for HTTPS, followed by any intermediate certificates. It may have
                expired.
            key_file: PEM file with the private key; leave it out when the key is in ``cert_file``.
            key_password: Password of the private key: text or a ``Secret``.
            client_ca_file: PEM file with the CA certificates whose clients are accepted, or with the certificates of
                the clients themselves. Without it clients need no certificate.
            cors: ``True`` lets pages of all origins call the server, as `Set Cors` without arguments does, but until
                the server stops.
            strict: With ``False``, requests whose Host is not a host and port, and CONNECT with a path, are answered
                with a warning instead of status 400. Requests whose length is ambiguous are always refused.
            max_target_size: Size of the path and query of a request; a larger one gets status 414.
            max_header_size: Size of all header fields of a request together; a larger one gets status 431.
            max_header_count: Number of header fields of a request; a request with more gets status 431.
            max_body_size: Size of a request body; a larger one gets status 413 and is not read.
            max_body_kept: How much of a request body is kept. Larger bodies are truncated to this; the rest is read
                and counted. See `Limits`.
            idle_timeout: How long a connection without a request stays open.
            stall_timeout: How long a client may pause while it sends a request (then it gets status 408) or reads a
                response.
            handshake_timeout: How long the TLS handshake of a connection may take.
            max_requests_kept: Number of received requests that are kept; beyond it, the oldest are forgotten.
            max_bytes_kept: Size of all kept bodies and large headers together; beyond it, the oldest bodies are
                forgotten, and when headers take more than half of it, the oldest requests. See `Limits`.

        Sizes are numbers of bytes, or text such as ``64 KiB`` (64 * 1024 bytes) and ``10 MB`` (10 * 1000 * 1000).
        Times are seconds or time strings, from 1 millisecond to 24 hours.

        Returns:
            The base URL, for example ``http://localhost:49152``, or ``https://localhost:49152``.

        Fails when the port is taken, the host is not an address of this machine, a server with this alias is running,
        or a limit, name or file cannot be used. Then no server is started.

        Example:
        | ${url} =    Start Http Server
        | Start Http Server    alias=shipping    host=127.0.0.1
        | Start Http Server    alias=uploads    max_body_size=2 GiB    max_body_kept=1 MiB    idle_timeout=5 seconds
        | Start Http Server    alias=secure    tls=True
        | Start Http Server    alias=expired    certificate=EXPIRED
        | Start Http Server    alias=shared    host=0.0.0.0    url_host=host.docker.internal
        """
        self._enter()
        limits, bounds = limits_of(
            max_target_size=max_target_size,
            max_header_size=max_header_size,
            max_header_count=max_header_count,
            max_body_size=max_body_size,
            max_body_kept=max_body_kept,
            idle_timeout=idle_timeout,
            stall_timeout=stall_timeout,
            handshake_timeout=handshake_timeout,
            max_requests_kept=max_requests_kept,
            max_bytes_kept=max_bytes_kept,
        )
        host = self._options.host if host is None else checked_host(host)
        url_host = None if url_host is None else checked_url_host(url_host)
        server = self._scopes.start(
            alias,
            host,
            self._options.port if port is None else port,
            limits,
            bounds,
            url_host=url_host,
            tls=Tls.of(
                host,
                tls=None if tls is None else boolean(tls, "tls"),
                certificate=member(Certificate, certificate, "certificate"),
                cert_file=cert_file,
                key_file=key_file,
                key_password=key_password.value if isinstance(key_password, Secret) else key_password,
                client_ca_file=client_ca_file,
                url_host=url_host,
                tls_names=[checked_tls_name(name) for name in texts_of(tls_names, "tls_names")],
            ),
            cors=boolean(cors, "cors"),
            strict=boolean(strict, "strict"),
        )
        write(f"Started {server}.")
        return server.url

    @keyword
    def stop_http_server(self, *, server: str | None = None) -> None:
        """Stops a server at once; nothing is answered after it.

        What it received can be inspected until its scope ends. If it was the current server, the one started before it
        becomes current again. Stopping a stopped server does nothing.

        Args:
            server: Alias of the server; the current one when left out.

        Fails when there is no server with this alias. Does nothing when there are no servers.

        Example:
        | Stop Http Server
        | Stop Http Server    server=payments
        """
        self._enter()
        http_server = self._scopes.current if server is None else self._scopes.find(server)
        if http_server is not None:
            self._stop(http_server)
            self._scopes.hand_over(http_server)
            self._scopes.note_stopped(http_server)

    @keyword
    def stop_all_http_servers(self) -> None:
        """Stops all servers that this library started.

        Example:
        | Stop All Http Servers
        """
        self._enter()
        for server in self._scopes.running():
            self._stop(server)
            self._scopes.note_stopped(server)

    def _stop(self, server: HttpServer) -> None:
        was_running = server.running
        # Also one that was told to stop: when that was interrupted, it may not have stopped yet.
        busy = server.stop()
        if was_running:
            write(f"Stopped {server}.")
            if busy:
                running, they = ("1 handler is", "it returns") if busy == 1 else (f"{busy} handlers are", "they return")
                write(f"{running} still running after {server} was stopped; what {they} is discarded.", LogLevel.WARN)

    @keyword
    def switch_http_server(self, alias: str) -> str | None:
        """Makes another server the current one, until the end of the scope.

        Args:
            alias: Alias of the server.

        Returns:
            Alias of the server that was current before.

        Fails when there is no server with this alias.

        Example:
        | ${previous} =    Switch Http Server    payments
        | Expect Request    /refunds
        | Switch Http Server    ${previous}
        """
        self._enter()
        previous = self._scopes.switch(self._scopes.find(alias))
        return None if previous is None else previous.alias

    @keyword
    def get_http_server_url(self, path: str = "/", *, server: str | None = None) -> str:
        """Returns the absolute URL of a path.

        Args:
            path: Path with or without a query. What a URL cannot hold is percent-encoded.
            server: Alias of the server; the current one when left out.

        Returns:
            The URL, for example ``http://localhost:49152/orders``.

        Example:
        | ${url} =    Get Http Server Url    /orders?page=2
        """
        return url_of(self._server(server).url, path)

    @keyword
    def get_http_server_ca_file(self, *, server: str | None = None) -> str:
        """Returns the path of the CA certificate that clients of an HTTPS server must trust.

        All servers with ``tls=True`` or a bad ``certificate`` share one file, which exists until the end of the run.
        With a self-signed certificate of your own, it is ``cert_file``.

        Args:
            server: Alias of the server; the current one when left out.

        Returns:
            The absolute path of a PEM file.

        Fails when the server has no TLS, or ``cert_file`` does not contain the CA certificate.

        Example:
        | ${url} =    Start Http Server    tls=True
        | ${ca file} =    Get Http Server Ca File
        | Expect Request    /health
        | Respond With Data    OK
        | GET    ${url}/health    verify=${ca file}
        """
        return str(self._server(server).ca_file())

    @keyword
    def reset_http_server(self, *, server: str | None = None) -> None:
        """Forgets expectations, states, received requests and problems, also those of the suite.

        After a broken order, requests are served again. `Set Unexpected Response`, `Forward Unexpected Requests`, `Set
        Default Headers`, `Set Cors` and `Break Connections` are undone.

        In the teardown of a test or suite, unchecked problems are kept for the report at its end, so that a reset does
        not hide them. `Clear Problems` forgets them. With ``auto_check=STRICT``, unmet expectations are kept for it,
        too.

        Args:
            server: Alias of the server; the current one when left out.

        Example:
        | Reset Http Server
        """
        self._server(server).reset(keep_problems=ExecutionContext().in_teardown)

    @keyword
    def set_unexpected_response(
        self,
        *,
        status: int | str = 500,
        text: str | Secret | None = None,
        json: object | None = None,
        headers: Named = None,
        server: str | None = None,
    ) -> None:
        """Sets the response to unexpected requests, until the end of the scope.

        Such a request is still a problem; see `Check Assertions`.

        Args:
            status: Status code from 200 to 599, optionally with a reason phrase: ``404 Nothing Here``.
            text: Body as text. Without ``text`` and ``json``, the body explains why nothing matched.
            json: Body as JSON: a dictionary, list, number or boolean; text must be JSON.
            headers: Headers: a dictionary (a list of values repeats a header) or lines ``Name: value``.
            server: Alias of the server; the current one when left out.

        Fails when ``text`` and ``json`` are both given, or the status, a header or the JSON cannot be sent. Then the
        previous setting stays.

        Example:
        | Set Unexpected Response    status=404
        | Set Unexpected Response    status=404    json={"error": "not found"}
        """
        http_server = self._server(server)
        scope = http_server.book.innermost()
        with hiding(http_server.secrets):
            http_server.book.unexpected = UnexpectedResponse(
                status=status,
                text=reveal(text, "text", http_server.secrets, scope),
                json=reveal(json, "json", http_server.secrets, scope),
                headers=reveal(headers, "headers", http_server.secrets, scope),
            )
