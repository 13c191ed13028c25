*** Settings ***
Documentation    The payment service calls the shop back when an order is paid: a webhook.

Library          HttpServerLibrary    auto_start=True    timeout=30 seconds
Resource         shop.resource

Test Setup       Sell Books At 12


*** Test Cases ***
Shop Is Called Back When The Order Is Paid
    [Documentation]    The shop says in its request where it wants to be called. With `template=True`, the URL and the
    ...    JSON are filled in from that request, after its response was sent.
    Expect Oneshot Request    /payments    method=POST    json_subset={"item": "book", "callback": "<any-string>"}
    Respond With Json    {"state": "pending"}    status=202
    Send Request After Response    POST    {{ request.json.callback }}    template=True
    ...    json={"id": 7, "state": "settled", "item": "{{ request.json.item }}"}
    ${result} =    Run Shop    order    book    2    later
    Should Be Equal    ${result.stdout}    Paid 24 for 2 x book, payment 7.
    Wait Until Expectations Are Met

Payment Is Declined Later
    [Documentation]    What was sent, and what the shop answered, is in `callbacks` of the received request.
    Expect Oneshot Request    /payments    method=POST
    Respond With Json    {"state": "pending"}    status=202
    Send Request After Response    POST    {{ request.json.callback }}    template=True    delay=50 ms
    ...    json={"id": 8, "state": "declined"}
    ${result} =    Run Shop    order    book    1    later
    Should Be Equal    ${result.stderr}    The payment was declined.
    Wait Until Expectations Are Met
    ${request} =    Get Received Request    /payments
    Should Be Equal    ${request.callbacks[0].url}    ${request.json}[callback]
    Should Be Equal As Integers    ${request.callbacks[0].response.status}    204

Shop Gives Up Waiting
    [Documentation]    The payment service never calls back.
    Expect Request    /payments
    Respond With Json    {"state": "pending"}    status=202
    ${result} =    Run Shop    order    book    1    later    patience=0.2
    Should Be Equal    ${result.stderr}    The payment service did not call back.


*** Keywords ***
Sell Books At 12
    Expect Request    /items/book
    Respond With Json    {"name": "book", "price": 12, "available": 10}
