*** Settings ***
Documentation    How much a server takes and keeps, and what happens beyond that.

Library          HttpServerLibrary
Library          resources/ChildRun.py
Library          resources/RawClient.py
Resource         resources/client.resource

Test Tags        limits    servers


*** Variables ***
${SIZE NEEDED}     a number of bytes or a size such as '64 KiB' or '10 MB' is needed
${KEPT IN PART}    a complete body, received 10 bytes, of which max_body_kept keeps the first 4;


*** Test Cases ***
Long Target
    Start Http Server    max_target_size=20
    Answer Everything
    Status Of    200    GET    /567890123456789?abc
    ${answer} =    Status Of    414    GET    /567890123456789?abcd
    Should Start With    ${answer.text}
    ...    MALFORMED REQUEST: the request target is longer than 20 bytes (max_target_size)\n
    Should Be Malformed And Survived    ${answer}

Large Header Section
    Start Http Server    max_header_size=200 B
    Answer Everything
    Status Of    200    GET    /    X: ${{'a' * 100}}
    ${answer} =    Status Of    431    GET    /    X: ${{'a' * 200}}
    Should Start With    ${answer.text}
    ...    MALFORMED REQUEST: the header section is larger than 200 bytes (max_header_size)\n
    Should Be Malformed And Survived    ${answer}

Many Header Fields
    Start Http Server    max_header_count=4
    Answer Everything
    # Host and Connection come with them.
    Status Of    200    GET    /    A: 1\nB: 2
    ${answer} =    Status Of    431    GET    /    Cookie: s3cr3t\nAuthorization:s3cr3t\nC: 3
    Should Contain    ${answer.text}    \\r\\nCookie: ***\\r\\nAuthorization: ***\\r\\nC: 3\\r\\n
    Should Start With    ${answer.text}
    ...    MALFORMED REQUEST: the request has more than 4 header fields (max_header_count)\n
    Should Be Malformed And Survived    ${answer}

Large Body
    Start Http Server    max_body_size=1 KiB
    Answer Everything
    Status Of    200    POST    /    body=${{'a' * 1024}}
    ${answer} =    Status Of    413    POST    /    body=${{'a' * 1025}}
    Should Start With    ${answer.text}    MALFORMED REQUEST: the body is larger than 1024 bytes (max_body_size)\n
    Should Be Malformed And Survived    ${answer}

Large Chunked Body
    ${url} =    Start Http Server    max_body_size=5
    Answer Everything
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    POST / HTTP/1.1    Host: a    Transfer-Encoding: chunked    ${EMPTY}    3    abc    3
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.status}    ${413}
    Should Be Equal    ${response.headers}[connection]    close
    Connection Should Be Closed    ${connection}
    Problems Should Be    MALFORMED REQUEST

No Body At All
    Start Http Server    max_body_size=0
    Answer Everything
    Status Of    200    POST    /
    Status Of    413    POST    /    body=a
    Problems Should Be    MALFORMED REQUEST

Connection Is Closed After A Fault While Others Go On
    ${url} =    Start Http Server    max_target_size=20
    Answer Everything
    ${other} =    Open Connection    ${url}
    ${connection} =    Open Connection    ${url}
    Send Bytes    ${connection}    GET /\x1b[31m<b>${{'a' * 400}}
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.headers}[connection]    close
    Connection Should Be Closed    ${connection}
    Send Raw    ${other}    GET / HTTP/1.1    Host: a    ${EMPTY}
    ${response} =    Read Response    ${other}
    Should Be Equal    ${response.status}    ${200}
    ${problems} =    Get Problems
    # Escaped, and only the beginning.
    Should Contain    ${problems[0].message}    It began with: b'GET /\\x1b[31m<b>aaaa
    Should Be True    len($problems[0].message) < 400
    Problems Should Be    MALFORMED REQUEST

Idle Connection
    ${url} =    Start Http Server    idle_timeout=50 ms
    Answer Everything
    ${connection} =    Open Connection    ${url}
    Connection Should Be Closed    ${connection}
    # A client that is held up before it sends its request finds its connection closed, too.
    Wait Until Keyword Succeeds    20x    0 s    Status Of    200    GET    /
    Check Assertions

Client That Stalls
    ${url} =    Start Http Server    stall_timeout=50 ms
    Answer Everything
    ${connection} =    Open Connection    ${url}
    Send Bytes    ${connection}    POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.status}    ${408}
    Connection Should Be Closed    ${connection}
    Status Of    200    GET    /
    Problems Should Be    MALFORMED REQUEST

Body Kept In Part
    Start Http Server    max_body_kept=4 B
    Answer Everything
    Status Of    200    POST    /upload    body=0123456789
    ${request} =    Get Received Request    /upload    method=POST
    Should Be Equal    ${request.body_size}    ${10}
    Should Be Equal    ${request.data}    ${{b'0123'}}
    Should Be Equal    ${request.text}    0123
    Should Be Equal    ${request.json}    ${NONE}
    Status Of    200    POST    /small    body=1234
    ${request} =    Get Received Request    /small    json=${1234}
    Should Be Equal    ${request.body_size}    ${4}
    Check Assertions

Chunked Body Kept In Part
    ${url} =    Start Http Server    max_body_kept=4
    Answer Everything
    ${connection} =    Open Connection    ${url}
    Send Raw    ${connection}    POST / HTTP/1.1    Host: a    Transfer-Encoding: chunked    ${EMPTY}
    Send Raw    ${connection}    3    abc    3    def    0    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.status}    ${200}
    ${request} =    Get Received Request
    Should Be Equal    ${request.text}    abcd
    Should Be Equal    ${request.body_size}    ${6}

Larger Than What Is Accepted By Default
    Start Http Server    max_body_size=1 GiB    max_body_kept=1 KiB
    Answer Everything
    ${connection} =    Open Connection To Server
    ${length} =    Evaluate    256 * 1024 * 1024 + 1
    Send Raw    ${connection}    POST / HTTP/1.1    Host: a    Content-Length: ${length}    Expect: 100-continue
    ...    ${EMPTY}
    ${response} =    Read Response    ${connection}
    Should Be Equal    ${response.status}    ${100}

Body Fields Do Not Match A Body Kept In Part
    Start Http Server    max_body_kept=4
    Expect Request    /upload    text=STARTS:0123
    Respond With Data    taken
    ${answer} =    Status Of    500    POST    /upload    body=0123456789
    Should Contain    ${answer.text}
    ...    ${SPACE * 2}text: expected ${KEPT IN PART} raise it in 'Start Http Server'\n
    # A line without the body would not check it.
    Should Not Contain    ${answer.text}    Expect Request
    Problems Should Be    UNEXPECTED REQUEST
    Request Should Have Been Received    /upload    times=1
    FOR    ${name}    ${value}    IN
    ...    text    0123
    ...    data    0123
    ...    json    123
    ...    form    {"a": null}
    ...    files    {"a": null}
        VAR    &{description}    ${name}=${value}
        Request Should Not Be Received    /upload    &{description}
        ${error} =    Run Keyword And Expect Error    *    Get Received Request    /upload    &{description}
        Should Contain    ${error}    ${name}: expected ${KEPT IN PART} raise it in 'Start Http Server'
    END

Handler Is Not Called With A Part Of The Body
    Start Http Server    max_body_kept=4
    Expect Request    /upload
    Respond With Handler    ${{lambda request: request.get_data()}}
    ${answer} =    Status Of    200    POST    /upload    body=0123
    Should Be Equal    ${answer.text}    0123
    Status Of    500    POST    /upload    body=0123456789
    VAR    ${message}
    ...    HANDLER ERROR: POST /upload: handler <lambda> was not called: the body has 10 bytes,
    ...    of which max_body_kept keeps the first 4; raise it in 'Start Http Server'
    ...    separator=${SPACE}
    Fails With    1 problem on server 'http-1' at <url>:\n${message}    Check Assertions

Matcher Is Not Called With A Part Of The Body
    Start Http Server    max_body_kept=4
    Expect Request    /upload    matcher=${{lambda request: True}}
    Respond With Data    taken
    Status Of    200    POST    /upload    body=0123
    Status Of    500    POST    /upload    body=0123456789
    VAR    ${message}
    ...    matcher <lambda> was not called: the body has 10 bytes,
    ...    of which max_body_kept keeps the first 4; raise it in 'Start Http Server'
    ...    separator=${SPACE}
    Fails With    1 problem on server 'http-1' at <url>:\nMATCHER ERROR: POST /upload: ${message}    Check Assertions
    Fails With    POST /upload: ${message}.    Get Received Requests    matcher=${{lambda request: True}}

The Log Tells What Is Not Kept
    VAR    ${note}    , body of 10 bytes, of which max_body_kept keeps the first 4\n*
    ${run} =    Run Suite    kept_in_part.robot    --loglevel    DEBUG
    ${log} =    Log Of Test    ${run}    Upload
    Should Match    ${log}    *INFO http-1: ??:??:??.??? POST /upload 200 OK (* ms) by permanent any request${note}\n*
    Should Contain X Times    ${log}    \n0123... (10 bytes, of which max_body_kept keeps the first 4)\n    1
    Should Contain    ${log}    Body: Text, 10 bytes, of which max_body_kept keeps the first 4<
    Should Contain    ${log}    WARN http-1: More than 1 request arrived; the oldest are forgotten (max_requests_kept).

Number Of Requests Kept
    Start Http Server    max_requests_kept=2
    Answer Everything
    FOR    ${path}    IN    /1    /2    /3
        Status Of    200    GET    ${path}
    END
    ${requests} =    Get Received Requests
    Should Be Equal    ${{[str(request) for request in $requests]}}    ${{['GET /2', 'GET /3']}}

Checks And Waits Tell What Is Forgotten
    [Template]    Tells What Is Forgotten
    Request Should Have Been Received    /1
    Request Should Have Been Received    ANY    times=5
    Request Should Have Been Received    ANY    times=1
    Request Should Not Be Received    /4
    Get Received Request    /1
    Wait Until Request Is Received    /1    timeout=0
    Wait Until Request Is Received    ANY    times=1..2    timeout=0
    Requests Should Have Been Received In Order    ["/1", "/2"]
    Wait Until Requests Are Received In Order    ["/1", "/2"]    timeout=0
    Expectations Should Be Met
    Wait Until Expectations Are Met    timeout=0

Bytes Of Bodies Kept
    Start Http Server    max_bytes_kept=15
    Answer Everything
    Status Of    200    POST    /first    body=0123456789
    Status Of    200    POST    /second    body=0123456789
    ${first}    ${second} =    Get Received Requests
    Should Be Equal    ${first.text}    ${EMPTY}
    Should Be Equal    ${first.body_size}    ${10}
    Should Be Equal    ${second.text}    0123456789
    # What is forgotten is not empty.
    Request Should Not Be Received    /first    text=${EMPTY}
    VAR    ${forgotten}
    ...    text: expected a complete body, received 10 bytes,
    ...    of which max_bytes_kept keeps none; raise it in 'Start Http Server'
    ...    separator=${SPACE}
    ${error} =    Run Keyword And Expect Error    *    Get Received Request    /first    text=0123456789
    Should Contain    ${error}    ${forgotten}

Each Server Has Limits Of Its Own
    Start Http Server    alias=narrow    max_target_size=5
    Answer Everything
    Start Http Server    alias=wide
    Answer Everything
    Status Of    200    GET    /123456789
    Switch Http Server    narrow
    Status Of    414    GET    /123456789
    Problems Should Be    MALFORMED REQUEST

Sizes That Are None
    [Template]    Start Should Fail With
    max_body_size: ${SIZE NEEDED}, not 'lots'.    max_body_size=lots
    max_body_size: ${SIZE NEEDED}, not '1 M'.    max_body_size=1 M
    max_body_kept: ${SIZE NEEDED}, not '-1'.    max_body_kept=-1
    max_body_kept: ${SIZE NEEDED}, not -1.    max_body_kept=${-1}
    max_bytes_kept: ${SIZE NEEDED}, not '${EMPTY}'.    max_bytes_kept=${EMPTY}
    max_header_size: ${SIZE NEEDED}, not True.    max_header_size=${TRUE}
    max_target_size: a size of 1 or more bytes is needed, not '0 KiB'.    max_target_size=0 KiB
    max_header_size: a size of 1 or more bytes is needed, not 0.    max_header_size=${0}

Counts That Are None
    [Template]    Start Should Fail With
    max_header_count: a number of 1 or more is needed, not 0.    max_header_count=0
    max_requests_kept: a number of 1 or more is needed, not -5.    max_requests_kept=-5
    *Argument 'max_requests_kept' got value 'many' that cannot be converted to integer.    max_requests_kept=many

Times That Are None
    [Template]    Start Should Fail With
    idle_timeout: a time from 1 millisecond to 24 hours is needed, not 0 seconds.    idle_timeout=0
    stall_timeout: a time from 1 millisecond to 24 hours is needed, not 172800 seconds.    stall_timeout=2 days
    handshake_timeout: a time from 1 millisecond to 24 hours is needed, not -1 seconds.    handshake_timeout=-1 s
    *Argument 'idle_timeout' got value 'soon' that cannot be converted to timedelta or float.    idle_timeout=soon


*** Keywords ***
Answer Everything
    Expect Request
    Respond With Data    fine

Tells What Is Forgotten
    [Documentation]    Of four requests three are kept, and the check or wait fails.
    [Arguments]    ${keyword}    @{arguments}    &{options}
    Start Http Server    max_requests_kept=3
    Answer Everything
    FOR    ${path}    IN    /1    /2    /3    /4
        Status Of    200    GET    ${path}
    END
    Expect Oneshot Request    /never
    VAR    ${forgotten}    Forgotten because of max_requests_kept=3: 1 request.
    ${error} =    Run Keyword And Expect Error    *    ${keyword}    @{arguments}    &{options}
    Should Contain X Times    ${error}\n    \n${forgotten}\n    1
    Clear Received Requests
    ${error} =    Run Keyword And Expect Error    *    Get Received Request    /1
    Should Not Contain    ${error}    Forgotten

Open Connection To Server
    ${url} =    Get Http Server Url
    ${connection} =    Open Connection    ${url}
    RETURN    ${connection}

Should Be Malformed And Survived
    [Documentation]    The answer ended its connection, the problem shows what came, and the server goes on.
    [Arguments]    ${answer}
    Should Be Equal    ${answer.header('Connection')}    close
    ${problems} =    Get Problems
    Should Be Equal    ${problems[0].message}\n    ${answer.text}
    Should Contain    ${answer.text}    \nIt began with: b'
    Problems Should Be    MALFORMED REQUEST
    Status Of    200    GET    /

Start Should Fail With
    [Documentation]    No server is started, and the alias is as unknown as before.
    [Arguments]    ${message}    &{options}
    Run Keyword And Expect Error    ${message}    Start Http Server    alias=wrong    &{options}
    Run Keyword And Expect Error    There is no server 'wrong'. Known servers: none.*
    ...    Get Http Server Url    server=wrong
