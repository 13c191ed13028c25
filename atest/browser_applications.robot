*** Settings ***
Documentation    Applications in a real browser: on the origin of their server, and calling one of another origin.

Library          HttpServerLibrary    timeout=60 seconds
Resource         resources/browser.resource

Test Teardown    Run Keywords    Close Page    AND    Stop All Http Servers

Test Tags        responses    browser


*** Variables ***
${SHOP}            ${CURDIR}/resources/shop
${CALLING PAGE}    set by Start Page And Api


*** Test Cases ***
A Single-Page Application With Its Api Beside It
    [Documentation]    The browser opens the path of a page that is no file.
    ${url} =    Start Http Server
    Expect Request    /api/orders/{id}
    Respond With Json    {"item": "book", "quantity": 2}
    Expect Oneshot Request    /api/seen    method=POST
    Respond With Data    status=204
    Serve Shop
    Open Page    ${url}/orders/7
    Wait Until Request Is Received
    ...    /api/seen
    ...    json={"path": "/orders/7", "title": "Shop", "order": "book (2)", "colour": "rgb(1, 2, 3)"}
    Expectations Should Be Met
    Check Assertions

A Page Of Another Origin With Preflight And Credentials
    Start Page And Api
    Set Cors
    Expect Ordered Request    /login    method=POST    text=ann
    Respond With Data    welcome    headers=Set-Cookie: session=s1; HttpOnly
    Expect Ordered Request
    ...    /orders/7
    ...    method=PUT
    ...    json={"item": "book"}
    ...    cookies=session=s1
    ...    headers=X-Trace: t1
    Respond With Json    {"id": 7}    status=201    headers=X-Total: 3
    Expect Request    /orders/{id}    method=GET
    Respond With Data
    Open Page    ${CALLING PAGE}
    ${seen} =    Wait Until Request Is Received    /seen    server=page
    Should Be Equal    ${seen.json}[login]    ${{ {'status': 200, 'text': 'welcome', 'total': None} }}
    Should Be Equal    ${seen.json}[put]    ${{ {'status': 201, 'text': '{"id": 7}', 'total': '3'} }}
    # It comes from the server, which the page could not read otherwise.
    Should Be Equal    ${seen.json}[nope]    ${{ {'status': 500, 'text': 'UNEXPECTED REQUEST: GET /nope'} }}
    Expectations Should Be Met
    ${preflight} =    Get Received Request    /orders/7    method=OPTIONS
    Should Be Equal    ${preflight.response.status}    ${204}
    Should Be Equal    ${preflight.headers}[Access-Control-Request-Headers]    content-type,x-trace
    Requests Should Have Been Received In Order    ["POST /login", "OPTIONS /orders/7", "PUT /orders/7", "GET /nope"]
    ...    strict=True
    ${problems} =    Get Problems
    Should Be Equal    ${{ [str(problem.request) for problem in $problems] }}    ${{ ['GET /nope'] }}
    Clear Problems

A Page Whose Origin Is Not Allowed
    Start Page And Api
    Set Cors    http://shop.example
    Expect Request
    Respond With Data    welcome
    Open Page    ${CALLING PAGE}
    ${seen} =    Wait Until Request Is Received    /seen    server=page
    FOR    ${call}    IN    login    put    nope
        Should Be Equal    ${seen.json}[${call}][error]    TypeError
    END
    # Only what a form could also send reaches the server.
    Request Should Not Be Received    method=PUT
    Check Assertions

Without Credentials
    Start Page And Api
    Set Cors    credentials=False
    Expect Request
    Respond With Data    welcome
    Open Page    ${CALLING PAGE}
    ${seen} =    Wait Until Request Is Received    /seen    server=page
    Should Be Equal    ${seen.json}[login][error]    TypeError
    Request Should Not Be Received    method=PUT


*** Keywords ***
Serve Shop
    [Documentation]    Serves the files of the application, and index.html for the paths of its pages.
    Serve Directory    /    ${SHOP}    fallback=index.html

Start Page And Api
    [Documentation]    A server with a page, and another one that the page calls, which is the current one.
    ${page} =    Start Http Server    alias=page
    Expect Request    /
    Respond With File    ${SHOP}/calling.html
    Expect Request    /seen    method=POST
    Respond With Data    status=204
    ${api} =    Start Http Server    alias=api
    VAR    ${CALLING PAGE}    ${page}/?api=${api}    scope=TEST
