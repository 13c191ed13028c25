*** Settings ***
Documentation    The table of received requests in log.html, what is masked in it, and the requests that are saved.

Library          Collections
Library          HttpServerLibrary
Library          OperatingSystem
Library          resources/Browser.py
Library          resources/ChildRun.py
Library          resources/ExactClient.py

Suite Setup      Run The Tables

Test Tags        log    masking


*** Test Cases ***
A Failed Test Has A Table
    Tables Of Test Are    ${RUN}    Failed    /failed
    Tables Of Test Are    ${RUN}    Failed In Teardown    /teardown

A Test That Fails By Its Problems Has A Table
    Test Should Have Failed With    ${RUN}    Failed By Its Problems    1 problem*
    Tables Of Test Are    ${RUN}    Failed By Its Problems    /unexpected

Other Tests Have None
    Tables Of Test Are    ${RUN}    Passed
    Tables Of Test Are    ${RUN}    Skipped
    Tables Of Test Are    ${RUN}    Failed Without Requests
    ${run} =    Run Suite    tables.robot    --variable    AUTO_CHECK:OFF
    Tables Of Test Are    ${run}    Failed By Its Problems

A Test That Logged The Table Itself Has No Other One
    Tables Of Test Are    ${RUN}    Table In Teardown    /setup /once
    Tables Of Test Are    ${RUN}    Request After Table    /setup /before    /before /after
    ${run} =    Run Suite    tables.robot    --loglevel    DEBUG
    Tables Of Test Are    ${run}    Table Below The Level    /setup /debug    /debug

Servers That Received Something Share A Table
    Tables Of Test Are    ${RUN}    Two Of Three Servers    /first /second
    ${log} =    Log Of Test    ${RUN}    Two Of Three Servers
    Should Not Contain    ${log}    server &#x27;silent&#x27;
    Should Match Regexp    ${log}    server &#x27;http-1&#x27; at http://localhost:\\d+, server &#x27;second&#x27; at

A Request Without A Response Is In The Table
    Tables Of Test Are    ${RUN}    Response On Its Way    /waits
    ${log} =    Log Of Test    ${RUN}    Response On Its Way
    Should Contain    ${log}    no response yet

There Is No Table Below The Log Level
    ${run} =    Run Suite    tables.robot    --loglevel    WARN
    Tables Of Test Are    ${run}    Failed

Times Are Those Of The Test
    ${log} =    Log Of Test    ${RUN}    Table In Teardown
    Should Contain    ${log}    2 requests, 1 problem
    Should Contain    ${log}    times from the start of test &#x27;Table In Teardown&#x27;
    # The one of Suite Setup came before.
    Should Match Regexp    ${log}    (?s)class="t">-\\d\\.\\d{3} s<.*class="t">\\+\\d\\.\\d{3} s<

The Table In A Browser
    [Tags]    browser
    ${run} =    Run Suite    browser.robot    --log    log.html
    Test Should Have Failed With    ${run}    All Sorts    on purpose*
    ${light} =    Look At The Table    ${run.output_dir / 'log.html'}    light
    ${light} =    Evaluate    json.loads($light)
    Should Not Be Equal    ${light}[title]    owned
    Length Should Be    ${light}[rows]    10
    FOR    ${row}    IN    @{light}[rows]
        # The path of one of them takes several lines.
        Should Be True    $row['closed'] < (30 if len($row['summary'][2]) < 60 else 100)    ${row}
        Should Be True    $row['open'] > $row['closed'] + 50 and $row['beside'] and $row['inside']    ${row}
        Should Not Be True    $row['cut'] or $row['outside']    ${row}
        Should Be Equal    ${row}[scripts]    ${0}
    END
    ${opened} =    Evaluate    [row['summary'][2] for row in $light['rows'] if row['wasOpen']]
    ${unexpected} =    Evaluate    [row['summary'][2] for row in $light['rows'] if row['summary'][5].isupper()]
    Should Be Equal    ${opened}    ${unexpected}
    Links Lead To Problems    ${light}
    Bars Tell What Was Parallel    ${light}[rows]
    VAR    ${unexpected}    ${light}[rows][4]
    Should Be Equal    ${unexpected}[summary][2]    /orders
    Should Be Equal    ${unexpected}[summary][5]    UNEXPECTED REQUEST
    VAR    @{marks}
    ...    ◀ differs: header X-Kind: expected "order", received nothing
    ...    ◀ differs: expected "book"
    ...    ◀ differs: expected 2 (number); only quotes differ
    Should Be Equal    ${unexpected}[marks]    ${marks}
    Should Be Equal    ${light}[rows][5][summary][2]    /orders (same request, 2nd time)
    Should Contain    ${light}[rows][6][sides][0]    000010${SPACE*2}10 11 12 13
    Should Contain    ${light}[rows][7][sides][0]    <order>\n${SPACE*2}<item>pen</item>\n</order>
    Should Contain    ${light}[rows][8][sides][0]    <script>document.title='owned'</script>
    Should Contain    ${light}[rows][9][sides][0]    Text, 100,000 bytes; only the beginning is shown
    ${narrow} =    Look At The Table    ${run.output_dir / 'log.html'}    light    900
    ${narrow} =    Evaluate    json.loads($narrow)
    FOR    ${row}    IN    @{narrow}[rows]
        Should Be True    $row['inside'] and not $row['cut'] and not $row['outside']    ${row}
    END
    ${dark} =    Look At The Table    ${run.output_dir / 'log.html'}    dark
    ${dark} =    Evaluate    json.loads($dark)
    Should Not Be Equal    ${dark}[background]    ${light}[background]
    Should Not Be Equal    ${dark}[rows][0][colour]    ${light}[rows][0][colour]

What Is Masked Is Read Nowhere
    ${run} =    Run Suite    masked.robot    --variable    HUSH:hush-hush    --loglevel    DEBUG    --log    log.html
    Test Should Have Failed With    ${run}    Masked    on purpose*
    Test Should Have Passed    ${run}    Not Masked Any More
    FOR    ${file}    IN    output.xml    log.html    deep/er/requests.har
        ${text} =    Get File    ${run.output_dir}/${file}
        Should Not Contain    ${text}    hush-hush    ${file} shows a secret.    values=False
    END
    Should Not Contain    ${run.stdout}${run.stderr}    hush-hush
    ${log} =    Log Of Test    ${run}    Masked
    Should Contain    ${log}    <div class="http-requests">

Requests Are Saved As HTTP Archive
    Start Http Server
    Expect Request    /orders
    Respond With Json    {"id": 7}    status=201
    ${url} =    Get Http Server Url
    Send Exactly    ${url}    POST    /orders?page=2    Content-Type: application/json    {"item": "book"}
    Send Exactly    ${url}    POST    /other
    Run Keyword And Ignore Error    Check Assertions
    ${file} =    Save Received Requests    ${OUTPUT DIR}/saved/orders.har    path=/orders
    Should Be Equal    ${file}    ${{os.path.join($OUTPUT_DIR, 'saved', 'orders.har')}}
    ${har} =    Evaluate    json.load(open($file, encoding='utf-8'))
    Should Be Equal    ${har}[log][version]    1.2
    Should Be Equal    ${har}[log][creator][name]    HttpServerLibrary
    Length Should Be    ${har}[log][entries]    1
    Should Be Equal    ${har}[log][entries][0][request][postData][text]    {"item": "book"}
    Should Be Equal    ${har}[log][entries][0][response][status]    ${201}
    ${file} =    Save Received Requests    ${file}
    ${har} =    Evaluate    json.load(open($file, encoding='utf-8'))
    Length Should Be    ${har}[log][entries]    2
    Should Start With    ${har}[log][entries][1][comment]    UNEXPECTED REQUEST: POST /other

A File That Cannot Be Written
    Start Http Server
    Create Directory    ${OUTPUT DIR}/directory.har
    Run Keyword And Expect Error    file: '*directory.har' cannot be written: *.
    ...    Save Received Requests    ${OUTPUT DIR}/directory.har
    Run Keyword And Expect Error    file: '*no\\u0000name.har' cannot be written: *embedded null *.
    ...    Save Received Requests    ${OUTPUT DIR}/no\x00name.har

Names That Cannot Be Masked
    Start Http Server
    Run Keyword And Expect Error    EQUALS:At least one name is needed, such as X-Api-Key.    Set Masked Headers
    Run Keyword And Expect Error    EQUALS:At least one name is needed, such as password.    Set Masked Fields
    Run Keyword And Expect Error
    ...    EQUALS:'srever=shop' is not the name of a field. Give each name as a separate argument.
    ...    Set Masked Fields    password    srever=shop
    Run Keyword And Expect Error
    ...    EQUALS:'X-A, X-B' is not the name of a header. Give each name as a separate argument.
    ...    Set Masked Headers    X-A, X-B
    Run Keyword And Expect Error
    ...    EQUALS:'$.user.pin' is a path, but fields are masked by name only, such as password.
    ...    Set Masked Fields    $.user.pin
    VAR    @{names}    X-A    X-B
    Run Keyword And Expect Error
    ...    *text is needed here, not list: ?'X-A', 'X-B'?. To give each item as a separate argument, write \@{...}.
    ...    Set Masked Headers    ${names}

Each Server Has Masks Of Its Own
    Start Http Server    alias=one
    Start Http Server    alias=two
    Set Masked Fields    pin    server=one
    FOR    ${alias}    ${shown}    IN    one    pin=***    two    pin=1234
        ${url} =    Get Http Server Url    server=${alias}
        ${answer} =    Send Exactly    ${url}    GET    /?pin=1234
        Should Contain    ${answer.text}    ${shown}
        Run Keyword And Ignore Error    Check Assertions    server=${alias}
    END


*** Keywords ***
Run The Tables
    ${run} =    Run Suite    tables.robot
    VAR    ${RUN}    ${run}    scope=SUITE

Tables Of Test Are
    [Documentation]    The tables logged in a test, each as the paths in its rows.
    [Arguments]    ${run}    ${test}    @{expected}
    ${tables} =    Evaluate    [m.message for m in $run.messages($test) if m.html and 'http-requests' in m.message]
    ${paths} =    Evaluate
    ...    [' '.join(re.findall(r'<span class="p">(?:<small>.*?</small> )?(/\\w+)', t)) for t in $tables]
    ...    modules=re
    Should Be Equal    ${paths}    ${expected}

Links Lead To Problems
    [Documentation]    The links above the table, which leave Robot Framework's own links as they are.
    [Arguments]    ${page}
    Length Should Be    ${page}[links]    3
    FOR    ${link}    IN    @{page}[links]
        Should Start With    ${link}[text]    UNEXPECTED REQUEST:${SPACE}
        Should Be True    $link['inside'] and $link['target']    ${link}
    END
    Should Be Equal    ${page}[hash]    \#s1-t1

Bars Tell What Was Parallel
    [Documentation]    The first four overlap each other, and no two of the others do.
    [Arguments]    ${rows}
    ${bars} =    Evaluate    [row['bar'] for row in $rows]
    ${end} =    Evaluate    min(right for _, right in $bars[:4])
    Should Be True    max(left for left, _ in $bars[:4]) < ${end}    ${bars}
    Should Be True    all(left >= ${end} - 4 for left, _ in $bars[4:])    ${bars}
