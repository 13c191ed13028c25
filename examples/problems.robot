*** Settings ***
Documentation    A problem is something that went wrong while a server answered. It is a warning on the console, and it
...              fails its test, as why_it_failed.robot shows.
...
...              The tests here cause problems and check them. With `auto_check=OFF`, checking is up to them, and the
...              console has no warnings.

Library          HttpServerLibrary    auto_start=True    auto_check=OFF
Resource         shop.resource


*** Test Cases ***
Request Without An Expectation Is A Problem
    [Documentation]    The shop asks for the state of a payment, which the test does not expect. It gets the answer set
    ...    here instead of status 500 and an explanation.
    Expect Request    /items/book
    Respond With Json    {"name": "book", "price": 12, "available": 10}
    Expect Request    /payments    method=POST
    Respond With Json    {"id": 11, "state": "pending"}    status=202
    Set Unexpected Response    status=404    json={"error": "not found"}
    ${result} =    Run Shop    order    book    1
    Should Be Equal    ${result.stderr}    Payment 11 got lost.
    @{problems} =    Get Problems
    Length Should Be    ${problems}    1
    Should Be Equal    ${problems[0].kind}    UNEXPECTED REQUEST
    Should Be Equal    ${problems[0].request.path}    /payments/11
    Run Keyword And Expect Error    GLOB:*GET /payments/11*    Check Assertions

Mock That Has Drifted Is Caught
    [Documentation]    This mock answers as version 1 of the service did, and the shop is content with it. Without the
    ...    description in services.yaml the test would pass although no service answers like this.
    Load Openapi    ${CURDIR}/services.yaml
    Expect Request    /payments    method=POST
    Respond With Json    {"id": "P-7", "state": "settled"}    status=201
    ${result} =    Run Shop    order    book    1
    Should Be Equal    ${result.stdout}    Paid 12 for 1 x book, payment P-7.
    Run Keyword And Expect Error
    ...    GLOB:*CONTRACT: POST /payments, response 201: $.id: expected an integer, received "P-7" (text)*
    ...    Check Assertions
