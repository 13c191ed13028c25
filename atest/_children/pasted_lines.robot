*** Settings ***
Documentation    Tests that fail and show a line to paste; pasted_lines.robot runs them, puts each line where its
...              failure says, and runs them again.

Library          HttpServerLibrary
Library          ChildKeywords
Resource         client.resource

Suite Setup      Start Http Server    alias=shop


*** Test Cases ***
Path
    Expect Request    /orders    method=GET
    Respond With Data
    Send    GET    /orders/

Path With Braces
    Expect Request    /orders/{id}    method=GET
    Respond With Data
    Send    GET    /orders/%7Bid%7D/7

Path Template
    Expect Request    /orders/{id}    method=PUT    json={"n": 1}
    Respond With Data
    Send    PUT    /orders/7    ${EMPTY}    {"n": 2}

Query
    Expect Request    /orders    query={"page": "2", "at": "REGEXP:\\d+"}
    Respond With Data
    Send    GET    /orders?page\=3&at\=12&more\=$%7Bx%7D

Query Subset
    Expect Request    /orders    query_subset={"page": "2", "at": "REGEXP:\\d+"}
    Respond With Data
    Send    GET    /orders?page\=3&at\=12&more\=1

Header Pattern
    Expect Request    /orders    headers={"X-Id": "REGEXP:[0-9a-f]{8}", "X-Kind": "a"}
    Respond With Data
    Send    GET    /orders    X-Id: 12ab34cd\nX-Kind: C:\\temp\\new

Misspelt Header
    Expect Request    /orders    headers={"X-Tenant-Id": "acme"}
    Respond With Data
    Send    GET    /orders    X-TenantId: other

Json
    Expect Request    /orders    method=POST    json={"item": "book", "id": "<any-string>"}
    Respond With Data
    Send    POST    /orders    ${EMPTY}    {"item": "C:\\\\new # \${x}", "id": "7", "more": "<any>"}

Json Subset
    Expect Request    /orders    method=POST    json_subset={"item": "book"}
    Respond With Data
    Send    POST    /orders    ${EMPTY}    {"item": "pen", "at": "now"}

Json In Any Order
    Expect Request    /orders    method=POST    json={"tags": ["a", "b"], "n": 1}    json_ignore_order=True
    Respond With Data
    Send    POST    /orders    ${EMPTY}    {"tags": ["b", "a"], "n": 2}

Json Path
    Expect Request    /orders    method=POST    json_path={"$.items[0].sku": "A1", "$.n": "<any-number>"}
    Respond With Data
    Send    POST    /orders    ${EMPTY}    {"items": [{"sku": "A2"}], "n": 1}

Form
    Expect Request    /login    method=POST    form={"user": "ann", "at": "GLOB:1*"}
    Respond With Data
    Send    POST    /login    Content-Type: application/x-www-form-urlencoded    user=bob&at=12&more=1

Uploaded File
    Expect Request
    ...    /reports
    ...    files={"report": {"filename": "a.csv", "content_type": "text/csv", "text": "GLOB:a*"}}
    Respond With Data
    VAR    ${disposition}    Content-Disposition: form-data; name="report"; filename="b.csv"
    VAR    ${body}    --XyZ\r\n${disposition}\r\nContent-Type: text/plain\r\n\r\na,b\r\n--XyZ--\r\n
    Send    POST    /reports    Content-Type: multipart/form-data; boundary\=XyZ    ${body}

Text
    Expect Request    /notes    text=one
    Respond With Data
    Send    POST    /notes    Content-Type: text/plain    one\ntwo${SPACE * 3}three\\n${SPACE}

Xml
    Expect Request    /soap    xml=<order id="1"><item>book</item></order>
    Respond With Data
    Send    POST    /soap    Content-Type: text/xml    <order id="2">\n${SPACE * 2}<item>pen</item>\n</order>

XPath
    Expect Request    /soap    xpath={"//item": "book", "//order/@id": "REGEXP:\\d+"}
    Respond With Data
    Send    POST    /soap    Content-Type: text/xml    <order id="2"><item>pen</item></order>

Used Up By Times
    Expect Request    /retry    method=POST    times=2
    Respond With Data
    Repeat Keyword    3 times    Send    POST    /retry

Used Up Oneshot
    Expect Oneshot Request    /token    method=GET    query_subset={"v": "GLOB:*"}
    Respond With Data
    Send    GET    /token?v\=1
    Send    GET    /token?v\=2

Counted
    Expect Request    /counted    method=GET    query={"n": "1"}    times=2
    Respond With Data
    Send    GET    /counted?n\=2
    Send    GET    /counted?n\=2
    Expectations Should Be Met

Server That Is Not The Current One
    ${shop} =    Get Http Server Url
    Start Http Server    alias=pay
    Expect Request    /carts    method=PUT    json={"n": 1}    server=shop
    Respond With Data
    Send Exactly    ${shop}    PUT    /carts    ${EMPTY}    {"n": 2}

Next Ordered In Its Place
    Expect Ordered Request    /login    method=POST    json={"user": "ann"}
    Respond With Data
    Expect Ordered Request    /logout    method=POST
    Respond With Data
    Send    POST    /login    ${EMPTY}    {"user": "bob"}
    Send    POST    /logout

Before The Next Ordered
    Expect Ordered Request    /logout    method=POST
    Respond With Data
    Send    GET    /status
    Send    POST    /logout

Nothing Close
    Expect Request    /a/b/c    method=DELETE
    Respond With Data
    Send    POST    /stock?item\=7    Content-Type: application/json    {"n": 1}
