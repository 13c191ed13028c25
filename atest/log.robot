*** Settings ***
Documentation    What a run's log says about the requests, and what it must not say.

Library          resources/ChildRun.py

Suite Setup      Run The Logged Suite

Test Tags        log    masking


*** Test Cases ***
A Request Is A Line Under The Keyword In Which It Came
    ${log} =    Log Of Keyword    ${RUN}    One Request    Send Request    INFO
    Should Match Regexp
    ...    ${log}
    ...    ^INFO http-1: [\\d:.]{12} GET /orders\\?page=2 201 Created \\([\\d.]+ ms\\) by permanent /orders$
    ${log} =    Log Of Keyword    ${RUN}    One Request    Log
    Should Be Equal    ${log}    INFO after

A Request In A User Keyword
    ${log} =    Log Of Keyword    ${RUN}    In A User Keyword    Order    INFO
    Should Match    ${log}    INFO http-1: ??:??:??.??? GET /orders 200 OK (* ms) by permanent /orders

A Request In The Background Is Logged When The Test Has Waited For It
    ${log} =    Log Of Test    ${RUN}    In The Background    INFO
    Should Match    ${log}    INFO http-1: ??:??:??.??? POST /later 200 OK (* ms) by permanent POST /later*INFO after
    Should Contain X Times    ${log}    /later 200 OK    1
    Should Not Contain    ${log}    sent in the background

A Request In Suite Setup Is Logged There
    ${log} =    Log Of Suite Setup    ${RUN}    Logged
    Should Match    ${log}    INFO http-1: ??:??:??.??? GET /setup 500 Internal Server Error*

A Problem Is A Warning
    ${log} =    Log Of Keyword    ${RUN}    Problem    Send Request    WARN
    Should Be Equal    ${log}    WARN http-1: UNEXPECTED REQUEST: GET /problem
    Should Contain    ${RUN.errors}    WARN http-1: UNEXPECTED REQUEST: GET /problem

Headers And Bodies Are For The Debug Level
    ${log} =    Log Of Keyword    ${RUN}    Body    Send Request    INFO
    Should Not Contain    ${log}    question
    Should Not Contain    ${log}    answer
    ${log} =    Log Of Keyword    ${RUN}    Body    Send Request    TRACE
    Should Contain    ${log}    Content-Length: 90000
    Should Contain    ${log}    question question
    Should Contain    ${log}    answer answer

Bodies Are Cut
    ${log} =    Log Of Keyword    ${RUN}    Body    Send Request
    ${length} =    Get Length    ${log}
    Should Be True    ${length} < 6000    The log of a request of 90,000 and a response of 70,000 bytes has ${length}.

Without The Debug Level There Are No Bodies At All
    ${run} =    Run Suite    logged.robot    --loglevel    INFO    --test    Body    --test    One Request
    ${log} =    Log Of Keyword    ${run}    Body    Send Request
    Should Match Regexp
    ...    ${log}
    ...    ^INFO http-1: [\\d:.]{12} POST /body 200 OK \\([\\d.]+ ms\\) by permanent /body$
    ${log} =    Log Of Keyword    ${run}    One Request    Send Request
    Should Not Contain    ${log}    in the body

Credentials And Cookies Are Masked
    FOR    ${keyword}    IN
    ...    Send Request
    ...    Log Received Requests
    ...    Request Should Have Been Received
    ...    Check Assertions
        ${log} =    Log Of Keyword    ${RUN}    Masked    ${keyword}
        Should Contain    ${log}    Authorization
        Should Not Contain    ${log}    token-of
        Should Not Contain    ${log}    cookie-of
        Should Not Contain    ${log}    proxy-of
        Should Contain    ${log}    not-masked
    END

Credentials Of Expectations Are Masked
    ${run} =    Run Suite    credentials.robot    --loglevel    DEBUG
    Test Should Have Failed With    ${run}    Credentials    *1 expectation was not met*3 problems on server*
    ${log} =    Log Of Test    ${run}    Credentials
    Should Contain    ${log}    /cookie
    Should Not Contain    ${log}    hush
    Should Not Contain    ${run.tests['Credentials'].message}    hush

Secrets Are Masked Everywhere
    ${version} =    Evaluate    tuple(int(n) for n in robot.version.VERSION.split('.')[:2])    modules=robot.version
    Skip If    ${version} < (7, 4)    Robot Framework has no secrets before 7.4.
    ${run} =    Run Suite    secret.robot    --loglevel    DEBUG    --variable    TOKEN: Secret:hush-hush
    Test Should Have Failed With    ${run}    Secret    on purpose\n\n1 problem*
    FOR    ${keyword}    IN
    ...    Expect Request
    ...    Respond With Data
    ...    Send Request
    ...    Format Matchers
    ...    Log Received Requests
    ...    Request Should Have Been Received
    ...    Wait Until Request Is Received
    ...    Requests Should Have Been Received In Order
    ...    Wait Until Requests Are Received In Order
    ...    Get Received Requests
    ...    Get Problems
    ...    Log
        ${log} =    Log Of Keyword    ${run}    Secret    ${keyword}
        Should Not Contain    ${log}    hush-hush    Keyword '${keyword}' shows a secret.
    END
    Should Not Contain    ${run.tests['Secret'].message}    hush-hush
    Should Not Contain    ${run.errors}    hush-hush
    Should Not Contain    ${run.stdout}    hush-hush

What Came Over The Wire Is No HTML
    FOR    ${message}    IN    @{{list($RUN.messages('Hostile')) + list($RUN.messages('Hostile Failure'))}}
        IF    ${message.html}
            Should Not Contain    ${message.message}    <script
            Should Not Contain    ${message.message}    <b>
        END
    END
    # One of them is, so that this looks at something.
    ${tables} =    Evaluate    [m for m in $RUN.messages('Hostile') if m.html]
    Length Should Be    ${tables}    1
    Should Contain    ${tables[0].message}    &lt;script&gt;alert(2)&lt;/script&gt;
    Should Not Start With    ${RUN.tests['Hostile Failure'].message}    *HTML*

What Came Over The Wire Does Not Reach The Terminal
    Should Not Contain    ${RUN.stdout}${RUN.stderr}    \x1b
    Should Not Match Regexp    ${RUN.stdout}${RUN.stderr}    (?m)^.{0,9}forged line

What Came Over The Wire Does Not Break The Page
    ${run} =    Run Suite    logged.robot    --test    Hostile*    --log    log.html
    ${page} =    Evaluate    ($run.output_dir / 'log.html').read_text('UTF-8')
    Should Contain    ${page}    alert(2)
    Should Not Contain    ${page}    <script>alert(

Many Requests Do Not Flood The Log
    ${log} =    Log Of Keyword    ${RUN}    Many    Send Many Requests    INFO
    Should Contain    ${log}    INFO http-1: 500 more requests, not logged individually
    ${lines} =    Evaluate    len($log.splitlines())
    Should Be Equal    ${lines}    ${1001}

The Table Has A Row For Each Request
    ${log} =    Log Of Keyword    ${RUN}    Table    Log Received Requests
    Should Match    ${log}
    ...    INFO <*/first*201 Created*permanent /first*/second*500*UNEXPECTED REQUEST*DEBUG <*/first*
    Should Match    ${log}    *server &#x27;http-1&#x27; at http://localhost:*


*** Keywords ***
Run The Logged Suite
    ${run} =    Run Suite    logged.robot    --loglevel    DEBUG
    VAR    ${RUN}    ${run}    scope=SUITE
