*** Settings ***
Library        ChildKeywords
Library        HttpServerLibrary    auto_start=True

Suite Setup    Expect For The Suite


*** Test Cases ***
The Server Of The Outer Suite Is Used
    Should Be Equal    ${HTTP_SERVER_URL}    ${OUTER}
    ${threads} =    Get Server Threads
    ${ports} =    Evaluate    {name.rpartition('-')[2] for name in $threads}
    Length Should Be    ${ports}    1

The Server Runs Before Suite Setup
    ${status} =    Send Request    ${HTTP_SERVER_URL}/suite
    Should Be Equal    ${status}    ${200}


*** Keywords ***
Expect For The Suite
    Expect Request    /suite
    Respond With Data
    ${status} =    Send Request    ${HTTP_SERVER_URL}/suite
    Should Be Equal    ${status}    ${200}
