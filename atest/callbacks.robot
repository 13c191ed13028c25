*** Settings ***
Documentation    `Send Request After Response`: requests that a server sends after its responses.

Library          OperatingSystem
Library          resources/Browser.py
Library          resources/ChildRun.py
Resource         resources/client.resource

Suite Setup      Start Servers
Test Setup       Answer The Hook
Test Teardown    Reset Both Servers

Test Tags        responses


*** Variables ***
${SHOP}    set in Suite Setup


*** Test Cases ***
The Shop Is Called Back
    Expect Oneshot Request    /orders    method=POST
    Respond With Json    {"id": 7}    status=202
    Send Request After Response    POST    ${SHOP}/hook    json={"id": 7, "state": "paid"}
    ${answer} =    Status Of    202    POST    /orders
    Should Be Equal    ${answer.json}    ${{ {'id': 7} }}
    Wait Until Expectations Are Met
    Request Should Have Been Received    /hook    method=POST    json={"id": 7, "state": "paid"}    server=shop
    Check Assertions

Callbacks Are Recorded
    Expect Request    /orders
    Respond With Data
    Send Request After Response    put    ${SHOP}/hook?a=b    data=žluť    headers=X-A: 1    delay=20 ms
    ${request} =    Request To Orders
    Wait Until Expectations Are Met
    Length Should Be    ${request.callbacks}    1
    VAR    ${callback}    ${request.callbacks[0]}
    Should Be Equal    ${callback.method} ${callback.url}    PUT ${SHOP}/hook?a=b
    Should Be Equal    ${callback.text}    žluť
    Should Be Equal    ${callback.data}    ${{ 'žluť'.encode() }}
    Should Be Equal    ${callback.json}    ${NONE}
    Should Be Equal    ${callback.headers}[x-a]    1
    Should Be Equal    ${callback.headers}[Content-Type]    text/plain; charset=utf-8
    Should Be Equal As Strings    ${callback}    PUT ${SHOP}/hook?a=b
    Should Be Equal    ${callback.response.status}    ${200}
    Should Be Equal    ${callback.response.json}    ${{ {'ok': True} }}
    Should Be Equal    ${callback.response.headers}[Content-Type]    application/json

A Callback Has No Response Before It Came
    Expect Request    /held    server=shop
    Respond Later
    Expect Request    /orders
    Respond With Data
    Send Request After Response    GET    ${SHOP}/held
    ${request} =    Request To Orders
    ${held} =    Wait Until Request Is Received    /held    server=shop
    Should Be Equal    ${request.callbacks[0].response}    ${NONE}
    Respond With Data    now    to=${held}
    Wait Until Expectations Are Met
    Should Be Equal    ${request.callbacks[0].response.text}    now

A Request Without Callbacks Has None
    Expect Request    /orders
    Respond With Data
    ${request} =    Request To Orders
    Should Be Empty    ${request.callbacks}

Without A Body
    Expect Request    /orders
    Respond With Data
    Send Request After Response    GET    ${SHOP}/hook
    Send Request After Response    POST    ${SHOP}/hook
    ${request} =    Request To Orders
    Wait Until Expectations Are Met
    ${get} =    Get Received Request    /hook    method=GET    server=shop
    Should Not Contain    ${get.headers}    Content-Length
    ${post} =    Get Received Request    /hook    method=POST    server=shop
    Should Be Equal    ${post.headers}[Content-Length]    0
    Should Be Equal    ${request.callbacks[0].text}    ${EMPTY}

Null Is Json
    Expect Request    /orders
    Respond With Data
    Send Request After Response    POST    ${SHOP}/hook    json=${NONE}
    Status Of    200    POST    /orders
    Wait Until Expectations Are Met
    Request Should Have Been Received    /hook    json=null    server=shop

Several Callbacks Of Several Requests
    ${orders} =    Expect Request    /orders
    Respond With Data
    Send Request After Response    POST    ${SHOP}/hook    data=late    delay=50 ms
    Expect Request    /other
    Respond With Data
    Send Request After Response    POST    ${SHOP}/hook    data=soon    to=${orders}
    ${first} =    Request To Orders
    ${second} =    Request To Orders
    Wait Until Expectations Are Met
    FOR    ${request}    IN    ${first}    ${second}
        Should Be Equal    ${{ [callback.text for callback in $request.callbacks] }}    ${{ ['late', 'soon'] }}
    END
    Request Should Have Been Received    /hook    times=4    server=shop
    @{received} =    Get Received Requests    /hook    server=shop
    Should Be Equal    ${{ [request.text for request in $received] }}[-1]    late

It Goes On After The Expectation Is Used Up
    Expect Oneshot Request    /orders
    Respond With Data
    Send Request After Response    POST    ${SHOP}/hook    delay=50 ms
    ${request} =    Request To Orders
    Should Be Equal    ${request.callbacks[0].response}    ${NONE}
    Wait Until Expectations Are Met
    Should Be Equal    ${request.callbacks[0].response.status}    ${200}

A Used Up Expectation Gets None
    ${order} =    Expect Oneshot Request    /orders
    Respond With Data
    Status Of    200    GET    /orders
    Fails With    The expectation is used up, so it cannot get a callback: oneshot /orders.
    ...    Send Request After Response    POST    ${SHOP}/hook    to=${order}

The Response Comes First
    Expect Request    /orders
    Respond With Data    delay=50 ms
    Send Request After Response    POST    ${SHOP}/hook
    ${url} =    Get Http Server Url
    Send Later    ${url}    GET    /orders    after=0
    ${hook} =    Wait Until Request Is Received    /hook    server=shop
    ${order} =    Get Received Request    /orders
    Should Be True    $hook.time.timestamp() >= $order.time.timestamp() + $order.duration - 0.001
    Join Background
    Wait Until Expectations Are Met

After A Held Request
    Expect Request    /approvals
    Respond Later
    Send Request After Response    POST    ${SHOP}/hook
    ${url} =    Get Http Server Url
    Send Later    ${url}    POST    /approvals    after=0
    ${request} =    Wait Until Request Is Received    /approvals
    Should Be Empty    ${request.callbacks}
    Request Should Not Be Received    /hook    server=shop
    Respond With Data    yes    to=${request}
    Wait Until Request Is Received    /hook    server=shop
    Join Background
    Wait Until Expectations Are Met
    Length Should Be    ${request.callbacks}    1

While A Stream Is Open
    Expect Request    /events
    Respond With Events
    Send Request After Response    POST    ${SHOP}/hook
    ${url} =    Get Http Server Url
    Send Later    ${url}    GET    /events    after=0
    Wait Until Request Is Received    /hook    server=shop
    Wait Until Expectations Are Met
    Send Event    hello
    End Stream
    Join Background

After A Fault
    Expect Request    /orders
    Respond With Fault    RESET
    Send Request After Response    POST    ${SHOP}/hook
    ${url} =    Get Http Server Url
    Send Later    ${url}    GET    /orders    after=0
    Wait Until Request Is Received    /hook    server=shop
    Join Background
    Wait Until Expectations Are Met

While A Response Hangs
    Expect Request    /orders
    Respond With Fault    HANG
    Send Request After Response    POST    ${SHOP}/hook
    ${url} =    Get Http Server Url
    Send Later    ${url}    GET    /orders    after=0
    Wait Until Request Is Received    /hook    server=shop
    Wait Until Expectations Are Met

After Raw Bytes And A Handler
    Expect Request    /raw
    Respond With Raw    HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n
    Send Request After Response    POST    ${SHOP}/hook    data=raw
    Expect Request    /handler
    Respond With Handler    ${{ lambda request: 'ok' }}
    Send Request After Response    POST    ${SHOP}/hook    data=handler
    Status Of    200    GET    /raw
    Wait Until Request Is Received    /hook    text=raw    server=shop
    Answer Of    ok    GET    /handler
    Wait Until Request Is Received    /hook    text=handler    server=shop
    Wait Until Expectations Are Met

Not Without A Response Of Its Own
    Expect Request    /orders
    Send Request After Response    POST    ${SHOP}/hook
    Status Of    500    GET    /orders
    Wait Until No Callback Is Left
    Request Should Not Be Received    /hook    server=shop
    Problems Should Be    NO RESPONSE

Filled In From The Request
    Expect Request    /orders/{id}    method=PUT
    Respond With Data
    Send Request After Response    POST    ${SHOP}/{{ request.json.hook }}?id={{ request.path_params.id }}
    ...    json={"id": "{{ request.path_params.id | int }}", "number": "{{ number }}", "at": "{{ now() }}"}
    ...    headers=X-Order: {{ request.path_params.id }}
    ...    template=True
    Send Request After Response    POST    ${SHOP}/hook    data={{ request.text }}    template=True
    Status Of    200    PUT    /orders/7    body={"hook": "hook"}
    Wait Until Expectations Are Met
    ${json} =    Get Received Request    /hook    query={"id": 7}    headers=X-Order: 7    server=shop
    Should Be Equal    ${json.json}[id]    ${7}
    Should Be Equal    ${json.json}[number]    ${1}
    Request Should Have Been Received    /hook    text={"hook": "hook"}    server=shop

Without Template Nothing Is Filled In
    Expect Request    /orders
    Respond With Data    template=True
    Send Request After Response    POST    ${SHOP}/hook    data={{ number }}
    Status Of    200    GET    /orders
    Wait Until Expectations Are Met
    Request Should Have Been Received    /hook    text={{ number }}    server=shop

A Template That Fails
    Expect Request    /orders
    Respond With Data
    Send Request After Response    POST    ${SHOP}/hook    json={"id": "{{ request.json.id }}"}    template=True
    Status Of    200    POST    /orders    body={}
    ${problem} =    The Problem
    Should Be Equal    ${problem.kind}    TEMPLATE ERROR
    VAR    ${message}    TEMPLATE ERROR: POST /orders: callback: json $.id: template {{ request.json.id }}:
    Should Be Equal    ${problem.message}    ${message} a dictionary has no "id"
    Should Be Equal    ${problem.request.path}    /orders
    Should Be Empty    ${problem.request.callbacks}

Connection Refused
    ${socket} =    Evaluate    [s for s in [socket.socket()] if not s.bind(('127.0.0.1', 0))][0]    modules=socket
    VAR    ${url}    http://127.0.0.1:${{ $socket.getsockname()[1] }}/hook
    Call Back To    ${url}
    The Problem Is    CALLBACK FAILED: POST /orders: callback POST ${url}: connection refused
    Evaluate    $socket.close()

No Answer In Time
    Expect Request    /silent    server=shop
    Respond With Fault    HANG
    Call Back To    ${SHOP}/silent    timeout=100 ms
    The Problem Is    CALLBACK FAILED: POST /orders: callback POST ${SHOP}/silent: no answer within 0.1 seconds

A Status That Says No
    [Template]    Answered With
    500    500 Internal Server Error
    400    400 Bad Request
    404 Not Here    404 Not Here

A Redirect Is No Problem And Is Not Followed
    Expect Request    /moved    server=shop
    Respond With Redirect    /hook
    Call Back To    ${SHOP}/moved
    Request Should Not Be Received    /hook    server=shop
    Check Assertions

A Failure Ends A Wait
    Expect Oneshot Request    /never
    Expect Request    /orders
    Respond With Data
    Send Request After Response    POST    ${SHOP}/nowhere
    Set Unexpected Response    status=418    server=shop
    Status Of    200    POST    /orders
    Run Keyword And Expect Error
    ...    STARTS:1 problem on server 'http-1' at
    ...    Wait Until Expectations Are Met    timeout=1 minute
    Run Keyword And Expect Error    *    Check Assertions
    Run Keyword And Expect Error    *    Check Assertions    server=shop

A Wait That Misses A Callback
    Expect Request    /orders
    Respond With Data
    Send Request After Response    POST    ${SHOP}/hook    delay=1 minute
    Status Of    200    POST    /orders
    VAR    ${title}    1 callback was not over within 0.05 seconds on server 'http-1' at <url>
    Fails With    ${title}, although the responses were sent:\n${SPACE*2}permanent /orders (used 1)
    ...    Wait Until Expectations Are Met    timeout=50 ms

Wrong Arguments Fail The Keyword
    [Template]    Is Refused
    method: a method such as POST is needed, not 'PO ST'.    PO ST    http://localhost/
    method: CONNECT asks a proxy for a tunnel, which a callback does not use.    CONNECT    http://localhost/
    url: an http or https URL such as http://localhost/ is needed, not "/hook".    POST    /hook
    url: an http or https URL such as http://localhost/ is needed, not "ftp://a/".    POST    ftp://a/
    url: a port from 1 to 65535 is needed, not 0.    POST    http://localhost:0/
    data: cannot be given together with json, as a request has one body.    POST    http://a/    json=1    data=1
    headers: Content-Length cannot be set; the server frames the body.    POST    http://a/    headers=Content-Length: 1
    headers: a header is written 'Name: value', but there is no colon in "X".    POST    http://a/    headers=X
    delay: must be 0 seconds or more, not -1 seconds.    POST    http://a/    delay=-1
    timeout: a number of seconds above 0 is needed, not 0.    POST    http://a/    timeout=0
    timeout: a number of seconds above 0 is needed, not -1.    POST    http://a/    timeout=-1
    url: the template has an error in line 1: unexpected end of template, expected 'end of print statement'.
    ...    POST    http://a/{{ x    template=True
    data: a template is text, not bytes.    POST    http://a/    data=${{ b'x' }}    template=True

There Must Be An Expectation
    ${run} =    Run Suite    callback_of_nothing.robot
    Test Should Have Passed    ${run}

To Https
    ${url} =    Start Http Server    alias=secure    tls=True
    Expect Request    /hook
    Respond With Data    safe
    Switch Http Server    http-1
    ${request} =    Call Back To    ${url}/hook
    Should Be Equal    ${request.callbacks[0].response.text}    safe
    Check Assertions

To A Bad Certificate
    ${url} =    Start Http Server    alias=expired    certificate=EXPIRED
    Switch Http Server    http-1
    Call Back To    ${url}/hook
    VAR    ${reason}    the certificate is not trusted: certificate has expired
    The Problem Is    CALLBACK FAILED: POST /orders: callback POST ${url}/hook: ${reason}

To Itself
    ${url} =    Get Http Server Url
    Expect Request    /again
    Respond With Data    again
    ${request} =    Call Back To    ${url}again
    Should Be Equal    ${request.callbacks[0].response.text}    again

Reset Ends Callbacks
    Expect Request    /orders
    Respond With Data
    Send Request After Response    POST    ${SHOP}/hook    delay=1 minute
    ${request} =    Request To Orders
    Reset Http Server
    Should Be Equal    ${request.callbacks[0].response}    ${NONE}
    Check Assertions
    Request Should Not Be Received    /hook    server=shop

Stopping Ends Callbacks
    Start Http Server    alias=short
    Expect Request    /orders
    Respond With Data
    Send Request After Response    POST    ${SHOP}/hook    delay=1 minute
    ${held} =    Expect Request    /held    server=shop
    Respond Later
    Expect Request    /other
    Respond With Data
    Send Request After Response    POST    ${SHOP}/held    timeout=1 minute
    Status Of    200    POST    /orders
    Status Of    200    POST    /other
    Wait Until Request Is Received    /held    server=shop
    Stop Http Server
    Check Assertions    server=short
    Wait Until Expectations Are Met    server=short
    # Its client has left.
    Respond With Data    to=${held}

The End Of A Test Ends Its Callbacks
    ${run} =    Run Suite    callbacks.robot
    Test Should Have Passed    ${run}    Delayed    Next    Failing    Nothing Is Left
    ${log} =    Log Of Test    ${run}    Delayed
    Should Match Regexp    ${log}
    ...    INFO http-1: callback POST http://localhost:\\d+/hook: cancelled, because test 'Delayed' ended
    VAR    ${problem}    CALLBACK FAILED: GET /orders: callback POST *: answered 500 Internal Server Error
    Test Should Have Failed With    ${run}    Unchecked    1 problem on server 'http-1' at *:\n${problem}
    ${log} =    Log Of Test    ${run}    Next    WARN
    Should Be Empty    ${log}
    Should Be Equal As Integers    ${run.rc}    1

The Log Says What Was Sent
    ${run} =    Run Suite    callbacks.robot    --test    Unchecked    --test    Sent
    ${log} =    Log Of Test    ${run}    Sent
    Should Match Regexp    ${log}
    ...    INFO http-1: callback POST http://localhost:\\d+/hook answered 200 OK \\(\\d+\\.\\d ms\\)
    ${log} =    Log Of Test    ${run}    Unchecked
    Should Match Regexp    ${log}
    ...    WARN http-1: CALLBACK FAILED: GET /orders: callback POST http://localhost:\\d+/busy: answered 500

Auto Check Decides About A Failed Callback
    ${run} =    Run Suite    callbacks.robot    --test    Unchecked    --variable    AUTO_CHECK:OFF
    Test Should Have Passed    ${run}
    ${log} =    Log Of Test    ${run}    Unchecked
    Should Contain    ${log}    INFO http-1: CALLBACK FAILED
    ${run} =    Run Suite    callbacks.robot    --test    Unchecked    --variable    AUTO_CHECK:WARN
    Test Should Have Passed    ${run}
    Should Contain    ${run.errors}    CALLBACK FAILED

The Table Has Callbacks
    [Tags]    browser
    ${run} =    Run Suite    callbacks.robot    --test    Unchecked    --log    log.html
    ${page} =    Look At The Table    ${run.output_dir / 'log.html'}    light
    ${page} =    Evaluate    json.loads($page)
    VAR    ${row}    ${page}[rows][0]
    Should Be Equal    ${row}[summary][5]    CALLBACK FAILED
    Should Match Regexp    ${row}[notes][1]    ^Callback: POST http://localhost:\\d+/hook, answered 200 OK$
    Should Match Regexp    ${row}[notes][2]
    ...    ^Callback: POST http://localhost:\\d+/busy, answered 500 Internal Server Error$
    Should Match Regexp
    ...    ${row}[notes][3]
    ...    ^Callback: GET http://localhost:\\d+/late: cancelled, because test 'Unchecked' ended$
    Length Should Be    ${row}[notes]    4

The Archive Has Callbacks
    Call Back To    ${SHOP}/hook?a\=1    json={"id": 7}
    ${file} =    Save Received Requests    ${OUTPUT DIR}/callbacks.har
    ${har} =    Evaluate    json.load(open($file, encoding='utf-8'))
    VAR    ${entry}    ${har}[log][entries][0][_callbacks][0]
    Should Be Equal    ${entry}[request][method] ${entry}[request][url]    POST ${SHOP}/hook?a=1
    Should Be Equal    ${entry}[request][postData][text]    {"id": 7}
    Should Be Equal    ${entry}[response][status]    ${200}
    Should Be Equal    ${entry}[response][content][text]    {"ok": true}

Credentials Are Masked
    ${request} =    Call Back To    ${SHOP}/hook    headers=Authorization: Bearer hush-hush
    VAR    ${headers}    ${request.callbacks[0].headers}
    Should Be Equal    ${headers}[Authorization]    Bearer hush-hush
    Should Contain    ${{ repr($headers) }}    'Authorization': '***'
    ${file} =    Save Received Requests    ${OUTPUT DIR}/masked.har
    ${har} =    Get File    ${file}
    Should Not Contain    ${har}    hush-hush

Secrets Are Sent And Shown Nowhere
    ${version} =    Evaluate    tuple(int(n) for n in robot.version.VERSION.split('.')[:2])    modules=robot.version
    Skip If    ${version} < (7, 4)    Robot Framework has no secrets before 7.4.
    ${run} =    Run Suite    secret_callback.robot    --loglevel    DEBUG    --variable    TOKEN: Secret:hush-hush
    ...    --variable    URL: Secret:http://127.0.0.1:1/hush-hush    --log    log.html
    Test Should Have Failed With    ${run}    Secret    on purpose*
    FOR    ${file}    IN    output.xml    log.html    requests.har
        ${text} =    Get File    ${run.output_dir}/${file}
        Should Not Contain    ${text}    hush-hush    ${file} shows a secret.    values=False
    END
    Should Not Contain    ${run.stdout}${run.stderr}    hush-hush


*** Keywords ***
Start Servers
    ${url} =    Start Http Server    alias=shop
    VAR    ${SHOP}    ${url}    scope=SUITE
    Start Http Server    alias=http-1

Answer The Hook
    Expect Request    /hook    server=shop
    Respond With Json    {"ok": true}

Reset Both Servers
    Switch Http Server    http-1
    Reset Http Server
    Reset Http Server    server=shop

Request To Orders
    [Documentation]    Sends a request and returns it as the server received it.
    Status Of    200    POST    /orders
    ${request} =    Get Received Request    /orders
    RETURN    ${request}

Call Back To
    [Documentation]    A callback to this URL, once it is over. Returns the request that it followed.
    [Arguments]    ${url}    &{named}
    Expect Oneshot Request    /orders
    Respond With Data
    Send Request After Response    POST    ${url}    &{named}
    ${request} =    Request To Orders
    Wait Until No Callback Is Left
    RETURN    ${request}

Wait Until No Callback Is Left
    [Documentation]    The wait ends with a problem if there is one.
    Run Keyword And Ignore Error    Wait Until Expectations Are Met

The Problem
    Wait Until No Callback Is Left
    ${problems} =    Get Problems
    Length Should Be    ${problems}    1
    Run Keyword And Expect Error    *    Check Assertions
    RETURN    ${problems[0]}

The Problem Is
    [Arguments]    ${message}
    ${problem} =    The Problem
    Should Be Equal    ${problem.message}    ${message}
    Should Be Equal    ${problem.kind}    CALLBACK FAILED

Answered With
    [Arguments]    ${status}    ${text}
    Expect Oneshot Request    /no    server=shop
    Respond With Data    sorry    status=${status}
    ${request} =    Call Back To    ${SHOP}/no
    Should Be Equal    ${request.callbacks[0].response.text}    sorry
    The Problem Is    CALLBACK FAILED: POST /orders: callback POST ${SHOP}/no: answered ${text}

Is Refused
    [Documentation]    The expectation gets no callback.
    [Arguments]    ${message}    @{arguments}    &{named}
    Expect Oneshot Request    /orders
    Respond With Data
    Fails With    ${message}    Send Request After Response    @{arguments}    &{named}
    ${request} =    Request To Orders
    Should Be Empty    ${request.callbacks}
