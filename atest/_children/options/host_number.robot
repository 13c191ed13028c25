*** Settings ***
Library    HttpServerLibrary    host=${5}


*** Test Cases ***
With host_number
    Start Http Server
