*** Settings ***
Documentation    Forwarding that the suite sets and a test ends, run by forwarding.robot.

Library          HttpServerLibrary
Library          RequestsLibrary

Suite Setup      Start Servers


*** Variables ***
${URL}     set in Suite Setup
${SHOP}    set in Suite Setup


*** Test Cases ***
Set By The Suite
    Is Forwarded

Ended By A Test
    Forward Unexpected Requests    ${NONE}
    GET    ${URL}/orders    expected_status=500
    Run Keyword And Expect Error    *UNEXPECTED REQUEST: GET /orders*    Check Assertions

Set By The Suite Again
    Is Forwarded

Another Service
    ${other} =    Start Http Server    alias=other
    Expect Request
    Respond With Data    other
    Switch Http Server    main
    Forward Unexpected Requests    ${other}
    ${response} =    GET    ${URL}/orders
    Should Be Equal    ${response.text}    other

The Service Of The Suite
    Is Forwarded


*** Keywords ***
Start Servers
    ${url} =    Start Http Server    alias=shop
    VAR    ${SHOP}    ${url}    scope=SUITE
    Expect Request    /orders
    Respond With Data    shop
    ${url} =    Start Http Server    alias=main
    VAR    ${URL}    ${url}    scope=SUITE
    Forward Unexpected Requests    ${SHOP}

Is Forwarded
    ${response} =    GET    ${URL}/orders
    Should Be Equal    ${response.text}    shop
