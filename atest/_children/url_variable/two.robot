*** Settings ***
Documentation    Run by lifecycle.robot: does not have the variable of the suite before.

Library          HttpServerLibrary


*** Test Cases ***
Two
    Variable Should Not Exist    ${HTTP_SERVER_URL}
    Run Keyword And Expect Error    There is no HTTP server.*    Get Http Server Url
