*** Settings ***
Documentation     `template=True`: responses that are filled in for each request.

Library           OperatingSystem
Library           resources/ChildRun.py
Resource          resources/client.resource

Suite Setup       Start Server
Suite Teardown    Remove Directory    ${FILES}    recursive=True
Test Teardown     Reset Http Server

Test Tags         responses


*** Variables ***
${FILES}        set in Suite Setup
${JSON TYPE}    Content-Type: application/json
${FORM TYPE}    Content-Type: application/x-www-form-urlencoded


*** Test Cases ***
Body Is Echoed
    Expect Request    /echo    method=POST
    Respond With Json
    ...    {"got": "{{ request.json }}", "type": "{{ request.headers['Content-Type'] }}"}
    ...    template=True
    ${answer} =    Status Of    200    POST    /echo    ${JSON TYPE}    {"a": [1, 2.5, null, true, "ž"]}
    Should Be Equal    ${answer.json}
    ...    ${{ {'got': {'a': [1, 2.5, None, True, 'ž']}, 'type': 'application/json'} }}

Values Of A Request
    [Template]    Is Rendered As
    {{ request.method }} {{ request.path }}    POST /orders/7
    {{ request.path_params.id }}    7
    {{ request.query.page }} {{ request.query_string }}    2 page=2&tag=a&tag=b
    {{ request.query.tag | join('+') }}    a+b
    {{ request.headers["x-id"] }}    abc
    {{ request.cookies.session }}    s1
    {{ request.auth.username }}    ann
    {{ request.form.item }} {{ request.form['quantity'] | int + 1 }}    book 3
    {{ request.text }}    item=book&quantity=2
    {{ request.body_size }}    20
    {{ request.json is none }}    True
    {{ request.url.startswith('http://localhost:') }}    True

Type Of A Whole Expression Is Kept
    VAR    ${body}
    ...    {"id": "{{ request.path_params.id | int }}", "text": "{{ request.path_params.id }}",
    ...    "mixed": "n {{ number }}", "items": "{{ request.json.items }}", "none": "{{ none }}",
    ...    "{{ request.json.name }}": "{{ 1 == 1 }}"}
    Expect Request    /orders/{id}
    Respond With Json    ${body}    template=True
    ${answer} =    Status Of    200    PUT    /orders/7    ${JSON TYPE}    {"items": ["a", {"b": 1}], "name": "key"}
    VAR    ${expected}
    ...    ${{ {'id': 7, 'text': '7', 'mixed': 'n 1', 'items': ['a', {'b': 1}], 'none': None, 'key': True} }}
    Should Be Equal    ${answer.json}    ${expected}

Json That Is One Expression
    Expect Request    /echo
    Respond With Json    {{ request.json }}    template=True
    ${answer} =    Status Of    200    POST    /echo    ${JSON TYPE}    [1, {"a": null}]
    Should Be Equal    ${answer.json}    ${{ [1, {'a': None}] }}

Dictionary As Template
    VAR    &{body}    id={{ number }}    fixed=${1}    list=${{ ['{{ request.query.q }}', 2] }}
    Expect Request    /search
    Respond With Json    ${body}    template=True
    ${answer} =    Status Of    200    GET    /search?q=%C5%BE
    Should Be Equal    ${answer.json}    ${{ {'id': 1, 'fixed': 1, 'list': ['ž', 2]} }}

Without Template Nothing Is Filled In
    Expect Request    /
    Respond With Data    {{ number }}    headers=X-A: {{ number }}
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.text}    {{ number }}
    Should Be Equal    ${answer.header('X-A')}    {{ number }}

What A Client Sends Is No Template
    Expect Request    /echo
    Respond With Data    {{ request.text }}    headers=X-Q: {{ request.query.q }}    template=True
    ${answer} =    Answer Of    {{ number }}{% for %}    POST    /echo?q=%7B%7B7*7%7D%7D    body={{ number }}{% for %}
    Should Be Equal    ${answer.header('X-Q')}    {{7*7}}

Pages From The Query
    VAR    ${body}
    ...    {"page": "{{ request.query.page | default(1) | int }}",
    ...    "next": "{{ '/items?page=%d' % (request.query.page | default(1) | int + 1) }}"}
    Expect Request    /items
    Respond With Json    ${body}    template=True
    ${answer} =    Status Of    200    GET    /items
    Should Be Equal    ${answer.json}    ${{ {'page': 1, 'next': '/items?page=2'} }}
    ${answer} =    Status Of    200    GET    ${answer.json}[next]
    Should Be Equal    ${answer.json}    ${{ {'page': 2, 'next': '/items?page=3'} }}

Token That Expires
    VAR    ${body}
    ...    {"access_token": "{{ uuid() }}", "token_type": "Bearer", "expires_in": 3600, "issued_at": "{{ now() }}",
    ...    "scope": "{{ request.form.scope }}", "client": "{{ request.auth.username }}"}
    Expect Request    /token    method=POST    form=grant_type=client_credentials
    Respond With Json    ${body}    headers=Cache-Control: no-store    template=True
    VAR    ${headers}    ${FORM TYPE}\nAuthorization: Basic YW5uOnNlY3JldA==
    ${first} =    Status Of    200    POST    /token    ${headers}    grant_type=client_credentials&scope=a+b
    ${second} =    Status Of    200    POST    /token    ${headers}    grant_type=client_credentials&scope=a+b
    Should Be Equal    ${first.json}[scope] ${first.json}[client]    a b ann
    Should Be Equal    ${first.json}[expires_in]    ${3600}
    Should Match Regexp    ${first.json}[issued_at]    ^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z$
    Should Match Regexp    ${first.json}[access_token]    ^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$
    Should Not Be Equal    ${first.json}[access_token]    ${second.json}[access_token]

Each Order Gets A Number
    Expect Request    /orders    method=POST
    Respond With Json    {"id": "{{ 100 + number }}"}    status=201    headers=Location: /orders/{{ 100 + number }}
    ...    template=True
    FOR    ${id}    IN    ${101}    ${102}    ${103}
        ${answer} =    Status Of    201    POST    /orders
        Should Be Equal    ${answer.json}    ${{ {'id': $id} }}
        Should Be Equal    ${answer.header('Location')}    /orders/${id}
    END

Random Numbers Are In The Range
    Expect Request    /
    Respond With Json    {{ random_int(3, 4) }}    template=True
    FOR    ${_}    IN RANGE    10
        ${answer} =    Status Of    200    GET    /
        Should Be True    $answer.json in (3, 4)
    END

States Are Known
    Expect Request    /orders/7    method=GET
    Respond With Json    {"state": "{{ state.order | default('new') }}"}    template=True
    Expect Request    /orders/7/pay    method=POST
    Respond With Data    paid    set_state=order=paid
    ${answer} =    Status Of    200    GET    /orders/7
    Should Be Equal    ${answer.json}    ${{ {'state': 'new'} }}
    Status Of    200    POST    /orders/7/pay
    ${answer} =    Status Of    200    GET    /orders/7
    Should Be Equal    ${answer.json}    ${{ {'state': 'paid'} }}

Location Of A Redirect
    Expect Request    /old/{name}
    Respond With Redirect
    ...    /new/{{ request.path_params.name | upper }}?from={{ request.path }}
    ...    status=301
    ...    template=True
    ${answer} =    Status Of    301    GET    /old/%C5%BEab
    Should Be Equal    ${answer.header('Location')}    /new/%C5%BDAB?from=/old/%C5%BEab

A File As Template
    Create File    ${FILES}/order.json    {"id": "{{ number }}", "item": "{{ request.query.item }}"}
    Create File
    ...    ${FILES}/letter.txt
    ...    Dear {{ request.query.name }},\n{% for i in range(2) %}line {{ i }}\n{% endfor %}
    Expect Request    /order
    Respond With File    ${FILES}/order.json    template=True
    ${answer} =    Status Of    200    GET    /order?item=book
    Should Be Equal    ${answer.header('Content-Type')}    application/json
    Should Be Equal    ${answer.json}    ${{ {'id': '1', 'item': 'book'} }}
    Expect Request    /letter
    Respond With File    ${FILES}/letter.txt    template=True    headers=X-Name: {{ request.query.name }}
    ${answer} =    Status Of    200    GET    /letter?name=Ann
    Should Be Equal    ${answer.text}    Dear Ann,\nline 0\nline 1\n
    Should Be Equal    ${answer.header('X-Name')}    Ann
    Should Be Equal    ${answer.header('ETag')}    ${NONE}

Compressed
    Expect Request    /
    Respond With Data    {{ 'a' * 1000 }}{{ number }}    content_encoding=gzip    template=True
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.header('Content-Encoding')}    gzip
    ${text} =    Evaluate    gzip.decompress($answer.data).decode()    modules=gzip
    Should Be Equal    ${text}    ${{ 'a' * 1000 + '1' }}
    ${request} =    Get Received Request
    Should Be Equal    ${request.response.text}    ${text}

Some Times Over A Duration
    Expect Request    /
    Respond With Data    first {{ number }}    times=2    template=True
    Respond With Data    then {{ number }}    duration=20 ms    template=True
    FOR    ${text}    IN    first 1    first 2    then 3
        Answer Of    ${text}    GET    /
    END

From A Held Request
    Expect Request    /approvals/{id}    method=POST
    Respond Later
    ${url} =    Get Http Server Url
    Send Later    ${url}    POST    /approvals/7    after=0
    ${request} =    Wait Until Request Is Received    /approvals/{id}
    Respond With Json
    ...    {"id": "{{ request.path_params.id }}", "number": "{{ number }}"}
    ...    template=True
    ...    to=${request}
    Join Background
    ${request} =    Get Received Request
    Should Be Equal    ${request.response.json}    ${{ {'id': '7', 'number': 1} }}

Errors Fail The Keyword
    [Template]    Is Refused
    Respond With Data    a\n{{ x
    ...    data: the template has an error in line 2: unexpected end of template, expected 'end of print statement'.
    Respond With Data    {{ 1 | nothing }}    data: the template has an error in line 1: there is no filter 'nothing'.
    Respond With Data    {% include "x" %}
    ...    data: the template has an error in line 1: 'include' is not available in templates.
    Respond With Json    {"a": ["{{ }"]}
    ...    body: $.a[0]: the template has an error in line 1: unexpected '}'.
    Respond With Redirect    /{{    location: the template has an error in line 1: unexpected 'end of template'.

Errors In Headers And Files Fail The Keyword
    Expect Request    /
    Fails With    header X-A: the template has an error in line 1: unexpected 'end of template'.
    ...    Respond With Data    headers=X-A: {{    template=True
    Create File    ${FILES}/wrong.txt    one\ntwo {{ x y }}
    Fails With
    ...    path: file wrong.txt: the template has an error in line 2: expected token 'end of print statement', got 'y'.
    ...    Respond With File    ${FILES}/wrong.txt    template=True
    Fails With    template: true or false is needed, not 'maybe'.    Respond With Data    x    template=maybe

Errors While Answering Are Problems
    [Template]    Is A Template Error
    {{ request.json.no }}    data: template {{ request.json.no }}: a dictionary has no "no"
    {{ nothing }}    data: template {{ nothing }}: there is no "nothing"
    {{ request.headers["X-No"] }}    data: template {{ request.headers["X-No"] }}: the request has no header "X-No"
    {{ state.paid }}    data: template {{ state.paid }}: the state "paid" is not set
    {{ request.path_params.id + 1 }}
    ...    data: template {{ request.path_params.id + 1 }}: TypeError: can only concatenate str (not "int") to str
    {% for i in range(1000000) %}x{% endfor %}
    ...    data: template {% for i in range(1000000) %}: it loops more than 100,000 times, the limit for templates
    {% for i in range(99999) %}{% for j in range(10) %}{% endfor %}{% endfor %}
    ...    data: template {% for j in range(10) %}: it loops more than 100,000 times, the limit for templates
    {{ 'x' * 100000000 }}
    ...    data: template {{ 'x' * 100000000 }}: it makes more than 16,777,216 characters, the limit for templates
    {{ request.__class__ }}
    ...    data: template {{ request.__class__ }}: a request has no "__class__" for templates

Body That Is No Json
    Expect Request    /orders
    Respond With Json    {"id": "{{ request.json.id }}"}    template=True
    ${answer} =    Status Of    500    POST    /orders    body=id=7
    VAR    ${message}    TEMPLATE ERROR: POST /orders: body $.id: template {{ request.json.id }}: None has no "id":
    VAR    ${message}    ${message} the body of the request is not JSON: Expecting value: line 1 column 1 (char 0)
    Should Be Equal    ${answer.text}    ${message}\n
    ${problems} =    Get Problems
    Should Be Equal    ${problems[0].message}    ${message}
    Run Keyword And Expect Error    1 problem on *    Check Assertions

Header That Cannot Be Sent
    Expect Request    /
    Respond With Data    headers=X-A: {{ request.query.a }}    template=True
    Status Of    200    GET    /?a=b
    ${answer} =    Status Of    500    GET    /?a=b%0D%0AX-B:1
    Should Start With
    ...    ${answer.text}
    ...    TEMPLATE ERROR: GET /?a=b%0D%0AX-B:1: the template made something that cannot
    Problems Should Be    TEMPLATE ERROR

A Problem Says It To The Client In Json
    Expect Request    /
    Respond With Data    {{ nothing }}    template=True
    ${answer} =    Status Of    500    GET    /    Accept: application/json
    Should Be Equal    ${answer.json}[problem]    TEMPLATE ERROR
    Problems Should Be    TEMPLATE ERROR

Nothing Changes When It Fails
    Expect Request    /
    Respond With Data    before
    Run Keyword And Expect Error    data: the template has an error*    Respond With Data    {{    template=True
    Answer Of    before    GET    /

Nobody Checked A Template Error
    ${run} =    Run Suite    templates.robot    --loglevel    DEBUG    --log    log.html
    Test Should Have Failed With    ${run}    Problem
    ...    1 problem on *:\nTEMPLATE ERROR: GET /a: data: template {{ request.json.id }}: None has no "id": the body*
    Test Should Have Passed    ${run}    Next
    ${log} =    Log Of Test    ${run}    Problem
    Should Contain
    ...    ${log}
    ...    WARN http-1: TEMPLATE ERROR: GET /a: data: template {{ request.json.id }}: None has no "id"
    Should Contain    ${log}    <span class="e no">TEMPLATE ERROR</span>
    ${log} =    Log Of Test    ${run}    Next    WARN
    Should Be Empty    ${log}

Without The Extra
    ${run} =    Run Suite    without_jinja.robot    --pythonpath    ${CURDIR}/_children/without_jinja
    Test Should Have Passed    ${run}


*** Keywords ***
Start Server
    Start Http Server
    ${directory} =    Evaluate    tempfile.mkdtemp()    modules=tempfile
    VAR    ${FILES}    ${directory}    scope=SUITE

Is Rendered As
    [Documentation]    What a text becomes for a request with everything.
    [Arguments]    ${template}    ${expected}
    Expect Oneshot Request    /orders/{id}
    Respond With Data    ${template}    template=True
    Answer Of    ${expected}    POST    /orders/7?page=2&tag=a&tag=b
    ...    ${FORM TYPE}\nX-Id: abc\nCookie: session=s1\nAuthorization: Basic YW5uOnNlY3JldA==    item=book&quantity=2

Is Refused
    [Arguments]    ${keyword}    ${template}    ${message}
    Expect Oneshot Request    /
    Fails With    ${message}    ${keyword}    ${template}    template=True

Is A Template Error
    [Documentation]    The client gets status 500, and both get the same text.
    [Arguments]    ${template}    ${reason}
    Expect Oneshot Request    /orders/{id}
    Respond With Data    ${template}    template=True
    ${answer} =    Status Of    500    POST    /orders/7    ${JSON TYPE}    {"id": 7}
    Should Be Equal    ${answer.text}    TEMPLATE ERROR: POST /orders/7: ${reason}\n
    ${problems} =    Get Problems
    Length Should Be    ${problems}    1
    Should Be Equal    ${problems[0].kind}    TEMPLATE ERROR
    Should Be Equal    ${problems[0].message}\n    ${answer.text}
    Run Keyword And Expect Error    *    Check Assertions
