*** Settings ***
Documentation    `Load Expectations` from an environment of Mockoon.

Library          OperatingSystem
Resource         resources/client.resource

Suite Setup      Start Http Server
Test Setup       Load Expectations    ${SHOP}
Test Teardown    Reset Http Server

Test Tags        expectations    formats


*** Variables ***
${SHOP}     ${CURDIR}/resources/mockoon/shop.json
${JSON}     Content-Type: application/json
${TOKEN}    Authorization: Bearer new


*** Test Cases ***
Rules Choose The Response
    ${answer} =    Status Of    200    GET    /api/orders/7?page=2    ${TOKEN}
    Should Be Equal    ${answer.json}    ${{ {'id': '7', 'page': '2'} }}
    Should Be Equal    ${answer.header('content-type')}    application/json; charset=utf-8
    Should Be Equal    ${answer.header('x-shop')}    mock
    Status Of    401    GET    /api/orders/7
    Status Of    401    GET    /API/orders/7/    Authorization: Bearer old
    Status Of    404    GET    //api/orders/0    ${TOKEN}
    Answer Of    no item    POST    /api/orders    ${JSON}    {}
    Status Of    201    POST    /api/orders    ${JSON}    {"item": "book"}
    Check Assertions

Responses One After The Other
    Status Of    202    GET    /api/job
    Answer Of    done    GET    /api/job
    Status Of    202    GET    /api/job

The Same Request Of A Route Has The Same Values In Each Run
    ${first} =    Send    POST    /api/orders    ${JSON}    {"item": "book"}
    ${second} =    Send    POST    /api/orders    ${JSON}    {"item": "book"}
    Should Not Be Equal    ${first.text}    ${second.text}
    Reset Http Server
    Load Expectations    ${SHOP}
    Answer Of    ${first.text}    POST    /api/orders    ${JSON}    {"item": "book"}

Files Beside The Environment
    Answer Of    <h1>About us & you</h1>\n    GET    /api/pages/about?who=us+%26+you
    ${answer} =    Status Of    404    GET    /api/pages/none
    Should Be Equal    ${answer.text}    <h1>No page</h1>
    Send    GET    /api/pages/..%2f..%2fsecret
    Problems Should Be    HANDLER ERROR

Data That Requests Change
    Answer Of    [{"id":2,"name":"Bob"}]    GET    /api/users?name_eq=Bob
    Answer Of    {"name":"Eve","id":3}    POST    /api/users    ${JSON}    {"name": "Eve"}
    Status Of    200    DELETE    /api/users/1
    Status Of    404    GET    /api/users/1
    Answer Of    [{"id":2,"name":"Bob"},{"name":"Eve","id":3}]    GET    /api/users
    Reset Http Server
    Load Expectations    ${SHOP}
    Status Of    200    GET    /api/users/1

Preflight Requests Are Answered
    ${answer} =    Status Of    200    OPTIONS    /api/anything    Origin: http://localhost:1
    Should Be Equal    ${answer.header('access-control-allow-origin')}    *
    Check Assertions

A Request Without A Route Is Unexpected
    ${answer} =    Status Of    500    GET    /api/search?q=pen
    Should Contain    ${answer.text}    query q: expected to be "book", received "pen"
    Should Contain    ${answer.text}    (from shop.json, $.routes[3])
    Problems Should Be    UNEXPECTED REQUEST
    Set Unexpected Response    status=404
    Status Of    404    GET    /api/nothing
    Problems Should Be    UNEXPECTED REQUEST

Expectations Of The Test Come First
    Expect Request    /api/job    times=1
    Respond With Data    mine
    Answer Of    mine    GET    /api/job
    Answer Of    running    GET    /api/job

What Was Loaded Is Shown
    ${matchers} =    Format Matchers
    Should Contain    ${matchers}    GET /api/orders/:id
    ${loaded} =    Load Expectations    ${SHOP}
    Should Be Equal As Strings    ${loaded}[0]
    ...    permanent GET /api/orders/:id (from shop.json, $.routes[0] (One order))
    Should Be Equal As Strings    ${loaded}[-1]    permanent OPTIONS /* (from shop.json, $.cors (preflight requests))

Below Another Path
    Reset Http Server
    ${loaded} =    Load Expectations    ${SHOP}    base_path=/v2
    Length Should Be    ${loaded}    7
    Status Of    202    GET    /v2/api/job

What Is Not Understood Is Listed
    VAR    ${file}    ${OUTPUT_DIR}/chat.json
    VAR    ${route}    {"endpoint": "a", "responses": [{"body": "{{shout 'a'}}"}]}
    Create File    ${file}    {"routes": [{"type": "ws", "endpoint": "chat"}, ${route}]}
    VAR    ${things}
    ...    ${SPACE * 4}chat.json, $.routes[0].type: WebSocket routes cannot be loaded
    ...    ${SPACE * 4}chat.json, $.routes[1].responses[0].body: the template calls "shout", which is not known
    ...    separator=\n
    Fails With    2 things in ${file} cannot be loaded. To load the rest, use unsupported\=WARN.\n${things}
    ...    Load Expectations    ${file}
    ${loaded} =    Load Expectations    ${file}    unsupported=WARN
    Length Should Be    ${loaded}    1
