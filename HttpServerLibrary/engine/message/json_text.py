"""Bytes to JSON (RFC 8259)."""

from __future__ import annotations

import json
from typing import Any, Final


def _no_constant(name: str) -> Any:
    raise NotJson(f"{name} is not a JSON value")


# Made once, because making one takes longer than parsing a small body.
_JSON: Final = json.JSONDecoder(parse_constant=_no_constant)


class NotJson(ValueError):
    """The body is not JSON; the message says where it stops being JSON."""


def parse_json(data: bytes) -> Any:
    """The value, in any of the encodings that JSON may have. Raises `NotJson`."""
    # Looking for UTF-16, UTF-32 and byte order marks takes longer than parsing a small body.
    usual = data[:1] < b"\x80" and b"\0" not in data[:4]
    try:
        return _parse(data.decode("utf-8" if usual else json.detect_encoding(data), "surrogatepass"))
    except RecursionError:
        raise NotJson("nested too deeply") from None
    except (NotJson, json.JSONDecodeError, UnicodeError) as error:
        raise NotJson(str(error)) from None
    except ValueError:
        # Python limits the digits of a number, and advises how to raise that limit.
        raise NotJson("a number has too many digits") from None


def _parse(text: str) -> Any:
    if text[:1] in ("{", "["):
        # Like decode(), without the search for white space around the value.
        value, end = _JSON.raw_decode(text)
        if end == len(text) or not text[end:].strip(" \t\n\r"):
            return value
    return _JSON.decode(text)


def is_shallow(value: object, depth: int) -> bool:
    """Whether a JSON value is nested at most so many levels deep. Without recursion, so that no value is too deep."""
    level = [value]
    for _ in range(depth):
        level = [
            entry
            for outer in level
            if isinstance(outer, (dict, list))
            for entry in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return True
    return False
