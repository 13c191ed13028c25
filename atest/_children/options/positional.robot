*** Settings ***
Library    HttpServerLibrary    8080


*** Test Cases ***
With positional
    Start Http Server
