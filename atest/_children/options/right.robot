*** Settings ***
Library    ChildKeywords
Library    HttpServerLibrary    host=127.0.0.1    port=${0}    auto_start=${False}    auto_check=strict
...            timeout=${0.2}


*** Test Cases ***
The Right One
    ${url} =    Start Http Server
    Should Start With    ${url}    http://127.0.0.1:
    Run Keyword And Expect Error    *0.2 seconds*    Wait Until Request Is Received    /never
    Run Keyword And Expect Error    *0.1 seconds*    Wait Until Request Is Received    /never    timeout=100ms
