*** Settings ***
Documentation     Run by scopes.robot: a server that is started here serves all suites below.

Library           ChildKeywords
Library           HttpServerLibrary

Suite Setup       Start The Outer Server
Suite Teardown    Run Keywords
...                   Current Server Should Be The Outer One    AND
...                   Request Should Have Been Received    /outer    times=1


*** Keywords ***
Start The Outer Server
    ${url} =    Start Http Server    alias=outer
    VAR    ${OUTER}    ${url}    scope=SUITES
    Expect Request    /outer
    Respond With Data

Current Server Should Be The Outer One
    ${url} =    Get Http Server Url    ${EMPTY}
    Should Be Equal    ${url}    ${OUTER}/
