*** Settings ***
Documentation    Two levels down, with a level between that does not import the library.

Library          ChildKeywords
Library          HttpServerLibrary


*** Test Cases ***
A Suite Two Levels Down Is Served
    Request Should Have Been Received    /outer    times=1
    Expect Request    /outer
    Respond With Data    status=204
    ${status} =    Send Request    ${OUTER}/outer
    Should Be Equal    ${status}    ${204}
