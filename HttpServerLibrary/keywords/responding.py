"""Keywords that set responses."""

from __future__ import annotations

from pathlib import Path

from robot.api.deco import keyword
from werkzeug import Response

from ..engine.arguments import boolean
from ..engine.expectations.expectation import Expectation
from ..engine.responses.file import File
from ..engine.responses.handler import Handler
from ..engine.responses.later import Later
from ..engine.responses.static import respond_data, respond_json, respond_redirect, respond_response
from ..options import parse_seconds
from .fields import Coding, Function, Named, Recipient, Seconds, States, Times
from .giving import GivingKeywords
from .secret import Secret


class RespondingKeywords(GivingKeywords):
    @keyword
    def respond_with_json(
        self,
        body: object,
        *,
        content_type: str = "application/json",
        content_encoding: Coding = None,
        status: int | str = 200,
        headers: Named = None,
        template: bool = False,
        delay: Seconds = 0,
        duration: Seconds = 0,
        times: Times | None = None,
        set_state: States = None,
        to: Recipient | None = None,
    ) -> None:
        """Answers with JSON.

        Args:
            body: Dictionary, list, number, boolean or ``${None}``. Text must be JSON and is sent as written.
            content_type: Content-Type of the response.
            content_encoding: ``gzip`` or ``deflate`` to send the body compressed; not compressed when left out.
            status: Status code from 200 to 599, optionally with a reason phrase: ``404 Nothing Here``.
            headers: More headers: a dictionary (a list of values repeats a header) or lines ``Name: value``.
            template: ``True`` fills in ``{{ ... }}`` in the body and the headers for each request; see `Templates`.
            delay: Time to wait before the response is sent, in seconds or as a time string.
            duration: Time over which the body is sent, in equal pieces: one every 50 ms, at most 1,000.
            times: How many requests it answers, before the next response is due; see `Several responses`.
            set_state: A state to set when it is due, such as ``order=shipped``; see `State`.
            to: The expectation, or a request of `Respond Later`; the expectation registered last when left out.

        Fails when text is not JSON (with line and column), the status or a header cannot be sent, the content encoding
        is unknown or also among the headers, the delay is negative, or there is no expectation. Then the expectation
        keeps the response it had.

        Example:
        | Expect Request    /orders/7
        | Respond With Json    {"id": 7, "items": []}
        | Respond With Json    ${None}    status=404    headers=X-Trace: 1
        | Respond With Json    {"id": 7}    content_encoding=gzip
        """
        with self._responding(to, delay=delay, duration=duration, times=times, set_state=set_state) as target:
            target.responder = respond_json(
                target.reveal(body, "body"),
                content_type=content_type,
                content_encoding=content_encoding,
                status=status,
                headers=target.reveal(headers, "headers"),
                template=boolean(template, "template"),
            )

    @keyword
    def respond_with_data(
        self,
        data: str | bytes | Secret = "",
        *,
        content_type: str | None = None,
        content_encoding: Coding = None,
        status: int | str = 200,
        headers: Named = None,
        template: bool = False,
        delay: Seconds = 0,
        duration: Seconds = 0,
        times: Times | None = None,
        set_state: States = None,
        to: Recipient | None = None,
    ) -> None:
        """Answers with text or bytes.

        The client gets all of it, even if it asks for a part with a Range; `Respond With File` sends parts.

        Args:
            data: Text, sent as UTF-8, or bytes.
            content_type: Content-Type of the response; ``text/plain; charset=utf-8`` when left out; none when empty.
            content_encoding: ``gzip`` or ``deflate`` to send the body compressed; not compressed when left out.
            status: Status code from 200 to 599, optionally with a reason phrase: ``404 Nothing Here``.
            headers: More headers: a dictionary (a list of values repeats a header) or lines ``Name: value``.
            template: ``True`` fills in ``{{ ... }}`` in the text and the headers for each request; see `Templates`.
            delay: Time to wait before the response is sent, in seconds or as a time string.
            duration: Time over which the body is sent, in equal pieces: one every 50 ms, at most 1,000.
            times: How many requests it answers, before the next response is due; see `Several responses`.
            set_state: A state to set when it is due, such as ``order=shipped``; see `State`.
            to: The expectation, or a request of `Respond Later`; the expectation registered last when left out.

        Fails when the status or a header cannot be sent, the content encoding is unknown or also among the headers, the
        delay is negative, or there is no expectation.

        Example:
        | Expect Request    /health
        | Respond With Data    OK
        | Respond With Data    try later    status=503    delay=200 ms    headers=Retry-After: 1
        """
        with self._responding(to, delay=delay, duration=duration, times=times, set_state=set_state) as target:
            target.responder = respond_data(
                target.reveal(data, "data"),
                content_type=content_type,
                content_encoding=content_encoding,
                status=status,
                headers=target.reveal(headers, "headers"),
                template=boolean(template, "template"),
            )

    @keyword
    def respond_with_file(
        self,
        path: Path,
        *,
        content_type: str | None = None,
        content_encoding: Coding = None,
        status: int | str = 200,
        headers: Named = None,
        template: bool = False,
        delay: Seconds = 0,
        duration: Seconds = 0,
        times: Times | None = None,
        set_state: States = None,
        to: Recipient | None = None,
    ) -> None:
        """Answers with the content of a file, read while it is sent.

        If the file is gone by then, or something else has taken its place, that is a problem, and the client gets
        status 500. Windows does not let you replace or remove a file while it is being sent.

        A response to GET or HEAD with status 200 has the headers ETag, Last-Modified and Accept-Ranges, and obeys the
        request (RFC 9110, 13 and 14): status 304 or 412 for If-None-Match, If-Modified-Since, If-Match and
        If-Unmodified-Since, status 206 or 416 for a Range, which If-Range may limit. Several ranges, and units other
        than bytes, get the whole file. ETag and Last-Modified come from the time of the last change, and the ETag also
        from the size. Those among ``headers`` are sent and compared instead, and ``Accept-Ranges: none`` turns ranges
        off. With any other status, the whole file is sent without these headers.

        With ``content_encoding``, the file is compressed while it is sent, in chunks. There are no ranges then, because
        they would be parts of the compressed file, whose size is not known before its end.

        Args:
            path: Path of the file. A relative path is resolved against the current directory, so ``${CURDIR}`` helps.
            content_type: Content-Type of the response; guessed from the file name when left out, in the same way on
                every machine, and none when empty.
            content_encoding: ``gzip`` or ``deflate`` to send the body compressed; not compressed when left out.
            status: Status code from 200 to 599, optionally with a reason phrase: ``404 Nothing Here``.
            headers: More headers: a dictionary (a list of values repeats a header) or lines ``Name: value``.
            template: ``True`` fills in ``{{ ... }}`` in the text of the file and the headers for each request; see
                `Templates`.
            delay: Time to wait before the response is sent, in seconds or as a time string.
            duration: Time over which the body is sent, in equal pieces: one every 50 ms, at most 1,000.
            times: How many requests it answers, before the next response is due; see `Several responses`.
            set_state: A state to set when it is due, such as ``order=shipped``; see `State`.
            to: The expectation, or a request of `Respond Later`; the expectation registered last when left out.

        Fails when the file does not exist, cannot be read or is no regular file, the status or a header cannot be sent,
        the content encoding is unknown or also among the headers, the delay is negative, or there is no expectation.

        Example:
        | Expect Request    /logo.png
        | Respond With File    ${CURDIR}/logo.png
        """
        with self._responding(to, delay=delay, duration=duration, times=times, set_state=set_state) as target:
            target.responder = File(
                path,
                content_type=content_type,
                content_encoding=content_encoding,
                status=status,
                headers=target.reveal(headers, "headers"),
                template=boolean(template, "template"),
            )

    @keyword
    def respond_with_redirect(
        self,
        location: str,
        *,
        status: int | str = 302,
        headers: Named = None,
        template: bool = False,
        delay: Seconds = 0,
        times: Times | None = None,
        set_state: States = None,
        to: Recipient | None = None,
    ) -> None:
        """Answers with a redirect (RFC 9110, 15.4).

        Args:
            location: Address to go to: an absolute URL, or a path on this server.
            status: Status code from 300 to 399, optionally with a reason phrase: ``302 Elsewhere``.
            headers: More headers: a dictionary (a list of values repeats a header) or lines ``Name: value``.
            template: ``True`` fills in ``{{ ... }}`` in the address and the headers for each request; see `Templates`.
            delay: Time to wait before the response is sent, in seconds or as a time string.
            times: How many requests it answers, before the next response is due; see `Several responses`.
            set_state: A state to set when it is due, such as ``order=shipped``; see `State`.
            to: The expectation, or a request of `Respond Later`; the expectation registered last when left out.

        Fails when the address is empty or has a line break, the status is not from 300 to 399, a header cannot be sent,
        the delay is negative, or there is no expectation.

        Example:
        | Expect Request    /old
        | Respond With Redirect    /new    status=301
        """
        with self._responding(to, delay=delay, times=times, set_state=set_state) as target:
            target.responder = respond_redirect(
                location,
                status=status,
                headers=target.reveal(headers, "headers"),
                template=boolean(template, "template"),
            )

    @keyword
    def respond_with_handler(
        self,
        handler: Function,
        *,
        status: int | str | None = None,
        headers: Named = None,
        delay: Seconds = 0,
        times: Times | None = None,
        set_state: States = None,
        to: Recipient | None = None,
    ) -> None:
        """Answers with what a Python function returns.

        The function gets a werkzeug [https://werkzeug.palletsprojects.com/en/stable/wrappers/|Request] and returns
        a werkzeug ``Response``, text, bytes, a dictionary or list (sent as JSON), or ``None`` (204 No Content); or one
        of these in a tuple, as in Flask: ``(body, status)``, ``(body, headers)`` or ``(body, status, headers)``. In the
        request, ``path_params`` has the segments that ``{name}`` in the path of the expectation stands for. ``data`` is
        the body as sent; ``json``, ``form``, ``files`` and ``get_data(as_text=True)`` see it decoded when the client
        compressed it with gzip or deflate.

        The name of a function is ``module.function`` or ``file.py:function``:

        - A module is looked for in the module search path (``robot --pythonpath``), then as a file in the directory of
          the suite that is running: ``handlers.echo`` finds ``handlers.py`` beside the suite, unless a module
          ``handlers`` is installed.
        - The path of a file is absolute, or relative to the directory of the suite. In a resource file,
          ``${CURDIR}/handlers.py:echo`` is the file beside the resource file.

        A file is loaded once, and again after it or a file that it imports from its own directory has changed. Other
        suites can have files of the same name. Nothing stays in ``sys.path`` and ``sys.modules``, so files import each
        other at their beginning, not inside functions. A file that the suite imports as a ``Library`` or ``Variables``
        is the same module, not a second one.

        The function runs in a thread of the server, so it must not call Robot Framework keywords, and anything it logs
        is lost. An exception is a problem, and the client gets status 500. ``werkzeug.exceptions`` such as ``NotFound``
        are responses when the function raises them itself or calls ``abort``. Functions registered with
        ``call_on_close`` of a ``Response`` are called after it was sent.

        Args:
            handler: The function, or its name ``module.function`` or ``file.py:function``.
            status: Status of what the function returns without one: a code from 200 to 599, optionally with a reason
                phrase. A ``Response`` keeps its own.
            headers: More headers: a dictionary (a list of values repeats a header) or lines ``Name: value``. Those that
                the function returns replace them.
            delay: Time to wait between the return of the function and the response, in seconds or as a time string.
            times: How many requests it answers, before the next response is due; see `Several responses`.
            set_state: A state to set when it is due, such as ``order=shipped``; see `State`.
            to: The expectation, or a request of `Respond Later`; the expectation registered last when left out.

        Fails when the function cannot be found, its file cannot be imported, it is not callable, the status or a header
        cannot be sent, the delay is negative, or there is no expectation.

        Example:
        | Expect Request    /echo
        | Respond With Handler    my_handlers.echo
        | Expect Request    /orders    method=POST
        | Respond With Handler    my_handlers.py:echo    status=201    headers=Content-Type: application/json
        """
        with self._responding(to, delay=delay, times=times, set_state=set_state) as target:
            target.responder = Handler(
                handler,
                status=status,
                headers=target.reveal(headers, "headers"),
                directory=self._directory(),
                path_params=target.expectation.description.path_params,
            )

    @keyword
    def respond_with_response(
        self,
        response: Response,
        *,
        delay: Seconds = 0,
        times: Times | None = None,
        set_state: States = None,
        to: Recipient | None = None,
    ) -> None:
        """Answers with a werkzeug [https://werkzeug.palletsprojects.com/en/stable/wrappers/|Response].

        Its status, headers and body are copied now; later changes to it have no effect.

        Args:
            response: The response.
            delay: Time to wait before the response is sent, in seconds or as a time string.
            times: How many requests it answers, before the next response is due; see `Several responses`.
            set_state: A state to set when it is due, such as ``order=shipped``; see `State`.
            to: The expectation, or a request of `Respond Later`; the expectation registered last when left out.

        Fails when its status or a header cannot be sent, the delay is negative, or there is no expectation.

        Example:
        | ${response} =    Evaluate    werkzeug.Response("gone", 410)
        | Expect Request    /old
        | Respond With Response    ${response}
        """
        with self._responding(to, delay=delay, times=times, set_state=set_state) as target:
            target.responder = respond_response(response)

    @keyword
    def respond_later(
        self,
        *,
        timeout: Seconds = 60,
        times: Times | None = None,
        set_state: States = None,
        to: Expectation | None = None,
    ) -> None:
        """Leaves the requests to the test: each is received at once and waits until the test answers it.

        `Wait Until Request Is Received` returns such a request, whose ``response`` is ``None``. Then any ``Respond
        ...`` keyword answers it: with ``to=${request}`` that request alone; with ``to=${expectation}``, or right after
        the expectation, all that wait, and those to come. If no request waits, that response is for those to come: it
        follows a `Respond Later` with ``times`` and replaces one without, as in `Several responses`.

        A client that leaves while its request waits is recorded, but not reported as a problem.

        Args:
            timeout: How long a request may wait for its answer, in seconds or as a time string.
            times: How many requests are left to the test, before the next response is due.
            set_state: A state to set when such a request arrives, such as ``order=pending``; see `State`.
            to: The expectation; the one registered last when left out.

        A request that is not answered in time, or before its test or suite ends or its server stops, is a problem of
        kind ``NO RESPONSE``. Its client gets status 500, or nothing if the server stops.

        Fails when the timeout is negative, the expectation has requests that wait already, or there is no expectation.

        Example:
        | Expect Request    /approvals    method=POST
        | Respond Later    timeout=10 seconds
        | ${request} =    Wait Until Request Is Received    /approvals
        | Respond With Json    {"approved": true}    to=${request}
        """
        with self._responding(to, times=times, set_state=set_state) as target:
            target.responder = Later(parse_seconds(timeout, "timeout"))
