*** Settings ***
Documentation    `Load Expectations`: HTTP Archives and collections of Postman; scopes, and what cannot be loaded.

Library          OperatingSystem
Resource         resources/client.resource

Suite Setup      Load In Suite

Test Tags        expectations    formats


*** Variables ***
${RECORDED}     ${CURDIR}/resources/recorded
${POSTMAN}      ${RECORDED}/shop.postman_collection.json
${JSON}         Content-Type: application/json
${DIRECTORY}    ${OUTPUT DIR}/load_expectations


*** Test Cases ***
An Archive Of Chrome
    Load Expectations    ${RECORDED}/chrome.har
    ${page} =    Answer Of    <!doctype html><title>Shop</title><p>Grüße</p>    GET    /
    Should Be Equal    ${page.all('set-cookie')}    ${{ ['session=c0ffee; Path=/; HttpOnly', 'cart=1; Path=/'] }}
    Should Be Equal    ${page.header('content-encoding')}    ${None}
    ${logo} =    Status Of    200    GET    /logo.png
    Should Be Equal    ${logo.data[:4]}    ${{ b'\x89PNG' }}
    Answer Of    p { }\n    GET    /style.css    If-None-Match: "1"
    Answer Of    {"orders": []}    GET    /api/orders?sort=date&page=1
    ${answer} =    Status Of    201    POST    /api/orders    ${JSON}    {"count": 1, "item": "book"}
    Should Be Equal    ${answer.header('location')}    /api/orders/7
    Answer Of    {"orders": [7]}    GET    /api/orders?sort=date&page=1
    Answer Of    {"orders": [7]}    GET    /api/orders?sort=date&page=1
    Status Of    204    OPTIONS    /api/orders    Origin: http://elsewhere
    Check Assertions

An Archive Of Firefox
    Load Expectations    ${RECORDED}/firefox.har
    VAR    ${form}    Content-Type: application/x-www-form-urlencoded
    ${answer} =    Status Of    302    POST    /firefox/login    ${form}    password=any&user=ann
    Should Be Equal    ${answer.all('set-cookie')}    ${{ ['id=1; Path=/', 'lang=de'] }}
    ${answer} =    Status Of    200    GET    ${answer.header('location')}
    Should Be Equal    ${answer.data}    ${{ 'Grüße ä'.encode('windows-1252') }}

A Directory Of Archives Of Other Programs
    ${loaded} =    Load Expectations    ${RECORDED}    format=HAR
    Should Be Equal As Integers    ${{ len($loaded) }}    12
    Answer Of    safari    GET    /safari
    Answer Of    ${EMPTY}    GET    /safari/photo.jpg
    VAR    ${part}    Content-Disposition: form-data; name="f"; filename="a.txt"
    VAR    ${body}    --b\r\n${part}\r\n\r\nhello\r\n--b--\r\n
    Answer Of    {"stored": true}    POST    /charles/upload    Content-Type: multipart/form-data; boundary=b
    ...    ${body}
    FOR    ${state}    IN    running    running    done    done
        Answer Of    {"state": "${state}"}    GET    /mitmproxy/job
    END

What Was Received Is Saved, Loaded And Replayed
    Expect Request    /saved    method=POST    json={"id": 7}
    Respond With Json    {"saved": true}    status=201    content_encoding=gzip    times=1
    Respond With Data    again    status=409
    Status Of    201    POST    /saved    ${JSON}    {"id": 7}
    Status Of    409    POST    /saved    ${JSON}    {"id": 7}
    Save Received Requests    ${DIRECTORY}/saved.har
    Start Http Server    alias=replay
    Load Expectations    ${DIRECTORY}/saved.har
    ${answer} =    Status Of    201    POST    /saved    ${JSON}    {"id":7}
    Should Be Equal    ${answer.json}    ${{ {'saved': True} }}
    Status Of    409    POST    /saved    ${JSON}    {"id":7}

A Collection Of Postman
    Load Expectations    ${POSTMAN}
    Answer Of    {"id": 7}    GET    /orders/7
    ${answer} =    Status Of    404    GET    /orders/8/    x-mock-response-code: 404
    Should Be Equal    ${answer.header('content-type')}    application/json
    Answer Of    {"error": "no such order"}    GET    /Orders/8    x-mock-response-name: Not found
    Answer Of    [7, 8]    GET    /orders
    Answer Of    [8]    GET    /orders?status=open&page=1
    Status Of    401    POST    /login    ${JSON}    {"user":"eve"}
    Status Of    200    POST    /login    ${JSON}    {"user":"ann"}
    Check Assertions

A Path Before Every Path
    Load Expectations    ${POSTMAN}    base_path=/v1
    Answer Of    {"id": 7}    GET    /v1/orders/7

A Test Overrides Its Suite
    Answer Of    {"id": 7}    GET    /orders/7
    Expect Request    /orders/{id}
    Respond With Data    of the test
    Answer Of    of the test    GET    /orders/7
    Answer Of    [7, 8]    GET    /orders

What A Test Loads Ends With It
    ${before} =    Format Matchers
    Should Not Contain    ${before}    har
    Load Expectations    ${RECORDED}/safari.har
    ${after} =    Format Matchers
    Should Contain    ${after}    GET /safari query={} (used 0, from safari.har, $.log.entries[0])

An Explanation Names The File
    ${answer} =    Status Of    500    DELETE    /orders/7
    Should Contain    ${answer.text}    (from shop.postman_collection.json, $.item[0].item[0].response[0])
    Problems Should Be    UNEXPECTED REQUEST

What Cannot Be Loaded
    Create File    ${DIRECTORY}/bad/a.har    {"log": {"entries": [7, {"request": {"url": 7}}]}}
    Create File    ${DIRECTORY}/bad/b.json    {"info": {}, "item": [
    ${error} =    Run Keyword And Expect Error    *    Load Expectations    ${DIRECTORY}/bad
    VAR    @{lines}
    ...    3 things in ${DIRECTORY}/bad cannot be loaded. To load the rest, use unsupported=WARN.
    ...    ${SPACE * 4}b.json: this is not JSON: Expecting value: line 1 column 23 (char 22)
    ...    ${SPACE * 4}a.har, $.log.entries[0]: an entry is needed, not the number 7
    ...    ${SPACE * 4}a.har, $.log.entries[1].request.url: a URL is needed, not the number 7
    Should Be Equal    ${error}    ${{ '\n'.join($lines) }}
    @{loaded} =    Load Expectations    ${DIRECTORY}/bad    unsupported=WARN
    Should Be Empty    ${loaded}

Bad Input
    [Template]    Loading Fails With
    path: there is no file or directory '${DIRECTORY}/none'.    ${DIRECTORY}/none
    path: the directory '${DIRECTORY}/empty' has no file that ends in .json or .har.    ${DIRECTORY}/empty
    *load_expectations.robot' is not JSON: Expecting value: line 1 column 1 (char 0).
    ...    ${CURDIR}/load_expectations.robot
    path: safari.har is an object with log, not a collection 2.1 of Postman, which has info and item.
    ...    ${RECORDED}/safari.har    format=POSTMAN
    *'HTTP'*    ${POSTMAN}    format=HTTP
    base_path: a plain path such as /app is needed, without placeholders, spaces or a query, not '/{id}'.
    ...    ${POSTMAN}    base_path=/{id}


*** Keywords ***
Load In Suite
    Create Directory    ${DIRECTORY}/empty
    Start Http Server
    Load Expectations    ${POSTMAN}

Loading Fails With
    [Arguments]    ${message}    @{arguments}    &{named}
    Run Keyword And Expect Error    ${message}    Load Expectations    @{arguments}    &{named}
