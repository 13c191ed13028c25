*** Settings ***
Documentation    Run by programs/run_and_count_threads.py.

Library          HttpServerLibrary    auto_start=True
Library          ChildKeywords


*** Test Cases ***
Leaves A Server Behind
    Start Http Server
    Expect Request
    Respond With Data
    Send Request    ${HTTP_SERVER_URL}
    Check Assertions
