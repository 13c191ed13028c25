*** Settings ***
Documentation     Files that clients ask for again or in part, and bodies with a Content-Encoding.

Library           Collections
Library           OperatingSystem
Library           RequestsLibrary
Resource          resources/client.resource

Suite Setup       Start Server
Suite Teardown    Remove Directory    ${FILES}    recursive=True
Test Teardown     Run Keywords    Reset Http Server    AND    Delete All Sessions

Test Tags         responses


*** Variables ***
${FILES}    set in Suite Setup


*** Test Cases ***
Client That Has The File Is Told So
    Serve    0123456789
    ${first} =    GET On Session    client    /file
    Should Be Equal    ${first.text}    0123456789
    VAR    &{known}    If-None-Match=${first.headers}[ETag]
    ${second} =    GET On Session    client    /file    headers=${known}    expected_status=304
    Should Be Empty    ${second.content}
    Should Be Equal    ${second.headers}[ETag]    ${first.headers}[ETag]
    VAR    &{known}    If-Modified-Since=${first.headers}[Last-Modified]
    HEAD On Session    client    /file    headers=${known}    expected_status=304
    Check Assertions
    ${requests} =    Get Received Requests    /file
    Should Be Equal    ${{ [each.response.status for each in $requests] }}    ${{ [200, 304, 304] }}
    Should Be Equal    ${requests[1].response.text}    ${EMPTY}

Client Gets A File That Has Changed
    Serve    before
    ${first} =    GET On Session    client    /file
    Create File    ${FILES}/file.txt    after all
    VAR    &{known}    If-None-Match=${first.headers}[ETag]
    ${second} =    GET On Session    client    /file    headers=${known}
    Should Be Equal    ${second.text}    after all
    VAR    &{known}    If-Match=${first.headers}[ETag]
    GET On Session    client    /file    headers=${known}    expected_status=412

Download Is Resumed
    Serve    0123456789
    ${beginning} =    Part Of File    0-3
    Should Be Equal    ${beginning.text}    0123
    Should Be Equal    ${beginning.headers}[Content-Range]    bytes 0-3/10
    Should Be Equal    ${beginning.headers}[Accept-Ranges]    bytes
    ${rest} =    Part Of File    4-    If-Range=${beginning.headers}[ETag]
    Should Be Equal    ${rest.text}    456789
    Should Be Equal    ${rest.headers}[Content-Range]    bytes 4-9/10
    Create File    ${FILES}/file.txt    another one
    ${whole} =    Part Of File    4-    If-Range=${beginning.headers}[ETag]    expected_status=200
    Should Be Equal    ${whole.text}    another one
    ${requests} =    Get Received Requests
    Should Be Equal    ${{ [each.response.status for each in $requests] }}    ${{ [206, 206, 200] }}
    Should Be Equal    ${{ [each.response.text for each in $requests] }}    ${{ ['0123', '456789', 'another one'] }}

Range That Is Not There
    Serve    0123456789
    ${response} =    Part Of File    10-    expected_status=416
    Should Be Equal    ${response.headers}[Content-Range]    bytes */10
    Should Be Empty    ${response.content}
    Check Assertions

Several Ranges Get The Whole
    Serve    0123456789
    ${response} =    Part Of File    0-1,3-4    expected_status=200
    Should Be Equal    ${response.text}    0123456789

Ranges Are Turned Off
    Serve    0123456789    headers=Accept-Ranges: none
    ${response} =    Part Of File    0-1    expected_status=200
    Should Be Equal    ${response.text}    0123456789

Own Tag
    Serve    0123456789    headers=ETag: "v1"
    VAR    &{known}    If-None-Match="v1"
    GET On Session    client    /file    headers=${known}    expected_status=304

Another Status Is Sent As It Is
    Serve    0123456789    status=203
    ${response} =    Part Of File    0-1    expected_status=203
    Should Be Equal    ${response.text}    0123456789
    Dictionary Should Not Contain Key    ${response.headers}    ETag

Compressed Responses
    [Template]    Compressed Response Arrives
    gzip    Respond With Json    {"item": "žluť"}
    deflate    Respond With Json    {"item": "žluť"}
    gzip    Respond With Data    {"item": "žluť"}
    deflate    Respond With Data    {"item": "žluť"}
    gzip    Respond With File    ${FILES}/item.json
    deflate    Respond With File    ${FILES}/item.json

Compressed File Has No Ranges
    Serve    0123456789    content_encoding=gzip
    ${response} =    Part Of File    0-1    expected_status=200
    Should Be Equal    ${response.text}    0123456789
    Should Be Equal    ${response.headers}[Accept-Ranges]    none

Body That Is Already Compressed
    Expect Request    /
    Respond With Data    ${{ gzip.compress(b'text') }}    headers=Content-Encoding: gzip
    Open Session
    ${response} =    GET On Session    client    /
    Should Be Equal    ${response.text}    text
    ${request} =    Get Received Request    /
    Should Be Equal    ${request.response.text}    text

Encodings That Are Not Possible
    Expect Request    /
    Respond With Data    before
    VAR    ${expected}
    ...    EQUALS: content_encoding: gzip or deflate is needed, not 'br'. To send a body that is already encoded, leave
    ...    content_encoding out and give the header Content-Encoding.
    ...    separator=${SPACE}
    Run Keyword And Expect Error    ${expected}    Respond With Json    {}    content_encoding=br
    Run Keyword And Expect Error
    ...    EQUALS: headers: Content-Encoding cannot be given together with content_encoding=gzip, which sets it.
    ...    Respond With Data    text    content_encoding=gzip    headers=Content-Encoding: gzip
    Answer Of    before    GET    /


*** Keywords ***
Start Server
    Start Http Server
    # Its own: several runs may go on at the same time.
    ${directory} =    Evaluate    tempfile.mkdtemp()
    VAR    ${FILES}    ${directory}    scope=SUITE

Serve
    [Documentation]    Answers with a file of this content, and opens a session.
    [Arguments]    ${content}    &{options}
    Create File    ${FILES}/file.txt    ${content}
    Expect Request    /file
    Respond With File    ${FILES}/file.txt    &{options}
    Open Session

Open Session
    ${url} =    Get Http Server Url
    Create Session    client    ${url}

Part Of File
    [Arguments]    ${range}    ${expected_status}=206    &{headers}
    Set To Dictionary    ${headers}    Range=bytes=${range}
    ${response} =    GET On Session    client    /file    headers=${headers}    expected_status=${expected_status}
    RETURN    ${response}

Compressed Response Arrives
    [Arguments]    ${encoding}    ${keyword}    ${argument}
    Create File    ${FILES}/item.json    {"item": "žluť"}
    Expect Request    /
    Run Keyword    ${keyword}    ${argument}    content_encoding=${encoding}
    Open Session
    ${response} =    GET On Session    client    /
    Should Be Equal    ${response.headers}[Content-Encoding]    ${encoding}
    Should Be Equal    ${response.json()}    ${{ {'item': 'žluť'} }}
    ${request} =    Get Received Request    /
    Should Be Equal    ${request.response.json}    ${{ {'item': 'žluť'} }}
    Should Be Equal    ${request.response.headers}[Content-Encoding]    ${encoding}
    Reset Http Server
