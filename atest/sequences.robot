*** Settings ***
Documentation    Several responses of one expectation, one after the other; HEAD where only GET is expected.

Library          Collections
Resource         resources/client.resource

Suite Setup      Start Http Server
Test Teardown    Reset Http Server

Test Tags        responses


*** Test Cases ***
Retry Until It Works
    Expect Request    /orders    method=POST
    Respond With Data    busy    status=503    headers=Retry-After: 1    times=2
    Respond With Json    {"id": 7}    status=201
    FOR    ${status}    IN    503    503    201    201
        Status Of    ${status}    POST    /orders
    END

All Kinds Of Responses Take Turns
    Expect Request    /x
    Respond With Json    [1]    times=1
    Respond With Data    text    times=1
    Respond With File    ${CURDIR}/resources/handlers.py    times=1
    Respond With Redirect    /y    times=1
    Respond With Handler    resources/handlers.py:echo    times=1
    Respond With Response    ${{ werkzeug.Response("made", 410) }}    times=1
    Respond With Raw    HTTP/1.1 299 Raw\r\nContent-Length: 0\r\n\r\n    times=1
    Respond With Chunks    ["piece"]    end=END
    VAR    @{statuses}    @{EMPTY}
    FOR    ${_}    IN RANGE    8
        ${answer} =    Send    POST    /x    body=text
        Append To List    ${statuses}    ${answer.status}
    END
    Should Be Equal    ${statuses}    ${{ [200, 200, 200, 302, 201, 410, 299, 200] }}
    Check Assertions

Responses That Are Used Up Use The Expectation Up
    ${polls} =    Expect Request    /state
    Respond With Data    pending    times=2
    Respond With Data    done    times=1
    Answer Of    pending    GET    /state
    Run Keyword And Expect Error    *permanent /state (used 1 of 3)*    Expectations Should Be Met
    ${matchers} =    Format Matchers
    Should Contain    ${matchers}    /state (used 1 of 3)
    Answer Of    pending    GET    /state
    Answer Of    done    GET    /state
    Expectations Should Be Met
    Wait Until Expectations Are Met
    Should Be Equal    ${polls.times}    ${3}
    ${late} =    Status Of    500    GET    /state
    Should Contain    ${late.text}    it matches, but 3 requests already used it
    Problems Should Be    UNEXPECTED REQUEST

Responses For Fewer Requests Than The Expectation Takes
    Expect Request    /state    times=3
    Respond With Data    one    times=1
    Respond With Data    two    times=1
    Answer Of    one    GET    /state
    Answer Of    two    GET    /state
    ${answer} =    Status Of    500    GET    /state
    Should Start With    ${answer.text}
    ...    NO RESPONSE: GET /state matched an expectation whose responses are used up: permanent /state
    Problems Should Be    NO RESPONSE

Too Many Responses
    Expect Oneshot Request    /x
    Fails With    times: 2 is too many: the expectation takes 1 request.    Respond With Data    times=2
    Expect Ordered Request    /x
    Fails With    times: 2 is too many: the expectation takes 1 request.    Respond With Json    {}    times=${2}
    Expect Request    /y    times=3
    Respond With Data    first    times=2
    Fails With
    ...    times: 2 is too many: the expectation takes 3 requests, and the responses before it answer 2 of them.
    ...    Respond With Data    times=2
    Respond With Data    last    times=1
    VAR    ${message}
    ...    This response would never be used: the expectation takes 3 requests,
    ...    and the responses before it answer all of them.
    Fails With    ${message}    Respond With Data    more
    ${matchers} =    Format Matchers
    Should Contain    ${matchers}    /y (used 0 of 3)

Wrong Times
    Expect Request    /x
    Respond With Data    kept
    Fails With    times: a number of 1 or more is needed, not 0.    Respond With Data    times=0
    Fails With    times: a number of 1 or more is needed, not -1.    Respond With Data    times=-1
    Fails With    times: a number is needed, not "often".    Respond With Data    times=often
    VAR    ${message}
    ...    times: 1..2 is a range, but a number is needed.
    ...    To check a range, use 'Request Should Have Been Received' with times=1..2.
    Fails With    ${message}    Respond With Data    times=1..2
    Answer Of    kept    GET    /x

Negative Times To Wait
    Expect Request    /x
    Fails With    duration: must be 0 seconds or more, not -1 seconds.    Respond With Data    x    duration=-1
    Fails With    delay: must be 0 seconds or more, not -1 seconds.    Respond With Data    x    delay=-1

A Response Over Some Time
    Expect Request    /x
    Respond With Data    0123456789    duration=300 ms    delay=100 ms
    Answer Of    0123456789    GET    /x
    ${request} =    Get Received Request    /x
    Should Be Equal    ${request.response.sent}    ${10}

Head Uses Up Nothing
    Expect Oneshot Request    /x    method=GET
    Respond With Data    text    headers=X-Trace: 1
    ${head} =    Status Of    200    HEAD    /x
    Should Be Equal    ${{ dict($head.headers)['X-Trace'] }}    1
    Should Be Empty    ${head.text}
    ${request} =    Get Received Request    /x
    Should Be Equal    ${request.expectation}    ${None}
    Answer Of    text    GET    /x
    Status Of    500    HEAD    /x
    Problems Should Be    UNEXPECTED REQUEST

Head Does Not Break The Order
    Expect Ordered Request    /a    method=GET
    Respond With Data    a
    Expect Ordered Request    /b    method=GET
    Respond With Data    b
    Status Of    200    HEAD    /a
    Answer Of    a    GET    /a
    Status Of    200    HEAD    /b
    Answer Of    b    GET    /b
    Expectations Should Be Met

An Expectation For Head Goes First
    Expect Request    /x    method=GET
    Respond With Data    get
    Expect Request    /x    method=HEAD
    Respond With Data    head    status=204
    Status Of    204    HEAD    /x
    Answer Of    get    GET    /x
