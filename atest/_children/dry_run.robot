*** Settings ***
Documentation    Run by lifecycle.robot with --dryrun.

Library          ChildKeywords
Library          HttpServerLibrary    auto_start=True    port=${PORT}

Suite Setup      Start Http Server


*** Test Cases ***
Dry
    Start Http Server    alias=other
    Import Library    HttpServerLibrary    auto_start=True    AS    Second
    Second.Expect Request    ${HTTP_SERVER_URL}
