*** Settings ***
Documentation    A service that remembers who is logged in: responses set a state, and expectations match only in that
...              state.
...
...              A state belongs to its test, as expectations do. So each test begins logged out.

Library          HttpServerLibrary    auto_start=True
Library          RequestsLibrary

Test Setup       Serve Orders To Users


*** Test Cases ***
Orders Are For Users Only
    Orders Should Answer    401
    Login Should Answer    200    ann:correct-horse
    Orders Should Answer    200
    Log Out
    Orders Should Answer    401

Wrong Password Changes Nothing
    Login Should Answer    403    ann:wrong
    Orders Should Answer    401

Test Begins Logged In
    [Documentation]    A test sets the state that it begins with.
    Set State    user    ann
    Orders Should Answer    200
    Log Out
    ${user} =    Get State    user
    Should Be Equal    ${user}    ${None}

Session Ends By Itself
    [Documentation]    Any response can set a state, not only that of a login.
    Set State    user    ann
    Expect Oneshot Request    /orders    state=user=ann
    Respond With Json    [{"id": 7, "item": "book"}]    set_state={"user": null}
    Orders Should Answer    200
    Orders Should Answer    401


*** Keywords ***
Serve Orders To Users
    [Documentation]    Two expectations of one path: the one that needs a state is registered first.
    Expect Request    /login    method=POST    basic_auth=ann:correct-horse
    Respond With Data    Welcome    set_state=user=ann
    Expect Request    /login    method=POST
    Respond With Data    Who are you?    status=403
    Expect Request    /logout    method=POST    state=user=ann
    Respond With Data    Goodbye    set_state={"user": null}
    Expect Request    /orders    method=GET    state=user=ann
    Respond With Json    [{"id": 7, "item": "book"}]
    Expect Request    /orders    method=GET
    Respond With Data    Log in first.    status=401

Orders Should Answer
    [Arguments]    ${status}
    GET    ${HTTP_SERVER_URL}/orders    expected_status=${status}

Login Should Answer
    [Arguments]    ${status}    ${credentials}
    ${auth} =    Evaluate    tuple($credentials.split(":"))
    POST    ${HTTP_SERVER_URL}/login    auth=${auth}    expected_status=${status}

Log Out
    POST    ${HTTP_SERVER_URL}/logout    expected_status=200
