*** Settings ***
Documentation    `Serve Until Stopped`: what the console shows, and how it ends.

Library          resources/ChildRun.py
Library          resources/ExactClient.py

Test Teardown    Kill Suite Run

Test Tags        waiting    lifecycle


*** Test Cases ***
The Console Shows Each Request Until Ctrl-C
    Start Suite Run    manual.robot    --test    Until Ctrl-C    --console    quiet
    ${url} =    Wait Until It Serves
    Send Exactly    ${url}    GET    /orders?token=abcdef
    Wait Until Suite Run Says    GET /orders?token=*** -> 200 OK\n
    Send Exactly    ${url}    POST    /nope
    Wait Until Suite Run Says    POST /nope -> 500 Internal Server Error, UNEXPECTED REQUEST\n
    Interrupt Suite Run
    ${run} =    End Suite Run
    Test Should Have Failed With    ${run}    Until Ctrl-C    *Execution terminated by signal*
    VAR    ${expected}
    ...    \nServer 'shop' is at ${url} until Ctrl-C.
    ...    GET /orders?token=*** -> 200 OK
    ...    POST /nope -> 500 Internal Server Error, UNEXPECTED REQUEST\n
    ...    separator=\n
    Should Be Equal    ${run.stdout}    ${expected}
    Should Not Contain    ${run.stderr}    Traceback

It Ends With Its Time
    ${run} =    Run Suite    manual.robot    --test    For A Moment
    Test Should Have Passed    ${run}    For A Moment
    Should Match Regexp    ${run.stdout}    Server 'shop' is at http://localhost:\\d+ for 0.01 s\\.\n

A Test Timeout Ends It
    ${run} =    Run Suite    manual.robot    --test    With Timeout
    Test Should Have Failed With    ${run}    With Timeout    EQUALS: Test timeout 300 milliseconds exceeded.

The Log Has The Requests, Too
    Start Suite Run    manual.robot    --test    Until Ctrl-C    --console    quiet
    ${url} =    Wait Until It Serves
    Send Exactly    ${url}    GET    /orders
    Wait Until Suite Run Says    GET /orders -> 200 OK\n
    Interrupt Suite Run
    ${run} =    End Suite Run
    ${log} =    Log Of Keyword    ${run}    Until Ctrl-C    Serve Until Stopped
    Should Match Regexp    ${log}    INFO shop: \\S+ GET /orders 200 OK


*** Keywords ***
Wait Until It Serves
    [Documentation]    Returns the URL that the console shows.
    Wait Until Suite Run Says    until Ctrl-C.\n
    ${said} =    What Suite Run Said
    ${url} =    Evaluate    re.search(r'http://localhost:\\d+', $said)[0]    modules=re
    RETURN    ${url}
