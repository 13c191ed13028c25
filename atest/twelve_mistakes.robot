*** Settings ***
Documentation    The twelve mistakes people make, with the full text that tells them: in the answer to the client, and
...              in the failure of the test. `<url>` stands for the URL of the server, `<time>` for a time of day.

Resource         resources/client.resource

Suite Setup      Start Http Server    alias=shop
Test Setup       Expect Request    /health    method=GET
Test Teardown    Reset Http Server

Test Tags        explanations


*** Test Cases ***
Wrong Header Value
    Expect Request    /orders    method=GET    headers={"X-Api-Version": "2"}
    ${answer} =    Send    GET    /orders    X-Api-Version: 1
    VAR    ${text}
    ...    UNEXPECTED REQUEST: GET /orders
    ...    Nearest of 2 expectations on server 'shop' at <url>:
    ...    \ \ permanent GET /orders headers={"X-Api-Version": "2"} (used 0)
    ...    \ \ \ \ header X-Api-Version: expected "2", received "1"
    ...    This line expects it:
    ...    \ \ Expect Request \ \ \ /orders \ \ \ method=GET \ \ \ headers={"X-Api-Version": "1"}
    ...    separator=\n
    Explained As    ${answer.text}    ${text}

Missing Query Parameter
    Expect Request    /orders    method=GET    query={"page": "2", "size": "10"}
    ${answer} =    Send    GET    /orders?page\=2
    VAR    ${text}
    ...    UNEXPECTED REQUEST: GET /orders?page=2
    ...    Nearest of 2 expectations on server 'shop' at <url>:
    ...    \ \ permanent GET /orders query={"page": "2", "size": "10"} (used 0)
    ...    \ \ \ \ query parameter size: expected "10", received nothing
    ...    This line expects it:
    ...    \ \ Expect Request \ \ \ /orders \ \ \ method=GET \ \ \ query=page=2
    ...    separator=\n
    Explained As    ${answer.text}    ${text}

Nested JSON Value
    Expect Request    /orders    method=POST    json={"customer": {"address": {"city": "Bonn"}}}
    ${answer} =    Send
    ...    POST
    ...    /orders
    ...    Content-Type: application/json
    ...    {"customer": {"address": {"city": "Berlin"}}}
    VAR    ${line}
    ...    Expect Request
    ...    /orders
    ...    method=POST
    ...    json={"customer": {"address": {"city": "Berlin"}}}
    ...    separator=${SPACE * 4}
    VAR    ${text}
    ...    UNEXPECTED REQUEST: POST /orders
    ...    Nearest of 2 expectations on server 'shop' at <url>:
    ...    \ \ permanent POST /orders json={"customer": {"address": {"city": "Bonn"}}} (used 0)
    ...    \ \ \ \ json $.customer.address.city: expected "Bonn", received "Berlin"
    ...    This line expects it:
    ...    \ \ ${line}
    ...    separator=\n
    Explained As    ${answer.text}    ${text}

JSON Type
    Expect Request    /orders    method=POST    json={"items": [{"sku": "A1", "qty": 2}]}
    ${answer} =    Send    POST    /orders    Content-Type: application/json    {"items": [{"sku": "A1", "qty": "2"}]}
    VAR    ${text}
    ...    UNEXPECTED REQUEST: POST /orders
    ...    Nearest of 2 expectations on server 'shop' at <url>:
    ...    \ \ permanent POST /orders json={"items": [{"sku": "A1", "qty": 2}]} (used 0)
    ...    \ \ \ \ json $.items[0].qty: expected 2 (number), received "2" (text); only quotes differ
    ...    This line expects it:
    ...    \ \ Expect Request \ \ \ /orders \ \ \ method=POST \ \ \ json={"items": [{"sku": "A1", "qty": "2"}]}
    ...    separator=\n
    Explained As    ${answer.text}    ${text}

List Order
    Expect Request    /orders    method=POST    json={"tags": ["new", "gift"]}
    ${answer} =    Send    POST    /orders    Content-Type: application/json    {"tags": ["gift", "new"]}
    VAR    ${hint}    same items in another order: json_ignore_order=True accepts that
    VAR    ${text}
    ...    UNEXPECTED REQUEST: POST /orders
    ...    Nearest of 2 expectations on server 'shop' at <url>:
    ...    \ \ permanent POST /orders json={"tags": ["new", "gift"]} (used 0)
    ...    \ \ \ \ json $.tags: expected ["new", "gift"], received ["gift", "new"]; ${hint}
    ...    This line expects it:
    ...    \ \ Expect Request \ \ \ /orders \ \ \ method=POST \ \ \ json={"tags": ["gift", "new"]}
    ...    separator=\n
    Explained As    ${answer.text}    ${text}

Trailing Slash
    Expect Request    /orders    method=GET
    ${answer} =    Send    GET    /orders/
    VAR    ${text}
    ...    UNEXPECTED REQUEST: GET /orders/
    ...    Nearest of 2 expectations on server 'shop' at <url>:
    ...    \ \ permanent GET /orders (used 0)
    ...    \ \ \ \ path: expected "/orders", received "/orders/"; only the trailing slash differs
    ...    This line expects it:
    ...    \ \ Expect Request \ \ \ /orders/ \ \ \ method=GET
    ...    separator=\n
    Explained As    ${answer.text}    ${text}

Method
    Expect Request    /orders    method=POST
    ${answer} =    Send    PUT    /orders
    VAR    ${text}
    ...    UNEXPECTED REQUEST: PUT /orders
    ...    Nearest of 2 expectations on server 'shop' at <url>:
    ...    \ \ permanent POST /orders (used 0)
    ...    \ \ \ \ method: expected POST, received PUT; same path, other method
    ...    This line expects it:
    ...    \ \ Expect Request \ \ \ /orders \ \ \ method=PUT
    ...    separator=\n
    Explained As    ${answer.text}    ${text}

Used Up Oneshot
    Expect Oneshot Request    /token    method=GET
    Respond With Data
    Status Of    200    GET    /token
    ${answer} =    Send    GET    /token
    VAR    ${text}
    ...    UNEXPECTED REQUEST: GET /token
    ...    Nearest of 2 expectations on server 'shop' at <url>:
    ...    \ \ oneshot GET /token (used 1 of 1)
    ...    \ \ \ \ it matches, but request 1 used it up: GET /token at <time>
    ...    This line expects it any number of times:
    ...    \ \ Expect Request \ \ \ /token \ \ \ method=GET
    ...    separator=\n
    Explained As    ${answer.text}    ${text}

Broken Order
    Expect Ordered Request    /login    method=POST
    Expect Ordered Request    /orders    method=GET
    ${answer} =    Send    GET    /orders
    VAR    ${text}
    ...    OUT OF ORDER: GET /orders
    ...    This expectation matches, but another one is due before it on server 'shop' at <url>:
    ...    \ \ ordered GET /orders (used 0 of 1)
    ...    Due is:
    ...    \ \ ordered POST /login (used 0 of 1)
    ...    If the request is right, expect it in front of the one that is due.
    ...    Every later request is refused until 'Reset Http Server' or the end of the scope.
    ...    separator=\n
    Explained As    ${answer.text}    ${text}

Form Field
    Expect Request    /login    method=POST    form={"user": "peter", "role": "admin"}
    ${answer} =    Send    POST    /login    Content-Type: application/x-www-form-urlencoded    user\=peter&role\=guest
    VAR    ${text}
    ...    UNEXPECTED REQUEST: POST /login
    ...    Nearest of 2 expectations on server 'shop' at <url>:
    ...    \ \ permanent POST /login form={"user": "peter", "role": "admin"} (used 0)
    ...    \ \ \ \ form field role: expected "admin", received "guest"
    ...    This line expects it:
    ...    \ \ Expect Request \ \ \ /login \ \ \ method=POST \ \ \ form={"user": "peter", "role": "guest"}
    ...    separator=\n
    Explained As    ${answer.text}    ${text}

Wrong Content Type
    Expect Request    /pay    method=PUT    headers={"Content-Type": "application/json"}    json={"id": 1}
    ${answer} =    Send    PUT    /pay    Content-Type: text/plain    {"id": 1}
    VAR    ${line}
    ...    Expect Request
    ...    /pay
    ...    method=PUT
    ...    headers={"Content-Type": "text/plain"}
    ...    json={"id": 1}
    ...    separator=${SPACE * 4}
    VAR    ${text}
    ...    UNEXPECTED REQUEST: PUT /pay
    ...    Nearest of 2 expectations on server 'shop' at <url>:
    ...    \ \ permanent PUT /pay headers={"Content-Type": "application/json"} json={"id": 1} (used 0)
    ...    \ \ \ \ header Content-Type: expected "application/json", received "text/plain"; the body is JSON, though
    ...    This line expects it:
    ...    \ \ ${line}
    ...    separator=\n
    Explained As    ${answer.text}    ${text}

Nothing Like It At All
    Expect Request    /orders    method=POST    json={"item": "book"}
    ${answer} =    Send    GET    /robots.txt
    VAR    ${text}
    ...    UNEXPECTED REQUEST: GET /robots.txt
    ...    None of the 2 expectations on server 'shop' at <url> is like it; nearest:
    ...    \ \ permanent GET /health (used 0)
    ...    \ \ \ \ path: expected "/health", received "/robots.txt"
    ...    \ \ permanent POST /orders json={"item": "book"}: method: expected POST, received GET (+2 more)
    ...    This line expects it:
    ...    \ \ Expect Request \ \ \ /robots.txt \ \ \ method=GET
    ...    separator=\n
    Explained As    ${answer.text}    ${text}


*** Keywords ***
Explained As
    [Documentation]    To the client, and to the test.
    [Arguments]    ${answer}    ${text}
    ${url} =    Get Http Server Url    /
    ${text} =    Evaluate    $text.replace('<url>', $url[:-1])
    ${answer} =    Without Times    ${answer}
    Should Be Equal    ${answer}    ${text}\n
    ${failure} =    Run Keyword And Expect Error    *    Check Assertions
    ${failure} =    Without Times    ${failure}
    Should Be Equal    ${failure}    1 problem on server 'shop' at ${{$url[:-1]}}:\n${text}
