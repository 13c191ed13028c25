*** Settings ***
Documentation    Responses in pieces that the test continues, as raw clients, requests, curl and a browser see them.

Library          OperatingSystem
Library          Process
Library          resources/StreamClient.py
Resource         resources/client.resource
Resource         resources/curl.resource

Suite Setup      Start Server
Test Teardown    Reset Http Server

Test Tags        responses


*** Variables ***
${URL}                set in Suite Setup
@{BROWSER OPTIONS}    --headless    --no-sandbox    --disable-gpu    --no-proxy-server    --disable-dev-shm-usage
...                   --no-first-run
${PAGE}               SEPARATOR=\n
...                   <link rel="icon" href="data:,"><script>
...                   const source = new EventSource("/events");
...                   const tell = what => fetch("/seen", {method: "POST", body: JSON.stringify(what)});
...                   const told = event => tell({type: event.type, data: event.data, id: event.lastEventId});
...                   source.onmessage = told;
...                   source.addEventListener("tick", told);
...                   source.onerror = () => tell({type: "error", state: source.readyState});
...                   </script>


*** Test Cases ***
Events
    [Documentation]    Text, dictionaries and other values; the stream ends after the last one.
    Expect Request    /chat
    Respond With Events    ["Hel", "lo\\n!", {"event": "done", "id": 3, "data": {"tokens": 2}}, 5, [null]]
    ${answer} =    Send    GET    /chat
    Should Be Equal    ${answer.text}
    ...    data: Hel\n\ndata: lo\ndata: !\n\nevent: done\nid: 3\ndata: {"tokens": 2}\n\ndata: 5\n\ndata: [null]\n\n
    Should Be Equal    ${answer.header('Content-Type')}    text/event-stream
    Should Be Equal    ${answer.header('Cache-Control')}    no-cache

Events As Variables
    [Template]    Events Arrive As
    data: one\n\n    one
    data: {"a": 1}\n\n    {"a": 1}
    data: one\n\ndata: two\n\n    ${{ ['one', 'two'] }}
    : x\n: y\nevent: tick\n\n    ${{ {'event': 'tick', 'comment': 'x\ny'} }}
    data: ${SPACE}x\ndata: y\ndata: \n\n    ${SPACE}x\r\ny\r

Status And Headers
    Expect Request    /chat
    Respond With Events    a    status=201    headers=Cache-Control: no-store
    ${answer} =    Status Of    201    GET    /chat
    Should Be Equal    ${answer.header('Cache-Control')}    no-store

Chunks
    Expect Request    /log
    Respond With Chunks    ${{ ['a', b'\xff', {'line': 1}, [2], None] }}
    ${answer} =    Send    GET    /log
    Should Be Equal    ${answer.data}    ${{ b'a\xff{"line": 1}\n[2]\nnull\n' }}
    Should Be Equal    ${answer.header('Content-Type')}    application/octet-stream
    Respond With Chunks    {"line": 1}    content_type=application/x-ndjson
    ${answer} =    Answer Of    {"line": 1}    GET    /log
    Should Be Equal    ${answer.header('Content-Type')}    application/x-ndjson

A Stream That The Test Continues
    Expect Request    /news
    Respond With Events
    ${client} =    Open Stream    ${URL}/news
    ${request} =    Wait Until Stream Is Open
    Should Be Equal    ${request.path}    /news
    ${count} =    Send Event    {"title": "Sold out"}    event=news    id=7    retry=3000    comment=first
    Should Be Equal As Integers    ${count}    1
    Should Read    ${client}    43\r\n: first\nevent: news\nid: 7\nretry: 3000\ndata: {"title": "Sold out"}\n\n\r\n
    VAR    &{data}    price=${12}
    Send Event    ${data}
    Should Read    ${client}    15\r\ndata: {"price": 12}\n\n\r\n
    ${count} =    End Stream
    Should Be Equal As Integers    ${count}    1
    Stream Should End With    ${client}    ${EMPTY}    END
    Stream Is Not Open For    permanent /news    Send Event    late
    Stream Is Not Open For    permanent /news    End Stream
    Should Be Equal As Integers    ${request.response.sent}    88

Chunks That The Test Adds
    Expect Request    /log
    Respond With Chunks    ["a"]    end=STAY_OPEN
    ${client} =    Open Stream    ${URL}/log
    Wait Until Stream Is Open
    Send Chunk    b
    Send Chunk    ${{ b'\x00' }}
    Send Chunk    ${{ {'line': 2} }}
    End Stream
    Stream Should End With    ${client}    1\r\na\r\n1\r\nb\r\n1\r\n\x00\r\nc\r\n{"line": 2}\n\r\n    END

How A Stream Ends
    [Template]    Stream Ends
    \END    ${NONE}
    CLOSE    CLOSE after 9 bytes
    RESET    RESET after 9 bytes

How A Script Ends
    [Template]    Script Ends
    \END    ${NONE}
    CLOSE    CLOSE after 18 bytes
    RESET    RESET after 18 bytes

What Is Sent During The Script Comes After It
    Expect Request    /chat
    Respond With Events    ["a", {"data": "b", "delay": "50 ms"}]    pause=50 ms    delay=10 ms    end=STAY_OPEN
    ${client} =    Open Stream    ${URL}/chat
    Wait Until Stream Is Open
    Send Event    c
    End Stream    how=CLOSE
    Stream Should End With    ${client}    9\r\ndata: a\n\n\r\n9\r\ndata: b\n\n\r\n9\r\ndata: c\n\n\r\n    CLOSE

An Old Client
    [Documentation]    HTTP/1.0 knows no chunks, and the end of the connection ends the body.
    Expect Request    /news
    Respond With Events
    ${client} =    Open Stream    ${URL}/news    version=1.0
    Wait Until Stream Is Open
    Send Event    a
    End Stream
    Stream Should End With    ${client}    data: a\n\n    CLOSE

HEAD Has No Stream
    Expect Request    /news
    Respond With Events    a    end=STAY_OPEN
    ${client} =    Open Stream    ${URL}/news    method=HEAD    version=1.0
    Stream Should End With    ${client}    ${EMPTY}    CLOSE
    Stream Is Not Open For    permanent /news    Send Event    b

Over TLS
    ${url} =    Start Http Server    tls=True
    ${ca file} =    Get Http Server Ca File
    Expect Request    /news
    Respond With Events
    ${client} =    Open Stream    ${url}/news    ca_file=${ca file}
    Wait Until Stream Is Open
    Send Event    a
    Should Read    ${client}    9\r\ndata: a\n\n\r\n
    Leave Stream    ${client}
    Wait Until Keyword Succeeds    10 s    1 ms    Stream Is Not Open For    permanent /news    Send Event    b
    Stop Http Server

Several Streams
    [Documentation]    Each expectation has its own streams, and each request is one.
    ${news} =    Expect Request    /news
    Respond With Events
    ${chat} =    Expect Request    /chat
    Respond With Events
    ${first} =    Open Stream    ${URL}/news
    ${second} =    Open Stream    ${URL}/news
    ${third} =    Open Stream    ${URL}/chat
    @{requests} =    Wait Until Stream Is Open    times=2    to=${news}
    ${all} =    Wait Until Stream Is Open    times=3
    Length Should Be    ${all}    3
    ${count} =    Send Event    a    to=${news}
    Should Be Equal As Integers    ${count}    2
    ${count} =    Send Event    b    to=${requests}[1]
    Should Be Equal As Integers    ${count}    1
    End Stream    to=${requests}[1]
    ${count} =    Send Event    c    to=${news}
    Should Be Equal As Integers    ${count}    1
    Send Event    d
    End Stream    to=${news}
    End Stream    to=${chat}
    Stream Should End With    ${first}    9\r\ndata: a\n\n\r\n9\r\ndata: c\n\n\r\n    END
    Stream Should End With    ${second}    9\r\ndata: a\n\n\r\n9\r\ndata: b\n\n\r\n    END
    Stream Should End With    ${third}    9\r\ndata: d\n\n\r\n    END

Two Hundred Streams
    Expect Request    /news
    Respond With Events
    ${deaf} =    Open Stream    ${URL}/news
    ${request} =    Wait Until Stream Is Open
    Send Event    ${{ 'x' * 20000000 }}    to=${request}
    ${clients} =    Open Streams    ${URL}/news    199
    Wait Until Stream Is Open    times=200
    ${count} =    Send Event    a
    Should Be Equal As Integers    ${count}    200
    All Should Read    ${clients}    9\r\ndata: a\n\n\r\n
    Leave Stream    ${deaf}
    Leave Stream    ${clients}[0]
    Leave Stream    ${clients}[1]    with_reset=True
    Wait Until Keyword Succeeds    10 s    1 ms    Event Goes To    197

Open Streams Count As Sent
    Expect Oneshot Request    /news
    Respond With Events    ["a", "b"]    pause=1 hour
    Open Stream    ${URL}/news
    Wait Until Expectations Are Met
    ${request} =    Wait Until Stream Is Open
    Should Be Equal    ${request.response.status}    ${200}
    Should Be Equal    ${request.response.fault}    ${NONE}

Different Streams One After The Other
    Expect Request    /chat
    Respond With Events    a    times=1    end=CLOSE
    Respond With Events    b    times=1
    ${client} =    Open Stream    ${URL}/chat
    Stream Should End With    ${client}    9\r\ndata: a\n\n\r\n    CLOSE
    ${client} =    Open Stream    ${URL}/chat
    Stream Should End With    ${client}    9\r\ndata: b\n\n\r\n    END

A Stream Goes On Without Its Record And Its Expectation
    ${news} =    Expect Oneshot Request    /news
    Respond With Events
    ${client} =    Open Stream    ${URL}/news
    ${request} =    Wait Until Stream Is Open
    Clear Received Requests
    Send Event    a
    Remove Expectation    ${news}
    Send Event    b    to=${news}
    Send Event    c    to=${request}
    End Stream    to=${request}
    Stream Should End With    ${client}    9\r\ndata: a\n\n\r\n9\r\ndata: b\n\n\r\n9\r\ndata: c\n\n\r\n    END

Reset Ends A Stream At Once
    Expect Request    /news
    Respond With Events    ["a", "b"]    pause=1 hour
    ${client} =    Open Stream    ${URL}/news
    Wait Until Stream Is Open
    Should Read    ${client}    9\r\ndata: a\n\n\r\n
    Reset Http Server
    Stream Should End With    ${client}    ${EMPTY}    END

Stop Ends A Stream At Once
    ${url} =    Start Http Server
    Expect Request    /news
    Respond With Events    ["a", "b"]    pause=1 hour
    ${client} =    Open Stream    ${url}/news
    ${request} =    Wait Until Stream Is Open
    Should Read    ${client}    9\r\ndata: a\n\n\r\n
    Stop Http Server
    Stream Should End With    ${client}    ${EMPTY}    CLOSE
    Stream Is Not Open For    GET /news    Send Event    b    to=${request}

Requests Reads Lines
    Expect Request    /chat
    Respond With Events
    ${reading} =    Read Lines    ${URL}/chat
    Wait Until Stream Is Open
    Send Event    Hel
    Send Event    lo
    End Stream
    ${lines} =    Lines Read    ${reading}
    Should Be Equal    ${lines}    ${{ ['data: Hel', '', 'data: lo', ''] }}
    Respond With Events    ["Hel", "lo", "!"]    end=CLOSE
    ${reading} =    Read Lines    ${URL}/chat
    ${lines} =    Lines Read    ${reading}
    Should Be Equal    ${lines}[-1]    ChunkedEncodingError

Curl Reads As It Comes
    Curl Is Needed
    Expect Request    /chat
    Respond With Events
    ${curl} =    Start Process    curl    -sN    --noproxy    *    ${URL}/chat
    Wait Until Stream Is Open
    Send Event    Hel
    Send Event    lo
    End Stream    how=CLOSE
    ${result} =    Wait For Process    ${curl}    timeout=30 s
    Should Be Equal    ${result.stdout}    data: Hel\n\ndata: lo\n
    # Transfer closed with outstanding read data remaining.
    Should Be Equal As Integers    ${result.rc}    18

A Browser Connects Again
    [Documentation]    EventSource waits as long as `retry` says, and sends the id of the last event.
    ${chromium} =    Evaluate
    ...    shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')
    ...    modules=shutil
    Skip If    $chromium is None    There is no Chromium.
    Expect Request    /page
    Respond With Data    ${PAGE}    content_type=text/html
    Expect Request    /seen    method=POST
    Respond With Data
    ${events} =    Expect Request    /events
    Respond With Events    [{"id": 1, "retry": 20, "data": "a\\r\\n b\\n"}, {"id": 2, "event": "tick", "data": [1]}]
    ...    end=CLOSE    times=1
    Respond With Events
    ${profile} =    Evaluate    tempfile.mkdtemp()    modules=tempfile
    ${browser} =    Start Process    ${chromium}    @{BROWSER OPTIONS}    --user-data-dir\=${profile}    ${URL}/page
    ...    stdout=DEVNULL    stderr=DEVNULL
    TRY
        ${request} =    Wait Until Stream Is Open    times=1    to=${events}    timeout=60 s
        WHILE    'last-event-id' not in $request.headers    limit=60 s
            ${request} =    Wait Until Stream Is Open    to=${events}
        END
        Should Be Equal    ${request.headers}[Last-Event-ID]    2
        Wait Until Request Is Received    /seen    json={"type": "message", "data": "a\\n b\\n", "id": "1"}
        Wait Until Request Is Received    /seen    json={"type": "tick", "data": "[1]", "id": "2"}
        Wait Until Request Is Received    /seen    json={"type": "error", "state": 0}
        Send Event    hello    id=3    to=${events}
        Wait Until Request Is Received    /seen    json={"type": "message", "data": "hello", "id": "3"}
    FINALLY
        Terminate Process    ${browser}    kill=True
        # Some of its processes outlive it for a moment, and write what was just removed.
        Evaluate    shutil.rmtree($profile, ignore_errors=True)    modules=shutil
    END
    Wait Until Keyword Succeeds    10 s    1 ms
    ...    Stream Is Not Open For    permanent /events    Send Event    b    to=${events}

Bad Input
    [Setup]    Expect Request    /x
    [Template]    Is Refused
    events: item 2: "name" is not a field of an event.*    Respond With Events    ["a", {"name": "b"}]
    events: item 1: id: a line break would end it*    Respond With Events    [{"id": "a\\nb"}]
    events: item 1: delay: a time such as *    Respond With Events    [{"data": "a", "delay": "soon"}]
    events: not JSON: *To send text that begins with [[], give it in a list.    Respond With Events    [DONE]
    pause: must be 0 seconds or more, not -1 seconds.    Respond With Events    a    pause=-1
    end: END, STAY_OPEN, CLOSE or RESET is needed, not 'maybe'.    Respond With Chunks    a    end=maybe
    end: END, STAY_OPEN, CLOSE or RESET is needed, not 'HANG'. With STAY_OPEN, nothing more is sent until 'End Stream'.
    ...    Respond With Events    a    end=HANG
    times: a number of 1 or more is needed, not 0.    Respond With Events    a    times=0
    status: a status code *    Respond With Chunks    a    status=99
    data: an event needs at least one of *    Send Event
    event: a line break would end it*    Send Event    x    event=a\nb
    No stream is open for permanent /x.*    Send Chunk    x
    No stream is open for permanent /x.*    End Stream
    Expected 1 open stream within 0 seconds\n*    Wait Until Stream Is Open    timeout=0
    times: a number of 1 or more is needed, not 0.    Wait Until Stream Is Open    times=0


*** Keywords ***
Start Server
    [Documentation]    A server for the suite.
    ${URL} =    Start Http Server    alias=streams
    VAR    ${URL}    ${URL}    scope=SUITE

Events Arrive As
    [Documentation]    The events make this body.
    [Arguments]    ${body}    ${events}
    Expect Request    /chat
    Respond With Events    ${events}
    Answer Of    ${body}    GET    /chat
    Clear Expectations

Stream Ends
    [Documentation]    The client sees this end, and the record says so.
    [Arguments]    ${how}    ${fault}
    Expect Request    /news
    Respond With Events
    ${client} =    Open Stream    ${URL}/news
    ${request} =    Wait Until Stream Is Open
    Send Event    a
    Should Read    ${client}    9\r\ndata: a\n\n\r\n
    End Stream    how=${how}
    Stream Should End With    ${client}    ${EMPTY}    ${how}
    Should Be Equal    ${request.response.fault}    ${fault}
    Should Be Equal    ${request.response.text}    data: a\n\n
    Should Be Equal    ${request.response.sent}    ${9}
    Reset Http Server

Script Ends
    [Documentation]    The same when the end is a part of the response.
    [Arguments]    ${how}    ${fault}
    Expect Request    /news
    Respond With Events    ["a", "b"]    pause=50 ms    end=${how}
    ${client} =    Open Stream    ${URL}/news
    ${request} =    Wait Until Stream Is Open
    Should Read    ${client}    9\r\ndata: a\n\n\r\n9\r\ndata: b\n\n\r\n
    Stream Should End With    ${client}    ${EMPTY}    ${how}
    Should Be Equal    ${request.response.fault}    ${fault}
    Should Be Equal    ${request.response.text}    data: a\n\ndata: b\n\n
    Reset Http Server

Stream Is Not Open For
    [Documentation]    The keyword fails because no stream is open.
    [Arguments]    ${whose}    ${name}    @{arguments}    &{named}
    Run Keyword And Expect Error    No stream is open for ${whose}. *    ${name}    @{arguments}    &{named}

Event Goes To
    [Documentation]    So many clients get an event.
    [Arguments]    ${expected}
    ${count} =    Send Event    b
    Should Be Equal As Integers    ${count}    ${expected}

Is Refused
    [Documentation]    The keyword fails with such an error.
    [Arguments]    ${error}    ${name}    @{arguments}    &{named}
    Run Keyword And Expect Error    ${error}    ${name}    @{arguments}    &{named}
