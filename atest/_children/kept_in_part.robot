*** Settings ***
Documentation    Run by limits.robot: the server keeps less than it receives.

Library          ChildKeywords
Library          HttpServerLibrary


*** Test Cases ***
Upload
    ${url} =    Start Http Server    max_body_kept=4    max_requests_kept=1
    Expect Request
    Respond With Data
    Send Request    ${url}/upload    0123456789
    Log Received Requests
    Send Request    ${url}/upload    01
