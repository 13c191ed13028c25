*** Settings ***
Documentation    Run by lifecycle.robot: a server cannot be started.

Library          HttpServerLibrary


*** Test Cases ***
Taken
    ${url} =    Start Http Server
    Start Http Server    port=${url.rpartition(':')[2]}

Goes On
    Start Http Server
