*** Settings ***
Documentation    Run by handlers.robot: a handler beside the initialization file of a directory.

Library          HttpServerLibrary

Suite Setup      Handle In The Suite Around


*** Keywords ***
Handle In The Suite Around
    Start Http Server    alias=outer
    Expect Request    /who
    Respond With Handler    outer_handlers.py:who
