*** Settings ***
Documentation    Responses and connections that are broken on purpose: what clients report, what is recorded.

Library          HttpServerLibrary
Library          RequestsLibrary
Library          resources/ChildRun.py
Library          resources/RawClient.py

Suite Setup      Start Http Server

Test Tags        faults    responses


*** Test Cases ***
An Empty Reply
    Expect Request    /broken
    Respond With Fault    close
    Client Should Report    *Remote end closed connection without response*
    Response Should Be    ${None}    0    CLOSE before anything was sent

A Reset Connection
    Expect Request    /broken
    Respond With Fault    RESET
    Client Should Report    *Connection reset by peer*
    Response Should Be    ${None}    0    RESET before anything was sent

No Answer
    Expect Request    /broken
    Respond With Fault    HANG
    Client Should Report    ReadTimeout: *
    Response Should Be    ${None}    0    HANG before anything was sent

A Truncated Body
    Expect Request    /broken
    Respond With Fault    CLOSE    after=50%    body={"id": 7}    content_type=application/json
    Client Should Report    *IncompleteRead(4 bytes read, 5 more expected)*
    Response Should Be    ${200}    4    CLOSE after 4 of 9 bytes

A Reset In The Middle
    Expect Request    /broken
    Respond With Fault    RESET    after=120
    Client Should Report    *Connection reset by peer*
    Response Should Be    ${200}    120    RESET after 120 of 1000 bytes

A Body That Does Not Come
    Expect Request    /broken
    Respond With Fault    HANG    after=HEAD    status=202
    Client Should Report    *Read timed out.*
    Response Should Be    ${202}    0    HANG after the head

A Connection That Is Closed Without A Word
    Expect Request    /broken
    Respond With Fault    STALE    body=whole
    ${connection} =    Ask
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.body}    whole
    Should Not Contain    ${response.headers}    connection
    Connection Should Be Closed    ${connection}
    Response Should Be    ${200}    5    STALE after the response

A Client That Tries Again
    Expect Request    /broken
    Respond With Fault    RESET    times=1
    Respond With Fault    CLOSE    after=HEAD    times=1
    Respond With Data    at last
    Client Should Report    *reset*
    Client Should Report    *IncompleteRead*
    ${url} =    Get Http Server Url    /broken
    ${response} =    GET    ${url}
    Should Be Equal    ${response.text}    at last

Raw Bytes
    Expect Oneshot Request    /broken
    Respond With Raw    HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this
    Client Should Report    *IncompleteRead(9 bytes read, 91 more expected)*
    Response Should Be    ${200}    49    ${None}
    Expect Oneshot Request    /broken
    Respond With Raw    SSH-2.0-OpenSSH\r\n    end=reset
    Client Should Report    *
    Response Should Be    ${None}    17    RESET after 17 bytes

Raw Bytes And The Next Response
    Expect Request    /broken
    Respond With Raw    HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n    end=KEEP
    ${connection} =    Ask
    ${response} =    Read Response    ${connection}
    Should Be Equal As Integers    ${response.status}    103
    ${response} =    Read Response    ${connection}
    Should Be Equal As Integers    ${response.status}    204
    Send Raw    ${connection}    GET /broken HTTP/1.1    Host: a    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal As Integers    ${response.status}    103

A Fault Is Counted And No Problem
    Expect Oneshot Request    /broken
    Respond With Fault    HANG
    Ask
    Wait Until Expectations Are Met
    Check Assertions

Refused Connections
    ${before} =    Get Http Server Url
    Break Connections
    ${url} =    Get Http Server Url
    Should Be Equal    ${url}    ${before}
    Connection Should Be Refused    ${url}
    Client Should Report    *Connection refused*
    Run Keyword And Expect Error    *Connections are refused on purpose (Break Connections).*
    ...    Request Should Have Been Received
    Restore Connections
    Is Served

Broken Until The End Of The Test
    Break Connections
    ${url} =    Get Http Server Url
    Connection Should Be Refused    ${url}

They Are Served Again After The Test
    Is Served

Broken Connections
    [Template]    Connections Are Broken
    CLOSE    *Remote end closed connection without response*    closed
    RESET    *Connection reset by peer*    reset
    hang    ReadTimeout: *    left hanging

Broken So Often
    Break Connections    RESET    times=2
    Client Should Report    *reset*
    Client Should Report    *reset*
    Is Served

Idle Connections
    [Setup]    Close Idle Connections
    Expect Request    /kept
    Respond With Data    yes
    ${connection} =    Ask    /kept
    Read Response    ${connection}
    ${closed} =    Close Idle Connections
    Should Be Equal    ${closed}    ${1}
    Connection Should Be Closed    ${connection}
    ${closed} =    Close Idle Connections
    Should Be Equal    ${closed}    ${0}

Bad Arguments
    Expect Request    /broken
    Respond With Data    as before
    Run Keyword And Expect Error    after: a share from 0 % to 100 % is needed, not '150 %'.
    ...    Respond With Fault    CLOSE    after=150 %
    Run Keyword And Expect Error    times: a number of 1 or more is needed, not 0.
    ...    Break Connections    CLOSE    times=0
    Run Keyword And Expect Error    after: the body has 5 bytes, so it cannot break after 10 of them.
    ...    Respond With Fault    CLOSE    after=10    body=12345
    Run Keyword And Expect Error    times: refused connections cannot be counted*
    ...    Break Connections    times=2
    ${url} =    Get Http Server Url    /broken
    ${response} =    GET    ${url}
    Should Be Equal    ${response.text}    as before

The Log Says What Was Done
    ${run} =    Run Suite    faults.robot
    ${log} =    Log Of Test    ${run}    Broken
    VAR    @{lines}
    ...    /start CLOSE before anything was sent, on purpose
    ...    /head RESET after the head, on purpose
    ...    /part RESET after 120 of 1000 bytes, on purpose
    ...    /stale STALE after the response, on purpose
    ...    /raw raw response of 7 bytes
    FOR    ${line}    IN    @{lines}
        Should Contain    ${log}    ${line}
    END
    Should Contain    ${log}    INFO http-1: A connection was reset on purpose (Break Connections).
    Should Not Match Regexp    ${log}    (?m)^INFO http-1: .* 200 OK
    Should Not Contain    ${log}    WARN


*** Keywords ***
Client Should Report
    [Documentation]    RequestsLibrary fails with this error.
    [Arguments]    ${error}
    ${url} =    Get Http Server Url    /broken
    Run Keyword And Expect Error    ${error}    GET    ${url}    timeout=0.5

Ask
    [Documentation]    Sends a request, and returns the connection.
    [Arguments]    ${path}=/broken
    ${url} =    Get Http Server Url
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    GET ${path} HTTP/1.1    Host: a    ${EMPTY}
    RETURN    ${connection}

Response Should Be
    [Documentation]    What the record says of the last response, and that there is no problem.
    [Arguments]    ${status}    ${sent}    ${fault}
    ${request} =    Get Received Request
    Should Be Equal    ${request.response.status}    ${status}
    Should Be Equal As Integers    ${request.response.sent}    ${sent}
    Should Be Equal    ${request.response.fault}    ${fault}
    ${problems} =    Get Problems
    Should Be Empty    ${problems}

Is Served
    Expect Oneshot Request    /served
    Respond With Data    yes
    ${url} =    Get Http Server Url    /served
    ${response} =    GET    ${url}
    Should Be Equal    ${response.text}    yes

Connections Are Broken
    [Arguments]    ${how}    ${error}    ${done}
    Clear Received Requests
    Break Connections    ${how}
    Client Should Report    ${error}
    Run Keyword And Expect Error    *1 connection was ${done} on purpose (Break Connections).*
    ...    Request Should Have Been Received
    Restore Connections
    Is Served
