*** Settings ***
Documentation    HTTPS: certificates that are made, given and demanded, and clients that will not have them.

Library          HttpServerLibrary
Library          OperatingSystem
Library          Process
Library          RequestsLibrary
Library          resources/Certificates.py
Library          resources/ChildRun.py
Library          resources/RawClient.py
Resource         resources/curl.resource

Test Tags        servers    tls


*** Test Cases ***
A Server Talks HTTPS
    ${url} =    Start Http Server    tls=True
    Should Match Regexp    ${url}    ^https://localhost:[1-9]\\d+$
    ${orders} =    Get Http Server Url    /orders
    Should Be Equal    ${orders}    ${url}/orders
    ${ca file} =    Get Http Server Ca File
    Expect Oneshot Request    /orders    method=POST    json={"item": "book"}
    Respond With Json    {"id": 7}    status=201
    VAR    &{order}    item=book
    ${response} =    POST    ${orders}    json=${order}    verify=${ca file}
    Should Be Equal    ${response.json()}[id]    ${7}
    ${request} =    Get Received Request    /orders
    Should Be Equal    ${request.url}    ${orders}
    Should Be Equal    ${request.client_subject}    ${NONE}
    Expectations Should Be Met

HTTPS On Each Address
    FOR    ${host}    IN    localhost    127.0.0.1    ::1    0.0.0.0
        ${url} =    Start Http Server    host=${host}    tls=yes
        Should Start With    ${url}    https://
        Should Be Answered Over TLS    ${url}
    END

HTTPS By Either Loopback Address
    ${url} =    Start Http Server    tls=True
    VAR    ${port}    ${url.rpartition(':')[2]}
    Should Be Answered Over TLS    https://127.0.0.1:${port}
    Should Be Answered Over TLS    https://[::1]:${port}

One Connection Serves Many Requests
    ${url} =    Start Http Server    tls=True
    ${ca file} =    Get Http Server Ca File
    Create Session    tls    ${url}
    Expect Request    /{number}
    Respond With Data    yes
    FOR    ${number}    IN RANGE    5
        ${response} =    GET On Session    tls    /${number}    verify=${ca file}
        Should Be Equal    ${response.text}    yes
    END
    ${requests} =    Get Received Requests
    Length Should Be    ${requests}    5
    Length Should Be    ${{ {request.client for request in $requests} }}    1

Large Bodies Go Both Ways
    ${url} =    Start Http Server    tls=True
    ${ca file} =    Get Http Server Ca File
    ${body} =    Evaluate    bytes(range(256)) * 20000
    Expect Request    /large
    Respond With Data    ${body}
    ${response} =    POST    ${url}/large    data=${body}    verify=${ca file}
    Should Be True    $response.content == $body    The body of the response is another one.
    ${request} =    Get Received Request
    Should Be True    $request.data == $body    The body of the request is another one.

A Streamed Body
    ${url} =    Start Http Server    tls=True
    ${ca file} =    Get Http Server Ca File
    Expect Request    /file
    Respond With File    ${CURDIR}/resources/RawClient.py
    ${response} =    GET    ${url}/file    verify=${ca file}
    ${expected} =    Get Binary File    ${CURDIR}/resources/RawClient.py
    Should Be True    $response.content == $expected

Several Connections At The Same Time
    ${url} =    Start Http Server    tls=True
    ${silent} =    Open Connection    ${url}
    ${handler} =    Rendezvous    4
    Expect Request    /    times=4
    Respond With Handler    ${handler}
    ${ca file} =    Get Http Server Ca File
    ${bodies} =    Send At The Same Time    ${url}    4    ${ca file}
    Should Be Equal    ${bodies}    ${{ ['together'] * 4 }}
    Stop Http Server
    Connection Should Be Closed    ${silent}

Handlers See The Scheme And The Client
    ${authority} =    Make Authority
    ${alice} =    Issue Certificate    ${authority}    alice@shop.example    common_name=alice
    ${url} =    Start Http Server    tls=True    client_ca_file=${authority.file}
    ${ca file} =    Get Http Server Ca File
    ${handler} =    Evaluate    lambda request: f"{request.url} {request.environ['SSL_CLIENT_S_DN']}"
    Expect Request    /who
    Respond With Handler    ${handler}
    ${response} =    GET    ${url}/who    verify=${ca file}    cert=${alice.both}
    Should Be Equal    ${response.text}    ${url}/who CN=alice,OU=Sales,O=Shop

All Servers Have One CA File
    Start Http Server    alias=first    tls=True
    ${first} =    Get Http Server Ca File
    ${url} =    Start Http Server    alias=second    tls=True
    ${second} =    Get Http Server Ca File
    Should Be Equal    ${first}    ${second}
    Stop Http Server    server=first
    File Should Exist    ${first}
    ${again} =    Get Http Server Ca File    server=first
    Should Be Equal    ${again}    ${first}
    Should Be Answered Over TLS    ${url}

No CA File Is Left After The Run
    ${run} =    Run Suite    tls.robot    --test    One Request
    Test Should Have Passed    ${run}    One Request
    ${log} =    Log Of Keyword    ${run}    One Request    Log    INFO
    ${ca file} =    Evaluate    $log.partition('CA file: ')[2]
    Should End With    ${ca file}    .pem
    File Should Not Exist    ${ca file}

A Server Without TLS Has No CA File
    ${url} =    Start Http Server    alias=plain
    Run Keyword And Expect Error
    ...    EQUALS: Server 'plain' at ${url} has no TLS. Start it with tls=True.
    ...    Get Http Server Ca File
    Start Http Server    tls=True
    Run Keyword And Expect Error    Server 'plain' * has no TLS*    Get Http Server Ca File    server=plain
    Run Keyword And Expect Error    There is no server 'nope'.*    Get Http Server Ca File    server=nope

A Given Certificate
    ${authority} =    Make Authority
    ${certificate} =    Issue Certificate    ${authority}
    ${url} =    Start Http Server    cert_file=${certificate.cert}    key_file=${certificate.key}
    Should Start With    ${url}    https://localhost:
    Should Be Answered Over TLS    ${url}    ${authority.file}
    ${url} =    Start Http Server    cert_file=${certificate.both}
    Should Be Answered Over TLS    ${url}    ${authority.file}
    Run Keyword And Expect Error
    ...    cert_file: the CA certificate that signed the one in "*" is not in that file. Clients need *
    ...    Get Http Server Ca File

A Given Certificate With Its CA In The File
    ${authority} =    Make Authority
    ${certificate} =    Issue Certificate    ${authority}
    ${ca} =    Get File    ${authority.file}
    Append To File    ${certificate.both}    ${ca}
    ${url} =    Start Http Server    cert_file=${certificate.both}
    ${ca file} =    Get Http Server Ca File
    Should Be Equal    ${ca file}    ${certificate.both}
    Should Be Answered Over TLS    ${url}    ${ca file}

A Key With A Password
    ${authority} =    Make Authority
    ${certificate} =    Issue Certificate    ${authority}    password=open sesame
    ${url} =    Start Http Server
    ...    cert_file=${certificate.cert}    key_file=${certificate.locked_key}    key_password=open sesame
    Should Be Answered Over TLS    ${url}    ${authority.file}

A Password That Is Secret
    ${secrets} =    Evaluate
    ...    hasattr(robot.api.types, 'Secret') if importlib.util.find_spec('robot.api.types') else False
    ...    modules=importlib.util, robot.api
    Skip If    not ${secrets}    Robot Framework has secrets from 7.4 on.
    ${run} =    Run Suite
    ...    tls.robot
    ...    --test
    ...    Secret
    ...    --loglevel
    ...    TRACE
    ...    --variable
    ...    PASSWORD: Secret:hush-hush
    Test Should Have Passed    ${run}    Secret
    ${log} =    Log Of Test    ${run}    Secret
    Should Not Contain    ${log}    hush-hush

An Expired Certificate Can Be Given
    ${authority} =    Make Authority
    ${certificate} =    Issue Certificate    ${authority}    expired=True
    ${url} =    Start Http Server    cert_file=${certificate.both}
    Run Keyword And Expect Error    *certificate has expired*    GET    ${url}    verify=${authority.file}

A Client With A Certificate
    ${authority} =    Make Authority
    ${alice} =    Issue Certificate    ${authority}    alice@shop.example    common_name=alice
    ${url} =    Start Http Server    tls=True    client_ca_file=${authority.file}
    ${ca file} =    Get Http Server Ca File
    Expect Request    /who
    Respond With Data    welcome
    ${response} =    GET    ${url}/who    verify=${ca file}    cert=${alice.both}
    Should Be Equal    ${response.text}    welcome
    ${request} =    Get Received Request    /who
    Should Be Equal    ${request.client_subject}    CN=alice,OU=Sales,O=Shop

The Own Certificate Of A Client
    [Documentation]    Without the CA that signed it: only this client is accepted.
    ${authority} =    Make Authority
    ${alice} =    Issue Certificate    ${authority}    alice@shop.example    common_name=alice
    ${mallory} =    Issue Certificate    ${authority}    mallory@shop.example    common_name=mallory
    ${url} =    Start Http Server    tls=True    client_ca_file=${alice.cert}
    ${ca file} =    Get Http Server Ca File
    Expect Request    /who
    Respond With Data    welcome
    ${response} =    GET    ${url}/who    verify=${ca file}    cert=${alice.both}
    Should Be Equal    ${response.text}    welcome
    Run Keyword And Expect Error    *    GET    ${url}/who    verify=${ca file}    cert=${mallory.both}
    Request Should Have Been Received    /who    times=1

Clients Without The Right Certificate Are Not Let In
    ${authority} =    Make Authority
    ${another} =    Make Authority
    ${mallory} =    Issue Certificate    ${another}    mallory@example.com    common_name=mallory
    ${url} =    Start Http Server    tls=True    client_ca_file=${authority.file}
    ${ca file} =    Get Http Server Ca File
    Expect Request
    Respond With Data    welcome
    Run Keyword And Expect Error    *    GET    ${url}    verify=${ca file}
    Run Keyword And Expect Error    *    GET    ${url}    verify=${ca file}    cert=${mallory.both}
    Request Should Not Be Received

Clients That Are Not Let In Are A Line In The Log
    ${run} =    Run Suite    tls.robot    --test    Not Let In
    A Line And No Stack Trace Should Be In The Log    ${run}    Not Let In
    ...    The client sent no certificate, but client_ca_file requires one.

A Client That Rejects The Certificate Is A Line In The Log
    ${run} =    Run Suite    tls.robot    --test    Rejected
    VAR    ${line}
    ...    The client rejected the certificate of the server: unknown ca.
    ...    Let it trust the file from 'Get Http Server Ca File'.
    ...    separator=${SPACE}
    A Line And No Stack Trace Should Be In The Log    ${run}    Rejected    ${line}

A Client That Rejects The Certificate Leaves The Server Alone
    ${authority} =    Make Authority
    ${url} =    Start Http Server    tls=True
    Run Keyword And Expect Error    *CERTIFICATE_VERIFY_FAILED*    GET    ${url}    verify=${authority.file}
    Should Be Answered Over TLS    ${url}
    Request Should Not Be Received    EQUALS:/nothing

A Client In Plain Text Gets A Clear 400
    ${url} =    Start Http Server    tls=True
    ${plain} =    Evaluate    $url.replace('https:', 'http:')
    ${response} =    GET    ${plain}/orders    expected_status=400
    Should Contain    ${response.text}
    ...    this server speaks TLS: begin the URL with https://, or start the server without tls=True
    Should Not Contain    ${response.text}    It began with
    Should Be Equal    ${response.headers}[Connection]    close
    ${problems} =    Get Problems
    Should Be Equal    ${{ [problem.kind for problem in $problems] }}    ${{ ['MALFORMED REQUEST'] }}
    Should Be Equal    ${problems[0].request.path}    /orders
    Run Keyword And Expect Error    *MALFORMED REQUEST*plain text*https://*    Check Assertions
    Should Be Answered Over TLS    ${url}

Any Plain Text Gets A Clear 400
    ${url} =    Start Http Server    tls=True
    FOR    ${line}    IN    DELETE /orders HTTP/1.1    GET https://localhost/ HTTP/1.1    HELLO WORLD
        ${connection} =    Open Connection    ${url}
        Send Raw    ${connection}    ${line}    Host: localhost    ${EMPTY}
        ${response} =    Read Response    ${connection}
        Should Be Equal    ${response.status}    ${400}
        Connection Should Be Closed    ${connection}
    END
    Run Keyword And Expect Error    *3 problems*    Check Assertions

A Client That Goes Away Is No Problem
    ${url} =    Start Http Server    tls=True
    ${connection} =    Open Connection    ${url}
    Evaluate    $connection.close()
    ${connection} =    Open Connection    ${url}
    Evaluate    $connection.socket.sendall(b'\\x16\\x03\\x01\\x00\\xc8')
    Evaluate    $connection.close()
    Should Be Answered Over TLS    ${url}

Stopping Is Immediate With Connections Open
    ${url} =    Start Http Server    tls=True
    ${ca file} =    Get Http Server Ca File
    Create Session    tls    ${url}
    Expect Request    /
    Respond With Data    yes
    GET On Session    tls    /    verify=${ca file}
    ${silent} =    Open Connection    ${url}
    ${half} =    Open Connection    ${url}
    Evaluate    $half.socket.sendall(b'\\x16\\x03\\x01\\x00\\xc8')
    ${before} =    Evaluate    time.monotonic()
    Stop Http Server
    ${took} =    Evaluate    time.monotonic() - ${before}
    Should Be True    ${took} < 8    Stopping took ${took} seconds.
    Connection Should Be Closed    ${silent}
    Connection Should Be Closed    ${half}
    Connection Should Be Refused    ${url}

HTTPS With Curl
    Curl Is Needed
    ${url} =    Start Http Server    tls=True
    ${ca file} =    Get Http Server Ca File
    Expect Request    /orders    method=PUT    text=book
    Respond With Data    taken
    ${curl} =    Run Curl    --cacert    ${ca file}    -X    PUT    -d    book    ${url}/orders    ${url}/orders
    Should Be Equal As Integers    ${curl.rc}    0    ${curl.stderr}    values=False
    Should Be Equal    ${curl.stdout}    takentaken
    ${requests} =    Get Received Requests    /orders
    Length Should Be    ${{ {request.client for request in $requests} }}    1    One connection was enough.
    ${curl} =    Run Curl    ${url}/orders
    Should Be Equal As Integers    ${curl.rc}    60    ${curl.stderr}    values=False

The End Of The Connection Is Announced
    [Documentation]    Where the end of the connection ends the body, clients can tell whether the body is whole.
    Curl Is Needed
    ${url} =    Start Http Server    tls=True
    ${ca file} =    Get Http Server Ca File
    Expect Request    /old
    Respond With File    ${CURDIR}/resources/RawClient.py
    ${curl} =    Run Curl    --http1.0    --cacert    ${ca file}    ${url}/old
    Should Be Equal As Integers    ${curl.rc}    0    ${curl.stderr}    values=False
    Should Contain    ${curl.stdout}    class RawClient

HTTPS With Chromium
    ${chromium} =    Evaluate
    ...    shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')
    ...    modules=shutil
    Skip If    $chromium is None    There is no Chromium.
    ${url} =    Start Http Server    tls=True
    Expect Request    /page
    Respond With Data    <link rel="icon" href="data:,"><p>served <img src="/image"></p>    content_type=text/html
    Expect Oneshot Request    /image
    Respond With Data    <svg xmlns="http://www.w3.org/2000/svg"/>    content_type=image/svg+xml
    ${digest} =    Digest Of Key    ${url}
    ${profile} =    Evaluate    tempfile.mkdtemp()    modules=tempfile
    TRY
        # It runs as root in containers, where it has no sandbox.
        ${browser} =    Run Process
        ...    ${chromium}
        ...    --headless
        ...    --no-sandbox
        ...    --disable-gpu
        ...    --no-proxy-server
        ...    --disable-dev-shm-usage
        ...    --user-data-dir\=${profile}
        ...    --ignore-certificate-errors-spki-list\=${digest}
        ...    --dump-dom
        ...    ${url}/page
        ...    stdin=NONE
        ...    timeout=120s
    FINALLY
        # Some of its processes outlive it for a moment, and write what was just removed.
        Evaluate    shutil.rmtree($profile, ignore_errors=True)    modules=shutil
    END
    Should Contain    ${browser.stdout}    <p>served    ${browser.stderr}    values=False
    Expectations Should Be Met

Mistakes In The Files
    [Template]    Start Is Refused
    cert_file: the file "no.pem" cannot be read: No such file or directory.    cert_file=no.pem
    cert_file: "${CURDIR}/tls.robot" holds no certificate in PEM format.    cert_file=${CURDIR}/tls.robot
    client_ca_file: the file "no.pem" cannot be read: No such file or directory.    tls=True    client_ca_file=no.pem

Options That Do Not Go Together
    [Template]    Start Is Refused
    key_file needs cert_file: the certificate that the key belongs to.    key_file=key.pem
    key_file needs cert_file: the certificate that the key belongs to.    tls=True    key_file=key.pem
    key_password needs cert_file: the certificate that the key belongs to.    key_password=hush
    cert_file needs TLS: leave out tls\=False.    tls=False    cert_file=cert.pem
    client_ca_file needs TLS: also give tls\=True or cert_file.    client_ca_file=ca.pem
    tls: true or false is needed, not 'maybe'.    tls=maybe

Mistakes In The Key
    ${authority} =    Make Authority
    ${certificate} =    Issue Certificate    ${authority}
    ${another} =    Issue Certificate    ${authority}
    VAR    ${cert}    ${certificate.cert}
    Start Is Refused    cert_file: "${cert}" holds no private key in PEM format; give its file as key_file.
    ...    cert_file=${cert}
    Start Is Refused    key_file: the key in "${another.key}" does not belong to the certificate in "${cert}".
    ...    cert_file=${cert}    key_file=${another.key}
    Start Is Refused
    ...    key_password: the key in "${certificate.locked_key}" is encrypted, so its password is needed.
    ...    cert_file=${cert}    key_file=${certificate.locked_key}
    Start Is Refused    key_password: the password does not decrypt the key in "${certificate.locked_key}".
    ...    cert_file=${cert}    key_file=${certificate.locked_key}    key_password=wrong

Without TLS Nothing Changes
    FOR    ${tls}    IN    False    no    ${False}    ${None}
        ${url} =    Start Http Server    tls=${tls}
        Should Start With    ${url}    http://localhost:
        Expect Request    /
        Respond With Data    yes
        GET    ${url}
    END


*** Keywords ***
Should Be Answered Over TLS
    [Arguments]    ${url}    ${ca file}=${NONE}
    IF    $ca_file is None
        ${ca file} =    Get Http Server Ca File
    END
    Expect Oneshot Request    /answered
    Respond With Data    yes
    ${response} =    GET    ${url}/answered    verify=${ca file}
    Should Be Equal    ${response.text}    yes

Run Curl
    [Arguments]    @{arguments}
    ${result} =    Run Process    curl    --silent    --show-error    --noproxy    *    @{arguments}    stdin=NONE
    RETURN    ${result}

Start Is Refused
    [Documentation]    The keyword fails with this message, and no server is there.
    [Arguments]    ${message}    &{options}
    Run Keyword And Expect Error    EQUALS: ${message}    Start Http Server    &{options}
    Run Keyword And Expect Error    There is no server 'nope'. Known servers: none.*
    ...    Get Http Server Url    server=nope

A Line And No Stack Trace Should Be In The Log
    [Arguments]    ${run}    ${test}    ${line}
    Test Should Have Passed    ${run}    ${test}
    ${log} =    Log Of Test    ${run}    ${test}
    Should Match Regexp    ${log}    (?m)^(INFO|WARN) http-1: \\S+: ${{ re.escape($line) }}$
    Should Not Contain    ${log}    Traceback
    Should Not Contain    ${run.stdout}    Traceback
    Should Not Contain    ${run.stderr}    Traceback
