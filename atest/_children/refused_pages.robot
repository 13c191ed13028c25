*** Settings ***
Documentation    Run by added_headers.robot: the log says what browsers will not let pages do.

Library          HttpServerLibrary
Library          ExactClient.py


*** Test Cases ***
Refused Pages
    ${url} =    Start Http Server    alias=api
    Set Cors    http://b
    Send Exactly    ${url}    OPTIONS    /orders    Origin: http://a\nAccess-Control-Request-Method: PUT
    Set Cors    methods=GET
    Send Exactly    ${url}    OPTIONS    /orders    Origin: http://a\nAccess-Control-Request-Method: PUT
