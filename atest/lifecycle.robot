*** Settings ***
Documentation    Import options, and what begins and ends with suites, tests and the whole run.

Library          resources/ChildRun.py

Test Teardown    Kill Suite Run

Test Tags        lifecycle


*** Variables ***
${PROGRAMS}    ${CURDIR}/_children/programs


*** Test Cases ***
Wrong Import Options Are Import Errors Of Their Suite
    ${run} =    Run Suite    options
    Test Should Have Passed    ${run}    The Right One
    Should Be Equal    ${run.rc}    ${11}    So many suites have a wrong option.
    FOR    ${error}    IN
    ...    host: a host name or address is needed, not ''.
    ...    host: a host name or address is needed, not 5.
    ...    port: a number from 0 to 65535 is needed, not 'http'.
    ...    auto_start: true or false is needed, not 'maybe'.
    ...    auto_check: FAIL, STRICT, WARN or OFF is needed, not 'SOMETIMES'.
    ...    timeout: a time such as '5 seconds' is needed, not 'soon'.
    ...    timeout: must be 0 seconds or more, not -1 seconds.
    ...    timeout: must be 0 seconds or more, not nan seconds.
    ...    expected 0 non-named arguments, got 1.
        Should Match    ${run.errors}    *${error}*
    END
    # Robot Framework 7.2 makes it a number, as the default is one.
    Should Match Regexp    ${run.errors}    port: a number from 0 to 65535 is needed, not '?65536'?\\.

The Server Of Auto Start Runs Before Suite Setup
    ${run} =    Run Suite    auto_start/shares.robot    --variable    OUTER:none
    Test Should Have Passed    ${run}    The Server Runs Before Suite Setup

A Suite Inside A Suite Uses Its Server
    ${run} =    Run Suite    auto_start
    Test Should Have Passed    ${run}
    Should Be Equal    ${run.errors}    ${EMPTY}

Auto Start Uses A Server That The Outer Suite Started By Keyword
    ${run} =    Run Suite    outer_server
    Test Should Have Passed    ${run}

Suites Side By Side Have Servers Of Their Own
    ${run} =    Run Suite    side_by_side
    Test Should Have Passed    ${run}

The URL Variable Of Auto Start Is Not Seen By Suites Without It
    ${run} =    Run Suite    url_variable
    Test Should Have Passed    ${run}

A Failed Auto Start Is Reported By The First Keyword That Needs The Server
    ${run} =    Run Suite    auto_start_fails.robot
    VAR    ${reason}
    ...    EQUALS: The server of the suite could not be started: 192.0.2.1 is not an address of this machine.
    ...    Use localhost, or 0.0.0.0 for all addresses.
    Test Should Have Failed With    ${run}    Needs It    ${reason}
    Test Should Have Failed With    ${run}    Needs It Too    ${reason}
    Test Should Have Passed    ${run}    Needs None    Starts Its Own
    Should Be Equal    ${run.rc}    ${2}

A Failed Start Is A Failure Of One Keyword And The Run Goes On
    ${run} =    Run Suite    port_taken.robot
    Test Should Have Failed With    ${run}    Taken    REGEXP: Port \\d+ on localhost is taken[^\\n]*
    Test Should Have Passed    ${run}    Goes On
    Should Be Equal    ${run.rc}    ${1}

Problems Fail A Passed Test
    ${run} =    Run Suite    problems.robot
    FOR    ${test}    ${path}    IN    Passed    /passed    Read But Not Checked    /read    In Teardown    /teardown
        Test Should Have Failed With    ${run}    ${test}
        ...    1 problem on server 'http-1' at http://localhost:*:\nUNEXPECTED REQUEST: GET ${path}\n*
    END
    Test Should Have Failed With    ${run}    Stopped Meanwhile
    ...    1 problem on server 'own' at http://localhost:*:\nUNEXPECTED REQUEST: GET /stopped\n*
    Test Should Have Failed With    ${run}    Two On Two Servers    *1 problem on server 'http-1'*GET /suites*
    Test Should Have Failed With    ${run}    Two On Two Servers
    ...    *2 problems on server 'own'*UNEXPECTED REQUEST: GET /own/1*UNEXPECTED REQUEST: GET /own/2*
    Test Should Have Passed    ${run}    No Problem    Checked    Reset    Unmet    Unmet Before A Reset
    ...    Unmet On A Stopped Server

A Line Tells One Problem
    [Documentation]    Not another one that begins alike, nor the same request once more.
    ${run} =    Run Suite    problems.robot
    Test Should Have Failed With
    ...    ${run}
    ...    Failed By Something Like The Problem
    ...    UNEXPECTED REQUEST: GET /like\n\n3 problems on*\n*REQUEST: GET /like (2 times)\n*REQUEST: GET /likely*

Requests Of Tests That Have Ended Are Mentioned
    [Documentation]    Those of a test are gone when Suite Teardown asks; the failure says so.
    ${run} =    Run Suite    checked_in_suite_teardown.robot
    VAR    ${expected}
    ...    *Expected at least 1 request: /a
    ...    Received none on server 'http-1' at http://localhost:*.
    ...    No requests were received.
    ...    1 earlier request belongs to tests that have ended and does not count.
    ...    separator=\n
    Should Match    ${run.result.suite.message}    ${expected}

Problems That The Message Has Told Are Not Told Again
    ${run} =    Run Suite    problems.robot
    Test Should Have Failed With    ${run}    Failed By The Problem    Nothing came\nUNEXPECTED REQUEST: GET /told\n*
    Should Contain X Times    ${run.tests['Failed By The Problem'].message}    UNEXPECTED REQUEST    1

Problems Add To The Message Of A Failed Test
    ${run} =    Run Suite    problems.robot    --test    Failed*    --test    Unmet But*
    Test Should Have Failed With    ${run}    Failed    My own words\n\n1 problem on server*GET /failed\n*
    Test Should Have Failed With    ${run}    Failed In HTML
    ...    STARTS: *HTML* My <i>own</i> words
    Test Should Have Failed With    ${run}    Failed In HTML    *UNEXPECTED REQUEST: GET /&lt;b&gt;*
    Should Not Contain    ${run.tests['Failed In HTML'].message}    <b>
    Test Should Have Failed With    ${run}    Unmet But Failed Anyway    EQUALS: My own words

Problems Leave A Skipped Test Alone
    ${run} =    Run Suite    problems.robot    --test    Skipped
    Test Should Have Been Skipped With    ${run}    Skipped    EQUALS: Not today
    Should Be Equal    ${run.rc}    ${0}

Problems Skip A Test That Is Skipped On Failure
    [Documentation]    It is no failure to exit on, either.
    ${run} =    Run Suite    problems.robot    --test    Skipped On Failure    --test    In Teardown
    ...    --skiponfailure    s*y    --exitonfailure
    VAR    ${head}    Failed test skipped using 'robot:skip-on-failure' and 's*y' tag.\n\nOriginal failure:\n
    Test Should Have Been Skipped With    ${run}    Skipped On Failure    STARTS: ${head}1 problem on server 'http-1'
    Test Should Have Failed With    ${run}    In Teardown    1 problem on server*GET /teardown*

Strict Counts Unmet Expectations
    ${run} =    Run Suite    problems.robot    --variable    AUTO_CHECK:strict
    Test Should Have Failed With    ${run}    Unmet
    ...    1 expectation was not met on server 'http-1' at *:\n${SPACE*2}oneshot /unmet (used 0 of 1)*
    Test Should Have Failed With    ${run}    Unmet Before A Reset
    ...    1 expectation was not met on server 'http-1' at *:\n${SPACE*2}permanent /unmet (used 1 of 2)\n*
    Test Should Have Failed With    ${run}    Unmet On A Stopped Server    1 expectation was not met on server 'own'*
    Test Should Have Failed With    ${run}    Unmet But Failed Anyway
    ...    My own words\n\n1 expectation was not met on server*
    Test Should Have Failed With    ${run}    Passed    1 problem on server*
    Test Should Have Been Skipped With    ${run}    Skipped    EQUALS: Not today
    Test Should Have Passed    ${run}    No Problem    Checked    Reset

Strict Does Not Count Expectations Of The Suite
    ${run} =    Run Suite    strict.robot
    Test Should Have Passed    ${run}    Passes

Warn Logs Problems And Changes No Status
    ${run} =    Run Suite    problems.robot    --variable    AUTO_CHECK:WARN
    Test Should Have Passed    ${run}    Passed    In Teardown    Two On Two Servers    Stopped Meanwhile    Unmet
    Test Should Have Failed With    ${run}    Failed    EQUALS: My own words
    ${log} =    Log Of Test    ${run}    Passed    WARN
    Should Contain    ${log}    WARN 1 problem on server 'http-1'
    ${log} =    Log Of Test    ${run}    Checked    WARN
    Should Not Contain    ${log}    WARN 1 problem on server

Off Does Nothing
    ${run} =    Run Suite    problems.robot    --variable    AUTO_CHECK:off
    Test Should Have Passed    ${run}    Passed    In Teardown    Two On Two Servers    Stopped Meanwhile    Unmet
    Test Should Have Failed With    ${run}    Failed    EQUALS: My own words
    ${log} =    Log Of Test    ${run}    Passed
    Should Not Contain    ${log}    1 problem on server

With Off A Problem Is No Warning
    ${run} =    Run Suite    problems.robot    --variable    AUTO_CHECK:off
    Should Be Equal    ${run.errors}    ${EMPTY}
    ${log} =    Log Of Test    ${run}    Passed    INFO
    Should Contain    ${log}    INFO http-1: UNEXPECTED REQUEST: GET /passed

A Reset In The Teardown Hides No Problem
    ${run} =    Run Suite    resets.robot
    FOR    ${test}    ${request}    IN
    ...    In Teardown    GET /teardown
    ...    In A Keyword Of The Teardown    GET /keyword
    ...    Reset Twice    GET /second
        Test Should Have Failed With    ${run}    ${test}
        ...    1 problem on server 'http-1' at http://localhost:*:\nUNEXPECTED REQUEST: ${request}\n*
        ${log} =    Log Of Test    ${run}    ${test}
        Should Match    ${log}    *<table>*${request.partition(' ')[2]}*
    END
    Test Should Have Failed With    ${run}    While A Request Is Answered
    ...    1 problem on server 'http-1' at http://localhost:*:\nHANDLER ERROR: POST /held: *too late*
    Test Should Have Failed With    ${run}    In Teardown Of A Failed Test
    ...    My own words\n\n1 problem on server 'http-1' at http://localhost:*:\nUNEXPECTED REQUEST: GET /failed\n*

A Reset In The Test And Clear Problems Forget The Problems
    ${run} =    Run Suite    resets.robot
    Test Should Have Passed    ${run}    In The Test    In Teardown Of A Keyword In The Test    Cleared In Teardown
    Test Should Have Passed    ${run}    Nothing Is Left

A Reset In Suite Teardown Leaves The Warning
    ${run} =    Run Suite    resets.robot
    Should Match    ${run.errors}    *WARN *1 problem on server 'http-1'*UNEXPECTED REQUEST: GET /suite*

What A Reset In The Teardown Leaves Is Logged With Warn
    ${run} =    Run Suite    resets.robot    --variable    AUTO_CHECK:WARN
    Test Should Have Passed    ${run}    In Teardown
    ${log} =    Log Of Test    ${run}    In Teardown    WARN
    Should Match    ${log}    *WARN 1 problem on server 'http-1'*UNEXPECTED REQUEST: GET /teardown*

Problems Of Suite Setup And Suite Teardown Are Warnings
    ${run} =    Run Suite    suite_problems.robot
    Test Should Have Passed    ${run}    Passed
    Should Be Equal    ${run.rc}    ${0}
    Should Match    ${run.errors}    *WARN*GET /suite-setup*WARN*GET /suite-teardown*
    Should Match    ${run.errors}    *WARN *2 problems on server 'http-1'*GET /suite-setup*GET /suite-teardown*

Problems Of A Suite Are Not Told With Auto Check Off
    ${run} =    Run Suite    suite_problems.robot    --variable    AUTO_CHECK:OFF
    Should Be Equal    ${run.rc}    ${0}
    Should Not Contain    ${run.errors}    problems on server

Problems Of A Failed Suite Setup Are Told
    ${run} =    Run Suite    suite_setup_fails.robot
    Test Should Have Failed With    ${run}    Not Run    EQUALS: Parent suite setup failed:\nNo way
    Should Contain    ${run.errors}    1 problem on server 'http-1'

Exit On Failure Honours The Final Status
    ${run} =    Run Suite    problems.robot    --exitonfailure    --test    Passed    --test    Checked
    Test Should Have Failed With    ${run}    Passed    1 problem on server*
    Test Should Have Failed With    ${run}    Checked    *exit-on-failure mode is in use.

Other Listeners See The Final Status
    ${run} =    Run Suite    problems.robot    --listener    ${PROGRAMS}/prints_status.py
    ...    --test    Passed    --test    Checked
    Should Contain    ${run.stdout}    <Passed: FAIL, 1 problem>
    Should Contain    ${run.stdout}    <Checked: PASS, >

A Library Can Be Imported In Suite Setup
    ${run} =    Run Suite    import_in_suite_setup.robot
    Test Should Have Passed    ${run}    Served
    Test Should Have Failed With    ${run}    Problem    1 problem on server 'http-1'*

A Library Can Be Imported In The Middle Of A Test
    ${run} =    Run Suite    import_library.robot
    Test Should Have Passed    ${run}
    ...    Before
    ...    Import In A Test
    ...    The Server Of The Test Has Ended
    ...    After The Import It Is Like Any Other
    ...    With Auto Start
    ...    Auto Start Serves The Rest Of The Suite
    Test Should Have Failed With    ${run}    Import And Then A Problem    1 problem on server*GET /problem*
    Should Not Match Regexp    ${run.errors}    (?m)^ERROR

A Library That Is Imported Twice Is One
    ${run} =    Run Suite    imports.robot    --suite    Imports
    Test Should Have Passed    ${run}    Two Names Are One Library    Nothing Is Left Of The Test Before
    Test Should Have Failed With    ${run}    A Problem Is Told Once
    ...    REGEXP: 1 problem on server 'http-1' at [^\\n]+\\nUNEXPECTED REQUEST: GET /once\\n((?!problem).)*
    ${log} =    Log Of Test    ${run}    A Problem Is Told Once    WARN
    Should Contain X Times    ${log}    WARN http-1: UNEXPECTED REQUEST: GET /once    1

Imports With Different Options Are Two Libraries
    ${run} =    Run Suite    imports.robot
    Test Should Have Passed    ${run}    Different Options Are Two Libraries
    Test Should Have Failed With    ${run}    Problems Of Both Are Told    *'http-1'*GET /one\n*'http-1'*GET /other\n*

A Dry Run Opens Nothing
    ${run} =    Run Suite    dry_run.robot    --dryrun    --variable    PORT:0
    ...    --listener    ${PROGRAMS}/refuses_sockets.py
    Test Should Have Passed    ${run}    Dry
    Should Contain    ${run.stdout}    <threads: 1 >
    Should Be Equal    ${run.errors}    ${EMPTY}

Libdoc Opens Nothing
    ${run} =    Run Program    libdoc.py
    Should Contain    ${run.stdout}    <keywords: True threads: 1 >    ${run.stderr}

A Test Timeout Interrupts Waiting At Once
    ${run} =    Run Suite    waiting.robot    --test    For *    --test    Goes On
    ...    --variable    TIMEOUT:300 milliseconds
    FOR    ${test}    IN    For A Request    For Expectations    For No Request    For Requests In Order
    ...    For A Matcher
        Test Should Have Failed With    ${run}    ${test}    EQUALS: Test timeout 300 milliseconds exceeded.
        Should Be True    $run.tests[$test].elapsed_time.total_seconds() < 60
    END
    Test Should Have Passed    ${run}    Goes On

One Ctrl-C Ends The Run
    [Template]    Ctrl-C Ends The Run
    For A Request
    For Expectations
    For No Request
    For Requests In Order
    For A Matcher
    Asleep

Two Ctrl-C End The Run At Once
    Start Suite Run    waiting.robot    --test    Deaf
    Wait Until Suite Run Says    DEAF
    Interrupt Suite Run
    Wait Until Suite Run Says    DEAF\nDEAF
    Interrupt Suite Run
    ${run} =    End Suite Run
    Should Be Equal    ${run.rc}    ${253}
    Should Not Contain    ${run.stdout}${run.stderr}    Traceback
    Should Contain    ${run.stdout}${run.stderr}    Second signal will force exit.
    Should Contain    ${run.stdout}${run.stderr}    Execution forcefully stopped

A Client That Waits For A Response Does Not Hold Up The End
    Start Suite Run    slow_response.robot
    Wait Until Suite Run Says    READY
    Interrupt Suite Run
    ${run} =    End Suite Run
    Test Should Have Failed With    ${run}    Interrupted    *Execution terminated by signal*
    Should Not Contain    ${run.stdout}${run.stderr}    still running

Nothing Is Left Of A Run
    ${run} =    Run Program    run_and_count_threads.py
    Should Contain    ${run.stdout}    rc: 1 threads: 1 >    ${run.stdout}${run.stderr}

Plain Python Can Use The Library
    ${run} =    Run Program    plain_python.py
    Should Be Equal    ${run.stderr}    ${EMPTY}
    Should Be Equal    ${run.stdout}    201 b'{"id": 7}'\n<threads: 1 >\n
    Should Be Equal    ${run.rc}    ${0}

An Instance Inside A Library Of Users Works Like An Import
    [Documentation]    In four runs of one process. In the second, Robot Framework knows the instance as a listener.
    ${run} =    Run Program    own_library.py
    Should Be Equal    ${run.stderr}    ${EMPTY}
    ${lines} =    Evaluate    [re.sub(r'localhost:\\d+', '<host>', line) for line in $run.stdout.splitlines()]    re
    VAR    ${tests}
    ...    ['Right: PASS ', "Wrong: FAIL 1 problem on server 'http-1' at http://<host>:",
    ...    'Own Server: PASS ', 'Own Server Has Ended: PASS ']
    FOR    ${number}    IN RANGE    4
        Should Be Equal    ${lines}[${2 * ${number}}]    ${tests}
        Should Be Equal    ${lines}[${2 * ${number} + 1}]    no errors, threads: 1
    END
    Should Be Equal    ${run.rc}    ${0}

Plain Python Need Not Stop The Server To End
    ${run} =    Run Program    plain_python_that_ends.py
    Should Match Regexp    ${run.stdout}    ^http://localhost:\\d+\\n$
    Should Be Equal    ${run.rc}    ${0}


*** Keywords ***
Ctrl-C Ends The Run
    [Arguments]    ${test}
    Start Suite Run    waiting.robot    --test    ${test}
    Wait Until Suite Run Says    READY
    Interrupt Suite Run
    ${run} =    End Suite Run
    Test Should Have Failed With    ${run}    ${test}    *Execution terminated by signal*
    Should Not Contain    ${run.stdout}${run.stderr}    Traceback
    # Suite Teardown is run, and still has the server.
    Should Contain    ${run.stdout}    TEARDOWN http://localhost:
