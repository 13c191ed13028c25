*** Settings ***
Documentation    The fields `path` and `method` of a request description.

Library          Collections
Resource         resources/matching.resource

Suite Setup      Start Http Server

Test Tags        matching


*** Test Cases ***
Path Is Compared As A Whole
    Given Request    GET    /orders
    Matches    /orders
    Matches    path=/orders
    Does Not Match    /order
    Does Not Match    /orders/
    Does Not Match    /Orders
    Does Not Match    /

Any Path
    Given Request    GET    /orders/7
    Matches
    Matches    ANY
    Matches    path=ANY

Leading Slash Is Added To Plain Text
    Given Request    GET    /orders/7
    Matches    orders/7
    Does Not Match    EQUALS:orders/7
    Does Not Match    STARTS:orders

Root
    Given Request    GET    /
    Matches    /
    Matches    ${EMPTY}

Number As Path
    Given Request    GET    /7
    Matches    ${7}

Query Does Not Belong To The Path
    Given Request    GET    /orders?page=2
    Matches    /orders
    Does Not Match    EQUALS:/orders?page\=2

Equals
    Given Request    GET    /orders
    Matches    EQUALS:/orders
    Matches    EQUALS: \ /orders
    Does Not Match    EQUALS:/ORDERS

Glob
    Given Request    GET    /orders/7/items
    Matches    GLOB:/orders/*
    Matches    GLOB: \ /orders/?/items
    Matches    GLOB:/orders/[6-8]/*
    Does Not Match    GLOB:/orders
    Does Not Match    GLOB:orders/*
    Does Not Match    GLOB:/ORDERS/*

Regular Expression Is Matched In Full
    Given Request    GET    /orders/77
    Matches    REGEXP:/orders/\\d+
    Matches    REGEXP: \ /orders/\\d+
    Matches    REGEXP:(?i)/ORDERS/.*
    Does Not Match    REGEXP:/orders/\\d
    Does Not Match    REGEXP:orders/\\d+

Starts
    Given Request    GET    /orders/77
    Matches    STARTS:/orders
    Matches    STARTS: \ /orders
    Does Not Match    STARTS:/offers

Unknown Prefix Is Plain Text
    Given Request    GET    /CONTAINS:x
    Matches    CONTAINS:x
    Does Not Match    contains:x

Lower Case Prefix Is Plain Text
    Given Request    GET    /glob:*
    Matches    glob:*

Paths That Are Something Else
    Given Request    GET    /orders/7
    Matches    NOT:/orders
    Matches    NOT:STARTS:/admin
    Matches    NOT:/orders/{id}/items
    Does Not Match    NOT:/orders/7
    Does Not Match    NOT:/orders/{id}
    Does Not Match    NOT:REGEXP:/orders/[0-9]+

Decoded Path And Path As Sent
    Given Request    GET    /a%20b/%C5%BElu%C5%A5
    Matches    /a b/žluť
    Matches    /a%20b/%C5%BElu%C5%A5
    Matches    STARTS:/a%20b
    Matches    GLOB:/a b/*
    Matches    REGEXP:/a%20b/.*
    Does Not Match    /a+b/žluť

Encoded Question Mark In Path
    Given Request    GET    /what%3F
    Matches    /what%3F
    Matches    EQUALS:/what?

Regular Expression With Question Mark
    Given Request    GET    /order
    Matches    REGEXP:/orders?
    Matches    GLOB:/orde?

Template
    Given Request    GET    /orders/7/items/b-2
    Matches    /orders/{order}/items/{item}
    Matches    orders/{order}/items/{item}
    Does Not Match    /orders/{order}
    Does Not Match    /orders/{order}/items/{item}/{more}
    Does Not Match    /orders/{order}/parts/{item}

Placeholder Is One Segment And Not Empty
    Given Request    GET    /orders/
    Does Not Match    /orders/{id}

Placeholder Within A Segment
    Given Request    GET    /files/report.pdf
    Matches    /files/{name}.pdf
    Does Not Match    /files/{name}.txt

Template Text Is No Pattern
    Given Request    GET    /aXb/7
    Does Not Match    /a.b/{id}
    Does Not Match    /*/{id}

Equals Takes Braces Literally
    Given Request    GET    /orders/{id}
    Matches    EQUALS:/orders/{id}
    Given Request    GET    /orders/7
    Does Not Match    EQUALS:/orders/{id}

Path Parameters Are Decoded Text
    Expect Request    /shops/{shop}/orders/{id}
    Respond With Data
    ${url} =    Get Http Server Url
    Send Exactly    ${url}    GET    /shops/caf%C3%A9%2Fbar/orders/7
    ${request} =    Get Received Request
    Should Be Equal    ${request.path_params}    ${{{'shop': 'café/bar', 'id': '7'}}}

Path Parameters Of A Path Without Placeholders
    Expect Request    /plain
    Respond With Data
    ${url} =    Get Http Server Url
    Send Exactly    ${url}    GET    /plain
    ${request} =    Get Received Request
    Should Be Empty    ${request.path_params}

Path Parameters Of A Selection
    [Documentation]    Nobody took the request, so the description that selected it names its segments.
    ${url} =    Get Http Server Url
    Send Exactly    ${url}    GET    /orders/7
    ${request} =    Wait Until Request Is Received    /orders/{id}
    Should Be Equal    ${request.path_params}[id]    7
    [Teardown]    Run Keywords    Clear Problems    AND    Reset Http Server

Compiled Regular Expression
    [Documentation]    As REGEXP: for the whole path, with the flags.
    Given Request    GET    /Orders/7
    Matches    ${{ re.compile('/Orders/[0-9]') }}
    Matches    ${{ re.compile('/orders/. ', re.IGNORECASE | re.VERBOSE) }}
    Does Not Match    ${{ re.compile('/orders/.') }}
    Does Not Match    ${{ re.compile('/Orders/') }}
    Given Request    GET    /a%0Ab
    Matches    ${{ re.compile('/a.b', re.DOTALL) }}
    Does Not Match    ${{ re.compile('/a.b') }}
    ${url} =    Get Http Server Url
    Send Exactly    ${url}    GET    /orders/7
    ${request} =    Get Received Request    ${{ re.compile('/orders/[0-9]') }}
    Should Be Equal    ${request.path}    /orders/7
    [Teardown]    Run Keywords    Clear Problems    AND    Reset Http Server

Method In Any Case
    Given Request    POST    /
    Matches    method=POST
    Matches    method=post
    Matches    method=Post
    Matches    method=ANY
    Does Not Match    method=PUT

Several Methods
    Given Request    PATCH    /
    VAR    @{written}    PUT    PATCH
    VAR    @{others}    GET    POST
    Matches    method=${written}
    Matches    method=PUT,PATCH
    Matches    method=put, patch
    Does Not Match    method=${others}
    Does Not Match    method=GET,POST

Unusual Methods
    [Template]    Method Is Known
    QUERY
    PROPFIND
    MKCOL
    PURGE
    OPTIONS
    TRACE
    REPORT

Method Of Its Own
    Given Request    POTS    /
    Matches    method=EQUALS:POTS
    Matches    method=EQUALS: POTS
    VAR    @{methods}    GET    EQUALS:POTS
    Matches    method=${methods}
    Does Not Match    method=EQUALS:PANS
    Does Not Match    method=GET

Path And Method Together
    Given Request    GET    /orders
    Matches    /orders    method=GET
    Does Not Match    /orders    method=POST
    Does Not Match    /offers    method=GET


*** Keywords ***
Method Is Known
    [Arguments]    ${method}
    Given Request    ${method}    /
    Matches    method=${method}
    Does Not Match    method=GET
