*** Settings ***
Documentation    `url_host` and `tls_names`: the server under the name that other machines and containers know.

Library          HttpServerLibrary
Library          Process
Library          resources/OtherMachine.py
Resource         resources/curl.resource

Test Teardown    Run Keywords    Disconnect Other Machine    AND    Stop All Http Servers

Test Tags        servers    tls


*** Test Cases ***
Another Machine Reaches The Url Over Tls
    ${address} =    Connect Other Machine
    ${url} =    Start Http Server    host=0.0.0.0    url_host=host.docker.internal    tls=True
    Should Match Regexp    ${url}    ^https://host\\.docker\\.internal:\\d+$
    Expect Request    /orders
    Respond With Data    reached
    ${orders} =    Get Http Server Url    /orders
    ${body} =    Ask From Other Machine    ${orders}    host.docker.internal    ${address}
    Should Be Equal    ${body}    reached
    ${request} =    Get Received Request    /orders
    Should Be Equal    ${request.url}    ${url}/orders
    Should Match Regexp    ${request.client}    ^10\\.

Another Machine Reaches It By Address
    ${address} =    Connect Other Machine
    ${url} =    Start Http Server    host=${address}    url_host=${address}    tls=True
    Expect Request
    Respond With Data    reached
    ${ca file} =    Get Http Server Ca File
    ${body} =    Run On Other Machine    curl    -sS    --fail    --noproxy    *    --cacert    ${ca file}    ${url}
    Should Be Equal    ${body}    reached

Another Machine Reaches More Names
    ${address} =    Connect Other Machine
    ${url} =    Start Http Server    host=0.0.0.0    tls=True    tls_names=shop.test, *.shop.test
    ${port} =    Evaluate    $url.rpartition(':')[2]
    Expect Request
    Respond With Data    reached
    FOR    ${name}    IN    shop.test    api.shop.test
        ${body} =    Ask From Other Machine    https://${name}:${port}/    ${name}    ${address}
        Should Be Equal    ${body}    reached
    END

This Machine Reaches The Url By A Name Of Its Own
    Curl Is Needed
    ${url} =    Start Http Server    url_host=shop.test    tls=True
    Expect Request
    Respond With Data    reached
    ${ca file} =    Get Http Server Ca File
    ${port} =    Evaluate    $url.rpartition(':')[2]
    ${curl} =    Run Process    curl    -sS    --noproxy    *    --cacert    ${ca file}
    ...    --resolve    shop.test:${port}:127.0.0.1    ${url}/
    Should Be Equal    ${curl.stdout}    reached    ${curl.stderr}    values=False

An Ipv6 Address In The Url
    ${url} =    Start Http Server    url_host=fd00::7
    Should Match Regexp    ${url}    ^http://\\[fd00::7\\]:\\d+$

Bad Input
    [Template]    Is Refused
    url_host: a host name or address such as host.docker.internal is needed, not "http://a".    url_host=http://a
    url_host: no client can connect to 0.0.0.0. *    url_host=0.0.0.0
    tls_names needs TLS: also give tls\=True.    tls_names=shop.test
    tls_names: cert_file is a certificate that has its names already. Leave out tls_names.
    ...    tls_names=shop.test    cert_file=cert.pem
    tls_names: a name such as [*].example.com is needed, not "[*].10.0.0.1".    tls_names=*.10.0.0.1    tls=True


*** Keywords ***
Ask From Other Machine
    [Documentation]    Sends a request from there, where the name stands for this machine as in a container.
    [Arguments]    ${url}    ${name}    ${address}
    ${ca file} =    Get Http Server Ca File
    ${port} =    Evaluate    urllib.parse.urlsplit($url).port    modules=urllib.parse
    ${body} =    Run On Other Machine    curl    -sS    --fail    --noproxy    *    --cacert    ${ca file}
    ...    --resolve    ${name}:${port}:${address}    ${url}
    RETURN    ${body}

Is Refused
    [Arguments]    ${message}    &{options}
    Run Keyword And Expect Error    ${message}    Start Http Server    &{options}
