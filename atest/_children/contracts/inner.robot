*** Settings ***
Documentation    Run by contracts.robot.

Library          HttpServerLibrary    auto_start=True
Library          ExactClient.py

Suite Setup      Load Inner


*** Variables ***
${SHOP}    ${CURDIR}/../../resources/contracts/shop.yaml


*** Test Cases ***
Fails At Its End
    Send Exactly    ${HTTP_SERVER_URL}    POST    /orders    Content-Type: application/json    {}


*** Keywords ***
Load Inner
    Start Http Server    alias=inner
    Switch Http Server    http-1
    Load Openapi    ${SHOP}
    Load Openapi    ${SHOP}    server=inner
