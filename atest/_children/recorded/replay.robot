*** Settings ***
Documentation    A suite with import options of its own, which uses a resource file that recording.robot saved.

Library          HttpServerLibrary    timeout=3 seconds
Library          RequestsLibrary
Resource         ${RECORDED}

Suite Setup      Start Http Server    alias=main


*** Test Cases ***
Replayed
    Expect Orders
    ${url} =    Get Http Server Url    /orders
    ${response} =    POST    ${url}    expected_status=201
    Should Be Equal    ${response.json()}[id]    ${7}
