*** Settings ***
Documentation    Received requests: what they tell, how they are selected, and how they are logged.

Library          Collections
Library          resources/ChildRun.py
Resource         resources/client.resource

Suite Setup      Start Server
Test Setup       Answer Everything
Test Teardown    Reset Http Server

Test Tags        received


*** Variables ***
${UPLOAD}    SEPARATOR=\r\n
...          --cut
...          Content-Disposition: form-data; name="title"
...          ${EMPTY}
...          holiday
...          --cut
...          Content-Disposition: form-data; name="photo"; filename="sea.txt"
...          Content-Type: text/plain
...          ${EMPTY}
...          žluť
...          --cut
...          Content-Disposition: form-data; name="notes"; filename="one.md"
...          ${EMPTY}
...          1
...          --cut
...          Content-Disposition: form-data; name="notes"; filename="two.md"
...          ${EMPTY}
...          22
...          --cut--
...          ${EMPTY}


*** Test Cases ***
Request Line
    Send    POST    /a%20b/%C5%BE?x=1
    ${request} =    Get Received Request
    Should Be Equal    ${request.method}    POST
    Should Be Equal    ${request.path}    /a b/ž
    Should Be Equal    ${request.query_string}    x=1
    Should Be Equal    ${request.url}    ${SERVER}/a%20b/%C5%BE?x=1

As Text
    Send    POST    /orders?page\=2
    ${request} =    Get Received Request
    Should Be Equal    ${{ str($request) }}    POST /orders

Query
    Send    GET    /?page\=2&tag\=a&tag\=b&empty\=&caf%C3%A9\=1+2
    ${request} =    Get Received Request
    Should Be Equal    ${request.query}    ${{ {'page': '2', 'tag': ['a', 'b'], 'empty': '', 'café': '1 2'} }}
    Should Be Equal    ${request.query}[tag][1]    b

No Query
    Send    GET    /
    ${request} =    Get Received Request
    Should Be Equal    ${request.query}    ${{ {} }}
    Should Be Equal    ${request.query_string}    ${EMPTY}

Headers
    Send    GET    /    X-Trace: 7\nX-Tag: a\nx-tag: b
    ${request} =    Get Received Request
    Should Be Equal    ${request.headers}[X-Trace]    7
    Should Be Equal    ${request.headers}[x-trace]    7
    Should Be Equal    ${request.headers}[X-TAG]    a, b
    Should Be Equal    ${request.headers['X-Trace']}    7
    Should Be Equal    ${request.headers.get('x-missing')}    ${NONE}
    Should Be Equal    ${{ 'X-TRACE' in $request.headers and 'X-Missing' not in $request.headers }}    ${TRUE}
    Dictionary Should Contain Key    ${request.headers}    X-Trace
    Run Keyword And Expect Error    *X-Missing*    Log    ${request.headers}[X-Missing]

Cookies
    Send    GET    /    Cookie: session=abc; theme=dark
    ${request} =    Get Received Request
    Should Be Equal    ${request.cookies}    ${{ {'session': 'abc', 'theme': 'dark'} }}

Json
    Send    POST    /    ${EMPTY}    {"name": "žluť", "items": [{"id": 1}], "none": null}
    ${request} =    Get Received Request
    Should Be Equal    ${request.json}[name]    žluť
    Should Be Equal    ${request.json}[items][0][id]    ${1}
    Should Be Equal    ${request.json}[none]    ${NONE}
    Should Be Equal    ${request.text}    {"name": "žluť", "items": [{"id": 1}], "none": null}
    Should Be Equal    ${request.data}    ${{ '{"name": "žluť", "items": [{"id": 1}], "none": null}'.encode() }}

Json Is A Value Of Its Own
    Send    POST    /    ${EMPTY}    {"name": "book"}
    ${request} =    Get Received Request
    Set To Dictionary    ${request.json}    name=changed
    Should Be Equal    ${request.json}    ${{ {'name': 'book'} }}
    Request Should Have Been Received    json={"name": "book"}

Body That Is Not Json
    Send    POST    /    ${EMPTY}    plain
    ${request} =    Get Received Request
    Should Be Equal    ${request.json}    ${NONE}
    Should Be Equal    ${request.text}    plain

No Body
    Send    GET    /
    ${request} =    Get Received Request
    Should Be Equal    ${request.text}    ${EMPTY}
    Should Be Equal    ${request.data}    ${{ b'' }}
    Should Be Equal    ${request.json}    ${NONE}
    Should Be Equal    ${request.form}    ${{ {} }}
    Should Be Equal    ${request.files}    ${{ {} }}
    Should Be Equal    ${request.cookies}    ${{ {} }}
    Should Be Equal    ${request.auth}    ${NONE}

Text In Its Charset
    Send    POST    /    Content-Type: text/plain; charset=latin-1    ${{ b'J\xfcrgen' }}
    ${request} =    Get Received Request
    Should Be Equal    ${request.text}    Jürgen
    Should Be Equal    ${request.data}    ${{ b'J\xfcrgen' }}

Form
    Send    POST    /    Content-Type: application/x-www-form-urlencoded    user=J%C3%BCrgen&tag=a&tag=b
    ${request} =    Get Received Request
    Should Be Equal    ${request.form}    ${{ {'user': 'Jürgen', 'tag': ['a', 'b']} }}
    Should Be Equal    ${request.text}    user=J%C3%BCrgen&tag=a&tag=b

Files
    Send    POST    /    Content-Type: multipart/form-data; boundary=cut    ${UPLOAD}
    ${request} =    Get Received Request
    Should Be Equal    ${request.form}    ${{ {'title': 'holiday'} }}
    Should Be Equal    ${request.files['photo'].filename}    sea.txt
    Should Be Equal    ${request.files['photo'].content_type}    text/plain
    Should Be Equal    ${request.files['photo'].text}    žluť
    Should Be Equal    ${request.files['photo'].data}    ${{ 'žluť'.encode() }}
    Should Be Equal    ${request.files['photo'].size}    ${6}
    Length Should Be    ${request.files}[notes]    2
    Should Be Equal    ${request.files['notes'][1].filename}    two.md
    Should Be Equal    ${request.files['notes'][1].size}    ${2}

Basic Credentials
    Send    GET    /    Authorization: Basic dXNlcjpwYTpzcw==
    ${request} =    Get Received Request
    Should Be Equal    ${request.auth.scheme}    basic
    Should Be Equal    ${request.auth.username}    user
    Should Be Equal    ${request.auth.password}    pa:ss
    Should Be Equal    ${request.auth.token}    ${NONE}

Token
    Send    GET    /    Authorization: Bearer AbC
    ${request} =    Get Received Request
    Should Be Equal    ${request.auth.scheme}    bearer
    Should Be Equal    ${request.auth.token}    AbC
    Should Be Equal    ${request.auth.username}    ${NONE}
    Should Be Equal    ${request.auth.password}    ${NONE}

Client And Time
    ${before} =    Evaluate    datetime.datetime.now(datetime.timezone.utc)
    Send    GET    /
    ${after} =    Evaluate    datetime.datetime.now(datetime.timezone.utc)
    ${request} =    Get Received Request
    Should Match Regexp    ${request.client}    ^(127\\.0\\.0\\.1|\\[::1\\]):\\d+$
    Should Be True    $before <= $request.time <= $after
    Should Be Equal    ${{ str($request.time.tzinfo) }}    UTC
    Should Be True    0 <= $request.duration <= ($after - $before).total_seconds()

Path Parameters Of The Description That Selects
    Reset Http Server
    Expect Request
    Respond With Data
    Send    GET    /orders/7/items/a%2Fb
    ${request} =    Get Received Request    /orders/{order}/items/{item}
    Should Be Equal    ${request.path_params}    ${{ {'order': '7', 'item': 'a/b'} }}
    ${request} =    Wait Until Request Is Received    /{kind}/7/items/{item}
    Should Be Equal    ${request.path_params}    ${{ {'kind': 'orders', 'item': 'a/b'} }}

Credentials And Cookies That Cannot Be Read
    [Documentation]    Bytes that are no text must not break what looks at them later.
    Reset Http Server
    ${answer} =    Send    GET    /    Authorization: Basic \xff\xfe\nCookie: \xe9=1; a=2
    Should Be Equal As Integers    ${answer.status}    500
    ${request} =    Get Received Request    cookies={"a": 2}
    Should Be Equal    ${request.auth}    ${NONE}
    Should Be Equal    ${request.problem.kind}    UNEXPECTED REQUEST
    Clear Problems

Response
    Reset Http Server
    Expect Request    /
    Respond With Json    {"id": 7}    status=201    headers={"X-Tag": ["a", "b"]}
    Send    GET    /
    ${request} =    Get Received Request
    Should Be Equal    ${request.response.status}    ${201}
    Should Be Equal    ${request.response.headers}[x-tag]    a, b
    Should Be Equal    ${request.response.headers}[Content-Type]    application/json
    Should Be Equal    ${request.response.text}    {"id": 7}
    Should Be Equal    ${request.response.data}    ${{ b'{"id": 7}' }}
    Should Be Equal    ${request.response.json}[id]    ${7}

Response That Is Not Json
    Send    GET    /
    ${request} =    Get Received Request
    Should Be Equal    ${request.response.json}    ${NONE}
    Should Be Equal    ${request.response.text}    ok

Kept After The Server Is Gone
    Start Http Server    alias=short
    Expect Request    /{name}
    Respond With Json    {"id": 7}
    Send    POST    /orders?a\=1    Cookie: c=d    {"item": "book"}
    ${request} =    Get Received Request
    Stop Http Server    server=short
    Should Be Equal    ${request.json}[item]    book
    Should Be Equal    ${request.query}[a]    1
    Should Be Equal    ${request.cookies}[c]    d
    Should Be Equal    ${request.path_params}[name]    orders
    Should Be Equal    ${request.response.json}[id]    ${7}
    ${again} =    Get Received Request    server=short
    Should Be Equal    ${again}    ${request}

Kept After They Are Cleared
    Send    POST    /    ${EMPTY}    {"item": "book"}
    ${request} =    Get Received Request
    Reset Http Server
    Should Be Equal    ${request.json}[item]    book
    Should Be Equal    ${request.response.text}    ok

Requests Oldest First
    Send    GET    /1
    Send    POST    /2
    Send    GET    /3
    ${requests} =    Get Received Requests
    Should Be Equal    ${{ [str(r) for r in $requests] }}    ${{ ['GET /1', 'POST /2', 'GET /3'] }}
    ${requests} =    Get Received Requests    method=GET
    Should Be Equal    ${{ [str(r) for r in $requests] }}    ${{ ['GET /1', 'GET /3'] }}
    ${requests} =    Get Received Requests    /2    method=GET
    Should Be Equal    ${requests}    ${{ [] }}

Request Is The Last One
    Send    GET    /?n\=1
    Send    GET    /?n\=2
    Send    POST    /
    ${request} =    Get Received Request    method=GET
    Should Be Equal    ${request.query}[n]    2
    ${request} =    Get Received Request
    Should Be Equal    ${request.method}    POST

Request That Is Not There
    Send    GET    /orders
    ${error} =    Run Keyword And Expect Error    *    Get Received Request    /orders    method=POST
    Should Contain    ${error}    POST /orders
    Should Contain    ${error}    method: expected POST, received GET

No Requests At All
    ${requests} =    Get Received Requests
    Should Be Equal    ${requests}    ${{ [] }}
    ${error} =    Run Keyword And Expect Error    *    Get Received Request
    Should Contain    ${error}    No requests were received

Clear Received Requests
    Send    GET    /
    Clear Received Requests
    ${requests} =    Get Received Requests
    Should Be Empty    ${requests}
    Request Should Not Be Received
    Send    GET    /after
    ${requests} =    Get Received Requests
    Length Should Be    ${requests}    1

Clearing Requests Keeps The Rest
    Reset Http Server
    ${expectation} =    Expect Oneshot Request    /a
    Respond With Data
    Send    GET    /a
    Send    GET    /unexpected
    Clear Received Requests
    Expectations Should Be Met
    Should Be Equal    ${expectation.used}    ${1}
    ${problems} =    Get Problems
    Should Be Equal    ${{ str($problems[0].request) }}    GET /unexpected
    Problems Should Be    UNEXPECTED REQUEST

Clear Those Of Another Server
    Send    GET    /here
    Start Http Server    alias=other
    Clear Received Requests    server=other
    Request Should Have Been Received    /here    server=http-1
    Stop Http Server    server=other

There Before The Client Has The Response
    [Documentation]    No waiting is needed after a client that waits itself.
    FOR    ${i}    IN RANGE    50
        Send    GET    /${i}
        ${request} =    Get Received Request    /${i}
        Should Be Equal    ${request.response.status}    ${200}
    END

Selecting By All Fields
    [Documentation]    The request description of the expectations selects, too.
    Send    POST    /shops/7?page\=2    X-Trace: 7\nCookie: c=d\nAuthorization: Bearer abc    {"id": 1, "b": 2}
    Send    GET    /other
    ${request} =    Get Received Request
    ...    /shops/{shop}
    ...    method=GET,POST
    ...    query={"page": 2}
    ...    query_subset={"page": "2"}
    ...    headers=X-Trace: 7
    ...    cookies=c\=d
    ...    bearer_token=abc
    ...    text=GLOB:*id*
    ...    json={"b": 2, "id": 1}
    ...    json_subset={"id": 1}
    ...    json_path={"$.b": 2}
    ...    json_schema={"type": "object"}
    ...    form=${{ {'a': None} }}
    ...    files=${{ {'a': None} }}
    ...    matcher=${{ lambda request: request.args['page'] == '2' }}
    Should Be Equal    ${request.path}    /shops/7
    ${requests} =    Get Received Requests    data={"id": 1, "b": 2}
    Length Should Be    ${requests}    1

Log Received Requests
    [Documentation]    What came over the wire is escaped, and secrets are masked.
    ${run} =    Run Suite    log_received.robot    --loglevel    INFO
    Test Should Have Passed    ${run}
    ${table} =    Log Of Keyword    ${run}    Some    Log Received Requests
    Should Start With    ${table}    INFO${SPACE}
    Should Contain    ${table}    <table
    VAR    @{texts}    POST    /orders?a=&#x27;i&#x27;    202    &lt;script&gt;body    &lt;b&gt;answer    any request
    FOR    ${text}    IN    @{texts}
        Should Contain    ${table}    ${text}
    END
    FOR    ${text}    IN    <script>    <i>    <b>    s3cr3t
        Should Not Contain    ${table}    ${text}
    END
    ${empty table} =    Log Of Keyword    ${run}    None    Log Received Requests
    Should Start With    ${empty table}    WARN${SPACE}
    Should Contain    ${empty table}    received no requests
    ${below} =    Log Of Keyword    ${run}    Below The Level    Log Received Requests
    Should Be Empty    ${below}


*** Keywords ***
Start Server
    ${url} =    Start Http Server
    VAR    ${SERVER}    ${url}    scope=SUITE

Answer Everything
    Expect Request
    Respond With Data    ok
