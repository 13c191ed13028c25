*** Settings ***
Documentation    Run by lifecycle.robot: an expectation of the suite that is not met.

Library          HttpServerLibrary    auto_start=True    auto_check=STRICT

Suite Setup      Expect Oneshot Request    /unmet


*** Test Cases ***
Passes
    No Operation
