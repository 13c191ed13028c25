*** Settings ***
Documentation    Run by parallel.robot with pabot, at the same time as the others.

Library          HttpServerLibrary    auto_start=True
Resource         orders.resource


*** Test Cases ***
Two
    Orders Are Served
