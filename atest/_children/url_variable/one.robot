*** Settings ***
Documentation    Run by lifecycle.robot: has the variable.

Library          HttpServerLibrary    auto_start=True


*** Test Cases ***
One
    Variable Should Exist    ${HTTP_SERVER_URL}
