*** Settings ***
Library    HttpServerLibrary    host=${EMPTY}


*** Test Cases ***
With host
    Start Http Server
