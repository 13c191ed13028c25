*** Settings ***
Documentation    Run by added_headers.robot: what a test sets ends with it; then it is as the suite has set it.

Library          HttpServerLibrary
Library          ExactClient.py

Suite Setup      Start Server
Test Template    Header Should Be


*** Variables ***
${URL}    set in Suite Setup


*** Test Cases ***
Of The Suite
    outer
Of The Test
    [Setup]    Run Keywords    Set Default Headers    x-version: inner    AND    Set Cors
    inner    http://page
Of The Suite Again
    outer
Ended By The Test
    [Setup]    Set Default Headers    ${EMPTY}
    ${NONE}
Of The Suite For The Last Time
    outer


*** Keywords ***
Start Server
    ${url} =    Start Http Server
    VAR    ${URL}    ${url}    scope=SUITE
    Set Default Headers    X-Version: outer
    Expect Request    /orders
    Respond With Json    []

Header Should Be
    [Arguments]    ${version}    ${origin}=${NONE}
    ${answer} =    Send Exactly    ${URL}    GET    /orders    Origin: http://page
    Should Be Equal    ${answer.header('X-Version')}    ${version}
    Should Be Equal    ${answer.header('Access-Control-Allow-Origin')}    ${origin}
