*** Settings ***
Library    HttpServerLibrary    timeout=nan


*** Test Cases ***
With timeout_nan
    Start Http Server
