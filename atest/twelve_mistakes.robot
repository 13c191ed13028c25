*** Settings ***
Documentation    The twelve mistakes people make, with the full text that tells them: in the answer to the client, and
...              in the failure of the test. The texts are in `expected/twelve_mistakes`.

Library          resources/ExpectedTexts.py
Resource         resources/client.resource

Suite Setup      Start Http Server    alias=shop
Test Setup       Expect Request    /health    method=GET

Test Tags        explanations


*** Test Cases ***
Wrong Header Value
    Expect Request    /orders    method=GET    headers={"X-Api-Version": "2"}
    ${answer} =    Send    GET    /orders    X-Api-Version: 1
    Explained As    ${answer.text}    wrong_header_value

Missing Query Parameter
    Expect Request    /orders    method=GET    query={"page": "2", "size": "10"}
    ${answer} =    Send    GET    /orders?page\=2
    Explained As    ${answer.text}    missing_query_parameter

Nested JSON Value
    Expect Request    /orders    method=POST    json={"customer": {"address": {"city": "Bonn"}}}
    ${answer} =    Send
    ...    POST
    ...    /orders
    ...    Content-Type: application/json
    ...    {"customer": {"address": {"city": "Berlin"}}}
    Explained As    ${answer.text}    nested_json_value

JSON Type
    Expect Request    /orders    method=POST    json={"items": [{"sku": "A1", "qty": 2}]}
    ${answer} =    Send    POST    /orders    Content-Type: application/json    {"items": [{"sku": "A1", "qty": "2"}]}
    Explained As    ${answer.text}    json_type

List Order
    Expect Request    /orders    method=POST    json={"tags": ["new", "gift"]}
    ${answer} =    Send    POST    /orders    Content-Type: application/json    {"tags": ["gift", "new"]}
    Explained As    ${answer.text}    list_order

Trailing Slash
    Expect Request    /orders    method=GET
    ${answer} =    Send    GET    /orders/
    Explained As    ${answer.text}    trailing_slash

Method
    Expect Request    /orders    method=POST
    ${answer} =    Send    PUT    /orders
    Explained As    ${answer.text}    method

Used Up Oneshot
    Expect Oneshot Request    /token    method=GET
    Respond With Data
    Status Of    200    GET    /token
    ${answer} =    Send    GET    /token
    Explained As    ${answer.text}    used_up_oneshot

Broken Order
    Expect Ordered Request    /login    method=POST
    Expect Ordered Request    /orders    method=GET
    ${answer} =    Send    GET    /orders
    Explained As    ${answer.text}    broken_order

Form Field
    Expect Request    /login    method=POST    form={"user": "peter", "role": "admin"}
    ${answer} =    Send    POST    /login    Content-Type: application/x-www-form-urlencoded    user\=peter&role\=guest
    Explained As    ${answer.text}    form_field

Wrong Content Type
    Expect Request    /pay    method=PUT    headers={"Content-Type": "application/json"}    json={"id": 1}
    ${answer} =    Send    PUT    /pay    Content-Type: text/plain    {"id": 1}
    Explained As    ${answer.text}    wrong_content_type

Nothing Like It At All
    Expect Request    /orders    method=POST    json={"item": "book"}
    ${answer} =    Send    GET    /robots.txt
    Explained As    ${answer.text}    nothing_like_it_at_all


*** Keywords ***
Explained As
    [Documentation]    To the test, and to the client.
    [Arguments]    ${answer}    ${name}
    ${failure} =    Run Keyword And Expect Error    *    Check Assertions
    Text Should Be As Expected    ${failure}    twelve_mistakes/${name}
    ${url} =    Get Http Server Url    /
    Should Be Equal    1 problem on server 'shop' at ${{$url[:-1]}}:\n${answer}    ${failure}\n
