"""Joins the keyword classes into the library."""

from __future__ import annotations

from typing import ClassVar

from robot.api.deco import library

from .engine.arguments import plain_text
from .engine.errors import UsageError
from .engine.expectations.expectation import Expectation
from .engine.expectations.served import ServedCollection
from .engine.records.received import Problem, ReceivedRequest
from .keywords.breaking import BreakingKeywords
from .keywords.calling import CallingKeywords
from .keywords.checking import CheckingKeywords
from .keywords.contract import ContractKeywords
from .keywords.expecting import ExpectationKeywords
from .keywords.forwarding import ForwardingKeywords
from .keywords.headers import HeaderKeywords
from .keywords.loading import LoadingKeywords
from .keywords.manual import ManualKeywords
from .keywords.masking import MaskingKeywords
from .keywords.receiving import ReceivingKeywords
from .keywords.resources import ResourceKeywords
from .keywords.responding import RespondingKeywords
from .keywords.secret import Secret
from .keywords.serving import ServerKeywords
from .keywords.state import StateKeywords
from .keywords.streaming import StreamingKeywords
from .keywords.waiting import WaitingKeywords
from .options import Options
from .version import __version__


def _text(value: object) -> str:
    """Text. Numbers and booleans stand for their text in HTTP: ``${1}`` for ``1``, ``${True}`` for ``true``."""
    if isinstance(value, Secret):
        raise UsageError("A secret cannot be given here.")
    if isinstance(value, Expectation):
        raise UsageError("An expectation cannot be given here.")
    try:
        return plain_text(value, "the argument")
    except UsageError as error:
        if isinstance(value, (list, tuple)):
            raise UsageError(f"{error} To give each item as a separate argument, write @{{...}}.") from None
        raise


@library(
    scope="GLOBAL",
    version=__version__,
    listener="SELF",
    doc_format="ROBOT",
)
class HttpServerLibrary(
    ServerKeywords,
    HeaderKeywords,
    ManualKeywords,
    MaskingKeywords,
    ExpectationKeywords,
    RespondingKeywords,
    ResourceKeywords,
    BreakingKeywords,
    StreamingKeywords,
    CallingKeywords,
    ForwardingKeywords,
    LoadingKeywords,
    ContractKeywords,
    StateKeywords,
    CheckingKeywords,
    WaitingKeywords,
    ReceivingKeywords,
):
    """HttpServerLibrary is a real HTTP server inside the test process, for testing programs that send HTTP requests.

    A suite starts the server, tells it which requests to expect and how to answer them, runs the system under test,
    and checks what arrived. When something does not match, the failure says what differed, field by field.

    %TOC%

    = First suite =

    | ***** Settings *****
    | Library           HttpServerLibrary
    | Library           RequestsLibrary
    | Suite Setup       Start Http Server
    |
    | ***** Test Cases *****
    | Order Is Accepted
    |     Expect Oneshot Request    /orders    method=POST    json={"item": "book"}
    |     Respond With Json    {"id": 7}    status=201
    |     ${url} =    Get Http Server Url    /orders
    |     ${order} =    Evaluate    {"item": "book"}
    |     ${response} =    POST    ${url}    json=${order}
    |     Should Be Equal    ${response.json()}[id]    ${7}
    |     Expectations Should Be Met

    In real suites, the system under test sends the request; its configuration contains the URL of the server.

    = Servers =

    `Start Http Server` returns when the server is ready. It listens on a free port of the loopback addresses,
    unless ``host`` and ``port`` say otherwise; nothing is reachable from other machines by default. Several servers
    can run at the same time. Each has an alias, and one of them is the current server, which keywords use when
    ``server`` is left out: the one started last, or the one chosen with `Switch Http Server`. Aliases ignore case and
    spaces.

    A server answers requests in its own threads: slow handlers and silent clients do not block other clients. It
    speaks HTTP/1.1 strictly (RFC 9112). A request that breaks the rules is answered with status 400, 408, 413, 414,
    417, 431, 501 or 505, is recorded as a problem, and its connection is closed.

    = Expectations =

    An expectation is a `request description` and the response to give. There are three kinds:

    | = Kind = | = Keyword = | = Takes = |
    | ordered | `Expect Ordered Request` | one request, in the order of registration |
    | oneshot | `Expect Oneshot Request` | one request, then it is used up |
    | permanent | `Expect Request` | any number of requests, or exactly ``times`` |

    Ordered expectations are considered first (only the next one), then oneshots, then permanent ones; within a kind,
    the one registered first. While ordered expectations are left, a request that does not match the next one breaks
    the order: this request and all later ones are refused with status 500 until `Reset Http Server` or the end of the
    scope. All expectations of the inner scope come before those of the outer scope, so a test can override its suite.

    A request that no expectation matches gets status 500 and an explanation: why the nearest expectations do not match,
    and which keyword line would match. A client whose ``Accept`` header prefers ``application/json`` gets it as JSON.
    `Set Unexpected Response` changes that. The same explanation is a problem that `Check Assertions` reports.
    `Forward Unexpected Requests` sends such requests on to a real service instead.

    = Request description =

    The ``Expect ...`` keywords, and the keywords that check, select or wait for received requests, accept the same
    fields. All fields given must match; fields left out match everything. Keywords that look at received requests also
    accept an expectation in place of the path; see `Checking`.

    | = Field = | = Matches when = |
    | ``path`` | The text pattern matches the decoded path, or the path as sent. In plain text, ``{name}`` stands for one path segment, which the received request has in ``path_params``. The query is a field of its own. |
    | ``method`` | Equal, in any case; a list of methods, or ``GET,HEAD``, is any of them; where only GET is expected, HEAD gets the head of its response; see `Responses`. ``EQUALS:`` before a method allows one that the library does not know. |
    | ``query`` | Dictionary: exactly these parameters. Text: text pattern on the query as sent. |
    | ``query_subset`` | These parameters are there; others may be too. |
    | ``headers`` | These headers are there; also as lines ``Name: value``. |
    | ``cookies`` | These cookies are there; also as ``a=1; b=2``. |
    | ``basic_auth`` | ``user:password``, or a list of two. |
    | ``bearer_token`` | The token. |
    | ``text`` | The text pattern matches the decoded body. |
    | ``data`` | The body is equal, byte for byte; text is encoded as UTF-8. |
    | ``json`` | The body is equal as JSON, with any Content-Type: objects in any order, ``1`` equals ``1.0``, ``1`` is not ``true``. Text is parsed as JSON. See `JSON that varies`. |
    | ``json_subset`` | Every key is in the body with that value, at any depth. Lists have the same length and order. |
    | ``json_ignore_order`` | ``True``: ``json`` and ``json_subset`` compare lists in any order. |
    | ``json_path`` | Dictionary of JSONPath to the expected value; any of the found values. Needs the extra ``json``. |
    | ``json_schema`` | The body is valid against the schema: a dictionary, or the path of a file; a relative ``$ref`` is resolved against that file. Needs the extra ``json``. |
    | ``xml`` | The body is equal as XML, with any Content-Type; see `XML`. Needs the extra ``xml``. |
    | ``xpath`` | Dictionary of XPath to the expected text; any of the found nodes. See `XML`. Needs the extra ``xml``. |
    | ``form`` | These fields of a urlencoded or multipart body are there; also as ``a=1&b=2``. A form with more than 10,000 fields is not read. |
    | ``files`` | These uploaded files are there: file name, or a dictionary of ``filename``, ``content_type``, ``text``, ``data``. A list stands for several files of one name, in any order. |
    | ``matcher`` | A Python function that gets a werkzeug ``Request`` returns true; or its name, ``module.function`` or ``file.py:function``. `Respond With Handler` says where it is looked for and what is in the request. |

    Dictionaries can be given as variables, or written as JSON or Python: ``query={"page": 2}``. The values are text
    patterns; those of ``json_path`` are JSON values. A list stands for several values in that order (in ``files``: in any
    order), and ``${None}`` for a name that must be absent, or an XPath that finds nothing (in ``json_path`` it is ``null``).

    A dictionary can also be the whole description, for several keywords:

    | VAR    &{order}    path=/orders    method=POST    json={"item": "book"}
    | Expect Request    &{order}
    | Respond With Json    {"id": 7}    status=201
    | Request Should Have Been Received    &{order}    times=2

    *Text patterns* have the prefixes of BuiltIn's _Run Keyword And Expect Error_: ``EQUALS:`` (the default),
    ``GLOB:``, ``REGEXP:`` (the whole text) and ``STARTS:``. ``NOT:`` before text or before another prefix
    (``NOT:REGEXP:...``) means that there is a value and that it does not match. Spaces after the colon are ignored.
    Numbers and booleans compare by their text.

    A regular expression that can match the same text in several ways, such as ``(a|aa)+``, may take minutes for a text
    that almost matches. Meanwhile Python can run nothing else: no other request, no test timeout. With the extra
    ``regex``, other requests run, and after one second the request is a problem of kind ``MATCHER ERROR``.

    Invalid input fails the keyword at once, and nothing is registered. Only ``path`` is a positional argument.
    ``Expect Request    /orders    POST`` and a misspelled name, as in ``heders=X: 1``, both fail with Robot Framework's
    own message: ``expected 0 to 1 non-named arguments, got 2``. So does a misspelled name in any other keyword.

    = JSON that varies =

    In ``json``, ``json_subset`` and the values of ``json_path``, some texts are placeholders, at any depth:

    | = Placeholder = | = Stands for = |
    | ``<any>`` | Any value, also ``null``; but the key or item must be there. |
    | ``<any-string>`` | Any text, also an empty one. |
    | ``<any-number>`` | Any number. |
    | ``<any-integer>`` | Any whole number; ``1.0`` is one. |
    | ``<any-boolean>`` | ``true`` or ``false``. |
    | ``<any-list>`` | Any list. |
    | ``<any-object>`` | Any object. |
    | ``<any-uuid>`` | Text that is a UUID. |
    | ``<any-datetime>`` | Text that is a date and time with a UTC offset (RFC 3339). |
    | ``<regexp:...>`` | Text that matches the regular expression as a whole; numbers do not. |

    In JSON they need quotes. A variable can also hold one:

    | VAR    ${date}    <regexp:\\\\d{4}-\\\\d\\\\d-\\\\d\\\\d>
    | VAR    &{order}    id=<any-number>    date=${date}    item=book
    | Expect Request    /orders    json=${order}
    | Expect Request    /orders    json={"id": "<any-number>", "date": "<regexp:[0-9-]+>", "item": "book"}
    | Expect Request    /orders    json={"id": "<any-number>", "date": "<regexp:\\\\\\\\d{4}-.*>", "item": "book"}

    A backslash before a placeholder makes it plain text. Robot Framework needs the backslash doubled, and JSON needs each
    of the two doubled again: ``item=\\\\<any>`` in a dictionary, ``json={"item": "\\\\\\\\<any>"}``. Text that is almost a
    placeholder, such as ``<any-int>`` or ``<regexp:a+`` without its end, is an error; other text in angle brackets is plain
    text.

    With ``json_ignore_order=True``, each expected item of a list must match a different received item, anywhere in the
    list; the same goes for lists inside it. The lengths must be the same, even in ``json_subset``. The failure names the
    items that are missing and those that are extra.

    = XML =

    ``xml`` is the XML itself, as text or bytes. White space between elements and around text, the order of attributes,
    prefixes of namespaces, comments, processing instructions and the document type do not matter. The order of
    elements does, and so do the namespaces.

    | Expect Request    /orders    xml=<order id="7"><item qty="2">book</item></order>

    ``xpath`` is XPath 1.0. The result is compared as text, with or without the white space around it: the whole text of
    an element, the value of an attribute, or a number or boolean.

    | Expect Request    /orders    xpath={"/order/item[1]/@qty": 2, "//item": "book", "count(//item)": 1, "//note": null}

    *Namespaces* need not be declared. In the XPath, an element without a prefix matches in every namespace, and an
    element with a prefix matches one that has the same prefix in the body. ``namespace-uri(//Price)`` is the namespace
    itself. Write an attribute with a prefix exactly when it has that prefix in the body.

    The charset is that of the Content-Type, or else of the XML declaration. Entities that a body declares are not
    expanded, and no files or URLs are read. Such a body matches nothing, and neither does one nested too deeply.

    *Compressed bodies* are decoded before they are compared if they have ``Content-Encoding: gzip`` or ``deflate``, up to
    ``max_body_kept`` of `Start Http Server`. Only ``data`` is compared with the body as sent. Other codings, such as br, are
    not decoded.

    = Responses =

    A ``Respond ...`` keyword gives the response of the expectation registered last, or of ``to=${expectation}``. If it
    already has one, the new one replaces it, unless the old one has ``times``; see `Several responses`. A request that
    matches an expectation without a response is a problem, so give the response right away.

    `Send Request After Response` adds a request that the server sends itself after each response: a webhook or callback.

    `Set Default Headers` adds headers to every response, also to unexpected requests. `Set Cors` adds those that let pages
    of other origins call the server; see `Browser applications`.

    Where only GET is expected, HEAD gets the head of the response that is due (RFC 9110, 9.3.2). It uses up nothing,
    breaks no order, and counts for no expectation. An expectation for HEAD takes precedence. An expectation without
    ``method`` takes HEAD like any other request.

    = Several responses =

    *A different answer each time*: a response with ``times`` answers so many requests of its expectation, and the
    ``Respond ...`` keyword after it says what comes next. A client that tries again:

    | Expect Request    /orders    method=POST
    | Respond With Data    busy    status=503    headers=Retry-After: 1    times=2
    | Respond With Json    {"id": 7}    status=201

    A client that asks until a job is done:

    | Expect Request    /jobs/7
    | Respond With Json    {"state": "queued"}    times=1
    | Respond With Json    {"state": "running"}    times=3
    | Respond With Json    {"state": "done"}

    A response without ``times`` goes on for ever, and another one replaces it. A message in the log says so if it was
    never used.

    When all responses have ``times``, the expectation takes as many requests as they answer, as if it had that many
    ``times`` itself. Then `Expectations Should Be Met` and the waits require all of them, and one request more is
    unexpected. More responses than an expectation takes are an error. When they answer fewer requests than the ``times`` of
    the expectation, the next request is a problem of kind ``NO RESPONSE``.

    *Answers that the test gives later*: with `Respond Later`, a request is received at once and waits for its answer. So a
    test can look at it, or do something else first, and then decide. For a client in the background:

    | Expect Request    /approvals    method=POST
    | Respond Later    timeout=10 seconds
    | ${request} =    Wait Until Request Is Received    /approvals
    | Respond With Json    {"approved": true}    to=${request}

    Any ``Respond ...`` keyword can answer, also one that breaks the response or opens a stream. ``to=${request}`` answers
    one request, so that each of many gets its own answer. ``to=${expectation}``, or a keyword right after it, answers all
    that wait, and those to come; with ``times=1`` only the one that has waited longest. It works also when the expectation
    is used up. Waiting requests take no threads, and other clients are served as usual.

    = Checking =

    `Check Assertions` fails when something went wrong while serving. `Expectations Should Be Met` fails when an
    expected request did not arrive. `Request Should Have Been Received`, `Requests Should Have Been Received In Order`,
    `Request Should Not Be Received`, `Get Received Request` and `Get Received Requests` look at what arrived, whether or
    not it was expected. They see a request and its response before the client has read that response.

    In place of a path, these keywords accept an expectation, which stands for the requests that it took; further fields
    must also match. ``after`` is a received request; only requests that arrived after it count:

    | ${orders} =    Expect Request    /orders    method=POST
    | Respond With Json    {"id": 7}    status=201
    | POST    ${HTTP_SERVER_URL}/orders
    | ${first} =    Wait Until Request Is Received    ${orders}
    | POST    ${HTTP_SERVER_URL}/orders
    | ${next} =    Wait Until Request Is Received    ${orders}    after=${first}

    ``times`` is how often a request must have been received: a number or a range, such as ``2``, ``>=1``, ``>1``, ``<=3``,
    ``<3`` or ``2..4`` (both bounds included). In a cell, write ``times=2..4`` or ``times=>=1``. For an expectation, it is a
    number. ``message`` replaces the first line of a failure; the lines below it say what differs.

    A received request has attributes such as ``method``, ``path``, ``query``, ``headers``, ``json``, ``form`` and ``response``; the data
    type ReceivedRequest lists them all. To read an item of one:

    | ${request} =    Get Received Request    /orders
    | Log    ${request.json}[item]
    | ${requests} =    Get Received Requests
    | Log    ${requests[0].headers}[Content-Type]

    = Waiting =

    When the system under test works in the background, `Wait Until Expectations Are Met`, `Wait Until Request Is
    Received`, `Wait Until Requests Are Received In Order` and `Request Should Not Be Received` with ``within`` wait for
    its requests. They react at once, do not poll, and obey test timeouts. Requests that arrived before the wait count. If
    the test itself calls the client, as in the first suite, no waiting is needed. A wait on a stopped server ends at once.

    = Scopes =

    Servers, expectations, received requests and problems belong to the suite or test in which they were created, and
    end with it.

    - A server started in Suite Setup serves all tests of the suite; one started in a test stops with the test.
    - When a test adds expectations to the server of its suite, they end with the test; those of the suite remain.
    - A server started in ``__init__.robot`` can be used by the tests of every suite below it.
    - All of this holds for imports with the same options. Imports with different options are separate libraries, which
      do not see each other's servers. So give the same options in all suites, or import the library in one resource file.
    - With ``auto_start=True`` a server runs from before Suite Setup; its URL is in ``${HTTP_SERVER_URL}``.
    - Unchecked problems are reported at the end of the test. With ``auto_check=FAIL``, the default, they fail the test.
      Those of Suite Setup and Suite Teardown are warnings in the log. `Reset Http Server` in a teardown keeps them for
      the report; `Clear Problems` forgets them.

    = Streams =

    `Respond With Events` sends server-sent events (``text/event-stream``), as chat services and dashboards use them.
    `Respond With Chunks` sends any other body in pieces, such as lines of JSON. The client gets each piece at once. Here
    it is a chat client that gets its answer word by word:

    | Expect Request    /chat    method=POST
    | Respond With Events    ["Hel", "lo", {"event": "usage", "data": {"tokens": 2}}, "[DONE]"]    pause=50 ms
    | ${answer} =    POST    ${HTTP_SERVER_URL}/chat
    | Should Contain    ${answer.text}    data: {"tokens": 2}

    An event is text, or a dictionary with these fields; any other value is sent as JSON. In a cell, write dictionaries
    in a list, as above: any text that does not begin with ``[`` is one event, sent as it is.

    | = Field = | = Meaning = |
    | ``data`` | Text, of which each line gets its own ``data:``; any other value is sent as JSON. |
    | ``event`` | The name of the event; clients take it for ``message`` when left out. |
    | ``id`` | The id of the event; a client that connects again sends the last one as ``Last-Event-ID``. |
    | ``retry`` | How many milliseconds the client waits before it connects again. |
    | ``comment`` | What clients ignore, for example to keep the connection alive. |
    | ``delay`` | Time to wait before the event, in addition to ``pause``. |

    Without events, or with ``end=STAY_OPEN``, the response stays open, and the test continues it. As long as the test
    sends nothing, the client sees a stream that stalls. In these examples, ``Start Client`` stands for what starts your
    client in the background, such as ``Start Process    curl    -sN    ${HTTP_SERVER_URL}/prices``. ``GET`` of
    RequestsLibrary reads the whole response, even with ``stream=${True}``, so it waits for an open stream until its
    timeout.

    | Expect Request    /prices
    | Respond With Events
    | Start Client    /prices
    | Wait Until Stream Is Open
    | Send Event    {"price": 12}    event=tick    id=7
    | Send Event    {"price": 13}    event=tick    id=8
    | End Stream

    `Send Event`, `Send Chunk` and `End Stream` apply to the open streams of the expectation registered last; with ``to``,
    to those of another expectation, or to the stream of one received request. They do not wait for the clients, return how
    many streams there are, and fail without any. What is sent while the response still has events of its own comes after
    them.

    ``end`` of the response and ``how`` of `End Stream` also break a stream: ``CLOSE`` closes the connection in the
    middle of the response, and ``RESET`` resets it. So this client must reconnect and say which event was its last:

    | ${prices} =    Expect Request    /prices
    | Respond With Events    [{"id": 7, "retry": 100, "data": "12"}]    end=CLOSE    times=1
    | Respond With Events    [{"id": 8, "data": "13"}]    end=STAY_OPEN
    | Start Client    /prices
    | ${request} =    Wait Until Stream Is Open    to=${prices}
    | Should Be Equal    ${request.headers}[Last-Event-ID]    7

    - A client that leaves is not reported as a problem. Its stream is no longer open, and the log says after how many
      bytes it left.
    - A client that reads nothing delays no other. After ``stall_timeout`` it counts as one that left.
    - Streams that were opened in a test end with it, even in the middle of a pause.
    - For `Wait Until Expectations Are Met`, a stream counts as sent once it is open.
    - The response to HEAD has no stream. For a client that speaks HTTP/1.0, any end of the connection is the end of the
      response.

    = Faults =

    Servers and networks fail, and a program that calls them must cope with that. `Respond With Fault` breaks a response
    at a given place, `Respond With Raw` sends any bytes in place of a response, `Break Connections` breaks connections
    before any request, and `Close Idle Connections` closes those that a client keeps for reuse. A bad certificate is an
    option of `Start Http Server`.

    | Expect Request    /orders    method=POST
    | Respond With Fault    RESET    times=1
    | Respond With Fault    CLOSE    after=50 %    times=1
    | Respond With Json    {"id": 7}    status=201

    Use `Respond With Fault` when the request should arrive and its response should fail: the request is received, and the
    next response can be a good one. Use `Break Connections` when the server should fail for all clients: no request is
    received. Only a connection can be refused, and only a response can be ``STALE``. For a stream that stalls, give
    `Respond With Events` or `Respond With Chunks` ``end=STAY_OPEN``.

    None of this is reported as a problem, and Robot's log, the table of requests and saved requests say what was done,
    for example ``RESET after 120 of 512 bytes, on purpose``. This is what clients report (requests 2.34, curl 7.88,
    Node.js 20):

    | =Fault= | =requests= | =curl= | =fetch in Node.js= |
    | ``CLOSE`` | ConnectionError: Remote end closed connection without response | 52: Empty reply from server | fetch failed: other side closed |
    | ``CLOSE    after=HEAD`` or later | ChunkedEncodingError: IncompleteRead | 18: transfer closed with 500 bytes remaining to read | 200, then terminated: other side closed |
    | ``RESET`` | ConnectionError: Connection reset by peer | 56: Connection reset by peer | fetch failed: ECONNRESET |
    | ``RESET    after=HEAD`` or later | ChunkedEncodingError: Connection reset by peer | 56: Connection reset by peer | 200, then terminated: ECONNRESET or other side closed |
    | ``HANG`` | ReadTimeout | 28: Operation timed out | TimeoutError, if there is a timeout |
    | ``HANG    after=HEAD`` or later | ConnectionError: Read timed out | 28: Operation timed out | 200, then TimeoutError, if there is a timeout |
    | ``STALE`` | 200; the next request opens a new connection | the same | the same |
    | A stream with ``end=CLOSE`` | ChunkedEncodingError: Response ended prematurely | 18: transfer closed with outstanding read data remaining | 200, then terminated: other side closed |
    | A stream with ``end=RESET`` | as ``RESET    after=HEAD`` | as ``RESET    after=HEAD`` | as ``RESET    after=HEAD`` |
    | A stream with ``end=STAY_OPEN`` | as ``HANG    after=HEAD`` | as ``HANG    after=HEAD`` | as ``HANG    after=HEAD`` |
    | `Respond With Raw`: not HTTP | ConnectionError: BadStatusLine | 1: Received HTTP/0.9 when not allowed | fetch failed: HPE_INVALID_CONSTANT |
    | Raw: a bad chunk | ChunkedEncodingError: InvalidChunkLength | 56: Illegal or missing hexadecimal sequence | 200, then terminated: HPE_INVALID_CHUNK_SIZE |
    | Raw: a header of 1 MB | ConnectionError: LineTooLong | 27: Out of memory | fetch failed: UND_ERR_HEADERS_OVERFLOW |
    | `Break Connections` | ConnectionError: Connection refused | 7: Failed to connect | fetch failed: ECONNREFUSED |
    | ``Break Connections    CLOSE`` | as ``CLOSE`` | as ``CLOSE`` | as ``CLOSE`` |
    | ``Break Connections    RESET`` | as ``RESET`` | as ``RESET`` | as ``RESET`` |
    | ``Break Connections    HANG`` | as ``HANG`` | as ``HANG`` | as ``HANG`` |

    After ``STALE``, a client that sends its next request at once may still use the old connection. Then it reports what
    it reports after ``CLOSE``: requests did so in about one case in ten, curl and fetch never.

    Some faults go unnoticed, so a test that expects an error may wait for it in vain:

    - When the head is cut off, requests and curl report the status that has arrived, such as 200; fetch fails.
    - When an informational response comes first (103 Early Hints), requests returns that one; curl and fetch return the
      one after it.
    - With a NUL in the name of a header, requests reports 200; curl and fetch fail.
    - What a body has beyond its Content-Length is ignored when it arrives together with the rest. When it arrives later
      (``end=KEEP`` with a ``duration``), a client may take it for the next response of the connection. Python's
      http.client does, and so fails with the next request.

    = Templates =

    With ``template=True``, the expressions in ``{{ ... }}`` are filled in for each request: in the body, in the values of
    headers, in the address of a redirect, and in the URL of `Send Request After Response`. The language is
    [https://jinja.palletsprojects.com/en/stable/templates/|Jinja2], which needs the extra ``template``.

    | Expect Request    /orders/{id}    method=PUT
    | Respond With Json    {"id": "{{ request.path_params.id | int }}", "order": "{{ request.json }}"}    template=True
    | Expect Request    /orders    method=POST
    | Respond With Json    {"id": "{{ number }}", "created": "{{ now() }}"}    status=201
    | ...    headers=Location: /orders/{{ number }}    template=True
    | Expect Request    /items
    | Respond With Data    page {{ request.query.page | default(1) }}    template=True

    | = Name = | = What it is = |
    | ``request`` | The request, with the attributes of a received request, such as ``request.path_params.id``, ``request.query.page``, ``request.json.item``, ``request.form.name``, ``request.auth.username``, ``request.text`` and ``request.headers['X-Id']``. |
    | ``number`` | How many requests the expectation has taken, this one included. |
    | ``state`` | The states of the server, such as ``state.order``, before ``set_state`` of the response; see `State`. |
    | ``now()`` | The time in UTC: ``2026-11-28T12:00:00.000000Z`` in text and JSON (RFC 3339). |
    | ``uuid()`` | A random UUID. |
    | ``random_int(low, high)`` | A random whole number; both bounds are included. |

    *In JSON*, expressions stand inside of texts, so that the template is JSON itself. Inside an expression, use single
    quotes, as in ``request.headers['X-Id']``: a double quote would end the text. A text that is one whole expression becomes
    the value of the expression, with its type: above, ``id`` is a number and ``order`` is what the client sent. A text with
    more than an expression stays text: ``"order {{ number }}"``. ``request.json.items`` is the member of that name, even
    though dictionaries have a method ``items``. The file of `Respond With File` is text, also if it has JSON.

    *What is missing is an error:* a name, a member, a header, a state. ``default`` gives a value instead, as in the last
    example. A syntax error fails the keyword. What goes wrong later is a problem of kind ``TEMPLATE ERROR`` that names the
    expression, and the client gets status 500.

    *What a client sends is never a template*, and a template reaches neither files nor Python. ``include``, ``import`` and
    ``extends`` are not available. One response may take 100,000 rounds of loops, 16 MiB of text and 10 seconds.

    = State =

    A server can remember things: a state is a value with a name. A response changes it with ``set_state``, and an
    expectation with ``state`` matches only while the state is so:

    | Expect Request    /login    method=POST
    | Respond With Data    Welcome    set_state=user=ann
    | Expect Request    /logout    method=POST
    | Respond With Data    Goodbye    set_state={"user": null}
    | Expect Request    /orders    state=user=ann
    | Respond With Json    [{"id": 7}]
    | Expect Request    /orders    state={"user": null}
    | Respond With Data    Log in first.    status=401
    | GET    ${HTTP_SERVER_URL}/orders    expected_status=401
    | POST    ${HTTP_SERVER_URL}/login
    | GET    ${HTTP_SERVER_URL}/orders    expected_status=200
    | POST    ${HTTP_SERVER_URL}/logout
    | GET    ${HTTP_SERVER_URL}/orders    expected_status=401

    The three ``Expect ...`` keywords have the field ``state``; keywords that look at received requests do not. ``state`` and
    ``set_state`` are a dictionary, or text: ``order=paid``, or ``order=paid; user=ann`` for several states, which must all match.
    What is expected is a text pattern as in `request description`, and ``${None}`` (``null`` in JSON) is a state that is not
    set. Names of states are compared with letter case. An expectation without ``state`` matches in every state, so
    register it last.

    A response sets its states in the same moment as the expectation takes the request, before any delay. So of several
    requests at the same time, only one finds the state as it was. A response that HEAD gets from an expectation of GET
    sets nothing.

    `Set State` and `Get State` are for the test itself. Here, `Set State` lets an access token (OAuth 2.0) expire:

    | Expect Request    /token    method=POST
    | Respond With Json    {"access_token": "a1", "expires_in": 3600}    set_state=token=valid
    | Expect Request    /orders    bearer_token=a1    state=token=valid
    | Respond With Json    [{"id": 7}]
    | Expect Request    /orders
    | Respond With Data    status=401    headers=WWW-Authenticate: Bearer error="invalid_token"
    | POST    ${HTTP_SERVER_URL}/token
    | VAR    &{headers}    Authorization=Bearer a1
    | GET    ${HTTP_SERVER_URL}/orders    headers=${headers}    expected_status=200
    | Set State    token    expired
    | GET    ${HTTP_SERVER_URL}/orders    headers=${headers}    expected_status=401

    A state can have any value; it is compared as text, ``True`` as ``true`` or ``True``. ``${None}`` unsets it. Each server
    has its own states. A state ends with the suite or test in which it is set, and until then it hides a state of an
    outer suite that has the same name. `Reset Http Server` forgets all states, `Clear Expectations` none. When a request
    is refused because of a state, the explanation says what the state was.

    = Files, applications and collections =

    Some parts of a service need no expectation for each request. `Serve Directory` serves files, such as those of a web
    application. `Serve App` serves a Python application. `Serve Collection` serves items that clients read and change:

    | Serve Directory    /    ${CURDIR}/dist    fallback=index.html
    | ${orders} =    Serve Collection    /api/orders    [{"id": 7, "item": "book"}]
    | Expect Request    /api/orders    method=POST
    | Respond With Json    {"error": "sold out"}    status=503    times=1
    | ${order} =    Create Dictionary    item=pen
    | POST    ${HTTP_SERVER_URL}/api/orders    json=${order}    expected_status=503
    | POST    ${HTTP_SERVER_URL}/api/orders    json=${order}    expected_status=201
    | ${items} =    Get Collection Items    ${orders}
    | Length Should Be    ${items}    2

    Each keyword makes a permanent expectation for everything below a path. Within a suite or test, the expectations of
    ``Expect ...`` keywords come first, even those registered later, so a test can replace single responses, as above.
    Of several such paths, the longest comes first. The expectation ends with its suite or test. What a test changes in
    a collection of its suite stays changed.

    The path is plain text without placeholders or prefixes. It matches the path of the request as sent, or its decoded
    segments.

    = Expectations from files =

    `Load Expectations` makes expectations from files of other tools, and from recorded traffic:

    | Load Expectations    ${CURDIR}/orders.har
    | Expect Request    /orders/7
    | Respond With Data    status=404
    | GET    ${HTTP_SERVER_URL}/orders    expected_status=200
    | GET    ${HTTP_SERVER_URL}/orders/7    expected_status=404

    | = Format = | = Files = |
    | ``WIREMOCK`` | Mappings of WireMock, one or many in a file, or a directory with ``mappings`` and ``__files``. |
    | ``MOCKOON`` | An environment of Mockoon. |
    | ``HAR`` | An HTTP Archive, as the network tools of browsers, proxies, and `Save Received Requests` write it. |
    | ``POSTMAN`` | A collection 2.1 or 2.0 of Postman with saved responses. |

    From a directory, all ``.json`` and ``.har`` files are loaded in sorted order, including those in its
    subdirectories. The content of a file decides its format. Files of no known format, such as ``package.json``, are
    left out, and the log lists them.

    Loaded expectations are permanent. They match and answer as their tool does, and end with the suite or test that
    loaded them. Within a suite or test, the expectations of ``Expect ...`` keywords come first, even those registered
    later: above, ``/orders/7`` gets status 404, although the file has a response for it. A test can override the
    expectations of its suite, and `Remove Expectation` removes single ones. `Format Matchers` and explanations show the
    file of each, and the place in it. `Expectations Should Be Met` does not require them, because they take any number
    of requests.

    If a file contains something that cannot be loaded, the keyword fails, lists every such place, and registers
    nothing. ``unsupported=WARN`` loads the rest, with a warning.

    *WireMock.* Mappings match and answer as in WireMock 3.13. Methods are case-sensitive, URLs are compared as sent,
    and a mapping for GET does not take HEAD. The lowest ``priority`` comes first, then the newest mapping. A scenario is a
    state of the same name, for `Get State` and `Set State`; until something sets it, `Get State` returns ``${None}``. A
    body file must be in the directory ``__files`` beside the nearest ``mappings``; it is read when it is loaded.

    | = In the mapping = | = What is understood = |
    | URL | ``url``, ``urlPath``, ``urlPattern``, ``urlPathPattern``, ``urlPathTemplate`` with ``pathParameters`` |
    | Request | ``method``, ``headers``, ``queryParameters``, ``cookies``, ``formParameters``, ``bodyPatterns``, ``multipartPatterns``, ``basicAuthCredentials``, ``host``, ``port``, ``scheme``, ``clientIp`` |
    | Comparisons | ``equalTo``, ``contains``, ``matches`` and their opposites, ``absent``, ``equalToJson``, ``matchesJsonPath``, ``matchesJsonSchema``, ``equalToXml``, ``matchesXPath``, ``before``, ``after``, ``equalToDateTime``, ``binaryEqualTo``, ``matchesPathTemplate``, ``hasExactly``, ``includes``, ``and``, ``or``, ``not`` |
    | Response | Status, headers, bodies of all kinds, delays, ``chunkedDribbleDelay``, ``fault``, ``proxyBaseUrl``, the transformer ``response-template`` with all helpers but ``systemValue`` |
    | Also | ``priority``, scenarios, webhooks in ``serveEventListeners`` and ``postServeActions`` |
    | Cannot be loaded | Matchers written in Java, ``namespaceAwareness`` other than ``STRICT``, regular expressions with ``&&`` in a set, partials and raw blocks in templates |
    | Ignored | Transformers other than ``response-template``, as WireMock ignores those that it does not know |

    A response is a template only if it names the transformer ``response-template``; the files do not say whether
    WireMock ran with ``--global-response-templating``. Templates need the extra ``import``, JSON Schema needs ``json``,
    and XML needs ``xml``. A template that takes longer than ten seconds is a problem of kind ``TEMPLATE ERROR``.

    *Mockoon.* Environments of all versions answer as in Mockoon 9.3:

    | = In the environment = | = What becomes of it = |
    | Routes | One expectation each, in the order of the folders, with the prefix. Paths have ``:name``, ``*`` and regular expressions as in Express 4. Letter case and a slash at the end do not matter, and repeated slashes count as one. A route for GET takes HEAD, too. Disabled routes are left out. |
    | Responses, rules, modes | The response is chosen as in Mockoon, with all targets, operators and modifiers. ``RANDOM`` responses take turns, so that every run has the same. With ``FALLBACK``, a request to which no rule applies goes to the next routes; an explanation says which rules do not apply. |
    | Headers, latency, CORS | As in Mockoon, with the same Content-Type. A header with an invalid name is not sent. Preflight requests to all paths are answered. If ``cors`` is false, the response to OPTIONS lists the methods of the path instead. |
    | Bodies | Text, data buckets and files beside the environment. If a file does not exist, the request fails, not the loading. |
    | Templates | Handlebars with the helpers of Mockoon except ``jmesPath``; needs the extra ``import``. A template with an unknown helper cannot be loaded. Values of Faker are replaced by values of the same type and shape, which are the same in every run. ``getEnvVar`` reads the environment variables of the test run whose names begin with ``MOCKOON_``. ``baseUrl`` has the host and port that the client used. |
    | CRUD routes, callbacks, proxy | As in Mockoon; data lasts as long as the expectations. A callback that fails, and a service that cannot be reached, are problems. |
    | WebSocket routes, callbacks that upload a file as a form | Cannot be loaded. |
    | TLS, port, host name | Not used; give them to `Start Http Server`. |
    | ``/mockoon-admin`` | Does not exist. For fresh data in each test, load the file in Test Setup. |

    A rule with a JSON Schema needs the extra ``json``. When a template fails, that is a problem, and the client gets
    status 500; Mockoon sends the error as a body. A request without a route is unexpected and gets status 500; `Set
    Unexpected Response` with ``status=404`` gives it Mockoon's status.

    *HTTP Archives.* A request gets the response that was recorded for it:

    | = In the archive = | = What becomes of it = |
    | Requests | Method, path, query parameters (in any order) and body must be the same. JSON is compared as JSON, a form by its fields, and an uploaded file by its name. The host does not matter, nor do headers except ``Range``, if the response is a part. |
    | Repeated requests | Their responses follow one another in the order of their times, and the last one is repeated. Equal requests to different hosts count as repeated, too. |
    | Masked values, ``***`` | Any text in their place. |
    | Responses | Status, reason phrase, headers and body, without delay. Bodies are sent decoded. Headers of the connection, ``Content-Encoding``, ``Content-Length``, ``Date`` and ``Alt-Svc`` are left out. |
    | Redirects | One that leads to a host of the archive leads to the same path on this server. |
    | ``304 Not Modified`` | Status 200 with the body from the browser's cache. Without a body, it is used only if there is no other response. One that this library saved goes to a client that has the same copy. |
    | Bodies that are missing, as in many archives | The response is sent without its body, and the log says how many there are. A request whose body is missing may have any body. |
    | Requests without a response, of other protocols (``data:``, ``ws:``), or that this library saved as unexpected, with raw bytes, or with a response broken on purpose | Left out; the log says how many. |
    | Cookies of responses | Sent with the values that were recorded; the ``Domain`` of the recorded host is left out. |
    | Credentials and cookies of requests, times, pages | Not used. |

    *Postman.* The saved responses in all folders are loaded. They answer as on Postman's mock server, but a request
    that is merely similar is unexpected:

    | = In the collection = | = What becomes of it = |
    | Method and path of the saved request | Must be the same; letter case of the path and a slash at its end do not matter. The host does not matter. |
    | Variables | Filled in from the collection. One without a value, such as ``{{id}}`` or ``:id``, stands for any text; in a path, for text within one segment. A path without such variables comes first. |
    | Query parameters | Must be there; the request may have others. The saved request with the most parameters comes first. Disabled parameters, and those with a value such as ``<string>``, are not compared. |
    | Body | Compared only where saved requests differ in nothing else. Another body gets the first response. |
    | Several responses to one request | The first one. A client chooses another one with Postman's headers ``x-mock-response-name``, ``x-mock-response-code`` and ``x-mock-response-id``. ``x-mock-match-request-body: true`` makes the server compare the body. |
    | Response | Status, headers and body. A saved response without a Content-Type gets the one for the language in which Postman shows it. A variable of the path gets its value in the body, too. Dynamic variables such as ``{{$guid}}`` always have the same values. |
    | Requests without a saved response | Left out; the log says how many. |
    | Authorization, scripts, headers of requests, environments | Not used. |

    = Contracts =

    A mock that answers as the real service did last year lets its tests pass. `Load Openapi` takes the description of
    the service, OpenAPI 3.0 or 3.1 in YAML or JSON, answers as it says, and checks all that goes over the wire:

    | Load Openapi    ${CURDIR}/shop.yaml
    | GET    ${HTTP_SERVER_URL}/orders/7    expected_status=200
    | Respond With Openapi Example    getOrder    status=404    times=1
    | GET    ${HTTP_SERVER_URL}/orders/7    expected_status=404

    *Answers.* Each operation answers with an example of its document: the one that `Respond With Openapi Example` chose,
    or that the client asks for (``Prefer: code=404, example=none``), or whose request example fits the request, or the
    first one. Without an example, the answer is a small value made from the schema, always the same. Expectations of
    the suite and of outer suites come first, whenever they are registered. ``answer=False`` answers nothing, and
    `Clear Expectations` removes the answers.

    *Checks.* A request or response of an operation that is not as its document says is a problem of kind ``CONTRACT``:
    parameters, credentials, headers, content types, bodies, and statuses that the document does not have. It does not
    matter who answers: keyword, handler, template, file, stream or forwarding. The client gets the response all the
    same, and the problem fails the test:

    | Load Openapi    ${CURDIR}/shop.yaml
    | Expect Request    /orders/7
    | Respond With Json    {"id": "x"}
    | GET    ${HTTP_SERVER_URL}/orders/7
    | Run Keyword And Expect Error    *$.id: expected an integer, received "x" (text)*    Check Assertions

    ``requests`` and ``responses`` say what happens: ``FAIL``, ``WARN`` or ``OFF``. A request that the document does not
    have is unexpected, and its explanation names the nearest operations. Not checked are: faults, `Respond With Raw`,
    responses that this library makes when something goes wrong, preflights that `Set Cors` answers, ``format``, XML, events, and
    bodies of more than 16 MiB that are sent in pieces. An example of the document is never a violation; where it does
    not fit its schema, an INFO message says so.

    *Coverage.* `Openapi Operations Should Be Covered` fails when operations, or with ``responses=True`` responses, were
    not used, `Get Openapi Coverage` lists them, and the log has a table in the metadata of the suite that loaded the
    document.

    A document belongs to the suite or test that loads it. A server can have several; for an operation that two of them
    have, the one loaded last counts.

    = Browser applications =

    `Serve Directory` serves the files of a browser application from the server of the test. When the page comes from
    elsewhere, such as a development server, the browser lets it read responses only if they allow it (CORS), because
    the server has another origin: another scheme, host or port. `Set Cors` lets pages call the server:

    | Set Cors
    | Expect Request    /orders/7    method=PUT    json={"item": "book"}
    | Respond With Json    {"id": 7}

    Before a request that no HTML form can send, such as PUT, or one with JSON or custom headers, a browser sends a
    preflight: OPTIONS with the same path. The server answers it by itself. Preflights are among the received requests,
    so give a ``method`` where you count requests or wait for them:

    | Set Cors    http://localhost:3000
    | Expect Request    /orders
    | Respond With Json    []
    | VAR    &{page}    Origin=http://localhost:3000
    | GET    ${HTTP_SERVER_URL}/orders    headers=${page}
    | Request Should Have Been Received    /orders    method=GET    times=1

    - Responses to unexpected requests allow it, too, so the page gets an explanation instead of a network error.
    - A page can read all headers of a response.
    - For cookies, the page must call ``fetch`` with ``credentials: "include"``. If the page comes from another host,
      not just another port, a cookie also needs ``SameSite=None; Secure``, and therefore ``tls=True``.
    - To test a page that is refused, allow another origin, as in ``Set Cors    http://other.example``, or expect the preflight
      with ``method=OPTIONS`` and answer it with ``status=403``.

    `Serve Until Stopped` keeps the server running, so that you can try the page by hand with the same resource file.

    = HTTPS =

    With ``tls=True`` a server speaks HTTPS (TLS 1.2 and 1.3) with a throw-away certificate for localhost, 127.0.0.1, ::1,
    its ``host`` and ``url_host``, and the names in ``tls_names``. If it listens on all addresses, the certificate also has
    the name of the machine. `Get Http Server Ca File` returns the file that clients must trust, which is the same for all
    servers of a run. ``tls=True`` needs the extra ``tls``.

    The environment variable that names the CA file is ``SSL_CERT_FILE`` for most programs, ``NODE_EXTRA_CA_CERTS`` for
    Node.js, ``REQUESTS_CA_BUNDLE`` for requests, ``CURL_CA_BUNDLE`` for curl and ``GIT_SSL_CAINFO`` for Git. Java needs a
    trust store, and Chromium on Linux an entry in its database, whose directory must exist:

    | = Client = | = Command = |
    | Java | ``keytool -importcert -noprompt -file FILE -keystore trust.p12 -storepass changeit``; then start ``java`` with ``-Djavax.net.ssl.trustStore=trust.p12 -Djavax.net.ssl.trustStorePassword=changeit`` |
    | Chromium | ``certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n http-server -i FILE`` (package libnss3-tools) |

    To test how clients react to a bad certificate, give ``certificate``. All but ``VALID`` imply ``tls=True``.

    | = Certificate = | = What is wrong = | = What a client reports that trusts the CA file = |
    | ``EXPIRED`` | It ended a week ago. | The certificate has expired. |
    | ``NOT_YET_VALID`` | It begins in a week. | The certificate is not yet valid. |
    | ``WRONG_HOST`` | It is for the host ``wrong-host.invalid`` only. | The certificate does not match the host of the URL. |
    | ``UNTRUSTED`` | Its CA is not in the CA file. | The issuer of the certificate is unknown. |

    A client that does not trust the CA file reports an unknown issuer for all of them. A client that does not verify
    certificates gets its answer.

    Use ``cert_file``, ``key_file`` and ``key_password`` for a certificate of your own. With ``client_ca_file``, only
    clients with a certificate from one of these CAs are accepted. The subject of that certificate is ``client_subject``
    of the received request; handlers find it as ``SSL_CLIENT_S_DN`` in ``request.environ``.

    The log has a warning for a client that rejects the certificate or is rejected. When the client rejects a
    ``certificate`` because it is bad on purpose, it is an INFO message. A request in plain text gets status 400 and is a
    problem.

    = Containers and other machines =

    By default, only programs on this machine can reach a server. For other machines and containers, give ``host`` so
    that the server listens on all addresses, and ``url_host`` with the name under which they reach this machine:

    | ${url} =    Start Http Server    host=0.0.0.0    url_host=host.docker.internal
    | Should Start With    ${url}    http://host.docker.internal:

    All URLs of the server have that name, so give them to the system under test. Tests on this machine can still use
    ``localhost`` and the port. Anyone on the network can call such a server, so use it only where that is harmless.

    | = The system under test runs = | = url_host = |
    | in Docker Desktop | ``host.docker.internal`` |
    | in Docker on Linux | ``host.docker.internal``, if its container has ``--add-host=host.docker.internal:host-gateway`` |
    | in Podman | ``host.containers.internal`` |
    | in a container, beside one in which Robot Framework runs | the name of that service or container |
    | in the same pod (Kubernetes) | not needed, nor is ``host``: its containers share ``localhost`` |
    | in another pod | the address of the pod in which Robot Framework runs |
    | on another machine | the name or address of this machine |

    With HTTPS, the certificate has that name, and those in ``tls_names``:

    | Start Http Server    host=0.0.0.0    url_host=host.docker.internal    tls=True    tls_names=shop.test, *.shop.test
    | ${ca file} =    Get Http Server Ca File

    Mount the CA file in the container, and make the program trust it, as in `HTTPS`. If the port must be known before the
    run, for example to publish it, give ``port``.

    = Forwarding =

    A server can stand in front of a real service. `Respond By Forwarding` forwards the requests of an expectation, and
    `Forward Unexpected Requests` those that no expectation matches. So a test can replace single responses and leave
    the rest to the service. Here the first payment fails, and the client tries again:

    | Forward Unexpected Requests    https://api.example.com
    | Expect Request    /payments    method=POST
    | Respond With Data    busy    status=503    times=1
    | Respond By Forwarding    https://api.example.com

    - The request target, the order, case and repetition of headers, and encoded bodies are passed on unchanged, in both
      directions.
    - A request is forwarded once it has arrived completely. The answer is passed on while it arrives.
    - ``forwarded_to`` of the received request is the URL to which it was forwarded. The log and saved requests show it,
      too.
    - A connection to the service is reused within a second, and closed at the end of the scope. If a reused connection
      turns out to be closed, a request that may be repeated, such as GET or PUT, is sent again.
    - An answer of unknown length ends with the scope of its request, as `Streams` do: a stream of events ends properly,
      and any other answer breaks off. The log says so.
    - When forwarding fails, that is a problem of kind ``FORWARDING FAILED``, and the client gets status 502.

    = Record a real service =

    A test that needs a real service can record it once, and then run without it. First, the server forwards requests to
    the service, and the test saves them with their responses. Here, ``${SHOP}`` is the URL of the service:

    | Forward Unexpected Requests    ${SHOP}
    | GET    ${HTTP_SERVER_URL}/orders
    | Save Received Requests    ${CURDIR}/shop.resource

    After that, suites import the file as a ``Resource``, and its keyword expects the same requests and gives the same
    responses. Within a test, that is:

    | Import Resource    ${CURDIR}/shop.resource
    | Expect Recorded Traffic
    | GET    ${HTTP_SERVER_URL}/orders    expected_status=200

    The file does not import the library, because the suite imports it with its own options. Edit the file like one
    written by hand: for example, write ``<any>`` in place of a date that is never the same.

    | = Recorded = | = Written = |
    | A request | ``path``, ``method``, ``query`` and the body: ``json``, ``form``, ``files``, ``text``, or ``data`` for bytes. Of the headers only those that ask for a part (``Range``), or for what has changed (``If-None-Match``, ``If-Modified-Since``). That there is no query or body, only where other requests to this path have one. |
    | Several equal requests | One expectation, with their responses in the order of arrival: ``times`` for each, and the last one goes on. |
    | A response | Status, headers and body. Headers of the connection, Date and Server are made anew. A body with gzip or deflate is written decoded, with ``content_encoding``. A ``Location`` on this server, or on the service to which the request was forwarded, is written as a path. Other URLs stay as they are, also those in bodies: with ``keep_host=True`` of `Forward Unexpected Requests`, most services write this server into them. |
    | A large or binary body | A file in a directory beside the resource file. |
    | A response that was broken on purpose | `Respond With Fault`. |
    | A stream of events | Its whole body, without pauses. |
    | What is masked in a request | It is not compared: ``<any>`` in JSON, ``*`` in a path or text; a parameter or field is left out. |
    | What is masked in a response | ``***``, also for the values of cookies. |

    An expectation is written only if the recorded request matches it. If it also matches requests that got other
    responses, the expectations of those come first. Requests that cannot be told apart, for example because they differ
    only in what is masked, become one expectation, with their responses one after the other. A request without a
    complete response is left out, with a warning and a comment in the file. So are unexpected requests, responses of
    which only a part was kept (1 MiB of a forwarded one), raw bytes, and broken streams.

    A ``.json`` file has mappings for WireMock. Repeated requests become scenarios. Large bodies go to the directory
    ``__files``, beside the file or beside its directory ``mappings``. Of the faults, WireMock has only an empty
    response and a reset before the response.

    = Limits =

    Options of `Start Http Server` limit how much a server accepts and keeps. A request over a limit gets the status
    that HTTP defines for it, and is a problem of kind ``MALFORMED REQUEST`` that names the option. Its connection is
    closed; other connections are not affected.

    | = Option = | = Default = | = What it limits = |
    | ``max_target_size`` | 8 KiB | The path and query of a request (414). |
    | ``max_header_size`` | 64 KiB | All header fields of a request together (431). |
    | ``max_header_count`` | 200 | The number of header fields (431). |
    | ``max_body_size`` | 256 MiB | The body of a request (413). |
    | ``max_body_kept`` | 256 MiB | How much of a request body is kept. |
    | ``idle_timeout`` | 60 seconds | How long a connection without a request stays open. |
    | ``stall_timeout`` | 60 seconds | How long a client may pause within a request (408) or a response. |
    | ``handshake_timeout`` | 10 seconds | How long a TLS handshake may take. |
    | ``max_requests_kept`` | 100,000 | How many received requests are kept; the oldest are dropped first, and failures say how many. |
    | ``max_bytes_kept`` | 256 MiB | All kept bodies and large headers together; the oldest bodies are dropped first. |

    The first ``max_body_kept`` bytes of a larger body are kept, and the rest takes no memory. So uploads can be larger
    than the memory, for example with ``max_body_size=100 GiB    max_body_kept=1 MiB``. ``body_size`` of the received request is
    the full size. Body fields of a request description do not match a body that is not kept whole. Handlers and matchers
    are not called for it, which is a problem; path, method, query and headers match as usual. The same holds for
    received requests whose bodies are dropped because of ``max_bytes_kept``; a warning says so. The first 1 MiB of a
    streamed response body is kept.

    For ``max_bytes_kept``, what a request line and its headers have beyond 1 KiB also counts. When that takes more than half
    of ``max_bytes_kept``, the oldest requests are forgotten; a warning and failures say so.

    = Parallel runs =

    With port 0, the default, suites can run in parallel, for example with pabot: each process has its own servers.

    = The log =

    Every received request is a line with its time of arrival, under the keyword that was running at that time. Log
    level DEBUG also shows headers, bodies and the tracebacks of handlers and matchers. Problems are warnings, or INFO
    messages with ``auto_check=OFF``. Characters that could break the log, control a terminal or change the order of
    what you read are escaped in messages, failures and responses that explain, for example as ``\\u001b``.

    A failed test that received requests ends with a table of them, all servers together. It shows when each request
    arrived (from the start of the test), its method, path, status and duration, the expectation that took it, and a bar
    on a common time line, so that you see which requests were parallel, late or repeated. A row opens to show request
    and response side by side, and where the request differs from the nearest expectation. Passed tests have no table;
    `Log Received Requests` logs one anywhere, and a test that ends with that keyword gets no second one. The table has
    room for the newest 1,000 requests and 2 MiB, and says what it leaves out. `Save Received Requests` writes a file for
    the network tools of browsers.

    = Secrets =

    Some values are shown as ``***`` in the log, in messages, in saved requests, and in responses that explain why a
    request was unexpected. The attributes of a received request are not masked.

    - The headers Authorization, Proxy-Authorization, Cookie and Set-Cookie.
    - The user and password of a URL, as in ``http://user:password@host/``.
    - Every value given to a keyword as a ``Secret`` (Robot Framework 7.4 and newer), anywhere it occurs, also when its
      characters are escaped as in URLs, JSON, XML, forms and Python, read in the wrong charset, or encoded in base64.
    - The headers that `Set Masked Headers` names.
    - The fields that `Set Masked Fields` names: members of JSON objects, form fields, query parameters, elements and
      attributes of XML. They are recognised by name, so the same value in another place is shown.

    These stay readable: a hash of a secret; a secret that is encrypted, compressed, reversed, in another case, split in
    several pieces, or shorter than three characters; and the first two characters of a secret in the middle of which a
    client stops sending. What a test itself returns or logs is not masked either. The values of masked fields are also
    recognised in bodies that cannot be parsed, but not if name and value stand apart:
    ``<input name="password" value="...">``, ``{"name": "password", "value": "..."}``, columns of CSV. A value of more
    than 8 KiB can show where a difference is far from the name: give such a value as a ``Secret``.

    Each server masks the names and the ``Secret`` values given to it, so name them for each server, before the requests
    arrive. It masks them until the end of the suite or test, and the newest 100 secrets for longer, because a client may
    send one again after its test. Robot Framework itself logs the arguments of keywords and the values of variables; that
    is what ``Secret`` is for.

    Inside a text, Robot Framework writes ``<secret>`` in place of the value, as in ``headers=X-Token: ${TOKEN}``. Such a
    text is an error. Give the ``Secret`` as the value in a dictionary, as in ``headers=${{ {'X-Token': $TOKEN} }}``, or make
    the whole text a ``Secret``, with ``VAR`` and ``${text: Secret}``. Text that also has ``</secret`` is taken for XML or
    HTML, which is no error, and bytes are not checked.
    """

    # Without the first one, a dictionary given as text silently becomes its Python representation. The others accept
    # only what a keyword returned.
    ROBOT_LIBRARY_CONVERTERS: ClassVar = {
        str: _text,
        Expectation: None,
        ServedCollection: None,
        ReceivedRequest: None,
        Problem: None,
    }

    def __init__(
        self,
        *,
        host: object = "localhost",
        port: object = 0,
        auto_start: object = False,
        auto_check: object = "FAIL",
        timeout: object = "5 seconds",
    ) -> None:
        """Takes the options; nothing is started or opened by the import.

        Args:
            host: Default of `Start Http Server`.
            port: Default of `Start Http Server`. 0 takes a free port.
            auto_start: ``True`` for a server that runs from the start of each importing suite, before Suite Setup,
                to its end; its base URL is the suite variable ``${HTTP_SERVER_URL}``. A suite inside a suite that
                has a server uses that one.
            auto_check: What the end of a test does with unchecked problems. ``FAIL`` fails a passed test (or skips it
                if its tags or ``--skiponfailure`` ask for that) and adds to the message of a failed one; ``STRICT``
                also counts unmet expectations of the test; ``WARN`` logs them; ``OFF`` does nothing, and problems are
                INFO messages instead of warnings.
            timeout: How long waiting keywords wait by default, in seconds or as a time string.
        """
        super().__init__(Options.of(host, port, auto_start, auto_check, timeout))
