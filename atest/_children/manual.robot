*** Settings ***
Documentation    Run by manual.robot, which sends the requests and ends it.

Library          HttpServerLibrary
Library          ExactClient.py

Suite Setup      Start Shop


*** Test Cases ***
Until Ctrl-C
    Serve Until Stopped

For A Moment
    Serve Until Stopped    timeout=10 ms

With Timeout
    [Timeout]    300 milliseconds
    Serve Until Stopped


*** Keywords ***
Start Shop
    ${url} =    Start Http Server    alias=shop
    Set Masked Fields    token
    Expect Request    /orders
    Respond With Json    []
    Send Exactly    ${url}    GET    /orders?before
