*** Settings ***
Documentation    `Respond With Handler`: whatever a handler returns or raises ends in a response,
...              and in a problem where it went wrong.

Library          Collections
Library          resources/ChildRun.py
Library          resources/handlers.py
Resource         resources/client.resource

Suite Setup      Start Http Server
Test Teardown    Reset Http Server

Test Tags        responses


*** Test Cases ***
Sees The Whole Request
    Handle With    handlers.echo
    ${answer} =    Status Of    201    POST    /a%20b?x\=1    X-Trace: 7    {"name": "book"}
    Should Not Contain    ${answer.text}    book
    VAR    ${headers}    X-Trace: 7\nContent-Type: application/json
    ${answer} =    Status Of    201    POST    /a%20b?x\=1    ${headers}    {"name": "book"}
    Should Be Equal    ${answer.text}    POST /a b x=1 7 book
    Should Be Equal    ${answer.all('X-Tag')}    ${{ ['a', 'b'] }}

Text
    Handle With    handlers.text
    ${answer} =    Answer Of    žluť    GET    /
    Should Be Equal    ${answer.header('content-type')}    text/plain; charset=utf-8
    Should Be Equal As Integers    ${answer.status}    200

Bytes
    Handle With    handlers.raw
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.data}    ${{ b'\x00\xff' }}

Dictionary Is Json
    Handle With    handlers.dictionary
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.header('content-type')}    application/json
    Should Be Equal    ${answer.json}    ${{ {'name': 'žluť', 'none': None} }}

List Is Json
    Handle With    handlers.items
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.header('content-type')}    application/json
    Should Be Equal    ${answer.json}    ${{ [1, True, None] }}

None Is No Content
    Handle With    handlers.nothing
    ${answer} =    Status Of    204    GET    /
    Should Be Equal    ${answer.data}    ${{ b'' }}
    Problems Should Be

Generator
    Handle With    handlers.generator
    Answer Of    one two three    GET    /
    Answer Of    one two three    GET    /
    ${request} =    Get Received Request
    Should Be Equal    ${request.response.text}    one two three
    Problems Should Be

Function As Variable
    ${handler} =    Evaluate    lambda request: request.headers['X-Name']
    Handle With    ${handler}
    Answer Of    me    GET    /    X-Name: me

Object That Is Callable
    ${counter} =    Evaluate    handlers.Counter()    modules=handlers
    Handle With    ${counter}
    Answer Of    {"calls": 1}    GET    /
    Answer Of    {"calls": 2}    GET    /

Bound Method
    ${counter} =    Evaluate    handlers.Counter()    modules=handlers
    Handle With    ${counter.method}
    Answer Of    method    GET    /

Attribute Of A Module By Dotted Name
    Handle With    handlers.counter.method
    Answer Of    method    GET    /

Head
    Handle With    handlers.dictionary
    ${answer} =    Status Of    200    HEAD    /
    Should Be Equal    ${answer.data}    ${{ b'' }}
    Should Be Equal    ${answer.header('content-type')}    application/json

Abort Is An Answer
    [Documentation]    werkzeug's exceptions are its way to answer.
    Handle With    handlers.not_found
    ${answer} =    Status Of    404    GET    /
    Should Contain    ${answer.text}    Not Found
    Problems Should Be

Abort With A Response
    Handle With    handlers.teapot_response
    ${answer} =    Status Of    418    GET    /
    Should Be Equal    ${answer.text}    short and stout
    Problems Should Be

Exception
    Handle With    handlers.raises
    ${answer} =    Status Of    500    GET    /
    Should Contain    ${answer.text}    HandlerTrouble: no /
    ${problems} =    Get Problems
    Length Should Be    ${problems}    1
    Should Be Equal    ${problems[0].kind}    HANDLER ERROR
    Should Be Equal    ${{ type($problems[0].exception).__name__ }}    HandlerTrouble
    Should Be Equal    ${{ str($problems[0].exception) }}    no /
    Should Be Equal    ${{ $problems[0].request.path }}    /
    ${error} =    Run Keyword And Expect Error    *    Check Assertions
    Should Contain    ${error}    handlers.raises
    Should Contain    ${error}    HandlerTrouble: no /

Whatever Is Raised
    [Template]    Raising Is A Problem
    handlers.raises    HandlerTrouble
    handlers.asserts    AssertionError
    handlers.exits    SystemExit
    handlers.interrupts    KeyboardInterrupt

What Cannot Be Sent
    [Template]    Returning Is A Problem
    handlers.number    7
    handlers.a_set    {7}
    handlers.bad_status    700
    handlers.bad_json    not JSON
    handlers.bad_header    X-Text

Body That Breaks In The Middle
    [Documentation]    The status was sent already, so the client gets a response that ends too early.
    Expect Oneshot Request    /
    Respond With Handler    handlers.broken_generator
    ${url} =    Get Http Server Url
    Run Keyword And Expect Error    *    Send Exactly    ${url}    GET    /
    Run Keyword And Expect Error    *in the middle*    Wait Until Expectations Are Met
    Problems Should Be    HANDLER ERROR
    ${request} =    Get Received Request
    Should Be Equal    ${request.problem.kind}    HANDLER ERROR
    Should Be Equal    ${{ type($request.problem.exception).__name__ }}    HandlerTrouble

Request Whose Handler Raised Is Received
    [Documentation]    Unlike here, pytest-httpserver loses it.
    Handle With    handlers.raises
    Status Of    500    POST    /    ${EMPTY}    {"id": 7}
    ${request} =    Get Received Request    method=POST    json={"id": 7}
    Should Be Equal    ${request.response.status}    ${500}
    Should Be Equal    ${request.problem.kind}    HANDLER ERROR
    Problems Should Be    HANDLER ERROR

Server Lives On
    Handle With    handlers.exits
    Status Of    500    GET    /
    Expect Oneshot Request    /
    Respond With Data    alive
    Answer Of    alive    GET    /
    Problems Should Be    HANDLER ERROR

Slow Handler Blocks Nobody
    ${gate} =    Evaluate    threading.Event()
    ${handler} =    Evaluate    lambda request, gate=$gate: str(gate.wait(10))
    Handle With    ${handler}    /slow
    Expect Request    /quick
    Respond With Data    quick
    ${url} =    Get Http Server Url
    Send Later    ${url}    GET    /slow    after=0
    Answer Of    quick    GET    /quick
    Evaluate    $gate.set()
    ${request} =    Wait Until Request Is Received    /slow
    Should Be Equal    ${request.response.text}    True
    Join Background

Tuple As In Flask
    ${handler} =    Evaluate    lambda request: ({'error': 'busy'}, '503 Busy', {'Retry-After': '1'})
    Handle With    ${handler}
    ${answer} =    Status Of    503    GET    /
    Should Be Equal    ${answer.json}    ${{ {'error': 'busy'} }}
    Should Be Equal    ${answer.header('retry-after')}    1
    ${request} =    Get Received Request
    Should Be Equal    ${request.response.reason}    Busy
    Problems Should Be

Status And Headers For What A Handler Leaves Open
    Expect Request
    Respond With Handler    handlers.text    status=201    headers=Content-Type: text/markdown
    ${answer} =    Answer Of    žluť    GET    /
    Should Be Equal As Integers    ${answer.status}    201
    Should Be Equal    ${answer.header('content-type')}    text/markdown

A Response Keeps Its Status And Headers
    Expect Request
    Respond With Handler    handlers.echo    status=404    headers={"X-Tag": "c", "X-More": "d"}
    ${answer} =    Status Of    201    GET    /
    Should Be Equal    ${answer.all('X-Tag')}    ${{ ['a', 'b'] }}
    Should Be Equal    ${answer.header('X-More')}    d

Segments Of The Path
    ${handler} =    Evaluate    lambda request: request.path_params
    Handle With    ${handler}    /orders/{id}
    Answer Of    {"id": "7"}    GET    /orders/7

Files Beside Their Suites
    [Documentation]    Two suites have files of the same name, and none of them is in the search path.
    ${run} =    Run Suite    handlers
    VAR    ${two}    ${CURDIR}${/}_children${/}handlers${/}two
    FOR    ${test}    IN
    ...    Module Beside The Suite
    ...    File Beside The Suite
    ...    Segments Of The Path And Tuples
    ...    Functions Of A File Share What It Remembers
    ...    File That Is A Library
    ...    Handler Of The Suite Around
    ...    Module Of The Same Name
    ...    File Below The Suite
    ...    Absolute Path
        Test Should Have Passed    ${run}    ${test}
    END
    Test Should Have Failed With    ${run}    Matcher Beside The Suite
    ...    *expected suite_handlers.py:is_even to return true*
    Test Should Have Failed With    ${run}    Nothing Stays In The Search Path    *No module named 'suite_handlers'
    Test Should Have Failed With    ${run}    No Such Module    handler: *"no_handlers.py" in ${two}.
    Test Should Have Failed With    ${run}    No Such File    handler: *"no_handlers.py" in ${two}.
    Test Should Have Failed With    ${run}    No Such Function    handler: *"whoo". It has who, raises.
    Test Should Have Failed With    ${run}    No Function    handler: *'suite_handlers.py:my_function'.
    Test Should Have Failed With    ${run}    Not Callable    handler: *not callable*
    Test Should Have Failed With    ${run}    Broken File
    ...    handler: *ValueError: broken on purpose (broken_handlers.py, line 3).
    Test Should Have Failed With    ${run}    Matcher In A Broken File
    ...    matcher: *ValueError: broken on purpose (broken_handlers.py, line 3).
    Test Should Have Failed With    ${run}    Wrong Status    status: *not 700.
    Test Should Have Failed With    ${run}    Wrong Header    headers: *"X Y"*
    Test Should Have Failed With    ${run}    Handler That Raises
    ...    *handler suite_handlers.raises raised ValueError: boo (suite_handlers.py, line 14)*


*** Keywords ***
Handle With
    [Arguments]    ${handler}    ${path}=ANY
    Expect Request    ${path}
    Respond With Handler    ${handler}

Raising Is A Problem
    [Arguments]    ${handler}    ${exception}
    Handle With    ${handler}
    ${answer} =    Status Of    500    GET    /
    Should Contain    ${answer.text}    ${exception}
    ${request} =    Get Received Request
    Should Be Equal    ${request.problem.kind}    HANDLER ERROR
    Should Be Equal    ${{ type($request.problem.exception).__name__ }}    ${exception}
    Problems Should Be    HANDLER ERROR
    Reset Http Server

Returning Is A Problem
    [Arguments]    ${handler}    ${text}
    Handle With    ${handler}
    ${answer} =    Status Of    500    GET    /
    Should Contain    ${answer.text}    ${handler}
    Should Contain    ${answer.text}    ${text}
    Problems Should Be    HANDLER ERROR
    Reset Http Server
