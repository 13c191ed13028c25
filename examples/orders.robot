*** Settings ***
Documentation    A shop calls two services that do not exist: HttpServerLibrary takes their place.
...
...              With `auto_start=True` a server runs before the first test, at `${HTTP_SERVER_URL}`, and stops
...              after the last. What a test expects and receives is forgotten at its end.

Library          HttpServerLibrary    auto_start=True
Resource         shop.resource

Test Setup       Sell Books At 12


*** Test Cases ***
Order Is Paid
    [Documentation]    The request must look exactly like this: method, path, token and JSON body.
    Expect Oneshot Request    /payments    method=POST    bearer_token=secret-of-the-shop
    ...    json={"item": "book", "quantity": 2, "amount": 24}
    Respond With Json    {"id": 7, "state": "settled"}    status=201
    ${result} =    Run Shop    order    book    2
    Should Be Equal    ${result.stdout}    Paid 24 for 2 x book, payment 7.
    Expectations Should Be Met

Payment Is Tried Again While The Service Is Busy
    [Documentation]    A response with `times` answers that many requests; then the next one follows.
    Expect Request    /payments    method=POST
    Respond With Json    {"error": "busy"}    status=503    times=2
    Respond With Json    {"id": 8, "state": "settled"}    status=201    times=1
    ${result} =    Run Shop    order    book    1
    Should Be Equal    ${result.stdout}    Paid 12 for 1 x book, payment 8.
    Expectations Should Be Met

Every Attempt Has The Same Idempotency Key
    [Documentation]    Received requests can be inspected: header names in any case, JSON bodies parsed.
    Expect Request    /payments    method=POST
    Respond With Json    {"error": "busy"}    status=503    times=1
    Respond With Json    {"id": 9, "state": "settled"}    status=201
    Run Shop    order    book    1
    ${first}    ${second} =    Get Received Requests    /payments
    Should Be Equal As Integers    ${first.response.status}    503
    Should Be Equal As Integers    ${second.response.status}    201
    Should Be Equal    ${first.headers}[idempotency-key]    ${second.headers}[idempotency-key]
    Should Be Equal    ${first.json}    ${second.json}

Shop Gives Up After Three Attempts
    [Documentation]    With `times`, an expectation answers that many requests. One more would fail the test.
    Expect Request    /payments    times=3
    Respond With Json    {"error": "busy"}    status=503
    ${result} =    Run Shop    order    book    1
    Should Be Equal As Integers    ${result.rc}    1
    Should End With    ${result.stderr}    /payments is busy.
    Request Should Have Been Received    /payments    method=POST    times=3

Unknown Item Is Not Paid For
    [Documentation]    The oneshot expectation of the test comes before the permanent one that Test Setup made.
    Expect Oneshot Request    /items/unicorn
    Respond With Json    {"error": "no unicorns"}    status=404
    ${result} =    Run Shop    order    unicorn    1
    Should Be Equal    ${result.stderr}    We do not sell 'unicorn'.
    Request Should Not Be Received    /payments

Shop Gives Up On A Slow Service
    [Documentation]    `delay` holds the answer back. The test does not wait for it.
    Expect Request    /items
    Respond With Json    [{"name": "book"}]    delay=1 minute
    ${result} =    Run Shop    list    patience=0.2
    Should Be Equal As Integers    ${result.rc}    1
    Should End With    ${result.stderr}    /items does not answer.

Credit Is Limited
    [Documentation]    A Python function answers when the response depends on the request: see handlers.py.
    Expect Request    /payments    method=POST
    Respond With Handler    handlers.take_payment
    ${paid} =    Run Shop    order    book    8
    Should Be Equal    ${paid.stdout}    Paid 96 for 8 x book, payment book-8.
    ${refused} =    Run Shop    order    book    9
    Should End With    ${refused.stderr}    /payments answered 402.

Shop Follows The List To Its New Place
    [Documentation]    The query of the new address is a separate argument from its path.
    Expect Oneshot Request    /items
    Respond With Redirect    /v2/items?page=1
    Expect Oneshot Request    /v2/items    query={"page": 1}
    Respond With Json    [{"name": "book"}, {"name": "pen"}]
    ${result} =    Run Shop    list
    Should Be Equal    ${result.stdout.splitlines()}    ${{["book", "pen"]}}
    Expectations Should Be Met


*** Keywords ***
Sell Books At 12
    [Documentation]    The stock service: a permanent expectation answers any number of requests.
    Expect Request    /items/book    method=GET
    Respond With Json    {"name": "book", "price": 12, "available": 10}
