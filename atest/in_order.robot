*** Settings ***
Documentation    Requests that should come one after the other.

Library          resources/handlers.py
Resource         resources/client.resource

Suite Setup      Start Server
Test Setup       Expect Anything
Test Teardown    Run Keywords    Join Background    AND    Reset Http Server

Test Tags        checks    waiting


*** Test Cases ***
With Others Between
    Requests Come    /a    /x    /b    /x    /c
    VAR    @{requests}    /a    GET /b    GET,POST /c
    Requests Should Have Been Received In Order    ${requests}
    VAR    @{requests}    /a    /c
    Requests Should Have Been Received In Order    ${requests}
    VAR    @{requests}    /a    /c    /b
    Fails    * request 3 did not arrive: /b    ${requests}
    VAR    @{requests}    /a    POST /b
    Fails    * request 2 did not arrive: POST /b    ${requests}

With Nothing Between
    Requests Come    /x    /a    /b    /x    /b    /c    /x
    VAR    @{requests}    /a    /b
    Requests Should Have Been Received In Order    ${requests}    strict=True
    VAR    @{requests}    /b    /c    /x
    Requests Should Have Been Received In Order    ${requests}    strict=yes
    VAR    @{requests}    /a    /b    /c
    Requests Should Have Been Received In Order    ${requests}
    Fails    * with nothing between them*, but GET /x arrived between requests 2 and 3    ${requests}    strict=True

Only Some Of Those That Match
    [Documentation]    One request matches several descriptions: there is an order, so it is found.
    Requests Come    /a?n\=1    /b    /a?n\=2    /b
    VAR    &{second}    path=/a    query={"n": 2}
    VAR    @{requests}    GLOB:/*    ${second}    /b
    Requests Should Have Been Received In Order    ${requests}
    VAR    @{requests}    GLOB:/*    GLOB:/*    GLOB:/*    /b
    Requests Should Have Been Received In Order    ${requests}    strict=True
    VAR    @{requests}    ${second}    GLOB:/*    GLOB:/*
    Fails    * request 3 did not arrive: GLOB:/[*]    ${requests}

Each Needs A Request Of Its Own
    Requests Come    /poll    /poll
    VAR    @{requests}    /poll    /poll
    Requests Should Have Been Received In Order    ${requests}
    VAR    @{requests}    /poll    /poll    /poll
    Fails    *It arrived, but only as requests 1 and 2, which other steps already use.*    ${requests}

Ways To Describe
    Status Of    200    POST    /login    X-User: ann    {"user": "ann"}
    Status Of    200    GET    /orders/7?page\=2
    Status Of    200    DELETE    /orders/7?id\=2
    VAR    &{login}    path=/login    json={"user": "ann"}    headers=X-User: ann
    ${query} =    Evaluate    {"page": 2}
    VAR    &{orders}    path=/orders/{id}    method=${{ ['GET', 'HEAD'] }}    query=${query}
    VAR    &{matched}    matcher=handlers.wants_even
    VAR    @{requests}    ${login}    ${orders}    DELETE
    Requests Should Have Been Received In Order    ${requests}    strict=True
    VAR    @{requests}    ${orders}    ${matched}
    Requests Should Have Been Received In Order    ${requests}    strict=True
    Requests Should Have Been Received In Order    ["POST /login", {"path": "/orders/7", "text": null}, "ANY"]
    Requests Should Have Been Received In Order    ['POST /login', {'path': '/orders/7', 'text': None}]

Expectations
    [Documentation]    They stand for the requests they took, also when they are used up or removed.
    Reset Http Server
    ${first} =    Expect Oneshot Request    /a
    Respond With Data
    ${second} =    Expect Oneshot Request    /a
    Respond With Data
    ${permanent} =    Expect Request    /b
    Respond With Data
    Requests Come    /a    /b    /a    /b
    Remove Expectation    ${permanent}
    VAR    @{requests}    ${first}    ${permanent}    ${second}    ${permanent}
    Requests Should Have Been Received In Order    ${requests}    strict=True
    VAR    @{requests}    ${second}    ${first}
    Fails    * request 2 did not arrive: oneshot /a*It arrived, but before request 1: oneshot /a*    ${requests}
    VAR    @{requests}    ${first}    /a
    Requests Should Have Been Received In Order    ${requests}
    VAR    @{requests}    ${second}    /a
    Fails    * request 2 did not arrive: /a*    ${requests}

Unexpected Requests Were Received Too
    Reset Http Server
    Status Of    500    GET    /a
    Status Of    500    GET    /b
    VAR    @{requests}    /a    /b
    Requests Should Have Been Received In Order    ${requests}    strict=True
    Problems Should Be    UNEXPECTED REQUEST    UNEXPECTED REQUEST

On Another Server
    Start Http Server    alias=other
    Expect Request
    Respond With Data
    Requests Come    /a    /b
    VAR    @{requests}    /a    /b
    Requests Should Have Been Received In Order    ${requests}    server=other
    Wait Until Requests Are Received In Order    ${requests}    server=other
    Fails    *No requests were received on server 'http-1'*    ${requests}    server=http-1
    Stop Http Server    server=other
    Requests Should Have Been Received In Order    ${requests}    server=other

Order Of Arrival Counts
    [Documentation]    Not that of the responses.
    ${gate} =    Evaluate    handlers.Gate()    modules=handlers
    Expect Oneshot Request    /slow
    Respond With Handler    ${gate.answer}
    Send Later    ${SERVER}    GET    /slow    after=0
    Call Method    ${gate}    wait_for_request
    Requests Come    /quick
    Call Method    ${gate}    open
    VAR    @{requests}    /slow    /quick
    Wait Until Requests Are Received In Order    ${requests}    strict=True

Wait For An Order
    Requests Come    /b    /a
    Send Later    ${SERVER}    GET    /x    /b?n\=2    after=0.05
    VAR    @{requests}    /a    /{name}
    ${received} =    Wait Until Requests Are Received In Order    ${requests}
    Should Be Equal    ${{ [str(r) for r in $received] }}    ${{ ['GET /a', 'GET /x'] }}
    Should Be Equal    ${received[1].path_params}[name]    x
    VAR    @{requests}    /a    /b
    ${received} =    Wait Until Requests Are Received In Order    ${requests}
    Should Be Equal    ${{ [str(r) for r in $received] }}    ${{ ['GET /a', 'GET /b'] }}
    Should Be Equal    ${received[1].query}[n]    2
    Should Be Equal    ${received[1].response.status}    ${200}

Wait For A Strict Order
    Requests Come    /a    /x    /b
    Send Later    ${SERVER}    GET    /a?n\=2    /b?n\=2    after=0.05
    VAR    @{requests}    /a    /b
    ${received} =    Wait Until Requests Are Received In Order    ${requests}    strict=True
    Should Be Equal    ${{ [r.query['n'] for r in $received] }}    ${{ ['2', '2'] }}

What Came Before The Wait Counts
    Requests Come    /a    /b    /a    /b
    ${expectation} =    Expect Oneshot Request    /b
    Respond With Data
    Requests Come    /b
    VAR    @{requests}    /b    ${expectation}
    ${received} =    Wait Until Requests Are Received In Order    ${requests}    timeout=0
    ${all} =    Get Received Requests    /b
    Should Be Equal    ${received}    ${{ [$all[0], $all[2]] }}

The Time Is Over
    Requests Come    /b    /a
    VAR    @{requests}    /a    /b
    ${before} =    Evaluate    time.monotonic()
    ${error} =    Run Keyword And Expect Error    *
    ...    Wait Until Requests Are Received In Order    ${requests}    timeout=200 ms
    ${took} =    Evaluate    time.monotonic() - ${before}
    Should Be True    0.2 <= ${took} < 4
    Should Start With    ${error}    Expected 2 requests in order within 0.2 seconds, but request 2 did not arrive:

What The Failure Says
    Status Of    200    GET    /orders
    Status Of    200    POST    /login
    Status Of    200    GET    /cart
    Status Of    200    POST    /logout
    VAR    @{requests}    POST /login    GET /orders    POST /logout
    VAR    ${rest}
    ...    It arrived, but before request 1: POST /login
    ...    Expected in this order:
    ...    \ \ \ \ \ 1. POST /login
    ...    \ \ -> 2. GET /orders
    ...    \ \ \ \ \ 3. POST /logout
    ...    Nearest request after request 1:
    ...    \ \ GET /cart (answered 200)
    ...    \ \ \ \ path: expected "/orders", received "/cart"
    ...    Received 4 on server 'http-1' at <url>, oldest first:
    ...    \ \ \ \ \ -\ \ GET /orders (answered 200)
    ...    \ \ \ \ \ 1. POST /login (answered 200)
    ...    \ \ \ \ \ -\ \ GET /cart (answered 200)
    ...    \ \ \ \ \ 3. POST /logout (answered 200)
    ...    separator=\n
    Fails With    Expected 3 requests in order, but request 2 did not arrive: GET /orders\n${rest}
    ...    Requests Should Have Been Received In Order    ${requests}
    Fails With    Expected 3 requests in order within 0.05 seconds, but request 2 did not arrive: GET /orders\n${rest}
    ...    Wait Until Requests Are Received In Order    ${requests}    timeout=0.05
    Fails With    First in, then look!\n${rest}
    ...    Requests Should Have Been Received In Order    ${requests}    message=First in, then look!
    Fails With    First in, then look!\n${rest}
    ...    Wait Until Requests Are Received In Order    ${requests}    timeout=0    message=First in, then look!

What Is Not Received Yet
    [Documentation]    A request whose handler is still running is not in the list of received ones.
    ${gate} =    Evaluate    handlers.Gate()    modules=handlers
    Expect Oneshot Request    /slow
    Respond With Handler    ${gate.answer}
    Send Later    ${SERVER}    GET    /slow    after=0
    Call Method    ${gate}    wait_for_request
    VAR    @{requests}    /slow
    Fails    *Not counted, because still being answered: GET /slow.    ${requests}
    Call Method    ${gate}    open
    Wait Until Requests Are Received In Order    ${requests}

Bad Input
    [Template]    Is Refused
    requests: a list is needed, not the text "POST /login".    POST /login
    requests: the list is empty.    ${{ [] }}
    *'requests'*    ${{ {'path': '/a'} }}
    requests[[]1]: path: * contains '?', which a path cannot contain. *    ["/a", "GET /b?c\=1"]
    requests[[]2]: method: "POTS" is not a method*    ["/a", "/b", "POTS /c"]
    requests[[]1]: json: not JSON: * line 1 column *    ["/a", {"json": "{"}]
    requests[[]0]: there is no field "pth". The fields are path, method, *    [{"pth": "/a"}]
    requests[[]1]: text such as 'POST /login', * is needed, not int: 7.    ["/a", 7]
    requests[[]0]: the text is empty. *    ${{ [' '] }}
    requests: not JSON: * at line 1 column *    ["/a", {"json": null,}]
    strict: true or false is needed, not 'maybe'.    ["/a"]    strict=maybe

Expectation Of Another Server
    Start Http Server    alias=other
    ${expectation} =    Expect Request    /a    server=http-1
    Respond With Data
    Is Refused
    ...    requests[[]1]: The expectation (permanent /a) belongs to server 'http-1'*, not to server 'other'*.
    ...    ${{ ['/b', $expectation] }}
    Stop Http Server    server=other
    Switch Http Server    http-1

Broken Matcher
    [Documentation]    As in all checks: the reason, and whose it is.
    Requests Come    /a
    VAR    &{broken}    matcher=handlers.matcher_raises
    VAR    @{requests}    ${broken}
    Fails    GET /a: matcher handlers.matcher_raises raised handlers.HandlerTrouble: *    ${requests}


*** Keywords ***
Start Server
    Evaluate    sys.path.append(r'${CURDIR}/resources')
    ${url} =    Start Http Server
    VAR    ${SERVER}    ${url}    scope=SUITE

Expect Anything
    Expect Request
    Respond With Data

Requests Come
    [Arguments]    @{targets}
    FOR    ${target}    IN    @{targets}
        Status Of    200    GET    ${target}
    END

Fails
    [Documentation]    Checking and waiting fail with this text, apart from the time.
    [Arguments]    ${pattern}    ${requests}    &{named}
    Run Keyword And Expect Error    ${pattern}*    Requests Should Have Been Received In Order    ${requests}
    ...    &{named}
    Run Keyword And Expect Error    ${pattern}*    Wait Until Requests Are Received In Order    ${requests}
    ...    timeout=0    &{named}

Is Refused
    [Documentation]    In one line, and at once.
    [Arguments]    ${pattern}    ${requests}    &{named}
    ${error} =    Run Keyword And Expect Error    ${pattern}
    ...    Requests Should Have Been Received In Order    ${requests}    &{named}
    Length Should Be    ${error.splitlines()}    1
    Run Keyword And Expect Error    ${pattern}
    ...    Wait Until Requests Are Received In Order    ${requests}    timeout=60 s    &{named}
