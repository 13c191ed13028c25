"""The items of a collection, apart from HTTP."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.responses.collection import BadItem, Collection, IdTaken, NoItem, merged

BOOK = {"id": 7, "item": "book"}
PEN = {"id": 9, "item": "pen"}


def test_items_are_in_the_order_in_which_they_were_added() -> None:
    collection = Collection([PEN, BOOK])
    collection.add({"id": 1, "item": "ink"})
    assert [item["id"] for item in collection.items()] == [9, 7, 1]
    assert len(collection) == 3


def test_items_are_copies() -> None:
    given = {"id": 1, "tags": ["a"]}
    collection = Collection([given])
    given["tags"].append("b")  # type: ignore[attr-defined]
    collection.items()[0]["tags"].append("c")
    assert collection.items() == [{"id": 1, "tags": ["a"]}]


@pytest.mark.parametrize(
    "items", ['[{"id": 7, "item": "book"}]', "[{'id': 7, 'item': 'book'}]", ({"id": 7, "item": "book"},)]
)
def test_items_as_text(items: object) -> None:
    assert Collection(items).items() == [BOOK]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], [1, 2]),
        ([7, 3], [8, 9]),
        ([-5], [1, 2]),
        ([0], [1, 2]),
        # Without one, the first items get theirs after those that have one.
        ([None, 2, None], [5, 6]),
    ],
)
def test_numbers_are_counted_on(given: list[int | None], expected: list[int]) -> None:
    collection = Collection([{"id": number} for number in given])
    assert [collection.add({"a": 1})["id"], collection.add({"id": None})["id"]] == expected


def test_items_without_an_id_get_one_that_no_other_has() -> None:
    assert Collection([{"a": 1}, {"id": 1}, {"id": None, "a": 2}]).items() == [
        {"id": 2, "a": 1},
        {"id": 1},
        {"id": 3, "a": 2},
    ]


def test_a_number_is_not_given_twice() -> None:
    collection = Collection([BOOK])
    collection.remove("7")
    assert collection.add({})["id"] == 8


@pytest.mark.parametrize("items", [[{"id": "a"}], [{"id": 1}, {"id": "a"}]])
def test_ids_that_are_text_are_uuids(items: list[dict[str, Any]]) -> None:
    given = Collection(items).add({})["id"]
    assert str(uuid.UUID(given)) == given


def test_the_first_text_decides() -> None:
    collection = Collection()
    assert collection.add({})["id"] == 1
    collection.add({"id": "a"})
    assert isinstance(collection.add({})["id"], str)


def test_another_id_field() -> None:
    collection = Collection([{"sku": "a", "id": 1}], "sku")
    assert collection.get("a") == {"sku": "a", "id": 1}
    with pytest.raises(NoItem, match='there is no item with the sku "1"'):
        collection.get("1")


@pytest.mark.parametrize("number", [7, "7"])
def test_an_id_that_is_taken(number: object) -> None:
    collection = Collection([BOOK])
    with pytest.raises(IdTaken) as caught:
        collection.add({"id": number})
    assert str(caught.value) == 'there is an item with the id "7" already'
    assert collection.items() == [BOOK]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([], "a JSON object is needed, not []"),
        (None, "a JSON object is needed, not null"),
        ("a", 'a JSON object is needed, not "a"'),
        ({"id": True}, "the id must be a whole number or text that is not empty, not true"),
        ({"id": 1.0}, "the id must be a whole number or text that is not empty, not 1.0"),
        ({"id": ""}, 'the id must be a whole number or text that is not empty, not ""'),
        ({"id": {}}, "the id must be a whole number or text that is not empty, not {}"),
        ({"id": "\ud800"}, 'the id has half of a surrogate pair, which no path can have: "\\ud800"'),
        ({"price": [float("inf")]}, "a number in the JSON object is too large"),
    ],
)
def test_what_is_no_item(value: object, reason: str) -> None:
    collection = Collection([BOOK])
    for change in (collection.add, lambda value: collection.replace("7", value)):
        with pytest.raises(BadItem) as caught:
            change(value)
        assert str(caught.value) == reason
    assert collection.items() == [BOOK]


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


def test_an_item_that_is_nested_too_deeply() -> None:
    collection = Collection([BOOK])
    collection.add({**nested(100), "id": 8})
    for change in (collection.add, lambda value: collection.merge("7", value)):
        with pytest.raises(BadItem) as caught:
            change(nested(101))
        assert str(caught.value) == "the JSON object is nested more than 100 levels deep"
    assert len(collection.items()) == 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": 1}, {"id": 7, "a": 1}),
        ({"a": 1, "id": 7}, {"id": 7, "a": 1}),
        ({"id": "7"}, {"id": 7}),
        ({}, {"id": 7}),
        ({"id": None, "a": None}, {"id": 7, "a": None}),
    ],
)
def test_replace(value: dict[str, Any], expected: dict[str, Any]) -> None:
    collection = Collection([BOOK, PEN])
    assert collection.replace("7", value) == expected
    assert collection.items() == [expected, PEN], "in its place"


@pytest.mark.parametrize("number", [8, "8"])
def test_an_id_cannot_change(number: object) -> None:
    collection = Collection([BOOK])
    with pytest.raises(BadItem, match="the id of an item cannot change from 7 to "):
        collection.replace("7", {"id": number})
    with pytest.raises(BadItem, match="the id of an item cannot change from 7 to "):
        collection.merge("7", {"id": number})
    assert collection.items() == [BOOK]


def test_merge() -> None:
    collection = Collection([{"id": 7, "a": {"b": 1, "c": 2}, "d": [1]}])
    assert collection.merge("7", {"a": {"b": None, "e": 3}, "id": 7}) == {"id": 7, "a": {"c": 2, "e": 3}, "d": [1]}
    assert collection.merge("7", {"a": None, "d": [2], "id": None}) == {"id": 7, "d": [2]}
    with pytest.raises(BadItem, match="a JSON object is needed, not 1"):
        collection.merge("7", 1)


# The examples of RFC 7396, appendix A.
@pytest.mark.parametrize(
    ("original", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merged(original: object, patch: object, result: object) -> None:
    assert merged(original, patch) == result


@pytest.mark.parametrize("change", ["get", "remove", "replace", "merge"])
def test_no_item(change: str) -> None:
    collection = Collection([BOOK])
    with pytest.raises(NoItem) as caught:
        getattr(collection, change)("8", *([{}] if change in ("replace", "merge") else []))
    assert str(caught.value) == 'there is no item with the id "8"'


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"state": ["open"]}, [1, 3]),
        ({"state": ["open", "done"]}, [1, 2, 3]),
        ({"state": ["open"], "paid": ["true"]}, [3]),
        ({"paid": ["True"]}, [2, 3]),
        ({"paid": ["False"]}, [1]),
        ({"paid": ["1"]}, []),
        ({"id": ["2"]}, [2]),
        ({"price": ["1.5"]}, [1]),
        ({"price": ["1.50"]}, []),
        ({"note": ["null"]}, [2]),
        ({"note": [""]}, [3]),
        ({"tags": ['["a"]']}, [1]),
        ({"State": ["open"]}, []),
        ({"missing": ["open"]}, []),
    ],
)
def test_select(fields: dict[str, list[str]], expected: list[int]) -> None:
    collection = Collection(
        [
            {"id": 1, "state": "open", "paid": False, "price": 1.5, "tags": ["a"]},
            {"id": 2, "state": "done", "paid": True, "note": None},
            {"id": 3, "state": "open", "paid": True, "note": ""},
        ]
    )
    assert [item["id"] for item in collection.select(fields)] == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({"id": 1},), "items: a list of dictionaries is needed, not dict: {'id': 1}."),
        (('{"id": 1}',), "items: a list of dictionaries is needed, not dict: {'id': 1}."),
        ((7,), "items: a list of dictionaries is needed, not int: 7."),
        (("[",), 'items: not JSON: Expecting value at line 1 column 2: "[".'),
        (([7],), "items[0]: a dictionary is needed, not int: 7."),
        (([{}, "a"],), "items[1]: a dictionary is needed, not str: 'a'."),
        (([{"a": {1}}],), "items[0]: not JSON: Object of type set is not JSON serializable."),
        (([{"a": float("nan")}],), "items[0]: not JSON: Out of range float values are not JSON compliant"),
        (([BOOK, {"id": "7"}],), 'items[1]: there is an item with the id "7" already.'),
        (([{"id": 1.5}],), "items[0]: the id must be a whole number or text that is not empty, not 1.5."),
        (([nested(101)],), "items[0]: the JSON object is nested more than 100 levels deep."),
        (([], ""), "id_field: the name of a field is needed, not ''."),
        (([], 7), "id_field: the name of a field is needed, not 7."),
    ],
)
def test_bad_arguments_fail_at_once(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Collection(*arguments)
    # Newer versions of Python say which value it is.
    assert str(caught.value).startswith(message)


def test_many_threads_lose_nothing(quick_switches: None) -> None:
    collection = Collection()
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        for _ in range(50):
            number = collection.add({"count": 0})["id"]
            collection.merge(str(number), {"count": 1})
            collection.items()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    items = collection.items()
    assert [item["id"] for item in items] == [*range(1, 401)]
    assert {item["count"] for item in items} == {1}
