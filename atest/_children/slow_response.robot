*** Settings ***
Documentation    Run by lifecycle.robot: is interrupted while a client waits for a response.

Library          ChildKeywords
Library          HttpServerLibrary    auto_start=True


*** Test Cases ***
Interrupted
    Expect Request    /
    Respond With Data    delay=5 minutes
    Send Request In Background    ${HTTP_SERVER_URL}    text
    Wait Until Request Is Received    /
    Log To Console    READY
    Send Request    ${HTTP_SERVER_URL}
