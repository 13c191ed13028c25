*** Settings ***
Documentation    Run by lifecycle.robot: starts a server by keyword.

Library          HttpServerLibrary    auto_start=True    host=127.0.0.1

Suite Setup      Start Http Server    alias=mine
