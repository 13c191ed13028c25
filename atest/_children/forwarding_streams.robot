*** Settings ***
Documentation    A stream of a service that ends with its test, run by forwarding.robot.

Library          HttpServerLibrary
Library          EndlessService.py

Suite Setup      Start Servers


*** Variables ***
${SERVICE}    set in Suite Setup


*** Test Cases ***
Opens A Stream
    ${url} =    Get Http Server Url    /prices
    Read Event    ${url}
    ${request} =    Get Received Request    /prices
    Should Be Equal    ${request.forwarded_to}    ${SERVICE}/prices
    Check Assertions

It Has Ended
    Events Should End
    Service Should Be Left
    Check Assertions


*** Keywords ***
Start Servers
    ${url} =    Start Endless Service
    VAR    ${SERVICE}    ${url}    scope=SUITE
    Start Http Server
    Forward Unexpected Requests    ${SERVICE}
