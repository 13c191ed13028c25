*** Settings ***
Library    HttpServerLibrary    timeout=soon


*** Test Cases ***
With timeout
    Start Http Server
