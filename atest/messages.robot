*** Settings ***
Documentation    What failures say, word for word. `<url>` and `<host>` stand for the URL and the host of the server.

Library          Collections
Library          resources/ChildRun.py
Library          resources/handlers.py
Resource         resources/client.resource

Suite Setup      Start Http Server    alias=shop
Test Teardown    Run Keywords    Clear Problems    AND    Reset Http Server

Test Tags        explanations


*** Test Cases ***
No Expectations
    ${answer} =    Send    POST    /orders?page\=2    X-Trace: 7    {"item": "pen"}
    VAR    ${expected}
    ...    UNEXPECTED REQUEST: POST /orders?page=2
    ...    There are no expectations on server 'shop' at <url>.
    ...    This line expects it:
    ...    \ \ Expect Request \ \ \ /orders \ \ \ method=POST \ \ \ query=page=2 \ \ \ json={"item": "pen"}
    ...    The request:
    ...    \ \ X-Trace: 7
    ...    separator=\n
    Text Should Be    ${answer.text}    ${expected}\n
    Fails With    1 problem on server 'shop' at <url>:\n${expected}    Check Assertions

Nearest Expectation
    Expect Request    /health    method=GET
    Expect Oneshot Request    /orders    method=POST    headers=X-Trace: 8    json={"item": "book", "count": 2}
    Respond With Data
    Send    POST    /orders    X-Trace: 7    {"item": "pen", "extra": true}
    VAR    ${line}
    ...    Expect Oneshot Request
    ...    /orders
    ...    method=POST
    ...    headers={"X-Trace": "7"}
    ...    json={"item": "pen", "extra": true}
    ...    separator=${SPACE * 4}
    VAR    ${expected}
    ...    1 problem on server 'shop' at <url>:
    ...    UNEXPECTED REQUEST: POST /orders
    ...    Nearest of 2 expectations on server 'shop' at <url>:
    ...    \ \ oneshot POST /orders headers={"X-Trace": "8"} json={"item": "book", "count": 2} (used 0 of 1)
    ...    \ \ \ \ header X-Trace: expected "8", received "7"
    ...    \ \ \ \ json $.item: expected "book", received "pen"
    ...    \ \ \ \ json $.count: expected 2, received nothing
    ...    \ \ \ \ json $.extra: expected nothing, received true
    ...    This line expects it:
    ...    \ \ ${line}
    ...    separator=\n
    Fails With    ${expected}    Check Assertions

Used Up
    Expect Oneshot Request    /a
    Respond With Data
    Status Of    200    GET    /a
    Status Of    500    GET    /a
    VAR    ${expected}
    ...    1 problem on server 'shop' at <url>:
    ...    UNEXPECTED REQUEST: GET /a
    ...    Nearest expectation on server 'shop' at <url>:
    ...    \ \ oneshot /a (used 1 of 1)
    ...    \ \ \ \ it matches, but request 1 used it up: GET /a at <time>
    ...    This line expects it any number of times:
    ...    \ \ Expect Request \ \ \ /a \ \ \ method=GET
    ...    separator=\n
    Fails With    ${expected}    Check Assertions

Explained In Json
    [Documentation]    For a client that prefers it.
    Expect Oneshot Request    /orders    method=POST    json={"count": 2}
    ${answer} =    Status Of    500    POST    /orders    Accept: application/json    {"count": "2"}
    Should Be Equal    ${answer.header('Content-Type')}    application/json
    ${url} =    Get Http Server Url    /
    VAR    ${told}    ${answer.json}
    Should Be Equal    ${told}[problem]    UNEXPECTED REQUEST
    Should Be Equal    ${told}[request]    POST /orders
    Should Be Equal    ${told}[server]    ${{ {'alias': 'shop', 'url': $url[:-1]} }}
    VAR    &{difference}    field=json $.count    expected=2 (number)    received="2" (text)    hint=only quotes differ
    Should Be Equal    ${told}[nearest][0][expectation]    oneshot POST /orders json={"count": 2} (used 0 of 1)
    Should Be Equal    ${told}[nearest][0][differences][0]    ${difference}
    Should Start With    ${told}[expect]    Expect Oneshot Request${SPACE * 4}/orders
    Run Keyword And Expect Error    1 problem on server 'shop' at *\nUNEXPECTED REQUEST: *    Check Assertions

Gone With The Scope Before
    [Documentation]    What a test expected is gone after it, and a late request is told so.
    ${run} =    Run Suite    late_request.robot
    Test Should Have Passed    ${run}    First
    Test Should Have Failed With    ${run}    Second    STARTS: 1 problem on server 'http-1' at
    Should Contain    ${run.tests['Second'].message}    \ \ \ \ it matches, but it ended with test 'First'\n

Expected By Another Server
    [Documentation]    Also told is which other server received what this one waits for.
    ${url} =    Start Http Server    alias=payment
    Expect Request    /pay    method=POST
    Respond With Data
    Switch Http Server    shop
    Status Of    500    POST    /pay
    VAR    ${expected}
    ...    1 problem on server 'shop' at <url>:
    ...    UNEXPECTED REQUEST: POST /pay
    ...    Server 'payment' at ${url} would take it: permanent POST /pay
    ...    There are no expectations on server 'shop' at <url>.
    ...    This line expects it:
    ...    \ \ Expect Request \ \ \ /pay \ \ \ method=POST
    ...    separator=\n
    Fails With    ${expected}    Check Assertions
    Clear Received Requests
    Send Exactly    ${url}    POST    /pay
    VAR    ${expected}
    ...    Received none on server 'shop' at <url>.
    ...    No requests were received.
    ...    Server 'payment' at ${url} received such a request: POST /pay (answered 200).
    ...    separator=\n
    Fails With
    ...    Expected 1 request within 0.1 seconds: /pay\n${expected}
    ...    Wait Until Request Is Received
    ...    /pay
    ...    timeout=0.1
    Fails With
    ...    Expected at least 1 request: /pay\n${expected}
    ...    Request Should Have Been Received
    ...    /pay
    Fails With
    ...    No received request matches: /pay\n${expected}
    ...    Get Received Request
    ...    /pay
    Stop Http Server    server=payment

Broken Order
    Expect Ordered Request    /a
    Respond With Data
    Expect Ordered Request    /b    method=POST
    Respond With Data
    Status Of    200    GET    /a
    Status Of    500    GET    /c
    ${answer} =    Status Of    500    GET    /b
    VAR    ${refused}
    ...    REFUSED: GET /b
    ...    GET /c broke the order at <time> on server 'shop' at <url>, when this was expected:
    ...    \ \ ordered POST /b (used 0 of 1)
    ...    Every later request is refused until 'Reset Http Server' or the end of the scope.
    ...    separator=\n
    VAR    ${expected}
    ...    2 problems on server 'shop' at <url>:
    ...    OUT OF ORDER: GET /c
    ...    Another one is due on server 'shop' at <url>:
    ...    \ \ ordered POST /b (used 0 of 1)
    ...    \ \ \ \ method: expected POST, received GET
    ...    \ \ \ \ path: expected "/b", received "/c"
    ...    This line, in front of the one that is due, expects it:
    ...    \ \ Expect Ordered Request \ \ \ /c \ \ \ method=GET
    ...    Requests in any order need a server of their own while ordered ones are left.
    ...    Every later request is refused until 'Reset Http Server' or the end of the scope.
    ...    Then:
    ...    \ \ REFUSED: GET /b
    ...    separator=\n
    Text Should Be    ${answer.text}    ${refused}\n
    Fails With    ${expected}    Check Assertions

No Response
    Expect Request    /a    query={"a": 1}
    ${answer} =    Status Of    500    GET    /a?a\=1
    VAR    ${expected}
    ...    NO RESPONSE: GET /a was taken by an expectation without a response:
    ...    \ \ permanent /a query={"a": 1} (used 1)
    ...    Give one with a 'Respond With ...' keyword right after it.
    ...    separator=\n
    Text Should Be    ${answer.text}    ${expected}\n
    Fails With    1 problem on server 'shop' at <url>:\n${expected}    Check Assertions

Handler And Matcher
    [Documentation]    The number of the line depends on the module.
    Expect Request    /a    matcher=handlers.matcher_raises
    Expect Request    /b
    Respond With Handler    handlers.raises
    Status Of    500    GET    /a
    One Problem Should Be
    ...    MATCHER ERROR: GET /a: matcher handlers.matcher_raises raised handlers.HandlerTrouble: cannot decide
    Status Of    500    GET    /b
    One Problem Should Be
    ...    HANDLER ERROR: GET /b: handler handlers.raises raised handlers.HandlerTrouble: no /b

Line Of The User's Own File
    [Documentation]    Not the line of the json module that raised.
    Expect Request    /a
    Respond With Handler    handlers.reads_json
    Status Of    500    GET    /a
    ${error} =    Run Keyword And Expect Error    *    Check Assertions
    Should Match Regexp
    ...    ${error}
    ...    handler handlers\\.reads_json raised json\\.\\S+: .*\\(handlers\\.py, line \\d+\\)$

Long Texts That Differ Late
    ${long} =    Evaluate    'x' * 300
    ${body} =    Evaluate    json.dumps({'note': $long + 'new'})
    Status Of    500    POST    /    ${EMPTY}    ${body}
    Run Keyword And Expect Error    *    Check Assertions
    ${x} =    Evaluate    'x' * 20
    VAR    ${place}    (from character 281 of 303)
    VAR    @{differences}
    ...    json $.note: expected ..."${x}old" ${place}, received ..."${x}new" ${place}
    Differences Should Be    ${differences}    json=${{ {'note': $long + 'old'} }}

More Than Expected
    Expect Request
    Respond With Data
    Status Of    200    GET    /health
    Status Of    200    POST    /orders    ${EMPTY}    {"item": "book"}
    Status Of    200    POST    /orders    ${EMPTY}    {"item": "pen"}
    VAR    ${rest}
    ...    Received 2 on server 'shop' at <url>, newest first:
    ...    \ \ POST /orders (answered 200)
    ...    \ \ POST /orders (answered 200)
    ...    The newest:
    ...    \ \ POST /orders
    ...    \ \ {"item": "pen"}
    ...    separator=\n
    Fails With
    ...    Expected 1 request: POST /orders\n${rest}
    ...    Request Should Have Been Received
    ...    /orders
    ...    method=POST
    ...    times=1
    Fails With
    ...    Expected no request: POST /orders\n${rest}
    ...    Request Should Not Be Received
    ...    /orders
    ...    method=POST
    Fails With
    ...    Expected no request within 2 seconds: POST /orders\n${rest}
    ...    Request Should Not Be Received
    ...    /orders
    ...    method=POST
    ...    within=2

Html Of The Message Only
    [Documentation]    What came over the wire is text also behind a message that is HTML.
    Status Of    500    GET    /?%3Cb%3E=%3Cscript%3E
    Run Keyword And Expect Error    *    Check Assertions
    ${error} =    Run Keyword And Expect Error
    ...    *
    ...    Request Should Have Been Received
    ...    query={"<b>": "<i>"}
    ...    message=*HTML*<b>Nothing</b> came
    Should Start With    ${error}    *HTML*<b>Nothing</b> came<pre>
    Should Contain
    ...    ${error}
    ...    query parameter &lt;b&gt;: expected &quot;&lt;i&gt;&quot;, received &quot;&lt;script&gt;&quot;
    Should Not Contain    ${error}    <script>

Not Met
    Expect Oneshot Request    /orders    method=POST    json={"item": "book"}
    Respond With Data
    Expect Request    /health    times=3
    Respond With Data
    Status Of    200    GET    /health
    Status Of    500    POST    /orders    ${EMPTY}    {"item": "pen"}
    Run Keyword And Expect Error    *    Check Assertions
    VAR    ${rest}
    ...    \ \ oneshot POST /orders json={"item": "book"} (used 0 of 1)
    ...    \ \ permanent /health (used 1 of 3)
    ...    Nearest received request:
    ...    \ \ POST /orders (answered 500)
    ...    \ \ \ \ json $.item: expected "book", received "pen"
    ...    Other received requests, newest first:
    ...    \ \ GET /health (answered 200)
    ...    separator=\n
    Fails With    2 expectations were not met on server 'shop' at <url>:\n${rest}    Expectations Should Be Met
    Fails With
    ...    2 expectations were not met within 0.1 seconds on server 'shop' at <url>:\n${rest}
    ...    Wait Until Expectations Are Met
    ...    timeout=100 ms
    Fails With    The order never came\n${rest}    Expectations Should Be Met    message=The order never came

Not Met And Nothing Received
    Expect Request    /health    times=1
    VAR    ${expected}
    ...    1 expectation was not met on server 'shop' at <url>:
    ...    \ \ permanent /health (used 0 of 1)
    ...    No requests were received.
    ...    separator=\n
    Fails With    ${expected}    Expectations Should Be Met

Not Received
    Expect Request
    Respond With Data
    FOR    ${i}    IN RANGE    20
        Status Of    200    GET    /${i}
    END
    VAR    ${rest}
    ...    Received none on server 'shop' at <url>.
    ...    Nearest received request:
    ...    \ \ GET /19 (answered 200)
    ...    \ \ \ \ method: expected POST, received GET
    ...    \ \ \ \ path: expected "/orders", received "/19"
    ...    Other received requests, newest first:
    ...    \ \ GET /18 (answered 200)
    ...    \ \ GET /17 (answered 200)
    ...    \ \ GET /16 (answered 200)
    ...    \ \ GET /15 (answered 200)
    ...    \ \ GET /14 (answered 200)
    ...    \ \ ... and 14 more
    ...    separator=\n
    Fails With    Expected at least 1 request: POST /orders\n${rest}
    ...    Request Should Have Been Received    /orders    method=POST
    Fails With    Expected 1 request: POST /orders\n${rest}
    ...    Request Should Have Been Received    /orders    method=POST    times=1
    Fails With    Expected 2 requests within 0.1 seconds: POST /orders\n${rest}
    ...    Wait Until Request Is Received    /orders    method=POST    times=2    timeout=0.1
    Fails With    No received request matches: POST /orders\n${rest}
    ...    Get Received Request    /orders    method=POST
    Fails With    Where is it?\n${rest}
    ...    Request Should Have Been Received    /orders    method=POST    message=Where is it?

Received But Not Expected
    Expect Request
    Respond With Data
    Status Of    200    POST    /orders    ${EMPTY}    {"id": 1}
    Status Of    200    POST    /orders    ${EMPTY}    {"id": 2}
    VAR    ${rest}
    ...    Received 2 on server 'shop' at <url>, newest first:
    ...    \ \ POST /orders (answered 200)
    ...    \ \ POST /orders (answered 200)
    ...    The newest:
    ...    \ \ POST /orders
    ...    \ \ {"id": 2}
    ...    separator=\n
    Fails With
    ...    Expected no request: POST /orders\n${rest}
    ...    Request Should Not Be Received
    ...    /orders
    ...    method=POST
    Fails With    Not twice!\n${rest}    Request Should Not Be Received    /orders    method=POST    message=Not twice!

Differences By Field
    [Documentation]    Every field says what was expected and what was received.
    Send
    ...    POST
    ...    /a?page\=1&tag\=a&tag\=b
    ...    X-Trace: 7\nX-Gone: 1\nCookie: c\=d\nContent-Type: application/x-www-form-urlencoded
    ...    user=peter
    VAR    @{differences}
    ...    method: expected GET,PUT, received POST
    ...    path: expected "/b", received "/a"
    ...    query parameter page: expected "2", received "1"
    ...    query parameter tag: expected nothing, received ["a", "b"]
    Differences Should Be    ${differences}    /b    method=GET,PUT    query={"page": 2}
    VAR    @{differences}
    ...    query parameter page: expected text that starts with "x", received "1"
    ...    header X-Trace: expected text that matches REGEXP "[a-z]", received "7"
    ...    header X-More: expected text that matches GLOB "*", received nothing
    ...    header X-Gone: expected nothing, received "1"
    ...    cookie c: expected ***, received ***
    Differences Should Be
    ...    ${differences}
    ...    query_subset={"page": "STARTS:x"}
    ...    headers=${{ {'X-Trace': 'REGEXP:[a-z]', 'X-More': 'GLOB:*', 'X-Gone': None} }}
    ...    cookies=c\=e
    VAR    @{differences}
    ...    basic_auth: expected Basic credentials, received no Authorization header
    ...    bearer_token: expected a Bearer token, received no Authorization header
    ...    text: expected "user=paul", received "user=peter"; differs from character 7 on
    ...    form field user: expected "paul", received "peter"
    Differences Should Be
    ...    ${differences}
    ...    basic_auth=a:b
    ...    bearer_token=abc
    ...    text=user=paul
    ...    form={"user": "paul"}

Json Differences By Path
    Send    POST    /    ${EMPTY}    {"items": [{"id": 1, "a b": true}, {"id": "2"}], "note": null}
    VAR    @{differences}
    ...    json $.items[0].id: expected 5, received 1
    ...    json $.items[0]["a b"]: expected 1 (number), received true (boolean)
    ...    json $.items[1].id: expected 2 (number), received "2" (text); only quotes differ
    ...    json $.note: expected "x" (text), received null (null)
    Differences Should Be
    ...    ${differences}
    ...    json={"items": [{"id": 5, "a b": 1}, {"id": 2}], "note": "x"}
    VAR    @{differences}
    ...    json_subset $.items: expected a list of length 1, received length 2
    ...    json_subset $.missing: expected null, received nothing
    Differences Should Be    ${differences}    json_subset={"items": [{"id": 1}], "missing": null}

Long Path Leaves Room For The Rest
    ${expected} =    Evaluate    '[' * 900 + ']' * 900
    ${received} =    Evaluate    '[' * 900 + '1' + ']' * 900
    Expect Request    json=${expected}
    ${answer} =    Status Of    500    POST    /    ${EMPTY}    ${received}
    Should Contain    ${answer.text}    The request:
    Should Contain    ${answer.text}    This line expects it:

Secrets Are Masked
    VAR    ${expectation}
    ...    permanent /a
    ...    headers={"Authorization": ***, "X-Open": "1"}
    ...    cookies={"session": ***}
    ...    basic_auth=***
    ...    bearer_token=***
    Expect Request
    ...    /a
    ...    headers={"Authorization": "Digest s3cr3t", "X-Open": "1"}
    ...    cookies=session\=s3cr3t
    ...    basic_auth=me:s3cr3t
    ...    bearer_token=s3cr3t
    Send    GET    /a    Authorization: Bearer wr0ng\nCookie: session\=wr0ng
    VAR    ${expected}
    ...    1 problem on server 'shop' at <url>:
    ...    UNEXPECTED REQUEST: GET /a
    ...    Nearest expectation on server 'shop' at <url>:
    ...    \ \ ${expectation} (used 0)
    ...    \ \ \ \ header Authorization: expected ***, received ***
    ...    \ \ \ \ header X-Open: expected "1", received nothing
    ...    \ \ \ \ cookie session: expected ***, received ***
    ...    \ \ \ \ basic_auth: expected Basic credentials, received the scheme "Bearer"
    ...    \ \ \ \ bearer_token: expected the token given, received another token
    ...    This line expects it:
    ...    \ \ Expect Request \ \ \ /a \ \ \ method=GET
    ...    The request:
    ...    \ \ Authorization: ***
    ...    \ \ Cookie: ***
    ...    separator=\n
    Fails With    ${expected}    Check Assertions

Matchers
    Expect Request    /health
    Expect Request    GLOB:/files/*    method=GET,HEAD    times=2
    Respond With Data
    Expect Oneshot Request    /orders/{id}    query_subset={"page": 2}    form=${{ {'a': None} }}
    Respond With Data
    Expect Ordered Request    json_path={"$.a": 1}    matcher=handlers.wants_even
    Respond With Data
    VAR    ${expected}
    ...    Expectations on server 'shop' at <url>:
    ...    Ordered:
    ...    \ \ json_path={"$.a": 1} matcher=handlers.wants_even (used 0 of 1)
    ...    Oneshot:
    ...    \ \ /orders/{id} query_subset={"page": 2} form={"a": null} (used 0 of 1)
    ...    Permanent:
    ...    \ \ /health (used 0, no response given)
    ...    \ \ GET,HEAD GLOB:/files/* (used 0 of 2)
    ...    separator=\n
    ${text} =    Format Matchers
    Text Should Be    ${text}    ${expected}

At Most Forty Lines Whatever Comes
    [Documentation]    Robot Framework cuts longer messages in the middle.
    ${body} =    Evaluate    '\\n'.join(f'line {i}' for i in range(500))
    FOR    ${i}    IN RANGE    60
        Expect Request    /${i}    headers={"X-A": "1", "X-B": "2", "X-C": "3"}
    END
    ${headers} =    Evaluate    '\\n'.join(f'X-{i}: {i}' for i in range(50))
    ${answer} =    Send    POST    /orders    ${headers}    ${body}
    Should Be True    len($answer.text.splitlines()) <= 40
    Should Contain    ${answer.text}    ... and
    Should Contain    ${answer.text}    This line expects it
    ${error} =    Run Keyword And Expect Error    *    Check Assertions
    Should Be True    len($error.splitlines()) <= 40
    Should Not Contain    ${error}    Message content over the limit

Hostile Text Is Shown On One Line
    Send    POST    /%0A%1B%5B31m    X-A: a    ${{ b'\x1b[31m\x00' }}
    ${error} =    Run Keyword And Expect Error    *    Check Assertions
    Should Not Contain    ${error}    ${{ '\x1b' }}
    Should Not Contain    ${error}    ${{ '\x00' }}
    Should Start With    ${error.splitlines()}[1]    UNEXPECTED REQUEST: POST /%0A%1B%5B31m

Message That Begins As Html Is Text
    [Documentation]    Robot Framework takes a message that begins with *HTML* for HTML.
    Expect Request    /never    times=1
    Run Keyword And Expect Error    *    Expectations Should Be Met    message=<b>not</b>

Line That Expects It Does
    [Documentation]    Pasted into a suite, it takes the request. The bodies have what Robot Framework treats specially.
    FOR    ${target}    ${body}    IN
    ...    /plain    ${EMPTY}
    ...    /a%20b/%C5%BE    text with \ two spaces, \${variable}, \\ backslash and \# hash
    ...    /{braces}?a\=b&c\=%20    {"name": "\${x} \ \ y", "path": "C:\\\\temp"}
    ...    /%25%24%7Bx%7D    line 1\nline 2\ttab
    ...    /GLOB:*    GLOB:*
        ${answer} =    Status Of    500    POST    ${target}    Content-Type: text/plain    ${body}
        ${line} =    Evaluate    $answer.text.partition('expects it:\\n')[2].splitlines()[0].strip()
        Should Start With    ${line}    Expect Request${SPACE}
        Line Takes    ${line}    ${target}    ${body}
    END

Line That Expects It Keeps What May Vary
    [Documentation]    Pasted into a suite, it also takes the request of the next run, with another number.
    Expect Request    /orders    json=["book", {"id": "<any-number>"}]    json_ignore_order=True
    ${answer} =    Send    POST    /orders    Content-Type: application/json    [{"id": 1}, "pen"]
    ${line} =    Evaluate    $answer.text.partition('expects it:\\n')[2].splitlines()[0].strip()
    VAR    ${expected}
    ...    Expect Request
    ...    /orders
    ...    method=POST
    ...    json=[{"id": "<any-number>"}, "pen"]
    ...    json_ignore_order=True
    ...    separator=${SPACE * 4}
    Should Be Equal    ${line}    ${expected}
    Line Takes    ${line}    /orders    ["pen", {"id": 2}]


*** Keywords ***
Text Should Be
    [Arguments]    ${text}    ${expected}
    ${url} =    Get Http Server Url    /
    ${expected} =    Evaluate    $expected.replace('<url>', $url[:-1]).replace('<host>', $url[7:-1])
    ${text} =    Without Times    ${text}
    Should Be Equal    ${text}    ${expected}

One Problem Should Be
    [Arguments]    ${text}
    ${error} =    Run Keyword And Expect Error    *    Check Assertions
    ${error} =    Evaluate    re.sub(r'line \\d+', 'line N', $error)
    Text Should Be
    ...    ${error}
    ...    1 problem on server 'shop' at <url>:\n${text} (handlers.py, line N)

Differences Should Be
    [Documentation]    Of the last request, which this description does not take.
    [Arguments]    ${differences}    ${path}=ANY    &{description}
    ${error} =    Run Keyword And Expect Error    *    Get Received Request    ${path}    &{description}
    @{lines} =    Evaluate    [line.strip() for line in $error.splitlines() if line[:4].isspace()]
    Should Be Equal    ${lines}    ${differences}

Line Takes
    [Arguments]    ${line}    ${target}    ${body}
    VAR    ${suite}
    ...    *** Settings ***
    ...    Library${SPACE * 4}HttpServerLibrary
    ...    Library${SPACE * 4}ExactClient.py
    ...    *** Test Cases ***
    ...    Pasted
    ...    ${SPACE * 4}\${url} =${SPACE * 4}Start Http Server
    ...    ${SPACE * 4}${line}
    ...    ${SPACE * 4}Respond With Data
    ...    ${SPACE * 4}\${request} =${SPACE * 4}Evaluate${SPACE * 4}json.loads(bytes.fromhex('<request>'))
    ...    ${SPACE * 4}\${answer} =${SPACE * 4}Send Exactly${SPACE * 4}\${url}${SPACE * 4}POST${SPACE * 4}\${request}[0]
    ...    ...${SPACE * 4}Content-Type: text/plain${SPACE * 4}\${request}[1]
    ...    ${SPACE * 4}Should Be Equal${SPACE * 4}\${answer.status}${SPACE * 4}\${200}
    ...    separator=\n
    ${request} =    Evaluate    json.dumps([$target, $body]).encode().hex()    modules=json
    ${suite} =    Evaluate    $suite.replace('<request>', $request)
    ${run} =    Run Suite    ${suite}
    Test Should Have Passed    ${run}    Pasted
