*** Settings ***
Documentation    A request that comes after the test that expected it; see `messages.robot`.

Library          HttpServerLibrary
Library          ChildKeywords

Suite Setup      Start Http Server


*** Test Cases ***
First
    Expect Oneshot Request    /callback

Second
    ${url} =    Get Http Server Url    /callback
    Send Request    ${url}
