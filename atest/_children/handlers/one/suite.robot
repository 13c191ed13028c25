*** Settings ***
Documentation    Run by handlers.robot: its handlers are in a file beside it, which is in no search path.

Library          suite_library.py
Resource         client.resource

Suite Setup      Start Http Server


*** Test Cases ***
Module Beside The Suite
    Expect Request    /who
    Respond With Handler    suite_handlers.who
    Answer Of    one    GET    /who

File Beside The Suite
    Expect Request    /who
    Respond With Handler    suite_handlers.py:who
    Answer Of    one    GET    /who

Segments Of The Path And Tuples
    Expect Request    /orders/{id}    method=PUT
    Respond With Handler    suite_handlers.order    headers={"X-Default": 1, "Cache-Control": "private"}
    ${answer} =    Status Of    201    PUT    /orders/7
    Should Be Equal    ${answer.json}    ${{ {'id': '7'} }}
    Should Be Equal    ${answer.header('Cache-Control')}    private
    ${answer} =    Status Of    404    PUT    /orders/0
    Should Be Equal    ${answer.header('Cache-Control')}    no-store
    Should Be Equal    ${answer.header('X-Default')}    1

Functions Of A File Share What It Remembers
    Expect Request    /remember
    Respond With Handler    suite_handlers.remember    status=202
    Expect Request    /remembered
    Respond With Handler    suite_handlers.py:remembered
    Status Of    202    GET    /remember
    Answer Of    ["/remember"]    GET    /remembered

File That Is A Library
    Add Name    7
    Expect Request    /names
    Respond With Handler    suite_library.names
    Answer Of    ["7"]    GET    /names
    Respond With Handler    suite_library.py:names
    Answer Of    ["7"]    GET    /names

Handler Of The Suite Around
    ${url} =    Get Http Server Url    server=outer
    ${answer} =    Send Exactly    ${url}    GET    /who
    Should Be Equal    ${answer.text}    outer

Matcher Beside The Suite
    Expect Request    /orders/{id}    matcher=suite_handlers.py:is_even
    Respond With Data    even
    Answer Of    even    GET    /orders/4
    Get Received Request    /orders/{id}    matcher=suite_handlers.is_even
    Status Of    500    GET    /orders/5
    Check Assertions

Nothing Stays In The Search Path
    Expect Request    /who
    Respond With Handler    suite_handlers.who
    Evaluate    importlib.import_module('suite_handlers')    modules=importlib
