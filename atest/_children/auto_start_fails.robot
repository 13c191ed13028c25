*** Settings ***
Documentation    Run by lifecycle.robot: the server of the suite cannot be started.

Library          HttpServerLibrary    auto_start=True    host=192.0.2.1


*** Test Cases ***
Needs It
    Expect Request    /orders

Needs It Too
    Get Http Server Url

Needs None
    No Operation

Starts Its Own
    Start Http Server    host=localhost
    Expect Request    /orders
