*** Settings ***
Documentation    One failing test with all sorts of requests, run by log_table.robot, which opens its log in a browser.

Library          ChildKeywords
Library          ExactClient.py
Library          HttpServerLibrary    auto_start=True


*** Variables ***
${HOSTILE}    <script>document.title='owned'</script><img src=x onerror="document.title='owned'">&amp;"'</pre></details>


*** Test Cases ***
All Sorts
    VAR    &{json}    item=book    quantity=${2}
    Expect Oneshot Request    /orders    method=POST    json=${json}    headers=X-Kind: order
    Respond With Json    {"id": 7}    status=201
    Expect Request    /slow
    ${handler} =    Handler That Gathers    4
    Respond With Handler    ${handler}
    Expect Request    /binary
    Respond With Data    ${{bytes(range(256))}}
    Expect Request    /xml
    Respond With Data    <a><b>1</b></a>    content_type=application/xml
    Send Many At Once    ${HTTP_SERVER_URL}/slow    4
    Send    POST    /orders    Content-Type: application/json    {"item": "pen", "quantity": "2"}
    Send    POST    /orders    Content-Type: application/json    {"item": "pen", "quantity": "2"}
    Send    PUT    /binary    Content-Type: image/png    ${{bytes(range(256))}}
    Send    POST    /xml    Content-Type: text/xml    <order><item>pen</item></order>
    Send    POST    /%3Cscript%3E?a=%22%3E    X-Hostile: ${HOSTILE}    ${HOSTILE}
    Send    POST    /long/${{'x' * 3000}}    X-Long: ${{'y' * 3000}}    ${{'long ' * 20000}}
    Fail    on purpose


*** Keywords ***
Send
    [Arguments]    ${method}    ${target}    ${headers}    ${body}
    Send Exactly    ${HTTP_SERVER_URL}    ${method}    ${target}    ${headers}    ${body}
