*** Settings ***
Documentation    Run by templates.robot: a problem of a template that nobody checks.

Library          ChildKeywords
Library          HttpServerLibrary    auto_start=True


*** Test Cases ***
Problem
    Expect Request    /a
    Respond With Data    {{ request.json.id }}    template=True
    ${status} =    Send Request    ${HTTP_SERVER_URL}/a
    Should Be Equal As Integers    ${status}    500

Next
    No Operation
