*** Settings ***
Library    HttpServerLibrary    port=http


*** Test Cases ***
With port
    Start Http Server
