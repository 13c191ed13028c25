*** Settings ***
Documentation    Run by lifecycle.robot: the library is not imported in the settings.

Library          ChildKeywords

Suite Setup      Import Library    HttpServerLibrary    auto_start=True


*** Test Cases ***
Served
    Expect Request    /
    Respond With Data
    Send Request    ${HTTP_SERVER_URL}
    Request Should Have Been Received    times=1

Problem
    Request Should Not Be Received
    Send Request    ${HTTP_SERVER_URL}
