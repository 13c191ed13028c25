*** Settings ***
Documentation    Mistakes that twelve_mistakes.robot does not have, as users see them: tests of the suite with the same
...              name in _children fail, and here is what each failure says. No test resets its server.

Library          OperatingSystem
Library          resources/ChildRun.py
Library          resources/ExpectedTexts.py

Suite Setup      Make The Mistakes
Test Template    Failure Should Be As Expected

Test Tags        explanations


*** Test Cases ***
Earlier Laxer Expectation
    earlier_laxer_expectation
Wrong Server
    wrong_server
Not The Current Server
    not_the_current_server
Near On Another Server
    near_on_another_server
One Request Too Many
    one_request_too_many
Health Check While Ordered Are Left
    health_check_while_ordered_are_left
Wrong Body Of The Next Ordered
    wrong_body_of_the_next_ordered
Skipped Ordered
    skipped_ordered
Get And Post On One Path
    get_and_post_on_one_path
Pattern And Subset In The Line
    pattern_and_subset_in_the_line
Token Without Bearer
    token_without_bearer
Wrong Token
    wrong_token
Wrong Password
    wrong_password
Long Body
    long_body
Client That Gave Up
    client_that_gave_up
Response Still Delayed
    response_still_delayed
Certificate Refused
    certificate_refused
Plain Text To A Server With TLS
    plain_text_to_a_server_with_tls
Five Hundred Keys Missing
    five_hundred_keys_missing
Late Request Of An Earlier Test
    late_request_of_an_earlier_test
Something Else First
    something_else_first
The Same Request Sixty Times
    the_same_request_sixty_times
Null Against Missing Key
    null_against_missing_key
Key In Another Case
    key_in_another_case
One Of 400 Items Missing
    one_of_400_items_missing
Decomposed Letter
    decomposed_letter
Cyrillic Letter
    cyrillic_letter
Compressed Body Differs
    compressed_body_differs
Compressed Without Content-Encoding
    compressed_without_content_encoding
Multipart Without Boundary
    multipart_without_boundary
Prefix In The XPath
    prefix_in_the_xpath
Json Encoded Twice
    json_encoded_twice
Placeholder Is One Segment
    placeholder_is_one_segment
Cors Preflight
    cors_preflight
Websocket
    websocket
Reset In The Teardown
    reset_in_the_teardown
Reset In The Teardown Of A Program That Swallows
    reset_in_the_teardown_of_a_program_that_swallows
Json Where A Form Is Expected
    json_where_a_form_is_expected
Json In Single Quotes
    json_in_single_quotes
Another Time Zone
    another_time_zone
Misspelt Header
    misspelt_header
Missing Session Cookie
    missing_session_cookie
Uploaded File Differs
    uploaded_file_differs
Prefix Of The Base URL Twice
    prefix_of_the_base_url_twice
Expectation Removed Too Early
    expectation_removed_too_early
Another Id In The Path
    another_id_in_the_path
Nearest Of Many Paths
    nearest_of_many_paths
Empty Segment
    empty_segment
Form Sent In The Query
    form_sent_in_the_query
Matcher That Raises
    matcher_that_raises
Used As A Proxy
    used_as_a_proxy
Wait For An Expectation
    wait_for_an_expectation
Client That Gave Up In The Log
    [Documentation]    No table says 200 OK for a response that was not sent.
    [Template]    NONE
    ${log} =    Log Of Test    ${RUN}    Client That Gave Up
    Should Contain    ${log}    not sent: the client left after
Nothing To Meet
    [Documentation]    It passes, and warns.
    [Template]    NONE
    Test Should Have Passed    ${RUN}    Happy Path    Sends Too Late    Nothing To Meet
    ${warning} =    Log Of Test    ${RUN}    Nothing To Meet    WARN
    Text Should Be As Expected    ${warning}    more_mistakes/nothing_to_meet
Each Failure Has A Text
    [Template]    NONE
    ${texts} =    List Files In Directory    ${CURDIR}/expected/more_mistakes
    ${failed} =    Evaluate    [test.name for test in $RUN.result.suite.all_tests if test.failed]
    # The warning, too.
    Length Should Be    ${texts}    ${{ len($failed) + 1 }}


*** Keywords ***
Make The Mistakes
    ${run} =    Run Suite    more_mistakes.robot
    VAR    ${RUN}    ${run}    scope=SUITE

Failure Should Be As Expected
    [Documentation]    Of the test with the same name.
    [Arguments]    ${file}
    ${test} =    Call Method    ${RUN}    test    ${TEST NAME}
    Text Should Be As Expected    ${test.message}    more_mistakes/${file}
