*** Settings ***
Documentation     Run by lifecycle.robot: each test waits for something that never comes, until it is interrupted.

Library           ChildKeywords
Library           HttpServerLibrary    auto_start=True

Suite Setup       Expect What Never Comes
Suite Teardown    Log To Console    TEARDOWN ${HTTP_SERVER_URL}
Test Setup        Log To Console    READY
Test Timeout      ${TIMEOUT}


*** Variables ***
${TIMEOUT}    ${NONE}    # robocop: off=VAR02


*** Test Cases ***
For A Request
    Wait Until Request Is Received    /never    timeout=5 minutes

For Expectations
    Wait Until Expectations Are Met    timeout=5 minutes

For No Request
    Request Should Not Be Received    /never    within=5 minutes

For Requests In Order
    Wait Until Requests Are Received In Order    ["/never"]    timeout=5 minutes

For A Matcher
    Expect Request    /matched
    Respond With Data
    ${url} =    Get Http Server Url    /matched
    Send Request    ${url}
    Get Received Request    /matched    matcher=handlers.matcher_never_ends

Asleep
    Sleep    5 minutes

Deaf
    Do Not Listen To Signals

Goes On
    [Timeout]    NONE
    Run Keyword And Expect Error    *0.1 seconds*    Wait Until Request Is Received    /never    timeout=100ms


*** Keywords ***
Expect What Never Comes
    Start Http Server
    Expect Oneshot Request    /never
