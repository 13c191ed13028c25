*** Settings ***
Documentation    The field `matcher` of a request description.

Library          Collections
Library          resources/handlers.py
Resource         resources/client.resource
Resource         resources/matching.resource

Suite Setup      Start Http Server

Test Tags        matching


*** Test Cases ***
Function
    ${matcher} =    Evaluate    handlers.wants_even    modules=handlers
    Given Request    GET    /?id=4
    Matches    matcher=${matcher}
    Given Request    GET    /?id=5
    Does Not Match    matcher=${matcher}

Lambda
    ${matcher} =    Evaluate    lambda request: request.headers['X-Id'] == '7'
    Given Request    GET    /    X-Id: 7
    Matches    matcher=${matcher}
    Given Request    GET    /    X-Id: 8
    Does Not Match    matcher=${matcher}

Dotted Name
    Given Request    GET    /?id=4
    Matches    matcher=handlers.wants_even
    Given Request    GET    /?id=5
    Does Not Match    matcher=handlers.wants_even

Truth Of What It Returns
    Given Request    GET    /?id=4
    Matches    matcher=handlers.wants_even_loosely
    Given Request    GET    /?id=5
    Does Not Match    matcher=handlers.wants_even_loosely

Every Matcher Can Read The Body
    Given Request    POST    /    ${EMPTY}    body
    Matches    matcher=handlers.reads_body    text=body
    Given Request    POST    /    ${EMPTY}    other
    Does Not Match    matcher=handlers.reads_body

With Other Fields
    Given Request    GET    /?id=4
    Matches    /    method=GET    matcher=handlers.wants_even
    Does Not Match    /    method=POST    matcher=handlers.wants_even
    Does Not Match    /other    matcher=handlers.wants_even

Not Asked Where The Rest Does Not Match
    Expect Request    /other    matcher=handlers.matcher_raises
    Expect Request    /    matcher=handlers.wants_even
    Respond With Data    even
    Answer Of    even    GET    /?id=2

Raising
    Expect Request    /    matcher=handlers.matcher_raises
    Respond With Data
    Status Of    500    GET    /
    ${problems} =    Get Problems
    Length Should Be    ${problems}    1
    Should Be Equal    ${problems[0].kind}    MATCHER ERROR
    Should Be Equal    ${{ type($problems[0].exception).__name__ }}    HandlerTrouble
    Should Be Equal    ${{ str($problems[0].exception) }}    cannot decide
    Should Contain    ${problems[0].message}    handlers.matcher_raises
    Should Contain    ${problems[0].message}    HandlerTrouble: cannot decide
    Should Be Equal    ${{ str($problems[0].request) }}    GET /
    ${error} =    Run Keyword And Expect Error    *    Check Assertions
    Should Contain    ${error}    cannot decide

Raising Is Recorded
    [Documentation]    Unlike here, pytest-httpserver records the exceptions of matchers nowhere.
    Expect Request    /    matcher=handlers.matcher_exits
    Respond With Data
    Status Of    500    GET    /
    ${request} =    Get Received Request
    Should Be Equal    ${request.response.status}    ${500}
    Should Be Equal    ${request.problem.kind}    MATCHER ERROR
    Should Be Equal    ${{ type($request.problem.exception).__name__ }}    SystemExit
    Problems Should Be    MATCHER ERROR

Raising In A Selection
    [Documentation]    Nothing was served wrongly, so it is no problem of the server, but the keyword fails.
    Expect Request    /
    Respond With Data
    Status Of    200    GET    /
    ${error} =    Run Keyword And Expect Error    *    Get Received Request    matcher=handlers.matcher_raises
    Should Contain    ${error}    cannot decide
    Run Keyword And Expect Error    *cannot decide*
    ...    Request Should Have Been Received    matcher=handlers.matcher_raises
    Run Keyword And Expect Error    *cannot decide*
    ...    Wait Until Request Is Received    matcher=handlers.matcher_raises    timeout=0.1
    Problems Should Be
