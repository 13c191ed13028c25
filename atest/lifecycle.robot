*** Settings ***
Documentation    Import options, and what begins and ends with suites, tests and the whole run.

Library          OperatingSystem
Library          resources/ChildRun.py

Test Teardown    Kill Suite Run


*** Variables ***
# A thread that is held up a moment longer than a stop waits for it is not left: it ends.
${JOIN}    for thread in threading.enumerate(): thread is threading.main_thread() or thread.join(10)


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
    VAR    ${init}
    ...    *** Settings ***
    ...    | Library | HttpServerLibrary | auto_start=True | host=127.0.0.1
    ...    | Suite Setup | Start Http Server | alias=mine
    ...    separator=\n
    VAR    ${inner}
    ...    *** Settings ***
    ...    | Library | HttpServerLibrary | auto_start=True | host=127.0.0.1
    ...    *** Test Cases ***
    ...    | Inner |
    ...    | | \${url} = | Get Http Server Url | \${EMPTY} | server=mine
    ...    | | Should Be Equal | \${url} | \${HTTP_SERVER_URL}/
    ...    separator=\n
    VAR    &{suites}    __init__.robot=${init}    inner.robot=${inner}
    ${run} =    Run Suite    ${suites}
    Test Should Have Passed    ${run}

Suites Side By Side Have Servers Of Their Own
    VAR    ${suite}
    ...    *** Settings ***
    ...    | Library | ChildKeywords
    ...    | Library | HttpServerLibrary | auto_start=True
    ...    *** Test Cases ***
    ...    | Side |
    ...    | | \${before} = | Get Variable Value | \${BEFORE} | \${HTTP_SERVER_URL}x
    ...    | | Run Keyword And Expect Error | * | Send Request | \${before}
    ...    | | VAR | \${BEFORE} | \${HTTP_SERVER_URL} | scope=GLOBAL
    ...    | | Wait Until Keyword Succeeds | 10 s | 50 ms | Only One Server Should Run
    ...    *** Keywords ***
    ...    | Only One Server Should Run |
    ...    | | \${threads} = | Get Server Threads
    ...    | | Length Should Be | \${threads} | 1
    ...    separator=\n
    VAR    &{suites}    one.robot=${suite}    two.robot=${suite}
    ${run} =    Run Suite    ${suites}
    Test Should Have Passed    ${run}

The URL Variable Of Auto Start Is Not Seen By Suites Without It
    VAR    ${one}
    ...    *** Settings ***
    ...    | Library | HttpServerLibrary | auto_start=True
    ...    *** Test Cases ***
    ...    | One |
    ...    | | Variable Should Exist | \${HTTP_SERVER_URL}
    ...    separator=\n
    VAR    ${two}
    ...    *** Settings ***
    ...    | Library | HttpServerLibrary
    ...    *** Test Cases ***
    ...    | Two |
    ...    | | Variable Should Not Exist | \${HTTP_SERVER_URL}
    ...    | | Run Keyword And Expect Error | There is no HTTP server.*
    ...    | ... | Get Http Server Url
    ...    separator=\n
    VAR    &{suites}    one.robot=${one}    two.robot=${two}
    ${run} =    Run Suite    ${suites}
    Test Should Have Passed    ${run}

A Failed Auto Start Is Reported By The First Keyword That Needs The Server
    VAR    ${suite}
    ...    *** Settings ***
    ...    | Library | HttpServerLibrary | auto_start=True | host=192.0.2.1
    ...    *** Test Cases ***
    ...    | Needs It |
    ...    | | Expect Request | /orders
    ...    | Needs It Too |
    ...    | | Get Http Server Url
    ...    | Needs None |
    ...    | | No Operation
    ...    | Starts Its Own |
    ...    | | \${url} = | Start Http Server | host=localhost
    ...    | | Expect Request | /orders
    ...    separator=\n
    ${run} =    Run Suite    ${suite}
    VAR    ${reason}
    ...    EQUALS: The server of the suite could not be started: 192.0.2.1 is not an address of this machine.
    ...    Use localhost, or 0.0.0.0 for all addresses.
    Test Should Have Failed With    ${run}    Needs It    ${reason}
    Test Should Have Failed With    ${run}    Needs It Too    ${reason}
    Test Should Have Passed    ${run}    Needs None    Starts Its Own
    Should Be Equal    ${run.rc}    ${2}

A Failed Start Is A Failure Of One Keyword And The Run Goes On
    VAR    ${suite}
    ...    *** Settings ***
    ...    | Library | HttpServerLibrary
    ...    *** Test Cases ***
    ...    | Taken |
    ...    | | \${url} = | Start Http Server
    ...    | | Start Http Server | port=\${url.rpartition(':')[2]}
    ...    | Goes On |
    ...    | | Start Http Server
    ...    separator=\n
    ${run} =    Run Suite    ${suite}
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
    Test Should Have Passed    ${run}    No Problem    Checked    Reset    Unmet    Unmet On A Stopped Server

A Line Tells One Problem
    [Documentation]    Not another one that begins alike, nor the same request once more.
    ${run} =    Run Suite    problems.robot
    Test Should Have Failed With
    ...    ${run}
    ...    Failed By Something Like The Problem
    ...    UNEXPECTED REQUEST: GET /like\n\n2 problems on*\nUNEXPECTED REQUEST: GET /like\n*REQUEST: GET /likely

Requests Of Tests That Have Ended Are Mentioned
    [Documentation]    Those of a test are gone when Suite Teardown asks; the failure says so.
    VAR    ${suite}
    ...    *** Settings ***
    ...    | Library | HttpServerLibrary | auto_start=True
    ...    | Library | ChildKeywords
    ...    | Suite Teardown | Request Should Have Been Received | /a
    ...    *** Test Cases ***
    ...    | First |
    ...    | | Expect Request | /a
    ...    | | Respond With Data
    ...    | | Send Request | \${HTTP_SERVER_URL}/a
    ...    separator=\n
    ${run} =    Run Suite    ${suite}
    VAR    ${expected}
    ...    *Expected at least 1 request: ANY /a
    ...    Received none on server 'http-1' at http://localhost:*.
    ...    No requests were received.
    ...    Forgotten with the tests and suites that have ended: 1 request.
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
    ...    1 expectation was not met on server 'http-1' at *:\n${SPACE*2}oneshot ANY /unmet (used 0 of 1)*
    Test Should Have Failed With    ${run}    Unmet On A Stopped Server    1 expectation was not met on server 'own'*
    Test Should Have Failed With    ${run}    Unmet But Failed Anyway
    ...    My own words\n\n1 expectation was not met on server*
    Test Should Have Failed With    ${run}    Passed    1 problem on server*
    Test Should Have Been Skipped With    ${run}    Skipped    EQUALS: Not today
    Test Should Have Passed    ${run}    No Problem    Checked    Reset

Strict Does Not Count Expectations Of The Suite
    VAR    ${suite}
    ...    *** Settings ***
    ...    | Library | HttpServerLibrary | auto_start=True | auto_check=STRICT
    ...    | Suite Setup | Expect Oneshot Request | /unmet
    ...    *** Test Cases ***
    ...    | Passes |
    ...    | | No Operation
    ...    separator=\n
    ${run} =    Run Suite    ${suite}
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
    VAR    ${suite}
    ...    *** Settings ***
    ...    | Library | ChildKeywords
    ...    | Library | HttpServerLibrary | auto_start=True
    ...    | Suite Setup | Run Keywords | Send Request | \${HTTP_SERVER_URL}/setup | AND | Fail | No way
    ...    *** Test Cases ***
    ...    | Not Run |
    ...    | | No Operation
    ...    separator=\n
    ${run} =    Run Suite    ${suite}
    Test Should Have Failed With    ${run}    Not Run    EQUALS: Parent suite setup failed:\nNo way
    Should Contain    ${run.errors}    1 problem on server 'http-1'

Exit On Failure Honours The Final Status
    ${run} =    Run Suite    problems.robot    --exitonfailure    --test    Passed    --test    Checked
    Test Should Have Failed With    ${run}    Passed    1 problem on server*
    Test Should Have Failed With    ${run}    Checked    *exit-on-failure mode is in use.

Other Listeners See The Final Status
    VAR    ${listener}
    ...    ROBOT_LISTENER_API_VERSION = 3
    ...    def end_test(data, result):
    ...    ${SPACE*4}print(f"<{data.name}: {result.status}, {result.message[:9]}>")
    ...    separator=\n
    Create File    ${OUTPUT DIR}/child-runs/listening.py    ${listener}\n
    ${run} =    Run Suite    problems.robot    --listener    ${OUTPUT DIR}/child-runs/listening.py
    ...    --test    Passed    --test    Checked
    Should Contain    ${run.stdout}    <Passed: FAIL, 1 problem>
    Should Contain    ${run.stdout}    <Checked: PASS, >

A Library Can Be Imported In Suite Setup
    VAR    ${suite}
    ...    *** Settings ***
    ...    | Library | ChildKeywords
    ...    | Suite Setup | Import Library | HttpServerLibrary | auto_start=True
    ...    *** Test Cases ***
    ...    | Served |
    ...    | | Expect Request | /
    ...    | | Respond With Data
    ...    | | Send Request | \${HTTP_SERVER_URL}
    ...    | | Request Should Have Been Received | times=1
    ...    | Problem |
    ...    | | Request Should Not Be Received
    ...    | | Send Request | \${HTTP_SERVER_URL}
    ...    separator=\n
    ${run} =    Run Suite    ${suite}
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
    VAR    ${suite}
    ...    *** Settings ***
    ...    | Library | ChildKeywords
    ...    | Library | HttpServerLibrary | auto_start=True | port=\${PORT}
    ...    | Suite Setup | Start Http Server
    ...    *** Test Cases ***
    ...    | Dry |
    ...    | | Start Http Server | alias=other
    ...    | | Import Library | HttpServerLibrary | auto_start=True | AS | Second
    ...    | | Second.Expect Request | \${HTTP_SERVER_URL}
    ...    separator=\n
    VAR    ${listener}
    ...    import threading, socket
    ...    ROBOT_LISTENER_API_VERSION = 3
    ...    def refuse(*args): raise AssertionError("a socket was opened")
    ...    def start_suite(data, result): socket.socket.bind = refuse
    ...    def end_test(data, result): print("<threads:", threading.active_count(), ">")
    ...    separator=\n
    Create File    ${OUTPUT DIR}/child-runs/watching.py    ${listener}\n
    ${run} =    Run Suite    ${suite}    --dryrun    --variable    PORT:0
    ...    --listener    ${OUTPUT DIR}/child-runs/watching.py
    Test Should Have Passed    ${run}    Dry
    Should Contain    ${run.stdout}    <threads: 1 >
    Should Be Equal    ${run.errors}    ${EMPTY}

Libdoc Opens Nothing
    VAR    ${program}
    ...    import socket, threading
    ...    def refuse(*args): raise AssertionError("a socket was opened")
    ...    socket.socket.bind = socket.socket.connect = refuse
    ...    from robot.libdocpkg import LibraryDocumentation
    ...    documented = LibraryDocumentation("HttpServerLibrary::auto_start=True")
    ...    print("<keywords:", len(documented.keywords) > 20, "threads:", threading.active_count(), ">")
    ...    separator=\n
    ${run} =    Run Python    ${program}
    Should Contain    ${run.stdout}    <keywords: True threads: 1 >    ${run.stderr}

A Test Timeout Interrupts Waiting At Once
    [Template]    A Timeout Interrupts
    Wait Until Request Is Received    /never    timeout=5 minutes
    Wait Until Expectations Are Met    timeout=5 minutes
    Request Should Not Be Received    /never    within=5 minutes
    Wait Until Requests Are Received In Order    ["/never"]    timeout=5 minutes

One Ctrl-C Ends The Run
    [Template]    Ctrl-C Ends The Run
    Wait Until Request Is Received    /never    timeout=5 minutes
    Wait Until Expectations Are Met    timeout=5 minutes
    Request Should Not Be Received    /never    within=5 minutes
    Wait Until Requests Are Received In Order    ["/never"]    timeout=5 minutes
    Sleep    5 minutes

Two Ctrl-C End The Run At Once
    Start Suite That Waits    Do Not Listen To Signals
    Wait Until Suite Run Says    DEAF
    Interrupt Suite Run
    Wait Until Suite Run Says    Second signal will force exit.
    Interrupt Suite Run
    ${run} =    End Suite Run
    Should Be Equal    ${run.rc}    ${253}
    Should Not Contain    ${run.stdout}${run.stderr}    Traceback
    Should Contain    ${run.stdout}${run.stderr}    Execution forcefully stopped

A Client That Waits For A Response Does Not Hold Up The End
    VAR    ${suite}
    ...    *** Settings ***
    ...    | Library | ChildKeywords
    ...    | Library | HttpServerLibrary | auto_start=True
    ...    *** Test Cases ***
    ...    | Interrupted |
    ...    | | Expect Request | /
    ...    | | Respond With Data | delay=5 minutes
    ...    | | Send Request In Background | \${HTTP_SERVER_URL} | text
    ...    | | Wait Until Request Is Received | /
    ...    | | Log To Console | READY
    ...    | | Send Request | \${HTTP_SERVER_URL}
    ...    separator=\n
    Start Suite Run    ${suite}
    Wait Until Suite Run Says    READY
    Interrupt Suite Run
    ${run} =    End Suite Run
    Test Should Have Failed With    ${run}    Interrupted    *Execution terminated by signal*
    Should Not Contain    ${run.stdout}${run.stderr}    still running

Nothing Is Left Of A Run
    VAR    ${program}
    ...    import sys, threading
    ...    import robot
    ...    rc = robot.run(sys.argv[0].replace("program.py", "child.robot"), output=None, log=None, report=None)
    ...    ${JOIN}
    ...    print("<rc:", rc, "threads:", threading.active_count(), ">")
    ...    separator=\n
    VAR    ${suite}
    ...    import pathlib
    ...    pathlib.Path(__file__).with_name("child.robot").write_text("""
    ...    *** Settings ***
    ...    Library${SPACE*4}HttpServerLibrary${SPACE*4}auto_start=True
    ...    Library${SPACE*4}ChildKeywords
    ...    *** Test Cases ***
    ...    Leaves A Server Behind
    ...    ${SPACE*4}Start Http Server
    ...    ${SPACE*4}Expect Request
    ...    ${SPACE*4}Respond With Data
    ...    ${SPACE*4}Send Request${SPACE*4}\${HTTP_SERVER_URL}
    ...    ${SPACE*4}Check Assertions
    ...    """)
    ...    separator=\n
    ${run} =    Run Python    ${suite}\n${program}
    Should Contain    ${run.stdout}    rc: 1 threads: 1 >    ${run.stdout}${run.stderr}

Plain Python Can Use The Library
    VAR    ${program}
    ...    import threading
    ...    from urllib.request import urlopen
    ...    from HttpServerLibrary import HttpServerLibrary
    ...    library = HttpServerLibrary()
    ...    url = library.start_http_server()
    ...    library.expect_oneshot_request("/orders", method="GET")
    ...    library.respond_with_json({"id": 7}, status=201)
    ...    with urlopen(library.get_http_server_url("/orders")) as response: print(response.status, response.read())
    ...    library.expectations_should_be_met()
    ...    library.check_assertions()
    ...    request = library.get_received_request("/orders")
    ...    assert str(request) == "GET /orders", request
    ...    other = library.start_http_server(alias="other")
    ...    assert library.switch_http_server("http-1") == "other"
    ...    library.stop_http_server()
    ...    library.stop_all_http_servers()
    ...    assert library.get_received_request("/orders", server="http-1") == request
    ...    ${JOIN}
    ...    print("<threads:", threading.active_count(), ">")
    ...    separator=\n
    ${run} =    Run Python    ${program}
    Should Be Equal    ${run.stderr}    ${EMPTY}
    Should Be Equal    ${run.stdout}    201 b'{"id": 7}'\n<threads: 1 >\n
    Should Be Equal    ${run.rc}    ${0}

Plain Python Need Not Stop The Server To End
    VAR    ${program}
    ...    from HttpServerLibrary import HttpServerLibrary
    ...    print(HttpServerLibrary(timeout="1 second", auto_check="OFF").start_http_server(port=0))
    ...    separator=\n
    ${run} =    Run Python    ${program}
    Should Match Regexp    ${run.stdout}    ^http://localhost:\\d+\\n$
    Should Be Equal    ${run.rc}    ${0}


*** Keywords ***
A Timeout Interrupts
    [Arguments]    ${keyword}    @{arguments}
    VAR    ${cells}    ${{' | '.join($arguments)}}
    VAR    ${suite}
    ...    *** Settings ***
    ...    | Library | HttpServerLibrary | auto_start=True
    ...    | Suite Setup | Expect Oneshot Request | /never
    ...    *** Test Cases ***
    ...    | Interrupted |
    ...    | | [Timeout] | 300 milliseconds
    ...    | | ${keyword} | ${cells}
    ...    | Goes On |
    ...    | | Run Keyword And Expect Error | *0.1 seconds*
    ...    | ... | Wait Until Request Is Received | /never | timeout=100ms
    ...    separator=\n
    ${run} =    Run Suite    ${suite}
    Test Should Have Failed With    ${run}    Interrupted    EQUALS: Test timeout 300 milliseconds exceeded.
    Should Be True    $run.tests['Interrupted'].elapsed_time.total_seconds() < 60
    Test Should Have Passed    ${run}    Goes On

Ctrl-C Ends The Run
    [Arguments]    ${keyword}    @{arguments}
    Start Suite That Waits    ${keyword}    @{arguments}
    Wait Until Suite Run Says    READY
    Interrupt Suite Run
    ${run} =    End Suite Run
    Test Should Have Failed With    ${run}    Interrupted    *Execution terminated by signal*
    Should Not Contain    ${run.stdout}${run.stderr}    Traceback
    # Suite Teardown is run, and still has the server.
    Should Contain    ${run.stdout}    TEARDOWN http://localhost:

Start Suite That Waits
    [Arguments]    ${keyword}    @{arguments}
    VAR    ${cells}    ${{' | '.join($arguments)}}
    VAR    ${suite}
    ...    *** Settings ***
    ...    | Library | ChildKeywords
    ...    | Library | HttpServerLibrary | auto_start=True
    ...    | Suite Teardown | Log To Console | TEARDOWN \${HTTP_SERVER_URL}
    ...    *** Test Cases ***
    ...    | Interrupted |
    ...    | | Start Http Server
    ...    | | Expect Oneshot Request | /never
    ...    | | Log To Console | READY
    ...    | | ${keyword} | ${cells}
    ...    separator=\n
    Start Suite Run    ${suite}
