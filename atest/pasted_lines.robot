*** Settings ***
Documentation    The line that an explanation offers takes the place of the expectation: the same suite passes with it,
...              also in the next run, whose requests have other times and ids.

Library          resources/ChildRun.py

Test Template    Line Takes The Place

Test Tags        explanations


*** Variables ***
${SEP}     ${SPACE * 4}
${JSON}    ${SEP}Content-Type: application/json${SEP}


*** Test Cases ***    EXPECTATION    REQUESTS
Json
    Expect Request${SEP}/orders${SEP}json={"item": "book", "id": "<any-string>"}
    ...    POST${SEP}/orders${JSON}{"item": "pen", "id": "<id>"}
Json Subset
    Expect Request${SEP}/orders${SEP}method=POST${SEP}json_subset={"item": "book"}
    ...    POST${SEP}/orders${JSON}{"item": "pen", "id": "<id>"}
JSONPath
    Expect Request${SEP}/orders${SEP}method=POST${SEP}json_path={"$.items[*].sku": "A1"}
    ...    POST${SEP}/orders${JSON}{"items": [{"sku": "B1", "id": "<id>"}]}
Pattern In A Header
    Expect Request${SEP}/orders${SEP}headers={"X-Trace": "REGEXP:[0-9a-f]{8}", "X-Tenant": "a"}
    ...    GET${SEP}/orders${SEP}X-Trace: <id>\\nX-Tenant: b
Query Subset
    Expect Request${SEP}/orders${SEP}query_subset={"page": "1"}
    ...    GET${SEP}/orders?page\\=2&t\\=<id>
Template In The Path
    Expect Request${SEP}/orders/{id}${SEP}method=PUT
    ...    POST${SEP}/orders/<id>
Form
    Expect Oneshot Request${SEP}/login${SEP}form={"user": "ann", "token": "GLOB:????????"}
    ...    POST${SEP}/login${SEP}Content-Type: application/x-www-form-urlencoded${SEP}user=bob&token=<id>
XPath
    Expect Request${SEP}/soap${SEP}xpath={"//item": "book"}
    ...    POST${SEP}/soap${SEP}Content-Type: text/xml${SEP}<a id="<id>"><item>pen</item></a>
Number Of Requests
    Expect Request${SEP}/orders${SEP}json_subset={"item": "book"}${SEP}times=2
    ...    POST${SEP}/orders${JSON}{"item": "pen", "id": "<id>"}
    ...    POST${SEP}/orders${JSON}{"item": "pen", "id": "1"}
More Requests Than Expected
    Expect Request${SEP}/orders${SEP}method=POST${SEP}times=1
    ...    POST${SEP}/orders${JSON}{"id": "<id>"}
    ...    POST${SEP}/orders${JSON}{"id": "1"}
    ...    POST${SEP}/orders${JSON}{"id": "2"}
Ordered Requests
    Expect Ordered Request${SEP}/login${SEP}json_subset={"user": "ann"}
    ...    POST${SEP}/login${JSON}{"user": "bob", "id": "<id>"}
Not The Current Server
    Expect Request${SEP}/orders${SEP}json={"item": "book"}${SEP}server=shop
    ...    POST${SEP}/orders${JSON}{"item": "pen"}
    ...    others=Start Http Server${SEP}alias=pay


*** Keywords ***
Line Takes The Place
    [Arguments]    ${expectation}    @{requests}    ${others}=No Operation
    ${failed} =    Run With    ${expectation}    ${requests}    ${others}    0000000a
    Test Should Have Failed With    ${failed}    Mistake    *This line*
    ${line} =    Evaluate    re.search(r'This line.*:\\n +(.*)', $failed.tests['Mistake'].message)[1]    modules=re
    ${passed} =    Run With    ${line}    ${requests}    ${others}    0000000b
    Test Should Have Passed    ${passed}    Mistake

Run With
    [Documentation]    Runs a suite with this expectation and these requests, in which `<id>` is different each time.
    [Arguments]    ${expectation}    ${requests}    ${others}    ${id}
    VAR    ${send}    ${EMPTY}    @{requests}    separator=\n${SEP}Send Exactly${SEP}\${url}${SEP}
    VAR    ${suite}
    ...    *** Settings ***
    ...    Library${SEP}HttpServerLibrary
    ...    Library${SEP}ExactClient.py
    ...    *** Test Cases ***
    ...    Mistake
    ...    ${SEP}\${url} =${SEP}Start Http Server${SEP}alias=shop
    ...    ${SEP}${others}
    ...    ${SEP}\${expectation} =${SEP}${expectation}
    ...    ${SEP}Respond With Data${SEP}to=\${expectation}${send}
    ...    ${SEP}Check Assertions${SEP}server=shop
    ...    ${SEP}Expectations Should Be Met${SEP}server=shop
    ...    separator=\n
    ${run} =    Run Suite    ${{$suite.replace('<id>', $id)}}
    RETURN    ${run}
