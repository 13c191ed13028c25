*** Settings ***
Documentation    Run by parallel.robot with pabot, whole and test by test.

Library          ChildKeywords
Library          HttpServerLibrary    auto_start=True

Suite Setup      Start The Server Of The Suite
Test Template    Ask The Servers


*** Test Cases ***    NAME
First    first
Second    second
Third    third
Fourth    fourth


*** Keywords ***
Start The Server Of The Suite
    ${url} =    Start Http Server    alias=suite
    VAR    ${BASE}    ${url}    scope=SUITE
    Expect Request    /suite
    Respond With Data    status=201

Ask The Servers
    [Arguments]    ${name}
    Expect Oneshot Request    /${name}
    Respond With Data    status=202
    ${status} =    Send Request    ${BASE}/suite
    Should Be Equal    ${status}    ${201}
    ${status} =    Send Request    ${BASE}/${name}
    Should Be Equal    ${status}    ${202}
    Expect Oneshot Request    /auto    server=http-1
    Respond With Data    status=203
    ${status} =    Send Request    ${HTTP_SERVER_URL}/auto
    Should Be Equal    ${status}    ${203}
    ${requests} =    Get Received Requests
    Length Should Be    ${requests}    2
    Expectations Should Be Met
