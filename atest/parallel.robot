*** Settings ***
Documentation    Suites and tests side by side in several processes.

Library          resources/ChildRun.py

Suite Setup      Require Pabot

Test Tags        lifecycle


*** Test Cases ***
Suites Run Side By Side
    ${run} =    Run Suite    parallel_suites    --processes    3    module=pabot.pabot
    Should Be Equal    ${run.rc}    ${0}    ${run.stdout}
    Length Should Be    ${{list($run.result.suite.all_tests)}}    3
    Test Should Have Passed    ${run}

Tests Run Side By Side
    ${run} =    Run Suite    parallel.robot    --testlevelsplit    --processes    3    module=pabot.pabot
    Should Be Equal    ${run.rc}    ${0}    ${run.stdout}
    Test Should Have Passed    ${run}    First    Second    Third    Fourth

A Failure In One Process Is That Of One Test
    ${run} =    Run Suite    problems.robot    --testlevelsplit    --processes    2    --test    Passed
    ...    --test    No Problem    module=pabot.pabot
    Should Be Equal    ${run.rc}    ${1}    ${run.stdout}
    Test Should Have Passed    ${run}    No Problem
    Test Should Have Failed With    ${run}    Passed    1 problem on server 'http-1'*GET /passed*


*** Keywords ***
Require Pabot
    ${found} =    Evaluate    importlib.util.find_spec('pabot') is not None    modules=importlib.util
    Skip If    not ${found}    There is no pabot.
