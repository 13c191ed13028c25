*** Settings ***
Documentation    The services are described in services.yaml (OpenAPI). They answer with the examples of the
...              description, and every request and response is checked against it, also those of the mocks: what
...              the tests rely on is what the services really do.

Library          HttpServerLibrary    auto_start=True
Resource         shop.resource

Suite Setup      Load Openapi    ${CURDIR}/services.yaml


*** Test Cases ***
Order Is Paid
    [Documentation]    Nothing is mocked here: the description has an example for each response.
    ${result} =    Run Shop    order    book    2
    Should Be Equal    ${result.stdout}    Paid 24 for 2 x book, payment 7.
    Openapi Operations Should Be Covered    operations=getItem, pay

Item Is Unknown
    [Documentation]    A test chooses another response of the description.
    Respond With Openapi Example    getItem    status=404
    ${result} =    Run Shop    order    unicorn    1
    Should Be Equal    ${result.stderr}    We do not sell 'unicorn'.

Payment Is Tried Again While The Service Is Busy
    Respond With Openapi Example    pay    status=503    times=2
    ${result} =    Run Shop    order    book    1
    Should Be Equal    ${result.stdout}    Paid 12 for 1 x book, payment 7.
    Request Should Have Been Received    /payments    times=3
