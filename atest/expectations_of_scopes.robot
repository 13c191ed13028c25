*** Settings ***
Documentation    Expectations of the test come before those of its suite, whatever their kind.

Resource         resources/client.resource

Suite Setup      Expect In Suite

Test Tags        expectations    lifecycle


*** Test Cases ***
Inner Permanent Beats Outer Oneshot
    Expect Request    /state
    Respond With Data    test
    Answer Of    test    GET    /state
    Answer Of    test    GET    /state

Outer Ones Take What The Inner Do Not
    Expect Request    /other
    Respond With Data    test
    Answer Of    suite    GET    /suite
    Answer Of    test    GET    /other

Those Of An Earlier Test Are Gone
    [Documentation]    Whether or not another test ran before, only the suite's are there.
    ${text} =    Format Matchers
    Should Contain    ${text}    /state
    Should Not Contain    ${text}    /other

Inner Order Does Not Wait For The Suite
    Expect Ordered Request    /a
    Respond With Data    a
    Expect Ordered Request    /b
    Respond With Data    b
    Answer Of    a    GET    /a
    Answer Of    b    GET    /b
    Answer Of    suite    GET    /suite

Inner Order Is Broken By What The Suite Expects
    Expect Ordered Request    /a
    Respond With Data
    Status Of    500    GET    /suite
    Status Of    500    GET    /a
    Problems Should Be    OUT OF ORDER    REFUSED

A Refusal Ends With Its Test
    [Documentation]    The test before broke the order; run on its own or after it, the suite's expectation answers.
    Answer Of    suite    GET    /suite

To Gives The Response Of The Suite
    Respond With Data    changed    to=${OF SUITE}
    Answer Of    changed    GET    /suite
    [Teardown]    Respond With Data    suite    to=${OF SUITE}


*** Keywords ***
Expect In Suite
    Start Http Server
    Expect Oneshot Request    /state
    Respond With Data    suite
    ${of suite} =    Expect Request    /suite
    Respond With Data    suite
    VAR    ${OF SUITE}    ${of suite}    scope=SUITE
