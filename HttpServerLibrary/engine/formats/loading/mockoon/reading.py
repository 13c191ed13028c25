"""Reads members of objects in a file, each with a default: files of older versions lack many of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ....visible import visible
from ..documents import kind_of
from ..loaded import NotUnderstood
from .values import number_of

# In milliseconds, more than a century.
_MAX_NUMBER: Final = 2**42


def text(value: Mapping[str, Any], name: str, default: str = "") -> str:
    found = value.get(name)
    if found is None:
        return default
    if not isinstance(found, str):
        raise NotUnderstood(f"text is needed, not {kind_of(found)}", name)
    return found


def number(value: Mapping[str, Any], name: str, default: float = 0) -> float:
    found = value.get(name)
    if found is None or found == "":
        return default
    result = number_of(found) if isinstance(found, (int, float, str)) and not isinstance(found, bool) else None
    if result is None or not 0 <= result <= _MAX_NUMBER:
        raise NotUnderstood(f"a number of 0 or more is needed, not {visible(kind_of(found))}", name)
    return result


def flag(value: Mapping[str, Any], name: str, default: bool = False) -> bool:
    found = value.get(name)
    if found is None:
        return default
    if not isinstance(found, bool):
        raise NotUnderstood(f"true or false is needed, not {kind_of(found)}", name)
    return found


def objects(value: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = value.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise NotUnderstood(f"a list is needed, not {kind_of(found)}", name)
    for index, entry in enumerate(found):
        if not isinstance(entry, Mapping):
            raise NotUnderstood(f"an object is needed, not {kind_of(entry)}", name, index)
    return found


def one_of(value: Mapping[str, Any], name: str, known: Mapping[str, Any] | tuple[str, ...], default: str) -> str:
    found = text(value, name, default)
    if found not in known:
        raise NotUnderstood(f"one of {', '.join(filter(None, known))} is needed, not {kind_of(found)}", name)
    return found
