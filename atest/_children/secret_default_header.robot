*** Settings ***
Documentation    Run by added_headers.robot: a default header that is a secret.

Library          HttpServerLibrary    auto_start=True
Library          ExactClient.py


*** Test Cases ***
Secret
    VAR    &{headers}    X-Key=${KEY}
    Set Default Headers    ${headers}
    Expect Request    /orders
    Respond With Json    []
    ${answer} =    Send Exactly    ${HTTP_SERVER_URL}    GET    /orders
    Should Be Equal    ${answer.header('X-Key')}    ${KEY.value}    values=False
