*** Settings ***
Documentation    The fields `form` and `files` of a request description.

Resource         resources/matching.resource

Suite Setup      Start Http Server


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
    Fits    form=${form}
    Fits    form={"user": "Jürgen M", "age": 42}
    Fits    form=${{ {'age': 42, 'newsletter': True} }}
    Does Not Fit    form={"user": "Jürgen"}
    Does Not Fit    form={"age": 43}
    Does Not Fit    form={"user": "Jürgen M", "email": "GLOB:*"}

Form Values Are Text Patterns
    Given Request    POST    /    ${URLENCODED}    user=peter&age=42
    Fits    form={"user": "GLOB:p*r", "age": "REGEXP:[0-9]+"}
    Fits    form={"user": "STARTS: pet"}
    Does Not Fit    form={"user": "REGEXP:pet"}

Form Fields That Are Absent
    Given Request    POST    /    ${URLENCODED}    user=peter
    Fits    form=${{ {'age': None, 'user': 'peter'} }}
    Does Not Fit    form=${{ {'user': None} }}

Repeated Form Field
    Given Request    POST    /    ${URLENCODED}    tag=a&tag=b
    Fits    form={"tag": ["a", "b"]}
    Does Not Fit    form={"tag": ["b", "a"]}
    Does Not Fit    form={"tag": ["a"]}

Body That Is No Form
    Given Request    POST    /    Content-Type: text/plain    user=peter
    Does Not Fit    form={"user": "peter"}
    Fits    form=${{ {'user': None} }}

Fields Of A Multipart Body
    Given Request    POST    /    ${MULTIPART}    ${UPLOAD}
    Fits    form={"title": "holiday"}
    Does Not Fit    form={"title": "work"}
    Does Not Fit    form={"photo": "GLOB:*"}

File By Name
    Given Request    POST    /    ${MULTIPART}    ${UPLOAD}
    VAR    &{files}    photo=sea.txt
    Fits    files=${files}
    Fits    files={"photo": "GLOB:*.txt"}
    Does Not Fit    files={"photo": "sky.txt"}
    Does Not Fit    files={"title": "GLOB:*"}
    Does Not Fit    files={"photo": "sea.txt", "film": "GLOB:*"}

File By Its Parts
    Given Request    POST    /    ${MULTIPART}    ${UPLOAD}
    VAR    &{photo}    filename=sea.txt    content_type=text/plain    text=blue and wide
    VAR    &{files}    photo=${photo}
    Fits    files=${files}
    Fits    files={"photo": {"text": "STARTS:blue"}}
    Fits    files={"photo": {"content_type": "GLOB:text/*"}}
    Fits    files={"photo": {}}
    Does Not Fit    files={"photo": {"filename": "sky.txt"}}
    Does Not Fit    files={"photo": {"content_type": "image/png"}}
    Does Not Fit    files={"photo": {"text": "blue"}}
    Does Not Fit    files={"photo": {"filename": "sea.txt", "text": "grey"}}

File That Is Absent
    Given Request    POST    /    ${MULTIPART}    ${UPLOAD}
    Fits    files=${{ {'film': None, 'photo': 'sea.txt'} }}
    Does Not Fit    files=${{ {'photo': None} }}

Several Files In One Field
    Given Request    POST    /    ${MULTIPART}    ${UPLOAD}
    Fits    files={"notes": "two.md"}
    Fits    files={"notes": {"filename": "one.md", "text": "first"}}
    Does Not Fit    files={"notes": {"filename": "one.md", "text": "second"}}
    Does Not Fit    files={"notes": "three.md"}

Form And Files Together
    Given Request    POST    /    ${MULTIPART}    ${UPLOAD}
    Fits    form={"title": "GLOB:h*"}    files={"photo": "sea.txt"}
    Does Not Fit    form={"title": "work"}    files={"photo": "sea.txt"}
