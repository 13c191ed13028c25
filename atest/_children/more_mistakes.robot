*** Settings ***
Documentation    Mistakes of users, each a test that fails as theirs do; run by more_mistakes.robot, which knows the
...              texts. No test resets the server, so that what earlier tests expected is still known, as it is for
...              users. The program under test mostly swallows the error that it gets.

Library          ChildKeywords
Library          HttpServerLibrary
Library          RawClient.py
Resource         client.resource

Suite Setup      Start Http Server    alias=shop


*** Test Cases ***
Happy Path
    [Documentation]    Passes, and leaves a lax expectation to the tests after it.
    Expect Request    /orders    method=POST
    Respond With Json    {"id": 1}    status=201
    Send    POST    /orders    Content-Type: application/json    {"item": "pen"}

Earlier Laxer Expectation
    Expect Request    /orders    method=POST    headers={"X-Tenant": "acme"}    json_subset={"item": "book"}
    Respond With Json    {"id": 2}    status=201
    Send    POST    /orders    X-Tenant: acme\nContent-Type: application/json    {"item": "pen", "at": "2026-11-28"}

Wrong Server
    ${shop} =    Get Http Server Url
    Start Http Server    alias=pay
    Expect Request    /payments    method=POST
    Respond With Data    status=201
    Send Exactly    ${shop}    POST    /payments

Not The Current Server
    Expect Request    /carts/7    method=PUT    json={"items": 1}    server=shop
    Respond With Data
    ${shop} =    Get Http Server Url    server=shop
    Start Http Server    alias=pay
    Expect Request    /payments    method=POST
    Respond With Data
    Send Exactly    ${shop}    PUT    /carts/7    Content-Type: application/json    {"items": 2}

Near On Another Server
    ${shop} =    Get Http Server Url
    Start Http Server    alias=pay
    Expect Request    /refunds    method=POST    json={"amount": 10}
    Respond With Data
    Send Exactly    ${shop}    POST    /refunds    Content-Type: application/json    {"amount": 12}

One Request Too Many
    Expect Request    /retry    method=POST    times=2
    Respond With Data
    FOR    ${n}    IN RANGE    1    4
        Send    POST    /retry    Content-Type: application/json    {"n": ${n}}
    END

Health Check While Ordered Are Left
    Expect Request    /health    method=GET
    Respond With Data
    Expect Ordered Request    /login    method=POST
    Respond With Data
    Expect Ordered Request    /logout    method=POST
    Respond With Data
    Send    POST    /login
    Send    GET    /health
    Send    POST    /logout

Wrong Body Of The Next Ordered
    Expect Ordered Request    /login    method=POST    json={"user": "ann"}
    Respond With Data
    Expect Ordered Request    /logout    method=POST
    Respond With Data
    Send    POST    /login    Content-Type: application/json    {"user": "bob"}
    Send    POST    /logout

Skipped Ordered
    Expect Ordered Request    /login    method=POST
    Respond With Data
    Expect Ordered Request    /cart    method=GET
    Respond With Json    {}
    Send    GET    /cart

Get And Post On One Path
    Expect Request    /books    method=GET
    Respond With Json    []
    Expect Request    /books    method=POST    headers={"X-Tenant": "acme"}    json={"title": "Emma"}
    Respond With Data    status=201
    Send    POST    /books    X-Tenant: other\nContent-Type: application/json    {"title": "Persuasion"}

Pattern And Subset In The Line
    Expect Request    /events    method=POST
    ...    headers={"X-Request-Id": "REGEXP:[0-9a-f]{8}", "X-Kind": "order"}    json_subset={"item": "book"}
    Respond With Data
    Send    POST    /events    X-Request-Id: 12ab34cd\nX-Kind: order\nContent-Type: application/json
    ...    {"item": "pen", "at": "2026-11-28T15:19:33Z", "id": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}

Token Without Bearer
    Expect Request    /profile    method=GET    bearer_token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwZXRlciJ9.c2lnbmF0dXJl
    Respond With Json    {}
    Send    GET    /profile    Authorization: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwZXRlciJ9.c2lnbmF0dXJl

Wrong Token
    Expect Request    /account    method=GET    bearer_token=tok-7f3a9c51
    Respond With Json    {}
    Send    GET    /account    Authorization: Bearer tok-OLD-11d0

Wrong Password
    Expect Request    /admin    method=GET    basic_auth=peter:open-sesame
    Respond With Json    {}
    Send    GET    /admin    Authorization: Basic cGV0ZXI6aHVudGVyMg==

Long Body
    ${lines} =    Evaluate    [{'sku': f'A{n:04}', 'qty': 1} for n in range(100)]
    ${sent} =    Evaluate    json.dumps({'lines': [*$lines[:99], {'sku': 'A0099', 'qty': 2}]})
    Expect Request    /baskets    method=POST    json=${{ {'lines': $lines} }}
    Respond With Data
    Send    POST    /baskets    Content-Type: application/json    ${sent}

Client That Gave Up
    Expect Oneshot Request    /slow    method=GET
    Respond With Data    at last    delay=1
    ${url} =    Get Http Server Url
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    GET /slow HTTP/1.1    Host: localhost    ${EMPTY}
    Call Method    ${connection}    close
    Wait Until Expectations Are Met    timeout=10
    Fail    shop-client: GET /slow: timed out

Response Still Delayed
    Expect Oneshot Request    /slow    method=GET
    Respond With Data    at last    delay=20
    ${url} =    Get Http Server Url
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    GET /slow HTTP/1.1    Host: localhost    ${EMPTY}
    Wait Until Request Is Received    /slow
    Wait Until Expectations Are Met    timeout=0.1

Certificate Refused
    ${url} =    Start Http Server    alias=safe    tls=True
    Expect Oneshot Request    /orders    method=GET
    Respond With Data
    Run Keyword And Ignore Error    Send At The Same Time    ${url}/orders    1
    Wait Until Keyword Succeeds    10 s    50 ms    Should Be Logged    The client rejected
    Wait Until Request Is Received    /orders    timeout=0.1

Plain Text To A Server With TLS
    Start Http Server    alias=safe    tls=True
    Expect Oneshot Request    /orders    method=GET
    Respond With Data
    Send    GET    /orders

Five Hundred Keys Missing
    ${expected} =    Evaluate    {f'key{n:03}': n for n in range(500)}
    Expect Request    /settings    method=PUT    json=${expected}
    Respond With Data
    Send    PUT    /settings    Content-Type: application/json    {}

Sends Too Late
    [Documentation]    Passes: its program calls after the test has ended.
    Expect Oneshot Request    /callbacks/7    method=POST
    Respond With Data

Late Request Of An Earlier Test
    Expect Request    /callbacks/8    method=POST
    Respond With Data
    Send    POST    /callbacks/7

Something Else First
    Expect Request    /stock    query={"item": "7"}
    Respond With Data
    Send    GET    /apple-touch-icon.png
    Send    GET    /stock?item\=8

The Same Request Sixty Times
    Expect Request    /jobs/7    method=GET
    Respond With Data
    Repeat Keyword    60 times    Send    GET    /jobs/8

Null Against Missing Key
    Expect Request    /users    method=POST    json={"name": "ann", "phone": null}
    Respond With Data
    Send    POST    /users    Content-Type: application/json    {"name": "ann"}

Key In Another Case
    Expect Request    /returns    method=POST    json={"orderId": 7}
    Respond With Data
    Send    POST    /returns    Content-Type: application/json    {"orderid": 7}

One Of 400 Items Missing
    ${items} =    Evaluate    [{'sku': f'A{n:04}'} for n in range(400)]
    ${sent} =    Evaluate    json.dumps({'items': $items[:321] + $items[322:]})
    Expect Request    /catalogue    method=PUT    json=${{ {'items': $items} }}
    Respond With Data
    Send    PUT    /catalogue    Content-Type: application/json    ${sent}

Decomposed Letter
    Expect Request    /places    method=POST    json={"name": "Caf\\u00e9"}
    Respond With Data
    Send    POST    /places    Content-Type: application/json    {"name": "Cafe\\u0301"}

Cyrillic Letter
    Expect Request    /search    query={"q": "book"}
    Respond With Data
    Send    GET    /search?q\=b%D0%BE%D0%BEk

Compressed Body Differs
    VAR    ${body}    ${{ bytes.fromhex('1f8b0800000000000203ab56ca4c51b252b0a80500ccfb168709000000') }}
    Expect Request    /upload    method=POST    json={"id": 7}
    Respond With Data
    Send    POST    /upload    Content-Type: application/json\nContent-Encoding: gzip    ${body}

Compressed Without Content-Encoding
    VAR    ${body}    ${{ bytes.fromhex('1f8b0800000000000203ab56ca4c51b25230af050003e78e0009000000') }}
    Expect Request    /upload    method=POST    json={"id": 7}
    Respond With Data
    Send    POST    /upload    Content-Type: application/json    ${body}

Multipart Without Boundary
    VAR    ${body}
    ...    --XyZ
    ...    Content-Disposition: form-data; name="report"; filename="report.csv"
    ...    ${EMPTY}
    ...    a,b
    ...    --XyZ--
    ...    ${EMPTY}
    ...    separator=\r\n
    Expect Request    /reports    method=POST    files={"report": "report.csv"}
    Respond With Data
    Send    POST    /reports    Content-Type: multipart/form-data    ${body}

Prefix In The XPath
    Expect Request    /soap    method=POST    xpath={"//s:Body/item": "book"}
    Respond With Data
    Send    POST    /soap    Content-Type: text/xml
    ...    <soap:Envelope xmlns:soap="urn:soap"><soap:Body><item>book</item></soap:Body></soap:Envelope>

Json Encoded Twice
    Expect Request    /tags    method=POST    json={"tag": "new"}
    Respond With Data
    Send    POST    /tags    Content-Type: application/json    "{\\"tag\\": \\"new\\"}"

Placeholder Is One Segment
    Expect Request    /files/{name}    method=GET
    Respond With Data
    Send    GET    /files/2026/report.pdf

Cors Preflight
    Expect Request    /quotes    method=POST
    Respond With Data
    VAR    ${headers}
    ...    Origin: http://shop.example
    ...    Access-Control-Request-Method: POST
    ...    Access-Control-Request-Headers: content-type
    ...    separator=\n
    Send    OPTIONS    /quotes    ${headers}

Websocket
    Expect Request    /chat    method=GET    headers={"X-Room": "7"}
    Respond With Data
    VAR    ${headers}
    ...    Connection: Upgrade
    ...    Upgrade: websocket
    ...    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
    ...    Sec-WebSocket-Version: 13
    ...    separator=\n
    Send    GET    /chat    ${headers}

Reset In The Teardown
    Expect Request    /invoices    method=POST    json={"total": 10}
    Respond With Data
    Send    POST    /invoices    Content-Type: application/json    {"total": "10"}
    Fail    shop-client: POST /invoices failed: 500 Internal Server Error
    [Teardown]    Reset Http Server

Reset In The Teardown Of A Program That Swallows
    Expect Request    /invoices    method=POST    json={"total": 10}
    Respond With Data
    Send    POST    /invoices    Content-Type: application/json    {"total": "10"}
    [Teardown]    Reset Http Server

Nothing To Meet
    [Documentation]    Passes, with a warning.
    Expect Request    /news    method=GET
    Respond With Data
    Expectations Should Be Met

Json Where A Form Is Expected
    Expect Request    /login    method=POST    form={"user": "ann"}
    Respond With Data
    Send    POST    /login    Content-Type: application/json    {"user": "ann"}

Json In Single Quotes
    Expect Request    /notes    method=POST    json={"note": "new"}
    Respond With Data
    Send    POST    /notes    Content-Type: application/json    {'note': 'new'}

Another Time Zone
    Expect Request    /slots    method=POST    json={"from": "2026-11-28T15:00:00Z"}
    Respond With Data
    Send    POST    /slots    Content-Type: application/json    {"from": "2026-11-28T16:00:00+01:00"}

Misspelt Header
    Expect Request    /parcels    method=GET    headers={"X-Tenant-Id": "acme"}
    Respond With Data
    Send    GET    /parcels    X-TenantId: acme

Missing Session Cookie
    Expect Request    /session    method=GET    cookies=session=9f86d081884c7d65
    Respond With Data
    Send    GET    /session    Cookie: theme\=dark

Uploaded File Differs
    VAR    ${body}
    ...    --XyZ
    ...    Content-Disposition: form-data; name="report"; filename="Report.csv"
    ...    Content-Type: text/plain
    ...    ${EMPTY}
    ...    a,b
    ...    --XyZ--
    ...    ${EMPTY}
    ...    separator=\r\n
    Expect Request    /reports/7    method=POST
    ...    files={"report": {"filename": "report.csv", "content_type": "text/csv", "text": "STARTS:a"}}
    Respond With Data
    Send    POST    /reports/7    Content-Type: multipart/form-data; boundary\=XyZ    ${body}

Prefix Of The Base URL Twice
    Expect Request    /api/v1/tickets    method=GET
    Respond With Data
    Send    GET    /api/v1/api/v1/tickets

Expectation Removed Too Early
    Expect Request    /menus    method=GET
    Respond With Data
    Clear Expectations
    Send    GET    /menus

Another Id In The Path
    Expect Request    /users/7    method=DELETE
    Respond With Data
    Send    DELETE    /users/8

Nearest Of Many Paths
    FOR    ${id}    IN RANGE    20
        Expect Request    /items/${id}    method=GET
        Respond With Data
    END
    Send    GET    /item/3

Empty Segment
    Expect Request    /users/{id}/posts    method=GET
    Respond With Data
    Send    GET    /users//posts

Form Sent In The Query
    Expect Request    /filters    method=POST    form={"q": "x"}
    Respond With Data
    Send    POST    /filters?q\=x

Matcher That Raises
    ${matcher} =    Evaluate    lambda request: request.args['page'] == '1'
    Expect Request    /pages    matcher=${matcher}
    Respond With Data
    Send    GET    /pages

Used As A Proxy
    Expect Request    /health    method=GET
    Respond With Data
    Send    CONNECT    shop.example:443

Wait For An Expectation
    ${order} =    Expect Request    /wishes    method=POST    json={"item": "book"}
    Respond With Data    status=201
    Send    POST    /wishes    Content-Type: application/json    {"item": "pen"}
    Wait Until Request Is Received    ${order}    timeout=0.1
