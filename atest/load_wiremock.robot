*** Settings ***
Documentation    `Load Expectations` from mappings of WireMock.

Library          OperatingSystem
Resource         resources/client.resource

Suite Setup      Start Http Server
Test Teardown    Reset Http Server

Test Tags        expectations    formats


*** Variables ***
${SHOP}      ${CURDIR}/resources/wiremock/shop
${BROKEN}    ${CURDIR}/resources/wiremock/broken
${JSON}      Accept: application/json


*** Test Cases ***
Mappings Answer As They Do In WireMock
    ${expectations} =    Load Expectations    ${SHOP}
    Length Should Be    ${expectations}    11
    ${answer} =    Status Of    200    GET    /orders/a%20b?page=2    ${{ [$JSON] }}
    Should Be Equal    ${answer.text}    {"id":"a%20b","page":"2","price":1.50}
    Should Be Equal    ${answer.all('x-order')}    ${{ ['a%20b'] }}
    ${answer} =    Status Of    201    POST    /orders    body={"item": "book", "count": 3, "gift": true}
    Should Be Equal    ${answer.reason}    Made
    Answer Of    All sales are final.    GET    /terms
    Answer Of    nothing here    GET    /elsewhere
    Check Assertions

The Path Is Compared As Sent And The Method By Case
    Load Expectations    ${SHOP}
    Status Of    404    GET    /%74erms
    Status Of    500    HEAD    /terms
    Problems Should Be    UNEXPECTED REQUEST

An Explanation Names The File
    Load Expectations    ${SHOP}
    Status Of    500    POST    /orders    body={"item": "pen", "count": "3"}
    ${error} =    Run Keyword And Expect Error    *    Check Assertions
    Should Contain    ${error}    (from mappings/orders.json, $.mappings[1])
    Should Contain    ${error}    json $.item: expected "book", received "pen"
    Should Contain    ${error}    json $.count: expected any number, received "3"

Expectations Of The Suite Come First
    Expect Request    /terms
    Respond With Data    none today
    Load Expectations    ${SHOP}
    Answer Of    none today    GET    /terms
    Expect Oneshot Request    GLOB:/orders/*
    Respond With Data    maintenance    status=503
    Status Of    503    GET    /orders/7?page=1    ${{ [$JSON] }}
    Status Of    200    GET    /orders/7?page=1    ${{ [$JSON] }}

They Are Listed With Their Files
    ${loaded} =    Load Expectations    ${SHOP}/mappings/orders.json
    ${text} =    Format Matchers
    Should Contain
    ...    ${text}
    ...    GET /orders/{id} headers={"Accept": "GLOB:*json*"} query_subset={"page": "REGEXP:[0-9]+"}
    Should Contain    ${text}    (used 0, from orders.json, $.mappings[0])
    Status Of    201    POST    /orders    body={"item": "book", "count": 3}
    Request Should Have Been Received    ${loaded}[1]    times=1

A Scenario Is A State
    Load Expectations    ${SHOP}/mappings/basket.json
    Answer Of    nothing    GET    /basket
    Status Of    204    PUT    /basket
    ${state} =    Get State    basket
    Should Be Equal    ${state}    full
    Answer Of    a book    GET    /basket
    Status Of    500    PUT    /basket
    ${error} =    Run Keyword And Expect Error    *    Check Assertions
    Should Contain    ${error}    state basket: expected "Started", but it is "full"
    Set State    basket    Started
    Answer Of    nothing    GET    /basket

Faults And Delays
    Load Expectations    ${SHOP}/mappings/trouble.json
    Run Keyword And Expect Error    *    Send    GET    /empty
    Run Keyword And Expect Error    *    Send    GET    /reset
    ${request} =    Get Received Request    /reset
    Should Start With    ${request.response.fault}    RESET
    Answer Of    late    GET    /slow
    Answer Of    drop by drop    GET    /dribble

What Is Not Understood Is Listed
    ${error} =    Run Keyword And Expect Error    *    Load Expectations    ${BROKEN}
    VAR    ${file}    mappings/custom.json, $.mappings
    VAR    @{lines}
    ...    3 things in ${BROKEN} cannot be loaded. To load the rest, use unsupported=WARN.
    ...    ${file}\[1].request.customMatcher: matchers that are written in Java cannot be used
    ...    ${file}\[2].request.headers.X: a comparison is needed, such as equalTo, not "equals"
    ...    ${file}\[3].response.body: the template calls "systemValue", which is not known
    Should Be Equal    ${{ [line.strip() for line in $error.splitlines()] }}    ${lines}
    Status Of    500    GET    /fine
    Problems Should Be    UNEXPECTED REQUEST

The Rest Is Loaded With A Warning
    ${expectations} =    Load Expectations    ${BROKEN}    unsupported=WARN
    Length Should Be    ${expectations}    1
    Answer Of    fine    GET    /fine

A Body File Must Be In Its Directory
    VAR    ${file}    ${OUTPUT_DIR}/wiremock/mappings/outside.json
    Create File    ${file}    {"request": {"url": "/"}, "response": {"bodyFileName": "../mappings/outside.json"}}
    ${error} =    Run Keyword And Expect Error    *    Load Expectations    ${file}
    Should Contain
    ...    ${error}
    ...    outside.json, $.response.bodyFileName: the body file "../mappings/outside.json" is outside '

A Webhook Is Sent After The Response
    ${hooks} =    Start Http Server    alias=hooks
    Expect Request    /paid    method=POST    server=hooks
    Respond With Data    thanks
    Switch Http Server    http-1
    VAR    ${file}    ${OUTPUT_DIR}/wiremock/mappings/webhook.json
    VAR    ${mapping}
    ...    {"request": {"method": "POST", "url": "/orders"}, "response": {"status": 202},
    ...    "serveEventListeners": [{"name": "webhook", "parameters": {"method": "POST", "url": "${hooks}/paid",
    ...    "headers": {"Content-Type": "application/json"},
    ...    "body": "{\\"order\\": {{jsonPath originalRequest.body '$.id'}}}"}}]}
    Create File    ${file}    ${mapping}
    Load Expectations    ${file}
    Status Of    202    POST    /orders    body={"id": 7}
    ${hook} =    Wait Until Request Is Received    /paid    server=hooks
    Should Be Equal    ${hook.json}    ${{ {'order': 7} }}
    Reset Http Server    server=hooks
    [Teardown]    Run Keywords    Reset Http Server    server=http-1    AND    Stop Http Server    server=hooks
