*** Settings ***
Documentation    Run by templates.robot where Jinja2 cannot be imported.

Library          HttpServerLibrary    auto_start=True


*** Variables ***
${MESSAGE}    template=True needs the extra 'template': pip install robotframework-httpserverlibrary[template]


*** Test Cases ***
One Line Names The Extra
    Expect Request    /
    Run Keyword And Expect Error    EQUALS:${MESSAGE}    Respond With Data    {{ number }}    template=True
    Run Keyword And Expect Error    EQUALS:${MESSAGE}
    ...    Send Request After Response    GET    http://localhost/    data={{ number }}    template=True
    Respond With Data    {{ number }}
