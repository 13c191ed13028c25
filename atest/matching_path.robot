*** Settings ***
Documentation    The fields `path` and `method` of a request description.

Library          Collections
Resource         resources/matching.resource

Suite Setup      Start Http Server


*** Test Cases ***
Path Is Compared As A Whole
    Given Request    GET    /orders
    Fits    /orders
    Fits    path=/orders
    Does Not Fit    /order
    Does Not Fit    /orders/
    Does Not Fit    /Orders
    Does Not Fit    /

Any Path
    Given Request    GET    /orders/7
    Fits
    Fits    ANY
    Fits    path=ANY

Leading Slash Is Added To Plain Text
    Given Request    GET    /orders/7
    Fits    orders/7
    Does Not Fit    EQUALS:orders/7
    Does Not Fit    STARTS:orders

Root
    Given Request    GET    /
    Fits    /
    Fits    ${EMPTY}

Number As Path
    Given Request    GET    /7
    Fits    ${7}

Query Does Not Belong To The Path
    Given Request    GET    /orders?page=2
    Fits    /orders
    Does Not Fit    EQUALS:/orders?page\=2

Equals
    Given Request    GET    /orders
    Fits    EQUALS:/orders
    Fits    EQUALS: \ /orders
    Does Not Fit    EQUALS:/ORDERS

Glob
    Given Request    GET    /orders/7/items
    Fits    GLOB:/orders/*
    Fits    GLOB: \ /orders/?/items
    Fits    GLOB:/orders/[6-8]/*
    Does Not Fit    GLOB:/orders
    Does Not Fit    GLOB:orders/*
    Does Not Fit    GLOB:/ORDERS/*

Regular Expression Is Matched In Full
    Given Request    GET    /orders/77
    Fits    REGEXP:/orders/\\d+
    Fits    REGEXP: \ /orders/\\d+
    Fits    REGEXP:(?i)/ORDERS/.*
    Does Not Fit    REGEXP:/orders/\\d
    Does Not Fit    REGEXP:orders/\\d+

Starts
    Given Request    GET    /orders/77
    Fits    STARTS:/orders
    Fits    STARTS: \ /orders
    Does Not Fit    STARTS:/offers

Unknown Prefix Is Plain Text
    Given Request    GET    /CONTAINS:x
    Fits    CONTAINS:x
    Does Not Fit    contains:x

Lower Case Prefix Is Plain Text
    Given Request    GET    /glob:*
    Fits    glob:*

Decoded Path And Path As Sent
    Given Request    GET    /a%20b/%C5%BElu%C5%A5
    Fits    /a b/žluť
    Fits    /a%20b/%C5%BElu%C5%A5
    Fits    STARTS:/a%20b
    Fits    GLOB:/a b/*
    Fits    REGEXP:/a%20b/.*
    Does Not Fit    /a+b/žluť

Encoded Question Mark In Path
    Given Request    GET    /what%3F
    Fits    /what%3F
    Fits    EQUALS:/what?

Regular Expression With Question Mark
    Given Request    GET    /order
    Fits    REGEXP:/orders?
    Fits    GLOB:/orde?

Template
    Given Request    GET    /orders/7/items/b-2
    Fits    /orders/{order}/items/{item}
    Fits    orders/{order}/items/{item}
    Does Not Fit    /orders/{order}
    Does Not Fit    /orders/{order}/items/{item}/{more}
    Does Not Fit    /orders/{order}/parts/{item}

Placeholder Is One Segment And Not Empty
    Given Request    GET    /orders/
    Does Not Fit    /orders/{id}

Placeholder Within A Segment
    Given Request    GET    /files/report.pdf
    Fits    /files/{name}.pdf
    Does Not Fit    /files/{name}.txt

Template Text Is No Pattern
    Given Request    GET    /aXb/7
    Does Not Fit    /a.b/{id}
    Does Not Fit    /*/{id}

Equals Takes Braces Literally
    Given Request    GET    /orders/{id}
    Fits    EQUALS:/orders/{id}
    Given Request    GET    /orders/7
    Does Not Fit    EQUALS:/orders/{id}

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
    [Teardown]    Reset Http Server

Method In Any Case
    Given Request    POST    /
    Fits    method=POST
    Fits    method=post
    Fits    method=Post
    Fits    method=ANY
    Does Not Fit    method=PUT

Several Methods
    Given Request    PATCH    /
    VAR    @{written}    PUT    PATCH
    VAR    @{others}    GET    POST
    Fits    method=${written}
    Fits    method=PUT,PATCH
    Fits    method=put, patch
    Does Not Fit    method=${others}
    Does Not Fit    method=GET,POST

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
    Fits    method=EQUALS:POTS
    Fits    method=EQUALS: POTS
    VAR    @{methods}    GET    EQUALS:POTS
    Fits    method=${methods}
    Does Not Fit    method=EQUALS:PANS
    Does Not Fit    method=GET

Path And Method Together
    Given Request    GET    /orders
    Fits    /orders    method=GET
    Does Not Fit    /orders    method=POST
    Does Not Fit    /offers    method=GET


*** Keywords ***
Method Is Known
    [Arguments]    ${method}
    Given Request    ${method}    /
    Fits    method=${method}
    Does Not Fit    method=GET
