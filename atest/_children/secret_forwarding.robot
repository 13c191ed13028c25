*** Settings ***
Documentation    Secrets that are sent on to a service, run by forwarding.robot, which looks at the output.

Library          HttpServerLibrary
Library          RequestsLibrary


*** Test Cases ***
Secret
    ${shop} =    Start Http Server    alias=shop
    VAR    &{headers}    X-Token=${TOKEN}
    Expect Request    headers=${headers}
    Respond With Data
    ${url} =    Start Http Server
    Forward Unexpected Requests    ${shop}    headers=${headers}
    GET    ${url}/forwarded
    Expect Request    /refused
    Respond By Forwarding    ${ADDRESS}
    GET    ${url}/refused    expected_status=502
    VAR    &{bad}    X Token=${TOKEN}
    Run Keyword And Expect Error    headers: *    Respond By Forwarding    ${shop}    headers=${bad}
    Run Keyword And Expect Error    upstream: *    Respond By Forwarding    ${TOKEN}
    Fail    on purpose
