*** Settings ***
Library    HttpServerLibrary    auto_check=SOMETIMES


*** Test Cases ***
With auto_check
    Start Http Server
