"""Items that clients create, read, change and delete: the data, apart from HTTP.

An item never changes: a change puts another one in its place. So what one thread reads stays as it is while another one
changes the collection.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ..arguments import json_value, written
from ..errors import UsageError
from ..interrupts import InterruptSafeLock, locked
from ..message.json_text import is_shallow
from ..visible import quote, visible

Item = Mapping[str, Any]

# Far more than items have, and little enough to copy them in any thread.
_MAX_DEPTH: Final = 100
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class BadItem(Exception):
    """What was given is no item of the collection; the message says why."""


class IdTaken(Exception):
    """Another item has this id."""


class NoItem(Exception):
    """No item has this id."""


class Collection:
    """JSON objects in the order in which they were added, each with an id of its own: a whole number or text.

    Ids are compared by their text, as they stand in paths. An item that is added without an id, or with None, gets one:
    the next number, or a UUID once any id was text. Any thread may call it. Raises `UsageError` for bad items.
    """

    def __init__(self, items: object = (), id_field: str = "id") -> None:
        if not isinstance(id_field, str) or not id_field:
            raise UsageError(f"id_field: the name of a field is needed, not {id_field!r}.")
        self.id_field = id_field
        self._lock = InterruptSafeLock()
        self._items: dict[str, Item] = {}
        self._highest = 0
        self._has_text = False
        given = [self._given(item, index) for index, item in enumerate(_listed(items))]
        for item in given:
            # Of all items, before the first one gets an id.
            self._note(item.get(id_field))
        for index, item in enumerate(given):
            try:
                self.add(item)
            except IdTaken as error:
                raise UsageError(f"items[{index}]: {error}.") from None

    def _given(self, item: object, index: int) -> Item:
        if not isinstance(item, Mapping):
            raise UsageError(f"items[{index}]: a dictionary is needed, not {type(item).__name__}: {item!r}.")
        try:
            return self._checked(json_value({**item}, f"items[{index}]"))
        except BadItem as error:
            raise UsageError(f"items[{index}]: {error}.") from None

    def __len__(self) -> int:
        return len(self._items)

    def items(self) -> list[dict[str, Any]]:
        """All items, as copies of the caller's own."""
        copies: list[dict[str, Any]] = json.loads(json.dumps(self.select({})))
        return copies

    def select(self, fields: Mapping[str, Sequence[str]]) -> list[Item]:
        """The items that have one of these texts in each of these fields; they must not be changed."""
        found = self._all()
        return [
            item for item in found if all(name in item and _is_any(item[name], texts) for name, texts in fields.items())
        ]

    @locked
    def _all(self) -> list[Item]:
        return [*self._items.values()]

    def get(self, key: str) -> Item:
        """The item with this id, which must not be changed. Raises `NoItem`."""
        try:
            return self._items[key]
        except KeyError:
            raise NoItem(f"there is no item with the {self.id_field} {quote(key)}") from None

    @locked
    def add(self, value: object) -> Item:
        """Adds an item; returns it with its id. Raises `BadItem` and `IdTaken`."""
        item = self._checked(value)
        number = item.get(self.id_field)
        if number is None:
            number = str(uuid.uuid4()) if self._has_text else self._highest + 1
        key = str(number)
        if key in self._items:
            raise IdTaken(f"there is an item with the {self.id_field} {quote(key)} already")
        self._note(number)
        return self._put(key, number, item)

    @locked
    def replace(self, key: str, value: object) -> Item:
        """Puts a new item in the place of one, with its id. Raises `NoItem` and `BadItem`."""
        return self._change(key, lambda old: self._checked(value))

    @locked
    def merge(self, key: str, patch: object) -> Item:
        """Changes an item as RFC 7396 says. Raises `NoItem` and `BadItem`."""
        return self._change(key, lambda old: self._checked(merged(old, self._object(patch))))

    @locked
    def remove(self, key: str) -> None:
        """Removes an item. Raises `NoItem`."""
        self.get(key)
        del self._items[key]

    def _change(self, key: str, make: Callable[[Item], Item]) -> Item:
        old = self.get(key)
        new = make(old)
        number = old[self.id_field]
        given = new.get(self.id_field)
        if given is not None and str(given) != key:
            raise BadItem(f"the {self.id_field} of an item cannot change from {_shown(number)} to {_shown(given)}")
        return self._put(key, number, new)

    def _put(self, key: str, number: object, item: Item) -> Item:
        rest = {name: value for name, value in item.items() if name != self.id_field}
        self._items[key] = item = {self.id_field: number, **rest}
        return item

    def _note(self, number: object) -> None:
        """Remembers an id, for those that follow."""
        if isinstance(number, str):
            self._has_text = True
        elif isinstance(number, int):
            self._highest = max(self._highest, number)

    def _checked(self, value: object) -> Item:
        item = self._object(value)
        number = item.get(self.id_field)
        if isinstance(number, bool) or not isinstance(number, (int, str, type(None))) or number == "":
            raise BadItem(f"the {self.id_field} must be a whole number or text that is not empty, not {_shown(number)}")
        if isinstance(number, str) and _SURROGATE.search(number):
            raise BadItem(f"the {self.id_field} has half of a surrogate pair, which no path can have: {_shown(number)}")
        return item

    @staticmethod
    def _object(value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise BadItem(f"a JSON object is needed, not {_shown(value)}")
        if not is_shallow(value, _MAX_DEPTH):
            raise BadItem(f"the JSON object is nested more than {_MAX_DEPTH} levels deep")
        try:
            json.dumps(value, allow_nan=False)
        except ValueError:
            # Python reads 1e400 as infinity, which JSON cannot say.
            raise BadItem("a number in the JSON object is too large") from None
        return value


def merged(target: object, patch: object) -> Any:
    """A value changed by a JSON Merge Patch (RFC 7396), as a new one."""
    if not isinstance(patch, Mapping):
        return patch
    result: dict[str, Any] = {**target} if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def _listed(items: object) -> list[Any]:
    """The list that was given, also as text."""
    listed = written(items, "items") if isinstance(items, str) else items
    if not isinstance(listed, (list, tuple)):
        raise UsageError(f"items: a list of dictionaries is needed, not {type(listed).__name__}: {listed!r}.")
    return [*listed]


def _is_any(value: object, texts: Sequence[str]) -> bool:
    """Whether a value of a field is one of those in a query: text as it is, anything else as JSON."""
    if isinstance(value, bool):
        # Clients in Python send True and False.
        return str(value).lower() in map(str.lower, texts)
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)) in texts


def _shown(value: object) -> str:
    return visible(json.dumps(value, ensure_ascii=False))
