*** Settings ***
Documentation     The `Respond With ...` keywords: what goes over the wire.

Library           Collections
Library           OperatingSystem
Library           RequestsLibrary
Resource          resources/client.resource

Suite Setup       Start Server
Suite Teardown    Remove Directory    ${FILES}    recursive=True
Test Teardown     Reset Http Server

Test Tags         responses


*** Variables ***
${JSON TYPE}    application/json
${FILES}        set in Suite Setup


*** Test Cases ***
Json Of Values
    [Template]    Json Arrives As
    ${{ {'name': 'žluť', 'list': [1, 2.5, True, None]} }}    ${{ {'name': 'žluť', 'list': [1, 2.5, True, None]} }}
    ${{ [1, 'two'] }}    ${{ [1, 'two'] }}
    ${{ {} }}    ${{ {} }}
    ${7}    ${7}
    ${2.5}    ${2.5}
    ${TRUE}    ${TRUE}
    ${FALSE}    ${FALSE}
    ${NONE}    ${NONE}

Json Of Text
    [Template]    Json Arrives As
    {"id": 7}    ${{ {'id': 7} }}
    \[1, "two"]    ${{ [1, 'two'] }}
    7    ${7}
    true    ${TRUE}
    null    ${NONE}
    "text"    text
    ${SPACE}{"id": 7}\n    ${{ {'id': 7} }}

Json Of Robot Dictionary
    VAR    @{items}    a    b
    VAR    &{body}    id=${7}    items=${items}
    Json Arrives As    ${body}    ${{ {'id': 7, 'items': ['a', 'b']} }}

Json Defaults
    Expect Request    /
    Respond With Json    {"id": 7}
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.all('Content-Type')}    ${{ ['application/json'] }}
    Should Be Equal    ${answer.all('Content-Length')}    ${{ [str(len($answer.data))] }}
    Should Be Equal    ${answer.header('Transfer-Encoding')}    ${NONE}

Json With Everything
    VAR    &{headers}    X-Trace=${7}
    Expect Request    /
    Respond With Json    {"title": "no"}    status=422    content_type=application/problem+json    headers=${headers}
    ${answer} =    Status Of    422    GET    /
    Should Be Equal    ${answer.header('content-type')}    application/problem+json
    Should Be Equal    ${answer.header('x-trace')}    7
    Should Be Equal    ${answer.json}    ${{ {'title': 'no'} }}

Json Is Taken When Registered
    ${body} =    Evaluate    {'id': 1}
    Expect Request    /
    Respond With Json    ${body}
    Set To Dictionary    ${body}    id=${2}
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.json}    ${{ {'id': 1} }}

Text
    Expect Request    /
    Respond With Data    žluť é
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.text}    žluť é
    Should Be Equal    ${answer.all('Content-Type')}    ${{ ['text/plain; charset=utf-8'] }}

Latin 1 Text Is Sent As Utf8
    Expect Request    /
    Respond With Data    é
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.data}    ${{ b'\xc3\xa9' }}

Word None Is Text
    Expect Request    /
    Respond With Data    None
    Answer Of    None    GET    /

Number As Data
    Expect Request    /
    Respond With Data    ${42}
    Answer Of    42    GET    /

Empty By Default
    Expect Request    /
    Respond With Data
    ${answer} =    Answer Of    ${EMPTY}    GET    /
    Should Be Equal As Integers    ${answer.status}    200
    Should Be Equal    ${answer.header('content-length')}    0

Bytes
    Expect Request    /
    Respond With Data    ${{ b'\x00\xff' }}    content_type=application/octet-stream
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.data}    ${{ b'\x00\xff' }}
    Should Be Equal    ${answer.all('Content-Type')}    ${{ ['application/octet-stream'] }}

Bytearray
    Expect Request    /
    Respond With Data    ${{ bytearray(b'\x00\xff') }}
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.data}    ${{ b'\x00\xff' }}

Content Type Among The Headers
    Expect Request    /
    Respond With Data    <p>    headers=Content-Type: text/html
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.all('Content-Type')}    ${{ ['text/html'] }}

Json Content Type Among The Headers
    Expect Request    /
    Respond With Json    {}    headers={"content-type": "application/hal+json"}
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.all('Content-Type')}    ${{ ['application/hal+json'] }}

Headers As Dictionary Lines And Repeated
    [Template]    Headers Arrive As
    ${{ {'X-A': 1, 'X-B': 'two'} }}    1    two
    {"X-A": "1", "X-B": "two"}    1    two
    X-A: 1\nX-B: two    1    two
    X-A:1\r\nX-B:two\r\n    1    two
    ${{ {'X-A': True, 'X-B': ''} }}    true    ${EMPTY}

Repeated Headers
    [Template]    Cookies Arrive
    ${{ {'Set-Cookie': ['a=1', 'b=2']} }}
    {"Set-Cookie": ["a=1", "b=2"]}
    Set-Cookie: a=1\nSet-Cookie: b=2

Status
    [Template]    Status Arrives
    200
    ${201}
    299
    404
    418
    503
    599

Delay
    Expect Request    /
    Respond With Data    late    delay=200 ms
    ${before} =    Evaluate    time.monotonic()
    Answer Of    late    GET    /
    ${took} =    Evaluate    time.monotonic() - ${before}
    Should Be True    0.2 <= ${took} < 10
    ${request} =    Get Received Request
    Should Be True    0.2 <= ${request.duration} < 10

Delay In Seconds And As Variable
    Expect Request    /a
    Respond With Json    {}    delay=0.15
    Expect Request    /b
    Respond With Redirect    /a    delay=${0.15}
    FOR    ${path}    ${status}    IN    /a    200    /b    302
        ${before} =    Evaluate    time.monotonic()
        Status Of    ${status}    GET    ${path}
        ${took} =    Evaluate    time.monotonic() - ${before}
        Should Be True    0.15 <= ${took} < 10
    END

Delay Of A Handler And Of A Response
    Expect Request    /handler
    Respond With Handler    ${{ lambda request: 'made' }}    delay=150 ms
    Expect Request    /response
    ${response} =    Evaluate    werkzeug.Response('given')    modules=werkzeug
    Respond With Response    ${response}    delay=150 ms
    FOR    ${path}    ${text}    IN    /handler    made    /response    given
        ${before} =    Evaluate    time.monotonic()
        Answer Of    ${text}    GET    ${path}
        ${took} =    Evaluate    time.monotonic() - ${before}
        Should Be True    0.15 <= ${took} < 10
    END
    Run Keyword And Expect Error    delay: *    Respond With Handler    ${{ lambda request: '' }}    delay=-1
    Answer Of    given    GET    /response

Reason Phrase
    [Template]    Reason Arrives As
    Nothing Here    Respond With Data    status=404 Nothing Here
    Nothing Here    Respond With Json    {}    status=404 Nothing Here
    Elsewhere    Respond With Redirect    /b    status=302 Elsewhere
    All Of It    Respond With File    ${FILES}/a.txt    status=200 All Of It
    Special    Respond With Response    ${{ werkzeug.Response('', '299 Special') }}
    Special    Respond With Handler    ${{ lambda request: __import__('werkzeug').Response('', '299 Special') }}
    Not Found    Respond With Data    status=404
    Not Found    Respond With Data    status=${404}

Reason Phrase Of The Unexpected Response
    Set Unexpected Response    status=404 Nothing Here
    ${answer} =    Status Of    404    GET    /
    Should Be Equal    ${answer.reason}    Nothing Here
    Problems Should Be    UNEXPECTED REQUEST

Status That Cannot Be Sent
    Expect Request    /
    Respond With Data    before
    VAR    ${expected}
    ...    EQUALS: status: a status code such as 404, or one with a reason phrase such as '404 Nothing Here', is needed,
    ...    not 'Not Found'.
    ...    separator=${SPACE}
    Run Keyword And Expect Error    ${expected}    Respond With Data    status=Not Found
    Run Keyword And Expect Error    status: the reason phrase has a line break *
    ...    Respond With Data    status=404 a\nb
    Answer Of    before    GET    /

Headers Of Werkzeug Keep All Values
    Expect Request    /
    Respond With Data    headers=${{ werkzeug.datastructures.MultiDict([('X-A', '1'), ('X-A', '2')]) }}
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.all('X-A')}    ${{ ['1', '2'] }}

Delay Blocks Nobody
    Expect Request    /slow
    Respond With Data    slow    delay=30 s
    Expect Request    /quick
    Respond With Data    quick
    ${url} =    Start Http Server    alias=slow
    Expect Request    /slow
    Respond With Data    delay=30 s
    Expect Request    /quick
    Respond With Data    quick
    Send Later    ${url}    GET    /slow    after=0
    Wait Until Request Is Received    /slow
    Answer Of    quick    GET    /quick
    Stop Http Server    server=slow

Head Has The Headers And No Body
    Expect Request    /
    Respond With Json    {"id": 7}
    ${answer} =    Status Of    200    HEAD    /
    Should Be Equal    ${answer.data}    ${{ b'' }}
    Should Be Equal    ${answer.header('content-length')}    9
    Should Be Equal    ${answer.header('content-type')}    application/json

Head Of A File
    Create File    ${FILES}/head.txt    12345
    Expect Request    /
    Respond With File    ${FILES}/head.txt
    ${answer} =    Status Of    200    HEAD    /
    Should Be Equal    ${answer.data}    ${{ b'' }}
    Should Be Equal    ${answer.header('content-length')}    5

Statuses Without A Body
    [Documentation]    RFC 9110, 15.3.5 and 15.4.5; a client that is sent one takes it for the next response.
    Create Session    kept    ${SERVER}
    Expect Request    /none
    Respond With Data    ignored    status=204
    Expect Request    /same
    Respond With Json    {"ignored": true}    status=304
    Expect Request    /next
    Respond With Data    next
    ${empty answer} =    GET On Session    kept    /none    expected_status=204
    Should Be Empty    ${empty answer.content}
    ${unchanged} =    GET On Session    kept    /same    expected_status=304
    Should Be Empty    ${unchanged.content}
    ${next} =    GET On Session    kept    /next
    Should Be Equal    ${next.text}    next
    ${answer} =    Status Of    204    GET    /none
    Should Be Equal    ${answer.header('content-length')}    ${NONE}
    [Teardown]    Run Keywords    Delete All Sessions    AND    Reset Http Server

File With Guessed Type
    [Template]    File Arrives
    page.html    text/html
    data.json    application/json
    logo.png    image/png
    notes.txt    text/plain
    unknown.zzz    application/octet-stream
    noextension    application/octet-stream

File With Everything
    Create File    ${FILES}/file.txt    content
    Expect Request    /
    Respond With File
    ...    ${FILES}/file.txt
    ...    content_type=text/csv
    ...    status=203
    ...    headers=X-Trace: 7
    ...    delay=10 ms
    ${answer} =    Status Of    203    GET    /
    Should Be Equal    ${answer.all('Content-Type')}    ${{ ['text/csv'] }}
    Should Be Equal    ${answer.header('x-trace')}    7
    Should Be Equal    ${answer.text}    content

File Is Read When The Request Comes
    Create File    ${FILES}/fresh.txt    before
    Expect Request    /
    Respond With File    ${FILES}/fresh.txt
    Create File    ${FILES}/fresh.txt    after all
    Answer Of    after all    GET    /
    Remove File    ${FILES}/fresh.txt
    Status Of    500    GET    /
    Problems Should Be    HANDLER ERROR

Big File
    [Documentation]    More than what is held of a response in memory.
    VAR    ${path}    ${FILES}${/}big.bin
    Evaluate    pathlib.Path($path).write_bytes(bytes(range(256)) * 4096 * 24)    modules=pathlib
    Expect Request    /
    Respond With File    ${path}
    ${answer} =    Status Of    200    GET    /
    Should Be Equal As Integers    ${{ len($answer.data) }}    ${{ 256 * 4096 * 24 }}
    Should Be True    $answer.data == bytes(range(256)) * 4096 * 24
    Should Be Equal    ${answer.header('content-length')}    ${{ str(256 * 4096 * 24) }}
    ${request} =    Get Received Request
    Should Be True    $request.response.data[:512] == bytes(range(256)) * 2

Redirect
    Expect Request    /old
    Respond With Redirect    /new
    ${answer} =    Status Of    302    GET    /old
    Should Be Equal    ${answer.all('Location')}    ${{ ['/new'] }}

Redirect With Everything
    Expect Request    /old
    Respond With Redirect    https://example.com/a b?x\=1    status=308    headers=X-Trace: 7
    ${answer} =    Status Of    308    GET    /old
    Should Be Equal    ${answer.header('location')}    https://example.com/a%20b?x=1
    Should Be Equal    ${answer.header('x-trace')}    7

Redirect Is Followed
    Expect Request    /old
    Respond With Redirect    /new    status=301
    Expect Request    /new
    Respond With Data    here
    ${response} =    GET    ${SERVER}/old
    Should Be Equal    ${response.text}    here
    ${requests} =    Get Received Requests
    Should Be Equal    ${{ [str(r) for r in $requests] }}    ${{ ['GET /old', 'GET /new'] }}

Werkzeug Response
    ${response} =    Evaluate    werkzeug.Response('gone', 410, {'X-Trace': '7'}, content_type='text/html')
    ...    modules=werkzeug
    Expect Request    /
    Respond With Response    ${response}
    FOR    ${_}    IN RANGE    2
        ${answer} =    Status Of    410    GET    /
        Should Be Equal    ${answer.text}    gone
        Should Be Equal    ${answer.header('x-trace')}    7
        Should Be Equal    ${answer.all('content-type')}    ${{ ['text/html'] }}
    END

Werkzeug Response Is Taken When Registered
    ${response} =    Evaluate    werkzeug.Response('before')    modules=werkzeug
    Expect Request    /
    Respond With Response    ${response}
    Evaluate    $response.set_data('after')
    Answer Of    before    GET    /

Werkzeug Response Made By A Generator
    ${response} =    Evaluate    werkzeug.Response(part for part in ('one ', 'two'))    modules=werkzeug
    Expect Request    /
    Respond With Response    ${response}
    Answer Of    one two    GET    /
    Answer Of    one two    GET    /

Werkzeug Response With Cookies
    ${response} =    Evaluate    werkzeug.Response('ok')    modules=werkzeug
    Evaluate    [$response.set_cookie('a', '1'), $response.set_cookie('b', '2')]
    Expect Request    /
    Respond With Response    ${response}
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.all('Set-Cookie')}    ${{ ['a=1; Path=/', 'b=2; Path=/'] }}

Response Of The One Registered Last
    Expect Request    /a
    Expect Request    /b
    Respond With Data    b
    Answer Of    b    GET    /b
    Status Of    500    GET    /a
    Problems Should Be    NO RESPONSE

To Gives The Response Of Another One
    ${a} =    Expect Request    /a
    Expect Request    /b
    Respond With Data    b
    Respond With Data    a    to=${a}
    Answer Of    a    GET    /a
    Answer Of    b    GET    /b

To With All Keywords
    Create File    ${FILES}/to.txt    file
    ${response} =    Evaluate    werkzeug.Response('response')    modules=werkzeug
    ${json} =    Expect Request    /json
    ${file} =    Expect Request    /file
    ${redirect} =    Expect Request    /redirect
    ${handler} =    Expect Request    /handler
    ${werkzeug} =    Expect Request    /werkzeug
    Expect Request    /last
    Respond With Json    1    to=${json}
    Respond With File    ${FILES}/to.txt    to=${file}
    Respond With Redirect    /json    to=${redirect}
    Respond With Handler    ${{ lambda request: 'handler' }}    to=${handler}
    Respond With Response    ${response}    to=${werkzeug}
    Answer Of    1    GET    /json
    Answer Of    file    GET    /file
    Answer Of    ${EMPTY}    GET    /redirect
    Answer Of    handler    GET    /handler
    Answer Of    response    GET    /werkzeug
    Status Of    500    GET    /last
    Problems Should Be    NO RESPONSE

The Last Response Wins
    Expect Request    /
    Respond With Data    first
    Respond With Json    {"second": true}    status=201
    ${answer} =    Status Of    201    GET    /
    Should Be Equal    ${answer.json}    ${{ {'second': True} }}

Response Can Change Between Requests
    ${state} =    Expect Request    /state
    Respond With Data    busy    status=503
    Status Of    503    GET    /state
    Respond With Data    done    to=${state}
    Answer Of    done    GET    /state

Fresh Response For Every Request
    Expect Request    /
    Respond With Json    {"id": 1}    headers=X-Tag: a
    FOR    ${_}    IN RANGE    3
        ${answer} =    Status Of    200    GET    /
        Should Be Equal    ${answer.all('X-Tag')}    ${{ ['a'] }}
        Should Be Equal    ${answer.json}    ${{ {'id': 1} }}
    END

Every Response Has A Date
    Expect Request    /
    Respond With Data
    ${answer} =    Status Of    200    GET    /
    Should Match Regexp    ${answer.header('date')}    ^[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} [\\d:]{8} GMT$


*** Keywords ***
Start Server
    ${url} =    Start Http Server
    VAR    ${SERVER}    ${url}    scope=SUITE
    # Its own: several runs may go on at the same time.
    ${directory} =    Evaluate    tempfile.mkdtemp()
    VAR    ${FILES}    ${directory}    scope=SUITE

Json Arrives As
    [Arguments]    ${body}    ${expected}
    Expect Request    /
    Respond With Json    ${body}
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.json}    ${expected}
    Should Be Equal    ${{ type($answer.json) is type($expected) }}    ${TRUE}
    Should Be Equal    ${answer.header('content-type')}    ${JSON TYPE}
    Reset Http Server

Headers Arrive As
    [Arguments]    ${headers}    ${a}    ${b}
    Expect Request    /
    Respond With Data    headers=${headers}
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.all('X-A')}    ${{ [$a] }}
    Should Be Equal    ${answer.all('X-B')}    ${{ [$b] }}
    Reset Http Server

Reason Arrives As
    [Arguments]    ${reason}    ${keyword}    @{arguments}    &{named}
    Create File    ${FILES}/a.txt    content
    Expect Request    /
    Run Keyword    ${keyword}    @{arguments}    &{named}
    ${answer} =    Send    GET    /
    Should Be Equal    ${answer.reason}    ${reason}
    ${request} =    Get Received Request
    Should Be Equal    ${request.response.reason}    ${reason}
    Reset Http Server

Cookies Arrive
    [Arguments]    ${headers}
    Expect Request    /
    Respond With Data    headers=${headers}
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${answer.all('Set-Cookie')}    ${{ ['a=1', 'b=2'] }}
    Reset Http Server

Status Arrives
    [Arguments]    ${status}
    Expect Request    /
    Respond With Data    body    status=${status}
    ${answer} =    Status Of    ${status}    GET    /
    Should Be Equal    ${answer.text}    body
    Reset Http Server

File Arrives
    [Arguments]    ${name}    ${type}
    Create File    ${FILES}/${name}    <content>
    Expect Request    /
    Respond With File    ${FILES}/${name}
    ${answer} =    Status Of    200    GET    /
    Should Be Equal    ${{ $answer.header('content-type').partition(';')[0] }}    ${type}
    Should Be Equal    ${answer.text}    <content>
    Reset Http Server
