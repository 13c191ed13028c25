*** Settings ***
Documentation    An expectation that ended with its test; see `misuse.robot`.

Library          HttpServerLibrary

Suite Setup      Start Http Server


*** Test Cases ***
First
    ${expectation} =    Expect Request
    VAR    ${KEPT}    ${expectation}    scope=SUITE

Second
    Respond With Data    x    to=${KEPT}
