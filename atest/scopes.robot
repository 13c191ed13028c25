*** Settings ***
Documentation    What belongs to a suite, what to a test, and what is left of it afterwards.
...              A child run each, as the order of its tests matters; a test here looks at some of them.

Library          resources/ChildRun.py

Suite Setup      Run The Suites

Test Tags        lifecycle


*** Test Cases ***
A Test Overrides Its Suite
    Test Should Have Passed    ${SCOPES}
    ...    A Test Overrides Its Suite
    ...    A Permanent One Of The Test Beats A Oneshot Of The Suite
    ...    The Oneshot Of The Suite Is Still There
    ...    The Oneshot Of The Suite Stays Used Up

What A Test Made Is Gone After It
    Test Should Have Passed    ${SCOPES}
    ...    Expectations Of A Test Are Gone After It
    ...    Received Requests Of A Test Are Gone After It
    ...    Unmet Expectations Of A Test
    ...    Unmet Expectations Of A Test Are Gone After It
    ...    An Order Is Broken
    ...    The Refusal Ends With The Test
    ...    An Unexpected Response Is Set
    ...    The Unexpected Response Ends With The Test

What The Suite Made Remains
    Test Should Have Passed    ${SCOPES}
    ...    Received Requests Of The Suite Remain
    ...    A Response Is For The Expectation Of The Suite Again
    ...    A Test Stops The Server Of Its Suite
    ...    It Stays Stopped

A Server Of A Test Ends With It
    Test Should Have Passed    ${SCOPES}
    ...    A Test Starts A Server
    ...    The Server Of A Test Ends With It

The Current Server Of The Suite Is Current Again After A Test
    Test Should Have Passed    ${SCOPES}
    ...    The Server Of The Suite Is Current Again After A Start
    ...    A Test Switches
    ...    The Server Of The Suite Is Current Again After A Switch
    ...    A Test Starts And Stops A Server

Setup And Teardown Of A Test Belong To It
    Test Should Have Passed    ${SCOPES}    Setup And Teardown Belong To The Test

What Outlives Its Test Can Be Read Only
    Test Should Have Passed    ${SCOPES}
    ...    A Test Takes An Expectation Along
    ...    An Expectation Cannot Be Used After Its Test
    ...    A Test Takes A Request Along
    ...    A Request Can Be Read After Its Test

A Request That Outlives Its Test Is Told As A Warning
    Test Should Have Passed    ${SCOPES}
    ...    A Test Ends Before Its Request
    ...    A Late Problem Is Not That Of The Next Test
    ${log} =    Log Of Test    ${SCOPES}    A Late Problem Is Not That Of The Next Test    WARN
    Should Match    ${log}    WARN suite: HANDLER ERROR: *too late*

No Problem Is Left Over
    Should Be Equal    ${SCOPES.rc}    ${0}    ${SCOPES.stdout}
    Should Not Match Regexp    ${SCOPES.errors}    (?m)^ERROR

A Server Of An Init File Serves All Suites Below It
    Test Should Have Passed    ${NESTED}
    ...    The Server From Init Can Be Given Expectations
    ...    A Suite Without The Library Is Served
    ...    A Suite Two Levels Down Is Served

An Inner Suite Overrides The Outer One
    Test Should Have Passed    ${NESTED}
    ...    Expectations Of The Inner Suite Beat Those Of The Outer One
    ...    The Server Of The Inner Suite Is Current

What An Inner Suite Made Is Gone After It
    Test Should Have Passed    ${NESTED}
    ...    Nothing Of The Suite Before Is Left
    ...    An Inner Suite Cannot End The Outer Server By Ending
    # Its Suite Teardown counts the requests that came outside the inner suites that import the library.
    Should Be Equal    ${NESTED.rc}    ${0}    ${NESTED.stdout}


*** Keywords ***
Run The Suites
    ${run} =    Run Suite    scopes.robot
    VAR    ${SCOPES}    ${run}    scope=SUITE
    ${run} =    Run Suite    nested
    VAR    ${NESTED}    ${run}    scope=SUITE
