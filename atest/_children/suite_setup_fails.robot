*** Settings ***
Documentation    Run by lifecycle.robot: a problem of a suite whose setup fails.

Library          ChildKeywords
Library          HttpServerLibrary    auto_start=True

Suite Setup      Run Keywords    Send Request    ${HTTP_SERVER_URL}/setup    AND    Fail    No way


*** Test Cases ***
Not Run
    No Operation
