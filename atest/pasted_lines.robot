*** Settings ***
Documentation    The lines to paste that failures show. A suite fails, each line is put in place of the expectation that
...              failed, and the same suite passes.

Library          resources/ChildRun.py
Library          resources/PastedLines.py

Suite Setup      Run Before And After
Test Template    Passes With The Pasted Line

Test Tags        explanations


*** Test Cases ***
Path
    /orders/
Path With Braces
    EQUALS:/orders/%7Bid%7D/7
Path Template
    /orders/{id}
Query
    query={"page": "3", "at": "REGEXP:
Query Subset
    query_subset={"page": "3", "at": "REGEXP:
Header Pattern
    headers={"X-Id": "REGEXP:[0-9a-f]{8}", "X-Kind": "C:
Misspelt Header
    headers={"X-TenantId": "other"}
Json
    "id": "<any-string>"
Json Subset
    json_subset={"item": "pen"}
Json In Any Order
    json_ignore_order=True
Json Path
    json_path={"$.items[0].sku": "A2", "$.n": "<any-number>"}
Form
    form={"user": "bob", "at": "GLOB:1*"}
Uploaded File
    {"filename": "b.csv", "content_type": "text/plain", "text": "GLOB:a*"}
Text
    text=one
Xml
    xml=<order id="2">
XPath
    xpath={"//item": "pen", "//order/@id": "REGEXP:
Used Up By Times
    Expect Request${SPACE * 4}/retry
Used Up Oneshot
    Expect Request${SPACE * 4}/token
Counted
    times=2
Server That Is Not The Current One
    server=shop
Next Ordered In Its Place
    Expect Ordered Request${SPACE * 4}/login
Before The Next Ordered
    Expect Ordered Request${SPACE * 4}/status
Nothing Close
    query=item=7


*** Keywords ***
Run Before And After
    ${before} =    Run Suite    pasted_lines.robot
    ${failures} =    Evaluate    {test.name: test.message for test in $before.result.suite.all_tests if test.failed}
    ${suite} =    Suite With Pasted Lines    ${CURDIR}/_children/pasted_lines.robot    ${failures}
    ${after} =    Run Suite    ${suite}
    VAR    ${FAILURES}    ${failures}    scope=SUITE
    VAR    ${AFTER}    ${after}    scope=SUITE

Passes With The Pasted Line
    [Documentation]    The test with the same name fails and shows a line with this piece; with the line it passes.
    [Arguments]    ${piece}
    ${line} =    Pasted Line    ${FAILURES}    ${TEST NAME}
    Should Contain    ${line}    ${piece}
    Test Should Have Passed    ${AFTER}    ${TEST NAME}
