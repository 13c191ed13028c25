*** Settings ***
Documentation    The fields `query` and `query_subset` of a request description.

Resource         resources/matching.resource

Suite Setup      Start Http Server


*** Test Cases ***
Dictionary Is Exactly These Parameters
    Given Request    GET    /?page=2&sort=name
    VAR    &{exact}    sort=name    page=2
    VAR    &{less}    page=2
    VAR    &{more}    page=2    sort=name    limit=5
    VAR    &{other}    page=3    sort=name
    Fits    query=${exact}
    Does Not Fit    query=${less}
    Does Not Fit    query=${more}
    Does Not Fit    query=${other}

Dictionary Written As Text
    Given Request    GET    /?page=2&sort=name
    Fits    query={"page": "2", "sort": "name"}
    Fits    query={"page": 2, "sort": "name"}
    Fits    query={'page': 2, 'sort': 'name'}
    Does Not Fit    query={"page": 2}

No Parameters At All
    Given Request    GET    /
    Fits    query=${{ {} }}
    Fits    query={}
    Fits    query=${EMPTY}
    Given Request    GET    /?a=1
    Does Not Fit    query={}
    Does Not Fit    query=${EMPTY}

Left Out Means Anything
    Given Request    GET    /?a=1
    Fits    query=${NONE}
    Fits

Numbers And Booleans By Their Text
    Given Request    GET    /?page=2&ratio=0.5&all=true&none=False
    Fits    query=${{ {'page': 2, 'ratio': 0.5, 'all': True, 'none': False} }}
    Does Not Fit    query=${{ {'page': 2, 'ratio': 0.5, 'all': False, 'none': False} }}
    Does Not Fit    query=${{ {'page': 3, 'ratio': 0.5, 'all': True, 'none': False} }}

Boolean In Either Spelling
    Given Request    GET    /?all=True
    Fits    query=${{ {'all': True} }}
    Does Not Fit    query={"all": "true"}

Values Are Text Patterns
    Given Request    GET    /?id=abc-77&name=book
    Fits    query={"id": "REGEXP:abc-[0-9]+", "name": "GLOB:b*"}
    Fits    query={"id": "STARTS: abc", "name": "EQUALS: book"}
    Does Not Fit    query={"id": "REGEXP:abc", "name": "GLOB:b*"}
    Does Not Fit    query={"id": "STARTS:abc", "name": "EQUALS:boo"}

Repeated Parameter Is A List In That Order
    Given Request    GET    /?tag=a&tag=b
    Fits    query=${{ {'tag': ['a', 'b']} }}
    Fits    query={"tag": ["a", "GLOB:?"]}
    Does Not Fit    query={"tag": ["b", "a"]}
    Does Not Fit    query={"tag": ["a"]}
    Does Not Fit    query={"tag": ["a", "b", "c"]}
    Does Not Fit    query={"tag": "a"}

List Of Numbers
    Given Request    GET    /?id=1&id=2
    VAR    @{ids}    ${1}    ${2}
    VAR    &{query}    id=${ids}
    Fits    query=${query}

None Is Absent
    Given Request    GET    /?a=1
    Fits    query=${{ {'a': 1, 'b': None} }}
    Does Not Fit    query=${{ {'a': None} }}

Decoded Names And Values
    Given Request    GET    /?n%20ame=J%C3%BCrgen+M%26M
    Fits    query={"n ame": "Jürgen M&M"}
    Does Not Fit    query={"n ame": "J%C3%BCrgen+M%26M"}

Blank Values
    Given Request    GET    /?flag&empty=
    Fits    query={"flag": "", "empty": ""}
    Does Not Fit    query={"flag": ""}

Names Are Case Sensitive
    Given Request    GET    /?Page=2
    Does Not Fit    query={"page": "2"}

Text Is Compared With The Raw Query
    Given Request    GET    /?b=2&a=%201
    Fits    query=b\=2&a\=%201
    Fits    query=STARTS:b\=2
    Fits    query=REGEXP:b=\\d&a=.*
    Fits    query=GLOB:*&a=%201
    Does Not Fit    query=a\=%201&b\=2
    Does Not Fit    query=b\=2&a\= 1
    Does Not Fit    query=b\=2

Subset Allows Others
    Given Request    GET    /?page=2&sort=name&tag=a&tag=b
    VAR    &{page}    page=${2}
    Fits    query_subset=${page}
    Fits    query_subset={"page": 2}
    Fits    query_subset={"sort": "GLOB:n*", "page": "REGEXP:[0-9]"}
    Fits    query_subset={}
    Does Not Fit    query_subset={"page": 3}
    Does Not Fit    query_subset={"page": 2, "limit": "GLOB:*"}

Subset With Absent And Repeated Parameters
    Given Request    GET    /?page=2&tag=a&tag=b
    Fits    query_subset=${{ {'limit': None} }}
    Fits    query_subset={"tag": ["a", "b"]}
    Does Not Fit    query_subset=${{ {'page': None} }}
    Does Not Fit    query_subset={"tag": ["b", "a"]}

Query And Subset Together
    Given Request    GET    /?page=2&sort=name
    Fits    query=STARTS:page    query_subset={"sort": "name"}
    Does Not Fit    query=STARTS:page    query_subset={"sort": "price"}
