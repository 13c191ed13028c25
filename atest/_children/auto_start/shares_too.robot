*** Settings ***
Library    ChildKeywords
Library    HttpServerLibrary    auto_start=True


*** Test Cases ***
The Same Server Serves The Next Suite
    Should Be Equal    ${HTTP_SERVER_URL}    ${OUTER}
    Request Should Not Be Received
    ${text} =    Format Matchers
    Should Not Contain    ${text}    /suite
