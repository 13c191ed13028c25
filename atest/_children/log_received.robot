*** Settings ***
Documentation    Tables of received requests in the log; see `received.robot`.

Library          HttpServerLibrary
Library          ExactClient.py

Suite Setup      Start Http Server    alias=shop


*** Test Cases ***
Some
    Expect Request
    Respond With Data    <b>answer</b>    status=202    headers=Set-Cookie: s3cr3t
    ${url} =    Get Http Server Url
    Send Exactly    ${url}    POST    /orders?a='i'    Authorization: Bearer s3cr3t    <script>body</script>
    Log Received Requests
    Clear Received Requests

None
    Log Received Requests    level=WARN    server=shop

Below The Level
    Log Received Requests    level=DEBUG
