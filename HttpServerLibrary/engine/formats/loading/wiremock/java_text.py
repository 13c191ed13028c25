"""Values as Java writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def java_text(value: Any) -> str:
    """What ``String.valueOf`` makes of a value of JSON."""
    if isinstance(value, str):
        return str(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return java_float(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}={java_text(entry)}' for name, entry in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(java_text, value))}]"
    return str(value)


def java_float(value: float) -> str:
    """A double, with an exponent if it is small or large."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value) if "e" not in repr(value) else f"{Decimal(repr(value)):f}"
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    text = "".join(map(str, digits)).rstrip("0") or "0"
    power = len(digits) - 1 + int(exponent)
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{power}"


def compact(value: Any) -> str:
    """JSON without spaces, with all characters as they are and numbers without an exponent."""
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{_quoted(name)}:{compact(entry)}' for name, entry in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(map(compact, value))}]"
    return _scalar(value)


def pretty(value: Any, indent: int = 0, *, nulls: bool = False) -> str:
    """JSON with a line for each member, and lists on one line; members that are null only if ``nulls``."""
    if isinstance(value, Mapping):
        value = {name: entry for name, entry in value.items() if entry is not None or nulls}
        if not value:
            return "{ }"
        inner = "  " * (indent + 1)
        members = ",\n".join(
            f"{inner}{_quoted(name)} : {pretty(entry, indent + 1, nulls=nulls)}" for name, entry in value.items()
        )
        return f"{{\n{members}\n{'  ' * indent}}}"
    if isinstance(value, (list, tuple)):
        return f"[ {', '.join(pretty(entry, indent, nulls=nulls) for entry in value)} ]" if value else "[ ]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, float):
        return java_float(value)
    return str(value) if isinstance(value, int) else _quoted(str(value))


def _decimal(value: Decimal) -> str:
    # A decimal has no negative zero in Java.
    return f"{value:f}" if value else f"{abs(value):f}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
