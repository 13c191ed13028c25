*** Settings ***
Documentation    Run by lifecycle.robot; does not import HttpServerLibrary here.

Library          ChildKeywords


*** Test Cases ***
Before
    Run Keyword And Expect Error    No keyword with name 'Start Http Server' found.*    Start Http Server

Import In A Test
    Import Library    HttpServerLibrary
    ${url} =    Start Http Server
    VAR    ${GONE}    ${url}    scope=SUITE
    Expect Request    /
    Respond With Data
    ${status} =    Send Request    ${url}
    Should Be Equal    ${status}    ${200}
    ${text} =    Format Matchers
    Should Contain    ${text}    /

The Server Of The Test Has Ended
    Run Keyword And Expect Error    *refused*    Send Request    ${GONE}
    Run Keyword And Expect Error    There is no HTTP server.*    Get Http Server Url

After The Import It Is Like Any Other
    ${url} =    Start Http Server
    Send Request    ${url}
    Run Keyword And Expect Error    *GET /*    Check Assertions

Import And Then A Problem
    Import Library    HttpServerLibrary
    ${url} =    Start Http Server
    Send Request    ${url}/problem

With Auto Start
    Import Library    HttpServerLibrary    auto_start=True    AS    Auto
    VAR    ${URL}    ${HTTP_SERVER_URL}    scope=SUITE
    Auto.Expect Request    /
    Auto.Respond With Data
    ${status} =    Send Request    ${HTTP_SERVER_URL}
    Should Be Equal    ${status}    ${200}

Auto Start Serves The Rest Of The Suite
    [Documentation]    The server belongs to the suite, the expectation belonged to the test.
    ${status} =    Send Request    ${URL}
    Should Be Equal    ${status}    ${500}
    Run Keyword And Expect Error    *GET /*    Auto.Check Assertions
