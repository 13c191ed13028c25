*** Settings ***
Documentation    Run by tls.robot and tls_certificates.robot, which look at what is in the log and on the disk.

Library          Certificates
Library          ChildKeywords
Library          HttpServerLibrary
Library          RequestsLibrary


*** Test Cases ***
One Request
    ${url} =    Start Http Server    tls=True
    ${ca file} =    Get Http Server Ca File
    Expect Request    /
    Respond With Data
    GET    ${url}    verify=${ca file}
    Log    CA file: ${ca file}

Rejected
    ${authority} =    Make Authority
    ${url} =    Start Http Server    tls=True
    Run Keyword And Expect Error    *CERTIFICATE_VERIFY_FAILED*    GET    ${url}    verify=${authority.file}
    Wait Until Keyword Succeeds    10 s    50 ms    Should Be Logged    The client rejected
    Stop Http Server

Rejected As Intended
    ${url} =    Start Http Server    certificate=EXPIRED
    ${ca file} =    Get Http Server Ca File
    Run Keyword And Expect Error    *certificate has expired*    GET    ${url}    verify=${ca file}
    Wait Until Keyword Succeeds    10 s    50 ms    Should Be Logged    The client rejected
    Stop Http Server

Rejected For Another Reason
    ${authority} =    Make Authority
    ${url} =    Start Http Server    certificate=EXPIRED
    Run Keyword And Expect Error    *CERTIFICATE_VERIFY_FAILED*    GET    ${url}    verify=${authority.file}
    Wait Until Keyword Succeeds    10 s    50 ms    Should Be Logged    The client rejected
    Stop Http Server

Not Let In
    ${authority} =    Make Authority
    ${url} =    Start Http Server    tls=True    client_ca_file=${authority.file}
    ${ca file} =    Get Http Server Ca File
    Run Keyword And Expect Error    *    GET    ${url}    verify=${ca file}
    Wait Until Keyword Succeeds    10 s    50 ms    Should Be Logged    The client sent no certificate
    Stop Http Server

Secret
    ${authority} =    Make Authority
    ${certificate} =    Issue Certificate    ${authority}    password=${PASSWORD}
    Start Http Server
    ...    cert_file=${certificate.cert}    key_file=${certificate.locked_key}    key_password=${PASSWORD}
    ${another} =    Issue Certificate    ${authority}    password=another
    Run Keyword And Expect Error    key_password: the password does not decrypt the key in "*".
    ...    Start Http Server
    ...    cert_file=${another.cert}    key_file=${another.locked_key}    key_password=${PASSWORD}
