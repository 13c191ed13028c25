*** Settings ***
Documentation    Keywords that wait for a program that works in the background.

Library          Collections
Library          resources/handlers.py
Resource         resources/client.resource

Suite Setup      Start Server
Test Teardown    Run Keywords    Join Background    AND    Reset Http Server

Test Tags        waiting


*** Test Cases ***
Wait For Expectations
    Expect Oneshot Request    /a
    Respond With Data    a
    Expect Request    /b    times=2
    Respond With Data    b
    Expect Ordered Request    /c
    Respond With Data    c
    Send Later    ${SERVER}    GET    /c    /a    /b    /b    after=0.05
    Wait Until Expectations Are Met
    Expectations Should Be Met

Nothing To Wait For
    Wait Until Expectations Are Met    timeout=0
    Expect Request    /
    Wait Until Expectations Are Met    timeout=0

Already Met
    Expect Oneshot Request    /
    Respond With Data
    Status Of    200    GET    /
    Wait Until Expectations Are Met    timeout=1 s

Responses Are Sent When It Returns
    [Documentation]    pytest-httpserver returns before the response is sent.
    Expect Oneshot Request    /slow
    Respond With Data    late    delay=300 ms
    Send Later    ${SERVER}    GET    /slow    after=0
    Wait Until Expectations Are Met
    ${request} =    Get Received Request
    VAR    ${duration}    ${request.duration}
    Should Be True    ${duration} >= 0.3
    Should Be Equal    ${request.duration}    ${duration}    the request was still being answered

Time Is Over
    Expect Oneshot Request    /never
    ${before} =    Evaluate    time.monotonic()
    ${error} =    Run Keyword And Expect Error    *    Wait Until Expectations Are Met    timeout=200 ms
    ${took} =    Evaluate    time.monotonic() - ${before}
    Should Be True    0.2 <= ${took} < 4
    Should Contain    ${error}    within 0.2 seconds
    Should Contain    ${error}    /never

Responses That Are Not Sent Before The Time Is Over
    ${url} =    Start Http Server    alias=slow
    Expect Oneshot Request    /slow
    Respond With Data    late    delay=1 minute
    Send Later    ${url}    GET    /slow    after=0
    Wait Until Request Is Received    /slow
    ${error} =    Run Keyword And Expect Error    *    Wait Until Expectations Are Met    timeout=50 ms
    Should Contain    ${error}    0.05 seconds
    Should Contain    ${error}    /slow
    Should Not Start With    ${error}    0 expectations
    Stop Http Server

Problem Ends The Wait At Once
    Expect Oneshot Request    /a
    Respond With Data
    Send Later    ${SERVER}    GET    /wrong    after=0.1
    ${before} =    Evaluate    time.monotonic()
    ${error} =    Run Keyword And Expect Error    *    Wait Until Expectations Are Met    timeout=30 s
    ${took} =    Evaluate    time.monotonic() - ${before}
    Should Be True    ${took} < 20
    Should Contain    ${error}    GET /wrong
    Problems Should Be    UNEXPECTED REQUEST

Earlier Problem Ends The Wait At Once
    Expect Oneshot Request    /a
    Respond With Data
    Status Of    500    GET    /wrong
    ${before} =    Evaluate    time.monotonic()
    Run Keyword And Expect Error    1 problem on server*GET /wrong*    Wait Until Expectations Are Met    timeout=30 s
    ${took} =    Evaluate    time.monotonic() - ${before}
    Should Be True    ${took} < 20
    Problems Should Be    UNEXPECTED REQUEST

Earlier Problem Ends The Wait Also When All Is Met
    Status Of    500    GET    /wrong
    Run Keyword And Expect Error    1 problem on server*    Wait Until Expectations Are Met    timeout=30 s
    Problems Should Be    UNEXPECTED REQUEST

Checked Problem Does Not End The Wait
    Status Of    500    GET    /wrong
    Run Keyword And Expect Error    *    Check Assertions
    Expect Oneshot Request    /a
    Respond With Data
    Send Later    ${SERVER}    GET    /a    after=0.05
    Wait Until Expectations Are Met

Problem Of Another Server Does Not End The Wait
    Start Http Server    alias=other
    Status Of    500    GET    /wrong
    Wait Until Expectations Are Met    server=http-1    timeout=0
    Run Keyword And Expect Error    1 problem on server 'other'*    Wait Until Expectations Are Met    server=other
    Run Keyword And Expect Error    *    Check Assertions    server=other
    Stop Http Server    server=other

Handler Error Ends The Wait
    Expect Request    /a    times=2
    Respond With Handler    handlers.raises
    Send Later    ${SERVER}    GET    /a    after=0.05
    Run Keyword And Expect Error    *HandlerTrouble*    Wait Until Expectations Are Met    timeout=30 s
    Problems Should Be    HANDLER ERROR

Wait For A Request
    Expect Request
    Respond With Data    here    status=202
    Send Later    ${SERVER}    GET    /a?x=1    after=0.1
    ${request} =    Wait Until Request Is Received    /a    method=GET    query={"x": 1}
    Should Be Equal    ${{ str($request) }}    GET /a
    Should Be Equal    ${request.response.status}    ${202}
    Should Be Equal    ${request.response.text}    here

Requests That Came Before Count
    Expect Request
    Respond With Data
    Status Of    200    GET    /a?n\=1
    Status Of    200    GET    /a?n\=2
    ${request} =    Wait Until Request Is Received    /a    timeout=0
    Should Be Equal    ${request.query}[n]    1

Several Requests Are A List Of The First
    Expect Request
    Respond With Data
    Status Of    200    GET    /a?n\=1
    Status Of    200    GET    /b
    Status Of    200    GET    /a?n\=2
    Status Of    200    GET    /a?n\=3
    ${requests} =    Wait Until Request Is Received    /a    times=2    timeout=0
    Should Be Equal    ${{ [r.query['n'] for r in $requests] }}    ${{ ['1', '2'] }}
    Run Keyword And Expect Error    *    Wait Until Request Is Received    /a    times=4    timeout=0

Ranges Are A List Of All
    [Documentation]    Of all that are there when the lower bound is reached.
    Expect Request
    Respond With Data
    Status Of    200    GET    /a?n\=1
    ${requests} =    Wait Until Request Is Received    /a    times=>=1    timeout=0
    Should Be Equal    ${{ [r.query['n'] for r in $requests] }}    ${{ ['1'] }}
    Status Of    200    GET    /b
    Status Of    200    GET    /a?n\=2
    Status Of    200    GET    /a?n\=3
    FOR    ${times}    IN    >=2    >2    2..3    1..4
        ${requests} =    Wait Until Request Is Received    /a    times=${times}    timeout=0
        Should Be Equal    ${{ [r.query['n'] for r in $requests] }}    ${{ ['1', '2', '3'] }}
    END

One Number As A Range
    Expect Request
    Respond With Data
    Status Of    200    GET    /a?n\=1
    Status Of    200    GET    /a?n\=2
    FOR    ${times}    IN    1    ${1}    1..1
        ${request} =    Wait Until Request Is Received    /a    times=${times}    timeout=0
        Should Be Equal    ${request.query}[n]    1
    END
    ${requests} =    Wait Until Request Is Received    /a    times=2..2    timeout=0
    Length Should Be    ${requests}    2

Wait For A Range
    Expect Request
    Respond With Data
    Status Of    200    GET    /a
    Send Later    ${SERVER}    GET    /a    after=0.05
    ${requests} =    Wait Until Request Is Received    /a    times=2..4
    Length Should Be    ${requests}    2
    ${error} =    Run Keyword And Expect Error    *
    ...    Wait Until Request Is Received    /a    times=>2    timeout=0.1
    Should Start With    ${error}    Expected at least 3 requests within 0.1 seconds: /a\nReceived 2 on server

More Than The Range
    [Documentation]    They do not become fewer, so the wait does not go on.
    Expect Request
    Respond With Data
    FOR    ${n}    IN RANGE    5
        Status Of    200    GET    /a?n\=${n}
    END
    ${before} =    Evaluate    time.monotonic()
    ${error} =    Run Keyword And Expect Error    *
    ...    Wait Until Request Is Received    /a    times=2..4    timeout=30 s
    ${took} =    Evaluate    time.monotonic() - ${before}
    Should Be True    ${took} < 20
    Should Start With    ${error}    Expected 2 to 4 requests within 30 seconds: /a\nReceived 5 on server

The Request That Ended The Wait
    [Documentation]    Also when an earlier one is still being answered; once that is received, it is the first.
    ${gate} =    Evaluate    handlers.Gate()    modules=handlers
    Expect Oneshot Request    /a
    Respond With Handler    ${gate.answer}
    Expect Request    /a
    Respond With Data
    Send Later    ${SERVER}    GET    /a?n\=1    after=0
    Call Method    ${gate}    wait_for_request
    Send Later    ${SERVER}    GET    /a?n\=2    after=0.05
    ${request} =    Wait Until Request Is Received    /a
    Should Be Equal    ${request.query}[n]    2
    Run Keyword And Expect Error    *    Wait Until Request Is Received    /a    times=2    timeout=0
    Call Method    ${gate}    open
    ${requests} =    Wait Until Request Is Received    /a    times=2
    Should Be Equal    ${{ [r.query['n'] for r in $requests] }}    ${{ ['1', '2'] }}
    ${request} =    Wait Until Request Is Received    /a
    Should Be Equal    ${request.query}[n]    1

Some Before And Some Later
    Expect Request
    Respond With Data
    Status Of    200    GET    /a
    Send Later    ${SERVER}    GET    /a    /a    after=0.05
    ${requests} =    Wait Until Request Is Received    /a    times=3
    Length Should Be    ${requests}    3

Unexpected Request Is Received Too
    [Documentation]    Here a problem ends no wait: the request is what is waited for.
    Send Later    ${SERVER}    GET    /wrong    /a    after=0.05
    ${request} =    Wait Until Request Is Received    /a
    Should Be Equal    ${request.problem.kind}    UNEXPECTED REQUEST
    Should Be Equal    ${request.response.status}    ${500}
    Problems Should Be    UNEXPECTED REQUEST    UNEXPECTED REQUEST

Request Does Not Come
    ${before} =    Evaluate    time.monotonic()
    ${error} =    Run Keyword And Expect Error    *    Wait Until Request Is Received    /never    timeout=0.2
    ${took} =    Evaluate    time.monotonic() - ${before}
    Should Be True    0.2 <= ${took} < 4
    Should Contain    ${error.splitlines()}[0]    within 0.2 seconds
    Should Contain    ${error.splitlines()}[0]    /never

Too Few Requests Come
    Expect Request
    Respond With Data
    Status Of    200    GET    /a
    ${error} =    Run Keyword And Expect Error    *    Wait Until Request Is Received    /a    times=2    timeout=0.1
    Should Contain    ${error.splitlines()}[0]    within 0.1 seconds
    Should Contain    ${error}    GET /a (answered 200)

Wait On Another Server
    ${other} =    Start Http Server    alias=other
    Expect Oneshot Request    /there
    Respond With Data
    Switch Http Server    http-1
    Send Later    ${other}    GET    /there    after=0.05
    Wait Until Request Is Received    /there    server=other
    Wait Until Expectations Are Met    server=other
    Run Keyword And Expect Error    *    Wait Until Request Is Received    /there    timeout=0
    Stop Http Server    server=other

A Stopped Server Is Not Waited For
    [Documentation]    Nothing can come any more, so the time limits of an hour play no part.
    [Timeout]    1 minute
    Start Http Server    alias=other
    Expect Oneshot Request    /never
    Stop Http Server
    VAR    @{never}    /never
    ${error} =    Run Keyword And Expect Error    *
    ...    Wait Until Expectations Are Met    timeout=1 hour    server=other
    Should End With    ${error}    \nThe server is stopped, so no more requests can arrive.
    FOR    ${keyword}    ${argument}    IN
    ...    Wait Until Request Is Received    /never
    ...    Wait Until Requests Are Received In Order    ${never}
        ${error} =    Run Keyword And Expect Error    *
        ...    ${keyword}    ${argument}    timeout=1 hour    server=other
        Should End With    ${error}    \nThe server is stopped, so no more requests can arrive.
    END
    Request Should Not Be Received    within=1 hour    server=other

Request Does Not Come Within
    ${before} =    Evaluate    time.monotonic()
    Request Should Not Be Received    /never    within=200 ms
    ${took} =    Evaluate    time.monotonic() - ${before}
    Should Be True    0.2 <= ${took} < 4

Request Comes Within
    Expect Request
    Respond With Data
    Send Later    ${SERVER}    DELETE    /orders    after=0.1
    ${before} =    Evaluate    time.monotonic()
    ${error} =    Run Keyword And Expect Error    *
    ...    Request Should Not Be Received    /orders    method=DELETE    within=30 s
    ${took} =    Evaluate    time.monotonic() - ${before}
    Should Be True    ${took} < 20
    Should Contain    ${error.splitlines()}[0]    DELETE /orders

Request Came Before The Wait
    Expect Request
    Respond With Data
    Status Of    200    GET    /orders
    Run Keyword And Expect Error    *    Request Should Not Be Received    /orders    within=200 ms

Two Waits For The Same
    [Documentation]    pytest-httpserver knows one waiter; here a wait takes nothing away.
    Expect Request
    Respond With Data
    Send Later    ${SERVER}    GET    /a    after=0.05
    ${first} =    Wait Until Request Is Received    /a
    ${second} =    Wait Until Request Is Received    /a
    Should Be Equal    ${first}    ${second}


*** Keywords ***
Start Server
    ${url} =    Start Http Server
    VAR    ${SERVER}    ${url}    scope=SUITE
