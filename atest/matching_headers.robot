*** Settings ***
Documentation    The fields `headers` and `cookies` of a request description.

Resource         resources/matching.resource

Suite Setup      Start Http Server


*** Test Cases ***
These Headers Are There
    Given Request    GET    /    X-Trace: 7\nX-Other: a
    VAR    &{there}    X-Trace=7
    VAR    &{both}    X-Trace=7    X-Other=a
    VAR    &{wrong}    X-Trace=8
    VAR    &{missing}    X-Trace=7    X-More=GLOB:*
    Fits    headers=${there}
    Fits    headers=${both}
    Fits    headers={"X-Trace": "7"}
    Does Not Fit    headers=${wrong}
    Does Not Fit    headers=${missing}

Names In Any Case And Values Not
    Given Request    GET    /    x-tRACE: Abc
    Fits    headers={"X-Trace": "Abc"}
    Does Not Fit    headers={"X-Trace": "abc"}

Written As Lines
    Given Request    GET    /    X-Trace: 7\nAccept: text/html
    Fits    headers=X-Trace: 7
    Fits    headers=X-Trace:7\nAccept: text/html
    Fits    headers=Accept: GLOB:text/*
    Does Not Fit    headers=X-Trace: 7\nAccept: text/plain

Numbers And Booleans By Their Text
    Given Request    GET    /    X-Count: 7\nX-Flag: True
    Fits    headers=${{ {'X-Count': 7, 'X-Flag': True} }}
    Does Not Fit    headers=${{ {'X-Count': 8} }}
    Does Not Fit    headers=${{ {'X-Flag': False} }}

Values Are Text Patterns
    Given Request    GET    /    User-Agent: tester/1.2 (linux)
    Fits    headers={"User-Agent": "GLOB:tester/*"}
    Fits    headers={"User-Agent": "STARTS: tester"}
    Fits    headers={"User-Agent": "REGEXP:tester/[0-9.]+ .*"}
    Fits    headers={"User-Agent": "EQUALS: tester/1.2 (linux)"}
    Does Not Fit    headers={"User-Agent": "tester"}
    Does Not Fit    headers={"User-Agent": "REGEXP:tester"}

None Is Absent
    Given Request    GET    /    X-Trace: 7
    Fits    headers=${{ {'X-Missing': None} }}
    Fits    headers=${{ {'X-Missing': None, 'x-trace': 7} }}
    Does Not Fit    headers=${{ {'x-TRACE': None} }}

Repeated Header
    Given Request    GET    /    X-Tag: a\nX-Tag: b
    Fits    headers=${{ {'X-Tag': ['a', 'b']} }}
    Fits    headers=X-Tag: a\nX-Tag: b
    Fits    headers={"X-Tag": "a"}
    Fits    headers={"X-Tag": "a, b"}
    Does Not Fit    headers={"X-Tag": ["b", "a"]}
    Does Not Fit    headers={"X-Tag": "c"}

Empty Value
    Given Request    GET    /    X-Empty:
    Fits    headers=${{ {'X-Empty': ''} }}
    Does Not Fit    headers=${{ {'X-Empty': None} }}

Host And Content Length Are Headers Too
    Given Request    POST    /    ${EMPTY}    abc
    Fits    headers={"Host": "GLOB:*:*", "Content-Length": 3}
    Does Not Fit    headers={"Content-Length": 4}

Authorization Is Compared By Meaning
    [Documentation]    RFC 9110, 11.2: schemes and names in any case; spaces and quotes are spelling, too.
    Given Request    GET    /    Authorization: Digest realm="a b",\ \ nonce=xyz, Response="1"
    Fits    headers={"Authorization": "digest nonce=\\"xyz\\", realm=\\"a b\\", response=\\"1\\""}
    Does Not Fit    headers={"Authorization": "Digest realm=\\"a b\\", nonce=abc, response=\\"1\\""}
    Does Not Fit    headers={"Authorization": "Digest realm=\\"a b\\", nonce=xyz"}

Scheme In Any Case And Token Not
    Given Request    GET    /    Authorization: bearer AbC
    Fits    headers={"Authorization": "Bearer AbC"}
    Fits    headers=authorization: BEARER AbC
    Does Not Fit    headers={"Authorization": "Bearer abc"}
    Does Not Fit    headers={"Authorization": "Basic AbC"}

Broken Basic Value Is Not A Missing Header
    [Documentation]    FACTS: in pytest-httpserver it equals a missing one.
    Given Request    GET    /    Authorization: Basic !!!
    Fits    headers={"Authorization": "Basic !!!"}
    Does Not Fit    headers={"Authorization": "Basic ???"}
    Does Not Fit    headers=${{ {'Authorization': None} }}
    Given Request    GET    /
    Does Not Fit    headers={"Authorization": "Basic !!!"}

Authorization As Pattern Is Text
    Given Request    GET    /    Authorization: Bearer abc
    Fits    headers={"Authorization": "STARTS:Bearer"}
    Fits    headers={"Authorization": "REGEXP:Bearer [a-c]+"}
    Does Not Fit    headers={"Authorization": "STARTS:bearer"}

Cookies
    Given Request    GET    /    Cookie: session=abc; theme=dark
    VAR    &{session}    session=abc
    Fits    cookies=${session}
    Fits    cookies={"session": "abc", "theme": "GLOB:d*"}
    Fits    cookies=session\=abc
    Fits    cookies=theme\=dark; session\=abc
    Fits    cookies=session\=REGEXP:[a-c]+
    Does Not Fit    cookies={"session": "abcd"}
    Does Not Fit    cookies=session\=abd
    Does Not Fit    cookies=session\=abc; lang\=en

Cookies That Are Absent
    Given Request    GET    /    Cookie: session=abc
    Fits    cookies=${{ {'lang': None} }}
    Does Not Fit    cookies=${{ {'session': None} }}

Cookie Values By Their Text
    Given Request    GET    /    Cookie: visits=7; known=true
    Fits    cookies=${{ {'visits': 7, 'known': True} }}
    Does Not Fit    cookies=${{ {'visits': 8} }}

Cookie Names In That Case
    Given Request    GET    /    Cookie: Session=abc
    Does Not Fit    cookies={"session": "abc"}

Cookie Whose Value Has An Equals Sign
    Given Request    GET    /    Cookie: data=a=b
    Fits    cookies=data\=a=b
    Fits    cookies={"data": "a=b"}
