*** Settings ***
Documentation    Run by lifecycle.robot: uses the server of the outer suite.

Library          HttpServerLibrary    auto_start=True    host=127.0.0.1


*** Test Cases ***
Inner
    ${url} =    Get Http Server Url    ${EMPTY}    server=mine
    Should Be Equal    ${url}    ${HTTP_SERVER_URL}/
