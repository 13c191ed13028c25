*** Settings ***
Documentation    Run by log.robot with a secret in the variable TOKEN; Robot Framework 7.4 and newer.

Library          ChildKeywords
Library          HttpServerLibrary    auto_start=True    auto_check=${AUTO_CHECK}


*** Variables ***
${AUTO_CHECK}    FAIL


*** Test Cases ***
Secret
    Expect Request    /token    bearer_token=${TOKEN}
    Respond With Json    {"ok": true}
    VAR    @{credentials}    user    ${TOKEN}
    Expect Request    /basic    basic_auth=${credentials}
    Respond With Data
    VAR    &{headers}    X-Api-Key=${TOKEN}
    Expect Oneshot Request    /header    headers=${headers}
    Respond With Data    headers=${headers}
    VAR    &{headers}    Authorization=Bearer ${TOKEN.value}
    ${status} =    Send Request    ${HTTP_SERVER_URL}/token    headers=${headers}
    Should Be Equal    ${status}    ${200}
    VAR    &{headers}    X-Api-Key=${TOKEN.value}
    ${status} =    Send Request    ${HTTP_SERVER_URL}/header    headers=${headers}
    Should Be Equal    ${status}    ${200}
    Send Request    ${HTTP_SERVER_URL}/wrong?key=${TOKEN.value}    headers=${headers}
    ${text} =    Format Matchers
    Log    ${text}
    Log Received Requests
    Run Keyword And Ignore Error    Request Should Have Been Received    /nope    headers=${headers}
    Run Keyword And Ignore Error    Wait Until Request Is Received    /nope    bearer_token=${TOKEN}    timeout=0
    VAR    &{description}    path=/nope    headers=${headers}
    VAR    @{order}    ${description}    /x?${TOKEN.value}
    Run Keyword And Ignore Error    Requests Should Have Been Received In Order    ${order}
    VAR    &{description}    path=/token    bearer_token=${TOKEN}
    VAR    @{order}    /wrong    ${description}
    Run Keyword And Ignore Error    Requests Should Have Been Received In Order    ${order}
    Run Keyword And Ignore Error    Wait Until Requests Are Received In Order    ${order}    timeout=0
    ${requests} =    Get Received Requests
    Log    ${requests}
    ${problems} =    Get Problems
    Log    ${problems[0].message}
    Fail    on purpose
