*** Settings ***
Documentation    Run by respond_later.robot: what happens to requests that the test does not answer.

Library          ChildKeywords
Library          HttpServerLibrary    auto_start=True


*** Test Cases ***
Own Server
    ${url} =    Start Http Server    alias=own
    Hold A Request    ${url}

Server Of The Suite
    Hold A Request    ${HTTP_SERVER_URL}

Timeout
    [Timeout]    300 milliseconds
    Hold A Request    ${HTTP_SERVER_URL}
    Sleep    5 minutes

Interrupted
    [Tags]    interrupted
    Hold A Request    ${HTTP_SERVER_URL}
    Log To Console    READY
    Sleep    5 minutes

Answered
    Hold A Request    ${HTTP_SERVER_URL}
    Respond With Data    at last
    Wait Until Expectations Are Met


*** Keywords ***
Hold A Request
    [Arguments]    ${url}
    Expect Oneshot Request    /x
    Respond Later
    Send Request In Background    ${url}/x    text
    Wait Until Request Is Received    /x
