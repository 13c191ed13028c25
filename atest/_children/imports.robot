*** Settings ***
Documentation    Run by lifecycle.robot.

Library          ChildKeywords
Library          HttpServerLibrary
Library          HttpServerLibrary    AS    Twin
Library          HttpServerLibrary    timeout=1 second    AS    Other


*** Test Cases ***
Two Names Are One Library
    ${url} =    HttpServerLibrary.Start Http Server
    ${twin} =    Twin.Get Http Server Url    ${EMPTY}
    Should Be Equal    ${twin}    ${url}/
    Twin.Expect Request    /
    HttpServerLibrary.Respond With Data    status=201
    ${status} =    Send Request    ${url}
    Should Be Equal    ${status}    ${201}

Nothing Is Left Of The Test Before
    Run Keyword And Expect Error    There is no HTTP server.*    Twin.Get Http Server Url

A Problem Is Told Once
    ${url} =    HttpServerLibrary.Start Http Server
    Send Request    ${url}/once

Different Options Are Two Libraries
    ${one} =    HttpServerLibrary.Start Http Server
    ${other} =    Other.Start Http Server
    ${url} =    HttpServerLibrary.Get Http Server Url    ${EMPTY}
    Should Be Equal    ${url}    ${one}/
    ${url} =    Other.Get Http Server Url    ${EMPTY}
    Should Be Equal    ${url}    ${other}/

Problems Of Both Are Told
    ${one} =    HttpServerLibrary.Start Http Server
    ${other} =    Other.Start Http Server
    Send Request    ${one}/one
    Send Request    ${other}/other
