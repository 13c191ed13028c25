*** Settings ***
Documentation    The smallest suite: one server, one expectation, one request.

Library          HttpServerLibrary
Library          RequestsLibrary

Suite Setup      Start Http Server


*** Test Cases ***
Order Is Accepted
    Expect Oneshot Request    /orders    method=POST    json={"item": "book"}
    Respond With Json    {"id": 7}    status=201
    ${url} =    Get Http Server Url    /orders
    ${order} =    Evaluate    {"item": "book"}
    ${response} =    POST    ${url}    json=${order}
    Should Be Equal    ${response.json()}[id]    ${7}
    Expectations Should Be Met
