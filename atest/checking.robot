*** Settings ***
Documentation    Keywords that look at what happened, without waiting.

Library          Collections
Library          resources/ChildRun.py
Library          resources/handlers.py
Resource         resources/client.resource

Suite Setup      Start Http Server
Test Teardown    Reset Http Server

Test Tags        checks


*** Test Cases ***
Nothing To Complain About
    Check Assertions
    Expectations Should Be Met
    Expect Request    /
    Respond With Data
    Status Of    200    GET    /
    Check Assertions
    Expectations Should Be Met
    ${problems} =    Get Problems
    Should Be Equal    ${problems}    ${{ [] }}

Check Assertions Forgets
    Status Of    500    GET    /
    Run Keyword And Expect Error    1 problem on server*    Check Assertions
    Check Assertions
    ${problems} =    Get Problems
    Should Be Empty    ${problems}

Check Assertions Keeps What Was Received
    Status Of    500    GET    /
    Run Keyword And Expect Error    *    Check Assertions
    ${request} =    Get Received Request    /
    Should Be Equal    ${request.problem.kind}    UNEXPECTED REQUEST

Get Problems Does Not Forget
    Status Of    500    GET    /
    ${first} =    Get Problems
    ${second} =    Get Problems
    Should Be Equal    ${first}    ${second}
    Run Keyword And Expect Error    *    Check Assertions

All Problems Are Told
    Expect Oneshot Request    /taken
    Status Of    500    GET    /first
    Status Of    500    GET    /taken
    Status Of    500    POST    /third
    ${error} =    Run Keyword And Expect Error    *    Check Assertions
    @{lines} =    Evaluate    $error.splitlines()
    Should Start With    ${lines}[0]    3 problems on server 'http-1' at http://localhost:
    Should Contain    ${lines}[1]    GET /first
    Should Contain    ${error}    The only expectation is not close
    Should Contain    ${lines}[-2]    NO RESPONSE
    Should Contain    ${lines}[-2]    GET /taken
    Should Contain    ${lines}[-1]    UNEXPECTED REQUEST
    Should Contain    ${lines}[-1]    POST /third

Many Problems Within Forty Lines
    [Documentation]    The first in full, then one line each, then how many more.
    FOR    ${i}    IN RANGE    60
        Status Of    500    GET    /request/${i}
    END
    ${problems} =    Get Problems
    ${error} =    Run Keyword And Expect Error    *    Check Assertions
    @{lines} =    Evaluate    $error.splitlines()
    Length Should Be    ${lines}    40
    Should Start With    ${lines}[0]    60 problems on server
    Should Contain    ${error}    ${problems[0].message}
    ${told} =    Evaluate    sum('GET /request/' in line and 'UNEXPECTED' in line for line in $lines)
    ${more} =    Evaluate    60 - $told
    Should Contain    ${lines}[-1]    ${more} more
    Check Assertions

First Problem Is In Full Whatever Follows
    [Documentation]    A long first problem leaves less room for the others, not the other way round.
    FOR    ${i}    IN RANGE    5
        Expect Request    /${i}    json={"a": 1, "b": 2}
    END
    Status Of    500    POST    /x    X-A: 1\nX-B: 2\nX-C: 3\nX-D: 4\nX-E: 5\nX-F: 6    {"a": 0, "b": 0}
    FOR    ${i}    IN RANGE    30
        Status Of    500    GET    /other/${i}
    END
    ${problems} =    Get Problems
    ${first} =    Evaluate    $problems[0].message
    Should Be True    len($first.splitlines()) > 15
    ${error} =    Run Keyword And Expect Error    *    Check Assertions
    Should Contain    ${error}    ${first}
    Should Be True    len($error.splitlines()) <= 40
    Should Match Regexp    ${error}    \\.\\.\\. and \\d+ more problems$

Long Lines Are Not Cut By Robot Framework
    [Documentation]    It cuts messages in the middle, and counts a line of over 78 characters as several.
    FOR    ${i}    IN RANGE    12
        Expect Request    /expected/${i}    method=POST    json={"a": 1, "b": 2, "c": 3, "d": 4}
    END
    Status Of    500    POST    /expected    X-A: 1\nX-B: 2\nX-C: 3    {"a": 0, "b": 0, "c": 0}
    FOR    ${i}    IN RANGE    30
        Status Of    500    GET    /other/${i}
    END
    ${error} =    Run Keyword And Expect Error    *    Check Assertions
    Should Not Contain    ${error}    Message content over the limit
    Should Match Regexp    ${error}    \\.\\.\\. and \\d+ more problems$

Problem Attributes
    Expect Request    /orders    method=POST
    Status Of    500    GET    /orders?page\=2
    ${problems} =    Get Problems
    Length Should Be    ${problems}    1
    VAR    ${problem}    ${problems}[0]
    Should Be Equal    ${problem.kind}    UNEXPECTED REQUEST
    Should Contain    ${problem.message}    GET /orders
    Should Contain    ${problem.message}    method: expected POST, received GET
    Should Be Equal    ${problem.request.query}[page]    2
    Should Be Equal    ${{ str($problem.request) }}    GET /orders
    Should Be Equal    ${problem.exception}    ${NONE}
    ${request} =    Get Received Request
    Should Be Equal    ${{ $request.problem is $problem }}    ${TRUE}
    Clear Problems

All Kinds Of Problems
    Expect Request    /none
    Expect Request    /handler
    Respond With Handler    handlers.raises
    Status Of    500    GET    /unexpected
    Status Of    500    GET    /none
    Status Of    500    GET    /handler
    Expect Request    /matcher    matcher=handlers.matcher_raises
    Status Of    500    GET    /matcher
    Expect Ordered Request    /head
    Status Of    500    GET    /not-the-head
    Status Of    500    GET    /head
    Problems Should Be
    ...    UNEXPECTED REQUEST
    ...    NO RESPONSE
    ...    HANDLER ERROR
    ...    MATCHER ERROR
    ...    OUT OF ORDER
    ...    REFUSED

Problems Of Another Server
    Start Http Server    alias=other
    Status Of    500    GET    /
    Check Assertions    server=http-1
    ${problems} =    Get Problems    server=http-1
    Should Be Empty    ${problems}
    ${problems} =    Get Problems    server=other
    Length Should Be    ${problems}    1
    Run Keyword And Expect Error    1 problem on server 'other' at *    Check Assertions    server=other
    Stop Http Server    server=other

Problems Of A Stopped Server
    Start Http Server    alias=other
    Status Of    500    GET    /
    Stop Http Server    server=other
    Run Keyword And Expect Error    1 problem on server 'other' at *    Check Assertions    server=other

Expectations Should Be Met
    [Template]    Not Met Until Used
    Expect Oneshot Request
    Expect Ordered Request
    Expect Request    times=1

Permanent Ones Are Always Met
    Expect Request    /never
    Expectations Should Be Met

Expectations Should Be Met Does Not Look At Problems
    Status Of    500    GET    /
    Expectations Should Be Met
    Problems Should Be    UNEXPECTED REQUEST

Expectations Of Another Server Should Be Met
    Start Http Server    alias=other
    Expect Oneshot Request    /
    Expectations Should Be Met    server=http-1
    Run Keyword And Expect Error    1 expectation was not met on server 'other'*
    ...    Expectations Should Be Met    server=other
    Stop Http Server    server=other

Format Matchers
    Expect Request    /permanent    method=GET
    Respond With Data
    Expect Request    /counted    times=3    headers={"X-A": "1"}
    Respond With Data
    Expect Oneshot Request    /oneshot    query={"page": 2}
    Respond With Data
    Expect Ordered Request    /ordered    json={"a": 1}
    Respond With Data
    Status Of    200    POST    /ordered    ${EMPTY}    {"a": 1}
    Status Of    200    GET    /permanent
    Status Of    200    GET    /permanent
    ${text} =    Format Matchers
    @{lines} =    Evaluate    [line.strip() for line in $text.splitlines()]
    VAR    @{positions}    @{EMPTY}
    FOR    ${path}    IN    /ordered    /oneshot    /permanent    /counted
        ${with path} =    Get Matches    ${lines}    *${path}*
        Length Should Be    ${with path}    1
        ${position} =    Get Index From List    ${lines}    ${with path}[0]
        Append To List    ${positions}    ${position}
    END
    Should Be Equal    ${positions}    ${{ sorted($positions) }}
    Should Contain    ${lines}[${positions}[0]]    used 1 of 1
    Should Contain    ${lines}[${positions}[1]]    used 0 of 1
    Should Contain    ${lines}[${positions}[2]]    used 2
    Should Contain    ${lines}[${positions}[3]]    used 0 of 3
    Should Contain    ${lines}[${positions}[2]]    GET /permanent
    Should Contain    ${lines}[${positions}[3]]    X-A
    Should Contain    ${lines}[${positions}[1]]    page
    Should Contain    ${lines}[${positions}[0]]    {"a": 1}

Format Matchers Without Any
    ${text} =    Format Matchers
    Should Contain    ${text}    none
    Should Not Contain    ${text}    used

Format Matchers Of Another Server
    Expect Request    /here
    Start Http Server    alias=other
    Expect Request    /there
    ${text} =    Format Matchers    server=http-1
    Should Contain    ${text}    /here
    Should Not Contain    ${text}    /there
    Stop Http Server    server=other

Request Should Have Been Received
    Expect Request    /orders
    Respond With Data
    Status Of    200    POST    /orders    X-Trace: 7    {"id": 1}
    Status Of    200    POST    /orders    X-Trace: 8    {"id": 2}
    Request Should Have Been Received    /orders
    Request Should Have Been Received    path=/orders    method=POST    json={"id": 2}    headers=X-Trace: 8
    Request Should Have Been Received    /orders    times=2
    Request Should Have Been Received    json_subset={"id": 1}    times=1
    Request Should Have Been Received    /other    times=0
    Request Should Have Been Received    times=2
    Fails    Expected *    Request Should Have Been Received    /other
    Fails    Expected *    Request Should Have Been Received    /orders    times=1
    Fails    Expected *    Request Should Have Been Received    /orders    times=3
    Fails    Expected *    Request Should Have Been Received    /orders    times=0
    Fails    *    Request Should Have Been Received    json={"id": 3}

Counts And Ranges
    [Documentation]    Of three requests.
    Expect Request
    Respond With Data
    FOR    ${n}    IN RANGE    3
        Status Of    200    GET    /orders?n\=${n}
    END
    FOR    ${times}    IN    3    ${3}    ${3.0}    >=3    >= 1    >2    <=3    <4    3..3    2..4    3..9    0..3
        Request Should Have Been Received    /orders    times=${times}
    END
    Times Fail    2    Expected 2 requests    Received 3
    Times Fail    4    Expected 4 requests    Received 3
    Times Fail    ${0}    Expected no request    Received 3
    Times Fail    >=4    Expected at least 4 requests    Received 3
    Times Fail    >3    Expected at least 4 requests    Received 3
    Times Fail    <=2    Expected at most 2 requests    Received 3
    Times Fail    <3    Expected at most 2 requests    Received 3
    Times Fail    <=1    Expected at most 1 request    Received 3
    Times Fail    <1    Expected no request    Received 3
    Times Fail    1..2    Expected 1 to 2 requests    Received 3
    Times Fail    4..6    Expected 4 to 6 requests    Received 3

Ranges As They Are Written
    [Documentation]    Robot Framework takes the first equals sign for its own.
    Expect Request
    Respond With Data
    Status Of    200    GET    /orders
    Request Should Have Been Received    /orders    times=>=1
    Request Should Have Been Received    /orders    times=<=1
    Request Should Have Been Received    /orders    times=>0
    Request Should Have Been Received    /orders    times=1..2
    Request Should Have Been Received    /none    times=<=1

Unexpected Requests Were Received Too
    Status Of    500    GET    /nobody
    Request Should Have Been Received    /nobody    times=1
    Problems Should Be    UNEXPECTED REQUEST

Received By Another Server
    Start Http Server    alias=other
    Expect Request
    Respond With Data
    Status Of    200    GET    /there
    Request Should Have Been Received    /there    server=other
    Request Should Have Been Received    /there    times=0    server=http-1
    Request Should Not Be Received    /there    server=http-1
    Fails    *server 'other'*    Request Should Not Be Received    /there    server=other
    Stop Http Server    server=other
    Request Should Have Been Received    /there    server=other

Request Should Not Be Received
    Expect Request
    Respond With Data
    Status Of    200    GET    /orders
    Request Should Not Be Received    /orders    method=DELETE
    Request Should Not Be Received    /other
    Fails    Expected *    Request Should Not Be Received    /orders
    Fails    Expected *    Request Should Not Be Received
    Fails    Expected *    Request Should Not Be Received    /orders    within=10 s

Selecting Does Not Change Anything
    ${expectation} =    Expect Oneshot Request    /a
    Respond With Data
    Status Of    200    GET    /a
    ${before} =    Format Matchers
    Request Should Have Been Received    /a
    Get Received Request    /a
    ${after} =    Format Matchers
    Should Be Equal    ${before}    ${after}
    Should Be Equal    ${expectation.used}    ${1}

Nothing To Meet Is Said
    [Documentation]    It would look like a check that passed. The suite is run to read its log.
    ${run} =    Run Suite    nothing_to_meet.robot
    Test Should Have Passed    ${run}    Never Called
    FOR    ${level}    ${keyword}    IN
    ...    WARN    Expectations Should Be Met
    ...    INFO    Wait Until Expectations Are Met
        ${log} =    Log Of Keyword    ${run}    Never Called    ${keyword}
        Should Match
        ...    ${log}
        ...    ${level} There is nothing to check on server 'http-1' at http://localhost:*: its expectations are permanent*
    END

Message Of Many Lines
    [Documentation]    The whole stays within the lines that Robot Framework does not cut.
    ${message} =    Evaluate    '\\n'.join(f'line {number}' for number in range(60))
    ${error} =    Run Keyword And Expect Error
    ...    line 0*
    ...    Request Should Have Been Received
    ...    /b
    ...    message=${message}
    Length Should Be    ${error.splitlines()}    40
    Should End With    ${error}    ... and 23 more lines

Message Replaces The First Line
    Expect Oneshot Request    /a
    Respond With Data
    First Line Is    No order came    Expectations Should Be Met
    First Line Is    No order came    Request Should Have Been Received    /b
    First Line Is    No order came    Wait Until Expectations Are Met    timeout=0.05
    First Line Is    No order came    Wait Until Request Is Received    /b    timeout=0.05
    VAR    @{order}    /b
    First Line Is    No order came    Requests Should Have Been Received In Order    ${order}
    First Line Is    No order came    Wait Until Requests Are Received In Order    ${order}    timeout=0.05
    Status Of    200    GET    /a
    First Line Is    No order came    Request Should Not Be Received    /a
    First Line Is    No order came    Request Should Have Been Received    /a    times=0
    Status Of    500    GET    /a
    Status Of    500    GET    /a
    First Line Is    No order came    Wait Until Request Is Received    /a    times=1..2
    Clear Problems


*** Keywords ***
Not Met Until Used
    [Arguments]    ${name}    &{options}
    Run Keyword    ${name}    /thing    &{options}
    Respond With Data
    ${error} =    Run Keyword And Expect Error    1 expectation was not met*    Expectations Should Be Met
    Should Contain    ${error}    /thing
    Should Contain    ${error}    used 0 of 1
    Status Of    200    GET    /thing
    Expectations Should Be Met
    Reset Http Server

Times Fail
    [Arguments]    ${times}    ${expected}    ${received}
    Fails    ${expected}: /orders\n${received} on server *
    ...    Request Should Have Been Received
    ...    /orders
    ...    times=${times}

Fails
    [Arguments]    ${pattern}    ${name}    @{arguments}    &{named}
    Run Keyword And Expect Error    ${pattern}    ${name}    @{arguments}    &{named}

First Line Is
    [Documentation]    The failure has this line instead of the first one it would have, and the rest as it would be.
    [Arguments]    ${message}    ${name}    @{arguments}    &{named}
    ${own} =    Run Keyword And Expect Error    *    ${name}    @{arguments}    &{named}
    ${replaced} =    Run Keyword And Expect Error    *    ${name}    @{arguments}    &{named}    message=${message}
    @{own lines} =    Evaluate    $own.splitlines()
    @{lines} =    Evaluate    $replaced.splitlines()
    Should Be Equal    ${lines}[0]    ${message}
    Should Not Be Equal    ${own lines}[0]    ${message}
    Should Be True    len($lines) > 1
    Should Be Equal    ${lines}[1:]    ${own lines}[1:]
