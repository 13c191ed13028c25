*** Settings ***
Documentation    The fields `text` and `data` of a request description.

Resource         resources/matching.resource

Suite Setup      Start Http Server

Test Tags        matching


*** Test Cases ***
Text Is Compared As A Whole
    Given Request    POST    /    ${EMPTY}    hello world
    Matches    text=hello world
    Does Not Match    text=hello
    Does Not Match    text=Hello World
    Does Not Match    text=hello world${SPACE}

Text Patterns
    Given Request    POST    /    ${EMPTY}    line 1\nline 2
    Matches    text=GLOB:line*2
    Matches    text=REGEXP:(?s)line.*
    Matches    text=STARTS:line 1
    Matches    text=STARTS: line 1
    Matches    text=EQUALS:line 1\nline 2
    Does Not Match    text=REGEXP:line 1
    Does Not Match    text=GLOB:line

Text That Is Something Else
    Given Request    POST    /    ${EMPTY}    hello world
    Matches    text=NOT:hello
    Matches    text=NOT: STARTS: world
    Matches    text=${{ re.compile('HELLO .*', re.IGNORECASE) }}
    Does Not Match    text=NOT:hello world
    Does Not Match    text=NOT:GLOB:hello*
    Does Not Match    text=${{ re.compile('hello') }}

Number And Boolean As Text
    Given Request    POST    /    ${EMPTY}    42
    Matches    text=${42}
    Does Not Match    text=${43}
    Given Request    POST    /    ${EMPTY}    True
    Matches    text=${TRUE}
    Does Not Match    text=${FALSE}

Word None Is Text
    Given Request    POST    /    ${EMPTY}    None
    Matches    text=None
    Does Not Match    text=none

Empty Text Is No Body
    Given Request    POST    /
    Matches    text=${EMPTY}
    Matches    data=${EMPTY}
    Given Request    POST    /    ${EMPTY}    x
    Does Not Match    text=${EMPTY}
    Does Not Match    data=${EMPTY}

Text Is Utf8 By Default
    Given Request    POST    /    ${EMPTY}    žluť
    Matches    text=žluť

Text In The Charset Of The Content Type
    ${latin1} =    Evaluate    'Jürgen'.encode('latin-1')
    Given Request    POST    /    Content-Type: text/plain; charset=ISO-8859-1    ${latin1}
    Matches    text=Jürgen
    Given Request    POST    /    Content-Type: text/plain; charset=utf-8    ${latin1}
    Does Not Match    text=Jürgen

Unknown Charset Is Utf8
    Given Request    POST    /    Content-Type: text/plain; charset=klingon    Jürgen
    Matches    text=Jürgen

Bytes Are Equal To The Body
    Given Request    POST    /    ${EMPTY}    ${{ b'\x00\xff\x01' }}
    Matches    data=${{ b'\x00\xff\x01' }}
    Matches    data=${{ bytearray(b'\x00\xff\x01') }}
    Does Not Match    data=${{ b'\x00\xff' }}
    Does Not Match    data=${{ b'\x00\xff\x01\x02' }}

Data Is No Pattern
    Given Request    POST    /    ${EMPTY}    ${{ b'GLOB:*' }}
    Matches    data=${{ b'GLOB:*' }}
    Given Request    POST    /    ${EMPTY}    abc
    Does Not Match    data=${{ b'GLOB:*' }}

Text As Data Is Its Utf8
    Given Request    POST    /    ${EMPTY}    Jürgen
    Matches    data=Jürgen
    Matches    data=${{ 'Jürgen'.encode() }}
    Does Not Match    data=${{ 'Jürgen'.encode('latin-1') }}

Number As Data
    Given Request    POST    /    ${EMPTY}    42
    Matches    data=${42}
    Does Not Match    data=${43}

Several Body Fields Must All Hold
    Given Request    POST    /    ${EMPTY}    {"a": 1, "b": 2}
    Matches    text=STARTS:{    json={"b": 2, "a": 1}    json_subset={"a": 1}
    Does Not Match    text=STARTS:[    json={"b": 2, "a": 1}
    Does Not Match    text=STARTS:{    json={"b": 2}
    Does Not Match    text=STARTS:{    json_subset={"a": 2}

Body Of Get
    Given Request    GET    /    ${EMPTY}    query
    Matches    text=query    method=GET
