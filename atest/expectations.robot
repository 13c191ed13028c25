*** Settings ***
Documentation    The three kinds of expectations, the order in which they are considered, and how they end.

Library          Collections
Library          resources/ChildRun.py
Resource         resources/client.resource

Suite Setup      Start Http Server
Test Teardown    Reset Http Server

Test Tags        expectations


*** Test Cases ***
Permanent Takes Any Number Of Requests
    Expect Request    /orders
    Respond With Data    permanent
    FOR    ${_}    IN RANGE    3
        Answer Of    permanent    GET    /orders
    END
    Expectations Should Be Met
    Problems Should Be

Permanent With Times
    ${expectation} =    Expect Request    /orders    times=2
    Respond With Data    counted
    Answer Of    counted    GET    /orders
    Run Keyword And Expect Error    1 expectation was not met*    Expectations Should Be Met
    Answer Of    counted    GET    /orders
    Expectations Should Be Met
    Should Be Equal    ${expectation.used}    ${2}
    Should Be Equal    ${expectation.times}    ${2}
    ${answer} =    Status Of    500    GET    /orders
    Should Contain    ${answer.text}    it matches, but 2 requests already used it (the last: GET /orders at
    Problems Should Be    UNEXPECTED REQUEST

Times From Text
    Expect Request    /orders    times=1
    Respond With Data
    Status Of    200    GET    /orders
    Status Of    500    GET    /orders
    Problems Should Be    UNEXPECTED REQUEST

Oneshot Takes One Request
    Expect Oneshot Request    /orders
    Respond With Data    once
    Answer Of    once    GET    /orders
    Expectations Should Be Met
    Status Of    500    GET    /orders
    Problems Should Be    UNEXPECTED REQUEST

Expectations Tell Their Kind
    ${permanent} =    Expect Request    /a
    ${oneshot} =    Expect Oneshot Request    /b
    ${ordered} =    Expect Ordered Request    /c
    Should Be Equal    ${permanent.kind} ${oneshot.kind} ${ordered.kind}    permanent oneshot ordered
    Should Be Equal    ${permanent.used}    ${0}
    Should Be Equal    ${oneshot.times}    ${1}
    Should Be Equal    ${permanent.times}    ${NONE}

Received Request Knows What Took It
    ${expectation} =    Expect Request    /a
    Respond With Data
    Status Of    200    GET    /a
    ${request} =    Get Received Request
    Should Be Equal    ${{ $request.expectation is $expectation }}    ${TRUE}
    Should Be Equal    ${request.problem}    ${NONE}

Earliest Oneshot First
    Expect Oneshot Request    GLOB:/orders/*
    Respond With Data    first
    Expect Oneshot Request    /orders/7
    Respond With Data    second
    Answer Of    first    GET    /orders/7
    Answer Of    second    GET    /orders/7

Earliest Permanent First
    Expect Request    /orders/7
    Respond With Data    first
    Expect Request    ANY
    Respond With Data    second
    Expect Request    /orders/7    method=GET
    Respond With Data    third
    Answer Of    first    GET    /orders/7
    Answer Of    second    GET    /orders/8

Order Does Not Depend On How The Path Is Written
    [Documentation]    Literal paths are found by an index; patterns, encoded ones and ANY are not.
    Expect Oneshot Request    STARTS:/a
    Respond With Data    1
    Expect Oneshot Request    /a%20b
    Respond With Data    2
    Expect Oneshot Request    ANY
    Respond With Data    3
    Expect Oneshot Request    /a b
    Respond With Data    4
    Expect Oneshot Request    EQUALS:/a b
    Respond With Data    5
    Expect Oneshot Request    /{name}
    Respond With Data    6
    FOR    ${text}    IN    1    2    3    4    5    6
        Answer Of    ${text}    GET    /a%20b
    END

Oneshots Before Permanent Ones
    Expect Request    /orders
    Respond With Data    permanent
    Expect Oneshot Request    /orders
    Respond With Data    oneshot
    Answer Of    oneshot    GET    /orders
    Answer Of    permanent    GET    /orders

Ordered Before Oneshot Before Permanent
    Expect Request    /orders
    Respond With Data    permanent
    Expect Oneshot Request    /orders
    Respond With Data    oneshot
    Expect Ordered Request    /orders
    Respond With Data    ordered
    Answer Of    ordered    GET    /orders
    Answer Of    oneshot    GET    /orders
    Answer Of    permanent    GET    /orders
    Problems Should Be

Ordered In The Order Of Registration
    Expect Ordered Request    /login
    Respond With Data    1
    Expect Ordered Request    /orders
    Respond With Data    2
    Expect Ordered Request    /logout
    Respond With Data    3
    Answer Of    1    GET    /login
    Answer Of    2    GET    /orders
    Run Keyword And Expect Error    1 expectation was not met*    Expectations Should Be Met
    Answer Of    3    GET    /logout
    Expectations Should Be Met
    Problems Should Be

Breaking The Order Refuses Everything Until A Reset
    Expect Request    /health
    Respond With Data    healthy
    Expect Ordered Request    /login
    Respond With Data    1
    Expect Ordered Request    /orders
    Respond With Data    2
    Answer Of    1    GET    /login
    ${broken} =    Status Of    500    GET    /logout
    Should Contain    ${broken.text}    GET /logout
    Should Contain    ${broken.text}    /orders
    Status Of    500    GET    /orders
    Status Of    500    GET    /health
    ${problems} =    Get Problems
    Should Be Equal    ${{ [p.kind for p in $problems] }}    ${{ ['OUT OF ORDER', 'REFUSED', 'REFUSED'] }}
    ${refused} =    Evaluate    [str(problem.request) for problem in $problems]
    Should Be Equal    ${refused}    ${{ ['GET /logout', 'GET /orders', 'GET /health'] }}
    Reset Http Server
    Expect Request    /health
    Respond With Data    again
    Answer Of    again    GET    /health
    Problems Should Be

Permanent One Does Not Help While Ordered Ones Are Left
    Expect Request    /health
    Respond With Data    healthy
    Expect Ordered Request    /login
    Respond With Data
    Status Of    500    GET    /health
    Problems Should Be    OUT OF ORDER

Only The Head Counts
    Expect Ordered Request    /a
    Respond With Data
    Expect Ordered Request    /b
    Respond With Data
    Status Of    500    GET    /b
    Status Of    500    GET    /a
    Problems Should Be    OUT OF ORDER    REFUSED

After The Ordered Ones The Others
    Expect Ordered Request    /login
    Respond With Data    1
    Expect Request    /health
    Respond With Data    healthy
    Answer Of    1    GET    /login
    Answer Of    healthy    GET    /health
    Status Of    500    GET    /login
    Answer Of    healthy    GET    /health
    Problems Should Be    UNEXPECTED REQUEST

Checking Does Not End The Refusal
    Expect Ordered Request    /a
    Respond With Data
    Status Of    500    GET    /b
    Problems Should Be    OUT OF ORDER
    Status Of    500    GET    /a
    Clear Expectations
    Expect Request    /c
    Respond With Data
    Status Of    500    GET    /c
    Problems Should Be    REFUSED    REFUSED

Two Servers Have Orders Of Their Own
    Start Http Server    alias=other
    Expect Ordered Request    /a
    Respond With Data    other a
    Expect Ordered Request    /a    server=http-1
    Respond With Data    first a
    Status Of    500    GET    /b
    Switch Http Server    http-1
    Answer Of    first a    GET    /a
    Reset Http Server    server=other
    Stop Http Server    server=other

Ordered And Then Broken By A Request That Matches A Oneshot
    Expect Oneshot Request    /b
    Respond With Data
    Expect Ordered Request    /a
    Respond With Data
    Status Of    500    GET    /b
    Run Keyword And Expect Error    2 expectations were not met*    Expectations Should Be Met
    Problems Should Be    OUT OF ORDER

Nobody Expected
    ${answer} =    Status Of    500    GET    /nowhere
    Should Be Equal    ${answer.header('content-type')}    text/plain; charset=utf-8
    Should Contain    ${answer.text}    GET /nowhere
    ${problems} =    Get Problems
    Should Be Equal    ${problems[0].message}\n    ${answer.text}
    Problems Should Be    UNEXPECTED REQUEST

No Response Given
    ${expectation} =    Expect Request    /orders
    ${answer} =    Status Of    500    GET    /orders
    Should Contain    ${answer.text}    permanent /orders
    ${request} =    Get Received Request
    Should Be Equal    ${{ $request.expectation is $expectation }}    ${TRUE}
    Should Be Equal    ${request.problem.kind}    NO RESPONSE
    Problems Should Be    NO RESPONSE

Oneshot Without A Response Is Used Up
    Expect Oneshot Request    /orders
    Status Of    500    GET    /orders
    Status Of    500    GET    /orders
    Problems Should Be    NO RESPONSE    UNEXPECTED REQUEST

Remove Expectation
    ${first} =    Expect Request    /orders
    Respond With Data    first
    ${second} =    Expect Request    /orders
    Respond With Data    second
    Answer Of    first    GET    /orders
    Remove Expectation    ${first}
    Answer Of    second    GET    /orders
    Remove Expectation    ${second}
    Status Of    500    GET    /orders
    Problems Should Be    UNEXPECTED REQUEST

Nobody Waits For A Removed One
    ${oneshot} =    Expect Oneshot Request    /a
    ${counted} =    Expect Request    /b    times=3
    Remove Expectation    ${oneshot}
    Remove Expectation    ${counted}
    Expectations Should Be Met
    Wait Until Expectations Are Met    timeout=0.2

Removing The Head Of The Order
    ${first} =    Expect Ordered Request    /a
    Respond With Data    a
    Expect Ordered Request    /b
    Respond With Data    b
    Remove Expectation    ${first}
    Answer Of    b    GET    /b
    Expectations Should Be Met

Removing Twice Or After Use
    ${oneshot} =    Expect Oneshot Request    /a
    Respond With Data
    Status Of    200    GET    /a
    Remove Expectation    ${oneshot}
    Remove Expectation    ${oneshot}

Removed One Is Still An Expectation Of Its Requests
    ${expectation} =    Expect Request    /a
    Respond With Data    here
    Answer Of    here    GET    /a
    Remove Expectation    ${expectation}
    ${request} =    Get Received Request
    Should Be Equal    ${{ $request.expectation is $expectation }}    ${TRUE}

Clear Expectations
    Expect Request    /a
    Respond With Data
    Expect Oneshot Request    /b
    Expect Ordered Request    /c
    Status Of    500    GET    /a
    Clear Expectations
    Expectations Should Be Met
    Status Of    500    GET    /a
    Get Received Request    /a
    ${problems} =    Get Problems
    Length Should Be    ${problems}    2
    Clear Problems

What No Request Reaches Is Said
    [Documentation]    The suite is run to read its log.
    VAR    ${suite}
    ...    *** Settings ***
    ...    | Library | HttpServerLibrary | auto_start=True
    ...    | Suite Setup | Expect Request | /a
    ...    *** Test Cases ***
    ...    | Shadowed |
    ...    | | \${first} = | Expect Request | /a | headers={"X-Id": 1} | basic_auth=user:one
    ...    | | Expect Request | /a | headers={"X-Id": 1} | basic_auth=user:one | times=2
    ...    | Free |
    ...    | | \${first} = | Expect Request | /a
    ...    | | Remove Expectation | \${first}
    ...    | | Expect Request | /a | times=2
    ...    | | Expect Request | /a
    ...    | | Expect Oneshot Request | /a
    ...    | | Expect Request | /a | basic_auth=user:one
    ...    | | Expect Request | /a | basic_auth=user:two
    ...    | | Start Http Server
    ...    | | Expect Request | /a
    ...    separator=\n
    ${run} =    Run Suite    ${suite}
    Test Should Have Passed    ${run}    Shadowed    Free
    ${log} =    Log Of Test    ${run}    Shadowed    INFO
    VAR    ${hint}
    ...    INFO No request reaches permanent /a headers={"X-Id": 1} basic_auth=***, because an earlier equal
    ...    expectation of test 'Shadowed' takes all of them.
    ...    For one response after another, give that one several responses with 'times'.
    Should Contain    ${log}    ${hint}
    ${log} =    Log Of Test    ${run}    Free    INFO
    Should Not Contain    ${log}    No request reaches

A Response That Is Replaced Unused Is Said
    [Documentation]    The suite is run to read its log.
    VAR    ${suite}
    ...    *** Settings ***
    ...    | Library | HttpServerLibrary | auto_start=True
    ...    | Library | ChildKeywords
    ...    *** Test Cases ***
    ...    | Unused |
    ...    | | Expect Request | /a
    ...    | | Respond With Data | one
    ...    | | Respond With Data | two
    ...    | Used |
    ...    | | Expect Request | /a
    ...    | | Respond With Data | one
    ...    | | Send Request | \${HTTP_SERVER_URL}/a
    ...    | | Respond With Data | two
    ...    separator=\n
    ${run} =    Run Suite    ${suite}
    Test Should Have Passed    ${run}    Unused    Used
    VAR    ${hint}    INFO permanent /a has a response that was never used; this one replaces it.
    ${log} =    Log Of Test    ${run}    Unused    INFO
    Should Contain X Times    ${log}    ${hint}    1
    ${log} =    Log Of Test    ${run}    Used    INFO
    Should Not Contain    ${log}    never used

Clear Expectations Of Another Server
    Start Http Server    alias=other
    Expect Oneshot Request    /there
    Respond With Data
    Expect Request    /here    server=http-1
    Respond With Data    here
    Clear Expectations    server=other
    Expectations Should Be Met
    Switch Http Server    http-1
    Answer Of    here    GET    /here
    Stop Http Server    server=other

Reset
    Expect Oneshot Request    /a
    Respond With Data
    Set Unexpected Response    status=404
    Status Of    404    GET    /b
    Reset Http Server
    Expectations Should Be Met
    ${requests} =    Get Received Requests
    Should Be Empty    ${requests}
    Problems Should Be
    Status Of    500    GET    /b
    Problems Should Be    UNEXPECTED REQUEST

Same Oneshots Answer One After The Other
    FOR    ${text}    IN    queued    running    done
        Expect Oneshot Request    /state
        Respond With Data    ${text}
    END
    Answer Of    queued    GET    /state
    Answer Of    running    GET    /state
    Answer Of    done    GET    /state
    Expectations Should Be Met

Used Up Counted One Makes Room For The Next
    Expect Request    /state    times=2
    Respond With Data    busy
    Expect Request    /state
    Respond With Data    done
    Answer Of    busy    GET    /state
    Answer Of    busy    GET    /state
    Answer Of    done    GET    /state
    Problems Should Be
