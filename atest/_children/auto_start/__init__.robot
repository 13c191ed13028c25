*** Settings ***
Library        HttpServerLibrary    auto_start=True

Suite Setup    Remember The Server


*** Keywords ***
Remember The Server
    VAR    ${OUTER}    ${HTTP_SERVER_URL}    scope=SUITES
