*** Settings ***
Documentation    What each keyword says when it fails. Reasons and their words are tested in `utest/explaining` and
...              `utest/matching`; here are the first lines, which keywords make, and what must be in the rest.

Library          Collections
Library          resources/ChildRun.py
Library          resources/handlers.py
Resource         resources/client.resource

Suite Setup      Start Http Server    alias=shop
Test Teardown    Run Keywords    Clear Problems    AND    Reset Http Server

Test Tags        explanations


*** Test Cases ***
Check Assertions
    [Documentation]    The client reads of its request what the test reads of all.
    Expect Request    /orders    method=POST    json={"item": "book"}
    ${first} =    Status Of    500    POST    /orders    ${EMPTY}    {"item": "pen"}
    Status Of    500    POST    /orders    ${EMPTY}    {"item": "ink"}
    @{lines} =    Failure Of    Check Assertions
    Should Be Equal    ${lines}[0]    2 problems on server 'shop' at <url>:
    Should Be Equal    ${lines}[1:-2]    ${first.text.splitlines()}
    Should Be Equal    ${lines}[-2]    Then:
    Should Match    ${lines}[-1]    \ \ UNEXPECTED REQUEST: POST /orders: *received "ink"

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

Earlier Expectation
    [Documentation]    What a test expected is gone after it, and of a late request it is said that it was expected.
    ${run} =    Run Suite    late_request.robot
    Test Should Have Passed    ${run}    First
    Test Should Have Failed With    ${run}    Second    STARTS: 1 problem on server 'http-1' at
    Should Contain    ${run.tests['Second'].message}    it ended with test 'First'

Another Server
    [Documentation]    Which one would take what this one refused, and which one received what this one waits for.
    ${url} =    Start Http Server    alias=payment
    Expect Request    /pay    method=POST
    Respond With Data
    Switch Http Server    shop
    Status Of    500    POST    /pay
    @{lines} =    Failure Of    Check Assertions
    Should Start With    ${lines}[2]    Server 'payment' would take it
    Should Contain    ${lines}[3]    ${url}
    Clear Received Requests
    Send Exactly    ${url}    POST    /pay
    VAR    ${expected}    Server 'payment' at ${url} received such a request: POST /pay (answered 200).
    @{lines} =    Failure Of    Wait Until Request Is Received    /pay    timeout=0.1
    Should Be Equal    ${lines}[-1]    ${expected}
    @{lines} =    Failure Of    Request Should Have Been Received    /pay
    Should Be Equal    ${lines}[-1]    ${expected}
    @{lines} =    Failure Of    Get Received Request    /pay
    Should Be Equal    ${lines}[-1]    ${expected}
    [Teardown]    Stop Http Server    server=payment

Requests That Were Not Received
    Expect Request
    Respond With Data
    Status Of    200    GET    /health
    Status Of    200    GET    /stock
    VAR    &{firsts}
    ...    Request Should Have Been Received=Expected at least 1 request: POST /orders
    ...    Get Received Request=No received request matches: POST /orders
    FOR    ${name}    ${first}    IN    &{firsts}
        @{lines} =    Failure Of    ${name}    /orders    method=POST
        Should Be Equal    ${lines}[0]    ${first}
        Should Be Equal    ${lines}[1]    Received none on server 'shop' at <url>.
        Should Contain    ${lines}    Nearest received request:
    END
    @{lines} =    Failure Of    Request Should Have Been Received    /health    times=2
    Should Be Equal    ${lines}[:2]    ${{['Expected 2 requests: /health', "Received 1 on server 'shop' at <url>."]}}
    @{lines} =    Failure Of    Wait Until Request Is Received    /orders    times=2    timeout=0.1
    Should Be Equal    ${lines}[0]    Expected 2 requests within 0.1 seconds: /orders

Requests That Should Not Be Received
    Expect Request
    Respond With Data
    Status Of    200    POST    /orders    ${EMPTY}    {"item": "book"}
    Status Of    200    POST    /orders    ${EMPTY}    {"item": "pen"}
    @{lines} =    Failure Of    Request Should Not Be Received    /orders
    Should Be Equal    ${lines}[0]    Expected no request: /orders
    Should Be Equal    ${lines}[1]    Received 2 on server 'shop' at <url>, newest first:
    Should Be Equal    ${lines}[-1]    \ \ {"item": "pen"}    the newest one
    @{lines} =    Failure Of    Request Should Not Be Received    /orders    within=2
    Should Be Equal    ${lines}[0]    Expected no request within 2 seconds: /orders
    @{lines} =    Failure Of    Request Should Have Been Received    /orders    times=1
    Should Be Equal    ${lines}[0]    Expected 1 request: /orders

Expectations That Were Not Met
    Expect Oneshot Request    /orders    method=POST    json={"item": "book"}
    Expect Request    /health    times=3
    Respond With Data
    Status Of    200    GET    /health
    @{lines} =    Failure Of    Expectations Should Be Met
    VAR    @{expected}
    ...    2 expectations were not met on server 'shop' at <url>:
    ...    \ \ oneshot POST /orders json={"item": "book"} (used 0 of 1)
    ...    \ \ permanent /health (used 1 of 3)
    Should Be Equal    ${lines}[:3]    ${expected}
    Should Contain    ${lines}    Nearest received request:
    @{lines} =    Failure Of    Wait Until Expectations Are Met    timeout=100 ms
    Should Be Equal    ${lines}[0]    2 expectations were not met within 0.1 seconds on server 'shop' at <url>:

Own Message
    [Documentation]    In place of the first line.
    Expect Request    /never    times=1
    FOR    ${name}    IN    Request Should Have Been Received    Expectations Should Be Met
        @{lines} =    Failure Of    ${name}    message=Where is it?
        Should Be Equal    ${lines}[0]    Where is it?
        Should Be Equal    ${lines}[-1]    No requests were received.
    END
    Status Of    500    GET    /other
    @{lines} =    Failure Of    Request Should Not Be Received    message=Not that!
    Should Be Equal    ${lines}[:2]    ${{['Not that!', "Received 1 on server 'shop' at <url>, newest first:"]}}

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

Message That Begins As Html Is Text
    [Documentation]    Robot Framework takes a message that begins with *HTML* for HTML.
    Expect Request    /never    times=1
    Run Keyword And Expect Error    <b>not</b>*    Expectations Should Be Met    message=<b>not</b>

No Response
    Expect Request    /a    query={"a": 1}
    ${answer} =    Status Of    500    GET    /a?a\=1
    @{lines} =    Failure Of    Check Assertions
    Should Start With    ${lines}[1]    NO RESPONSE: GET /a?a=1 matched an expectation without a response
    Should Be Equal    ${lines}[1:]    ${answer.text.splitlines()}

Handler And Matcher
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

Every Field That Differs
    [Documentation]    In the order in which they are compared.
    Send
    ...    POST
    ...    /a?page\=1&tag\=a&tag\=b
    ...    X-Trace: 7\nCookie: c\=d\nContent-Type: application/x-www-form-urlencoded
    ...    user=peter
    @{lines} =    Failure Of
    ...    Get Received Request
    ...    /b
    ...    method=GET,PUT
    ...    query={"page": 2}
    ...    headers=X-Trace: 8
    ...    cookies=c\=e
    ...    basic_auth=a:b
    ...    bearer_token=abc
    ...    text=user=paul
    ...    form={"user": "paul"}
    @{fields} =    Evaluate    [line.strip().partition(':')[0] for line in $lines if ': expected ' in line]
    VAR    @{expected}
    ...    method
    ...    path
    ...    query parameter page
    ...    query parameter tag
    ...    header X-Trace
    ...    cookie c
    ...    basic_auth
    ...    bearer_token
    ...    text
    ...    form field user
    Should Be Equal    ${fields}    ${expected}

Long Texts That Differ Late
    [Documentation]    What is shown begins shortly before the place where they differ.
    ${long} =    Evaluate    'x' * 300
    Send    POST    /    ${EMPTY}    ${long}new
    @{lines} =    Failure Of    Get Received Request    text=${long}old
    Should Match    ${lines}[-1]    *expected ..."${{'x' * 20}}old"*, received ..."${{'x' * 20}}new"*

Json That Is Nested Deeply Leaves Room For The Rest
    ${expected} =    Evaluate    '[' * 30 + ']' * 30
    ${received} =    Evaluate    '[' * 30 + '1' + ']' * 30
    Expect Request    json=${expected}
    ${answer} =    Status Of    500    POST    /    ${EMPTY}    ${received}
    Should Contain    ${answer.text}    This line expects it:

Secrets Are Masked
    Expect Request
    ...    /a
    ...    headers={"Authorization": "Digest s3cr3t", "X-Open": "1"}
    ...    cookies=session\=s3cr3t
    ...    basic_auth=me:s3cr3t
    ...    bearer_token=s3cr3t
    Send    GET    /a    Authorization: Bearer wr0ng\nCookie: session\=wr0ng
    @{lines} =    Failure Of    Check Assertions
    Should Not Contain Any    ${{'\n'.join($lines)}}    s3cr3t    wr0ng    This line    this line
    FOR    ${field}    IN    header Authorization    header X-Open    cookie session    basic_auth    bearer_token
        Should Contain Match    ${lines}    \ \ ${field}: expected *, received *
    END

Format Matchers
    [Documentation]    Ordered ones first, each with what was given and how often it was used.
    Expect Request    /health
    Expect Request    GLOB:/files/*    method=GET,HEAD    times=2
    Respond With Data
    Expect Oneshot Request    /orders/{id}    query_subset={"page": 2}    form=${{ {'a': None} }}
    Respond With Data
    Expect Ordered Request    json_path={"$.a": 1}    matcher=handlers.wants_even
    Respond With Data
    ${text} =    Format Matchers
    VAR    @{expected}
    ...    Ordered:
    ...    \ \ json_path={"$.a": 1} matcher=handlers.wants_even (used 0 of 1)
    ...    Oneshot:
    ...    \ \ /orders/{id} query_subset={"page": 2} form={"a": null} (used 0 of 1)
    ...    Permanent:
    ...    \ \ /health (used 0, no response given)
    ...    \ \ GET,HEAD GLOB:/files/* (used 0 of 2)
    Should Be Equal    ${text.splitlines()}[1:]    ${expected}

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
    Should Contain    ${line}    <any-number>
    Line Takes    ${line}    /orders    ["pen", {"id": 2}]


*** Keywords ***
Failure Of
    [Documentation]    The lines of the failure of a keyword, with `<url>` for the URL of the server.
    [Arguments]    ${name}    @{arguments}    &{named}
    ${error} =    Run Keyword And Expect Error    *    ${name}    @{arguments}    &{named}
    ${url} =    Get Http Server Url    /
    RETURN    ${{$error.replace($url[:-1], '<url>').splitlines()}}

One Problem Should Be
    [Documentation]    The number of the line depends on the module.
    [Arguments]    ${text}
    @{lines} =    Failure Of    Check Assertions
    Should Match Regexp    ${lines}[1]    ^${{re.escape($text)}} \\(handlers\\.py, line \\d+\\)$
    Length Should Be    ${lines}    2

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
