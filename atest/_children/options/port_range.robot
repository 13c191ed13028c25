*** Settings ***
Library    HttpServerLibrary    port=65536


*** Test Cases ***
With port_range
    Start Http Server
