*** Settings ***
Documentation    States of a server: a response sets them, and expectations match only while they are so.

Resource         resources/client.resource
Resource         resources/secrets.resource
Library          resources/ChildRun.py

Suite Setup      Start Server With State
Test Teardown    Run Keywords    Clear Expectations    AND    Clear Problems

Test Tags        expectations    lifecycle


*** Test Cases ***
Login And Logout
    Expect Request    /login    method=POST    state={"user": null}
    Respond With Data    Welcome    set_state=user=ann
    Expect Request    /logout    method=POST    state=user=ann
    Respond With Data    Goodbye    set_state={"user": null}
    Expect Request    /orders    state=user=ann
    Respond With Json    []
    Expect Request    /orders
    Respond With Data    Log in first.    status=401
    Status Of    401    GET    /orders
    Answer Of    Welcome    POST    /login
    Status Of    200    GET    /orders
    Answer Of    Goodbye    POST    /logout
    Status Of    401    GET    /orders
    State Should Be    user    ${None}

The Test Sets A State
    Set State    order    paid
    State Should Be    order    paid
    Expect Request    /orders    state=order=paid
    Respond With Json    {"status": "paid"}    set_state=order=shipped
    Expect Request    /orders    state={"order": "GLOB:ship*"}
    Respond With Json    {"status": "shipped"}
    Answer Of    {"status": "paid"}    GET    /orders
    State Should Be    order    shipped
    Answer Of    {"status": "shipped"}    GET    /orders
    Set State    order    ${None}
    Status Of    500    GET    /orders
    Problems Should Be    UNEXPECTED REQUEST

Values Of Any Type
    VAR    @{list}    book    pen
    FOR    ${value}    ${expected}    IN
    ...    ${1}    1
    ...    1    ${1}
    ...    ${True}    true
    ...    ${True}    True
    ...    True    ${True}
    ...    ${FALSE}    False
    ...    ${EMPTY}    ${EMPTY}
    ...    ${list}    ['book', 'pen']
        Set State    thing    ${value}
        State Should Be    thing    ${value}
        VAR    &{state}    thing=${expected}
        Expect Oneshot Request    /thing    state=${state}
        Respond With Data    so
        Expect Oneshot Request    /thing    state=thing=${expected}
        Respond With Data    so
        Answer Of    so    GET    /thing
        Answer Of    so    GET    /thing
    END

Several States
    Expect Request    /orders    state=order=paid; user=NOT:bob
    Respond With Data    both    set_state=order=; user=bob
    Set State    order    paid
    Status Of    500    GET    /orders
    Set State    user    ann
    Answer Of    both    GET    /orders
    State Should Be    user    bob
    State Should Be    order    ${EMPTY}
    Problems Should Be    UNEXPECTED REQUEST

Of Each Kind
    Set State    step    1
    Expect Ordered Request    /a    state=step=1
    Respond With Data    ordered    set_state=step=2
    Expect Oneshot Request    /a    state=step=2
    Respond With Data    oneshot    set_state=step=3
    Expect Request    /a    state=step=3    times=1
    Respond With Data    permanent    set_state=step=4
    Answer Of    ordered    GET    /a
    Answer Of    oneshot    GET    /a
    Answer Of    permanent    GET    /a
    Expectations Should Be Met
    State Should Be    step    4

The State Of The Suite
    [Documentation]    Suite Setup has set it; tests only hide it.
    State Should Be    place    suite
    Set State    place    test
    State Should Be    place    test
    Set State    place    ${None}
    State Should Be    place    ${None}

The State Of The Suite Is Back
    State Should Be    place    suite
    State Should Be    order    ${None}
    State Should Be    step    ${None}

Each Server Has Its Own
    Start Http Server    alias=other
    State Should Be    place    ${None}
    Set State    place    here    server=first
    State Should Be    place    here    server=first
    Expect Request    /a    state=place=here    server=first
    Respond With Data    first
    Status Of    500    GET    /a
    Problems Should Be    UNEXPECTED REQUEST
    Set State    place    here    server=other
    Switch Http Server    first
    Answer Of    first    GET    /a
    Stop Http Server    server=other

A Reset Forgets Them
    [Setup]    Start Http Server    alias=for the reset
    Set State    order    paid
    Clear Expectations
    State Should Be    order    paid
    Reset Http Server
    State Should Be    order    ${None}
    [Teardown]    Stop Http Server

What Is Said About A State
    Set State    order    new
    Expect Request    /orders    state=order=paid
    Respond With Data    paid
    Expect Request    /orders    method=POST    state={"order": "new", "Order": null}
    Respond With Data    new
    ${answer} =    Status Of    500    GET    /orders
    VAR    ${method}    method: expected POST, received GET; same path, different method
    VAR    ${text}
    ...    UNEXPECTED REQUEST: GET /orders
    ...    Nearest of 2 expectations: permanent /orders state={"order": "paid"}
    ...    \ \ state order: expected "paid", but it is "new"
    ...    Next: permanent POST /orders state={"order": "new", "Order": null}: ${method}
    ...    ${EMPTY}
    ...    separator=\n
    Should Be Equal    ${answer.text}    ${text}
    ${matchers} =    Format Matchers
    Should Contain    ${matchers}    POST /orders state={"order": "new", "Order": null} (used 0)
    Problems Should Be    UNEXPECTED REQUEST

Secrets
    Requires Secrets
    ${key} =    Evaluate    robot.api.types.Secret('s3cr3t-of-ann')    modules=robot.api.types
    Set State    key    ${key}
    State Should Be    key    s3cr3t-of-ann
    VAR    &{state}    key=${key}    user=ann
    Expect Request    /orders    state=${state}
    Respond With Data    ok
    ${answer} =    Status Of    500    GET    /orders
    Should Contain    ${answer.text}    permanent /orders state={"key": "***", "user": "ann"}
    Set State    user    ann
    Answer Of    ok    GET    /orders
    Problems Should Be    UNEXPECTED REQUEST
    ${error} =    Run Keyword And Expect Error    *    Expect Request    /a    state=${key}
    Should Not Contain    ${error}    s3cr3t
    VAR    @{list}    ${key}
    ${error} =    Run Keyword And Expect Error    *    Expect Request    /a    state=${list}
    Should Not Contain    ${error}    s3cr3t
    VAR    &{state}    key=${list}
    Fails With    state: key: text is needed here, not list: ['***'].    Expect Request    /a    state=${state}

Bad Input
    [Template]    Is Refused
    state: a name and a value such as order\=paid are needed, not "paid".    Expect Request    /a    state=paid
    state: a name and a value such as order\=paid are needed, not "\=paid".    Expect Request    /a    state==paid
    state: a name and a value such as order\=paid are needed, not "".    Expect Oneshot Request    /a    state=
    state: the dictionary is empty, so it checks nothing.    Expect Ordered Request    /a    state={}
    set_state: a name and a value such as order\=paid are needed, not "paid".    Respond With Data    set_state=paid
    set_state: the dictionary is empty, so it sets nothing.    Respond With Json    {}    set_state={}
    set_state: the name of the state is empty.    Respond With Json    {}    set_state={"": 1}
    name: the name of the state is empty.    Set State    ${EMPTY}    paid
    name: the name of the state is empty.    Get State    ${SPACE}
    name: "order\=new" is not the name of a state, because it contains '\=' or ';'.    Set State    order\=new    paid

One Space Too Few
    VAR    ${error}
    ...    path: "/orders state=order=paid" contains 'state='. Two or more spaces are needed between cells.
    ...    If this is the path, write 'EQUALS:/orders state=order=paid'.
    Run Keyword And Expect Error    EQUALS:${error}    Expect Request    /orders state=order=paid

Checks Have No State
    Set State    order    paid
    Run Keyword And Expect Error    *non-named arguments*
    ...    Request Should Have Been Received    /orders    state=order=paid
    VAR    &{step}    path=/orders    state=order=paid
    VAR    @{steps}    ${step}
    Run Keyword And Expect Error    requests[[]0]: there is no field "state". *
    ...    Requests Should Have Been Received In Order    ${steps}

What No Request Reaches Is Said
    [Documentation]    The suite is run to read its log.
    VAR    ${suite}
    ...    *** Settings ***
    ...    | Library | HttpServerLibrary | auto_start=True
    ...    *** Test Cases ***
    ...    | Free |
    ...    | | Expect Request | /a | state=order=new
    ...    | | Expect Request | /a | state=order=paid
    ...    | | Expect Request | /a
    ...    | Equal |
    ...    | | Expect Request | /a | state=order=paid
    ...    | | Expect Request | /a | state={"order": "paid"}
    ...    | Without |
    ...    | | Expect Request | /a
    ...    | | Expect Request | /a | state=order=paid
    ...    separator=\n
    ${run} =    Run Suite    ${suite}
    Test Should Have Passed    ${run}    Free    Equal    Without
    ${log} =    Log Of Test    ${run}    Free    INFO
    Should Not Contain    ${log}    No request reaches
    ${log} =    Log Of Test    ${run}    Equal    INFO
    Should Contain    ${log}    because an earlier equal expectation of test 'Equal' takes all of them.
    ${log} =    Log Of Test    ${run}    Without    INFO
    VAR    ${hint}
    ...    No request reaches permanent /a state={"order": "paid"}, because an earlier expectation without a state
    ...    of test 'Without' takes all of them.
    Should Contain    ${log}    ${hint}


*** Keywords ***
Start Server With State
    Start Http Server    alias=first
    Set State    place    suite

State Should Be
    [Arguments]    ${name}    ${value}    ${server}=${None}
    ${state} =    Get State    ${name}    server=${server}
    Should Be Equal    ${state}    ${value}

Is Refused
    [Documentation]    The keyword fails with this message and registers nothing.
    [Arguments]    ${message}    ${name}    @{arguments}    &{named}
    Expect Request    /before
    ${before} =    Format Matchers
    Run Keyword And Expect Error    EQUALS:${message}    ${name}    @{arguments}    &{named}
    ${after} =    Format Matchers
    Should Be Equal    ${after}    ${before}
