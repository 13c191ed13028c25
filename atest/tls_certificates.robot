*** Settings ***
Documentation    Certificates that are bad on purpose: what clients report, and what the log says about it.

Library          HttpServerLibrary
Library          OperatingSystem
Library          Process
Library          RequestsLibrary
Library          resources/Certificates.py
Library          resources/ChildRun.py
Resource         resources/curl.resource

Test Tags        servers    tls


*** Test Cases ***
What A Client Reports
    [Template]    A Client Should Report
    EXPIRED    certificate has expired
    NOT_YET_VALID    certificate is not yet valid
    WRONG_HOST    Hostname mismatch, certificate is not valid for 'localhost'.
    UNTRUSTED    unable to get local issuer certificate

What Curl Reports
    [Setup]    Curl Is Needed
    [Template]    Curl Should Report
    EXPIRED    certificate has expired
    NOT_YET_VALID    certificate is not yet valid
    WRONG_HOST    no alternative certificate subject name matches target host name 'localhost'
    UNTRUSTED    unable to get local issuer certificate

A Client That Verifies Nothing Gets Its Answer
    FOR    ${certificate}    IN    VALID    EXPIRED    NOT_YET_VALID    WRONG_HOST    UNTRUSTED
        ${url} =    Start Http Server    tls=True    certificate=${certificate}
        Expect Oneshot Request    /answered
        Respond With Data    yes
        Create Session    careless    ${url}    disable_warnings=1
        ${response} =    GET On Session    careless    /answered    verify=${False}
        Should Be Equal    ${response.text}    yes
    END

A Valid One Is The Default
    ${url} =    Start Http Server    certificate=VALID
    Should Start With    ${url}    http://
    ${url} =    Start Http Server    tls=True    certificate=valid
    ${ca file} =    Get Http Server Ca File
    Expect Request    /answered
    Respond With Data    yes
    GET    ${url}/answered    verify=${ca file}

All Servers Have One CA File
    Start Http Server    alias=good    tls=True
    ${good} =    Get Http Server Ca File
    FOR    ${certificate}    IN    EXPIRED    NOT_YET_VALID    WRONG_HOST    UNTRUSTED
        Start Http Server    certificate=${certificate}
        ${bad} =    Get Http Server Ca File
        Should Be Equal    ${bad}    ${good}
    END

A Client With A Certificate
    ${authority} =    Make Authority
    ${alice} =    Issue Certificate    ${authority}    alice@shop.example    common_name=alice
    ${url} =    Start Http Server    certificate=EXPIRED    client_ca_file=${authority.file}
    ${ca file} =    Get Http Server Ca File
    Expect Request    /who
    Respond With Data    welcome
    Run Keyword And Expect Error    *certificate has expired*
    ...    GET    ${url}/who    verify=${ca file}    cert=${alice.both}
    Create Session    careless    ${url}    disable_warnings=1
    GET On Session    careless    /who    verify=${False}    cert=${alice.both}
    ${request} =    Get Received Request    /who
    Should Be Equal    ${request.client_subject}    CN=alice,OU=Sales,O=Shop

A Client That Rejects It Is No Warning
    ${run} =    Run Suite    tls.robot    --test    Rejected As Intended
    Test Should Have Passed    ${run}    Rejected As Intended
    ${log} =    Log Of Test    ${run}    Rejected As Intended
    VAR    ${line}
    ...    The client rejected the certificate of the server,
    ...    as intended by certificate=EXPIRED: certificate expired.
    ...    separator=${SPACE}
    Should Match Regexp    ${log}    (?m)^INFO http-1: \\S+: ${{ re.escape($line) }}$
    Should Not Contain    ${log}    WARN
    Should Be Empty    ${run.errors}

A Client That Does Not Trust The CA Is A Warning
    [Documentation]    It does not get as far as the date, so it does not test what it seems to.
    ${run} =    Run Suite    tls.robot    --test    Rejected For Another Reason
    Test Should Have Passed    ${run}    Rejected For Another Reason
    ${log} =    Log Of Test    ${run}    Rejected For Another Reason
    VAR    ${line}
    ...    The client rejected the certificate of the server: unknown ca.
    ...    Let it trust the file from 'Get Http Server Ca File'.
    ...    separator=${SPACE}
    Should Match Regexp    ${log}    (?m)^WARN http-1: \\S+: ${{ re.escape($line) }}$

The Failure Of A Check Says Who Rejected It
    ${url} =    Start Http Server    certificate=EXPIRED
    ${ca file} =    Get Http Server Ca File
    Run Keyword And Expect Error    *    GET    ${url}    verify=${ca file}
    VAR    ${reason}
    ...    *1 client connected and sent no request. The client rejected the certificate of the server,
    ...    as intended by certificate=EXPIRED: certificate expired.*
    ...    separator=${SPACE}
    # The server gets to know of it a little later than the client does.
    Wait Until Keyword Succeeds    10 s    50 ms
    ...    Run Keyword And Expect Error    ${reason}    Request Should Have Been Received    /orders

Options That Do Not Go Together
    [Template]    Start Is Refused
    certificate\=EXPIRED needs TLS: leave out tls\=False.    certificate=EXPIRED    tls=False
    certificate: UNTRUSTED cannot be given together with cert_file, which is the certificate.
    ...    certificate=UNTRUSTED    cert_file=cert.pem

Another Value
    Run Keyword And Expect Error
    ...    *'certificate'*'SELF_SIGNED'*'EXPIRED', 'NOT_YET_VALID', 'UNTRUSTED', 'VALID' and 'WRONG_HOST'*
    ...    Start Http Server    certificate=SELF_SIGNED


*** Keywords ***
A Client Should Report
    [Arguments]    ${certificate}    ${message}
    ${url} =    Start Http Server    certificate=${certificate}
    ${ca file} =    Get Http Server Ca File
    Run Keyword And Expect Error    *CERTIFICATE_VERIFY_FAILED*${message}*    GET    ${url}    verify=${ca file}
    Check Assertions
    Request Should Not Be Received

Curl Should Report
    [Arguments]    ${certificate}    ${message}
    ${url} =    Start Http Server    certificate=${certificate}
    ${ca file} =    Get Http Server Ca File
    ${curl} =    Run Process    curl    --silent    --show-error    --noproxy    *    --cacert    ${ca file}    ${url}
    ...    stdin=NONE
    Should Be Equal As Integers    ${curl.rc}    60    ${curl.stderr}    values=False
    Should Contain    ${curl.stderr}    ${message}
    Request Should Not Be Received

Start Is Refused
    [Documentation]    The keyword fails with this message, and no server is there.
    [Arguments]    ${message}    &{options}
    Run Keyword And Expect Error    EQUALS: ${message}    Start Http Server    &{options}
    Run Keyword And Expect Error    There is no server 'nope'. Known servers: none.*
    ...    Get Http Server Url    server=nope
