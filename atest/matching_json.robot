*** Settings ***
Documentation    The fields `json`, `json_subset`, `json_path` and `json_schema` of a request description.

Resource         resources/matching.resource

Suite Setup      Start Http Server

Test Tags        matching


*** Test Cases ***
Objects In Any Order
    Given Request    POST    /    ${EMPTY}    {"a": 1, "b": {"c": [1, 2]}}
    VAR    &{inner}    c=${{ [1, 2] }}
    VAR    &{body}    b=${inner}    a=${1}
    Matches    json=${body}
    Matches    json={"b": {"c": [1, 2]}, "a": 1}
    Does Not Match    json={"a": 1}
    Does Not Match    json={"a": 1, "b": {"c": [1, 2]}, "d": null}
    Does Not Match    json={"a": 1, "b": {"c": [2, 1]}}

Whatever The Content Type
    Given Request    POST    /    Content-Type: text/plain    {"a": 1}
    Matches    json={"a": 1}
    Given Request    POST    /    Content-Type: application/x-www-form-urlencoded    {"a": 1}
    Matches    json={"a": 1}

Lists
    Given Request    POST    /    ${EMPTY}    [1, "two", null]
    VAR    @{body}    ${1}    two    ${NONE}
    Matches    json=${body}
    Matches    json=[1, "two", null]
    Matches    json=${{ (1, 'two', None) }}
    Does Not Match    json=[1, "two"]
    Does Not Match    json=["two", 1, null]

Null Is A Value
    Given Request    POST    /    ${EMPTY}    null
    Matches    json=${NONE}
    Matches    json=null
    Matches    json_subset=${NONE}
    Does Not Match    json=0
    Does Not Match    json=false
    Given Request    POST    /    ${EMPTY}    {}
    Does Not Match    json=${NONE}
    Given Request    POST    /
    Does Not Match    json=${NONE}

Numbers By Value
    Given Request    POST    /    ${EMPTY}    1
    Matches    json=1
    Matches    json=${1}
    Matches    json=${1.0}
    Matches    json=1.0
    Does Not Match    json=${2}
    Does Not Match    json="1"
    Given Request    POST    /    ${EMPTY}    {"price": 1.50}
    Matches    json={"price": 1.5}

Booleans Are No Numbers
    Given Request    POST    /    ${EMPTY}    {"flag": true}
    Matches    json=${{ {'flag': True} }}
    Matches    json={"flag": true}
    Does Not Match    json=${{ {'flag': 1} }}
    Does Not Match    json={"flag": "true"}
    Given Request    POST    /    ${EMPTY}    {"flag": 1}
    Does Not Match    json={"flag": true}
    Does Not Match    json_subset={"flag": true}
    Given Request    POST    /    ${EMPTY}    false
    Matches    json=${FALSE}
    Matches    json=false
    Does Not Match    json=${0}

Text As Json Is Parsed
    Given Request    POST    /    ${EMPTY}    "book"
    Matches    json="book"
    Does Not Match    json="books"

Json Text Is No Pattern
    Given Request    POST    /    ${EMPTY}    {"name": "book"}
    Does Not Match    json={"name": "GLOB:*"}

Body That Is Not Json
    Given Request    POST    /    ${EMPTY}    {"a": 1,}
    Does Not Match    json={"a": 1}
    Does Not Match    json_subset={"a": 1}
    Does Not Match    json_path={"$.a": 1}
    Does Not Match    json_schema={"type": "object"}
    Matches    text={"a": 1,}

Characters And Their Escapes
    Given Request    POST    /    ${EMPTY}    {"name": "\\u017elu\\u0165"}
    Matches    json={"name": "žluť"}

Deeply Nested Body
    [Documentation]    Comparing it must not end the thread that serves it.
    ${body} =    Evaluate    '[' * 900 + ']' * 900
    Given Request    POST    /    ${EMPTY}    ${body}
    Matches    json=${body}
    Does Not Match    json=[]
    Does Not Match    json_path={"$..a": 1}
    Does Not Match    json_schema={"items": {"$ref": "#"}, "maxItems": 0}

Utf16 Body
    [Documentation]    Python recognises the encodings of the former RFC 4627.
    Given Request    POST    /    ${EMPTY}    ${{ '{"a": 1}'.encode('utf-16') }}
    Matches    json={"a": 1}

Subset At Any Depth
    Given Request    POST    /    ${EMPTY}    {"a": 1, "b": {"c": 2, "d": {"e": 3, "f": 4}}}
    Matches    json_subset={"a": 1}
    Matches    json_subset={"b": {"d": {"f": 4}}}
    Matches    json_subset={}
    Matches    json_subset=${{ {'b': {'c': 2.0}} }}
    Does Not Match    json_subset={"b": {"d": {"f": 5}}}
    Does Not Match    json_subset={"b": {"g": 4}}
    Does Not Match    json_subset={"g": null}

Subset Of Lists
    Given Request    POST    /    ${EMPTY}    {"items": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]}
    Matches    json_subset={"items": [{"id": 1}, {"id": 2}]}
    Does Not Match    json_subset={"items": [{"id": 1}]}
    Does Not Match    json_subset={"items": [{"id": 2}, {"id": 1}]}
    Does Not Match    json_subset={"items": [{"id": 1}, {"id": 2}, {}]}

Subset Of A List Body
    Given Request    POST    /    ${EMPTY}    [{"id": 1, "name": "a"}]
    Matches    json_subset=[{"id": 1}]
    Does Not Match    json_subset={"id": 1}

Json Path To A Value
    Given Request    POST    /    ${EMPTY}    {"items": [{"id": 1, "price": 5.0}, {"id": 2, "price": 8}], "note": null}
    VAR    &{path}    $.items[0].id=${1}
    Matches    json_path=${path}
    Matches    json_path={"$.items[1].id": 2}
    Matches    json_path={"$.items[*].id": 2}
    Matches    json_path={"$.items[0].price": 5, "$.items[?(@.id == 2)].price": 8}
    Matches    json_path={"$.items[0]": {"price": 5, "id": 1}}
    Matches    json_path={"$.note": null}
    Does Not Match    json_path={"$.items[*].id": 3}
    Does Not Match    json_path={"$.items[0].id": "1"}
    Does Not Match    json_path={"$.items[0].id": true}
    Does Not Match    json_path={"$.items[0].id": 1, "$.items[1].id": 1}
    Does Not Match    json_path={"$.missing": null}

Json Path In Text Value
    Given Request    POST    /    ${EMPTY}    {"name": "book"}
    Matches    json_path={"$.name": "book"}
    Does Not Match    json_path={"$.name": "boo"}

Json Path In A Scalar Body
    Given Request    POST    /    ${EMPTY}    5
    Does Not Match    json_path={"$.a": 5}

Json Path Expecting None As Variable
    Given Request    POST    /    ${EMPTY}    {"a": null, "b": 1}
    Matches    json_path=${{ {'$.a': None} }}
    Does Not Match    json_path=${{ {'$.b': None} }}

Schema As Dictionary
    Given Request    POST    /    ${EMPTY}    {"id": 7, "tags": ["a"]}
    VAR    &{id}    type=integer
    VAR    &{properties}    id=${id}
    VAR    &{schema}    type=object    properties=${properties}
    Matches    json_schema=${schema}
    Matches    json_schema={"type": "object", "required": ["id"], "additionalProperties": true}
    Does Not Match    json_schema={"type": "object", "required": ["name"]}
    Does Not Match    json_schema={"properties": {"id": {"type": "string"}}}

Schema In A File
    Given Request    POST    /    ${EMPTY}    {"id": 7, "item": {"name": "book"}}
    Matches    json_schema=${CURDIR}/resources/order.schema.json
    Given Request    POST    /    ${EMPTY}    {"id": "7", "item": {"name": "book"}}
    Does Not Match    json_schema=${CURDIR}/resources/order.schema.json

Schema In A File Refers To The File Beside It
    Given Request    POST    /    ${EMPTY}    {"id": 7, "item": {"name": 5}}
    Does Not Match    json_schema=${CURDIR}/resources/order.schema.json

Placeholders For What May Vary
    Given Request    POST    /    ${EMPTY}    {"id": 7, "name": "book", "new": true, "tags": [null, "a-1", {"n": 2.5}]}
    Matches    json={"id": "<any-number>", "name": "<any-string>", "new": "<any-boolean>", "tags": "<any>"}
    Matches
    ...    json={"id": 7, "name": "<any>", "new": true, "tags": ["<any>", "<regexp:a-[0-9]>", {"n": "<any-number>"}]}
    Matches    json_subset={"tags": [null, "<any-string>", {}], "id": "<any-number>"}
    Matches    json=<any>
    Matches    json_path={"$.tags[*].n": "<any-number>"}
    Does Not Match    json={"id": "<any>"}
    Does Not Match    json_subset={"id": "<any-string>"}
    Does Not Match    json_subset={"new": "<any-number>"}
    Does Not Match    json_subset={"id": "<any-boolean>"}
    Does Not Match    json_subset={"name": "<regexp:boo>"}
    Does Not Match    json_subset={"id": "<regexp:7>"}
    Does Not Match    json_subset={"missing": "<any>"}

Placeholders For Kinds Of Values
    Given Request    POST    /    ${EMPTY}
    ...    {"n": 2.0, "id": "123e4567-e89b-12d3-a456-426614174000", "at": "2024-02-29T10:00:00Z", "l": [1], "o": {}}
    Matches    json_subset={"n": "<any-integer>", "id": "<any-uuid>", "at": "<any-datetime>"}
    Matches    json_subset={"l": "<any-list>", "o": "<any-object>"}
    Matches    json_path={"$.n": "<any-integer>", "$.l": "<any-list>"}
    Does Not Match    json_subset={"id": "<any-integer>"}
    Does Not Match    json_subset={"at": "<any-uuid>"}
    Does Not Match    json_subset={"id": "<any-datetime>"}
    Does Not Match    json_subset={"o": "<any-list>"}
    Does Not Match    json_subset={"l": "<any-object>"}
    Given Request    POST    /    ${EMPTY}    {"n": 2.5, "at": "2023-02-29T10:00:00Z"}
    Does Not Match    json_subset={"n": "<any-integer>"}
    Does Not Match    json_subset={"at": "<any-datetime>"}

Placeholders In Variables
    Given Request    POST    /    ${EMPTY}    {"id": "42", "name": "book"}
    VAR    ${any}    <any-string>
    VAR    ${digits}    <regexp:\\d+>
    VAR    &{body}    id=${digits}    name=${any}
    Matches    json=${body}
    Matches    json_subset=${body}
    Matches    json={"id": "${any}", "name": "${any}"}
    Matches    json={"id": "<regexp:\\\\d+>", "name": "book"}

Text That Looks Like A Placeholder
    Given Request    POST    /    ${EMPTY}    {"tag": "<any>"}
    VAR    &{body}    tag=\\<any>
    Matches    json=${body}
    Matches    json={"tag": "\\\\<any>"}
    Given Request    POST    /    ${EMPTY}    {"tag": "<b>"}
    Does Not Match    json=${body}
    Matches    json={"tag": "<b>"}

What A Placeholder Missed Is Said In Words
    VAR    @{differences}
    ...    json $.id: expected any number, received "7" (text)
    ...    json $.name: expected any text, received no such key
    Send And Compare    {"id": "7"}    ${differences}    json={"id": "<any-number>", "name": "<any-string>"}

Lists In Any Order
    Given Request    POST    /    ${EMPTY}    {"items": [{"id": 1, "tags": ["a", "b"]}, {"id": 2, "tags": []}]}
    Matches    json={"items": [{"id": 2, "tags": []}, {"id": 1, "tags": ["b", "a"]}]}    json_ignore_order=True
    Matches    json_subset={"items": [{"id": 2}, {"tags": ["b", "a"]}]}    json_ignore_order=${TRUE}
    Matches    json={"items": ["<any>", {"id": "<any-number>", "tags": []}]}    json_ignore_order=yes
    Does Not Match    json={"items": [{"id": 2, "tags": []}, {"id": 1, "tags": ["b", "a"]}]}    json_ignore_order=False
    Does Not Match    json={"items": [{"id": 2, "tags": []}, {"id": 1, "tags": ["b", "b"]}]}    json_ignore_order=True
    Does Not Match    json_subset={"items": [{"id": 2}]}    json_ignore_order=True
    Does Not Match    json_subset={"items": [{"id": 2}, {"id": 2}]}    json_ignore_order=True
    Given Request    POST    /    ${EMPTY}    [1, true]
    Matches    json=[true, 1.0]    json_ignore_order=True
    Does Not Match    json=[1, 1]    json_ignore_order=True

Missing And Extra Items Are Named
    VAR    @{differences}
    ...    json $.items: expected item [2] "d" anywhere, received no such item
    ...    json $.items[0]: expected no such item, received "c"
    Send And Compare    {"items": ["c", "b", "a"]}    ${differences}
    ...    json={"items": ["a", "b", "d"]}    json_ignore_order=True

Any Order And Placeholders Select Received Requests
    Expect Request
    Respond With Data
    ${url} =    Get Http Server Url
    Send Exactly    ${url}    POST    /one    ${EMPTY}    [1, 2]
    Send Exactly    ${url}    POST    /two    ${EMPTY}    ["x", 2]
    VAR    &{description}    json=["<any-number>", 1]    json_ignore_order=True
    ${requests} =    Get Received Requests    &{description}
    Should Be Equal    ${{ [r.path for r in $requests] }}    ${{ ['/one'] }}
    ${request} =    Get Received Request    &{description}
    Should Be Equal    ${request.path}    /one
    ${request} =    Wait Until Request Is Received    &{description}
    Should Be Equal    ${request.path}    /one
    Request Should Have Been Received    &{description}    times=1
    Run Keyword And Expect Error    *    Request Should Not Be Received    &{description}
    [Teardown]    Reset Http Server


*** Keywords ***
Send And Compare
    [Documentation]    What differs in a request with this body is told to its client.
    [Arguments]    ${body}    ${differences}    &{description}
    Expect Oneshot Request    &{description}
    Respond With Data
    ${url} =    Get Http Server Url
    ${answer} =    Send Exactly    ${url}    POST    /    ${EMPTY}    ${body}
    FOR    ${difference}    IN    @{differences}
        Should Contain    ${answer.text}    ${difference}
    END
    Reset Http Server
