*** Settings ***
Documentation    `Respond Later`: requests that wait until the test answers them.

Library          resources/ChildRun.py
Library          resources/RawClient.py
Resource         resources/client.resource

Suite Setup      Start Http Server
Test Teardown    Reset Http Server

Test Tags        responses    waiting


*** Test Cases ***
A Request Is Answered By The Test
    Expect Request    /approvals    method=POST
    Respond Later
    ${client} =    Client That Sends    POST    /approvals
    ${request} =    Wait Until Request Is Received    /approvals
    Should Be Equal    ${request.response}    ${None}
    Request Should Have Been Received    /approvals    times=1
    Respond With Json    {"approved": true}    status=201    to=${request}
    Should Be Equal    ${request.response.status}    ${201}
    Should Be Answered    ${client}    201    {"approved": true}
    Check Assertions

Each Gets Its Own Answer
    ${all} =    Expect Request    /jobs/{id}
    Respond Later
    VAR    &{clients}    &{EMPTY}
    FOR    ${id}    IN    a    b    c
        ${clients}[${id}] =    Client That Sends    GET    /jobs/${id}
    END
    @{requests} =    Wait Until Request Is Received    ${all}    times=3
    FOR    ${request}    IN    @{{ $requests[::-1] }}
        Respond With Data    for ${request.path_params}[id]    to=${request}
    END
    FOR    ${id}    IN    a    b    c
        Should Be Answered    ${clients}[${id}]    200    for ${id}
    END

All That Wait And Those To Come
    ${all} =    Expect Request    /x
    Respond Later
    ${one} =    Client That Sends    GET    /x
    ${other} =    Client That Sends    GET    /x
    Wait Until Request Is Received    /x    times=2
    Respond With Data    ready    to=${all}
    Should Be Answered    ${one}    200    ready
    Should Be Answered    ${other}    200    ready
    Answer Of    ready    GET    /x

So Many Of Those That Wait
    Expect Request    /x
    Respond Later
    ${one} =    Client That Sends    GET    /x
    Wait Until Request Is Received    /x
    ${other} =    Client That Sends    GET    /x
    Wait Until Request Is Received    /x    times=2
    Respond With Data    first    times=1
    Should Be Answered    ${one}    200    first
    Respond With Data    second
    Should Be Answered    ${other}    200    second

Later In A Sequence
    Expect Request    /x
    Respond With Data    at once    times=1
    Respond Later    times=1
    Respond With Data    after    times=1
    Answer Of    at once    GET    /x
    ${client} =    Client That Sends    GET    /x
    ${request} =    Wait Until Request Is Received    /x    times=2
    Answer Of    after    GET    /x
    Respond With Data    later    to=${request}[1]
    Should Be Answered    ${client}    200    later
    Wait Until Expectations Are Met

A Oneshot That Is Used Up
    ${oneshot} =    Expect Oneshot Request    /x
    Respond Later
    ${client} =    Client That Sends    GET    /x
    Wait Until Request Is Received    /x
    VAR    ${message}
    ...    1 response was not sent within 0.1 seconds on server 'http-1' at <url>, although its request arrived:\n\ \
    ...    oneshot /x (used 1 of 1, 1 request waits for the test: answer with 'Respond With ...')
    Fails With    ${message}    Wait Until Expectations Are Met    timeout=0.1
    Respond With Data    late    to=${oneshot}
    Should Be Answered    ${client}    200    late
    Wait Until Expectations Are Met

What Cannot Be Answered
    Expect Request    /held
    Respond Later
    Expect Request    /x
    Respond With Data    x
    Answer Of    x    GET    /x
    Status Of    500    GET    /unexpected
    Problems Should Be    UNEXPECTED REQUEST
    ${answered} =    Get Received Request    /x
    Fails With
    ...    to: GET /x was answered by its expectation. Only a request of 'Respond Later' can be answered by the test.
    ...    Respond With Data    to=${answered}
    ${unexpected} =    Get Received Request    /unexpected
    Fails With
    ...    to: no expectation took GET /unexpected, so the test cannot answer it.
    ...    Respond With Data    to=${unexpected}
    ${client} =    Client That Sends    GET    /held
    ${held} =    Wait Until Request Is Received    /held
    Fails With
    ...    times: to\= is a request, which is answered once. Leave out times.
    ...    Respond With Data    to=${held}    times=1
    Respond With Data    once    to=${held}
    Fails With    to: GET /held is answered already.    Respond With Data    twice    to=${held}
    Should Be Answered    ${client}    200    once

Nobody Answers In Time
    Expect Request    /x
    Respond Later    timeout=50 ms
    ${answer} =    Status Of    500    GET    /x
    Should Start With    ${answer.text}
    ...    NO RESPONSE: GET /x was held and not answered within 0.05 seconds: permanent /x
    Problems Should Be    NO RESPONSE
    Fails With    timeout: must be 0 seconds or more, not -1 seconds.    Respond Later    timeout=-1

A Client That Leaves Is No Problem
    Expect Oneshot Request    /x
    Respond Later
    ${client} =    Client That Sends    GET    /x
    ${request} =    Wait Until Request Is Received    /x
    Call Method    ${client}    close
    Wait Until Expectations Are Met
    Respond With Data    late    to=${request}
    Check Assertions

Other Clients Are Answered Meanwhile
    Expect Request    /held
    Respond Later
    Expect Request    /x
    Respond With Data    x
    ${client} =    Client That Sends    GET    /held
    Wait Until Request Is Received    /held
    Answer Of    x    GET    /x
    Clear Received Requests
    Clear Expectations
    Reset Http Server
    ${answer} =    Read Response    ${client}
    Should Be Equal    ${answer.status}    ${500}

A Server That Is Stopped
    Start Http Server    alias=short
    Expect Request    /x    server=short
    Respond Later
    ${client} =    Client That Sends    GET    /x
    Wait Until Request Is Received    /x    server=short
    Stop Http Server    server=short
    Connection Should Be Closed    ${client}
    ${problems} =    Get Problems    server=short
    Should Start With    ${problems[0].message}
    ...    NO RESPONSE: GET /x was held and not answered before the server was stopped: permanent /x
    Clear Problems    server=short

A Test That Ends First
    ${run} =    Run Suite    held.robot    --exclude    interrupted    timeout=60
    FOR    ${test}    IN    Own Server    Server Of The Suite
        Test Should Have Failed With    ${run}    ${test}
        ...    *1 problem on server*\nNO RESPONSE: POST /x was held and not answered before the end of test '${test}'*
        ${log} =    Log Of Test    ${run}    ${test}    INFO
        Should Contain X Times    ${log}    POST /x waits for the test to answer it    1
        Should Not Contain    ${log}    not sent yet
    END
    Test Should Have Failed With    ${run}    Timeout    *Test timeout 300 milliseconds exceeded*NO RESPONSE*
    Test Should Have Passed    ${run}    Answered
    ${log} =    Log Of Test    ${run}    Answered    INFO
    Should Contain X Times    ${log}    POST /x waits for the test to answer it    1
    Should Contain X Times    ${log}    POST /x 200 OK    1

Ctrl-C While A Request Is Held
    Start Suite Run    held.robot    --include    interrupted
    Wait Until Suite Run Says    READY
    Interrupt Suite Run
    ${run} =    End Suite Run
    Test Should Have Failed With    ${run}    Interrupted    *Execution terminated by signal*
    Should Not Contain    ${run.stdout}${run.stderr}    Traceback


*** Keywords ***
Client That Sends
    [Arguments]    ${method}    ${path}
    ${url} =    Get Http Server Url
    ${client} =    Open Connection    ${url}
    Send Raw    ${client}    ${method} ${path} HTTP/1.1    Host: localhost    Content-Length: 0    ${EMPTY}
    RETURN    ${client}

Should Be Answered
    [Arguments]    ${client}    ${status}    ${text}
    ${answer} =    Read Response    ${client}
    Should Be Equal As Integers    ${answer.status}    ${status}
    Should Be Equal    ${answer.body}    ${text}
