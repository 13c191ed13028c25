*** Settings ***
Documentation    `Respond By Forwarding`, `Forward Unexpected Requests`: answers of a real service.

Library          OperatingSystem
Library          resources/EndlessService.py
Library          resources/ChildRun.py
Resource         resources/client.resource
Resource         resources/secrets.resource

Suite Setup      Start Servers
Test Setup       Serve The Shop
Test Teardown    Reset Both Servers

Test Tags        responses


*** Variables ***
${SHOP}      set in Suite Setup
${NOBODY}    http://127.0.0.1:1


*** Test Cases ***
A Request Is Sent On And The Answer Back
    Expect Request    GLOB:/orders/*    method=ANY
    Respond By Forwarding    ${SHOP}
    VAR    @{headers}    X-Id: 1    x-id: 2    Cookie: a=b
    ${answer} =    Status Of    201    PUT    /orders/a%2fb?x=|&y    ${headers}    {"item": "book"}
    Should Be Equal    ${answer.json}    ${{ {'id': 7} }}
    Should Be Equal    ${answer.reason}    Made
    Should Be Equal    ${answer.all('set-cookie')}    ${{ ['a=1', 'b=2'] }}
    ${request} =    Get Received Request    GLOB:/orders/*    method=PUT    json={"item": "book"}    server=shop
    Should End With    ${request.url}    /orders/a%2fb?x=|&y
    Should Be Equal    ${request.headers.get_all('x-id')}    ${{ ['1', '2'] }}
    Should Be Equal    ${request.headers}[Host]    ${SHOP.removeprefix('http://')}
    Check Assertions

The Answer Is Recorded
    Expect Request    /orders/7
    Respond By Forwarding    ${SHOP}
    Status Of    201    GET    /orders/7
    ${request} =    Get Received Request    /orders/7
    Should Be Equal    ${request.response.status}    ${201}
    Should Be Equal    ${request.response.json}    ${{ {'id': 7} }}

Headers Are Added, Replaced And Removed
    Expect Request    /orders/7
    Respond By Forwarding    ${SHOP}    headers=X-Key: 3\nX-Id: 4    remove_headers=["Cookie", "X-Gone"]
    ...    keep_host=True
    Status Of    201    GET    /orders/7    Cookie: a=b\nx-id: 1\nX-Kept: 2\nX-Gone: 5
    ${request} =    Get Received Request    /orders/7    server=shop
    ${url} =    Get Http Server Url
    VAR    &{expected}    Host=${url[7:].rstrip('/')}    X-Id=4    X-Kept=2    X-Key=3
    Should Be Equal    ${{ dict($request.headers) }}    ${expected}

A Path Of The Service Comes First
    Expect Request    /orders/7
    Respond By Forwarding    ${SHOP}/v2/
    Expect Request    /v2/orders/7    server=shop
    Respond With Data    of v2
    Answer Of    of v2    GET    /orders/7

Redirects Are Not Followed
    Expect Request    /old    server=shop
    Respond With Redirect    /new
    Expect Request    /old
    Respond By Forwarding    ${SHOP}
    ${answer} =    Status Of    302    GET    /old
    Should Be Equal    ${answer.header('Location')}    /new
    Request Should Have Been Received    /new    times=0    server=shop

One Of Several Responses
    Expect Request    /orders/7
    Respond With Data    busy    status=503    times=1
    Respond By Forwarding    ${SHOP}    times=1    set_state=order=seen    delay=10 ms
    Respond With Data    gone    status=404
    Status Of    503    GET    /orders/7
    Status Of    201    GET    /orders/7
    ${state} =    Get State    order
    Should Be Equal    ${state}    seen
    Status Of    404    GET    /orders/7

A Request That Was Held Is Forwarded
    Expect Request    /orders/7
    Respond Later
    ${url} =    Get Http Server Url
    Send Later    ${url}    GET    /orders/7
    ${request} =    Wait Until Request Is Received    /orders/7
    Respond By Forwarding    ${SHOP}    to=${request}
    Wait Until Request Is Received    /orders/7    server=shop
    Wait Until Expectations Are Met

Https With A Certificate Of This Library
    ${secure} =    Start Http Server    alias=secure    tls=True
    Expect Request    /
    Respond With Data    secured
    Switch Http Server    main
    Expect Request    /
    Respond By Forwarding    ${secure}
    Answer Of    secured    GET    /
    [Teardown]    Run Keywords    Stop Http Server    server=secure    AND    Reset Both Servers

A Certificate That Is Not Trusted
    ${secure} =    Start Http Server    alias=secure    certificate=WRONG_HOST
    Expect Request    /
    Respond With Data    secured
    Switch Http Server    main
    Expect Request    /
    Respond By Forwarding    ${secure}    times=1
    Respond By Forwarding    ${secure}    verify=False
    Status Of    502    GET    /
    Problems Should Be    FORWARDING FAILED
    Answer Of    secured    GET    /
    [Teardown]    Run Keywords    Stop Http Server    server=secure    AND    Reset Both Servers

A Service That Is Down
    Expect Request    /orders/7
    Respond By Forwarding    ${NOBODY}
    ${answer} =    Status Of    502    GET    /orders/7
    VAR    ${message}
    ...    FORWARDING FAILED: GET /orders/7: forwarding to ${NOBODY}/ failed: connection refused
    Should Be Equal    ${answer.text}    ${message}\n
    ${problems} =    Get Problems
    Should Be Equal    ${problems[0].kind}    FORWARDING FAILED
    Should Be Equal    ${problems[0].message}    ${message}
    Run Keyword And Expect Error    *${message}*    Check Assertions

A Service That Does Not Answer
    Expect Request    /slow    server=shop
    Respond Later
    Expect Request    /slow
    Respond By Forwarding    ${SHOP}    timeout=50 ms
    ${answer} =    Status Of    502    GET    /slow
    Should End With    ${answer.text}    failed: no answer within 0.05 seconds\n
    Problems Should Be    FORWARDING FAILED

Unexpected Requests Are Forwarded
    Forward Unexpected Requests    ${SHOP}
    Expect Request    /orders/8
    Respond With Data    own
    Answer Of    own    GET    /orders/8
    Status Of    201    GET    /orders/7
    Check Assertions
    ${request} =    Get Received Request    /orders/7
    Should Be Equal    ${request.response.json}    ${{ {'id': 7} }}
    Forward Unexpected Requests    ${NONE}
    Status Of    500    GET    /orders/7
    Problems Should Be    UNEXPECTED REQUEST

Forwarding Goes Before The Response To Unexpected Requests
    Set Unexpected Response    status=404
    Forward Unexpected Requests    ${SHOP}    headers=X-A: 1
    Status Of    201    GET    /orders/7
    Request Should Have Been Received    /orders/7    headers=X-A: 1    server=shop
    Forward Unexpected Requests    ${NONE}
    Status Of    404    GET    /orders/7
    Problems Should Be    UNEXPECTED REQUEST

Forwarding Ends With Its Scope
    ${run} =    Run Suite    forwarding.robot
    Should Be Equal As Integers    ${run.rc}    0    ${run.stdout}

A Stream Ends With Its Test
    ${run} =    Run Suite    forwarding_streams.robot    --log    log.html
    Should Be Equal As Integers    ${run.rc}    0    ${run.stdout}
    ${log} =    Get File    ${run.output_dir}/output.xml
    Should Contain    ${log}    test 'Opens A Stream' ended after 9 bytes    values=False

A Stream Ends With A Reset
    ${service} =    Start Endless Service
    Expect Request    /prices
    Respond By Forwarding    ${service}
    ${url} =    Get Http Server Url    /prices
    Read Event    ${url}
    Reset Http Server
    Events Should End
    Service Should Be Left
    Check Assertions

The Log And Saved Requests Say Where A Request Was Sent
    Forward Unexpected Requests    ${SHOP}/v2
    Expect Request    /v2/orders/7    server=shop
    Respond With Data
    Status Of    200    GET    /orders/7
    ${request} =    Get Received Request    /orders/7
    Should Be Equal    ${request.forwarded_to}    ${SHOP}/v2/orders/7
    ${file} =    Save Received Requests    ${OUTPUT_DIR}/forwarded.har
    ${har} =    Evaluate    json.loads(pathlib.Path($file).read_text())    modules=json,pathlib
    Should Be Equal    ${har}[log][entries][0][_forwardedTo]    ${SHOP}/v2/orders/7
    Run Keyword And Expect Error    *GET /orders/7 (forwarded to ${SHOP}/v2/orders/7, answered 200)*
    ...    Request Should Have Been Received    /orders/8

A Service That Is Asked Again
    Expect Request    GLOB:/orders/*
    Respond By Forwarding    ${SHOP}
    Status Of    201    GET    /orders/1
    Status Of    201    GET    /orders/2
    @{requests} =    Get Received Requests    GLOB:/orders/*    server=shop
    Should Be Equal    ${requests[0].client}    ${requests[1].client}

A Broken Order Is Not Forwarded
    Forward Unexpected Requests    ${SHOP}
    Expect Ordered Request    /first
    Respond With Data
    Status Of    500    GET    /orders/7
    Problems Should Be    OUT OF ORDER
    Request Should Have Been Received    times=0    server=shop

Secrets Are Sent On And Shown Nowhere
    [Setup]    Requires Secrets
    ${run} =    Run Suite    secret_forwarding.robot    --loglevel    DEBUG    --variable    TOKEN: Secret:hush-hush
    ...    --variable    ADDRESS: Secret:http://127.0.0.1:1/hush-hush    --log    log.html
    Test Should Have Failed With    ${run}    Secret    on purpose*
    FOR    ${file}    IN    output.xml    log.html
        ${text} =    Get File    ${run.output_dir}/${file}
        Should Not Contain    ${text}    hush-hush    ${file} shows a secret.    values=False
    END
    Should Not Contain    ${run.stdout}${run.stderr}    hush-hush
    [Teardown]    No Operation

Bad Input
    ${url} =    Get Http Server Url
    VAR    ${again}    which would forward to itself without end. Give the URL of the real service.
    Expect Request    /
    Fails With    upstream: <url>/x is this server itself, ${again}    Respond By Forwarding    ${url}x
    Fails With    upstream: <url>/ is this server itself, ${again}    Forward Unexpected Requests    ${url}
    Fails With    upstream: an http or https URL such as http://localhost/ is needed, not "shop".
    ...    Respond By Forwarding    shop
    Fails With    verify: the file "nowhere.pem" cannot be read: No such file or directory.
    ...    Respond By Forwarding    ${SHOP}    verify=nowhere.pem
    Fails With    timeout: a number of seconds above 0 is needed, not 0.
    ...    Respond By Forwarding    ${SHOP}    timeout=0
    Fails With    remove_headers: Host cannot be removed, because the request needs it.
    ...    Forward Unexpected Requests    ${SHOP}    remove_headers=Host
    Status Of    500    GET    /
    Problems Should Be    NO RESPONSE


*** Keywords ***
Start Servers
    ${url} =    Start Http Server    alias=shop
    VAR    ${SHOP}    ${url}    scope=SUITE
    Start Http Server    alias=main

Serve The Shop
    VAR    @{cookies}    a=1    b=2
    VAR    &{headers}    Set-Cookie=${cookies}
    Expect Request    GLOB:/orders/*    method=ANY    server=shop
    Respond With Json    {"id": 7}    status=201 Made    headers=${headers}

Reset Both Servers
    Switch Http Server    main
    Reset Http Server
    Reset Http Server    server=shop
