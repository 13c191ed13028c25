*** Settings ***
Documentation    Which received requests count: those that an expectation took, and those after another one.

Resource         resources/client.resource

Suite Setup      Start Server
Test Teardown    Run Keywords    Join Background    AND    Clear Problems    AND    Reset Http Server

Test Tags        checks


*** Test Cases ***
An Expectation Stands For What It Took
    ${first} =    Expect Oneshot Request    /orders
    Respond With Data    first
    ${second} =    Expect Request    /orders
    Respond With Data    second
    Answer Of    first    GET    /orders
    Answer Of    second    POST    /orders
    Answer Of    second    GET    /orders
    Request Should Have Been Received    ${first}    times=1
    Request Should Have Been Received    ${second}    times=2
    ${request} =    Get Received Request    ${first}
    Should Be Equal    ${request.response.text}    first
    ${requests} =    Get Received Requests    ${second}
    Should Be Equal    ${{ [request.method for request in $requests] }}    ${{ ['POST', 'GET'] }}
    ${request} =    Wait Until Request Is Received    ${first}
    Should Be Equal    ${request.expectation}    ${first}
    ${requests} =    Wait Until Request Is Received    ${second}    times=2
    Length Should Be    ${requests}    2

Further Fields Of What An Expectation Took
    ${expectation} =    Expect Request    /orders/{id}
    Respond With Data
    Status Of    200    GET    /orders/7
    Status Of    200    POST    /orders/8    ${EMPTY}    book
    Request Should Have Been Received    ${expectation}    method=POST    times=1
    Request Should Not Be Received    ${expectation}    method=DELETE
    ${request} =    Get Received Request    ${expectation}    text=book
    Should Be Equal    ${request.path_params}[id]    8

What An Expectation Did Not Take
    ${expectation} =    Expect Request    /never
    Expect Request    /orders
    Respond With Data
    Status Of    200    GET    /orders
    Request Should Not Be Received    ${expectation}
    ${requests} =    Get Received Requests    ${expectation}
    Should Be Empty    ${requests}

An Expectation In The Order
    ${login} =    Expect Oneshot Request    /login
    Respond With Data
    ${orders} =    Expect Request    /orders
    Respond With Data
    Status Of    200    GET    /login
    Status Of    200    GET    /orders
    Status Of    200    POST    /orders
    VAR    &{posted}    path=${orders}    method=POST
    VAR    @{order}    ${login}    ${posted}
    Requests Should Have Been Received In Order    ${order}
    ${requests} =    Wait Until Requests Are Received In Order    ${order}
    Should Be Equal    ${{ [str(request) for request in $requests] }}    ${{ ['GET /login', 'POST /orders'] }}

Wait For The Next One
    Expect Request    /poll
    Respond With Data
    Status Of    200    GET    /poll
    ${first} =    Wait Until Request Is Received    /poll
    Send Later    ${SERVER}    GET    /poll    after=0.05
    ${second} =    Wait Until Request Is Received    /poll    after=${first}
    Should Not Be Equal    ${first}    ${second}
    Request Should Have Been Received    /poll    times=2
    Request Should Have Been Received    /poll    times=1    after=${first}
    Request Should Not Be Received    /poll    after=${second}
    ${requests} =    Get Received Requests    after=${first}
    Should Be Equal    ${requests}    ${{ [$second] }}
    ${request} =    Get Received Request    /poll    after=${first}
    Should Be Equal    ${request}    ${second}
    Requests Should Have Been Received In Order    ["/poll"]    after=${first}
    ${requests} =    Wait Until Requests Are Received In Order    ["/poll"]    after=${first}
    Should Be Equal    ${requests}    ${{ [$second] }}

Save What Came After
    Expect Request    /a
    Respond With Data
    Status Of    200    GET    /a
    ${first} =    Get Received Request
    Status Of    200    GET    /a?n\=2
    ${file} =    Save Received Requests    ${OUTPUT DIR}/after.har    path=/a    after=${first}
    ${urls} =    Evaluate
    ...    [entry['request']['url'][-6:] for entry in json.loads(pathlib.Path($file).read_text())['log']['entries']]
    Should Be Equal    ${urls}    ${{ ['/a?n=2'] }}

Failures With An Expectation
    ${taken} =    Expect Request    /orders
    Respond With Data
    ${never} =    Expect Oneshot Request    /never
    Status Of    200    GET    /orders
    First Line Is    Expected no request taken by the permanent expectation: /orders
    ...    Request Should Not Be Received    ${taken}
    First Line Is    Expected no request taken by (permanent /orders): GET
    ...    Request Should Not Be Received    ${taken}    method=GET
    First Line Is    Expected at least 1 request taken by the oneshot expectation: /never
    ...    Request Should Have Been Received    ${never}
    First Line Is    Expected 1 request taken by the oneshot expectation within 0.05 seconds: /never
    ...    Wait Until Request Is Received    ${never}    timeout=0.05
    First Line Is    No received request taken by the oneshot expectation: /never
    ...    Get Received Request    ${never}
    First Line Is    No received request taken by (permanent /orders) matches: POST
    ...    Get Received Request    ${taken}    method=POST
    First Line Is
    ...    Expected 1 request in order, but request 1 did not arrive: POST, taken by (permanent /orders)
    ...    Requests Should Have Been Received In Order    ${{ [{'path': $taken, 'method': 'POST'}] }}

The Failure Says That The Expectation Takes No More
    ${removed} =    Expect Request    /removed
    Remove Expectation    ${removed}
    ${once} =    Expect Oneshot Request    /once
    Respond With Data
    Status Of    200    GET    /once
    FOR    ${expectation}    ${reason}    IN
    ...    ${removed}    was removed
    ...    ${once}    is used up
        ${error} =    Run Keyword And Expect Error    *    Wait Until Request Is Received    ${expectation}
        ...    times=2    timeout=0.05
        Should Contain    ${error}    The expectation ${reason}, so it takes no more requests.
    END

The Failure Says Who Took It Instead
    Expect Request    /orders
    Respond With Data
    ${never} =    Expect Request    /orders
    Status Of    200    GET    /orders
    ${error} =    Run Keyword And Expect Error    *    Request Should Have Been Received    ${never}
    Should Contain    ${error}    this expectation took it: permanent /orders

Failures With After
    Expect Request    /poll
    Respond With Data
    Status Of    200    GET    /poll
    ${first} =    Get Received Request
    VAR    ${not counted}    Not counted, because they arrived earlier: 1 request.
    VAR    ${text}
    ...    Expected 1 request after GET /poll at <time> within 0.05 seconds: /poll
    ...    Received none on server 'http-1' at <url>.
    ...    No requests were received.
    ...    ${not counted}
    ...    separator=\n
    Fails With    ${text}    Wait Until Request Is Received    /poll    after=${first}    timeout=0.05
    ${error} =    Run Keyword And Expect Error    *    Requests Should Have Been Received In Order    ["/poll"]
    ...    after=${first}
    Should Contain    ${error}    ${not counted}
    Status Of    200    GET    /poll
    First Line Is    Expected no request after GET /poll at <time>: /poll
    ...    Request Should Not Be Received    /poll    after=${first}

A Request Of Another Server
    ${url} =    Start Http Server    alias=other
    Expect Request    /a
    Respond With Data
    Status Of    200    GET    /a
    ${request} =    Get Received Request
    Switch Http Server    http-1
    VAR    ${reason}
    ...    after: GET /a was received by server 'other' at ${url},
    ...    not by server 'http-1' at <url>. Write server=other.
    FOR    ${keyword}    IN
    ...    Request Should Have Been Received
    ...    Request Should Not Be Received
    ...    Wait Until Request Is Received
    ...    Get Received Request
    ...    Get Received Requests
        Fails With    ${reason}    ${keyword}    after=${request}
    END
    Fails With    ${reason}    Wait Until Requests Are Received In Order    ["/a"]    after=${request}
    Stop Http Server    server=other

A Request That Is Forgotten
    Expect Request    /a
    Respond With Data
    Status Of    200    GET    /a
    ${request} =    Get Received Request
    Clear Received Requests
    VAR    ${reason}    it was cleared, or its test or suite has ended.
    Fails With    after: GET /a is no longer among the received requests of server 'http-1' at <url>: ${reason}
    ...    Get Received Request    after=${request}

What Is No Request
    Run Keyword And Expect Error    *'after'*    Get Received Request    after=/a
    ${expectation} =    Expect Request    /a
    Run Keyword And Expect Error    *'after'*    Get Received Request    after=${expectation}

An Expectation Of Another Server
    ${expectation} =    Expect Request    /a
    ${here} =    Get Http Server Url    /
    Start Http Server    alias=other
    VAR    ${reason}
    ...    The expectation (permanent /a) belongs to server 'http-1' at ${here[:-1]},
    ...    not to server 'other' at <url>. Write server=http-1.
    FOR    ${keyword}    IN
    ...    Request Should Have Been Received
    ...    Request Should Not Be Received
    ...    Wait Until Request Is Received
    ...    Get Received Request
    ...    Get Received Requests
        Fails With    ${reason}    ${keyword}    ${expectation}
    END
    Request Should Not Be Received    ${expectation}    server=http-1
    Stop Http Server
    Switch Http Server    http-1

An Expectation Of A Stopped Server
    [Documentation]    The wait ends at once.
    ${url} =    Start Http Server    alias=stopped
    ${expectation} =    Expect Request    /a
    Stop Http Server
    VAR    ${text}
    ...    Expected 1 request taken by the permanent expectation within 3600 seconds: /a
    ...    Received none on server 'stopped' at ${url}.
    ...    No requests were received.
    ...    The server is stopped, so no more requests can arrive.
    ...    separator=\n
    Fails With    ${text}    Wait Until Request Is Received    ${expectation}    timeout=1 hour    server=stopped
    Switch Http Server    http-1


*** Keywords ***
Start Server
    ${url} =    Start Http Server
    VAR    ${SERVER}    ${url}    scope=SUITE

First Line Is
    [Arguments]    ${expected}    ${name}    @{arguments}    &{named}
    ${error} =    Run Keyword And Expect Error    *    ${name}    @{arguments}    &{named}
    ${error} =    Without Times    ${error}
    Should Be Equal    ${error.splitlines()[0]}    ${expected}
