*** Settings ***
Documentation    Descriptions of APIs: `Load Openapi` answers requests and checks both sides; coverage.

Library          OperatingSystem
Library          resources/ChildRun.py
Resource         resources/client.resource

Suite Setup      Load Shop

Test Tags        contracts


*** Variables ***
${SHOP}     ${CURDIR}/resources/contracts/shop.yaml
${JSON}     Content-Type: application/json
${BOOK}     {"id": 7, "item": "book"}
${PEN}      {"id": 8, "item": "pen"}
${WRONG}    {"id": "x", "item": "book"}


*** Test Cases ***
Operations Answer
    ${answer} =    Status Of    200    GET    /orders/7
    Should Be Equal    ${answer.json}    ${{ json.loads($BOOK) }}
    ${answer} =    Status Of    200    GET    /orders/7    Prefer: example=pen
    Should Be Equal    ${answer.json}    ${{ json.loads($PEN) }}
    Status Of    404    GET    /orders/7    Prefer: code=404
    Status Of    201    POST    /orders    ${JSON}    {"item": "book"}
    Status Of    200    HEAD    /orders/7
    Check Assertions

Expectations Come First
    Expect Request    /orders/7
    Respond With Json    {"id": 1, "item": "mine"}
    Respond With Openapi Example    getOrder    example=pen
    ${answer} =    Status Of    200    GET    /orders/7
    Should Be Equal    ${answer.json}[item]    mine
    ${answer} =    Status Of    200    GET    /orders/8
    Should Be Equal    ${answer.json}[item]    pen

Examples Follow Each Other
    Respond With Openapi Example    getOrder    status=404    times=2    set_state=order=new
    Respond With Openapi Example    getOrder    example=pen
    Status Of    404    GET    /orders/7
    Status Of    404    GET    /orders/8
    ${state} =    Get State    order
    Should Be Equal    ${state}    new
    ${answer} =    Status Of    200    GET    /orders/7
    Should Be Equal    ${answer.json}[item]    pen

The Example Of Another Test Has Ended
    ${answer} =    Status Of    200    GET    /orders/7
    Should Be Equal    ${answer.json}[item]    book

A Request Violates
    Status Of    201    POST    /orders    ${JSON}    {"count": 0}
    Fails With    1 problem on server 'http-1' at <url>:
    ...    POST /orders, request: $.item: expected a value (required), received nothing
    ...    The rule: shop.yaml, $.paths["/orders"].post.requestBody.content["application/json"].schema.required
    ...    Also: POST /orders, request: $.count: expected a number of at least 1 (minimum), received 0

A Parameter Violates
    Status Of    200    GET    /orders/seven
    Fails With    1 problem on server 'http-1' at <url>:
    ...    GET /orders/{id}, request: path id: expected an integer, received "seven" (text)
    ...    The rule: shop.yaml, $.paths["/orders/{id}"].get.parameters[0].schema.type

A Response Violates
    [Template]    Response Should Violate
    Respond With Json    ${WRONG}
    Respond With Json    ${WRONG}    content_encoding=gzip
    Respond With Data    ${WRONG}    content_type=application/json
    Respond With Json    {"id": "{{ 'x' }}", "item": "book"}    template=True
    Respond With Chunks    [${WRONG}]    content_type=application/json
    Respond With File    ${OUTPUT_DIR}/contracts/order.json

A Status Is Not In The Document
    Expect Request    /orders/7
    Respond With Data    status=418
    Status Of    418    GET    /orders/7
    Fails With    1 problem on server 'http-1' at <url>:
    ...    GET /orders/{id}, response 418: status: expected one of 200, 404, received 418
    ...    The rule: shop.yaml, $.paths["/orders/{id}"].get.responses

Neither Faults Nor Preflights Violate
    Set Cors
    VAR    ${asks}    Origin: http://a\nAccess-Control-Request-Method: PUT
    Status Of    204    OPTIONS    /orders/7    ${asks}
    Expect Request    /orders/7
    Respond With Fault    CLOSE    after=HEAD    status=500
    Run Keyword And Expect Error    *    Send    GET    /orders/7
    Check Assertions

An Operation That Is Missing
    ${answer} =    Status Of    500    DELETE    /orders/7
    Should Contain    ${answer.text}    shop.yaml has no DELETE for this path, only GET.
    ${answer} =    Status Of    500    GET    /order/7
    Should Contain    ${answer.text}    shop.yaml has no such path; nearest: GET /orders/{id} (getOrder).
    ${answer} =    Send    GET    /order/7    Accept: application/json
    Should Be Equal    ${answer.json}[summary]    shop.yaml has no such path; nearest: GET /orders/{id} (getOrder).
    Problems Should Be    UNEXPECTED REQUEST    UNEXPECTED REQUEST    UNEXPECTED REQUEST

Only Checked
    Start Http Server    alias=checked
    Load Openapi    ${SHOP}    answer=False    requests=OFF    responses=WARN    base_path=/v1
    ${answer} =    Status Of    500    GET    /v1/orders/7
    Should Contain    ${answer.text}    It is GET /v1/orders/{id} (getOrder) of shop.yaml, which nothing answers.
    Should Contain    ${answer.text}    'Respond With Openapi Example${SPACE * 4}getOrder' does.
    Problems Should Be    UNEXPECTED REQUEST
    Respond With Openapi Example    GET /orders/{id}
    Status Of    200    GET    /v1/orders/seven
    Openapi Operations Should Be Covered    operations=getOrder
    Check Assertions

Coverage
    Start Http Server    alias=covered
    Load Openapi    ${SHOP}
    Status Of    200    GET    /orders/7
    Status Of    404    GET    /orders/7    Prefer: code=404
    Openapi Operations Should Be Covered    operations=getOrder    responses=True
    ${rows} =    Get Openapi Coverage
    Should Be Equal    ${rows}[3]
    ...    ${{ {'method': 'GET', 'path': '/orders/{id}', 'operation': 'getOrder', 'status': '200', 'requests': 1} }}
    VAR    @{lines}
    ...    3 of 5 responses of shop.yaml were not used:
    ...    GET /orders (listOrders): 200
    ...    POST /orders (createOrder): 201
    ...    POST /orders (createOrder): 400
    ${error} =    Run Keyword And Expect Error    *    Openapi Operations Should Be Covered    responses=True
    Should Be Equal    ${{ [line.strip() for line in $error.splitlines()] }}    ${lines}
    VAR    @{lines}    All of it, please.    GET /orders (listOrders)    POST /orders (createOrder)
    ${error} =    Run Keyword And Expect Error    *
    ...    Openapi Operations Should Be Covered    message=All of it, please.
    Should Be Equal    ${{ [line.strip() for line in $error.splitlines()] }}    ${lines}

A Document Ends With Its Test
    [Documentation]    The previous tests started servers, which ended with them, and their documents with them.
    Start Http Server
    Run Keyword And Expect Error    No description of an API is loaded on *    Get Openapi Coverage
    Load Openapi    ${SHOP}
    Status Of    200    GET    /orders
    Reset Http Server
    Status Of    500    GET    /orders
    Problems Should Be    UNEXPECTED REQUEST

A Document That Is Wrong
    [Setup]    Start Http Server
    Run Keyword And Expect Error
    ...    document: swagger.json is Swagger 2.0, and OpenAPI 3.0 or 3.1 is needed. Convert it, *
    ...    Load Openapi    ${CURDIR}/resources/contracts/swagger.json
    ${error} =    Run Keyword And Expect Error    *    Load Openapi    ${CURDIR}/resources/contracts/wrong.yaml
    Should Start With    ${error}    document: wrong.yaml has 3 errors:
    Run Keyword And Expect Error    No description of an API is loaded on *    Get Openapi Coverage

What Other Runs Say
    ${run} =    Run Suite    contracts
    Should Contain    ${run.errors}    WARN http-1: CONTRACT: GET /orders/{id}, response 200: $.id: expected an integer
    Test Should Have Failed With    ${run}    Fails At Its End    GLOB:*CONTRACT: POST /orders, request: $.item:*
    Test Should Have Passed    ${run}    Warns    Hides A Secret
    ${log} =    Log Of Test    ${run}    Hides A Secret
    Should Not Contain    ${log}    hushhush
    ${metadata} =    Evaluate    $run.suites['Contracts'].metadata['Coverage of shop.yaml']
    Should Contain    ${metadata}    | GET /orders/{id} | 200 | 2 |
    ${metadata} =    Evaluate    $run.suites['Inner'].metadata['Coverage of shop.yaml']
    Should Contain    ${metadata}    | POST /orders | 201 | 1 |
    ${metadata} =    Evaluate    $run.suites['Inner'].metadata["Coverage of shop.yaml on server 'inner'"]
    Should Contain    ${metadata}    | POST /orders | 201 | 0 |


*** Keywords ***
Load Shop
    Create File    ${OUTPUT_DIR}/contracts/order.json    ${WRONG}
    Start Http Server
    Load Openapi    ${SHOP}

Response Should Violate
    [Arguments]    ${keyword}    @{arguments}    &{named}
    Expect Oneshot Request    /orders/7
    Run Keyword    ${keyword}    @{arguments}    &{named}
    Send    GET    /orders/7
    Fails With    1 problem on server 'http-1' at <url>:
    ...    GET /orders/{id}, response 200: $.id: expected an integer, received "x" (text)
    ...    The rule: shop.yaml, $.components.schemas.Order.properties.id.type

Fails With
    [Documentation]    The problems of the current server, line by line.
    [Arguments]    ${first}    ${contract}    @{lines}
    ${url} =    Get Http Server Url    /
    ${first} =    Evaluate    $first.replace('<url>', $url[:-1])
    ${error} =    Run Keyword And Expect Error    *    Check Assertions
    Should Be Equal    ${error}    ${{ chr(10).join([$first, 'CONTRACT: ' + $contract, *$lines]) }}
