*** Settings ***
Documentation    Suites that are ported from pytest-httpserver find what they know: each test asks both.
...              Where the library differs on purpose, other suites test it.

Library          HttpServerLibrary
Library          resources/Ancestor.py

Suite Setup      Start Http Server

Test Tags        porting


*** Test Cases ***
Nobody Expected
    Both Should Answer    500 500    ${{ [] }}    /    ${{ {'target': '/x', 'method': 'POST', 'body': 'b'} }}

Any Path
    ${expected} =    Evaluate    [{'kind': 'permanent', 'data': 'any'}]
    Both Should Answer    200 200    ${expected}    /    ${{ {'target': '/a?b=1', 'method': 'DELETE'} }}

Path
    ${expected} =    Evaluate    [{'kind': 'permanent', 'path': '/a', 'data': 'a'}]
    Both Should Answer    200 200 500 500 500    ${expected}
    ...    /a    /a?b\=1    /a/    /A    /

Encoded Path
    ${expected} =    Evaluate    [{'kind': 'permanent', 'path': '/a b/ž', 'data': 'x'}]
    Both Should Answer    200    ${expected}    /a%20b/%C5%BE

Method
    VAR    @{expected}
    ...    ${{ {'kind': 'permanent', 'path': '/', 'options': {'method': 'POST'}, 'data': 'x'} }}
    Both Should Answer    200 500 500    ${expected}
    ...    ${{ {'target': '/', 'method': 'POST'} }}
    ...    ${{ {'target': '/', 'method': 'GET'} }}
    ...    ${{ {'target': '/', 'method': 'PUT'} }}

Query As Text
    VAR    @{expected}
    ...    ${{ {'kind': 'permanent', 'path': '/', 'options': {'query': 'a=1&b=2'}, 'data': 'x'} }}
    Both Should Answer    200 500 500 500    ${expected}
    ...    /?a\=1&b\=2    /?b\=2&a\=1    /?a\=1    /

Query As Dictionary
    VAR    @{expected}
    ...    ${{ {'kind': 'permanent', 'path': '/', 'options': {'query': {'a': '1', 'b': 'x y'}}, 'data': 'x'} }}
    Both Should Answer    200 200 500 500 500    ${expected}
    ...    /?a\=1&b\=x+y    /?b\=x%20y&a\=1    /?a\=1    /?a\=1&b\=x+y&c\=3    /

Headers
    VAR    @{expected}
    ...    ${{ {'kind': 'permanent', 'path': '/', 'options': {'headers': {'X-A': '1', 'x-b': 'Two'}}, 'data': 'x'} }}
    Both Should Answer    200 200 500 500    ${expected}
    ...    ${{ {'target': '/', 'headers': {'X-A': '1', 'X-B': 'Two'}} }}
    ...    ${{ {'target': '/', 'headers': {'x-a': '1', 'X-B': 'Two', 'X-C': '3'}} }}
    ...    ${{ {'target': '/', 'headers': {'X-A': '1'}} }}
    ...    ${{ {'target': '/', 'headers': {'X-A': '1', 'X-B': 'two'}} }}

Authorization
    VAR    &{headers}    Authorization=Digest username="u", realm="r"
    VAR    @{expected}    ${{ {'kind': 'permanent', 'path': '/', 'options': {'headers': $headers}, 'data': 'x'} }}
    Both Should Answer    200 200 500 500    ${expected}
    ...    ${{ {'target': '/', 'headers': {'Authorization': 'Digest username="u", realm="r"'}} }}
    ...    ${{ {'target': '/', 'headers': {'Authorization': 'digest realm=r,username=u'}} }}
    ...    ${{ {'target': '/', 'headers': {'Authorization': 'Digest username="v", realm="r"'}} }}
    ...    ${{ {'target': '/', 'headers': {'Authorization': 'Basic dTpw'}} }}

Body As Text And Bytes
    VAR    @{expected}
    ...    ${{ {'kind': 'permanent', 'path': '/t', 'options': {'data': 'žluť'}, 'data': 'x'} }}
    ...    ${{ {'kind': 'permanent', 'path': '/b', 'options': {'data': b'abc'}, 'data': 'y'} }}
    Both Should Answer    200 200 500 500    ${expected}
    ...    ${{ {'target': '/t', 'method': 'POST', 'body': 'žluť'} }}
    ...    ${{ {'target': '/b', 'method': 'POST', 'body': 'abc'} }}
    ...    ${{ {'target': '/t', 'method': 'POST', 'body': 'zlut'} }}
    ...    ${{ {'target': '/b', 'method': 'POST', 'body': 'abcd'} }}

Json
    VAR    @{expected}
    ...    ${{ {'kind': 'permanent', 'path': '/', 'options': {'json': {'a': 1, 'b': [None, True]}}, 'data': 'x'} }}
    Both Should Answer    200 200 500 500 500    ${expected}
    ...    ${{ {'target': '/', 'method': 'POST', 'body': '{"a": 1, "b": [null, true]}'} }}
    ...    ${{ {'target': '/', 'method': 'POST', 'body': '{"b":[null,true],"a":1.0}'} }}
    ...    ${{ {'target': '/', 'method': 'POST', 'body': '{"a": 1}'} }}
    ...    ${{ {'target': '/', 'method': 'POST', 'body': '{"a": 1, "b": [true, null]}'} }}
    ...    ${{ {'target': '/', 'method': 'POST', 'body': 'no json'} }}

Json Null
    VAR    @{expected}
    ...    ${{ {'kind': 'permanent', 'path': '/', 'options': {'json': None}, 'data': 'x'} }}
    Both Should Answer    200 500 500    ${expected}
    ...    ${{ {'target': '/', 'method': 'POST', 'body': 'null'} }}
    ...    ${{ {'target': '/', 'method': 'POST', 'body': '{}'} }}
    ...    ${{ {'target': '/', 'method': 'POST', 'body': ''} }}

Data Response
    VAR    @{expected}
    ...    ${{ {'kind': 'permanent', 'path': '/a', 'data': 'žluť'} }}
    ...    ${{ {'kind': 'permanent', 'path': '/b', 'data': b'raw'} }}
    ...    ${{ {'kind': 'permanent', 'path': '/c', 'data': ''} }}
    Both Should Answer    200 200 200    ${expected}    /a    /b    /c

Data Response With Options
    ${options} =    Evaluate    {'status': 404, 'content_type': 'text/html', 'headers': {'X-A': '1'}}
    VAR    @{expected}    ${{ {'kind': 'permanent', 'path': '/', 'data': '<p>', 'response': $options} }}
    Both Should Answer    404    ${expected}    /

Json Response
    VAR    @{expected}
    ...    ${{ {'kind': 'permanent', 'path': '/object', 'json': {'a': [1, None]}} }}
    ...    ${{ {'kind': 'permanent', 'path': '/list', 'json': [1]} }}
    ...    ${{ {'kind': 'permanent', 'path': '/number', 'json': 7} }}
    ...    ${{ {'kind': 'permanent', 'path': '/true', 'json': True} }}
    ...    ${{ {'kind': 'permanent', 'path': '/null', 'json': None} }}
    Both Should Answer    200 200 200 200 200    ${expected}    /object    /list    /number    /true    /null

Json Response With Options
    ${options} =    Evaluate    {'status': 201, 'content_type': 'application/hal+json'}
    VAR    @{expected}    ${{ {'kind': 'permanent', 'path': '/', 'json': {}, 'response': $options} }}
    Both Should Answer    201    ${expected}    /

Handlers
    VAR    @{expected}
    ...    ${{ {'kind': 'permanent', 'path': '/text', 'handler': lambda request: request.method} }}
    ...    ${{ {'kind': 'permanent', 'path': '/raises', 'handler': lambda request: 1 / 0} }}
    Both Should Answer    200 500 200    ${expected}    /text    /raises    /text

Permanent Ones In The Order Of Registration
    VAR    @{expected}
    ...    ${{ {'kind': 'permanent', 'path': '/', 'data': 'first'} }}
    ...    ${{ {'kind': 'permanent', 'path': '/', 'data': 'second'} }}
    Both Should Answer    200 200    ${expected}    /    /

Oneshots In The Order Of Registration
    VAR    @{expected}
    ...    ${{ {'kind': 'oneshot', 'path': '/', 'data': 'first'} }}
    ...    ${{ {'kind': 'oneshot', 'path': '/', 'data': 'second'} }}
    Both Should Answer    200 200 500    ${expected}    /    /    /

Kinds In Their Order
    VAR    @{expected}
    ...    ${{ {'kind': 'permanent', 'path': '/', 'data': 'permanent'} }}
    ...    ${{ {'kind': 'oneshot', 'path': '/', 'data': 'oneshot'} }}
    ...    ${{ {'kind': 'ordered', 'path': '/', 'data': 'ordered'} }}
    Both Should Answer    200 200 200 200    ${expected}    /    /    /    /

Ordered Ones
    ${expected} =    Evaluate    [{'kind': 'ordered', 'path': path, 'data': path} for path in ('/a', '/b', '/a')]
    Both Should Answer    200 200 200 500 500    ${expected}
    ...    /a    /b    /a    /a    /b

Broken Order
    VAR    @{expected}
    ...    ${{ {'kind': 'permanent', 'path': '/p', 'data': 'p'} }}
    ...    ${{ {'kind': 'ordered', 'path': '/a', 'data': 'a'} }}
    ...    ${{ {'kind': 'ordered', 'path': '/b', 'data': 'b'} }}
    Both Should Answer    200 500 500 500 500    ${expected}
    ...    /a    /p    /b    /a    /p

Order Broken By The Second
    ${expected} =    Evaluate    [{'kind': 'ordered', 'path': path, 'data': path} for path in ('/a', '/b')]
    Both Should Answer    500 500    ${expected}    /b    /a

Unexpected Does Not Break What Has No Order
    VAR    @{expected}
    ...    ${{ {'kind': 'oneshot', 'path': '/a', 'data': 'a'} }}
    ...    ${{ {'kind': 'permanent', 'path': '/p', 'data': 'p'} }}
    Both Should Answer    500 200 500 200    ${expected}    /x    /a    /a    /p
