*** Settings ***
Documentation    Run by log.robot, which looks at what is in the log.

Library          ChildKeywords
Library          HttpServerLibrary    auto_start=True

Suite Setup      Send Request    ${HTTP_SERVER_URL}/setup


*** Test Cases ***
One Request
    Expect Request    /orders
    Respond With Json    {"answer": "in the body"}    status=201
    Send Request    ${HTTP_SERVER_URL}/orders?page=2
    Log    after

In A User Keyword
    Expect Request    /orders
    Respond With Data
    Order

In The Background
    Expect Request    /later    method=POST
    Respond With Data
    Send Request In Background    ${HTTP_SERVER_URL}/later    sent in the background
    Wait Until Request Is Received    /later
    Log    after

Problem
    Send Request    ${HTTP_SERVER_URL}/problem
    Run Keyword And Expect Error    *    Check Assertions

Body
    Expect Request    /body
    Respond With Data    ${{'answer ' * 10000}}
    Send Request    ${HTTP_SERVER_URL}/body    text=${{'question ' * 10000}}

Masked
    Expect Request    /masked
    VAR    &{headers}    Set-Cookie=session=cookie-of-the-server
    Respond With Data    headers=${headers}
    VAR    &{headers}    Authorization=Bearer token-of-the-client    Cookie=a=cookie-of-the-client
    ...    Proxy-Authorization=Basic proxy-of-the-client    X-Seen=not-masked
    Send Request    ${HTTP_SERVER_URL}/masked    headers=${headers}
    Send Request    ${HTTP_SERVER_URL}/problem    headers=${headers}
    Log Received Requests
    Run Keyword And Ignore Error    Request Should Have Been Received    /other    headers=${headers}
    Run Keyword And Ignore Error    Check Assertions

Hostile
    Send Request    ${HTTP_SERVER_URL}/%3Cscript%3Ealert(1)%3C/script%3E?a=%3Cb%3E
    ...    text=<script>alert(2)</script>
    Send Request    ${HTTP_SERVER_URL}/terminal    text=\x00\x1b[31m
    Send Request    ${HTTP_SERVER_URL}/%1b[31mred
    Send Request    ${HTTP_SERVER_URL}/forged%0A%5B%20WARN%20%5D%20forged%20line
    Send Request    ${HTTP_SERVER_URL}/*HTML*%3Cb%3E
    Log Received Requests
    Run Keyword And Ignore Error    Check Assertions

Hostile Failure
    Send Request    ${HTTP_SERVER_URL}/%3Cscript%3Ealert(1)%3C/script%3E

Many
    Expect Request    /many
    Respond With Data
    Send Many Requests    ${HTTP_SERVER_URL}/many    1500

Table
    Expect Request    /first
    Respond With Data    status=201
    Send Request    ${HTTP_SERVER_URL}/first
    Send Request    ${HTTP_SERVER_URL}/second
    Log Received Requests
    Log Received Requests    level=DEBUG
    Run Keyword And Ignore Error    Check Assertions


*** Keywords ***
Order
    Send Request    ${HTTP_SERVER_URL}/orders
