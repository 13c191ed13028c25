*** Settings ***
Documentation    Run by log.robot: the log must not show the credentials.

Library          ChildKeywords
Library          HttpServerLibrary    auto_start=True


*** Test Cases ***
Credentials
    Expect Request    /basic    basic_auth=user:hush-basic
    Respond With Data
    Expect Request    /bearer    bearer_token=hush-bearer
    Respond With Data
    Expect Oneshot Request    /cookie    cookies=session\=hush-cookie
    Respond With Data
    Send Request    ${HTTP_SERVER_URL}/basic
    Send Request    ${HTTP_SERVER_URL}/bearer
    Send Request    ${HTTP_SERVER_URL}/cookie
    ${text} =    Format Matchers
    Log    ${text}
    Expectations Should Be Met
