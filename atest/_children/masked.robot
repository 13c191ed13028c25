*** Settings ***
Documentation    Run by log_table.robot with a word in the variable HUSH that must be read nowhere.

Library          ExactClient.py
Library          HttpServerLibrary    auto_start=True
Library          OperatingSystem

Suite Setup      Set Masked Headers    X-Suite    X-Api-Key


*** Test Cases ***
Masked
    Set Masked Headers    x-token
    Set Masked Fields    password    card
    Expect Request    /orders    query_subset=${{{'card': $HUSH}}}    headers=${{{'X-Api-Key': $HUSH}}}
    ...    json=${{{'password': $HUSH, 'item': 'book'}}}
    Expect Request    /form    form=${{{'password': $HUSH + '-2'}}}
    Respond With Json    ${{{'password': $HUSH, 'list': [{'card': $HUSH}]}}}
    ...    headers=${{{'X-Token': $HUSH, 'Set-Cookie': $HUSH}}}
    ${answer} =    Explanation Of
    ...    /orders?card=${HUSH}
    ...    X-Token: ${HUSH}
    ...    {"password": "${HUSH}-4", "a": {"card": [1, "${HUSH}"]}}
    Should Contain    ${answer}    json $.password: expected the value given, received a different value
    Should Not Contain    ${answer}    ${HUSH}
    ${answer} =    Explanation Of    /nope    X-Token: ${HUSH}    ${EMPTY}
    Should Contain    ${answer}    X-Token: ***
    Should Not Contain    ${answer}    ${HUSH}
    Send    /xml    body=<a><n:password>${HUSH}</n:password><b card="${HUSH}"/></a>
    Send    /form    Content-Type: application/x-www-form-urlencoded    password=${HUSH}&card=${HUSH}
    Send    /form    Content-Type: application/x-www-form-urlencoded    password=${HUSH}-2&card=${HUSH}
    Send    /binary    body=${{bytes([255, 0]) + b'password=' + $HUSH.encode()}}
    ${text} =    Format Matchers
    Log    ${text}
    Run Keyword And Ignore Error    Request Should Have Been Received    /nope    json=${{{'password': $HUSH}}}
    ${har} =    Save Received Requests    ${OUTPUT DIR}/deep/er/requests.har
    ${har} =    Get File    ${har}
    Should Contain    ${har}    "X-Api-Key"
    Fail    on purpose

Not Masked Any More
    ${answer} =    Explanation Of    /orders?card=shown-1    X-Token: shown-2    {"password": "shown-3"}
    Should Contain    ${answer}    shown-1
    Should Contain    ${answer}    X-Token: shown-2
    Should Contain    ${answer}    X-Suite: ***
    Should Contain    ${answer}    "shown-3"
    Run Keyword And Ignore Error    Check Assertions


*** Keywords ***
Send
    [Documentation]    Sends a POST request with headers that nobody may read. The answer is not logged.
    [Arguments]    ${target}    ${header}=X-Seen: 1    ${body}=${EMPTY}
    Send Exactly    ${HTTP_SERVER_URL}    POST    ${target}
    ...    ${header}\nX-Api-Key: ${HUSH}\nX-Suite: ${HUSH}\nCookie: a=${HUSH}\nAuthorization: Bearer ${HUSH}    ${body}

Explanation Of
    [Documentation]    Sends such a request that is not expected, and returns the body of the answer.
    [Arguments]    ${target}    ${header}    ${body}
    Send    ${target}    ${header}    ${body}
    ${request} =    Get Received Request
    RETURN    ${request.response.text}
