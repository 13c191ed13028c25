*** Settings ***
Documentation    Fails on purpose, to show how a failure is explained. So one test fails when all examples run.
...
...              log.html opens at the failed test. Its message says what differs. Its last entry is a table of the
...              requests that it received: the row of the unexpected one is open, with the difference marked.

Library          HttpServerLibrary
Resource         shop.resource

Test Tags        meant-to-fail


*** Test Cases ***
Discount Is Missing (Meant To Fail)
    [Documentation]    The test expects a payment of 20 for two books, but the shop gives no discount and asks for 24.
    ...    No keyword of the test checks that: a request without an expectation fails its test.
    ${url} =    Start Http Server    alias=meant-to-fail
    Expect Request    /items/book
    Respond With Json    {"name": "book", "price": 12, "available": 10}    delay=20 ms
    Expect Oneshot Request    /payments    method=POST    json={"item": "book", "quantity": 2, "amount": 20}
    Respond With Json    {"id": 7, "state": "settled"}    status=201
    Run Shop    order    book    2    stock=${url}    payment=${url}
