*** Settings ***
Documentation    Run by lifecycle.robot with each value of auto_check: problems that nobody checks.

Library          ChildKeywords
Library          HttpServerLibrary    auto_start=yes    auto_check=${AUTO_CHECK}


*** Variables ***
${AUTO_CHECK}    FAIL


*** Test Cases ***
No Problem
    Expect Request    /fine
    Respond With Data
    Send Request    ${HTTP_SERVER_URL}/fine

Passed
    Send Request    ${HTTP_SERVER_URL}/passed

Failed
    Send Request    ${HTTP_SERVER_URL}/failed
    Fail    My own words

Failed By The Problem
    Send Request    ${HTTP_SERVER_URL}/told
    Wait Until Expectations Are Met    message=Nothing came

Failed By Something Like The Problem
    Send Request    ${HTTP_SERVER_URL}/like
    Send Request    ${HTTP_SERVER_URL}/like
    Send Request    ${HTTP_SERVER_URL}/likely
    Fail    UNEXPECTED REQUEST: GET /like

Failed In HTML
    Send Request    ${HTTP_SERVER_URL}/<b>
    Fail    *HTML* My <i>own</i> words

Skipped
    Send Request    ${HTTP_SERVER_URL}/skipped
    Skip    Not today

Skipped On Failure
    [Tags]    robot:skip-on-failure    shaky
    VAR    &{options}    method=GET
    Log    ${options}
    Send Request    ${HTTP_SERVER_URL}/shaky

Checked
    Send Request    ${HTTP_SERVER_URL}/checked
    Run Keyword And Expect Error    *    Check Assertions

Read But Not Checked
    Send Request    ${HTTP_SERVER_URL}/read
    ${problems} =    Get Problems
    Length Should Be    ${problems}    1

Reset
    Send Request    ${HTTP_SERVER_URL}/reset
    Reset Http Server

In Teardown
    No Operation
    [Teardown]    Send Request    ${HTTP_SERVER_URL}/teardown

Two On Two Servers
    ${url} =    Start Http Server    alias=own
    Send Request    ${url}/own/1
    Send Request    ${url}/own/2
    Send Request    ${HTTP_SERVER_URL}/suites

Stopped Meanwhile
    ${url} =    Start Http Server    alias=own
    Send Request    ${url}/stopped
    Stop Http Server

Unmet
    Expect Oneshot Request    /unmet
    Respond With Data

Unmet Before A Reset
    Expect Request    /unmet    times=2
    Respond With Data
    Send Request    ${HTTP_SERVER_URL}/unmet
    [Teardown]    Run Keywords    Reset Http Server    AND    Reset Http Server

Unmet On A Stopped Server
    Start Http Server    alias=own
    Expect Request    /unmet    times=2
    Respond With Data
    Stop Http Server

Unmet But Failed Anyway
    Expect Ordered Request    /unmet
    Respond With Data
    Fail    My own words
