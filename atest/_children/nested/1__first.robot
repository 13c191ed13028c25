*** Settings ***
Library        ChildKeywords
Library        HttpServerLibrary

Suite Setup    Expect And Start


*** Test Cases ***
The Server From Init Can Be Given Expectations
    Expect Request    /test    server=outer
    Respond With Data    status=202
    ${status} =    Send Request    ${OUTER}/test
    Should Be Equal    ${status}    ${202}

Expectations Of The Inner Suite Beat Those Of The Outer One
    ${status} =    Send Request    ${OUTER}/outer
    Should Be Equal    ${status}    ${201}

The Server Of The Inner Suite Is Current
    ${url} =    Get Http Server Url    ${EMPTY}
    Should Be Equal    ${url}    ${INNER}/


*** Keywords ***
Expect And Start
    Expect Request    /outer
    Respond With Data    status=201
    ${url} =    Start Http Server    alias=inner
    VAR    ${INNER}    ${url}    scope=SUITE
    VAR    ${GONE}    ${url}    scope=GLOBAL
