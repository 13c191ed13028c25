*** Settings ***
Documentation    Run by contracts.robot.

Library          HttpServerLibrary    auto_start=True
Library          ExactClient.py


*** Test Cases ***
Warns
    [Setup]    Load Openapi    ${CURDIR}/../../resources/contracts/shop.yaml    answer=False    responses=WARN
    Expect Request    /orders/7
    Respond With Json    {"id": "x", "item": "book"}
    Send Exactly    ${HTTP_SERVER_URL}    GET    /orders/7

Hides A Secret
    Set Masked Fields    item
    Expect Request    /orders/7
    Respond With Json    {"id": 7, "item": ["hushhush"]}
    Send Exactly    ${HTTP_SERVER_URL}    GET    /orders/7
    Run Keyword And Expect Error    *a value that is masked*    Check Assertions

Answers
    Send Exactly    ${HTTP_SERVER_URL}    GET    /orders/7
