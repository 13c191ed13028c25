*** Settings ***
Documentation    A chat client gets its answer word by word, from a service that is sometimes busy or breaks off.
...
...              The client is the program chat_client.py. It sees server-sent events, as the services of language
...              models send them.

Library          HttpServerLibrary    auto_start=True    timeout=30 seconds
Library          Process

Test Teardown    Terminate All Processes


*** Test Cases ***
Answer Comes Word By Word
    Expect Request    /chat    method=POST    json={"question": "What is it?"}
    Respond With Events    ["It", "is", "a", "book.", "[DONE]"]    pause=20 ms
    ${chat} =    Ask    What is it?
    Client Should Print    ${chat}    It is a book.

Words Are Shown Before The Answer Is Complete
    [Documentation]    The test decides when the next word comes. Meanwhile, the client shows what it has.
    Expect Request    /chat
    Respond With Events
    ${chat} =    Ask    What is it?
    Wait Until Stream Is Open
    Send Event    It
    Client Should Show    ${chat}    It
    Send Event    works.
    Client Should Show    ${chat}    works.
    Send Event    [DONE]
    Client Should Print    ${chat}    ${EMPTY}

Client Waits When The Service Is Busy
    [Documentation]    The first request gets 429, the second one the answer.
    Expect Request    /chat
    Respond With Json    {"error": "busy"}    status=429    headers=Retry-After: 1    times=1
    Respond With Events    ["Now", "it", "works.", "[DONE]"]
    ${chat} =    Ask    Does it work?
    Client Should Print    ${chat}    Now it works.
    ${first}    ${second} =    Get Received Requests    /chat
    ${waited} =    Evaluate    ($second.time - $first.time).total_seconds()
    Should Be True    ${waited} >= 1

Client Asks For The Rest When The Answer Breaks Off
    [Documentation]    The connection closes after the third event. The client says which one was the last.
    Expect Oneshot Request    /chat    headers={"Last-Event-ID": null}
    Respond With Events    [{"id": 1, "data": "It"}, {"id": 2, "data": "is"}, {"id": 3, "data": "a"}]    end=CLOSE
    Expect Oneshot Request    /chat    headers=Last-Event-ID: 3
    Respond With Events    [{"id": 4, "data": "book."}, "[DONE]"]
    ${chat} =    Ask    What is it?
    Client Should Print    ${chat}    It is a book.
    Expectations Should Be Met

Client Gives Up When Every Answer Breaks Off
    Expect Request    /chat    times=3
    Respond With Events    ["It", "is"]    end=RESET
    ${chat} =    Ask    What is it?
    ${result} =    Wait For Process    ${chat}    timeout=30 seconds    on_timeout=kill
    Should Be Equal As Integers    ${result.rc}    1
    Should Be Equal    ${result.stderr}    The service gives no complete answer.


*** Keywords ***
Ask
    [Documentation]    Starts the client with a question and returns at once.
    [Arguments]    ${question}
    ${python} =    Evaluate    sys.executable
    ${chat} =    Start Process    ${python}    chat_client.py    ${question}    cwd=${CURDIR}
    ...    env:CHAT_URL=${HTTP_SERVER_URL}    env:no_proxy=localhost
    RETURN    ${chat}

Client Should Print
    [Documentation]    The client ends without an error and has printed this, and nothing after it.
    [Arguments]    ${chat}    ${text}
    ${result} =    Wait For Process    ${chat}    timeout=30 seconds    on_timeout=kill
    Should Be Equal As Integers    ${result.rc}    0    ${result.stderr}    values=False
    Should Be Equal    ${result.stdout.strip()}    ${text}

Client Should Show
    [Documentation]    The client prints this word next.
    [Arguments]    ${chat}    ${word}
    ${process} =    Get Process Object    ${chat}
    ${shown} =    Evaluate    $process.stdout.read(len($word) + 1).decode()
    Should Be Equal    ${shown.strip()}    ${word}
