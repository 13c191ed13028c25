*** Settings ***
Documentation    Headers of every response: `Set Default Headers`, and `Set Cors` for pages of other origins.

Library          resources/ChildRun.py
Resource         resources/client.resource
Resource         resources/secrets.resource

Suite Setup      Start Http Server    alias=api
Test Teardown    Reset Http Server

Test Tags        responses


*** Variables ***
${PAGE}         http://localhost:3000
${ORIGIN}       Origin: ${PAGE}
${PREFLIGHT}    SEPARATOR=\n    ${ORIGIN}
...             Access-Control-Request-Method: PUT
...             Access-Control-Request-Headers: content-type,x-trace


*** Test Cases ***
Default Headers Are Added To All Responses
    Set Default Headers    {"Cache-Control": "no-store", "X-Link": ["a", "b"], "Server": "nginx"}
    Expect Request    /orders
    Respond With Json    []
    Expect Request    /own
    Respond With Data    headers=cache-control: max-age=60
    Expect Request    /file
    Respond With File    ${CURDIR}/resources/shop/index.html
    Expect Request    /handler
    Respond With Handler    resources/handlers.py:text
    Expect Request    /chunks
    Respond With Chunks    a
    FOR    ${path}    ${status}    IN    /orders    200    /file    200    /handler    200    /chunks    200
    ...    /nope    500
        ${answer} =    Status Of    ${status}    GET    ${path}
        Should Be Equal    ${answer.header('Cache-Control')}    no-store
        Should Be Equal    ${answer.all('X-Link')}    ${{ ['a', 'b'] }}
        Should Be Equal    ${answer.all('Server')}    ${{ ['nginx'] }}
    END
    ${answer} =    Status Of    200    GET    /own
    Should Be Equal    ${answer.all('Cache-Control')}    ${{ ['max-age=60'] }}
    Problems Should Be    UNEXPECTED REQUEST

The Record Shows Default Headers
    Set Default Headers    X-Frame-Options: DENY\nX-Version: 3
    Expect Request    /orders
    Respond With Json    []
    Status Of    200    GET    /orders
    ${request} =    Get Received Request    /orders
    VAR    &{expected}    Content-Type=application/json    X-Frame-Options=DENY    X-Version=3
    Should Be Equal    ${{ dict($request.response.headers) }}    ${expected}

Nothing Ends Default Headers
    Set Default Headers    X-Version: 3
    Set Default Headers    ${NONE}
    ${answer} =    Status Of    404    GET    /favicon.ico
    Should Be Equal    ${answer.header('X-Version')}    ${NONE}

Raw Bytes Stay As They Are
    Set Default Headers    X-Version: 3
    Set Cors
    Expect Request    /raw
    Respond With Raw    HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok
    ${answer} =    Status Of    200    GET    /raw    ${ORIGIN}
    Should Be Equal    ${answer.headers}    ${{ [('Content-Length', '2')] }}

Both End With Their Scope
    ${run} =    Run Suite    added_headers.robot
    Should Be Equal As Integers    ${run.rc}    0    ${run.stdout}

Secrets In Default Headers Are Masked
    [Setup]    Requires Secrets
    ${run} =    Run Suite    secret_default_header.robot    --loglevel    DEBUG    --variable    KEY: Secret:hush-hush
    Should Be Equal As Integers    ${run.rc}    0    ${run.stdout}
    ${log} =    Log Of Test    ${run}    Secret
    Should Contain    ${log}    X-Key: ***
    Should Not Contain    ${log}    hush-hush

Every Response Gets The Headers Of Cors
    Set Cors
    Expect Request    /orders    method=PUT
    Respond With Json    {"id": 7}    status=201    headers=X-Total: 3
    ${answer} =    Status Of    201    PUT    /orders    ${ORIGIN}
    Should Be Equal    ${answer.header('Access-Control-Allow-Origin')}    ${PAGE}
    Should Be Equal    ${answer.header('Access-Control-Allow-Credentials')}    true
    Should Be Equal    ${answer.header('Access-Control-Expose-Headers')}    X-Total
    Should Be Equal    ${answer.header('Vary')}    Origin
    ${answer} =    Status Of    500    GET    /nope    ${ORIGIN}
    Should Be Equal    ${answer.header('Access-Control-Allow-Origin')}    ${PAGE}
    Problems Should Be    UNEXPECTED REQUEST

A Preflight Is Answered And Recorded
    Set Cors    max_age=10 minutes
    ${oneshot} =    Expect Oneshot Request    /orders
    Respond With Json    {"id": 7}
    ${answer} =    Status Of    204    OPTIONS    /orders    ${PREFLIGHT}
    Should Be Equal    ${answer.header('Access-Control-Allow-Origin')}    ${PAGE}
    Should Be Equal    ${answer.header('Access-Control-Allow-Methods')}    PUT
    Should Be Equal    ${answer.header('Access-Control-Allow-Headers')}    content-type,x-trace
    Should Be Equal    ${answer.header('Access-Control-Max-Age')}    600
    Check Assertions
    Status Of    200    PUT    /orders    ${ORIGIN}
    Expectations Should Be Met
    Request Should Have Been Received    ${oneshot}    times=1
    ${request} =    Get Received Request    /orders    method=OPTIONS
    Should Be Equal    ${request.response.status}    ${204}
    Should Be Equal    ${request.response.headers}[Access-Control-Allow-Methods]    PUT
    Should Be Equal    ${request.expectation}    ${NONE}

A Preflight Breaks No Order
    Set Cors
    Expect Ordered Request    /first    method=PUT
    Respond With Data
    Expect Ordered Request    /second    method=PUT
    Respond With Data
    FOR    ${path}    IN    /first    /second
        Status Of    204    OPTIONS    ${path}    ${PREFLIGHT}
        Status Of    200    PUT    ${path}    ${ORIGIN}
    END
    Expectations Should Be Met
    Check Assertions

An Expectation For A Preflight Comes First
    Set Cors
    ${refused} =    Expect Request    /admin    method=OPTIONS
    Respond With Data    status=403
    ${answer} =    Status Of    403    OPTIONS    /admin    ${PREFLIGHT}
    Should Be Equal    ${answer.header('Access-Control-Allow-Origin')}    ${PAGE}
    Request Should Have Been Received    ${refused}    times=1
    Status Of    204    OPTIONS    /orders    ${PREFLIGHT}

Only Some Origins
    Set Cors    http://shop.example, GLOB:http://localhost:*
    ${answer} =    Status Of    204    OPTIONS    /orders    ${PREFLIGHT}
    Should Be Equal    ${answer.header('Access-Control-Allow-Origin')}    ${PAGE}
    ${answer} =    Status Of    204    OPTIONS    /orders    Origin: http://a\nAccess-Control-Request-Method: PUT
    Should Be Equal    ${{ [name for name, _ in $answer.headers if name.lower().startswith('access')] }}    ${{ [] }}
    Check Assertions

The Log Says Why A Page Is Refused
    ${run} =    Run Suite    refused_pages.robot
    Should Be Equal As Integers    ${run.rc}    0    ${run.stdout}
    ${log} =    Log Of Test    ${run}    Refused Pages
    Should Contain
    ...    ${log}
    ...    INFO api: OPTIONS /orders: the origin "http://a" is not allowed (origins=http://b), so no CORS headers are sent.
    Should Contain    ${log}    INFO api: OPTIONS /orders: the method PUT is not allowed (methods=GET).
    Should Not Contain    ${log}    WARN

What A Response Has Itself Stays
    Set Cors
    Expect Request    /own
    Respond With Data    headers=Access-Control-Allow-Origin: *
    ${answer} =    Status Of    200    GET    /own    ${ORIGIN}
    Should Be Equal    ${answer.all('Access-Control-Allow-Origin')}    ${{ ['*'] }}

Cors Ends
    Set Cors
    Set Cors    ${False}
    ${answer} =    Status Of    500    OPTIONS    /orders    ${PREFLIGHT}
    Should Be Equal    ${answer.header('Access-Control-Allow-Origin')}    ${NONE}
    Problems Should Be    UNEXPECTED REQUEST

A Server That Is Started With Cors
    Start Http Server    alias=open    cors=True
    Status Of    204    OPTIONS    /orders    ${PREFLIGHT}
    Reset Http Server
    Status Of    204    OPTIONS    /orders    ${PREFLIGHT}
    Check Assertions
    [Teardown]    Stop Http Server    server=open

Bad Input
    [Setup]    Set Cors    ${PAGE}
    Fails With
    ...    origins: an origin is a scheme, a host and optionally a port, such as http://localhost:3000, not "shop".
    ...    Set Cors
    ...    shop
    Fails With    headers: ANY or a list of headers is needed, but "X Id" is not a header name.
    ...    Set Cors    headers=X Id
    Fails With    max_age: must be 0 seconds or more, not -1 seconds.    Set Cors    max_age=-1
    Fails With    headers: Content-Length cannot be set; the server frames the body.
    ...    Set Default Headers    Content-Length: 3
    Fails With    headers: a header is written 'Name: value', but there is no colon in "X-Version".
    ...    Set Default Headers    X-Version
    ${answer} =    Status Of    404    GET    /favicon.ico    ${ORIGIN}
    Should Be Equal    ${answer.header('Access-Control-Allow-Origin')}    ${PAGE}
