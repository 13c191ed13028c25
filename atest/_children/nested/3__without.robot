*** Settings ***
Documentation    Does not import the library.

Library          ChildKeywords


*** Test Cases ***
A Suite Without The Library Is Served
    ${status} =    Send Request    ${OUTER}/outer
    Should Be Equal    ${status}    ${200}
