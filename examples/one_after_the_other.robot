*** Settings ***
Documentation    A different answer each time, and answers that the test gives later.

Library          HttpServerLibrary    auto_start=True    timeout=30 seconds
Resource         shop.resource

Test Setup       Sell Pens
Test Teardown    Terminate All Processes


*** Test Cases ***
Shop Waits As Long As The Service Asks
    [Documentation]    The service is busy twice, and says for how long. The third attempt is paid.
    Expect Request    /payments    method=POST
    Respond With Json    {"error": "busy"}    status=503    headers=Retry-After: 1    times=2
    Respond With Json    {"id": 7, "state": "settled"}    status=201    times=1
    ${result} =    Run Shop    order    pen    3
    Should Be Equal    ${result.stdout}    Paid 6 for 3 x pen, payment 7.
    Expectations Should Be Met
    @{attempts} =    Get Received Requests    /payments
    Should Be True    ($attempts[1].time - $attempts[0].time).total_seconds() >= 0.9

Payment Is Settled After A While
    [Documentation]    The shop asks again until the payment is settled.
    Expect Oneshot Request    /payments    method=POST
    Respond With Json    {"id": 8, "state": "pending"}    status=202
    Expect Request    /payments/8
    Respond With Json    {"id": 8, "state": "pending"}    times=3
    Respond With Json    {"id": 8, "state": "settled"}
    ${result} =    Run Shop    order    pen    1
    Should Be Equal    ${result.stdout}    Paid 2 for 1 x pen, payment 8.
    Request Should Have Been Received    /payments/8    times=4

Payment Is Approved By The Test
    [Documentation]    The shop waits for its answer while the test looks at the request and decides.
    Expect Request    /payments    method=POST
    Respond Later
    ${shop} =    Start Shop    order    pen    5
    ${payment} =    Wait Until Request Is Received    /payments
    Should Be Equal    ${payment.json}[amount]    ${10}
    Process Should Be Running    ${shop}
    Respond With Json    {"id": 9, "state": "settled"}    status=201    to=${payment}
    ${result} =    Wait For Process    ${shop}    timeout=30 seconds
    Should Be Equal    ${result.stdout}    Paid 10 for 5 x pen, payment 9.

Each Customer Gets A Different Answer
    [Documentation]    Two shops wait at the same time; `to` says whose payment is meant.
    ${payments} =    Expect Request    /payments    method=POST
    Respond Later
    ${small} =    Start Shop    order    pen    1
    ${first} =    Wait Until Request Is Received    ${payments}
    ${large} =    Start Shop    order    pen    50
    ${second} =    Wait Until Request Is Received    ${payments}    after=${first}
    Respond With Json    {"id": 11, "state": "declined"}    status=201    to=${second}
    Respond With Json    {"id": 10, "state": "settled"}    status=201    to=${first}
    ${paid} =    Wait For Process    ${small}    timeout=30 seconds
    Should Be Equal    ${paid.stdout}    Paid 2 for 1 x pen, payment 10.
    ${refused} =    Wait For Process    ${large}    timeout=30 seconds
    Should Be Equal    ${refused.stderr}    The payment was declined.


*** Keywords ***
Sell Pens
    Expect Request    /items/pen
    Respond With Json    {"name": "pen", "price": 2, "available": 100}
