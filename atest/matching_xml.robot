*** Settings ***
Documentation    The fields `xml` and `xpath` of a request description.

Resource         resources/matching.resource

Suite Setup      Start Http Server

Test Tags        matching


*** Variables ***
${ORDER}       SEPARATOR=\n
...            <?xml version="1.0" encoding="utf-8"?>
...            <order id="7">
...            \ \ <item qty="2">book</item>
...            \ \ <item qty="3">pen</item>
...            \ \ <total unit="EUR">12.50</total>
...            </order>
${ENVELOPE}    SEPARATOR=
...            <s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">
...            <s:Body><m:GetPrice xmlns:m="urn:prices" m:unit="kg"><m:Item>Apples</m:Item></m:GetPrice></s:Body>
...            </s:Envelope>
${ENTITIES}    <!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>
${LAUGHS}      <!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;">]><a>&d;</a>


*** Test Cases ***
White Space Between Elements
    Given Request    POST    /    ${EMPTY}    ${ORDER}
    Matches
    ...    xml=<order id="7"><item qty="2">book</item><item qty="3">pen</item><total unit="EUR">12.50</total></order>
    Matches    xml=${ORDER}
    Does Not Match    xml=<order id="7"><item qty="2">book</item><item qty="3">pen</item></order>
    Does Not Match    xml=<order id="7"/>
    Given Request    POST    /    ${EMPTY}    <order><item>two words</item></order>
    Matches    xml=<order> <item> two words </item> </order>
    Does Not Match    xml=<order><item>twowords</item></order>

Order Of Attributes
    Given Request    POST    /    ${EMPTY}    <a x="1" y="2"/>
    Matches    xml=<a y='2' x='1'></a>
    Does Not Match    xml=<a x="1"/>
    Does Not Match    xml=<a x="1" y="2" z="3"/>
    Does Not Match    xml=<a x="2" y="1"/>

Order Of Elements
    Given Request    POST    /    ${EMPTY}    <a><b/><c/></a>
    Matches    xml=<a><b/><c/></a>
    Does Not Match    xml=<a><c/><b/></a>

Prefixes Of Namespaces
    Given Request    POST    /    ${EMPTY}    ${ENVELOPE}
    Matches    xml=${ENVELOPE.replace('s:E', 'soap:E').replace('s:B', 'soap:B').replace(':s=', ':soap=')}
    Does Not Match    xml=${ENVELOPE.replace('urn:prices', 'urn:other')}

Comments And Processing Instructions
    Given Request    POST    /    ${EMPTY}    <?xml version="1.0"?><!-- one --><a>b<!-- two --><?three?></a>
    Matches    xml=<a>b</a>
    Matches    xpath={"/a": "b"}

Whatever The Content Type
    Given Request    POST    /    Content-Type: text/plain    <a/>
    Matches    xml=<a/>
    Given Request    POST    /    Content-Type: application/json    <a/>
    Matches    xml=<a/>

Encodings
    VAR    ${body}    ${{ '<?xml version="1.0" encoding="iso-8859-1"?><a>ä</a>'.encode('latin-1') }}
    Given Request    POST    /    ${EMPTY}    ${body}
    Matches    xml=<a>ä</a>
    Matches    xpath={"/a": "ä"}
    Given Request    POST    /    Content-Type: text/xml; charset=iso-8859-1    ${{ '<a>ä</a>'.encode('latin-1') }}
    Matches    xml=<a>ä</a>
    Given Request    POST    /    ${EMPTY}    ${{ '<a>ä</a>'.encode('utf-16') }}
    Matches    xml=<a>ä</a>

Bytes
    Given Request    POST    /    ${EMPTY}    <a>ä</a>
    Matches    xml=${{ '<a>ä</a>'.encode() }}

XPath To The Text Of A Node
    Given Request    POST    /    ${EMPTY}    ${ORDER}
    Matches    xpath={"/order/item": "pen"}
    Matches    xpath={"/order/item[1]": "book", "//total/@unit": "GLOB:E*"}
    Matches    xpath={"//item/@qty": 3}
    Matches    xpath={"//item/@qty": ["2", "3"]}
    Matches    xpath={"//item[. = 'pen']/@qty": "REGEXP:[0-9]"}
    Matches    xpath={"//missing": null}
    Does Not Match    xpath={"/order/item": "pencil"}
    Does Not Match    xpath={"//item/@qty": ["3", "2"]}
    Does Not Match    xpath={"/order/item[1]": "book", "//total": "0"}
    Does Not Match    xpath={"//missing": ""}
    Does Not Match    xpath={"//item": null}
    VAR    &{xpath}    count(//item)=${2}    //@id=7
    Matches    xpath=${xpath}

XPath To Text That Is Something Else
    Given Request    POST    /    ${EMPTY}    ${ORDER}
    Matches    xpath={"//total": "NOT:0"}
    Matches    xpath={"//item": "NOT:STARTS:r"}
    Does Not Match    xpath={"//item": "NOT:pen"}
    Does Not Match    xpath={"//missing": "NOT:pen"}

XPath To A Number Or Boolean
    Given Request    POST    /    ${EMPTY}    ${ORDER}
    Matches    xpath={"count(//item)": 2, "sum(//@qty)": "5"}
    Matches    xpath={"//total > 12": true}
    Does Not Match    xpath={"//total > 13": true}
    Does Not Match    xpath={"count(//item)": 3}

XPath And Namespaces
    [Documentation]    Names without a prefix are found in every namespace, with one as the body has them.
    Given Request    POST    /    ${EMPTY}    ${ENVELOPE}
    Matches    xpath={"/Envelope/Body/GetPrice/Item": "Apples"}
    Matches    xpath={"//m:Item": "Apples", "//@m:unit": "kg"}
    Matches    xpath={"//*[local-name() = 'Item']": "Apples", "namespace-uri(//Item)": "urn:prices"}
    Does Not Match    xpath={"//s:Item": "Apples"}
    Does Not Match    xpath={"//x:Item": "Apples"}

Body That Is Not Xml
    Given Request    POST    /    ${EMPTY}    {"a": 1}
    Does Not Match    xml=<a/>
    Does Not Match    xpath={"//a": null}
    Given Request    POST    /
    Does Not Match    xml=<a/>

Bodies That Mean Harm
    Given Request    POST    /    ${EMPTY}    ${ENTITIES}
    Does Not Match    xpath={"/a": "GLOB:*"}
    Given Request    POST    /    ${EMPTY}    ${LAUGHS}
    Does Not Match    xpath={"/a": "GLOB:*"}
    Given Request    POST    /    ${EMPTY}    ${{ '<a>' * 100000 }}
    Does Not Match    xml=<a/>

Differences By Path
    Answer Should Contain    ${ORDER}
    ...    xml /order/item[2]/@qty: expected "4", received "3"
    ...    xml /order/note: expected <note>now</note>, received nothing
    ...    xml /order/total: expected nothing, received <total unit\="EUR">12.50</total>
    ...    xml=<order id="7"><item qty="2">book</item><item qty="4">pen</item><note>now</note></order>
    Answer Should Contain    ${ORDER}
    ...    xpath //item/@qty: expected "4", received "2", "3"
    ...    xpath={"//item/@qty": 4}
    Answer Should Contain    <a>\n<b></a>
    ...    which is not XML: Opening and ending tag mismatch: b line 2 and a at line 2 column 8
    ...    xml=<a/>

Xml Selects Received Requests
    Expect Request
    Respond With Data
    ${url} =    Get Http Server Url
    Send Exactly    ${url}    POST    /one    ${EMPTY}    <a>1</a>
    Send Exactly    ${url}    POST    /two    ${EMPTY}    <a>2</a>
    FOR    ${name}    ${value}    IN    xml    <a>1</a>    xpath    {"/a": 1}
        VAR    &{description}    ${name}=${value}
        ${requests} =    Get Received Requests    &{description}
        Should Be Equal    ${{ [r.path for r in $requests] }}    ${{ ['/one'] }}
        ${request} =    Get Received Request    &{description}
        Should Be Equal    ${request.path}    /one
        ${request} =    Wait Until Request Is Received    &{description}
        Should Be Equal    ${request.path}    /one
        Request Should Have Been Received    &{description}    times=1
        Run Keyword And Expect Error    *    Request Should Not Be Received    &{description}
    END
    [Teardown]    Reset Http Server

Every Kind Of Expectation
    FOR    ${keyword}    IN    Expect Request    Expect Oneshot Request    Expect Ordered Request
        Run Keyword    ${keyword}    xml=<a>1</a>    xpath={"/a": 1}
        Respond With Data    taken
        ${url} =    Get Http Server Url
        ${answer} =    Send Exactly    ${url}    POST    /    ${EMPTY}    <a>1</a>
        Should Be Equal    ${answer.text}    taken
        Reset Http Server
    END


*** Keywords ***
Answer Should Contain
    [Documentation]    What differs in a request with this body is told to its client.
    [Arguments]    ${body}    @{differences}    &{description}
    Expect Oneshot Request    &{description}
    Respond With Data
    ${url} =    Get Http Server Url
    ${answer} =    Send Exactly    ${url}    POST    /    ${EMPTY}    ${body}
    FOR    ${difference}    IN    @{differences}
        Should Contain    ${answer.text}    ${difference}
    END
    Reset Http Server
