*** Settings ***
Documentation    Run by handlers.robot: names that another suite has, too, and names that are not there.

Resource         client.resource

Suite Setup      Start Http Server
Test Setup       Expect Request    /who


*** Test Cases ***
Module Of The Same Name
    Respond With Handler    suite_handlers.who
    Answer Of    two    GET    /who

File Below The Suite
    Respond With Handler    deep/more_handlers.py:who
    Answer Of    deep    GET    /who

Absolute Path
    Respond With Handler    ${CURDIR}/deep/more_handlers.py:who
    Answer Of    deep    GET    /who

No Such Module
    Respond With Handler    no_handlers.who

No Such File
    Respond With Handler    no_handlers.py:who

No Such Function
    Respond With Handler    suite_handlers.whoo

No Function
    Respond With Handler    suite_handlers.py

Not Callable
    Respond With Handler    suite_handlers.NAME

Broken File
    Respond With Handler    broken_handlers.who

Matcher In A Broken File
    Expect Request    /    matcher=broken_handlers.py:who

Wrong Status
    Respond With Handler    suite_handlers.who    status=700

Wrong Header
    Respond With Handler    suite_handlers.who    headers=X Y: 1

Handler That Raises
    Respond With Handler    suite_handlers.raises
    Status Of    500    GET    /who
