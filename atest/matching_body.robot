*** Settings ***
Documentation    The fields `text` and `data` of a request description.

Resource         resources/matching.resource

Suite Setup      Start Http Server


*** Test Cases ***
Text Is Compared As A Whole
    Given Request    POST    /    ${EMPTY}    hello world
    Fits    text=hello world
    Does Not Fit    text=hello
    Does Not Fit    text=Hello World
    Does Not Fit    text=hello world${SPACE}

Text Patterns
    Given Request    POST    /    ${EMPTY}    line 1\nline 2
    Fits    text=GLOB:line*2
    Fits    text=REGEXP:(?s)line.*
    Fits    text=STARTS:line 1
    Fits    text=STARTS: line 1
    Fits    text=EQUALS:line 1\nline 2
    Does Not Fit    text=REGEXP:line 1
    Does Not Fit    text=GLOB:line

Number And Boolean As Text
    Given Request    POST    /    ${EMPTY}    42
    Fits    text=${42}
    Does Not Fit    text=${43}
    Given Request    POST    /    ${EMPTY}    True
    Fits    text=${TRUE}
    Does Not Fit    text=${FALSE}

Word None Is Text
    Given Request    POST    /    ${EMPTY}    None
    Fits    text=None
    Does Not Fit    text=none

Empty Text Is No Body
    Given Request    POST    /
    Fits    text=${EMPTY}
    Fits    data=${EMPTY}
    Given Request    POST    /    ${EMPTY}    x
    Does Not Fit    text=${EMPTY}
    Does Not Fit    data=${EMPTY}

Text Is Utf8 By Default
    Given Request    POST    /    ${EMPTY}    žluť
    Fits    text=žluť

Text In The Charset Of The Content Type
    ${latin1} =    Evaluate    'Jürgen'.encode('latin-1')
    Given Request    POST    /    Content-Type: text/plain; charset=ISO-8859-1    ${latin1}
    Fits    text=Jürgen
    Given Request    POST    /    Content-Type: text/plain; charset=utf-8    ${latin1}
    Does Not Fit    text=Jürgen

Unknown Charset Is Utf8
    Given Request    POST    /    Content-Type: text/plain; charset=klingon    Jürgen
    Fits    text=Jürgen

Bytes Are Equal To The Body
    Given Request    POST    /    ${EMPTY}    ${{ b'\x00\xff\x01' }}
    Fits    data=${{ b'\x00\xff\x01' }}
    Fits    data=${{ bytearray(b'\x00\xff\x01') }}
    Does Not Fit    data=${{ b'\x00\xff' }}
    Does Not Fit    data=${{ b'\x00\xff\x01\x02' }}

Data Is No Pattern
    Given Request    POST    /    ${EMPTY}    ${{ b'GLOB:*' }}
    Fits    data=${{ b'GLOB:*' }}
    Given Request    POST    /    ${EMPTY}    abc
    Does Not Fit    data=${{ b'GLOB:*' }}

Text As Data Is Its Utf8
    Given Request    POST    /    ${EMPTY}    Jürgen
    Fits    data=Jürgen
    Fits    data=${{ 'Jürgen'.encode() }}
    Does Not Fit    data=${{ 'Jürgen'.encode('latin-1') }}

Number As Data
    Given Request    POST    /    ${EMPTY}    42
    Fits    data=${42}
    Does Not Fit    data=${43}

Several Body Fields Must All Hold
    Given Request    POST    /    ${EMPTY}    {"a": 1, "b": 2}
    Fits    text=STARTS:{    json={"b": 2, "a": 1}    json_subset={"a": 1}
    Does Not Fit    text=STARTS:[    json={"b": 2, "a": 1}
    Does Not Fit    text=STARTS:{    json={"b": 2}
    Does Not Fit    text=STARTS:{    json_subset={"a": 2}

Body Of Get
    Given Request    GET    /    ${EMPTY}    query
    Fits    text=query    method=GET
