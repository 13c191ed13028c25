"""The keyword for requests that the server sends itself."""

from __future__ import annotations

from robot.api.deco import keyword

from ..engine.arguments import UNSET, boolean
from ..engine.calling import callback_of
from ..engine.expectations.expectation import Expectation
from ..options import parse_seconds, parse_seconds_text
from .base import hiding
from .fields import Named, Seconds
from .giving import GivingKeywords
from .secret import Secret


class CallingKeywords(GivingKeywords):
    @keyword
    def send_request_after_response(
        self,
        method: str,
        url: str | Secret,
        *,
        json: object = UNSET,
        data: str | bytes | Secret | None = None,
        headers: Named = None,
        delay: Seconds = 0,
        template: bool = False,
        timeout: Seconds = 10,
        to: Expectation | None = None,
    ) -> None:
        """Sends a request after each response of an expectation: a webhook or callback.

        The server sends it itself, in a thread of its own. Several are allowed; they are sent at the same time. They
        are in ``callbacks`` of the received request, each with ``method``, ``url``, ``headers``, ``text``, ``data``,
        ``json`` and ``response``, which is ``None`` until it came. `Wait Until Expectations Are Met` waits for them.
        What is not over when the test ends, or the server is reset or stopped, is cancelled, which is not reported as a
        problem.

        Redirects are not followed, and proxies of the environment are not used. An HTTPS server with a certificate of
        this library is trusted.

        Args:
            method: Method of the request, such as ``POST``.
            url: Absolute URL, beginning with ``http://`` or ``https://``.
            json: JSON body: a dictionary, list, number, boolean or ``${None}``. Text must be JSON.
            data: Body as text (UTF-8) or bytes.
            headers: More headers: a dictionary (a list of values repeats a header) or lines ``Name: value``.
            delay: Time from the response to this request, in seconds or as a time string.
            template: ``True`` fills in ``{{ ... }}`` in the URL, the body and the headers; see `Templates`.
            timeout: Time that the request and its response may take, in seconds or as a time string.
            to: The expectation; the one registered last when left out.

        A request that fails, or gets a status over 399, is a problem of kind ``CALLBACK FAILED``.

        Fails when the URL, the method, a header or the body cannot be sent, a template has an error, or there is no
        expectation.

        Example:
        | Expect Request    /orders    method=POST
        | Respond With Json    {"id": 7}    status=202
        | Send Request After Response    POST    {{ request.json.callback }}    json={"state": "paid"}    template=True
        """
        target = self._target(to)
        with hiding(target.secrets):
            callback = callback_of(
                method,
                target.reveal(url, "url"),
                json=json if json is UNSET else target.reveal(json, "json"),
                data=target.reveal(data, "data"),
                headers=target.reveal(headers, "headers"),
                template=boolean(template, "template"),
                delay=parse_seconds(delay, "delay"),
                timeout=parse_seconds_text(timeout, "timeout"),
            )
            self._server_of(target.expectation).book.call(target.expectation, callback)
