"""CRUD routes: requests that read and change the data of an environment.

The data is a list of objects with a key, a list of plain values, which are found by their index, or any other value,
which is read and changed as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cmp_to_key
from typing import Any, Final
from uuid import UUID

from .header_fields import Fields
from .incoming import Incoming
from .lookup import by_object_path, member, put
from .regexps import regexp
from .scene import Bucket
from .values import UNDEFINED, is_number, json_of, leading_int, number_of, text_of

METHODS: Final[Mapping[str, tuple[str, str]]] = {
    "GET": ("list", "read"),
    "HEAD": ("list", "read"),
    "POST": ("create", ""),
    "PUT": ("replace all", "replace"),
    "PATCH": ("merge all", "merge"),
    "DELETE": ("delete all", "delete"),
}
"""What a method does to all of the data, and to one entry of it."""

_PAGE_SIZE: Final = 10
_FILTER: Final = re.compile(r"(.*)_(eq|ne|gt|gte|lt|lte|like|start|end)", re.DOTALL)
_CREATED: Final = 201
_OK: Final = 200
_NOT_FOUND: Final = 404


def acted(action: str, bucket: Bucket, request: Incoming, key: str, fields: Fields, status: int) -> tuple[int, str]:
    """Does what a request asks for; returns the status and the body."""
    if bucket.parsed:
        fields.set("Content-Type", "application/json")
    if action == "list":
        found = _listed(bucket.value, request.query, fields)
    else:
        changed, found = _ACTIONS[action](bucket, request, key)
        status = changed or status
    if found is UNDEFINED:
        return status, ""
    return status, found if isinstance(found, str) else json_of(found)


def _body(request: Incoming) -> Any:
    body = request.parsed_body
    return (request.text or {}) if body is UNDEFINED else body


def _index(entries: list[Any], request: Incoming, key: str) -> int | None:
    """Where the entry is that the path names."""
    wanted = request.params.get("id", "")
    for index, entry in enumerate(entries):
        if isinstance(entry, (Mapping, list)):
            found = by_object_path(entry, key)
            if found is not UNDEFINED and found is not None and text_of(found) == wanted:
                return index
        elif (leading_int(wanted) or 0) == index:
            return index
    return None


def _read(bucket: Bucket, request: Incoming, key: str) -> tuple[int | None, Any]:
    if not isinstance(bucket.value, list):
        return None, bucket.value
    index = _index(bucket.value, request, key)
    return (_NOT_FOUND, {}) if index is None else (None, bucket.value[index])


def _create(bucket: Bucket, request: Incoming, key: str) -> tuple[int, Any]:
    body = _body(request)
    if not isinstance(bucket.value, list):
        bucket.value = body
        return _CREATED, body
    if isinstance(body, (dict, list)) and by_object_path(body, key) is UNDEFINED:
        found = [by_object_path(entry, key) for entry in bucket.value]
        numbers = [value for value in found if is_number(value)]
        # Without a number to follow, an identifier that is the same in every run.
        following = max(numbers) + 1 if numbers else str(UUID(int=len(bucket.value) + 1, version=4))
        put(body, key, following)
    bucket.value.append(body)
    return _CREATED, body


def _replace_all(bucket: Bucket, request: Incoming, key: str) -> tuple[int, Any]:
    bucket.value = _body(request)
    return _OK, bucket.value


def _merge_all(bucket: Bucket, request: Incoming, key: str) -> tuple[int, Any]:
    body = _body(request)
    if isinstance(bucket.value, list) and isinstance(body, list):
        bucket.value = bucket.value + body
    else:
        bucket.value = _merged(bucket.value, body)
    return _OK, bucket.value


def _merged(present: Any, body: Any) -> Any:
    if not isinstance(present, (Mapping, list)):
        return body
    return {**_as_object(present), **_as_object(body)}


def _as_object(value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return {str(index): entry for index, entry in enumerate(value)}
    return dict(value) if isinstance(value, Mapping) else {}


def _replace(bucket: Bucket, request: Incoming, key: str) -> tuple[int, Any]:
    body = _body(request)
    if not isinstance(bucket.value, list):
        bucket.value = body
        return _OK, body
    index = _index(bucket.value, request, key)
    if index is None:
        return _NOT_FOUND, {}
    present = bucket.value[index]
    if isinstance(present, (Mapping, list)):
        replaced = _as_object(body)
        if by_object_path(body, key) is UNDEFINED:
            put(replaced, key, by_object_path(present, key))
        body = replaced
    bucket.value[index] = body
    return _OK, body


def _merge(bucket: Bucket, request: Incoming, key: str) -> tuple[int, Any]:
    body = _body(request)
    if not isinstance(bucket.value, list):
        bucket.value = _merged(bucket.value, body)
        return _OK, bucket.value
    index = _index(bucket.value, request, key)
    if index is None:
        return _NOT_FOUND, {}
    bucket.value[index] = _merged(bucket.value[index], body)
    return _OK, bucket.value[index]


def _delete_all(bucket: Bucket, request: Incoming, key: str) -> tuple[int, Any]:
    bucket.value = UNDEFINED
    return _OK, {}


def _delete(bucket: Bucket, request: Incoming, key: str) -> tuple[int, Any]:
    if not isinstance(bucket.value, list):
        return _delete_all(bucket, request, key)
    index = _index(bucket.value, request, key)
    if index is None:
        return _NOT_FOUND, {}
    del bucket.value[index]
    return _OK, {}


_ACTIONS: Final[Mapping[str, Callable[[Bucket, Incoming, str], tuple[int | None, Any]]]] = {
    "read": _read,
    "create": _create,
    "replace all": _replace_all,
    "replace": _replace,
    "merge all": _merge_all,
    "merge": _merge,
    "delete all": _delete_all,
    "delete": _delete,
}


def _listed(value: Any, query: Mapping[str, Any], fields: Fields) -> Any:
    """The entries that a query asks for; any other value as it is."""
    if not isinstance(value, list):
        return value
    fields.set("X-Total-Count", str(len(value)))
    search = _text(query, "search")
    entries = [entry for entry in value if not search or _has(entry, search.lower())]
    filters = [
        (found[1], found[2], text_of(wanted)) for name, wanted in query.items() if (found := _FILTER.fullmatch(name))
    ]
    entries = [entry for entry in entries if all(_passes(entry, *each) for each in filters)]
    fields.set("X-Filtered-Count", str(len(entries)))
    by = query.get("sort")
    if isinstance(by, str):
        entries = _sorted(entries, by, descending=query.get("order") == "desc")
    if "limit" in query or "page" in query:
        size = leading_int(_text(query, "limit")) or _PAGE_SIZE
        page = leading_int(_text(query, "page")) or 1
        entries = entries[(page - 1) * size : page * size]
    return entries


def _text(query: Mapping[str, Any], name: str) -> str:
    value = query.get(name)
    return value if isinstance(value, str) else ""


def _has(value: Any, search: str) -> bool:
    """Whether a value has a text somewhere in it."""
    if isinstance(value, Mapping):
        return any(_has(entry, search) for entry in value.values())
    if isinstance(value, list):
        return any(_has(entry, search) for entry in value)
    return not isinstance(value, bool) and value is not None and search in text_of(value).lower()


def _passes(entry: Any, path: str, operator: str, wanted: str) -> bool:
    found = by_object_path(entry, path) if isinstance(entry, (Mapping, list)) else UNDEFINED
    if operator in ("eq", "ne"):
        return _is_equal(found, wanted) is (operator == "eq")
    if operator in ("like", "start", "end"):
        pattern = f"{'^' if operator == 'start' else ''}{wanted}{'$' if operator == 'end' else ''}"
        return regexp(pattern, ignore_case=True).is_in(text_of(found))
    difference = _compared(found, wanted)
    if difference is None:
        return False
    return {"gt": difference > 0, "gte": difference >= 0, "lt": difference < 0, "lte": difference <= 0}[operator]


def _is_equal(found: Any, wanted: str) -> bool:
    if text_of(found) == wanted:
        return True
    one, other = number_of(found) if found is not UNDEFINED else float("nan"), number_of(wanted)
    return bool(found != "" and wanted and found is not None and not isinstance(found, bool) and one == other)


def _compared(one: Any, other: Any) -> int | None:
    """The order of two values; None if they have none."""
    if isinstance(one, str) and isinstance(other, str):
        return (one > other) - (one < other)
    if one is UNDEFINED or other is UNDEFINED:
        return None
    first, second = number_of(one), number_of(other)
    return (first > second) - (first < second) if first == first and second == second else None


def _sorted(entries: list[Any], by: str, *, descending: bool) -> list[Any]:
    def key(entry: Any) -> Any:
        value = member(entry, by) if isinstance(entry, Mapping) else entry
        return value.lower() if isinstance(value, str) else value

    sign = -1 if descending else 1
    return sorted(entries, key=cmp_to_key(lambda one, other: sign * (_compared(key(one), key(other)) or 0)))
