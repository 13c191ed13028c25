*** Settings ***
Documentation     Run by lifecycle.robot with values of auto_check: resets before anybody looked at the problems.

Library           ChildKeywords
Library           HttpServerLibrary    auto_start=True    auto_check=${AUTO_CHECK}

Suite Teardown    Run Keywords    Send Request    ${HTTP_SERVER_URL}/suite    AND    Reset Http Server


*** Variables ***
${AUTO_CHECK}    FAIL


*** Test Cases ***
In Teardown
    Send Request    ${HTTP_SERVER_URL}/teardown
    [Teardown]    Reset Http Server

In A Keyword Of The Teardown
    Send Request    ${HTTP_SERVER_URL}/keyword
    [Teardown]    Clean Up

In Teardown Of A Failed Test
    Send Request    ${HTTP_SERVER_URL}/failed
    Fail    My own words
    [Teardown]    Run Keyword And Ignore Error    Clean Up

While A Request Is Answered
    ${handler} =    Handler That Waits
    Expect Request    /held
    Respond With Handler    ${handler}
    Send Request In Background    ${HTTP_SERVER_URL}/held    text
    Wait Until Handler Waits
    [Teardown]    Run Keywords    Reset Http Server    AND    Release Handler

In The Test
    Send Request    ${HTTP_SERVER_URL}/test
    Reset Http Server

In Teardown Of A Keyword In The Test
    Send Request    ${HTTP_SERVER_URL}/inner
    Do Something And Clean Up

Cleared In Teardown
    Send Request    ${HTTP_SERVER_URL}/cleared
    [Teardown]    Run Keywords    Clear Problems    AND    Reset Http Server

Reset Twice
    Send Request    ${HTTP_SERVER_URL}/first
    Reset Http Server
    Send Request    ${HTTP_SERVER_URL}/second
    [Teardown]    Reset Http Server

Nothing Is Left
    [Documentation]    Of the tests before this one.
    ${problems} =    Get Problems
    Should Be Empty    ${problems}
    [Teardown]    Reset Http Server


*** Keywords ***
Clean Up
    Do Reset
    No Operation

Do Reset
    Reset Http Server

Do Something And Clean Up
    No Operation
    [Teardown]    Reset Http Server
