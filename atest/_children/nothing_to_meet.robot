*** Settings ***
Documentation    Run by checking.robot: no expectation is there to be met.

Library          HttpServerLibrary


*** Test Cases ***
Never Called
    Start Http Server
    Expect Request    /never
    Expectations Should Be Met
    Wait Until Expectations Are Met
