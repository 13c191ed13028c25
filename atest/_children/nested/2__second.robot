*** Settings ***
Library    ChildKeywords
Library    HttpServerLibrary


*** Test Cases ***
Nothing Of The Suite Before Is Left
    Run Keyword And Expect Error    EQUALS: There is no server 'inner'. Known servers: 'outer'.
    ...    Get Http Server Url    server=inner
    Run Keyword And Expect Error    *refused*    Send Request    ${GONE}
    ${url} =    Get Http Server Url    ${EMPTY}
    Should Be Equal    ${url}    ${OUTER}/
    ${text} =    Format Matchers
    Should Contain X Times    ${text}    /outer    1

An Inner Suite Cannot End The Outer Server By Ending
    Start Http Server    alias=own
    Request Should Not Be Received    server=outer
