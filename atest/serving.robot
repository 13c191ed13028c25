*** Settings ***
Documentation     `Serve Directory`, `Serve App`, `Serve Collection`: everything below a path.

Library           Collections
Library           OperatingSystem
Library           RequestsLibrary
Library           resources/RawClient.py
Resource          resources/client.resource

Suite Setup       Start Server
Suite Teardown    Remove Directory    ${FILES}    recursive=True
Test Setup        Create Session    client    ${HTTP_SERVER_URL}
Test Teardown     Run Keywords    Check Assertions    AND    Delete All Sessions

Test Tags         responses


*** Variables ***
${FILES}           set in Suite Setup
@{BOOK AND PEN}    ${{ {'id': 7, 'item': 'book', 'open': True} }}    ${{ {'id': 9, 'item': 'pen', 'open': False} }}
${NO PLACE}        path: a plain path such as /app is needed, without placeholders, spaces or a query, not


*** Test Cases ***
Files Of A Directory
    Serve Directory    /app    ${FILES}/dist
    ${page} =    GET On Session    client    /app/
    Should Be Equal    ${page.text}    <p>Hello</p>
    Should Be Equal    ${page.headers}[Content-Type]    text/html
    ${script} =    GET On Session    client    /app/assets/app.js    params=v=2
    Should Be Equal    ${script.text}    let a
    Should Be Equal    ${script.headers}[Content-Type]    text/javascript
    ${head} =    HEAD On Session    client    /app/assets/app.js
    Should Be Equal    ${head.headers}[Content-Length]    5
    Should Be Empty    ${head.content}
    Answer Of    ä    GET    /app/%C3%A4%20b.txt
    Answer Of    hidden    GET    /app/.well-known/security.txt

A Path Without A File Is No Problem
    Serve Directory    /app    ${FILES}/dist
    Status Of    404    GET    /app/missing.js
    Status Of    404    GET    /app/assets/
    Status Of    404    GET    /app/assets
    Status Of    404    GET    /app/index.html/x

Client That Has A File Is Told So
    Serve Directory    /app    ${FILES}/dist
    ${first} =    GET On Session    client    /app/assets/app.js
    VAR    &{known}    If-None-Match=${first.headers}[ETag]
    GET On Session    client    /app/assets/app.js    headers=${known}    expected_status=304
    VAR    &{part}    Range=bytes=1-2
    ${second} =    GET On Session    client    /app/assets/app.js    headers=${part}    expected_status=206
    Should Be Equal    ${second.text}    et
    Create File    ${FILES}/dist/assets/app.js    let b = 1
    ${third} =    GET On Session    client    /app/assets/app.js    headers=${known}
    Should Be Equal    ${third.text}    let b = 1
    [Teardown]    Make Files

A Directory With An Index Gets Its Slash
    Serve Directory    /    ${FILES}/dist
    ${answer} =    Status Of    302    GET    /help?q\=1
    Should Be Equal    ${answer.header('location')}    /help/?q=1
    ${page} =    GET On Session    client    /help
    Should Be Equal    ${page.text}    <p>Help</p>
    Should End With    ${page.url}    /help/

Another Index And None
    Serve Directory    /text    ${FILES}/dist    index=ä b.txt
    Answer Of    ä    GET    /text/
    Serve Directory    /none    ${FILES}/dist    index=${None}
    Status Of    404    GET    /none/
    Status Of    200    GET    /none/index.html

A Single Page Application With Its Api
    Serve Directory    /    ${FILES}/dist    fallback=index.html
    Serve Collection    /api/orders    ${BOOK AND PEN}
    Answer Of    <p>Hello</p>    GET    /orders/7/edit
    Answer Of    let a    GET    /assets/app.js
    ${answer} =    Status Of    200    GET    /api/orders/7
    Should Be Equal    ${answer.json}[item]    book

Nothing Outside Is Served
    Serve Directory    /app    ${FILES}/dist
    VAR    @{targets}
    ...    /app/../secret.txt    /app/%2e%2e/secret.txt    /app/..%2fsecret.txt    /app/%2e%2e%2fsecret.txt
    ...    /app/..%5csecret.txt    /app/%252e%252e/secret.txt    /app/%c0%ae%c0%ae/secret.txt
    ...    /app/assets/../../secret.txt    /app/assets/%2e%2e/%2e%2e/secret.txt    /app/.%2e/secret.txt
    ...    /app/%00/../secret.txt    /app//../secret.txt    /app/${FILES}/secret.txt    /app//etc/passwd
    ...    /app/%2fetc/passwd    /app/C:%5csecret.txt    /app/%5c%5chost%5cshare    /app/..    /app/%2e%2e/
    FOR    ${target}    IN    @{targets}
        Raw Status Should Be    404    ${target}
    END

A Link That Leads Outside Is No File
    Evaluate    os.symlink('../secret.txt', $FILES + '/dist/out.txt')    modules=os
    Evaluate    os.symlink('assets/app.js', $FILES + '/dist/in.js')    modules=os
    Evaluate    os.symlink('circle', $FILES + '/dist/circle')    modules=os
    Serve Directory    /app    ${FILES}/dist
    Status Of    404    GET    /app/out.txt
    Status Of    404    GET    /app/circle
    Answer Of    let a    GET    /app/in.js
    [Teardown]    Make Files

Another Method Is Unexpected
    Serve Directory    /app    ${FILES}/dist
    ${answer} =    Status Of    500    POST    /app/index.html
    Should Contain    ${answer.text}    permanent GET,HEAD /app/* (from directory dist)
    Should Contain    ${answer.text}    method: expected GET,HEAD, received POST; same path, different method
    Problems Should Be    UNEXPECTED REQUEST

A Directory That Is Gone Is A Problem
    Create Directory    ${FILES}/soon
    Serve Directory    /app    ${FILES}/soon
    Remove Directory    ${FILES}/soon
    ${answer} =    Status Of    500    GET    /app/a.txt
    Should Be Equal    ${answer.text}    HANDLER ERROR: GET /app/a.txt: the directory soon does not exist\n
    Problems Should Be    HANDLER ERROR

Bad Input For A Directory
    VAR    ${dist}    ${FILES}/dist
    Fails With    directory: '${FILES}/missing' does not exist.    Serve Directory    /app    ${FILES}/missing
    Fails With    directory: '${dist}/index.html' is not a directory. To send one file, use 'Respond With File'.
    ...    Serve Directory    /app    ${dist}/index.html
    Fails With    fallback: the directory 'dist' has no file 'missing.html'.
    ...    Serve Directory    /app    ${dist}    fallback=missing.html
    Fails With    ${NO PLACE} '/app/{id}'.    Serve Directory    /app/{id}    ${dist}
    Fails With    ${NO PLACE} 'GET /app'.    Serve Directory    GET /app    ${dist}
    ${text} =    Format Matchers
    Should Not Contain    ${text}    /app

Written Expectations Of A Scope Come First
    Serve Directory    /    ${FILES}/dist
    Serve Directory    /help    ${FILES}/dist/assets
    Expect Request    /help/app.js
    Respond With Data    written    times=1
    Answer Of    written    GET    /help/app.js
    Answer Of    let a    GET    /help/app.js
    Answer Of    <p>Hello</p>    GET    /

A Response Is Not For What Is Served
    Expect Request    /written
    Serve Directory    /    ${FILES}/dist
    Respond With Data    for the written one
    Answer Of    for the written one    GET    /written
    Answer Of    <p>Hello</p>    GET    /

What A Test Serves Ends With It
    [Documentation]    The tests before served these paths.
    ${text} =    Format Matchers
    Should Contain    ${text}    /suite/* (used
    Should Not Contain    ${text}    dist

What Is Served Can Be Removed
    ${directory} =    Serve Directory    /app    ${FILES}/dist
    ${orders} =    Serve Collection    /orders    ${BOOK AND PEN}
    ${text} =    Format Matchers
    Should Contain    ${text}    GET,HEAD /app/* (used 0, from directory dist)
    Should Contain    ${text}    /orders/* (used 0, from a collection)
    Remove Expectation    ${directory}
    Remove Expectation    ${orders}
    Status Of    500    GET    /app/
    Status Of    500    GET    /orders
    Length Should Be    ${orders.items}    2
    Problems Should Be    UNEXPECTED REQUEST    UNEXPECTED REQUEST

A Reset Removes What Is Served
    Start Http Server    alias=another
    ${orders} =    Serve Collection    /orders    ${BOOK AND PEN}
    Serve App    /shop    resources/shop.py:app
    Status Of    200    GET    /orders
    Reset Http Server
    Status Of    500    GET    /orders
    Status Of    500    GET    /shop/
    ${items} =    Get Collection Items    ${orders}
    Should Be Equal    ${items}    ${BOOK AND PEN}
    Problems Should Be    UNEXPECTED REQUEST    UNEXPECTED REQUEST
    [Teardown]    Stop Http Server

Checks Need No Requests For What Is Served
    Serve Directory    /app    ${FILES}/dist
    Expect Oneshot Request    /order
    Respond With Data
    Run Keyword And Expect Error    1 expectation was not met on *:\n \ oneshot /order (used 0 of 1)\n*
    ...    Expectations Should Be Met
    Status Of    200    GET    /order
    Expectations Should Be Met

An Application
    Serve App    /shop    resources/shop.py:app
    ${answer} =    Status Of    202    PUT    /shop/items/7?page\=2    body=data
    VAR    &{facts}    endpoint=item    number=${7}    method=PUT    body=data    query=2
    Dictionary Should Contain Sub Dictionary    ${answer.json}    ${facts}
    ${url} =    Get Http Server Url    /shop/items/8
    Should Be Equal    ${answer.json}[next]    ${url}
    ${answer} =    Status Of    308    GET    /shop
    Should End With    ${answer.header('location')}    /shop/
    Status Of    404    GET    /shop/missing
    Answer Of    one two three    GET    /shop/parts
    Request Should Have Been Received    /shop/items/7    text=data

An Application At The Root
    Serve App    /    resources.shop.app
    ${answer} =    Status Of    202    GET    /items/1
    Should End With    ${answer.json}[next]    /items/2

An Application That Fails
    ${shop} =    Serve App    /shop    resources/shop.py:app
    ${answer} =    Status Of    500    GET    /shop/broken
    Should Contain    ${answer.text}
    ...    GET /shop/broken: app resources/shop.py:app raised RuntimeError: the shop is on fire (shop.py, line
    Should Be Equal    ${{ str($shop) }}    permanent /shop/* (from app resources/shop.py:app)
    Problems Should Be    HANDLER ERROR

Bad Input For An Application
    VAR    ${name}    "shop" is not a name such as 'my_module.my_function' or 'my_file.py:my_function'.
    Fails With    app: ${name}    Serve App    /shop    shop
    Run Keyword And Expect Error    app: "resources/shop.py:missing" cannot be found: *
    ...    Serve App    /shop    resources/shop.py:missing
    Run Keyword And Expect Error    app: resources/shop.py:asgi is an ASGI application. *
    ...    Serve App    /shop    resources/shop.py:asgi

A Collection
    ${orders} =    Serve Collection    /orders    ${BOOK AND PEN}
    ${answer} =    Status Of    200    GET    /orders
    Should Be Equal    ${answer.json}    ${BOOK AND PEN}
    ${answer} =    Status Of    201    POST    /orders    body={"item": "ink"}
    Should Be Equal    ${answer.json}    ${{ {'id': 10, 'item': 'ink'} }}
    Should Be Equal    ${answer.header('location')}    /orders/10
    Status Of    200    PATCH    /orders/10    body={"open": true}
    Status Of    200    PUT    /orders/9    body={"item": "map"}
    Status Of    204    DELETE    /orders/7
    Status Of    404    GET    /orders/7
    ${items} =    Get Collection Items    ${orders}
    Should Be Equal    ${items}    ${{ [{'id': 9, 'item': 'map'}, {'id': 10, 'item': 'ink', 'open': True}] }}

A Collection That Is Filtered
    Serve Collection    /orders    ${BOOK AND PEN}
    Ids Should Be    /orders?item\=pen    ${9}
    Ids Should Be    /orders?open\=true    ${7}
    Ids Should Be    /orders?item\=pen&item\=book    ${7}    ${9}
    Ids Should Be    /orders?item\=pen&open\=true
    Ids Should Be    /orders?misspelled\=pen

What A Collection Refuses
    Serve Collection    /orders    ${BOOK AND PEN}
    Error Should Be    404    There is no item with the id "8".    GET    /orders/8
    Error Should Be    404    There is no item with the id "8".    PUT    /orders/8    {}
    Error Should Be    409    There is an item with the id "7" already.    POST    /orders    {"id": 7}
    Error Should Be    400    A JSON object is needed, not [].    POST    /orders    []
    Error Should Be    400    The id of an item cannot change from 7 to 8.    PATCH    /orders/7    {"id": 8}
    ${answer} =    Error Should Be    405    The allowed methods are GET, HEAD, POST, OPTIONS.    DELETE    /orders
    Should Be Equal    ${answer.header('allow')}    GET, HEAD, POST, OPTIONS
    ${answer} =    Status Of    204    OPTIONS    /orders/7
    Should Be Equal    ${answer.header('allow')}    GET, HEAD, PUT, PATCH, DELETE, OPTIONS

An Empty Collection And Another Id Field
    Serve Collection    /empty
    Ids Should Be    /empty
    Serve Collection    /skus    [{"sku": "a"}]    id_field=sku
    ${answer} =    Status Of    201    POST    /skus    body={}
    Should Match Regexp    ${answer.json}[sku]    ^[0-9a-f-]{36}$

Requests Of A Collection
    ${orders} =    Serve Collection    /orders    ${BOOK AND PEN}
    Should Be Equal    ${{ str($orders) }}    collection /orders (2 items)
    Send Later    ${HTTP_SERVER_URL}    DELETE    /orders/7
    ${request} =    Wait Until Request Is Received    ${orders}    method=DELETE
    Should Be Equal    ${request.path}    /orders/7
    Status Of    200    GET    /orders/9
    Request Should Have Been Received    ${orders}    times=2
    Requests Should Have Been Received In Order    ${{ [$orders, 'GET /orders/9'] }}
    Should Be Equal    ${orders.expectation}    ${request.expectation}
    Join Background

A Test Replaces A Response Of A Collection
    Serve Collection    /orders    ${BOOK AND PEN}
    Expect Oneshot Request    /orders    method=POST
    Respond With Data    busy    status=503
    Status Of    503    POST    /orders    body={}
    Status Of    201    POST    /orders    body={}

The Collection Of The Suite
    Status Of    201    POST    /suite    body={}
    ${items} =    Get Collection Items    ${OF SUITE}
    Should Not Be Empty    ${items}

Bad Input For A Collection
    VAR    ${id}    must be a whole number or text that is not empty
    Fails With    items: a list of dictionaries is needed, not int: 7.    Serve Collection    /orders    ${7}
    Fails With    items: not JSON: Expecting value at line 1 column 1: "book". JSON needs double quotes around text.
    ...    Serve Collection    /orders    book
    Fails With    items[1]: a dictionary is needed, not int: 7.    Serve Collection    /orders    [{}, 7]
    Fails With    items[1]: there is an item with the id "7" already.
    ...    Serve Collection    /orders    [{"id": 7}, {"id": "7"}]
    Fails With    items[0]: the id ${id}, not 1.5.    Serve Collection    /orders    [{"id": 1.5}]
    ${text} =    Format Matchers
    Should Not Contain    ${text}    /orders


*** Keywords ***
Start Server
    ${directory} =    Evaluate    tempfile.mkdtemp()    modules=tempfile
    VAR    ${FILES}    ${directory}    scope=SUITE
    Make Files
    ${url} =    Start Http Server
    VAR    ${HTTP_SERVER_URL}    ${url}    scope=SUITE
    ${collection} =    Serve Collection    /suite
    VAR    ${OF SUITE}    ${collection}    scope=SUITE

Make Files
    Remove Directory    ${FILES}/dist    recursive=True
    Create File    ${FILES}/dist/index.html    <p>Hello</p>
    Create File    ${FILES}/dist/help/index.html    <p>Help</p>
    Create File    ${FILES}/dist/assets/app.js    let a
    Create File    ${FILES}/dist/ä b.txt    ä
    Create File    ${FILES}/dist/.well-known/security.txt    hidden
    Create File    ${FILES}/secret.txt    secret

Raw Status Should Be
    [Documentation]    No client changes the target on its way.
    [Arguments]    ${status}    ${target}
    ${connection} =    Open Connection    ${HTTP_SERVER_URL}
    Send Raw    ${connection}    GET ${target} HTTP/1.1    Host: localhost    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal As Integers    ${response.status}    ${status}    ${target}

Ids Should Be
    [Arguments]    ${target}    @{ids}
    ${answer} =    Status Of    200    GET    ${target}
    Should Be Equal    ${{ [item['id'] for item in $answer.json] }}    ${ids}

Error Should Be
    [Arguments]    ${status}    ${text}    ${method}    ${target}    ${body}=${EMPTY}
    ${answer} =    Status Of    ${status}    ${method}    ${target}    body=${body}
    Should Be Equal    ${answer.json}    ${{ {'error': $text} }}
    RETURN    ${answer}
