*** Settings ***
Documentation    Run by lifecycle.robot: does not see the server of the other suite.

Library          HttpServerLibrary    auto_start=True
Resource         server.resource


*** Test Cases ***
Two
    Only This Server Should Run
