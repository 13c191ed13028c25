*** Settings ***
Documentation    `Save Received Requests` as resource files and mappings: a real service is recorded, then replaced.

Library          Collections
Library          OperatingSystem
Library          resources/ChildRun.py
Resource         resources/client.resource

Suite Setup      Start Servers
Test Setup       Serve The Shop
Test Teardown    Reset Both Servers

Test Tags        formats


*** Variables ***
${SHOP}        set in Suite Setup
${PNG}         ${{ bytes([137, 80, 78, 71, 13, 10, 0]) }}
${RECORDED}    ${OUTPUT DIR}/recorded
@{ORDER}       Content-Type: application/json    Authorization: Bearer t0ken


*** Test Cases ***
A Service Is Recorded And Replaced
    Forward Unexpected Requests    ${SHOP}
    ${before} =    Answers Of The Shop
    ${file} =    Save Received Requests    ${RECORDED}/shop.resource
    Should Be Equal    ${file}    ${{ os.path.join($OUTPUT_DIR, 'recorded', 'shop.resource') }}
    Reset Both Servers
    Import Resource    ${file}
    Expect Recorded Traffic
    ${after} =    Answers Of The Shop
    Should Be Equal    ${after}    ${before}
    Request Should Have Been Received    times=0    server=shop
    ${more} =    Status Of    201    POST    /orders    ${ORDER}    {"item": "book"}
    Should Be Equal    ${more.json}    ${{ {'id': 8} }}

The Options Of The Suite Count
    [Documentation]    The file does not import the library: it would be another one, without the server of the suite.
    Status Of Shop    201    POST    /orders
    Save Received Requests    ${RECORDED}/other.resource    keyword=Expect Orders    path=/orders
    ${run} =    Run Suite    recorded/replay.robot    --variable    RECORDED:${RECORDED}/other.resource
    Should Be Equal As Integers    ${run.rc}    0    ${run.stdout}
    ${text} =    Get File    ${RECORDED}/other.resource
    Should Not Match Regexp    ${text}    (?m)^Library

What Is Left Out Is A Warning
    ${run} =    Run Suite    recorded/left_out.robot
    Should Be Equal As Integers    ${run.rc}    0    ${run.stdout}
    VAR    ${reason}    GET /raw: raw bytes were sent in place of a response
    Should Contain    ${run.stderr}    [ WARN ] Left out of orders.resource: ${reason}
    Should Contain    ${run.stderr}    [ WARN ] Left out of orders.json: ${reason}
    ${text} =    Get File    ${run.output_dir}/orders.resource
    Should Contain    ${text}    ${SPACE * 4}# Left out: ${reason}

Large And Binary Bodies Are Files
    Status Of Shop    200    GET    /logo.png
    Save Received Requests    ${RECORDED}/files.resource    path=/logo.png
    Save Received Requests    ${RECORDED}/files.json    bodies_over=3
    FOR    ${file}    IN    files/001.png    __files/files/001.png
        ${data} =    Get Binary File    ${RECORDED}/${file}
        Should Be Equal    ${data}    ${PNG}
    END

Mappings Of WireMock
    Status Of Shop    201    POST    /orders
    Status Of Shop    201    POST    /orders
    ${file} =    Save Received Requests    ${RECORDED}/shop.json
    ${saved} =    Evaluate    json.load(open($file, encoding='utf-8'))
    VAR    &{request}    method=POST    url=/orders
    VAR    &{headers}    Content-Type=application/json
    VAR    @{bodies}    {"id": 7}    {"id": 8}
    FOR    ${mapping}    ${body}    IN ZIP    ${saved}[mappings]    ${bodies}    mode=STRICT
        Should Be Equal    ${mapping}[request]    ${request}
        Should Be Equal    ${mapping}[response]    ${{ {'status': 201, 'headers': dict($headers), 'body': $body} }}
    END
    Should Be Equal    ${saved}[mappings][0][newScenarioState]    ${saved}[mappings][1][requiredScenarioState]

Some Of The Requests
    ${first} =    First Order
    Status Of Shop    201    POST    /orders
    Status Of Shop    200    GET    /logo.png
    Save Received Requests    ${RECORDED}/some.resource    path=/orders    method=POST    after=${first}
    ${text} =    Get File    ${RECORDED}/some.resource
    Should Contain    ${text}    Respond With Json    {"id": 8}    status=201\n
    Should Not Contain Any    ${text}    {"id": 7}    /logo.png

Masked Values Are Neither Compared Nor Sent
    Set Masked Fields    pin
    Forward Unexpected Requests    ${SHOP}
    Status Of    200    POST    /login?pin=1234&page=2    ${ORDER}    {"user": "ann", "pin": "1234"}
    ${file} =    Save Received Requests    ${RECORDED}/login.resource    keyword=Expect Login
    ${text} =    Get File    ${file}
    Should Not Contain Any    ${text}    1234    t0ken    s3cr3t
    Reset Both Servers
    Import Resource    ${file}
    Expect Login
    ${answer} =    Status Of    200    POST    /login?pin=5678&page=2    ${EMPTY}    {"user": "ann", "pin": "5678"}
    Should Be Equal    ${answer.json}    ${{ {'pin': '***'} }}
    Should Be Equal    ${answer.header('Set-Cookie')}    sid=***; Path=/

Bad Input
    Fails With    There is no received request to save.
    ...    Save Received Requests    ${RECORDED}/bad.resource
    VAR    ${formats}    .har (HTTP Archive), .resource (keywords of Robot Framework) or .json (mappings of WireMock)
    Fails With    file: a name that ends in ${formats} is needed, not "bad.txt".
    ...    Save Received Requests    ${RECORDED}/bad.txt
    Fails With    keyword: the name of a keyword is needed, such as Expect Recorded Traffic, not 'Two\ \ Cells'.
    ...    Save Received Requests    ${RECORDED}/bad.resource    keyword=Two\ \ Cells
    Fails With    bodies_over: a number of bytes or a size such as '64 KiB' or '10 MB' is needed, not 'many'.
    ...    Save Received Requests    ${RECORDED}/bad.resource    bodies_over=many
    File Should Not Exist    ${RECORDED}/bad.*


*** Keywords ***
Start Servers
    ${url} =    Start Http Server    alias=shop
    VAR    ${SHOP}    ${url}    scope=SUITE
    Start Http Server    alias=main

Serve The Shop
    Expect Request    /orders    method=POST    server=shop
    Respond With Json    {"id": 7}    status=201    times=1
    Respond With Json    {"id": 8}    status=201
    Expect Request    /logo.png    server=shop
    Respond With Data    ${PNG}    content_type=image/png
    Expect Request    /old    server=shop
    Respond With Redirect    /orders    status=301
    Expect Request    /login    method=POST    server=shop
    Respond With Json    {"pin": "1234"}    headers=Set-Cookie: sid=s3cr3t; Path=/

Reset Both Servers
    Switch Http Server    main
    Reset Http Server
    Reset Http Server    server=shop
    Forward Unexpected Requests    ${NONE}

Status Of Shop
    [Documentation]    The same as `Status Of`, sent on to the shop.
    [Arguments]    ${status}    ${method}    ${path}
    Forward Unexpected Requests    ${SHOP}
    Status Of    ${status}    ${method}    ${path}

First Order
    Status Of Shop    201    POST    /orders
    ${request} =    Get Received Request    /orders
    RETURN    ${request}

Answers Of The Shop
    VAR    @{answers}    @{EMPTY}
    FOR    ${_}    IN RANGE    3
        ${answer} =    Status Of    201    POST    /orders    ${ORDER}    {"item": "book"}
        Append To List    ${answers}    ${answer.json}
    END
    ${logo} =    Status Of    200    GET    /logo.png
    ${moved} =    Status Of    301    GET    /old
    Append To List    ${answers}    ${logo.data}    ${logo.header('Content-Type')}    ${moved.header('Location')}
    RETURN    ${answers}
