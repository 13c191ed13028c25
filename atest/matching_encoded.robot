*** Settings ***
Documentation    Bodies with a Content-Encoding are compared, and seen, decoded.

Library          HttpServerLibrary
Resource         resources/client.resource
Resource         resources/matching.resource

Suite Setup      Start Http Server
Test Teardown    Reset Http Server

Test Tags        matching


*** Variables ***
${GZIP}       Content-Encoding: gzip
${DEFLATE}    Content-Encoding: deflate
${FORM}       Content-Type: application/x-www-form-urlencoded


*** Test Cases ***
Json In Gzip
    Given Request    POST    /    ${GZIP}    ${{ gzip.compress(b'{"item": "pen", "count": 2}', mtime=0) }}
    Matches    json={"item": "pen", "count": 2}
    Matches    json_subset={"item": "pen"}
    Matches    json_path={"$.count": 2}
    Matches    text=STARTS:{"item"
    Matches    data=${{ gzip.compress(b'{"item": "pen", "count": 2}', mtime=0) }}
    Does Not Match    json={"item": "ink", "count": 2}

Json In Deflate
    Given Request    POST    /    ${DEFLATE}    ${{ zlib.compress(b'{"item": "pen"}') }}
    Matches    json={"item": "pen"}
    Given Request    POST    /    ${DEFLATE}    ${{ zlib.compress(b'{"item": "pen"}')[2:-4] }}
    Matches    json={"item": "pen"}

Several Codings
    Given Request    POST    /    Content-Encoding: deflate, gzip    ${{ gzip.compress(zlib.compress(b'text')) }}
    Matches    text=text

Xml And Forms
    Given Request    POST    /    ${GZIP}    ${{ gzip.compress(b'<a>1</a>') }}
    Matches    xml=<a>1</a>    xpath={"/a": 1}
    Given Request    POST    /    ${GZIP}\n${FORM}    ${{ gzip.compress(b'a=1&b=2') }}
    Matches    form={"a": 1, "b": 2}

Received Request
    Expect Request
    Respond With Data    ok
    VAR    ${packed}    ${{ gzip.compress('{"item": "žluť"}'.encode()) }}
    Answer Of    ok    POST    /    ${GZIP}    ${packed}
    ${request} =    Get Received Request
    Should Be Equal    ${request.json}[item]    žluť
    Should Be Equal    ${request.text}    {"item": "žluť"}
    Should Be Equal    ${request.data}    ${packed}
    Should Be Equal    ${request.xml}    ${NONE}
    Should Be Equal    ${request.headers}[Content-Encoding]    gzip
    Answer Of    ok    POST    /    ${GZIP}    ${{ gzip.compress(b'<order id="7"/>') }}
    ${request} =    Get Received Request
    Should Be Equal    ${request.xml.get('id')}    7

Handlers See Both
    Expect Request
    Respond With Handler    ${{ lambda request: [request.json, request.data[:2].hex()] }}
    ${answer} =    Send    POST    /    ${GZIP}\nContent-Type: application/json    ${{ gzip.compress(b'{"a": 1}') }}
    Should Be Equal    ${answer.json}    ${{ [{'a': 1}, '1f8b'] }}

Not What It Says
    Expect Request    /orders    json={"item": "pen"}
    Respond With Data    taken
    ${answer} =    Status Of    500    POST    /orders    ${GZIP}    {"item": "pen"}
    Should Contain    ${answer.text}
    ...    json: expected a body that can be decoded, received one that is not valid gzip (Content-Encoding: gzip)
    ${request} =    Get Received Request
    Should Be Equal    ${request.json}    ${NONE}
    Should Be Equal    ${request.text}    {"item": "pen"}    What came can be read.
    Problems Should Be    UNEXPECTED REQUEST

Coding That Is Not Known
    Expect Request    /orders    json={"item": "pen"}
    Respond With Data    taken
    ${answer} =    Status Of    500    POST    /orders    Content-Encoding: br    ${{ b'\x0b\x07' }}
    Should Contain    ${answer.text}    the body is encoded (br) and was compared undecoded
    Problems Should Be    UNEXPECTED REQUEST

Bomb
    [Documentation]    A few bytes that become more than the server keeps of a body.
    Start Http Server    alias=small    max_body_kept=1 KiB
    VAR    ${bomb}    ${{ gzip.compress(b'[' + b' ' * 1_000_000 + b']') }}
    Expect Request    /orders    json=[]
    Respond With Data    taken
    ${answer} =    Status Of    500    POST    /orders    ${GZIP}    ${bomb}
    VAR    ${expected}
    ...    json: expected a complete body, received more than 1024 bytes when decoded,
    ...    the limit that max_body_kept sets; raise it in 'Start Http Server'
    ...    separator=${SPACE}
    Should Contain    ${answer.text}    ${expected}
    Problems Should Be    UNEXPECTED REQUEST
    Expect Request    /handler
    Respond With Handler    ${{ lambda request: 'called' }}
    ${answer} =    Status Of    500    POST    /handler    ${GZIP}    ${bomb}
    Should Contain    ${answer.text}    was not called: the body has more than 1024 bytes when decoded
    Problems Should Be    HANDLER ERROR
    Answer Of    called    POST    /handler    ${GZIP}    ${{ gzip.compress(b'small') }}
    Stop Http Server    server=small
