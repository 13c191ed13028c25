*** Settings ***
Documentation    Run by callbacks.robot: callbacks at the end of a test, and problems that nobody checks.

Library          ChildKeywords
Library          HttpServerLibrary    auto_start=True    auto_check=${AUTO_CHECK}

Suite Setup      Expect Hooks


*** Variables ***
${AUTO_CHECK}    FAIL


*** Test Cases ***
Delayed
    [Documentation]    It would be sent during the next test.
    Expect Order
    Send Request After Response    POST    ${HTTP_SERVER_URL}/hook    delay=0.5 seconds
    Send Request    ${HTTP_SERVER_URL}/orders
    # It is sent from a thread, which starts after the response.
    Wait Until Keyword Succeeds    10 seconds    10 ms    A Callback Is Due

Next
    Request Should Not Be Received    /hook    within=1 second

Failing
    [Documentation]    A callback that is waiting for its answer when the test ends is no problem of anybody.
    Expect Request    /held
    Respond With Fault    HANG
    Expect Order
    Send Request After Response    POST    ${HTTP_SERVER_URL}/held
    Send Request    ${HTTP_SERVER_URL}/orders
    Wait Until Request Is Received    /held

Nothing Is Left
    ${problems} =    Get Problems
    Should Be Empty    ${problems}
    ${threads} =    Get Server Threads
    Should Not Contain    ${threads}    HttpServerLibrary-callback

Sent
    Expect Order
    Send Request After Response    POST    ${HTTP_SERVER_URL}/hook
    Send Request    ${HTTP_SERVER_URL}/orders
    Wait Until Expectations Are Met

Unchecked
    Expect Order
    Send Request After Response    POST    ${HTTP_SERVER_URL}/hook
    Send Request After Response    POST    ${HTTP_SERVER_URL}/busy
    Send Request After Response    GET    ${HTTP_SERVER_URL}/late    delay=1 minute
    Send Request    ${HTTP_SERVER_URL}/orders
    Wait Until Request Is Received    /hook
    Wait Until Request Is Received    /busy
    Wait Until Keyword Succeeds    10 seconds    10 ms    There Is A Problem


*** Keywords ***
Expect Hooks
    Expect Request    /hook
    Respond With Data
    Expect Request    /busy
    Respond With Data    status=500

Expect Order
    Expect Request    /orders
    Respond With Data

A Callback Is Due
    ${threads} =    Get Server Threads
    Should Contain    ${threads}    HttpServerLibrary-callback

There Is A Problem
    ${problems} =    Get Problems
    Should Not Be Empty    ${problems}
