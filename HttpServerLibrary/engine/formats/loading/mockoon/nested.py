"""Fields whose names have brackets: ``a[b]=1`` is a member of an object, ``a[]=1`` or a repeated ``a`` is a list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import unquote

from .values import index_of

_MAX_FIELDS: Final = 1000
_MAX_INDEX: Final = 20
_BRACKETS: Final = re.compile(r"\[([^\[\]]*)\]")
_MALFORMED: Final = re.compile(r"%(?![0-9a-fA-F]{2})")


class _Listed(dict[int, Any]):
    """A list while it is filled: its indexes may have gaps."""


def parsed(text: str, depth: int) -> dict[str, Any]:
    """The fields of a query or of a form, no deeper than ``depth`` brackets."""
    return nested(_pairs(text), depth)


def nested(pairs: Iterable[tuple[str, Any]], depth: int) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        keys = [*_keys(name, depth)]
        if keys and keys[0]:
            fields[keys[0]] = _merged(fields.get(keys[0]), keys[1:], value)
    return {name: _finished(value) for name, value in fields.items()}


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split("&", _MAX_FIELDS)[:_MAX_FIELDS]:
        if part:
            # The first = after a bracket that closes belongs to no name.
            end = part.find("]=")
            position = part.find("=") if end < 0 else end + 1
            name, value = (part, "") if position < 0 else (part[:position], part[position + 1 :])
            yield decoded(name.replace("+", " ")), decoded(value.replace("+", " "))


def decoded(text: str) -> str:
    """The text without percent-encoding; as it is where that is broken."""
    if _MALFORMED.search(text):
        return text
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text


def _keys(name: str, depth: int) -> Iterator[str]:
    first, bracket, _ = name.partition("[")
    found = [*_BRACKETS.finditer(name)]
    if not bracket or not found:
        yield name
        return
    if first:
        yield first
    for match in found[:depth]:
        yield match[1]
    if len(found) > depth:
        yield name[found[depth].start() :]


def _merged(present: Any, keys: list[str], value: Any) -> Any:
    if not keys:
        if present is None:
            return value
        if isinstance(present, _Listed):
            return _appended(present, value)
        if isinstance(present, dict):
            return {**present, str(value): True}
        return _Listed({0: present, 1: value})
    key, *rest = keys
    index = 0 if key == "" else index_of(key)
    if present is None:
        present = _Listed() if index is not None and index <= _MAX_INDEX else {}
    elif not isinstance(present, dict):
        present = _Listed({0: present})
        if index is None:
            return _appended(present, _merged(None, keys, value))
    if isinstance(present, _Listed):
        if key == "":
            if not rest or not present:
                return _appended(present, _merged(None, rest, value))
            # Members of the first object in it.
            present[0] = _merged(present[0], rest, value)
            return present
        if index is not None and index <= _MAX_INDEX:
            present[index] = _merged(present.get(index), rest, value)
            return present
        present = {str(number): entry for number, entry in present.items()}
    present[key] = _merged(present.get(key), rest, value)
    return present


def _appended(listed: _Listed, value: Any) -> _Listed:
    listed[max(listed, default=-1) + 1] = value
    return listed


def _finished(value: Any) -> Any:
    if isinstance(value, _Listed):
        return [_finished(value[index]) for index in sorted(value)]
    if isinstance(value, dict):
        return {key: _finished(entry) for key, entry in value.items()}
    return value
