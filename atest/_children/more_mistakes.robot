*** Settings ***
Documentation    Run by more_mistakes.robot, which compares the failure of each test with its expected text.

Library          Certificates
Library          ChildKeywords
Library          ExactClient
Library          HttpServerLibrary    auto_start=True
Library          RequestsLibrary


*** Variables ***
${JSON}    Content-Type: application/json


*** Test Cases ***
Happy Path
    [Documentation]    Passes. Its expectation is one that the next test must not be told of.
    Expect Request    /orders    method=POST
    Respond With Data
    Send Exactly    ${HTTP_SERVER_URL}    POST    /orders    ${JSON}    {"item": "book"}
    Request Should Have Been Received    /orders

Earlier Test Was Less Strict
    Expect Request    /orders    method=POST    json={"item": "book"}
    Send Exactly    ${HTTP_SERVER_URL}    POST    /orders    ${JSON}    {"item": "pen"}

Callback
    [Documentation]    Passes, and does not wait.
    Expect Oneshot Request    /callback    method=POST
    Respond With Data

Late Callback
    Send Exactly    ${HTTP_SERVER_URL}    POST    /callback

Wrong Server
    ${shop} =    Start Http Server    alias=shop
    Start Http Server    alias=pay
    Expect Request    /payments    method=POST    json={"amount": 5}
    Respond With Data
    Send Exactly    ${shop}    POST    /payments    ${JSON}    {"amount": 5}

Wrong Server And Wrong Body
    ${shop} =    Start Http Server    alias=shop
    Expect Request    /orders    method=POST
    Start Http Server    alias=pay
    Expect Request    /payments    method=POST    json={"amount": 5}
    Send Exactly    ${shop}    POST    /payments    ${JSON}    {"amount": 6}

Not The Current Server
    ${shop} =    Start Http Server    alias=shop
    Expect Request    /orders    method=POST    json={"item": "book"}
    Start Http Server    alias=pay
    Send Exactly    ${shop}    POST    /orders    ${JSON}    {"item": "pen"}

One Retry More
    Expect Request    /retry    method=POST    times=2
    Respond With Data
    FOR    ${number}    IN RANGE    4
        Send Exactly    ${HTTP_SERVER_URL}    POST    /retry    ${JSON}    {"n": ${number}}
    END

Health Check Between Ordered Requests
    Expect Request    /health    method=GET
    Respond With Data
    Expect Ordered Request    /login    method=POST
    Respond With Data
    Send Exactly    ${HTTP_SERVER_URL}    GET    /health
    Send Exactly    ${HTTP_SERVER_URL}    POST    /login

Ordered Request With Another Body
    Expect Ordered Request    /login    method=POST    json={"user": "ann"}
    Respond With Data
    Expect Ordered Request    /orders    method=GET
    Respond With Data
    Send Exactly    ${HTTP_SERVER_URL}    POST    /login    ${JSON}    {"user": "bob"}

Ordered Request Left Out
    Expect Ordered Request    /login    method=POST
    Respond With Data
    Expect Ordered Request    /orders    method=GET
    Respond With Data
    Send Exactly    ${HTTP_SERVER_URL}    GET    /orders

Get And Post On One Path
    Expect Request    /orders    method=GET
    Expect Request    /orders    method=POST    headers={"X-Tenant": "a"}    json={"item": "book"}
    Send Exactly    ${HTTP_SERVER_URL}    POST    /orders    ${JSON}\nX-Tenant: b    {"item": "pen"}

Subset And Pattern
    Expect Request
    ...    /orders
    ...    method=POST
    ...    query_subset={"page": "1"}
    ...    headers={"X-Trace": "REGEXP:[0-9a-f]{8}"}
    ...    json_subset={"item": "book", "id": "<any-integer>"}
    Send Exactly
    ...    ${HTTP_SERVER_URL}
    ...    POST
    ...    /orders?page\=2&t\=1722870000
    ...    ${JSON}\nX-Trace: 12ab34cd
    ...    {"item": "pen", "id": 7, "at": "2026-08-02T10:00:00Z"}

Token Without Its Scheme
    Expect Request    /orders    method=GET    bearer_token=s3cr3t
    Send Exactly    ${HTTP_SERVER_URL}    GET    /orders    Authorization: s3cr3t-token

Body That Is Too Long For A Line
    Expect Request    /orders    method=POST
    ${items} =    Evaluate    json.dumps({'items': ['book'] * 100})
    Send Exactly    ${HTTP_SERVER_URL}    POST    /order/new    ${JSON}    ${items}

Response Still Delayed
    Expect Oneshot Request    /slow    method=POST
    Respond With Data    delay=5 minutes
    Send Request In Background    ${HTTP_SERVER_URL}/slow    text
    Wait Until Request Is Received    /slow
    Wait Until Expectations Are Met    timeout=0.1

Certificate That The Client Does Not Trust
    ${authority} =    Make Authority
    ${url} =    Start Http Server    tls=True
    Expect Oneshot Request    /orders
    Run Keyword And Expect Error    *CERTIFICATE_VERIFY_FAILED*    GET    ${url}/orders    verify=${authority.file}
    Wait Until Keyword Succeeds    10 s    50 ms    Should Be Logged    The client refused
    Wait Until Expectations Are Met    timeout=0.1

Plain Text To A Server With TLS
    ${url} =    Start Http Server    tls=True
    Expect Oneshot Request    /orders
    Run Keyword And Ignore Error    Send Exactly    ${url.replace('https:', 'http:')}    GET    /orders
    Wait Until Expectations Are Met    timeout=10

First Problem Is Not The One
    [Documentation]    Each problem comes with its reason, and equal ones are one line.
    Expect Request    /stock    query={"item": "7"}
    Send Exactly    ${HTTP_SERVER_URL}    GET    /robots.txt
    FOR    ${_}    IN RANGE    3
        Send Exactly    ${HTTP_SERVER_URL}    GET    /stock?item\=8
    END

Null And No Such Key
    Expect Request    /orders    json={"note": null, "gift": true}
    Send Exactly    ${HTTP_SERVER_URL}    POST    /orders    ${JSON}    {"gift": null}

Key In Other Letters
    Expect Request    /orders    json={"orderId": 7}
    Send Exactly    ${HTTP_SERVER_URL}    POST    /orders    ${JSON}    {"orderid": 7}

Item Missing In The Middle
    VAR    ${expected}    ${{ [{'sku': f'A{n:03d}'} for n in range(200)] }}
    VAR    ${received}    ${{ $expected[:120] + $expected[121:] }}
    Expect Request    /items    json=${expected}
    ${body} =    Evaluate    json.dumps($received)
    Send Exactly    ${HTTP_SERVER_URL}    POST    /items    ${JSON}    ${body}

Decomposed Letter
    Expect Request    /names    json={"name": "Caf\u00e9"}
    Send Exactly    ${HTTP_SERVER_URL}    POST    /names    ${JSON}    {"name": "Cafe\u0301"}

Cyrillic Letter
    Expect Request    /names    json={"name": "Bob"}
    Send Exactly    ${HTTP_SERVER_URL}    POST    /names    ${JSON}    {"name": "B\u043eb"}

Compressed Without Saying So
    Expect Request    /orders    json={"id": 7}
    VAR    ${body}    ${{ bytes.fromhex('1f8b0800000000000003ab56ca4c51b252 30af0500 03e78e0209000000') }}
    Send Exactly    ${HTTP_SERVER_URL}    POST    /orders    ${JSON}    ${body}

Multipart Without Boundary
    Expect Request    /upload    method=POST    files={"report": "june.csv"}
    Send Exactly
    ...    ${HTTP_SERVER_URL}
    ...    POST
    ...    /upload
    ...    Content-Type: multipart/form-data
    ...    --b\r\nContent-Disposition: form-data; name="report"; filename="june.csv"\r\n\r\n1;2\r\n--b--\r\n

Prefix In XPath
    Expect Request    /soap    method=POST    xpath={"//s:Body/id": "7"}
    Send Exactly
    ...    ${HTTP_SERVER_URL}
    ...    POST
    ...    /soap
    ...    Content-Type: text/xml
    ...    <e:Envelope xmlns:e="urn:soap"><e:Body><id>7</id></e:Body></e:Envelope>

Json Encoded Twice
    Expect Request    /orders    json={"id": 7}
    Send Exactly    ${HTTP_SERVER_URL}    POST    /orders    ${JSON}    "{\\"id\\": 7}"

Placeholder For Two Segments
    Expect Request    /files/{name}    method=GET
    Send Exactly    ${HTTP_SERVER_URL}    GET    /files/2026/june.csv

Preflight Of A Browser
    Expect Request    /orders    method=POST
    Send Exactly
    ...    ${HTTP_SERVER_URL}
    ...    OPTIONS
    ...    /orders
    ...    Origin: http://shop.example\nAccess-Control-Request-Method: POST

Websocket
    Expect Request    /chat    method=POST
    Send Exactly    ${HTTP_SERVER_URL}    GET    /chat    Upgrade: websocket\nConnection: Upgrade
