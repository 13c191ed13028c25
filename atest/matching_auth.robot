*** Settings ***
Documentation    The fields `basic_auth` and `bearer_token` of a request description.

Resource         resources/matching.resource
Resource         resources/secrets.resource

Suite Setup      Start Http Server

Test Tags        matching


*** Variables ***
# user:pass
${BASIC}    Authorization: Basic dXNlcjpwYXNz


*** Test Cases ***
User And Password
    Given Request    GET    /    ${BASIC}
    Matches    basic_auth=user:pass
    Does Not Match    basic_auth=user:other
    Does Not Match    basic_auth=other:pass
    Does Not Match    basic_auth=user:
    Does Not Match    basic_auth=User:pass

List Of User And Password
    Given Request    GET    /    ${BASIC}
    VAR    @{right}    user    pass
    VAR    @{wrong}    pass    user
    Matches    basic_auth=${right}
    Matches    basic_auth=${{ ('user', 'pass') }}
    Does Not Match    basic_auth=${wrong}

Password With Colon
    [Documentation]    RFC 7617, 2: the user has no colon, so the first one separates. Sent is user:pa:ss.
    Given Request    GET    /    Authorization: Basic dXNlcjpwYTpzcw==
    Matches    basic_auth=user:pa:ss
    VAR    @{pair}    user    pa:ss
    Matches    basic_auth=${pair}
    Does Not Match    basic_auth=user:pa

Empty Password
    [Documentation]    Sent is user: without a password.
    Given Request    GET    /    Authorization: Basic dXNlcjo=
    Matches    basic_auth=user:
    Does Not Match    basic_auth=user:x

Credentials Beyond Ascii
    [Documentation]    RFC 7617, 2.1: UTF-8. Sent is jürgen:žluť.
    Given Request    GET    /    Authorization: Basic asO8cmdlbjrFvmx1xaU=
    Matches    basic_auth=jürgen:žluť
    Does Not Match    basic_auth=jurgen:zlut

Scheme In Any Case
    Given Request    GET    /    Authorization: bASIC dXNlcjpwYXNz
    Matches    basic_auth=user:pass

No Or Broken Credentials
    Given Request    GET    /
    Does Not Match    basic_auth=user:pass
    Does Not Match    bearer_token=abc
    Given Request    GET    /    Authorization: Basic !!!
    Does Not Match    basic_auth=user:pass
    Given Request    GET    /    Authorization:
    Does Not Match    basic_auth=user:pass
    Does Not Match    bearer_token=abc

Other Scheme
    Given Request    GET    /    Authorization: Bearer dXNlcjpwYXNz
    Does Not Match    basic_auth=user:pass
    Given Request    GET    /    ${BASIC}
    Does Not Match    bearer_token=dXNlcjpwYXNz

Token
    Given Request    GET    /    Authorization: Bearer AbC-123
    Matches    bearer_token=AbC-123
    Does Not Match    bearer_token=abc-123
    Does Not Match    bearer_token=AbC
    Does Not Match    bearer_token=AbC-1234

Token Scheme In Any Case
    Given Request    GET    /    Authorization: bearer AbC-123
    Matches    bearer_token=AbC-123

Token As Number
    Given Request    GET    /    Authorization: Bearer 123
    Matches    bearer_token=${123}

Secrets
    [Documentation]    Robot Framework has secrets from 7.4 on.
    Requires Secrets
    ${password} =    Evaluate    robot.api.types.Secret('pass')    modules=robot.api.types
    ${both} =    Evaluate    robot.api.types.Secret('user:pass')    modules=robot.api.types
    ${wrong} =    Evaluate    robot.api.types.Secret('passed')    modules=robot.api.types
    VAR    @{right}    user    ${password}
    VAR    @{other}    user    ${wrong}
    Given Request    GET    /    ${BASIC}
    Matches    basic_auth=${right}
    Matches    basic_auth=${both}
    Does Not Match    basic_auth=${other}
    Given Request    GET    /    Authorization: Bearer pass
    Matches    bearer_token=${password}
    Does Not Match    bearer_token=${wrong}

Secrets In Text
    [Documentation]    Robot Framework writes `<secret>` for them, so they are refused. What the errors say works.
    Requires Secrets
    ${TOKEN} =    Evaluate    robot.api.types.Secret('pass')    modules=robot.api.types
    VAR    ${lost}    Robot Framework writes '<secret>' for a Secret inside a text, as in
    VAR    ${whole}    Make the whole text a Secret: VAR \ \ \ \${text: Secret} \ \ \ key\=\${TOKEN}
    Refused    basic_auth: ${lost} "user:<secret>". Give a list: basic_auth\=\${{['user', $TOKEN]}}
    ...    basic_auth=user:${TOKEN}
    Refused    headers: ${lost} "X-Token: <secret>". Give a dictionary: VAR \ \ \ \&{headers} \ \ \ name\=\${TOKEN}
    ...    headers=X-Token: ${TOKEN}
    VAR    &{headers}    X-Token=a ${TOKEN}
    Refused    headers: ${lost} "a <secret>". ${whole}    headers=${headers}
    Refused    text: ${lost} "key\=<secret>". ${whole}    text=key=${TOKEN}
    Refused    path: ${lost} "/<secret>". A path cannot have a Secret.    /${TOKEN}
    Given Request    GET    /    ${BASIC}
    Matches    basic_auth=${{['user', $TOKEN]}}
    VAR    &{headers}    X-Token=${TOKEN}
    VAR    ${text: Secret}    key=${TOKEN}
    Given Request    POST    /    X-Token: pass    key=pass
    Matches    headers=${headers}    text=${text}

Secrets In The Body
    Requires Secrets
    ${secret} =    Evaluate    robot.api.types.Secret('s3cr3t-t0ken')    modules=robot.api.types
    VAR    &{json}    key=${secret}
    Given Request    POST    /    ${EMPTY}    {"key": "s3cr3t-t0ken"}
    Matches    json=${json}
    Does Not Match    text=${secret}
    Given Request    POST    /    ${EMPTY}    s3cr3t-t0ken
    Matches    text=${secret}
    Matches    data=${secret}
    Expect Request    /secret
    Respond With Data    ${secret}
    ${url} =    Get Http Server Url
    ${answer} =    Send Exactly    ${url}    GET    /secret
    Should Be Equal    ${answer.text}    s3cr3t-t0ken
    Run Keyword And Expect Error    path: a secret cannot be given here.    Expect Request    ${secret}
    ${pattern} =    Evaluate    robot.api.types.Secret('REGEXP:(s3cr3t')    modules=robot.api.types
    VAR    &{headers}    X-Key=${pattern}
    ${error} =    Run Keyword And Expect Error    headers: X-Key:*    Expect Request    headers=${headers}
    Should Not Contain    ${error}    s3cr3t

Secrets Are Not Told
    Requires Secrets
    ${token} =    Evaluate    robot.api.types.Secret('s3cr3t-t0ken')    modules=robot.api.types
    VAR    &{headers}    X-Key=${token}
    Expect Request    /safe    bearer_token=${token}
    Expect Request    /key    headers=${headers}
    ${text} =    Format Matchers
    Should Not Contain    ${text}    s3cr3t-t0ken
    Should Contain    ${text}    ***
    ${url} =    Get Http Server Url
    ${answer} =    Send Exactly    ${url}    GET    /key    X-Key: not-s3cr3t-t0ken-at-all
    Should Be Equal As Integers    ${answer.status}    500
    Should Not Contain    ${answer.text}    s3cr3t-t0ken
    ${error} =    Run Keyword And Expect Error    *    Check Assertions
    Should Not Contain    ${error}    s3cr3t-t0ken
    [Teardown]    Reset Http Server

Secrets In A Body Are Not Told
    [Documentation]    Neither as they are nor as JSON and XML write them, nor what a document that is secret holds.
    Requires Secrets
    ${token} =    Evaluate    robot.api.types.Secret('s3cr3t<&>t0ken')    modules=robot.api.types
    ${json} =    Evaluate    robot.api.types.Secret('{"key": ["s3cr3t"]}')    modules=robot.api.types
    ${xml} =    Evaluate
    ...    robot.api.types.Secret('<a key="s3cr3t"><b>t0k3n &amp;c</b></a>')
    ...    modules=robot.api.types
    VAR    &{key}    key=${token}
    VAR    @{keys}    ${key}
    VAR    &{xpath}    //key=${token}
    Expect Request    /json    json=${key}
    Expect Request    /subset    json_subset=${keys}    json_ignore_order=True
    Expect Request    /xpath    xpath=${xpath}
    Expect Request    /json-document    json=${json}
    Expect Request    /xml-document    xml=${xml}
    ${text} =    Format Matchers
    Should Not Contain Any    ${text}    s3cr3t    t0k3n
    ${url} =    Get Http Server Url
    FOR    ${path}    ${body}    IN
    ...    /json    {"key": "other"}
    ...    /json    {"key": "not s3cr3t<&>t0ken"}
    ...    /subset    [{"key": "other"}]
    ...    /xpath    <a><key>other</key></a>
    ...    /xpath    <a><key>not s3cr3t&lt;&amp;&gt;t0ken</key></a>
    ...    /json-document    {"key": []}
    ...    /json-document    {"key": ["other"]}
    ...    /xml-document    <a/>
    ...    /xml-document    <a key="other"><b>other</b></a>
        ${answer} =    Send Exactly    ${url}    POST    ${path}    ${EMPTY}    ${body}
        Should Be Equal As Integers    ${answer.status}    500
        Should Not Contain Any    ${answer.text}    s3cr3t    t0k3n
        ${error} =    Run Keyword And Expect Error    *    Check Assertions
        Should Not Contain Any    ${error}    s3cr3t    t0k3n
    END
    [Teardown]    Reset Http Server


*** Keywords ***
Refused
    [Arguments]    ${error}    @{arguments}    &{named}
    Run Keyword And Expect Error    EQUALS:${error}    Expect Request    @{arguments}    &{named}
