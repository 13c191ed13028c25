*** Settings ***
Documentation    Starting, stopping and choosing servers, and how they talk HTTP.

Library          Collections
Library          HttpServerLibrary
Library          OperatingSystem
Library          Process
Library          RequestsLibrary
Library          resources/RawClient.py
Resource         resources/curl.resource

Test Tags        servers


*** Test Cases ***
A Free Port Is Taken By Default
    ${first} =    Start Http Server
    ${second} =    Start Http Server
    Should Match Regexp    ${first}    ^http://localhost:[1-9]\\d+$
    Should Match Regexp    ${second}    ^http://localhost:[1-9]\\d+$
    Should Not Be Equal    ${first}    ${second}

A Server Answers When It Is Started
    ${url} =    Start Http Server
    Set Unexpected Response    status=404    text=nothing here
    ${response} =    GET    ${url}    expected_status=404
    Should Be Equal    ${response.text}    nothing here
    Forget The Problems

A Port Can Be Given And Is Free After The Server
    ${url} =    Start Http Server
    # The end of this connection lingers in the kernel, and must not keep the port.
    Should Be Answered    ${url}    http-1
    Open Connection    ${url}
    Stop Http Server
    ${again} =    Start Http Server    alias=again    port=${url.rpartition(':')[2]}
    Should Be Equal    ${again}    ${url}
    Should Be Answered    ${url}    again

A Port That Is Taken Is A Failure Of One Line
    ${port} =    Occupy Port
    Run Keyword And Expect Error
    ...    EQUALS: Port ${port} on localhost is taken by another program. Use port=0 to take a free one.
    ...    Start Http Server    port=${port}
    Run Keyword And Expect Error
    ...    EQUALS: Port ${port} on 127.0.0.1 is taken by another program. Use port=0 to take a free one.
    ...    Start Http Server    host=127.0.0.1    port=${port}

A Port That Is Taken On One Loopback Address Is Taken
    ${port} =    Occupy Port    ::1
    Run Keyword And Expect Error
    ...    EQUALS: Port ${port} on localhost is taken by another program. Use port=0 to take a free one.
    ...    Start Http Server    port=${port}
    # Nothing of the attempt is left on the other address.
    Start Http Server    host=127.0.0.1    port=${port}

A Port That Another Server Has Is Taken
    ${url} =    Start Http Server
    Run Keyword And Expect Error    Port * on localhost is taken*
    ...    Start Http Server    port=${url.rpartition(':')[2]}
    Should Be Answered    ${url}    http-1

A Server That Could Not Be Started Leaves No Trace
    ${url} =    Start Http Server    alias=first
    ${port} =    Occupy Port
    Run Keyword And Expect Error    *is taken*    Start Http Server    alias=second    port=${port}
    ${current} =    Get Http Server Url    ${EMPTY}
    Should Be Equal    ${current}    ${url}/
    Run Keyword And Expect Error    EQUALS: There is no server 'second'. Known servers: 'first'.
    ...    Switch Http Server    second
    Start Http Server    alias=second

Unknown Hosts Are Failures Of One Line
    Run Keyword And Expect Error
    ...    EQUALS: The host 'no-such-host.invalid' cannot be resolved. Use localhost, or 0.0.0.0 for all addresses.
    ...    Start Http Server    host=no-such-host.invalid
    # An address for documentation (RFC 5737), which no machine has.
    Run Keyword And Expect Error
    ...    EQUALS: 192.0.2.1 is not an address of this machine. Use localhost, or 0.0.0.0 for all addresses.
    ...    Start Http Server    host=192.0.2.1

Impossible Ports Are Failures Of One Line
    Run Keyword And Expect Error
    ...    EQUALS: There is no port 65536: ports go from 0 to 65535, and 0 takes a free one.
    ...    Start Http Server    port=65536
    Run Keyword And Expect Error    There is no port -1: *    Start Http Server    port=-1
    Run Keyword And Expect Error    *'port'*'http'*    Start Http Server    port=http

Aliases Are Given By Number
    Start Http Server
    Start Http Server    alias=payments
    Start Http Server
    Run Keyword And Expect Error
    ...    EQUALS: There is no server 'nope'. Known servers: 'http-1', 'payments', 'http-2'.
    ...    Switch Http Server    nope

A Given Number Is Not Given Again
    Start Http Server    alias=http-1
    Start Http Server
    ${previous} =    Switch Http Server    http-1
    Should Be Equal    ${previous}    http-2

A Given Number Is Not Given Again In Another Spelling
    Start Http Server    alias=HTTP-1
    Start Http Server
    ${previous} =    Switch Http Server    http-1
    Should Be Equal    ${previous}    http-2

An Alias That Is Running Is An Error
    ${url} =    Start Http Server    alias=payments
    Run Keyword And Expect Error    EQUALS: Server 'payments' is already running at ${url}.
    ...    Start Http Server    alias=payments
    Should Be Answered    ${url}    payments

Case And Spaces Of Aliases Do Not Matter
    ${url} =    Start Http Server    alias=Credit Cards
    ${same} =    Get Http Server Url    ${EMPTY}    server=credit cards
    Should Be Equal    ${same}    ${url}/
    Run Keyword And Expect Error    EQUALS: Server 'Credit Cards' is already running at ${url}.
    ...    Start Http Server    alias=creditcards

An Empty Alias Is An Error
    Run Keyword And Expect Error    EQUALS: alias: the alias is empty.    Start Http Server    alias=${SPACE}

An Alias Is Free After Its Server Was Stopped
    Start Http Server    alias=payments
    Stop Http Server    server=payments
    ${second} =    Start Http Server    alias=payments
    ${url} =    Get Http Server Url    server=payments
    Should Be Equal    ${url}    ${second}/
    Should Be Answered    ${second}    payments

Unknown Aliases Are Errors Everywhere
    [Template]    Unknown Alias Is An Error
    Stop Http Server
    Get Http Server Url
    Reset Http Server
    Set Unexpected Response
    Expect Request
    Expect Oneshot Request
    Expect Ordered Request
    Clear Expectations
    Format Matchers
    Check Assertions
    Get Problems
    Expectations Should Be Met
    Wait Until Expectations Are Met
    Request Should Have Been Received
    Wait Until Request Is Received
    Request Should Not Be Received
    Get Received Requests
    Get Received Request
    Clear Received Requests
    Log Received Requests

Without A Server The Keywords Say What To Do
    [Template]    Missing Server Is An Error
    Get Http Server Url
    Reset Http Server
    Expect Request
    Check Assertions
    Get Received Requests

An Unknown Alias Without Any Server
    VAR    ${imports}    A server that was started through an import with other options belongs to that import.
    Run Keyword And Expect Error    EQUALS: There is no server 'nope'. Known servers: none. ${imports}
    ...    Get Http Server Url    server=nope

The Current Server Is The One Started Last
    ${first} =    Start Http Server
    Current Server Should Be    ${first}
    ${second} =    Start Http Server
    Current Server Should Be    ${second}

Switching Returns The Alias Of The Previous Server
    ${first} =    Start Http Server    alias=first
    ${second} =    Start Http Server    alias=second
    ${previous} =    Switch Http Server    first
    Should Be Equal    ${previous}    second
    Current Server Should Be    ${first}
    ${previous} =    Switch Http Server    ${previous}
    Should Be Equal    ${previous}    first
    Current Server Should Be    ${second}

When The Current Server Is Stopped The One Started Before It Is Current
    ${first} =    Start Http Server
    ${second} =    Start Http Server
    Start Http Server
    Stop Http Server
    Current Server Should Be    ${second}
    Stop Http Server
    Current Server Should Be    ${first}

The One Started Before Is Not The One Used Before
    Start Http Server    alias=first
    ${second} =    Start Http Server    alias=second
    Start Http Server    alias=third
    Switch Http Server    first
    Switch Http Server    third
    Stop Http Server
    Current Server Should Be    ${second}

A Stopped Server Is Passed Over
    ${first} =    Start Http Server    alias=first
    Start Http Server    alias=second
    ${third} =    Start Http Server    alias=third
    Stop Http Server    server=second
    Current Server Should Be    ${third}
    Stop Http Server
    Current Server Should Be    ${first}

The Last Server Stays Current When It Is Stopped
    ${url} =    Start Http Server
    Expect Request    /seen
    Respond With Data    yes
    GET    ${url}/seen
    Stop Http Server
    Current Server Should Be    ${url}
    Request Should Have Been Received    /seen    times=1

Stopping What Is Stopped Is Fine
    Stop Http Server
    Stop All Http Servers
    Start Http Server    alias=one
    Stop Http Server    server=one
    Stop Http Server    server=one
    Stop Http Server
    Stop All Http Servers

All Servers Are Stopped
    ${first} =    Start Http Server
    ${second} =    Start Http Server
    Stop All Http Servers
    Connection Should Be Refused    ${first}
    Connection Should Be Refused    ${second}

A Stopped Server Can Be Inspected
    ${url} =    Start Http Server    alias=shop
    Expect Oneshot Request    /orders    method=POST
    Respond With Json    {"id": 7}    status=201
    VAR    &{order}    item=book
    POST    ${url}/orders    json=${order}
    GET    ${url}/nothing    expected_status=500
    Stop Http Server
    Expectations Should Be Met    server=shop
    Request Should Have Been Received    /orders    json={"item": "book"}    server=shop
    ${request} =    Wait Until Request Is Received    /orders    server=shop
    Should Be Equal    ${request.response.json}[id]    ${7}
    ${requests} =    Get Received Requests    server=shop
    Length Should Be    ${requests}    2
    ${text} =    Format Matchers    server=shop
    Should Contain    ${text}    /orders
    ${again} =    Get Http Server Url    /orders    server=shop
    Should Be Equal    ${again}    ${url}/orders
    Log Received Requests    server=shop
    ${problems} =    Get Problems    server=shop
    Length Should Be    ${problems}    1
    Run Keyword And Expect Error    *GET /nothing*    Check Assertions    server=shop

A Stopped Server Takes No Expectations
    Start Http Server    alias=shop
    Stop Http Server
    Run Keyword And Expect Error
    ...    EQUALS: Server 'shop' is stopped, so it can no longer expect requests.
    ...    Expect Request    /orders    server=shop

Stopping Is Immediate With Connections Open
    ${url} =    Start Http Server
    Expect Request    /
    Respond With Data    late    delay=1 minute
    ${silent} =    Open Connection    ${url}
    ${waiting} =    Open Connection    ${url}
    Send Raw    ${waiting}    GET / HTTP/1.1    Host: localhost    ${EMPTY}
    ${half} =    Open Connection    ${url}
    Send Raw    ${half}    POST /half HTTP/1.1    Host: localhost    Content-Length: 10    ${EMPTY}
    Wait Until Request Is Received    /
    ${before} =    Evaluate    time.monotonic()
    Stop Http Server
    ${took} =    Evaluate    time.monotonic() - ${before}
    Should Be True    ${took} < 20    Stopping took ${took} seconds.
    Connection Should Be Closed    ${silent}
    Connection Should Be Closed    ${waiting}
    Connection Should Be Closed    ${half}
    Connection Should Be Refused    ${url}

A Handler That Is Running Does Not Hold Up A Stop
    ${url} =    Start Http Server
    ${handler} =    Rendezvous    2
    Expect Request    /
    Respond With Handler    ${handler}
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    GET / HTTP/1.1    Host: localhost    ${EMPTY}
    Evaluate    $handler.entered.acquire(timeout=10) or 1/0
    ${before} =    Evaluate    time.monotonic()
    Stop Http Server
    ${took} =    Evaluate    time.monotonic() - ${before}
    Should Be True    ${took} < 8    Stopping took ${took} seconds.
    Connection Should Be Closed    ${connection}
    Evaluate    $handler.release()

Nothing Is Answered After A Stop On An Open Connection
    ${url} =    Start Http Server
    Expect Request    /
    Respond With Data    yes
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    GET / HTTP/1.1    Host: localhost    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.body}    yes
    Stop Http Server
    # Sending may fail, too; what counts is that nothing comes.
    Run Keyword And Ignore Error
    ...    Send Raw    ${connection}    GET / HTTP/1.1    Host: localhost    ${EMPTY}
    Connection Should Be Closed    ${connection}
    Request Should Have Been Received    /    times=1

A Stopped Server Leaves No Threads
    ${before} =    Evaluate    set(threading.enumerate())    modules=threading
    ${url} =    Start Http Server
    Open Connection    ${url}
    Expect Request    /
    Respond With Data    yes
    GET    ${url}
    Stop Http Server
    # One that is held up a moment longer than a stop waits for it is not left: it ends.
    Evaluate    [thread.join(10) for thread in set(threading.enumerate()) - $before]    modules=threading
    ${left} =    Evaluate    [str(t) for t in set(threading.enumerate()) - $before]    modules=threading
    Should Be Empty    ${left}

URLs Are Absolute
    [Setup]    Start Http Server
    [Template]    Url Should Be
    ${EMPTY}    /
    /    /
    /orders    /orders
    orders    /orders
    /orders/7?page=2&sort=a+b    /orders/7?page=2&sort=a+b
    /a b/ü    /a%20b/%C3%BC
    /a%20b    /a%20b
    /a#b    /a%23b

The URL Has The Root Path By Default
    ${base} =    Start Http Server
    ${url} =    Get Http Server Url
    Should Be Equal    ${url}    ${base}/

The URL Of Another Server
    ${first} =    Start Http Server    alias=first
    Start Http Server
    ${url} =    Get Http Server Url    /orders    server=first
    Should Be Equal    ${url}    ${first}/orders

The URL Has The Host That Was Given
    ${url} =    Start Http Server    host=127.0.0.1
    Should Match Regexp    ${url}    ^http://127\\.0\\.0\\.1:\\d+$
    Should Be Answered    ${url}    http-1
    ${url} =    Start Http Server    host=::1
    Should Match Regexp    ${url}    ^http://\\[::1\\]:\\d+$
    Should Be Answered    ${url}    http-2

A Server On All Addresses Is Reached As Localhost
    ${url} =    Start Http Server    host=0.0.0.0
    Should Match Regexp    ${url}    ^http://localhost:\\d+$
    Should Be Answered    ${url}    http-1

Both Loopback Addresses Are Served
    ${url} =    Start Http Server
    Expect Request    /    times=2
    Respond With Data    yes
    FOR    ${address}    IN    127.0.0.1    ::1
        ${connection} =    Open Connection    ${url}    ${address}
        Send Raw    ${connection}    GET / HTTP/1.1    Host: localhost    ${EMPTY}
        ${response} =    Read Response    ${connection}
        Should Be Equal    ${response.body}    yes
    END
    Expectations Should Be Met

One Connection Serves Many Requests
    ${url} =    Start Http Server
    Expect Request    /{number}
    Respond With Data    yes
    ${connection} =    Open Connection    ${url}
    FOR    ${number}    IN RANGE    5
        Send Raw    ${connection}    GET /${number} HTTP/1.1    Host: localhost    ${EMPTY}
        ${response} =    Read Response    ${connection}
        Should Be Equal    ${response.status}    ${200}
    END
    ${requests} =    Get Received Requests
    ${clients} =    Evaluate    {request.client for request in $requests}
    Length Should Be    ${clients}    1
    Length Should Be    ${requests}    5

Pipelined Requests Are Answered In Order
    ${url} =    Start Http Server
    Expect Request    /slow
    Respond With Data    slow    delay=100ms
    Expect Request    /fast
    Respond With Data    fast
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}
    ...    GET /slow HTTP/1.1    Host: localhost    ${EMPTY}
    ...    GET /fast HTTP/1.1    Host: localhost    ${EMPTY}
    ${first} =    Read Response    ${connection}
    ${second} =    Read Response    ${connection}
    Should Be Equal    ${first.body}    slow
    Should Be Equal    ${second.body}    fast

The Client Can Ask To Close The Connection
    ${url} =    Start Http Server
    Expect Request    /
    Respond With Data    yes
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    GET / HTTP/1.1    Host: localhost    Connection: close    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.body}    yes
    Should Be Equal    ${response.headers}[connection]    close
    Connection Should Be Closed    ${connection}

Several Requests Are Handled At The Same Time
    ${url} =    Start Http Server
    ${handler} =    Rendezvous    4
    Expect Request    /    times=4
    Respond With Handler    ${handler}
    ${bodies} =    Send At The Same Time    ${url}    4
    Should Be Equal    ${bodies}    ${{['together'] * 4}}
    Expectations Should Be Met

A Silent Connection Blocks Nobody
    ${url} =    Start Http Server
    Expect Request    /
    Respond With Data    yes
    Open Connection    ${url}
    ${half} =    Open Connection    ${url}
    Send Bytes    ${half}    GET / HT
    ${response} =    GET    ${url}    timeout=5
    Should Be Equal    ${response.text}    yes

A Slow Response Blocks Nobody
    ${url} =    Start Http Server
    Expect Request    /slow
    Respond With Data    slow    delay=20 seconds
    Expect Request    /fast
    Respond With Data    fast
    ${waiting} =    Open Connection    ${url}
    Send Raw    ${waiting}    GET /slow HTTP/1.1    Host: localhost    ${EMPTY}
    Wait Until Request Is Received    /slow
    ${response} =    GET    ${url}/fast    timeout=5
    Should Be Equal    ${response.text}    fast

HEAD Has The Headers But No Body
    ${url} =    Start Http Server
    Expect Request    /
    Respond With Data    twelve bytes
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    HEAD / HTTP/1.1    Host: localhost    ${EMPTY}
    ${head} =    Read Response    ${connection}    HEAD
    Should Be Equal    ${head.headers}[content-length]    12
    # A body would now be read in place of the next response.
    Send Raw    ${connection}    GET / HTTP/1.1    Host: localhost    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.body}    twelve bytes

Any Method Is Served
    ${url} =    Start Http Server
    Expect Request    /    method=EQUALS:PURGE
    Respond With Data    purged
    Expect Request    /    method=PROPFIND
    Respond With Data    found
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    PURGE / HTTP/1.1    Host: localhost    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.body}    purged
    Send Raw    ${connection}    PROPFIND / HTTP/1.1    Host: localhost    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.body}    found
    ${request} =    Get Received Request    method=EQUALS:PURGE
    Should Be Equal    ${request.method}    PURGE

Chunked Bodies Are Read
    ${url} =    Start Http Server
    Expect Oneshot Request    /    method=POST    json={"item": "book"}
    Respond With Data    yes
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    POST / HTTP/1.1    Host: localhost    Transfer-Encoding: chunked    ${EMPTY}
    Send Raw    ${connection}    8    {"item":    a;a=b    \ \ "book"}${SPACE}    0    Trailer: yes    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.body}    yes
    ${request} =    Get Received Request
    Should Be Equal    ${request.text}    {"item":${SPACE * 2}"book"}${SPACE}

A Client That Expects 100 Continue Gets It
    ${url} =    Start Http Server
    Expect Oneshot Request    /    text=hello
    Respond With Data    yes
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    POST / HTTP/1.1    Host: localhost    Content-Length: 5    Expect: 100-continue
    ...    ${EMPTY}
    ${interim} =    Read Response    ${connection}
    Should Be Equal    ${interim.status}    ${100}
    Send Bytes    ${connection}    hello
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.body}    yes

An Old Client Is Answered And Closed
    ${url} =    Start Http Server
    Expect Request    /
    Respond With Data    yes
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    GET / HTTP/1.0    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.body}    yes
    Connection Should Be Closed    ${connection}

What Is No HTTP Is Answered With 400 And Is A Problem
    ${url} =    Start Http Server
    Expect Request    /
    Respond With Data    yes
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    hello server    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.status}    ${400}
    Connection Should Be Closed    ${connection}
    Should Be Answered    ${url}    http-1
    Run Keyword And Expect Error    *hello server*    Check Assertions

Curl Is Answered
    [Documentation]    A client that nobody here has written: chunked upload, 100-continue, HEAD, keep-alive.
    Curl Is Needed
    ${url} =    Start Http Server
    Expect Request    /upload    method=PUT    text=hello
    Respond With Data    yes
    Expect Request    /    method=HEAD
    Respond With Data    yes
    ${upload} =    Run Process    curl    -sS    --noproxy    *    -T    -    -H    Expect: 100-continue
    ...    ${url}/upload    stdin=hello    timeout=60 seconds
    Should Be Equal    ${upload.stdout}${upload.stderr}    yes
    ${head} =    Run Process    curl    -sS    --noproxy    *    -I    ${url}    ${url}    timeout=60 seconds
    Should Be Equal    ${head.stderr}    ${EMPTY}
    Should Contain X Times    ${head.stdout}    HTTP/1.1 200 OK    2
    Request Should Have Been Received    /upload    headers={"Transfer-Encoding": "chunked"}    times=1

The Unexpected Response Can Be Set
    ${url} =    Start Http Server
    VAR    &{headers}    X-Why=unexpected
    Set Unexpected Response    status=404    json={"error": "not found"}    headers=${headers}
    ${response} =    GET    ${url}/nothing    expected_status=404
    Should Be Equal    ${response.json()}[error]    not found
    Should Be Equal    ${response.headers}[X-Why]    unexpected
    Should Be Equal    ${response.headers}[Content-Type]    application/json
    # It is a problem all the same.
    Run Keyword And Expect Error    *GET /nothing*    Check Assertions

The Unexpected Response Explains By Default
    ${url} =    Start Http Server
    Expect Request    /orders
    Respond With Data    yes
    Set Unexpected Response    status=404
    ${response} =    GET    ${url}/order    expected_status=404
    Should Contain    ${response.text}    /orders
    Forget The Problems

The Unexpected Response Is That Of One Server
    ${first} =    Start Http Server    alias=first
    ${second} =    Start Http Server
    Set Unexpected Response    status=418    server=first
    GET    ${first}    expected_status=418
    GET    ${second}    expected_status=500
    Forget The Problems
    Check Assertions    server=http-1
    Run Keyword And Expect Error    *    Check Assertions    server=first

Only Unexpected Requests Get The Unexpected Response
    ${url} =    Start Http Server
    Set Unexpected Response    status=404
    Expect Request    /no-response
    GET    ${url}/no-response    expected_status=500
    Forget The Problems

Bad Unexpected Responses Change Nothing
    ${url} =    Start Http Server
    Set Unexpected Response    status=404
    Run Keyword And Expect Error    *99*    Set Unexpected Response    status=99
    Run Keyword And Expect Error    *700*    Set Unexpected Response    status=700
    Run Keyword And Expect Error    *line 1*column*    Set Unexpected Response    json={"error":
    Run Keyword And Expect Error    *    Set Unexpected Response    headers=no colon
    Run Keyword And Expect Error    *    Set Unexpected Response    text=a    json={"b": 1}
    GET    ${url}    expected_status=404
    Forget The Problems

Reset Forgets Everything
    ${url} =    Start Http Server
    Set Unexpected Response    status=404
    Expect Ordered Request    /first
    Respond With Data    first
    Expect Ordered Request    /second
    Respond With Data    second
    GET    ${url}/second    expected_status=500
    GET    ${url}/first    expected_status=500
    Reset Http Server
    Check Assertions
    Expectations Should Be Met
    Request Should Not Be Received
    Expect Oneshot Request    /first
    Respond With Data    again
    ${response} =    GET    ${url}/first
    Should Be Equal    ${response.text}    again
    GET    ${url}/nothing    expected_status=500
    Forget The Problems

Reset Is For One Server
    ${first} =    Start Http Server    alias=first
    Expect Request    /
    Respond With Data    first
    ${second} =    Start Http Server    alias=second
    Expect Request    /
    Respond With Data    second
    Reset Http Server    server=second
    ${response} =    GET    ${first}
    Should Be Equal    ${response.text}    first
    GET    ${second}    expected_status=500
    Forget The Problems

Two Servers Share Nothing
    ${first} =    Start Http Server    alias=first
    ${second} =    Start Http Server    alias=second
    Expect Request    /    server=first
    Respond With Data    of the first
    ${response} =    GET    ${first}
    Should Be Equal    ${response.text}    of the first
    GET    ${second}    expected_status=500
    Request Should Have Been Received    /    times=1    server=first
    Request Should Have Been Received    /    times=1    server=second
    Check Assertions    server=first
    Run Keyword And Expect Error    *    Check Assertions    server=second

A Strict Server Names The Way Out
    ${url} =    Start Http Server
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    GET / HTTP/1.1    Host: [127.0.0.1:3000]:3000    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.status}    ${400}
    Should Start With    ${response.body}
    ...    MALFORMED REQUEST: the value of Host is not host:port; to accept it, start the server with strict=False
    Forget The Problems

Without Strict An Unusual Host And Connect Are Answered
    ${url} =    Start Http Server    strict=False
    Expect Request    /path
    Respond With Data    here
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    GET /path HTTP/1.1    Host: [127.0.0.1:3000]:3000    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.body}    here
    Send Raw    ${connection}    CONNECT /path HTTP/1.1    Host: localhost    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.body}    here
    Request Should Have Been Received    /path    method=CONNECT    times=1
    Send Raw    ${connection}    GET /path HTTP/1.1    Host: a    Host: b    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.status}    ${400}    How messages end is always strict.
    ${problems} =    Get Problems
    Should Be Equal    ${{ [problem.kind for problem in $problems] }}    ${{ ['MALFORMED REQUEST'] }}
    Forget The Problems

The Icon That Browsers Ask For Is No Problem
    ${url} =    Start Http Server
    Expect Ordered Request    /page
    Respond With Data    page
    GET    ${url}/favicon.ico    expected_status=404
    GET    ${url}/page
    Request Should Have Been Received    /favicon.ico    times=1
    Check Assertions
    Expect Request    /favicon.ico
    Respond With Data    icon
    GET    ${url}/favicon.ico    expected_status=200

An Offer Of Another Protocol Is Left Aside
    [Documentation]    As Java's HttpClient makes it. Servers that take it lose the body.
    ${url} =    Start Http Server
    Expect Request    /orders    method=POST    text=hello
    Respond With Data    taken
    ${connection} =    Open Connection    ${url}
    FOR    ${_}    IN RANGE    2
        Send Raw    ${connection}
        ...    POST /orders HTTP/1.1
        ...    Connection: Upgrade, HTTP2-Settings
        ...    Content-Length: 5
        ...    Host: localhost
        ...    HTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA
        ...    Upgrade: h2c
        ...    ${EMPTY}
        Send Bytes    ${connection}    hello
        ${response} =    Read Response    ${connection}
        Should Be Equal    ${response.body}    taken
    END


*** Keywords ***
Should Be Answered
    [Arguments]    ${url}    ${alias}
    Expect Oneshot Request    /is-it-you    server=${alias}
    Respond With Data    ${alias}
    ${response} =    GET    ${url}/is-it-you    timeout=10
    Should Be Equal    ${response.text}    ${alias}

Forget The Problems
    [Documentation]    For tests that look at the answer to an unexpected request and not at the problem.
    Run Keyword And Ignore Error    Check Assertions

Current Server Should Be
    [Arguments]    ${base}
    ${url} =    Get Http Server Url
    Should Be Equal    ${url}    ${base}/

Url Should Be
    [Arguments]    ${path}    ${expected}
    ${base} =    Get Http Server Url    ${EMPTY}
    ${url} =    Get Http Server Url    ${path}
    Should Be Equal    ${url}    ${base}${expected[1:]}

Unknown Alias Is An Error
    [Arguments]    ${keyword}
    Stop All Http Servers
    Start Http Server    alias=known
    Run Keyword And Expect Error    EQUALS: There is no server 'unknown'. Known servers: 'known'.
    ...    ${keyword}    server=unknown

Missing Server Is An Error
    [Arguments]    ${keyword}
    VAR    ${expected}
    ...    There is no HTTP server. Start one with 'Start Http Server'.
    ...    A server that was started through an import with other options belongs to that import.
    ...    separator=${SPACE}
    Run Keyword And Expect Error    EQUALS: ${expected}    ${keyword}
