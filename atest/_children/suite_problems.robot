*** Settings ***
Documentation     Run by lifecycle.robot: problems that are those of no test.

Library           ChildKeywords
Library           HttpServerLibrary    auto_start=True    auto_check=${AUTO_CHECK}

Suite Setup       Send Request    ${HTTP_SERVER_URL}/suite-setup
Suite Teardown    Send Request    ${HTTP_SERVER_URL}/suite-teardown


*** Variables ***
${AUTO_CHECK}    FAIL


*** Test Cases ***
Passed
    Expect Request    /fine
    Respond With Data
    Send Request    ${HTTP_SERVER_URL}/fine
