*** Settings ***
Library    HttpServerLibrary    timeout=-1


*** Test Cases ***
With timeout_negative
    Start Http Server
