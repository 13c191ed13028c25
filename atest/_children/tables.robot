*** Settings ***
Documentation    Tests that fail and pass, run by log_table.robot, which looks at the tables in their log.

Library          ChildKeywords
Library          HttpServerLibrary    auto_start=True    auto_check=${AUTO_CHECK}

Suite Setup      Send Request    ${HTTP_SERVER_URL}/setup


*** Variables ***
${AUTO_CHECK}    FAIL


*** Test Cases ***
Passed
    Answer Everything
    Send Request    ${HTTP_SERVER_URL}/passed

Failed
    Answer Everything
    Send Request    ${HTTP_SERVER_URL}/failed
    Fail    on purpose

Failed By Its Problems
    Send Request    ${HTTP_SERVER_URL}/unexpected

Failed Without Requests
    Fail    on purpose

Skipped
    Answer Everything
    Send Request    ${HTTP_SERVER_URL}/skipped
    Skip    on purpose

Failed In Teardown
    Answer Everything
    Send Request    ${HTTP_SERVER_URL}/teardown
    [Teardown]    Fail    on purpose

Table In Teardown
    Answer Everything
    Send Request    ${HTTP_SERVER_URL}/once
    Fail    on purpose
    [Teardown]    Log Received Requests

Request After Table
    Answer Everything
    Send Request    ${HTTP_SERVER_URL}/before
    Log Received Requests
    Send Request    ${HTTP_SERVER_URL}/after
    Fail    on purpose

Table Below The Level
    Answer Everything
    Send Request    ${HTTP_SERVER_URL}/debug
    Log Received Requests    level=DEBUG
    Fail    on purpose

Two Of Three Servers
    Answer Everything
    Send Request    ${HTTP_SERVER_URL}/first
    ${url} =    Start Http Server    alias=second
    Answer Everything
    Send Request    ${url}/second
    Start Http Server    alias=silent
    Fail    on purpose

Response On Its Way
    ${handler} =    Handler That Waits
    Expect Request    /waits
    Respond With Handler    ${handler}
    Send Request In Background    ${HTTP_SERVER_URL}/waits    text
    Wait Until Handler Waits
    Fail    on purpose

Next
    [Setup]    Release Handler
    No Operation


*** Keywords ***
Answer Everything
    Expect Request
    Respond With Data
