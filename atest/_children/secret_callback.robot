*** Settings ***
Documentation    Run by callbacks.robot with secrets in TOKEN and URL; Robot Framework 7.4 and newer.

Library          ChildKeywords
Library          HttpServerLibrary    auto_start=True


*** Test Cases ***
Secret
    Expect Request    /hook    headers=${{ {'X-Key': $TOKEN} }}    json=${{ {'token': $TOKEN} }}
    Respond With Data
    Expect Request    /orders
    Respond With Data
    Send Request After Response    POST    ${HTTP_SERVER_URL}/hook    json=${{ {'token': $TOKEN} }}
    ...    headers=${{ {'X-Key': $TOKEN} }}
    Send Request After Response    POST    ${URL}    data=${TOKEN}
    Send Request    ${HTTP_SERVER_URL}/orders
    Wait Until Request Is Received    /hook
    Wait Until Keyword Succeeds    10 seconds    10 ms    There Is A Problem
    ${request} =    Get Received Request    /orders
    Log    ${request.callbacks}
    Log    ${request.callbacks[0].headers}
    Save Received Requests    ${OUTPUT DIR}/requests.har
    ${problems} =    Get Problems
    Log    ${problems[0].message}
    Fail    on purpose


*** Keywords ***
There Is A Problem
    ${problems} =    Get Problems
    Should Not Be Empty    ${problems}
