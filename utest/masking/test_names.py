"""Values of masked names in text, however it writes them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.masking.names import field_names, header_names
from HttpServerLibrary.engine.masking.secrets import Secrets
from HttpServerLibrary.engine.phrase import Span
from HttpServerLibrary.engine.scope import Scope
from HttpServerLibrary.engine.visible import MASK


@pytest.fixture
def named() -> Secrets:
    secrets = Secrets()
    scope = Scope("test")
    secrets.mask_headers(["X-Key"], scope)
    secrets.mask_fields(["pin", "user[pw]"], scope)
    return secrets


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        pytest.param('{"a": 1, "pin": "hush", "b": 2}', '{"a": 1, "pin": "***", "b": 2}', id="JSON"),
        pytest.param('{"PIN":1234}', '{"PIN":"***"}', id="number, other case"),
        pytest.param('{"pin": "hu\\"sh", "b": 2}', '{"pin": "***", "b": 2}', id="quote inside"),
        pytest.param('{"pin": {"a": ["}", 1]}, "b": 2}', '{"pin": "***", "b": 2}', id="object"),
        pytest.param(
            '{"pins": "a", "spin": "b", "my-pin": "c"}', '{"pins": "a", "spin": "b", "my-pin": "c"}', id="others"
        ),
        pytest.param("{'pin': 'hush'}", "{'pin': '***'}", id="Python"),
        pytest.param('  {"pin": "hu', '  {"pin": "***"', id="cut text"),
        pytest.param(
            '  {"pin": {"a": "hu',
            '  {"pin": "***"',
            id="cut object",
        ),
        pytest.param('text="{\\"pin\\": \\"hush\\"}" b', 'text="{\\"pin\\": \\"***\\"}" b', id="JSON in a text"),
        pytest.param('json_path={"$.a.pin": "hush"}', 'json_path={"$.a.pin": "***"}', id="JSONPath"),
        pytest.param("GET /a?pin=hush&b=1 200 OK", "GET /a?pin=***&b=1 200 OK", id="query"),
        pytest.param('query={"?pin": "hush", "b": "1"}', 'query={"?pin": "***", "b": "1"}', id="two question marks"),
        pytest.param('login(pin:"hush"){id}', "login(pin:***){id}", id="argument in GraphQL"),
        pytest.param("login(pin: 1234) {id}", "login(pin: ***) {id}", id="number in GraphQL"),
        pytest.param('"a=1\\npin=hush\\x00pin=hush"', '"a=1\\npin=***', id="escapes"),
        pytest.param("user%5Bpw%5D=hush&user[pw]=hush", "user%5Bpw%5D=***&user[pw]=***", id="encoded name"),
        pytest.param("<a><n:pin b='1'>hu<b/>sh</n:pin><c/></a>", "<a><n:pin b='1'>***</n:pin><c/></a>", id="XML"),
        pytest.param("<a pin='hush' b='1'/><pin/>x", "<a pin='***' b='1'/><pin/>x", id="attribute"),
        pytest.param("  <pin>hu\nsh", "  <pin>***", id="cut element"),
        pytest.param(
            '--b\r\nContent-Disposition: form-data; name="pin"\r\nX: 1\r\n\r\nhu\nsh\r\n--b--',
            '--b\r\nContent-Disposition: form-data; name="pin"\r\nX: 1\r\n\r\n***\r\n--b--',
            id="multipart",
        ),
        pytest.param(
            '"name=\\"pin\\"\\r\\n\\r\\nhush\\r\\n--b"', '"name=\\"pin\\"\\r\\n\\r\\n***\\r\\n--b"', id="quoted"
        ),
        pytest.param('name="pin"\n\nhush', 'name="pin"\n\n***', id="cut part"),
        pytest.param("A: 1\n  x-key:  hush hush\nB: 2", "A: 1\n  x-key:  ***\nB: 2", id="header"),
        pytest.param("b'A: 1\\r\\nX-Key: hush\\r\\nB: 2'", "b'A: 1\\r\\nX-Key: ***\\r\\nB: 2'", id="header in bytes"),
        pytest.param('headers={"X-Key": "hush"}', 'headers={"X-Key": "***"}', id="headers"),
        pytest.param(
            r'"{\"json_path\": {\"$[\\\"pin\\\"]\": \"hush\"}}"',
            r'"{\"json_path\": {\"$[\\\"pin\\\"]\": \"***\"}}"',
            id="quotes in a JSONPath that is quoted",
        ),
        pytest.param(r'{"$.a\\b.pin": "hush"}', r'{"$.a\\b.pin": "***"}', id="backslashes in a JSONPath"),
        pytest.param("pin=it's&b=1", "pin=***&b=1", id="apostrophe"),
        pytest.param('a=1&pin=hu"s<h h&b=1', "a=1&pin=***&b=1", id="what should be encoded"),
        pytest.param("GET /?pin=it's 200", "GET /?pin=*** 200", id="apostrophe in a line"),
        pytest.param('"/?pin=hush" 200', '"/?pin=***" 200', id="in quotes"),
        pytest.param("<b>pin=hush</b>", "<b>pin=***</b>", id="between tags"),
        pytest.param("a[pin]=hush&pin[]=hush&pin[0][b]=hush", "a[pin]=***&pin[]=***&pin[0][b]=***", id="brackets"),
        pytest.param("a%5bpin%5D=hush&a.pin=hush&pin.b=hush", "a%5bpin%5D=***&a.pin=***&pin.b=***", id="dots"),
        pytest.param("p%69n=a%26hush&b=1", "p%69n=***&b=1", id="escaped name"),
        pytest.param("u=http%3A%2F%2Fh%2F%3Fpin%3Dhush%26b%3D1", "u=http%3A%2F%2Fh%2F%3Fpin%3D***%26b%3D1", id="URL"),
        pytest.param('{"p\\u0069n": "hush"}', '{"p\\u0069n": "***"}', id="escaped key"),
        pytest.param('{"a.pin": "hush", "pin ": 1}', '{"a.pin": "***", "pin ": "***"}', id="longer key"),
        pytest.param('{"pin": "a\nhush", "b": 1}', '{"pin": "***", "b": 1}', id="line break in a string"),
        pytest.param('{"pin": "x"hush", "b": 1}', '{"pin": "***", "b": 1}', id="quote in a string"),
        pytest.param("{a: 1, pin: hush}", "{a: 1, pin: ***}", id="name without quotes"),
        pytest.param("a: 1\n  pin: hu sh\nb: 2", "a: 1\n  pin: ***\nb: 2", id="YAML"),
        pytest.param("pin: |\n  hu\n  sh\nb: 2", "pin: ***\nb: 2", id="block of YAML"),
        pytest.param("pin = hush", "pin = ***", id="setting"),
        pytest.param("'pin' => 'hush'", "'pin' => '***'", id="arrow"),
        pytest.param("<a pin='a\nhu>sh'/>", "<a pin='***'/>", id="attribute of two lines"),
        pytest.param("<pin><pin>a</pin><pin/>hush</pin>b", "<pin>***</pin>b", id="element in itself"),
        pytest.param("<PIN><![CDATA[</pin>]]><!-- </pin> -->hush</Pin >b", "<PIN>***</Pin >b", id="no end tag"),
        pytest.param("<pin><![CDATA[hush", "<pin>***", id="cut section"),
        pytest.param("&lt;pin&gt;hush&lt;/pin&gt;", "&lt;pin&gt;***&lt;/pin&gt;", id="escaped XML"),
        pytest.param(
            "--b\r\nContent-Disposition: form-data; name=pin; a=b\r\n\r\nhu\r\n--sh\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=pin; a=b\r\n\r\n***\r\n--b--",
            id="part without quotes",
        ),
        pytest.param(
            f'name="pin"\r\nX: {"y" * 1000}\r\n\r\nhush\r\n--b',
            f'name="pin"\r\nX: {"y" * 1000}\r\n\r\n***\r\n--b',
            id="long head",
        ),
        pytest.param("name*=utf-8''p%69n\n\nhush\n--b", "name*=utf-8''p%69n\n\n***\n--b", id="extended name"),
        pytest.param('form-data; name="a[pin]"\n\nhush\n--b', 'form-data; name="a[pin]"\n\n***\n--b', id="longer name"),
        pytest.param('name="pin" and no body', 'name="pin" and no body', id="no part"),
        pytest.param("\xff\0p\0i\0n\0=\0h\0u\0", "\xff\0p\0i\0n\0=\0***\0", id="UTF-16"),
        pytest.param(" <a:pin\n   b=''>\n  hu\nsh", " <a:pin\n   b=''>***", id="cut element of several lines"),
    ],
)
def test_values_of_masked_names(named: Secrets, text: str, hidden: str) -> None:
    assert named.hide(text) == hidden
    assert named.hide(hidden) == hidden
    assert named.hide_bytes(text.encode("latin-1")) == hidden.encode("latin-1")


def test_names_are_masked_until_their_scope_ends() -> None:
    secrets = Secrets()
    suite, test = Scope("suite"), Scope("test")
    secrets.mask_fields(["a"], suite)
    secrets.mask_fields(["b"], test)
    secrets.mask_headers(["X-B"], test)
    assert secrets.hide("a=1&b=2") == "a=***&b=***"
    assert secrets.header("X-B", "1") == "***"
    secrets.end_scope(test)
    assert secrets.hide("a=1&b=2") == "a=***&b=2"
    assert secrets.header("X-B", "1") == "1"
    secrets.end_scope(suite)
    assert secrets.hide("a=1&b=2") == "a=1&b=2"
    assert secrets.json({"a": 1}) == {"a": 1}


@pytest.mark.parametrize(
    "text",
    [
        '{"pin":"x"},' * 60_000,
        "\\" * 500_000,
        "<pin>" * 100_000,
        '"/pin' * 100_000,
        "pin: expected " * 50_000,
        'name="pin"\n' * 20_000,
        '{"pin": {' * 50_000,
        " " * 500_000 + "pin",
        '"$' + "\\" * 40,
        f'"$pin{"x" * 10}' + "\\x" * 300,
        ' "pin": {\nx\n' * 6_000,
        ' "pin": {"\nx\n' * 6_000,
        ' name="pin"\n\n x\nx\n' * 20_000,
        "pin[" * 60_000,
        "%70%69%6e=" * 20_000,
        "\\u0070in:" * 20_000,
        "<pin><![CDATA[" * 20_000,
        "<pin><!--" * 30_000,
        "pin:\n " * 30_000,
        "--b\n" * 60_000,
        "http://" * 30_000 + "@",
        " <pin>\nx\n" * 50_000,
    ],
)
def test_hostile_text_takes_no_time(named: Secrets, text: str) -> None:
    """With a pattern that backtracks this takes minutes."""
    assert len(named.hide(text)) <= 2 * len(text)


def test_when_many_values_have_no_end_all_that_is_left_is_masked(named: Secrets) -> None:
    """To look for each end would take as long as there is text, each time."""
    assert named.hide(' "pin": {\nshown\n' * 100) == f' "pin": "{MASK}"'


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("sh&a=1", f"{MASK}&a=1"),
        ('sh", "a": 1}', f'{MASK}", "a": 1}}'),
        ("sh</pin><a/>", f"{MASK}</pin><a/>"),
        ("sh\r\nA: 1", f"{MASK}\r\nA: 1"),
        ("hush", MASK),
    ],
)
def test_a_text_that_is_cut_may_begin_with_a_value(named: Secrets, text: str, hidden: str) -> None:
    assert shown(named, text) == hidden
    assert shown(Secrets(), text) == text, "nothing is masked"


def shown(secrets: Secrets, text: str) -> str:
    for span in reversed(secrets.spans(text, cut_before=True)):
        text = f"{text[: span.start]}{span.mask}{text[span.end :]}"
    return text


def test_values_stand_in_order_and_do_not_overlap(named: Secrets) -> None:
    named.add("b=1&pin=hus")
    assert named.spans("a=1&b=1&pin=hush&c=1&pin=2") == [Span(4, 16), Span(25, 26)]


@pytest.mark.parametrize(
    ("check", "names", "message"),
    [
        (header_names, [], "At least one name is needed, such as X-Api-Key."),
        (field_names, [], "At least one name is needed, such as password."),
        (header_names, ["A", "X: 1"], "'X: 1' is not the name of a header. Give each name as a separate argument."),
        (field_names, [" "], "' ' is not the name of a field. Give each name as a separate argument."),
        *(
            (field_names, [path], f"'{path}' is a path, but fields are masked by name only, such as password.")
            for path in ("$.user.password", "$[0].pin", "//password", "user/password")
        ),
        (field_names, ["a", "b=c"], "'b=c' is not the name of a field. Give each name as a separate argument."),
    ],
)
def test_bad_names(check: Callable[[list[str]], list[str]], names: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        check(names)
    assert str(caught.value) == message
