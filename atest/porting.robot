*** Settings ***
Documentation    Suites that are ported from pytest-httpserver find what they know: each request is sent to both.
...              Where the library differs on purpose, other suites test it.

Library          HttpServerLibrary
Library          resources/Ancestor.py

Suite Setup      Start Http Server
Test Setup       Start Both
Test Teardown    Stop Both

Test Tags        porting


*** Test Cases ***
Nothing Is Expected
    Both Answer    500    GET    /
    Both Answer    500    POST    /x    body=b

Any Path
    Both Expect    permanent
    Both Respond With Data    any
    Both Answer    200    GET    /
    Both Answer    200    DELETE    /a?b=1

Path
    Both Expect    permanent    /a
    Both Respond With Data    a
    Both Answer    200    GET    /a
    Both Answer    200    GET    /a?b=1
    Both Answer    500    GET    /a/
    Both Answer    500    GET    /A
    Both Answer    500    GET    /

Encoded Path
    Both Expect    permanent    /a b/ž
    Both Respond With Data    x
    Both Answer    200    GET    /a%20b/%C5%BE

Method
    Both Expect    permanent    /    method=POST
    Both Respond With Data    x
    Both Answer    200    POST    /
    Both Answer    500    GET    /
    Both Answer    500    PUT    /

Query As Text
    Both Expect    permanent    /    query=a=1&b=2
    Both Respond With Data    x
    Both Answer    200    GET    /?a=1&b=2
    Both Answer    500    GET    /?b=2&a=1
    Both Answer    500    GET    /?a=1
    Both Answer    500    GET    /

Query As Dictionary
    VAR    &{query}    a=1    b=x y
    Both Expect    permanent    /    query=${query}
    Both Respond With Data    x
    Both Answer    200    GET    /?a=1&b=x+y
    Both Answer    200    GET    /?b=x%20y&a=1
    Both Answer    500    GET    /?a=1
    Both Answer    500    GET    /?a=1&b=x+y&c=3
    Both Answer    500    GET    /

Headers
    Both Expect    permanent    /    headers=X-A: 1\nx-b: Two
    Both Respond With Data    x
    Both Answer    200    GET    /    X-A: 1\nX-B: Two
    Both Answer    200    GET    /    x-a: 1\nX-B: Two\nX-C: 3
    Both Answer    500    GET    /    X-A: 1
    Both Answer    500    GET    /    X-A: 1\nX-B: two

Authorization
    Both Expect    permanent    /    headers=Authorization: Digest username="u", realm="r"
    Both Respond With Data    x
    Both Answer    200    GET    /    Authorization: Digest username="u", realm="r"
    Both Answer    200    GET    /    Authorization: digest realm=r,username=u
    Both Answer    500    GET    /    Authorization: Digest username="v", realm="r"
    Both Answer    500    GET    /    Authorization: Basic dTpw

Body As Text
    Both Expect    permanent    /    data=žluť
    Both Respond With Data    x
    Both Answer    200    POST    /    body=žluť
    Both Answer    500    POST    /    body=zlut

Body As Bytes
    ${bytes} =    Convert To Bytes    abc
    Both Expect    permanent    /    data=${bytes}
    Both Respond With Data    x
    Both Answer    200    POST    /    body=abc
    Both Answer    500    POST    /    body=abcd

Json
    Both Expect    permanent    /    json={"a": 1, "b": [null, true]}
    Both Respond With Data    x
    Both Answer    200    POST    /    body={"a": 1, "b": [null, true]}
    Both Answer    200    POST    /    body={"b":[null,true],"a":1.0}
    Both Answer    500    POST    /    body={"a": 1}
    Both Answer    500    POST    /    body={"a": 1, "b": [true, null]}
    Both Answer    500    POST    /    body=no json

Json Null
    Both Expect    permanent    /    json=null
    Both Respond With Data    x
    Both Answer    200    POST    /    body=null
    Both Answer    500    POST    /    body={}
    Both Answer    500    POST    /    body=${EMPTY}

Data Response
    ${bytes} =    Convert To Bytes    raw
    FOR    ${data}    IN    žluť    ${bytes}    ${EMPTY}
        Both Expect    oneshot    /
        Both Respond With Data    ${data}
        Both Answer    200    GET    /
    END

Data Response With Options
    Both Expect    permanent    /
    Both Respond With Data    <p>    status=${404}    content_type=text/html    headers=X-A: 1
    Both Answer    404    GET    /

Json Response
    FOR    ${json}    IN    {"a": [1, null]}    [1]    7    true    null
        Both Expect    oneshot    /
        Both Respond With Json    ${json}
        Both Answer    200    GET    /
    END

Json Response With Options
    Both Expect    permanent    /
    Both Respond With Json    {}    status=${201}    content_type=application/hal+json
    Both Answer    201    GET    /

Handlers
    Both Expect    permanent    /text
    Both Respond With Handler    ${{ lambda request: request.method }}
    Both Expect    permanent    /raises
    Both Respond With Handler    ${{ lambda request: 1 / 0 }}
    Both Answer    200    GET    /text
    Both Answer    500    GET    /raises
    Both Answer    200    GET    /text

Permanent Ones In The Order Of Registration
    Both Expect    permanent    /
    Both Respond With Data    first
    Both Expect    permanent    /
    Both Respond With Data    second
    Both Answer    200    GET    /
    Both Answer    200    GET    /

Oneshots In The Order Of Registration
    Both Expect    oneshot    /
    Both Respond With Data    first
    Both Expect    oneshot    /
    Both Respond With Data    second
    Both Answer    200    GET    /
    Both Answer    200    GET    /
    Both Answer    500    GET    /

Kinds In Their Order
    FOR    ${kind}    IN    permanent    oneshot    ordered
        Both Expect    ${kind}    /
        Both Respond With Data    ${kind}
    END
    Both Answer    200    GET    /
    Both Answer    200    GET    /
    Both Answer    200    GET    /
    Both Answer    200    GET    /

Ordered Ones
    FOR    ${path}    IN    /a    /b    /a
        Both Expect    ordered    ${path}
        Both Respond With Data    ${path}
    END
    Both Answer    200    GET    /a
    Both Answer    200    GET    /b
    Both Answer    200    GET    /a
    Both Answer    500    GET    /a
    Both Answer    500    GET    /b

Broken Order
    Both Expect    permanent    /p
    Both Respond With Data    p
    Both Expect    ordered    /a
    Both Respond With Data    a
    Both Expect    ordered    /b
    Both Respond With Data    b
    Both Answer    200    GET    /a
    FOR    ${path}    IN    /p    /b    /a    /p
        Both Answer    500    GET    ${path}
    END

Order Broken By The Second
    FOR    ${path}    IN    /a    /b
        Both Expect    ordered    ${path}
        Both Respond With Data    ${path}
    END
    Both Answer    500    GET    /b
    Both Answer    500    GET    /a

Unexpected Does Not Break What Has No Order
    Both Expect    oneshot    /a
    Both Respond With Data    a
    Both Expect    permanent    /p
    Both Respond With Data    p
    Both Answer    500    GET    /x
    Both Answer    200    GET    /a
    Both Answer    500    GET    /a
    Both Answer    200    GET    /p
