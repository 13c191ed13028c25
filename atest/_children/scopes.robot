*** Settings ***
Documentation    Run by scopes.robot, which looks at each test: here the order of the tests matters.

Library          ChildKeywords
Library          HttpServerLibrary

Suite Setup      Start The Server Of The Suite


*** Test Cases ***
A Test Overrides Its Suite
    Expect Request    /thing
    Respond With Data    status=201
    ${status} =    Send Request    ${BASE}/thing
    Should Be Equal    ${status}    ${201}

Expectations Of A Test Are Gone After It
    ${status} =    Send Request    ${BASE}/thing
    Should Be Equal    ${status}    ${200}
    ${text} =    Format Matchers
    Should Contain X Times    ${text}    /thing    1

Received Requests Of A Test Are Gone After It
    Request Should Not Be Received    /thing

Received Requests Of The Suite Remain
    Request Should Have Been Received    /setup    times=1

A Permanent One Of The Test Beats A Oneshot Of The Suite
    Expect Request    /once
    Respond With Data    status=202
    ${status} =    Send Request    ${BASE}/once
    Should Be Equal    ${status}    ${202}

The Oneshot Of The Suite Is Still There
    ${status} =    Send Request    ${BASE}/once
    Should Be Equal    ${status}    ${200}

The Oneshot Of The Suite Stays Used Up
    ${status} =    Send Request    ${BASE}/once
    Should Be Equal    ${status}    ${501}
    Run Keyword And Expect Error    *UNEXPECTED REQUEST: GET /once*    Check Assertions

Unmet Expectations Of A Test
    Expect Oneshot Request    /never
    Respond With Data
    Run Keyword And Expect Error    *    Expectations Should Be Met

Unmet Expectations Of A Test Are Gone After It
    Expectations Should Be Met

An Order Is Broken
    Expect Ordered Request    /first
    Respond With Data
    Send Request    ${BASE}/second
    Run Keyword And Expect Error    *OUT OF ORDER: GET /second*    Check Assertions
    ${status} =    Send Request    ${BASE}/thing
    Should Be Equal    ${status}    ${500}
    Run Keyword And Expect Error    *REFUSED: GET /thing*    Check Assertions

The Refusal Ends With The Test
    ${status} =    Send Request    ${BASE}/thing
    Should Be Equal    ${status}    ${200}

An Unexpected Response Is Set
    Set Unexpected Response    status=404
    ${status} =    Send Request    ${BASE}/nothing
    Should Be Equal    ${status}    ${404}
    Run Keyword And Expect Error    *    Check Assertions

The Unexpected Response Ends With The Test
    ${status} =    Send Request    ${BASE}/nothing
    Should Be Equal    ${status}    ${501}
    Run Keyword And Expect Error    *    Check Assertions

A Test Starts A Server
    ${url} =    Start Http Server    alias=own
    VAR    ${OWN}    ${url}    scope=SUITE
    Expect Request    /
    Respond With Data
    ${status} =    Send Request    ${url}
    Should Be Equal    ${status}    ${200}

The Server Of A Test Ends With It
    Run Keyword And Expect Error    *refused*    Send Request    ${OWN}
    Run Keyword And Expect Error    EQUALS: There is no server 'own'. Known servers: 'other', 'suite'.
    ...    Switch Http Server    own

The Server Of The Suite Is Current Again After A Start
    Server Of The Suite Should Be Current

A Test Switches
    ${previous} =    Switch Http Server    other
    Should Be Equal    ${previous}    suite

The Server Of The Suite Is Current Again After A Switch
    Server Of The Suite Should Be Current

A Test Starts And Stops A Server
    Start Http Server    alias=own
    Stop Http Server
    Server Of The Suite Should Be Current

A Response Is For The Expectation Of The Suite Again
    [Documentation]    The one registered last in the test is gone, so this is for the one of the suite.
    Respond With Data    status=203
    ${status} =    Send Request    ${BASE}/last
    Should Be Equal    ${status}    ${203}

Setup And Teardown Belong To The Test
    [Setup]    Expect Request    /test-setup
    Respond With Data    status=204
    [Teardown]    Send From Teardown

A Test Takes An Expectation Along
    ${expectation} =    Expect Request    /along
    Respond With Data
    VAR    ${ALONG}    ${expectation}    scope=SUITE

An Expectation Cannot Be Used After Its Test
    Run Keyword And Expect Error    *ended with test 'A Test Takes An Expectation Along'*
    ...    Respond With Data    to=${ALONG}

A Test Takes A Request Along
    Send Request    ${BASE}/thing
    ${request} =    Get Received Request    /thing
    VAR    ${TAKEN}    ${request}    scope=SUITE

A Request Can Be Read After Its Test
    Should Be Equal    ${TAKEN.path}    /thing
    Should Be Equal    ${TAKEN.response.status}    ${200}
    Should Be Equal    ${TAKEN.url}    ${BASE}/thing

A Test Stops The Server Of Its Suite
    Stop Http Server    server=other

It Stays Stopped
    Run Keyword And Expect Error    *refused*    Send Request    ${OTHER}

A Test Ends Before Its Request
    ${handler} =    Handler That Waits
    Expect Request    /late
    Respond With Handler    ${handler}
    Send Request In Background    ${BASE}/late    text
    Wait Until Handler Waits

A Late Problem Is Not That Of The Next Test
    Release Handler
    Check Assertions
    Request Should Not Be Received    /late
    Expect Oneshot Request    /thing
    Respond With Data
    Send Request    ${BASE}/thing
    Wait Until Expectations Are Met


*** Keywords ***
Start The Server Of The Suite
    ${url} =    Start Http Server    alias=other
    VAR    ${OTHER}    ${url}    scope=SUITE
    ${url} =    Start Http Server    alias=suite
    VAR    ${BASE}    ${url}    scope=SUITE
    Set Unexpected Response    status=501
    FOR    ${path}    IN    /thing    /setup
        Expect Request    ${path}
        Respond With Data
    END
    Expect Oneshot Request    /once
    Respond With Data
    Send Request    ${BASE}/setup
    Expect Request    /last

Server Of The Suite Should Be Current
    ${url} =    Get Http Server Url    ${EMPTY}
    Should Be Equal    ${url}    ${BASE}/

Send From Teardown
    ${status} =    Send Request    ${BASE}/test-setup
    Should Be Equal    ${status}    ${204}
