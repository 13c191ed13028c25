*** Settings ***
Documentation    Bad input fails the keyword at once, says what was wrong, and changes nothing.

Library          Collections
Library          OperatingSystem
Library          resources/ChildRun.py
Library          resources/handlers.py
Resource         resources/client.resource

Suite Setup      Start Server
Test Setup       Expect Something
Test Teardown    Reset Http Server

Test Tags        misuse


*** Variables ***
@{EXPECT}              Expect Request    Expect Oneshot Request    Expect Ordered Request
${NONE COMES}          To check that no request arrives, use 'Request Should Not Be Received'.
${TWO SPACES}          Two or more spaces are needed between cells. If this is the path, write 'EQUALS:
${TO CHECK A RANGE}    To check a range, use 'Request Should Have Been Received' with times\=


*** Test Cases ***
Path
    [Template]    Description Is Refused
    *'?'*query*    /orders?page\=2
    *'?'*query*    orders?page\=2
    *'?'*query*    ?page\=2
    *'?'*query*    /what?
    *path*regular expression*    REGEXP:/orders/(
    *path*placeholder*    /orders/{}
    *path*twice*    /{id}/{id}
    *path*    ${{ ['/a'] }}
    *path*    ${{ {'a': 1} }}

Path That Was Meant To Be Something Else
    [Template]    Description Is Refused
    path: "POST /orders" begins with a method. Write the path "/orders" and method\=POST.    POST /orders
    path: "get \ /orders" begins with a method. Write the path "/orders" and method\=get.    get \ /orders
    path: "GET,HEAD /orders" begins with a method. Write the path "/orders" and method\=GET,HEAD.    GET,HEAD /orders
    path: "ANY /orders" begins with a method. Write the path "/orders" and method\=ANY.    ANY /orders
    path: "/orders json\={}" contains 'json\='. ${TWO SPACES}/orders json\={}'.    /orders json\={}
    path: "GLOB:/* times\=2" contains 'times\='. ${TWO SPACES}GLOB:/* times\=2'.    GLOB:/* times\=2
    path: text is needed here, not a dictionary: {'path': '/a'}. To give *, write \&{...}.    ${{ {'path': '/a'} }}
    path: text is needed here, not list: [[]'/a'[]].    ${{ ['/a'] }}
    path: text is needed here, not object: <object object at *>.    ${{ object() }}
    path: a regular expression for text is needed, not for bytes: b'/a'.    ${{ re.compile(b'/a') }}

Path With One Space As It Is Written
    [Documentation]    Robot Framework takes two cells with one space between them for one.
    Run Keyword And Expect Error    path: "/orders method=POST" contains 'method='.*
    ...    Expect Request    /orders method=POST
    Run Keyword And Expect Error    path: "/orders method=POST" contains 'method='.*
    ...    Get Received Requests    /orders method=POST

An Expectation As Path
    ${expectation} =    Expect Request    /expected
    VAR    ${reason}
    ...    path: an expectation was given (permanent /expected), but this keyword makes a new one.
    ...    Give the path and the other fields of the request.
    FOR    ${name}    IN    @{EXPECT}
        ${error} =    Run Keyword And Expect Error    *    ${name}    ${expectation}
        Should Be Equal    ${error}    ${reason}
    END
    ${collection} =    Serve Collection    /orders
    ${error} =    Run Keyword And Expect Error    *    Expect Request    ${collection}
    VAR    ${reason}
    ...    path: a collection was given (/orders), but this keyword makes an expectation.
    ...    Give the path and the other fields of the request.
    Should Be Equal    ${error}    ${reason}
    Run Keyword And Expect Error    *An expectation cannot be given here.    Switch Http Server    ${expectation}

Path With Query As It Is Written
    [Documentation]    Robot Framework sees the equals sign first; it must not take the path for a named argument.
    Run Keyword And Expect Error    *'?'*query*    Expect Request    /orders?page=2
    Run Keyword And Expect Error    *'?'*query*    Get Received Requests    /orders?page=2    method=GET

Method
    [Template]    Description Is Refused
    *method*POTS*    method=POTS
    *method*GTE*    method=GTE
    *method*POTS*    method=GET,POTS
    *method*POTS*    method=${{ ['GET', 'POTS'] }}
    *method*    method=${EMPTY}
    *method*    method=${{ [] }}
    *method*    method=GET,,POST
    *method*EQUALS*    method=EQUALS:

Query
    [Template]    Description Is Refused
    *query*regular expression*    query=REGEXP:(
    *query*not JSON*line 1 column 11*    query={"page": 2
    *query*dictionary*set*    query={1, 2}
    *query*page*regular expression*    query={"page": "REGEXP:["}
    *query*    query=${{ [('a', 'b')] }}
    *query*page*    query=${{ {'page': {'a': 1}} }}
    *query_subset*    query_subset=page=2
    *query_subset*page*regular expression*    query_subset={"page": "REGEXP:["}
    *query_subset*    query_subset=${{ ['page'] }}

Headers And Cookies
    [Template]    Description Is Refused
    *headers*colon*X-Trace 7*    headers=X-Trace 7
    *headers*colon*X-Other*    headers=X-Trace: 7\nX-Other
    *headers*    headers=: 7
    *headers*not JSON*line 1 column*    headers={"X-A": "b"
    *headers*X A*not a header name*    headers={"X A": "b"}
    *headers*X A*not a header name*    headers=X A: b
    *cookies*not JSON*    cookies={"a": 1
    *headers*X-A*regular expression*    headers={"X-A": "REGEXP:*"}
    *headers*    headers=${{ ['X-A: 7'] }}
    *headers*X-A*    headers=${{ {'X-A': {'a': 1}} }}
    *cookies*name*session*    cookies=session
    *cookies*name*theme*    cookies=session=abc; theme
    *cookies*session*regular expression*    cookies={"session": "REGEXP:*"}
    *cookies*    cookies=${{ ['session'] }}

Credentials
    [Template]    Description Is Refused
    *basic_auth*colon*    basic_auth=user
    *basic_auth*    basic_auth=${{ ['user'] }}
    *basic_auth*    basic_auth=${{ ['user', 'pass', 'word'] }}
    *basic_auth*    basic_auth=${EMPTY}
    *bearer_token*    bearer_token=${EMPTY}

Credentials Are Not Told
    FOR    ${value}    IN    s3cr3t    ${{ ['s3cr3t'] }}    ${{ ['a', 'b', 's3cr3t'] }}
        ${error} =    Run Keyword And Expect Error    *    Expect Request    basic_auth=${value}
        Should Not Contain    ${error}    s3cr3t
    END

Body
    [Template]    Description Is Refused
    *text*regular expression*    text=REGEXP:(
    *text*    text=${{ {'a': 1} }}
    *text*    text=${{ ['a'] }}
    *text*    text=${{ {1} }}
    *text*    text=${{ b'a' }}
    *data*    data=${{ {'a': 1} }}
    *form*    form=user
    *form*user*regular expression*    form={"user": "REGEXP:("}
    *form*    form=${{ ['user'] }}
    *files*    files=photo.png
    *files*photo*regular expression*    files={"photo": "REGEXP:("}
    *files*photo*name*    files={"photo": {"name": "sea.txt"}}
    *files*    files=${{ ['photo'] }}

Json
    [Template]    Description Is Refused
    *json*line 1 column 10*    json={"item": book}
    *json*line 2 column 9*    json={\n "item" 1\n}
    *json*line 1 column 1*    json=book
    *json*line 1 column 1*    json=${EMPTY}
    *json*    json=NaN
    *json*    json=${{ float('nan') }}
    *json*    json=${{ {'when': object()} }}
    *json*    json=${{ {1, 2} }}
    *json_subset*line 1 column 10*    json_subset={"item": book}
    *json_subset*    json_subset=${{ {'when': object()} }}

Placeholders And Order Of Lists
    [Template]    Description Is Refused
    *json*"<any-numbr>" is not a placeholder*<any-number>*    json={"id": "<any-numbr>"}
    *json*"<regex:a>" is not a placeholder*<regexp:...>*    json=["<regex:a>"]
    *json_subset*regular expression*    json_subset={"id": "<regexp:(>"}
    *json*line 1 column 8*needs quotes*    json={"id": <any>}
    *json_ignore_order*json*    json_ignore_order=True
    *json_ignore_order*json*    json_path={"$.a": 1}    json_ignore_order=True
    *json_ignore_order*maybe*    json=[]    json_ignore_order=maybe

Xml
    [Template]    Description Is Refused
    *xml*not XML*line 1 column 4*    xml=<a>
    *xml*not XML*line 2 column 5*    xml=<a>\n</b>
    *xml*not XML*line 1 column 1*    xml=${EMPTY}
    *xml*entities*    xml=<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>
    *xpath*//a?*not an XPath*    xpath={"//a[": 1}
    *xpath*lower-case*    xpath={"lower-case(//a)": "x"}
    *xpath*dictionary*    xpath=//a
    *xpath*//a*regular expression*    xpath={"//a": "REGEXP:("}
    *xpath*not JSON*line 1 column*    xpath={"//a": }

Json Path And Schema
    [Template]    Description Is Refused
    *json_path*    json_path=$.item
    *json_path*$.item?*    json_path={"$.item[": 1}
    *json_path*    json_path=${{ ['$.item'] }}
    *json_path*    json_path=${{ {'$.item': object()} }}
    *json_schema*    json_schema={"type": "objekt"}
    *json_schema*    json_schema={"type": 5}
    *json_schema*missing.json*    json_schema=${CURDIR}/missing.json
    *json_schema*other.json*    json_schema={"$ref": "other.json"}
    *json_schema*    json_schema={"pattern": "("}
    *json_schema*    json_schema=${{ ['object'] }}

Schema File That Is Not Json
    ${directory} =    Evaluate    tempfile.mkdtemp()
    Create File    ${directory}/broken.schema.json    {"type": "object",\n "required": }
    TRY
        Description Is Refused    *json_schema*line 2 column*    json_schema=${directory}/broken.schema.json
    FINALLY
        Remove Directory    ${directory}    recursive=True
    END

Matcher
    [Template]    Description Is Refused
    *matcher*no_such_module*    matcher=no_such_module.function
    *matcher*no_such_function*    matcher=handlers.no_such_function
    *matcher*function*    matcher=function
    *matcher*not callable*    matcher=handlers.not_callable
    *matcher*this module is broken*    matcher=broken_module.function
    *matcher*    matcher=${7}
    *matcher*    matcher=${EMPTY}

Unknown Argument And Wrong Type
    [Documentation]    Robot Framework finds these before the library is asked.
    [Template]    Description Is Refused
    *    status=200
    *    /orders    GET

Times
    Number Of Expectations Stays    *times*1 or more*0*    Expect Request    /x    times=0
    Number Of Expectations Stays    *times*1 or more*-1*    Expect Request    /x    times=-1
    Number Of Expectations Stays    times: a number is needed, not "two".    Expect Request    /x    times=two
    FOR    ${range}    IN    2..4    >=1    <3
        Number Of Expectations Stays
        ...    times: ${range} is a range, but a number is needed. ${TO CHECK A RANGE}${range}.
        ...    Expect Request    /x    times=${range}
    END
    Number Of Expectations Stays    *times*    Expect Oneshot Request    /x    times=2

Descriptions Of Other Keywords
    [Template]    Selection Is Refused
    Request Should Have Been Received
    Wait Until Request Is Received
    Request Should Not Be Received
    Get Received Requests
    Get Received Request

Times And Timeouts Of Other Keywords
    [Template]    Number Of Expectations Stays
    times: a wait needs a number of 1 or more, not 0. ${NONE COMES}
    ...    Wait Until Request Is Received    /x    times=0
    times: a wait needs a number of 1 or more, not <3. ${NONE COMES}
    ...    Wait Until Request Is Received    /x    times=<3
    times: a number of 0 or more is needed, not -1.    Wait Until Request Is Received    /x    times=-1
    times: a number of 0 or more is needed, not -1.    Request Should Have Been Received    /x    times=-1
    times: the range 4..2 is reversed; write 2..4.    Request Should Have Been Received    /x    times=4..2
    times: the range 4..2 is reversed; write 2..4.    Wait Until Request Is Received    /x    times=4..2
    times: a bound of 1 or more is needed after '<', not 0.    Request Should Have Been Received    /x    times=<0
    times: a number or a range such as 2, >\=1 or 2..4 is needed, not "two".    Wait Until Request Is Received
    ...    /x    times=two
    times: a number or a range such as 2, >\=1 or 2..4 is needed, not "2..".    Request Should Have Been Received
    ...    /x    times=2..
    *timeout*soon*    Wait Until Requests Are Received In Order    ["/x"]    timeout=soon
    *timeout*    Wait Until Requests Are Received In Order    ["/x"]    timeout=-1
    *timeout*soon*    Wait Until Request Is Received    /x    timeout=soon
    *timeout*    Wait Until Request Is Received    /x    timeout=-1
    *timeout*soon*    Wait Until Expectations Are Met    timeout=soon
    *timeout*    Wait Until Expectations Are Met    timeout=-1 s
    *within*soon*    Request Should Not Be Received    /x    within=soon
    *within*    Request Should Not Be Received    /x    within=-1

Unknown Server
    [Template]    Number Of Expectations Stays
    *nowhere*http-1*    Expect Request    /x    server=nowhere
    *nowhere*http-1*    Expect Oneshot Request    /x    server=nowhere
    *nowhere*http-1*    Expect Ordered Request    /x    server=nowhere
    *nowhere*http-1*    Clear Expectations    server=nowhere
    *nowhere*http-1*    Format Matchers    server=nowhere
    *nowhere*http-1*    Check Assertions    server=nowhere
    *nowhere*http-1*    Get Problems    server=nowhere
    *nowhere*http-1*    Expectations Should Be Met    server=nowhere
    *nowhere*http-1*    Wait Until Expectations Are Met    server=nowhere
    *nowhere*http-1*    Request Should Have Been Received    server=nowhere
    *nowhere*http-1*    Wait Until Request Is Received    server=nowhere
    *nowhere*http-1*    Request Should Not Be Received    server=nowhere
    *nowhere*http-1*    Requests Should Have Been Received In Order    ["/x"]    server=nowhere
    *nowhere*http-1*    Wait Until Requests Are Received In Order    ["/x"]    server=nowhere
    *nowhere*http-1*    Get Received Requests    server=nowhere
    *nowhere*http-1*    Get Received Request    server=nowhere
    *nowhere*http-1*    Clear Received Requests    server=nowhere
    *nowhere*http-1*    Log Received Requests    server=nowhere
    *nowhere*http-1*    Reset Http Server    server=nowhere
    *nowhere*http-1*    Set Unexpected Response    status=404    server=nowhere
    *nowhere*http-1*    Get Http Server Url    server=nowhere
    *nowhere*http-1*    Stop Http Server    server=nowhere
    *nowhere*http-1*    Switch Http Server    nowhere

Log Level
    Number Of Expectations Stays    *level*LOUD*    Log Received Requests    level=LOUD

Json Response
    [Template]    Response Is Refused
    *line 1 column 10*    Respond With Json    {"item": book}
    *line 2 column 9*    Respond With Json    {\n "item" 1\n}
    *line 1 column 1*    Respond With Json    book
    *line 1 column 1*    Respond With Json    ${EMPTY}
    *    Respond With Json    NaN
    *    Respond With Json    ${{ float('inf') }}
    *    Respond With Json    ${{ {'when': object()} }}
    *    Respond With Json    ${{ {1, 2} }}
    *1 non-named argument*    Respond With Json

Data Response
    [Template]    Response Is Refused
    *data*    Respond With Data    ${{ {'a': 1} }}
    *data*    Respond With Data    ${{ ['a'] }}

Status And Headers And Delay
    [Template]    Common Options Are Refused
    *status*99*    status=99
    *status*700*    status=700
    *status*0*    status=0
    *status*OK*    status=OK
    *delay*    delay=-1
    *delay*    delay=-1 second
    *delay*    delay=${-0.5}
    *delay*soon*    delay=soon
    *headers*colon*X-Trace 7*    headers=X-Trace 7
    *headers*colon*X-Other*    headers=X-Trace: 7\nX-Other
    *headers*X Trace*    headers=${{ {'X Trace': '7'} }}
    *headers*X-Trace*line break*    headers=${{ {'X-Trace': 'a\r\nX-Evil: b'} }}
    *headers*X-Trace*    headers=${{ {'X-Trace': 'žluť'} }}
    *headers*X-Trace*    headers=${{ {'X-Trace': None} }}
    *headers*X-Trace*    headers=${{ {'X-Trace': {'a': 1}} }}
    *headers*    headers=${{ ['X-Trace: 7'] }}
    *headers*Transfer-Encoding*    headers=Transfer-Encoding: chunked
    *headers*Content-Length*    headers=Content-Length: 1

Content Type
    [Template]    Response Is Refused
    *    Respond With Data    x    content_type=text/html\r\nX-Evil: 1
    *    Respond With Json    1    content_type=text/html\r\nX-Evil: 1

File
    [Template]    Response Is Refused
    *missing.txt*does not exist*    Respond With File    ${CURDIR}/missing.txt
    *directory*    Respond With File    ${CURDIR}
    *    Respond With File    ${EMPTY}
    *    Respond With File
    path: the file 'nosuch.txt' does not exist. A relative path is * against '${{ os.getcwd() }}'.    Respond With File
    ...    nosuch.txt

Redirect
    [Template]    Response Is Refused
    *location*    Respond With Redirect    ${EMPTY}
    *1 non-named argument*    Respond With Redirect
    *status*200*    Respond With Redirect    /new    status=200
    *status*404*    Respond With Redirect    /new    status=404

Handler
    [Template]    Response Is Refused
    *handler*no_such_module*    Respond With Handler    no_such_module.function
    *handler*no_such_function*    Respond With Handler    handlers.no_such_function
    *handler*function*    Respond With Handler    function
    *handler*not callable*    Respond With Handler    handlers.not_callable
    *handler*this module is broken*    Respond With Handler    broken_module.function
    *handler*    Respond With Handler    ${7}
    *handler*    Respond With Handler    ${EMPTY}

Werkzeug Response
    [Template]    Response Is Refused
    *response*text*    Respond With Response    text
    *status*700*    Respond With Response    ${{ werkzeug.Response('x', 700) }}

Target Of A Response
    [Template]    Response Is Refused
    *to*    Respond With Data    x    to=text
    *to*    Respond With Data    x    to=${7}

Closed Expectation
    ${removed} =    Expect Request    /removed
    Remove Expectation    ${removed}
    Response Is Refused    *removed*    Respond With Data    x    to=${removed}
    Response Is Refused    *removed*    Respond With Handler    handlers.text    to=${removed}

Expectation That Is Used Up
    ${used up} =    Expect Oneshot Request    /once
    Respond With Data
    Status Of    200    GET    /once
    Response Is Refused    *used up*    Respond With Json    1    to=${used up}

Expectation Of A Test That Has Ended
    ${run} =    Run Suite    ended_expectation.robot
    Test Should Have Passed    ${run}    First
    Test Should Have Failed With    ${run}    Second    The expectation ended with test 'First'*

Response Before Any Expectation
    ${run} =    Run Suite    too_early.robot
    Test Should Have Failed With    ${run}    Too Early    *no expectation*Expect Request*

Unexpected Response Names Its Argument
    Run Keyword And Expect Error    json: not JSON:*    Set Unexpected Response    json={"a

Unexpected Response
    Set Unexpected Response    status=404    text=kept
    FOR    ${options}    IN
    ...    ${{ {'status': 99} }}
    ...    ${{ {'status': 700} }}
    ...    ${{ {'status': 404, 'headers': 'X-Trace 7'} }}
    ...    ${{ {'status': 404, 'json': '{"a": 1,}'} }}
    ...    ${{ {'status': 404, 'text': 'a', 'json': '1'} }}
        Run Keyword And Expect Error    *    Set Unexpected Response    &{options}
    END
    ${answer} =    Status Of    404    GET    /nobody
    Should Be Equal    ${answer.text}    kept
    Problems Should Be    UNEXPECTED REQUEST

Removing What Is No Expectation
    Number Of Expectations Stays    *expectation*    Remove Expectation    text
    Number Of Expectations Stays    *expectation*    Remove Expectation    ${NONE}

Stopped Server Takes No Expectations
    Start Http Server    alias=short
    Stop Http Server    server=short
    FOR    ${name}    IN    @{EXPECT}
        Run Keyword And Expect Error    *short*stopped*    ${name}    /x    server=short
    END


*** Keywords ***
Start Server
    [Documentation]    Modules that are named but not imported by a suite are found in the Python path only.
    Evaluate    sys.path.append(r'${CURDIR}/resources')
    Start Http Server

Expect Something
    Expect Request    /kept
    Respond With Data    kept

Description Is Refused
    [Documentation]    By all three keywords; nothing is registered.
    [Arguments]    ${pattern}    @{arguments}    &{description}
    FOR    ${name}    IN    @{EXPECT}
        Number Of Expectations Stays    ${pattern}    ${name}    @{arguments}    &{description}
    END

Selection Is Refused
    [Arguments]    ${name}
    Number Of Expectations Stays    *'?'*query*    ${name}    /orders?page\=2
    Number Of Expectations Stays    *method*GTE*    ${name}    method=GTE
    Number Of Expectations Stays    *json*line 1 column*    ${name}    json={"a": 1,}
    Number Of Expectations Stays    *headers*colon*    ${name}    headers=X-Trace
    Number Of Expectations Stays    *basic_auth*colon*    ${name}    basic_auth=user
    Number Of Expectations Stays    *matcher*no_such_module*    ${name}    matcher=no_such_module.function
    Number Of Expectations Stays    *text*regular expression*    ${name}    text=REGEXP:(

Number Of Expectations Stays
    [Documentation]    The keyword fails with one line, and the server is as it was.
    [Arguments]    ${pattern}    ${name}    @{arguments}    &{named}
    ${before} =    Format Matchers
    ${error} =    Run Keyword And Expect Error    *    ${name}    @{arguments}    &{named}
    Should Match    ${error}    ${pattern}
    Length Should Be    ${error.splitlines()}    1    ${error}
    Should Not Match Regexp    ${error}    ^(TypeError|KeyError|AttributeError|IndexError|AssertionError|RuntimeError)
    ${after} =    Format Matchers
    Should Be Equal    ${before}    ${after}
    Answer Of    kept    GET    /kept
    Clear Received Requests
    Reset Http Server
    Expect Something

Response Is Refused
    [Documentation]    The keyword fails, and the expectation keeps the response it had.
    [Arguments]    ${pattern}    ${name}    @{arguments}    &{named}
    ${error} =    Run Keyword And Expect Error    *    ${name}    @{arguments}    &{named}
    Should Match    ${error}    ${pattern}
    Length Should Be    ${error.splitlines()}    1    ${error}
    Should Not Match Regexp    ${error}    ^(TypeError|KeyError|AttributeError|IndexError|AssertionError|RuntimeError)
    Answer Of    kept    GET    /kept

Common Options Are Refused
    [Arguments]    ${pattern}    &{option}
    Response Is Refused    ${pattern}    Respond With Json    {"a": 1}    &{option}
    Response Is Refused    ${pattern}    Respond With Data    body    &{option}
    IF    'Content-Length' not in $pattern
        Response Is Refused    ${pattern}    Respond With File    ${CURDIR}/misuse.robot    &{option}
        Response Is Refused    ${pattern}    Respond With Redirect    /new    &{option}
    END
