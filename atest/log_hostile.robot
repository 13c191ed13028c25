*** Settings ***
Documentation    Whatever requests, handlers and matchers say, the output of a run can be read, and it hides nothing.

Library          resources/ChildRun.py

Test Template    The Output Should Hold

Test Tags        log


*** Test Cases ***    LEVEL    OUTPUT
At Level Info    INFO    output.xml
At Level Debug    DEBUG    output.xml
At Level Trace    TRACE    output.xml
As Json    TRACE    output.json


*** Keywords ***
The Output Should Hold
    [Arguments]    ${level}    ${output}
    ${run} =    Run Suite    hostile.robot    --loglevel    ${level}    --output    ${output}    --log    log.html
    Should Be Equal    ${run.rc}    ${5}
    Output Should Be Harmless    ${run}    ${output}
    ${page} =    Evaluate    ($run.output_dir / 'log.html').read_text('UTF-8')
    Should Contain    ${page}    window.output
