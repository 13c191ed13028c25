*** Settings ***
Documentation    Mistakes that are harder to see than the twelve, with the full text that explains each. The mistakes
...              are made in `_children/more_mistakes.robot`, the texts are in `expected/more_mistakes`.

Library          resources/ChildRun.py
Library          resources/ExpectedTexts.py

Suite Setup      Make The Mistakes
Test Template    Failure Should Be As Expected

Test Tags        explanations


*** Test Cases ***
Earlier Test Was Less Strict    earlier_test_was_less_strict
Late Callback    late_callback
Wrong Server    wrong_server
Wrong Server And Wrong Body    wrong_server_and_wrong_body
Not The Current Server    not_the_current_server
One Retry More    one_retry_more
Health Check Between Ordered Requests    health_check_between_ordered_requests
Ordered Request With Another Body    ordered_request_with_another_body
Ordered Request Left Out    ordered_request_left_out
Get And Post On One Path    get_and_post_on_one_path
Subset And Pattern    subset_and_pattern
Token Without Its Scheme    token_without_its_scheme
Body That Is Too Long For A Line    body_that_is_too_long_for_a_line
Response Still Delayed    response_still_delayed
Certificate That The Client Does Not Trust    certificate_that_the_client_does_not_trust
Plain Text To A Server With TLS    plain_text_to_a_server_with_tls
First Problem Is Not The One    first_problem_is_not_the_one
Null And No Such Key    null_and_no_such_key
Key In Other Letters    key_in_other_letters
Item Missing In The Middle    item_missing_in_the_middle
Decomposed Letter    decomposed_letter
Cyrillic Letter    cyrillic_letter
Compressed Without Saying So    compressed_without_saying_so
Multipart Without Boundary    multipart_without_boundary
Prefix In XPath    prefix_in_xpath
Json Encoded Twice    json_encoded_twice
Placeholder For Two Segments    placeholder_for_two_segments
Preflight Of A Browser    preflight_of_a_browser
Websocket    websocket


*** Keywords ***
Make The Mistakes
    ${mistakes} =    Run Suite    more_mistakes.robot
    Test Should Have Passed    ${mistakes}    Happy Path    Callback
    VAR    ${MISTAKES}    ${mistakes}    scope=SUITE

Failure Should Be As Expected
    [Arguments]    ${name}
    Test Should Have Failed With    ${MISTAKES}    ${TEST NAME}    *
    Text Should Be As Expected    ${{$MISTAKES.tests[$TEST_NAME].message}}    more_mistakes/${name}
