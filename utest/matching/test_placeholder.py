"""Placeholders in JSON values, and lists whatever their order."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.json_difference import compare
from HttpServerLibrary.engine.matching.placeholder import filled
from HttpServerLibrary.engine.matching.unordered import Forms, comparisons, without_counterpart
from HttpServerLibrary.engine.message.request import Request

KNOWN = (
    "The known ones are <any>, <any-string>, <any-number>, <any-integer>, <any-boolean>, <any-uuid>, <any-datetime>, "
    "<any-list>, <any-object> and <regexp:...>."
)


def differences(body: str, **fields: object) -> list[str]:
    request = Request.of("POST", "/", {}, body.encode())
    description = RequestDescription(**fields)
    found = [str(difference) for difference in description.differences(request)]
    assert description.matches(request) is (found == [])
    return found


@pytest.mark.parametrize(
    ("placeholder", "kind", "matching", "words"),
    [
        ("<any>", "", ["null", "true", "0", '""', "[]", "{}"], "any value"),
        ("<any-string>", "text", ['""', '"7"'], "any text"),
        ("<any-number>", "number", ["0", "-1.5", "1e9"], "any number"),
        ("<any-integer>", "number", ["0", "-1", "1.0", "1e3", "1000000000000000000000"], "any integer"),
        ("<any-boolean>", "boolean", ["true", "false"], "any boolean"),
        ("<any-uuid>", "text", ['"123e4567-e89b-12d3-A456-426614174000"'], "any UUID"),
        (
            "<any-datetime>",
            "text",
            ['"2024-02-29T23:59:59Z"', '"2024-01-01t00:00:00.123456789+05:30"', '"1990-12-31T15:59:60-08:00"'],
            "any date and time with offset (RFC 3339)",
        ),
        ("<any-list>", "list", ["[]", "[1]"], "any list"),
        ("<any-object>", "object", ["{}", '{"a": 1}'], "any object"),
        ("<regexp:[0-9]{2}>", "text", ['"42"'], 'text that matches REGEXP "[0-9]{2}"'),
        ("<regexp:>", "text", ['""'], 'text that matches REGEXP ""'),
        ("<regexp: .*>>", "text", ['">"', '"a>"'], 'text that matches REGEXP ".*>"'),
    ],
)
def test_what_matches_a_placeholder(placeholder: str, kind: str, matching: list[str], words: str) -> None:
    others = {"null": "null", "true": "boolean", "0": "number", '"x"': "text", "[]": "list", "{}": "object"}
    for name in ("json", "json_subset"):
        for value in matching:
            for expected, body in (
                (placeholder, value),
                ({"a": placeholder}, f'{{"a": {value}}}'),
                ([[1, placeholder]], f"[[1, {value}]]"),
                ({"a": [{"b": placeholder}]}, f'{{"a": [{{"b": {value}}}]}}'),
            ):
                assert differences(body, **{name: expected}) == []
        for value, other in others.items():
            if kind not in ("", other):
                assert differences(f'{{"a": {value}}}', **{name: {"a": placeholder}}) == [
                    f"{name} $.a: expected {words}, received {value}{'' if other == 'null' else f' ({other})'}"
                ]
        # What may vary must be there.
        assert differences("{}", **{name: {"a": placeholder}}) == [
            f"{name} $.a: expected {words}, received no such key"
        ]


@pytest.mark.parametrize(
    ("placeholder", "value", "words"),
    [
        ("<any-integer>", "1.5", "any integer"),
        ("<any-integer>", "0.1", "any integer"),
        ("<any-uuid>", '"123e4567e89b12d3a456426614174000"', "any UUID"),
        ("<any-uuid>", '"123e4567-e89b-12d3-a456-42661417400g"', "any UUID"),
    ],
)
def test_values_of_the_same_kind_that_do_not_match(placeholder: str, value: str, words: str) -> None:
    assert differences(f'{{"a": {value}}}', json={"a": placeholder}) == [
        f"json $.a: expected {words}, received {value}"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:00:60Z",
        "2024-01-01T00:00:61Z",
        "2024-01-01T00:00:00",
        "2024-01-01 00:00:00Z",
        "2024-01-01T00:00Z",
        "2024-01-01T00:00:00+24:00",
        "2024-01-01T00:00:00+0100",
        "2024-01-01",
        "2024-01-01T00:00:00.Z",
        "٢٠٢٤-01-01T00:00:00Z",
    ],
)
def test_no_date_and_time_of_rfc_3339(text: str) -> None:
    (found,) = differences(json.dumps({"a": text}), json={"a": "<any-datetime>"})
    hint = "; the UTC offset is missing, such as Z" if text == "2024-01-01T00:00:00" else ""
    received = json.dumps(text, ensure_ascii=False)
    assert found == f"json $.a: expected any date and time with offset (RFC 3339), received {received}{hint}"


def test_the_whole_text_must_match() -> None:
    assert differences('{"a": "421"}', json={"a": "<regexp:[0-9]{2}>"}) == [
        'json $.a: expected text that matches REGEXP "[0-9]{2}", received "421"'
    ]


def test_values_written_as_text() -> None:
    assert differences('{"a": 1}', json='{"a": "<any-number>"}') == []
    assert differences("1", json=" <any> ") == []
    assert differences("1", json='"<any>"') == []


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"\<any>", "<any>"),
        (r"\\<any>", r"\<any>"),
        (r"\<regexp:(>", "<regexp:(>"),
        (r"\<any-numbr>", "<any-numbr>"),
        # Neither a placeholder nor nearly one
        ("<b>", "<b>"),
        (r"\<b>", r"\<b>"),
        ("<anyone>", "<anyone>"),
        ("<any", "<any"),
        ("a <any>", "a <any>"),
        ("<b>any</b>", "<b>any</b>"),
        ("\\", "\\"),
    ],
)
def test_literal_text(written: str, text: str) -> None:
    for name in ("json", "json_subset"):
        assert differences(json.dumps({"a": text}), **{name: {"a": written}}) == []
        assert len(differences('{"a": "other"}', **{name: {"a": written}})) == 1
    assert differences(json.dumps({"a": text}), json_path={"$.a": written}) == []


def test_keys_are_no_placeholders() -> None:
    assert differences('{"<any>": 1}', json={"<any>": 1}) == []
    assert len(differences('{"a": 1}', json={"<any>": 1})) == 2


def test_placeholders_in_what_a_json_path_finds() -> None:
    body = '{"a": [1, "x"]}'
    assert differences(body, json_path={"$.a[*]": "<any-string>", "$.a": ["<any>", "<regexp:[xyz]>"]}) == []
    assert differences(body, json_path={"$.a[0]": "<any-string>"}) == [
        "json_path $.a[0]: expected any text, received 1 (number)"
    ]
    assert str(RequestDescription(json_path={"$.a": "<any>"})) == 'json_path={"$.a": "<any>"}'


@pytest.mark.parametrize(
    "text",
    [
        "<any-numbr>",
        "<any-int>",
        "<any-String>",
        "<Any>",
        "<any >",
        "<any_string>",
        "<anystring>",
        "<any:string>",
        "<regex:a>",
        "<regexp>",
        "<REGEXP:a>",
        "<regexp :a>",
        "<regexp=a>",
        "<regexp:a+",
        "<regexp:a> b",
    ],
)
def test_slips_are_refused(text: str) -> None:
    for value in (text, {"a": [text]}):
        for name in ("json", "json_subset"):
            with pytest.raises(UsageError) as caught:
                RequestDescription(**{name: value})
            assert str(caught.value) == (
                f'{name}: "{text}" is not a placeholder. {KNOWN} To match the text itself, put a backslash before it.'
            )


def test_a_bad_regular_expression_is_refused() -> None:
    with pytest.raises(UsageError, match=r'^json: "\(" is not a regular expression: missing \), '):
        RequestDescription(json={"a": "<regexp:(>"})
    with pytest.raises(UsageError, match=r'^json_path: \$\.a: "\(" is not a regular expression: '):
        RequestDescription(json_path={"$.a": "<regexp:(>"})


@pytest.mark.parametrize("text", ['{"a": <any>}', "[<any-number>]", "[1, <regexp:a>]"])
def test_a_placeholder_without_quotes_is_explained(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(json=text)
    assert str(caught.value).startswith("json: not JSON: Expecting value at line 1 column ")
    assert str(caught.value).endswith(' In JSON, a placeholder needs quotes: "<any>".')


def test_written_as_it_was_given() -> None:
    assert str(RequestDescription(json={"a": "<any>", "b": r"\<any>"})) == r'json={"a": "<any>", "b": "\\<any>"}'
    description = RequestDescription(json_subset=["<any>"], json_ignore_order=True)
    assert str(description) == 'json_subset=["<any>"] json_ignore_order=True'
    # Once, so that it can be pasted
    description = RequestDescription(json=[1], json_subset=[], json_ignore_order=True, matcher=len)
    assert str(description) == "json=[1] json_subset=[] json_ignore_order=True matcher=len"


def test_values_that_hold_placeholders_are_shown_with_them() -> None:
    assert differences("{}", json={"a": {"b": "<any>"}}) == [
        'json $.a: expected {"b": "<any>"}, received no such key',
    ]


@pytest.mark.parametrize("depth", [100, 900, 5000])
def test_deep_values_with_placeholders_end_in_an_answer(depth: int) -> None:
    expected: Any = "<any>"
    for _ in range(depth):
        expected = [expected]
    try:
        description = RequestDescription(json=expected, json_ignore_order=True)
    except UsageError:
        return
    for body in ("[" * depth + "1" + "]" * depth, "[" * 9 * depth + "]" * 9 * depth):
        request = Request.of("POST", "/", {}, body.encode())
        assert description.matches(request) is (description.differences(request) == [])


# Lists whatever their order


@pytest.mark.parametrize(
    ("expected", "body", "equal"),
    [
        ([1, 2], "[2, 1.0]", True),
        ([1, 2], "[1, 2, 2]", False),
        ([1, 1, 2], "[1, 2, 2]", False),
        ([1], "[true]", False),
        ([0, False], "[false, 0]", True),
        ([None, ""], '["", null]', True),
        ({"a": [[1, 2], [3]]}, '{"a": [[3], [2, 1]]}', True),
        ({"a": [[1, 2], [3]]}, '{"a": [[3, 2], [1]]}', False),
        ([{"a": 1}, {"a": 2}], '[{"a": 2}, {"a": 1}]', True),
        # Each item of the body is the counterpart of one only
        (["<any>", 1], "[1, 1]", True),
        (["<any>", 1], "[2, 3]", False),
        (["<any-number>", "<any>", "<any-string>"], '["a", "b", 1]', True),
        (["<any-number>", "<any-number>"], '["a", 1]', False),
        ([{"a": "<any>"}, {"a": 1}], '[{"a": 1}, {"a": 2}]', True),
        (["<any>"], "[]", False),
    ],
)
def test_any_order(expected: object, body: str, equal: bool) -> None:
    assert (differences(body, json=expected, json_ignore_order=True) == []) is equal
    assert (differences(body, json_subset=expected, json_ignore_order=True) == []) is equal


def test_subsets_in_any_order() -> None:
    body = '{"items": [{"id": 1, "n": "a"}, {"id": 2, "n": "b"}], "more": 1}'
    assert differences(body, json_subset={"items": [{"id": 2}, {"id": 1}]}, json_ignore_order=True) == []
    assert differences(body, json_subset={"items": [{}, {"id": 1}]}, json_ignore_order=True) == []
    # Lists have the same length, as ever.
    assert differences(body, json_subset={"items": [{"id": 2}]}, json_ignore_order=True) == [
        "json_subset $.items: expected 1 item, received 2",
        'json_subset $.items[0]: expected no such item, received {"id": 1, "n": "a"}',
    ]
    (found,) = differences(body, json_subset={"items": [{"id": 2}, {"id": 1}]})
    assert found.endswith("; same items in a different order: json_ignore_order=True accepts that")


def test_missing_and_extra_items_are_named() -> None:
    assert differences("[3, 1, 4]", json=[1, 2, 3, 5], json_ignore_order=True) == [
        "json $: expected 4 items, received 3",
        "json $: expected item [1] 2 anywhere, received no such item",
        "json $: expected item [3] 5 anywhere, received no such item",
        "json $[2]: expected no such item, received 4",
    ]


def test_what_is_wrong_in_the_one_item_that_is_left() -> None:
    body = '{"items": [{"id": 2, "qty": "5"}, {"id": 1, "qty": 4}]}'
    expected = {"items": [{"id": 1, "qty": "<any-number>"}, {"id": 2, "qty": "<any-number>"}]}
    assert differences(body, json=expected, json_ignore_order=True) == [
        'json $.items: expected item [1] {"id": 2, "qty": "<any-number>"} anywhere, received no such item',
        'json $.items[0]: expected no such item, received {"id": 2, "qty": "5"}',
        'json $.items[0].qty: expected any number, received "5" (text)',
    ]


def test_long_lists_of_other_lengths_are_not_compared_item_by_item() -> None:
    assert differences(json.dumps([*range(200)]), json=["<any>"], json_ignore_order=True) == [
        "json $: expected 1 item, received 200"
    ]


def test_long_lists_of_plain_items_are_compared() -> None:
    items = [{"id": number, "tags": [number, [number]]} for number in range(3000)]
    assert differences(json.dumps(items[::-1]), json=items, json_ignore_order=True) == []
    assert len(differences(json.dumps([*items[1:], {}]), json=items, json_ignore_order=True)) == 4


def test_values_nested_too_deeply_for_any_order_are_refused() -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(json="[" * 900 + "]" * 900, json_ignore_order=True)
    assert str(caught.value) == "json: nested too deeply to compare lists in any order."


def test_lists_that_would_take_too_long_are_refused() -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(json_subset=[*range(1001)], json_ignore_order=True)
    assert str(caught.value) == (
        "json_subset: comparing these lists in any order may take 1,003,003 comparisons; the limit is 1,000,000."
    )
    with pytest.raises(UsageError, match=r"^json: comparing these lists in any order "):
        RequestDescription(json=[["<any>"] * 200] * 200, json_ignore_order=True)


@pytest.mark.parametrize("fields", [{}, {"text": "a"}, {"json_path": {"$.a": 1}}])
def test_order_of_nothing_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(json_ignore_order=True, **fields)
    assert str(caught.value) == ("json_ignore_order: needs json or json_subset, whose lists are compared in any order.")
    assert RequestDescription(json_ignore_order=False, **fields)


@pytest.mark.parametrize(("value", "matches"), [("yes", True), ("True", True), (1, True), ("no", False), (None, False)])
def test_any_order_in_words(value: object, matches: bool) -> None:
    request = Request.of("POST", "/", {}, b"[2, 1]")
    assert RequestDescription(json=[1, 2], json_ignore_order=value).matches(request) is matches


def test_order_neither_true_nor_false_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        RequestDescription(json=[], json_ignore_order="maybe")
    assert str(caught.value) == "json_ignore_order: true or false is needed, not 'maybe'."


ITEMS = st.recursive(
    st.sampled_from(
        [0, 1, True, None, "a", "b", "<any>", "<any-string>", "<any-number>", "<any-boolean>", "<regexp:a>"]
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=12,
)
PLAIN = st.recursive(
    st.sampled_from([0, 1, 1.0, True, None, "a", "b"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=12,
)


def fits_in_some_order(expected: Any, received: Any, *, subset: bool) -> bool:
    """The same by trying all orders; the lists are short."""
    if isinstance(expected, list) and isinstance(received, list):
        return len(expected) == len(received) and any(
            all(fits_in_some_order(one, other, subset=subset) for one, other in zip(expected, order, strict=True))
            for order in itertools.permutations(received)
        )
    if isinstance(expected, dict) and isinstance(received, dict):
        return (subset or expected.keys() == received.keys()) and all(
            key in received and fits_in_some_order(value, received[key], subset=subset)
            for key, value in expected.items()
        )
    return next(compare(filled(expected, "json"), received), None) is None


@given(ITEMS, PLAIN, st.booleans())
def test_any_order_is_the_same_as_trying_all_orders(expected: Any, body: Any, subset: bool) -> None:
    name = "json_subset" if subset else "json"
    found = differences(json.dumps(body), **{name: json.dumps(expected)}, json_ignore_order=True)
    assert (found == []) is fits_in_some_order(expected, body, subset=subset)


@given(st.lists(PLAIN, max_size=5).flatmap(lambda items: st.tuples(st.just(items), st.permutations(items))))
def test_every_order_of_the_same_items_fits(lists: tuple[list[Any], list[Any]]) -> None:
    assert differences(json.dumps(lists[1]), json=lists[0], json_ignore_order=True) == []


@given(st.lists(st.sets(st.integers(0, 5)), max_size=6))
def test_as_many_as_possible_are_paired(rows: list[set[int]]) -> None:
    columns = [*range(len(rows))]
    missing, extra = without_counterpart(rows, columns, lambda row, column: column in row, None)
    best = max(
        (
            sum(column in row for row, column in zip(rows, order, strict=True))
            for order in itertools.permutations(columns)
        ),
        default=0,
    )
    assert len(missing) == len(extra) == len(rows) - best


def test_what_fits_what_is_found_out_once_a_pair() -> None:
    asked: list[tuple[int, int]] = []

    def matches(row: int, column: int) -> bool:
        asked.append((row, column))
        return column >= row

    size = 60
    assert without_counterpart([*range(size)], [*reversed(range(size))], matches, None) == ([], [])
    assert len(asked) <= size * size + size


def test_comparisons_grow_with_the_pairs() -> None:
    assert comparisons([1] * 10, Forms()) == 11
    assert comparisons([1] * 10, None) == 111
    assert comparisons({"a": 1, "b": [2]}, None) == 5


@pytest.mark.parametrize("written", [r'{"a": "\<any>"}', r'{"a": "\\<any>"}'])
def test_a_backslash_may_be_written_once_in_text(written: str) -> None:
    """As Robot Framework hands over what is written with two."""
    description = RequestDescription(json=written)
    assert description.matches(Request.of("POST", "/", {}, b'{"a": "<any>"}'))
    assert not description.matches(Request.of("POST", "/", {}, b'{"a": "b"}'))
