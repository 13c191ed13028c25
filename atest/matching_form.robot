*** Settings ***
Documentation    The fields `form` and `files` of a request description.

Resource         resources/matching.resource

Suite Setup      Start Http Server

Test Tags        matching


*** Variables ***
${URLENCODED}    Content-Type: application/x-www-form-urlencoded
${MULTIPART}     Content-Type: multipart/form-data; boundary=cut
${UPLOAD}        SEPARATOR=\r\n
...              --cut
...              Content-Disposition: form-data; name="title"
...              ${EMPTY}
...              holiday
...              --cut
...              Content-Disposition: form-data; name="photo"; filename="sea.txt"
...              Content-Type: text/plain
...              ${EMPTY}
...              blue and wide
...              --cut
...              Content-Disposition: form-data; name="notes"; filename="one.md"
...              Content-Type: text/markdown
...              ${EMPTY}
...              first
...              --cut
...              Content-Disposition: form-data; name="notes"; filename="two.md"
...              Content-Type: text/markdown
...              ${EMPTY}
...              second
...              --cut--
...              ${EMPTY}


*** Test Cases ***
Fields Of A Urlencoded Body
    Given Request    POST    /    ${URLENCODED}    user=J%C3%BCrgen+M&age=42&newsletter=true
    VAR    &{form}    user=Jürgen M
    Matches    form=${form}
    Matches    form={"user": "Jürgen M", "age": 42}
    Matches    form=${{ {'age': 42, 'newsletter': True} }}
    Does Not Match    form={"user": "Jürgen"}
    Does Not Match    form={"age": 43}
    Does Not Match    form={"user": "Jürgen M", "email": "GLOB:*"}

Form Values Are Text Patterns
    Given Request    POST    /    ${URLENCODED}    user=peter&age=42
    Matches    form={"user": "GLOB:p*r", "age": "REGEXP:[0-9]+"}
    Matches    form={"user": "STARTS: pet"}
    Does Not Match    form={"user": "REGEXP:pet"}

Form Fields That Are Absent
    Given Request    POST    /    ${URLENCODED}    user=peter
    Matches    form=${{ {'age': None, 'user': 'peter'} }}
    Does Not Match    form=${{ {'user': None} }}

Repeated Form Field
    Given Request    POST    /    ${URLENCODED}    tag=a&tag=b
    Matches    form={"tag": ["a", "b"]}
    Does Not Match    form={"tag": ["b", "a"]}
    Does Not Match    form={"tag": ["a"]}

Body That Is No Form
    Given Request    POST    /    Content-Type: text/plain    user=peter
    Does Not Match    form={"user": "peter"}
    Matches    form=${{ {'user': None} }}

Fields Of A Multipart Body
    Given Request    POST    /    ${MULTIPART}    ${UPLOAD}
    Matches    form={"title": "holiday"}
    Does Not Match    form={"title": "work"}
    Does Not Match    form={"photo": "GLOB:*"}

File By Name
    Given Request    POST    /    ${MULTIPART}    ${UPLOAD}
    VAR    &{files}    photo=sea.txt
    Matches    files=${files}
    Matches    files={"photo": "GLOB:*.txt"}
    Does Not Match    files={"photo": "sky.txt"}
    Does Not Match    files={"title": "GLOB:*"}
    Does Not Match    files={"photo": "sea.txt", "film": "GLOB:*"}

File By Its Parts
    Given Request    POST    /    ${MULTIPART}    ${UPLOAD}
    VAR    &{photo}    filename=sea.txt    content_type=text/plain    text=blue and wide
    VAR    &{files}    photo=${photo}
    Matches    files=${files}
    Matches    files={"photo": {"text": "STARTS:blue"}}
    Matches    files={"photo": {"content_type": "GLOB:text/*"}}
    Matches    files={"photo": {}}
    Does Not Match    files={"photo": {"filename": "sky.txt"}}
    Does Not Match    files={"photo": {"content_type": "image/png"}}
    Does Not Match    files={"photo": {"text": "blue"}}
    Does Not Match    files={"photo": {"filename": "sea.txt", "text": "grey"}}

File That Is Absent
    Given Request    POST    /    ${MULTIPART}    ${UPLOAD}
    Matches    files=${{ {'film': None, 'photo': 'sea.txt'} }}
    Does Not Match    files=${{ {'photo': None} }}

Several Files In One Field
    Given Request    POST    /    ${MULTIPART}    ${UPLOAD}
    Matches    files={"notes": "two.md"}
    Matches    files={"notes": {"filename": "one.md", "text": "first"}}
    Does Not Match    files={"notes": {"filename": "one.md", "text": "second"}}
    Does Not Match    files={"notes": "three.md"}

Several Files In Any Order
    Given Request    POST    /    ${MULTIPART}    ${UPLOAD}
    VAR    &{second}    filename=two.md    data=second
    VAR    @{notes}    ${second}    GLOB:*.md
    VAR    &{files}    notes=${notes}
    Matches    files=${files}
    Matches    files={"notes": ["two.md", "one.md"]}
    Does Not Match    files={"notes": ["two.md"]}
    Does Not Match    files={"notes": ["two.md", "two.md"]}
    Does Not Match    files={"photo": ["sea.txt", "sky.txt"]}

File By Its Bytes
    Given Request    POST    /    ${MULTIPART}    ${UPLOAD}
    Matches    files=${{ {'photo': {'data': b'blue and wide'}} }}
    Does Not Match    files=${{ {'photo': {'data': b'blue'}} }}

Name Of A File As Sent
    VAR    ${body}
    ...    --cut
    ...    Content-Disposition: form-data; name="doc"; filename="C:\\temp\\report.csv"
    ...    ${EMPTY}
    ...    a,b
    ...    --cut--
    ...    ${EMPTY}
    ...    separator=\r\n
    Given Request    POST    /    ${MULTIPART}    ${body}
    VAR    &{files}    doc=C:\\temp\\report.csv
    Matches    files=${files}

Form Written As Text
    Given Request    POST    /    ${URLENCODED}    user=J%C3%BCrgen+M&tag=a&tag=b
    Matches    form=tag\=a&tag\=b
    Matches    form=user\=J%C3%BCrgen%20M
    Matches    form=user\=GLOB:*
    Does Not Match    form=tag\=b&tag\=a

Form Fields That Are Something Else
    Given Request    POST    /    ${URLENCODED}    user=peter
    Matches    form={"user": "NOT:paul"}
    Does Not Match    form={"user": "NOT:peter"}
    Does Not Match    form={"name": "NOT:paul"}

Form And Files Together
    Given Request    POST    /    ${MULTIPART}    ${UPLOAD}
    Matches    form={"title": "GLOB:h*"}    files={"photo": "sea.txt"}
    Does Not Match    form={"title": "work"}    files={"photo": "sea.txt"}
