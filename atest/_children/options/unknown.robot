*** Settings ***
Library    HttpServerLibrary    colour=blue


*** Test Cases ***
With unknown
    Start Http Server
