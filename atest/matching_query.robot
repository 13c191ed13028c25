*** Settings ***
Documentation    The fields `query` and `query_subset` of a request description.

Resource         resources/matching.resource

Suite Setup      Start Http Server

Test Tags        matching


*** Test Cases ***
Dictionary Is Exactly These Parameters
    Given Request    GET    /?page=2&sort=name
    VAR    &{exact}    sort=name    page=2
    VAR    &{less}    page=2
    VAR    &{more}    page=2    sort=name    limit=5
    VAR    &{other}    page=3    sort=name
    Matches    query=${exact}
    Does Not Match    query=${less}
    Does Not Match    query=${more}
    Does Not Match    query=${other}

Dictionary Written As Text
    Given Request    GET    /?page=2&sort=name
    Matches    query={"page": "2", "sort": "name"}
    Matches    query={"page": 2, "sort": "name"}
    Matches    query={'page': 2, 'sort': 'name'}
    Does Not Match    query={"page": 2}

No Parameters At All
    Given Request    GET    /
    Matches    query=${{ {} }}
    Matches    query={}
    Matches    query=${EMPTY}
    Given Request    GET    /?a=1
    Does Not Match    query={}
    Does Not Match    query=${EMPTY}

Left Out Means Anything
    Given Request    GET    /?a=1
    Matches    query=${NONE}
    Matches

Numbers And Booleans By Their Text
    Given Request    GET    /?page=2&ratio=0.5&all=true&none=False
    Matches    query=${{ {'page': 2, 'ratio': 0.5, 'all': True, 'none': False} }}
    Does Not Match    query=${{ {'page': 2, 'ratio': 0.5, 'all': False, 'none': False} }}
    Does Not Match    query=${{ {'page': 3, 'ratio': 0.5, 'all': True, 'none': False} }}

Boolean In Either Spelling
    Given Request    GET    /?all=True
    Matches    query=${{ {'all': True} }}
    Does Not Match    query={"all": "true"}

Values Are Text Patterns
    Given Request    GET    /?id=abc-77&name=book
    Matches    query={"id": "REGEXP:abc-[0-9]+", "name": "GLOB:b*"}
    Matches    query={"id": "STARTS: abc", "name": "EQUALS: book"}
    Does Not Match    query={"id": "REGEXP:abc", "name": "GLOB:b*"}
    Does Not Match    query={"id": "STARTS:abc", "name": "EQUALS:boo"}

Values Are Something Else
    Given Request    GET    /?page=2
    Matches    query={"page": "NOT:1"}
    Does Not Match    query={"page": "NOT:REGEXP:[0-9]"}
    Does Not Match    query_subset={"size": "NOT:1"}
    Matches    query=NOT:page\=1

Dictionary Of Werkzeug Keeps All Values
    ${query} =    Evaluate
    ...    werkzeug.datastructures.MultiDict([('tag', 'a'), ('tag', 'b')])
    ...    modules=werkzeug.datastructures
    Expect Request    /search    query=${query}
    Respond With Data
    ${url} =    Get Http Server Url
    FOR    ${target}    ${status}    IN    /search?tag=a&tag=b    200    /search?tag=a    500
        ${answer} =    Send Exactly    ${url}    GET    ${target}
        Should Be Equal As Integers    ${answer.status}    ${status}
    END
    Reset Http Server

Repeated Parameter Is A List In That Order
    Given Request    GET    /?tag=a&tag=b
    Matches    query=${{ {'tag': ['a', 'b']} }}
    Matches    query={"tag": ["a", "GLOB:?"]}
    Does Not Match    query={"tag": ["b", "a"]}
    Does Not Match    query={"tag": ["a"]}
    Does Not Match    query={"tag": ["a", "b", "c"]}
    Does Not Match    query={"tag": "a"}

List Of Numbers
    Given Request    GET    /?id=1&id=2
    VAR    @{ids}    ${1}    ${2}
    VAR    &{query}    id=${ids}
    Matches    query=${query}

None Is Absent
    Given Request    GET    /?a=1
    Matches    query=${{ {'a': 1, 'b': None} }}
    Does Not Match    query=${{ {'a': None} }}

Decoded Names And Values
    Given Request    GET    /?n%20ame=J%C3%BCrgen+M%26M
    Matches    query={"n ame": "Jürgen M&M"}
    Does Not Match    query={"n ame": "J%C3%BCrgen+M%26M"}

Blank Values
    Given Request    GET    /?flag&empty=
    Matches    query={"flag": "", "empty": ""}
    Does Not Match    query={"flag": ""}

Names Are Case Sensitive
    Given Request    GET    /?Page=2
    Does Not Match    query={"page": "2"}

Text Is Compared With The Raw Query
    Given Request    GET    /?b=2&a=%201
    Matches    query=b\=2&a\=%201
    Matches    query=STARTS:b\=2
    Matches    query=REGEXP:b=\\d&a=.*
    Matches    query=GLOB:*&a=%201
    Does Not Match    query=a\=%201&b\=2
    Does Not Match    query=b\=2&a\= 1
    Does Not Match    query=b\=2

Subset Allows Others
    Given Request    GET    /?page=2&sort=name&tag=a&tag=b
    VAR    &{page}    page=${2}
    Matches    query_subset=${page}
    Matches    query_subset={"page": 2}
    Matches    query_subset={"sort": "GLOB:n*", "page": "REGEXP:[0-9]"}
    Does Not Match    query_subset={"page": 3}
    Does Not Match    query_subset={"page": 2, "limit": "GLOB:*"}

Subset With Absent And Repeated Parameters
    Given Request    GET    /?page=2&tag=a&tag=b
    Matches    query_subset=${{ {'limit': None} }}
    Matches    query_subset={"tag": ["a", "b"]}
    Does Not Match    query_subset=${{ {'page': None} }}
    Does Not Match    query_subset={"tag": ["b", "a"]}

Query And Subset Together
    Given Request    GET    /?page=2&sort=name
    Matches    query=STARTS:page    query_subset={"sort": "name"}
    Does Not Match    query=STARTS:page    query_subset={"sort": "price"}
