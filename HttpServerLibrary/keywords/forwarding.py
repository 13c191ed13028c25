"""Keywords that forward requests to a real service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from robot.api.deco import keyword

from ..engine.arguments import boolean
from ..engine.responses.forwarding import Forwarding, Own
from ..engine.server import HttpServer
from ..engine.wire.certificates import known_ca_file
from ..options import parse_seconds
from .base import hiding, reveal
from .fields import Named, Recipient, Seconds, States, Times
from .giving import GivingKeywords
from .secret import Secret


class ForwardingKeywords(GivingKeywords):
    @keyword
    def respond_by_forwarding(
        self,
        upstream: str | Secret,
        *,
        headers: Named = None,
        remove_headers: Sequence[str] | str = (),
        timeout: Seconds = 30,
        verify: bool | Path = True,
        keep_host: bool = False,
        delay: Seconds = 0,
        times: Times | None = None,
        set_state: States = None,
        to: Recipient | None = None,
    ) -> None:
        """Sends the request on to a real service, and the answer of that back.

        The path and query of the request are added to the URL as the client sent them. Headers keep their order, case
        and repeats, and bodies their encoding, such as gzip. Redirects are not followed. The answer is passed on while
        it arrives, so downloads take no memory and events pass at once; its first 1 MiB is recorded. Headers of the
        connection alone, such as ``Connection`` and ``Transfer-Encoding``, are dropped, as RFC 9110, 7.6.1 says. So
        are ``Expect``, trailers, and interim answers such as ``103 Early Hints``. A request that came in chunks is sent
        with a ``Content-Length``. See `Forwarding`.

        Args:
            upstream: Absolute URL of the service, such as ``https://api.example.com`` or ``http://localhost:8080/v2``.
            headers: Headers to add to the request, or to replace those of the client: a dictionary (a list of values
                repeats a header) or lines ``Name: value``.
            remove_headers: Names of headers of the client that are not sent on.
            timeout: Time that the service may take until its answer begins, and then from piece to piece, in seconds
                or as a time string.
            verify: ``False`` accepts any certificate of an HTTPS service. A path is that of a PEM file with more
                certificates to trust.
            keep_host: ``True`` leaves the ``Host`` of the client as it is; otherwise it becomes that of the service.
            delay: Time to wait before the answer is sent back, in seconds or as a time string.
            times: How many requests it answers, before the next response is due; see `Several responses`.
            set_state: A state to set when it is due, such as ``order=shipped``; see `State`.
            to: The expectation, or a request of `Respond Later`; the expectation registered last when left out.

        When no answer comes, the client gets status 502, and it is a problem of kind ``FORWARDING FAILED``. When the
        answer breaks off in the middle, so does the response. The headers of an answer may take 256 KiB.
        A client that leaves ends its request to the service. HTTPS servers of this library are trusted, and proxies of
        the environment are not used.

        Fails when the URL is not that of a service, or is that of this server; a header cannot be sent, the file has
        no certificate, or there is no expectation.

        Example:
        | Expect Request    /orders/7
        | Respond By Forwarding    https://api.example.com    remove_headers=Cookie    timeout=5 seconds
        """
        with self._responding(to, delay=delay, times=times, set_state=set_state) as target:
            target.responder = _forwarding(
                self._server_of(target.expectation),
                target.reveal(upstream, "upstream"),
                target.reveal(headers, "headers"),
                remove_headers,
                timeout,
                verify,
                keep_host,
            )

    @keyword
    def forward_unexpected_requests(
        self,
        upstream: str | Secret | None,
        *,
        headers: Named = None,
        remove_headers: Sequence[str] | str = (),
        timeout: Seconds = 30,
        verify: bool | Path = True,
        keep_host: bool = False,
        server: str | None = None,
    ) -> None:
        """Sends requests that no expectation matches on to a real service, until the end of the scope.

        So a test can replace single responses of a service. What is forwarded is no problem, unless that fails; it is
        among the received requests with its response. A request that breaks an order, or follows a broken order, is
        not forwarded. `Respond By Forwarding` says what is sent. The response of `Set Unexpected Response` is not
        used meanwhile.

        Args:
            upstream: Absolute URL of the service; ``${None}`` forwards no more.
            headers: Headers to add to each request, or to replace those of the client: a dictionary (a list of values
                repeats a header) or lines ``Name: value``.
            remove_headers: Names of headers of the client that are not sent on.
            timeout: Time that the service may take until its answer begins, and then from piece to piece, in seconds
                or as a time string.
            verify: ``False`` accepts any certificate of an HTTPS service. A path is that of a PEM file with more
                certificates to trust.
            keep_host: ``True`` leaves the ``Host`` of the client as it is; otherwise it becomes that of the service.
            server: Alias of the server; the current one when left out.

        Fails when the URL is not that of a service, or is that of this server; a header cannot be sent, or the file has
        no certificate. Then the previous setting stays.

        Example:
        | Forward Unexpected Requests    https://api.example.com
        | Expect Request    /orders/7
        | Respond With Json    {"id": 7}    status=404
        """
        http_server = self._server(server)
        if upstream is None:
            http_server.book.forwarding = None
            return
        scope = http_server.book.innermost()
        with hiding(http_server.secrets):
            http_server.book.forwarding = _forwarding(
                http_server,
                reveal(upstream, "upstream", http_server.secrets, scope),
                reveal(headers, "headers", http_server.secrets, scope),
                remove_headers,
                timeout,
                verify,
                keep_host,
            )


def _forwarding(
    server: HttpServer,
    upstream: object,
    headers: object,
    remove_headers: object,
    timeout: Seconds,
    verify: object,
    keep_host: object,
) -> Forwarding:
    return Forwarding(
        upstream,
        headers=headers,
        remove_headers=remove_headers,
        timeout=parse_seconds(timeout, "timeout"),
        verify=verify,
        keep_host=boolean(keep_host, "keep_host"),
        own=Own(server.host, server.port, server.url_host),
        known_ca_file=known_ca_file,
    )
