*** Settings ***
Documentation    A response before any expectation; see `misuse.robot`.

Library          HttpServerLibrary

Suite Setup      Start Http Server


*** Test Cases ***
Too Early
    Respond With Data    x
