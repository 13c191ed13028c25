*** Settings ***
Documentation    Checks the services while the shop runs, without sleeping: the waiting keywords return as soon as
...              the request has arrived.

Library          HttpServerLibrary    auto_start=True    timeout=30 seconds
Resource         shop.resource

Test Teardown    Terminate All Processes


*** Test Cases ***
Shop Waits Until The Payment Is Settled
    [Documentation]    `Wait Until Request Is Received` returns when the shop has asked three times. Then the
    ...    expectation gets a new response, which replaces the first.
    Sell Pens
    Expect Oneshot Request    /payments    method=POST
    Respond With Json    {"id": 7, "state": "pending"}    status=202
    ${state} =    Expect Request    /payments/{id}    method=GET
    Respond With Json    {"id": 7, "state": "pending"}
    ${shop} =    Start Shop    order    pen    3
    @{polls} =    Wait Until Request Is Received    /payments/{id}    times=3
    Should Be Equal    ${polls[0].path_params}[id]    7
    Process Should Be Running    ${shop}
    Respond With Json    {"id": 7, "state": "settled"}    to=${state}
    ${result} =    Wait For Process    ${shop}    timeout=30 seconds
    Should Be Equal    ${result.stdout}    Paid 6 for 3 x pen, payment 7.

Payment That Fails Later
    [Documentation]    `Wait Until Expectations Are Met` waits for all of them, responses sent.
    Sell Pens
    Expect Oneshot Request    /payments    method=POST
    Respond With Json    {"id": 8, "state": "pending"}    status=202    delay=50 ms
    Expect Oneshot Request    /payments/8
    Respond With Json    {"id": 8, "state": "declined"}
    ${shop} =    Start Shop    order    pen    1
    Wait Until Expectations Are Met
    ${result} =    Wait For Process    ${shop}    timeout=30 seconds
    Should Be Equal    ${result.stderr}    The payment was declined.

Payment Service Goes Away
    [Documentation]    Stopping is immediate, even for a request that is being answered.
    Sell Pens
    ${url} =    Start Http Server    alias=payments
    Expect Request    /payments
    Respond With Json    {"id": 9, "state": "settled"}    delay=10 seconds
    ${shop} =    Start Shop    order    pen    1    payment=${url}
    Wait Until Request Is Received    /payments    server=payments
    Stop Http Server    server=payments
    ${result} =    Wait For Process    ${shop}    timeout=30 seconds
    Should Be Equal As Integers    ${result.rc}    1


*** Keywords ***
Sell Pens
    Expect Request    /items/pen
    Respond With Json    {"name": "pen", "price": 2, "available": 100}
