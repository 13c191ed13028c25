*** Settings ***
Documentation    Two servers, one for each service. Their aliases say which one a keyword means.
...
...              Both start in Suite Setup and stop at the end of the suite. No port is fixed, so the suites can run
...              in parallel.

Library          HttpServerLibrary
Resource         shop.resource

Suite Setup      Start Services


*** Variables ***
${STOCK}      set in Suite Setup
${PAYMENT}    set in Suite Setup


*** Test Cases ***
Each Service Gets Its Own Requests
    Sell Lamps
    Expect Oneshot Request    /payments    method=POST    server=payments
    Respond With Json    {"id": 7, "state": "settled"}    status=201
    Order A Lamp
    Expectations Should Be Met    server=payments
    Request Should Not Be Received    /payments    server=stock
    ${request} =    Get Received Request    server=payments
    Should Be Equal    ${request.json}[amount]    ${30}
    Should Be Equal    ${request.auth.token}    secret-of-the-shop

Payment Goes Through Its States In Order
    [Documentation]    Ordered expectations must be met in the order in which they were registered. A request that
    ...    arrives too early breaks the order, and all later requests are refused.
    Sell Lamps
    Switch Http Server    payments
    Expect Ordered Request    /payments    method=POST
    Respond With Json    {"id": 8, "state": "pending"}    status=202
    Expect Ordered Request    /payments/8    method=GET
    Respond With Json    {"id": 8, "state": "pending"}
    Expect Ordered Request    /payments/8    method=GET
    Respond With Json    {"id": 8, "state": "settled"}
    Order A Lamp
    Expectations Should Be Met

Shop Copes Without The Payment Service
    Sell Lamps
    Expect Request    /payments    server=payments
    Respond With Data    Sorry, closed.    status=410
    ${result} =    Run Shop    order    lamp    1    stock=${STOCK}    payment=${PAYMENT}
    Should End With    ${result.stderr}    /payments answered 410.


*** Keywords ***
Start Services
    ${stock} =    Start Http Server    alias=stock
    VAR    ${STOCK} =    ${stock}    scope=SUITE
    ${payment} =    Start Http Server    alias=payments
    VAR    ${PAYMENT} =    ${payment}    scope=SUITE

Sell Lamps
    Expect Request    /items/lamp    server=stock
    Respond With Json    {"name": "lamp", "price": 30, "available": 2}

Order A Lamp
    ${result} =    Run Shop    order    lamp    1    stock=${STOCK}    payment=${PAYMENT}
    Should Be Equal As Integers    ${result.rc}    0    ${result.stderr}
