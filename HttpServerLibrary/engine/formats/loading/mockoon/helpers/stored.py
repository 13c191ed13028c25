"""Helpers for what an environment keeps between requests, and for variables of the system."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

from ...handlebars import Helper
from ..lookup import put, remove, value_at
from ..scene import Bucket, plain, safe, scene_of
from ..values import UNDEFINED, as_number, is_object, json_of, number_of, text_of

_PREFIX: Final = "MOCKOON_"


def _bucket(args: list[Any], options: Any, position: int = 0) -> Bucket | None:
    return scene_of(options).memory.named(text_of(args[position])) if len(args) > position else None


def _value(bucket: Bucket, args: list[Any]) -> Any:
    return value_at(bucket.value, plain(args[1]) if len(args) > 1 else None, "")


def _data(args: list[Any], options: Any) -> Any:
    bucket = _bucket(args, options)
    if bucket is None:
        return None
    value = _value(bucket, args)
    return safe(json_of(value) if is_object(value) else text_of(value))


def _data_raw(args: list[Any], options: Any) -> Any:
    bucket = _bucket(args, options)
    value = UNDEFINED if bucket is None else _value(bucket, args)
    return None if value is UNDEFINED else value


def _set_data(args: list[Any], options: Any) -> None:
    bucket = _bucket(args, options, 1)
    if bucket is None:
        return
    operator = text_of(args[0])
    path = "" if len(args) < 3 or args[2] is None else text_of(args[2])
    new = plain(args[3]) if len(args) > 3 else None
    present = value_at(bucket.value, path) if path else bucket.value
    if operator == "push":
        if isinstance(present, list):
            present.append(new)
    elif operator == "del":
        if path:
            remove(bucket.value, path)
        else:
            bucket.value = UNDEFINED
    elif operator in ("inc", "dec"):
        step = number_of(new) if new else 1
        number = number_of(present)
        if step == step and number == number:
            _put(bucket, path, as_number(number + (step or 1) * (1 if operator == "inc" else -1)))
    elif operator == "invert":
        if isinstance(present, bool):
            _put(bucket, path, not present)
    elif operator == "merge" and isinstance(present, Mapping) and isinstance(new, Mapping):
        _put(bucket, path, {**present, **new})
    else:
        _put(bucket, path, new)


def _put(bucket: Bucket, path: str, value: Any) -> None:
    if path:
        put(bucket.value, path, value)
    else:
        bucket.value = value


def _set_global(args: list[Any], options: Any) -> None:
    if len(args) >= 2:
        scene_of(options).memory.variables[text_of(args[0])] = plain(args[1])


def _get_global(args: list[Any], options: Any) -> Any:
    if not args:
        return None
    path, default = (*map(plain, args[1:3]), None, None)[:2]
    default = "" if default is None else default
    value = scene_of(options).memory.variables.get(text_of(args[0]), UNDEFINED)
    return default if value is UNDEFINED else value_at(value, path, default)


def _environment_variable(args: list[Any], options: Any) -> Any:
    if not args:
        return None
    name = text_of(args[0])
    default = "" if len(args) < 2 or args[1] is None else plain(args[1])
    return os.environ.get(name if name.startswith(_PREFIX) else f"{_PREFIX}{name}", default)


STORED: Final[Mapping[str, Helper]] = {
    "data": _data,
    "dataRaw": _data_raw,
    "getEnvVar": _environment_variable,
    "getGlobalVar": _get_global,
    "setData": _set_data,
    "setGlobalVar": _set_global,
}
