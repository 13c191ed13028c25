"""The body as text, as bytes, as form."""

from __future__ import annotations

import gc

import pytest
from werkzeug.datastructures import MultiDict

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.message.request import Request

URLENCODED = "application/x-www-form-urlencoded"


def post(body: bytes, content_type: str | None = None) -> Request:
    return Request.of("POST", "/", {} if content_type is None else {"Content-Type": content_type}, body)


def multipart(*parts: tuple[str, str | None, str | None, bytes]) -> Request:
    """Parts of field name, file name, content type and content."""
    body = b""
    for name, filename, content_type, content in parts:
        disposition = f'Content-Disposition: form-data; name="{name}"'
        if filename is not None:
            disposition += f'; filename="{filename}"'
        head = f"{disposition}\r\n" + (f"Content-Type: {content_type}\r\n" if content_type else "")
        body += b"--limit\r\n" + head.encode() + b"\r\n" + content + b"\r\n"
    return post(body + b"--limit--\r\n", "multipart/form-data; boundary=limit")


def differences(request: Request, **fields: object) -> list[str]:
    description = RequestDescription(**fields)
    found = [str(difference) for difference in description.differences(request)]
    assert description.matches(request) is (found == [])
    return found


@pytest.mark.parametrize(
    ("text", "body", "content_type", "expected"),
    [
        ("abc", b"abc", None, True),
        ("abc", b"abc\n", None, False),
        ("", b"", None, True),
        ("", b"x", None, False),
        ("ä", b"\xc3\xa4", None, True),
        ("ä", b"\xe4", "text/plain; charset=iso-8859-1", True),
        ("ä", b"\xe4", "text/plain; charset=ISO-8859-1", True),
        ("ä", b"\xc3\xa4", "text/plain; charset=nope", True),
        ("\ufffd", b"\xe4", None, True),
        (5, b"5", None, True),
        ("GLOB:a*", b"abc", None, True),
        ("STARTS:b", b"abc", None, False),
        ("REGEXP:(?s)a.c", b"a\nc", None, True),
    ],
)
def test_text(text: object, body: bytes, content_type: str | None, expected: bool) -> None:
    assert (differences(post(body, content_type), text=text) == []) is expected


@pytest.mark.parametrize("charset", ["idna", "punycode", "undefined", "rot13", "zlib", "unicode_escape", "utf-7", ""])
def test_odd_charsets_are_no_error(charset: str) -> None:
    request = post(b"abc\xff", f"text/plain; charset={charset}")
    # Which codecs take any bytes depends on the version of Python; none of them may raise.
    assert request.text
    assert len(differences(request, text="other")) == 1


@pytest.mark.parametrize(
    ("data", "body", "expected"),
    [
        (b"\x00\xff", b"\x00\xff", True),
        (bytearray(b"ab"), b"ab", True),
        ("ä", b"\xc3\xa4", True),
        ("GLOB:*", b"abc", False),
        ("GLOB:*", b"GLOB:*", True),
        (b"", b"", True),
        (b"", b"x", False),
        (b"a", b"", False),
    ],
)
def test_data(data: object, body: bytes, expected: bool) -> None:
    assert (differences(post(body), data=data) == []) is expected


def test_differences_of_text_and_data() -> None:
    assert differences(post(b""), text="abc") == ['text: expected "abc", received no body']
    assert differences(post(b"abc"), text="STARTS:x") == ['text: expected text that starts with "x", received "abc"']
    assert differences(post(b"abc"), data=b"\x00\xff") == ['data: expected 2 bytes: 00 ff, received "abc"']
    assert differences(post(b""), data="abc") == ['data: expected "abc", received no body']
    assert differences(post(bytes(range(100))), data=b"") == [
        f"data: expected no body, received 100 bytes: {bytes(range(24)).hex(' ')} ..."
    ]
    long = differences(post(b"x" * 100_000), text="abc")
    assert long == [f'text: expected "abc", received "{"x" * 100}"... (100,000 characters)']


def test_text_and_data_written() -> None:
    assert str(RequestDescription(text="GLOB: a\nb*", data=b"\x00")) == 'data=1 bytes: 00 text="GLOB:a\\nb*"'


def test_data_refuses_what_are_no_bytes() -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(data={"a": 1})
    assert str(caught.value) == "data: bytes or text is needed, not dict: {'a': 1}."


def test_data_that_no_client_can_send() -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(data="a\ud800")
    assert str(caught.value) == r'data: "a\ud800" cannot be written in UTF-8: surrogates not allowed.'


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"a": "1"}, True),
        ({"a": 1, "b": "x y"}, True),
        ({"b": "GLOB:x*"}, True),
        ({"c": ["1", "2"]}, True),
        ({"c": "2"}, True),
        ({"c": ["2", "1"]}, False),
        ({"a": "2"}, False),
        ({"no": None}, True),
        ({"a": None}, False),
        ({"empty": ""}, True),
        ({"no": ""}, False),
        ({"flag": True}, True),
        ('{"a": "1"}', True),
        ("a=1&b=x+y", True),
        ("c=1&c=2", True),
        ("c=2&c=1", False),
        ("a=GLOB:*&b=x%20y", True),
        ("empty=", True),
        ("a=1&a=1", False),
        (MultiDict([("c", "1"), ("c", "2"), ("a", "1")]), True),
        (MultiDict([("c", "2"), ("c", "1")]), False),
    ],
)
def test_form(form: object, expected: bool) -> None:
    urlencoded = post(b"a=1&b=x+y&c=1&c=2&empty=&flag=True", URLENCODED)
    fields = [("a", b"1"), ("b", b"x y"), ("c", b"1"), ("c", b"2"), ("empty", b""), ("flag", b"true")]
    for request in (urlencoded, multipart(*((name, None, None, value) for name, value in fields))):
        assert (differences(request, form=form) == []) is expected


@pytest.mark.parametrize(
    ("request_", "received"),
    [
        (post(b"a=1"), "a body without a Content-Type"),
        (post(b"a=1", "Text/Plain; charset=utf-8"), "text/plain"),
        (post(b"\xff\x00", "multipart/form-data"), "multipart/form-data"),
    ],
)
def test_a_body_that_is_no_form_has_no_fields(request_: Request, received: str) -> None:
    (found,) = differences(request_, form={"a": "1"})
    assert found.startswith("form: expected a urlencoded or multipart body, received ")
    assert received in found
    assert differences(request_, form={"a": None}, files={"f": None}) == []
    assert differences(post(b""), form={"a": "1"}) == ['form field a: expected "1", received nothing']


def test_large_forms_are_read() -> None:
    """werkzeug refuses large fields and many parts, silently; here the body is in memory already."""
    assert differences(post(b"a=" + b"x" * 600_000 + b"&b=1", URLENCODED), form={"b": 1}) == []
    assert differences(multipart(("a", None, None, b"x" * 600_000), ("b", None, None, b"1")), form={"b": 1}) == []
    many = multipart(*((f"f{number}", None, None, b"1") for number in range(1500)))
    assert differences(many, form={"f1499": 1}) == []


UPLOAD = multipart(
    ("doc", "ä.txt", "text/plain; charset=utf-8", b"h\xc3\xa4llo"),
    ("doc", "second.bin", "application/octet-stream", b"\xff\x00"),
    ("plain", None, None, b"field"),
)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"doc": "ä.txt"}, True),
        ({"doc": "second.bin"}, True),
        ({"doc": "GLOB:*.txt"}, True),
        ({"doc": "GLOB:*.png"}, False),
        ({"doc": {"filename": "ä.txt", "content_type": "STARTS:text/plain", "text": "hällo"}}, True),
        ({"doc": {"text": "GLOB:h*"}}, True),
        ({"doc": {"filename": "second.bin", "text": "hällo"}}, False),
        ({"doc": {"content_type": "text/plain"}}, False),
        ({"doc": {}}, True),
        ({"no": {}}, False),
        ({"no": None}, True),
        ({"doc": None}, False),
        ({"plain": "GLOB:*"}, False),
        ('{"doc": "second.bin"}', True),
        ({"doc": {"data": b"\xff\x00"}}, True),
        ({"doc": {"filename": "ä.txt", "data": "hällo"}}, True),
        ({"doc": {"filename": "ä.txt", "data": b"\xff\x00"}}, False),
        ({"doc": "NOT:ä.txt"}, True),
        ({"doc": ["second.bin", "ä.txt"]}, True),
        # The first one matches both, and the second one this one only.
        ({"doc": ["GLOB:*", {"filename": "ä.txt"}]}, True),
        ({"doc": ["ä.txt", "GLOB:ä*"]}, False),
        ({"doc": ["ä.txt"]}, False),
        ({"doc": ["ä.txt", "second.bin", "GLOB:*"]}, False),
        ({"doc": []}, False),
        ({"no": []}, True),
        ({"no": ["a"]}, False),
    ],
)
def test_files(files: object, expected: bool) -> None:
    # Twice, as an uploaded file is a stream that is read.
    for _ in range(2):
        assert (differences(UPLOAD, files=files) == []) is expected


def test_differences_of_files() -> None:
    assert differences(UPLOAD, files={"no": "a.txt", "doc": {"filename": "b.txt", "text": "STARTS:x"}}) == [
        'file no: expected an uploaded file, received nothing; files arrived in "doc"',
        'file doc filename: expected "b.txt", received "ä.txt"; in "ä.txt", the nearest of 2 files',
        'file doc text: expected text that starts with "x", received "hällo"; in "ä.txt", the nearest of 2 files',
    ]
    assert differences(UPLOAD, files={"doc": None}) == ['file doc: expected nothing, received ["ä.txt", "second.bin"]']


def test_differences_of_several_files() -> None:
    assert differences(UPLOAD, files={"doc": ["second.bin", {"filename": "b.txt", "data": b"hello"}]}) == [
        'file doc filename: expected "b.txt", received "ä.txt"',
        'file doc data: expected "hello", received "hällo"; differs from byte 2 on',
    ]
    assert differences(UPLOAD, files={"doc": ["ä.txt"]}) == ['file doc: expected no such file, received "second.bin"']
    assert differences(UPLOAD, files={"doc": ["GLOB:*", "ä.txt", {"text": "x", "data": b"y"}]}) == [
        'file doc: expected a file with text "x", data "y", received no such file'
    ]
    assert differences(UPLOAD, files={"no": ["a", {}]}) == [
        'file no: expected 2 uploaded files, received nothing; files arrived in "doc"'
    ]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"doc": "b.txt"}, 'file doc filename: expected "b.txt", received ["ä.txt", "second.bin"]'),
        # The nearest one, not the first one
        (
            {"doc": {"filename": "second.bin", "text": "x"}},
            'file doc text: expected "x", received "\ufffd\\u0000"; in "second.bin", the nearest of 2 files',
        ),
        (
            {"doc": {"content_type": "image/png", "text": "hello"}},
            (
                'file doc content_type: expected "image/png", received "text/plain; charset=utf-8"; '
                'in "ä.txt", the nearest of 2 files\n'
                'file doc text: expected "hello", received "hällo"; differs from character 2 on'
            ),
        ),
        (
            {"Doc": "a"},
            'file Doc: expected an uploaded file, received nothing; there is "doc": only letter case differs',
        ),
        ({"plain": "a"}, "file plain: expected an uploaded file, received a form field without a file name"),
    ],
)
def test_hints_of_files(files: dict[str, object], found: str) -> None:
    assert "\n".join(differences(UPLOAD, files=files)) == found


def test_a_body_that_is_not_multipart_has_no_files() -> None:
    assert differences(post(b"a,b", "text/csv"), files={"a": "x", "b": "y"}) == [
        'files: expected a multipart body, received a body of type "text/csv"'
    ]
    assert differences(post(b"a,b", "text/csv"), files={"a": None}) == []
    assert differences(post(b""), files={"a": "x"}) == ["file a: expected an uploaded file, received nothing"]


def test_a_multipart_body_without_a_boundary() -> None:
    request = post(b"--b\r\n\r\n--b--", "multipart/form-data")
    hint = "the Content-Type has no boundary; let the HTTP client set it"
    assert differences(request, files={"a": "x"}) == [f"file a: expected an uploaded file, received nothing; {hint}"]
    assert differences(request, form={"a": "x"}) == [
        'form: expected a urlencoded or multipart body, received a body of type "multipart/form-data"; ' + hint
    ]


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        (r"C:\temp\report.csv", r"C:\temp\report.csv"),
        (r"\\server\share\a.txt", r"\\server\share\a.txt"),
        (r"C:\\temp\\a.csv", r"C:\temp\a.csv"),
        (r"a\"b.txt", 'a"b.txt'),
        ("a%22b.txt", 'a"b.txt'),
        ("a.txt", "a.txt"),
    ],
)
def test_the_name_of_a_file_is_taken_as_sent(sent: str, name: str) -> None:
    """HTML escapes quotes in it only, and as %22; other clients have backslashes for escapes (RFC 7578)."""
    assert differences(multipart(("f", sent, None, b"")), files={"f": f"EQUALS:{name}"}) == []


def test_a_large_upload_is_read_and_leaves_no_open_file() -> None:
    """Warnings are errors here, also that of a temporary file nobody closed."""
    request = multipart(("doc", "big.bin", "text/plain", b"x" * 2_000_000 + b"end"))
    assert differences(request, files={"doc": {"filename": "big.bin", "text": "REGEXP:x+end"}}) == []
    request.forget_views()
    gc.collect()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"form": "a"}, "form: a dictionary or text such as 'a=1&b=2' is needed, but there is no 'name=' in \"a\"."),
        (
            {"form": "a=1&=2"},
            "form: a dictionary or text such as 'a=1&b=2' is needed, but there is no 'name=' in \"=2\".",
        ),
        ({"form": ""}, "form: the dictionary is empty, so it checks nothing."),
        ({"form": {}}, "form: the dictionary is empty, so it checks nothing."),
        ({"files": {}}, "files: the dictionary is empty, so it checks nothing."),
        ({"form": {"a": {}}}, "form: a: text is needed here, not dict: {}."),
        ({"files": ["a"]}, "files: a dictionary is needed, not list: ['a']."),
        (
            {"files": {"doc": {"name": "a.txt", "size": 1}}},
            'files: doc: a file has filename, content_type, text, data, not "name", "size".',
        ),
        ({"files": {"doc": {"data": 1}}}, "files: doc: data: bytes or text is needed, not int: 1."),
        ({"files": {"doc": ["a", {"b": 1}]}}, 'files: doc[1]: a file has filename, content_type, text, data, not "b".'),
        ({"files": {"doc": {"filename": None}}}, "files: doc: filename: text is needed here, not None."),
        (
            {"files": {"doc": "REGEXP:("}},
            'files: doc: filename: "(" is not a regular expression: missing ), unterminated subpattern at position 0.',
        ),
    ],
)
def test_what_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(**fields)
    assert str(caught.value) == message


def test_files_written() -> None:
    description = RequestDescription(form={"a": ["1", 2]}, files={"doc": {"filename": "GLOB:*"}, "no": None})
    assert str(description) == 'form={"a": ["1", 2]} files={"doc": {"filename": "GLOB:*"}, "no": null}'
