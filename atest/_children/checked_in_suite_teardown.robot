*** Settings ***
Documentation     Run by lifecycle.robot: a check that comes after the test.

Library           HttpServerLibrary    auto_start=True
Library           ChildKeywords

Suite Teardown    Request Should Have Been Received    /a


*** Test Cases ***
First
    Expect Request    /a
    Respond With Data
    Send Request    ${HTTP_SERVER_URL}/a
