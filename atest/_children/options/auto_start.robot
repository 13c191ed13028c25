*** Settings ***
Library    HttpServerLibrary    auto_start=maybe


*** Test Cases ***
With auto_start
    Start Http Server
