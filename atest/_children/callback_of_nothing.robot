*** Settings ***
Documentation    Run by callbacks.robot: a callback without an expectation.

Library          HttpServerLibrary    auto_start=True


*** Variables ***
${MESSAGE}    There is no expectation to respond to. Register one with 'Expect Request' first.


*** Test Cases ***
Nothing To Follow
    Run Keyword And Expect Error    EQUALS:${MESSAGE}
    ...    Send Request After Response    POST    ${HTTP_SERVER_URL}/hook
