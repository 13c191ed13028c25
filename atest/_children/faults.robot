*** Settings ***
Documentation    Responses and connections that are broken on purpose, run by faults.robot, which looks at the log.

Library          HttpServerLibrary
Library          RequestsLibrary


*** Test Cases ***
Broken
    ${url} =    Start Http Server
    Expect Request    /start
    Respond With Fault    CLOSE
    Expect Request    /head
    Respond With Fault    RESET    after=HEAD
    Expect Request    /part
    Respond With Fault    RESET    after=120
    Expect Request    /stale
    Respond With Fault    STALE    status=201
    Expect Request    /raw
    Respond With Raw    garbage
    FOR    ${path}    IN    start    head    part    stale    raw
        Run Keyword And Ignore Error    GET    ${url}/${path}
    END
    Break Connections    RESET
    Run Keyword And Expect Error    *reset*    GET    ${url}
    Log Received Requests
