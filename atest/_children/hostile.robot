*** Settings ***
Documentation    Run by log_hostile.robot at several log levels and with several formats of the output.

Library          HostileKeywords
Library          HttpServerLibrary    auto_start=True    auto_check=${AUTO CHECK}


*** Variables ***
${AUTO CHECK}    fail
# Set here, because Robot Framework logs the variables that keywords set as they are.
${TEXT}          ${{HostileKeywords.WRITABLE}}


*** Test Cases ***
Requests
    Expect Request    /none
    Send Hostile Requests    ${HTTP_SERVER_URL}
    Look At Everything

Requests That Match
    Expect Request    method=ANY
    Respond With Data
    Send Hostile Requests    ${HTTP_SERVER_URL}
    Look At Everything

Handlers
    ${handlers} =    Hostile Handlers
    FOR    ${handler}    IN    @{handlers}
        Expect Oneshot Request    /it
        Respond With Handler    ${handler}
    END
    Send Plain Requests    ${HTTP_SERVER_URL}    ${{len($handlers)}}
    Look At Everything

Matchers
    ${matchers} =    Hostile Matchers
    FOR    ${matcher}    IN    @{matchers}
        Expect Oneshot Request    matcher=${matcher}
        Send Plain Requests    ${HTTP_SERVER_URL}    1
        Clear Expectations
        Run Keyword And Expect Error    *raised*    Request Should Have Been Received    matcher=${matcher}
        Run Keyword And Expect Error    *raised*    Wait Until Request Is Received    matcher=${matcher}    timeout=0
    END
    Look At Everything

Names And Messages
    ${url} =    Start Http Server    alias=${TEXT}
    Expect Request    /${TEXT}    headers=${{ {'X': $TEXT} }}    json=${{ {$TEXT: $TEXT} }}
    Send Hostile Requests    ${url}
    Run Keyword And Ignore Error    Request Should Have Been Received    /    message=${TEXT}
    Run Keyword And Ignore Error    Save Received Requests    ${OUTPUT DIR}/${TEXT}/${TEXT}
    Run Keyword And Ignore Error    Respond With Redirect    ${TEXT}
    Run Keyword And Ignore Error    Switch Http Server    no ${TEXT}
    Look At Everything
    Request Should Have Been Received    /none    message=${TEXT}


*** Keywords ***
Look At Everything
    ${requests} =    Get Received Requests
    Log    ${requests}
    Log Many    @{requests}
    FOR    ${request}    IN    @{requests}
        Log Many    ${request.headers}    ${request.query}    ${request.cookies}    ${request.form}    ${request.files}
        Log Many    ${request.auth}    ${request.response}    ${request.problem}    ${request.expectation}
    END
    ${problems} =    Get Problems
    Log Many    @{problems}
    Format Matchers
    Log Received Requests
    Log Received Requests    level=DEBUG
    Save Received Requests    ${OUTPUT DIR}/saved.har
    Run Keyword And Ignore Error    Requests Should Have Been Received In Order    ${{['/none', 'POST /']}}
    Run Keyword And Ignore Error    Request Should Have Been Received    /none
    Run Keyword And Ignore Error    Expectations Should Be Met
