*** Settings ***
Documentation    Saves requests of which one cannot become an expectation, run by recording.robot.

Library          HttpServerLibrary
Library          RequestsLibrary


*** Test Cases ***
Left Out
    ${url} =    Start Http Server
    Expect Request    /raw
    Respond With Raw    HTTP/1.1 200 OK\nContent-Length: 0\n\n
    Expect Request    /orders
    Respond With Json    []
    GET    ${url}/raw
    GET    ${url}/orders
    Save Received Requests    ${OUTPUT DIR}/orders.resource
    Save Received Requests    ${OUTPUT DIR}/orders.json
