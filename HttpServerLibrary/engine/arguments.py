"""Dictionaries and JSON as written in a Robot Framework cell."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from numbers import Number
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from werkzeug.datastructures import Headers, MultiDict

from .errors import UsageError
from .message.head import TOKEN
from .visible import quote

E = TypeVar("E", bound=Enum)

# The words of Robot Framework's own conversion, which passes other text through.
_TRUE: Final = ("TRUE", "YES", "ON", "1")
_FALSE: Final = ("FALSE", "NO", "OFF", "0", "NONE", "")

# What Python writes for words of JSON, also for Robot variables such as ${True} inside a text.
_WORDS: Final = {"True": "true", "False": "false", "None": "null"}
_BEGINS_AS_TEXT: Final = re.compile(r"[^\W\d]\w*")
_FORM: Final = re.compile(r"[\w.\[\]-]+=[^\s{}\"]*")
_BACKSLASHES: Final = r" A backslash in JSON is written \\, and in Robot Framework each of these once more: \\\\."
# For people who wrote text, which other arguments accept.
_EXAMPLES: Final = {"json_path": '{"$.name": "value"}', "xpath": '{"//name": "value"}'}


class Unset:
    """The default of arguments for which None is a value."""

    def __repr__(self) -> str:
        return "<unset>"


UNSET = Unset()


def dictionary_in(text: str, what: str) -> dict[str, Any] | None:
    """The dictionary written in text as JSON or as a Python literal; None if the text does not begin like one."""
    text = text.strip()
    if not text.startswith("{"):
        return None
    value = written(text, what)
    if not isinstance(value, dict):
        raise UsageError(f"{what}: a dictionary is needed, not {type(value).__name__}: {value!r}.")
    return value


def written(text: str, what: str) -> Any:
    """The value written in text as JSON or as a Python literal."""
    try:
        return json_value(text, what)
    except UsageError as not_json:
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            # The error about JSON names line and column, and most people write JSON.
            raise not_json from None


def dictionary(value: object, what: str) -> dict[str, object]:
    """A dictionary, also one written as text, with its names as text.

    Several values of one name in a werkzeug MultiDict or Headers become a list.
    """
    if isinstance(value, str):
        written = dictionary_in(value, what)
        if written is None:
            example = _EXAMPLES.get(what, '{"name": "value"}')
            raise UsageError(f"{what}: a dictionary such as {example} is needed, not the text {quote(value)}.")
        value = written
    if isinstance(value, (MultiDict, Headers)):
        return all_values(value)
    if not isinstance(value, Mapping):
        raise UsageError(f"{what}: a dictionary is needed, not {type(value).__name__}: {value!r}.")
    return {str(name): entry for name, entry in value.items()}


def all_values(value: MultiDict[Any, Any] | Headers) -> dict[str, object]:
    """A dictionary with all values of each name; several values of one name are a list."""
    return _grouped((str(name), entry) for name in dict.fromkeys(value.keys()) for entry in value.getlist(name))


def _grouped(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Names with their values; several values of one name are a list."""
    fields: dict[str, list[object]] = {}
    for name, entry in pairs:
        fields.setdefault(name, []).append(entry)
    return {name: entries if len(entries) > 1 else entries[0] for name, entries in fields.items()}


def not_empty(fields: dict[str, object], what: str) -> dict[str, object]:
    """A dictionary that is not empty: an empty one would check nothing, which is never intended."""
    if not fields:
        raise UsageError(f"{what}: the dictionary is empty, so it checks nothing.")
    return fields


def header_lines(value: object, what: str) -> dict[str, object]:
    """A dictionary of header fields, also written as lines ``Name: value``."""
    fields = _header_fields(value, what)
    for name in fields:
        if not TOKEN.fullmatch(name):
            raise UsageError(f"{what}: {quote(name)} is not a header name.")
    return fields


def _header_fields(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, str) or dictionary_in(value, what) is not None:
        return dictionary(value, what)
    pairs: list[tuple[str, object]] = []
    for line in filter(str.strip, value.splitlines()):
        name, colon, entry = line.partition(":")
        if not colon or not name.strip():
            raise UsageError(f"{what}: a header is written 'Name: value', but there is no colon in {quote(line)}.")
        pairs.append((name.strip(), entry.strip()))
    return _grouped(pairs)


def form_pairs(value: object, what: str) -> dict[str, object]:
    """A dictionary of form fields, also written as ``a=1&b=2``, urlencoded."""
    if not isinstance(value, str) or not value.strip() or dictionary_in(value, what) is not None:
        return {} if value == "" else dictionary(value, what)
    for pair in value.split("&"):
        if not pair.partition("=")[1] or pair.startswith("="):
            raise UsageError(
                f"{what}: a dictionary or text such as 'a=1&b=2' is needed, but there is no 'name=' in {quote(pair)}."
            )
    return _grouped(parse_qsl(value, keep_blank_values=True))


def cookie_pairs(value: object, what: str) -> dict[str, object]:
    """A dictionary of cookies, also written as ``a=1; b=2``."""
    if not isinstance(value, str) or dictionary_in(value, what) is not None:
        return dictionary(value, what)
    cookies: dict[str, object] = {}
    for pair in filter(str.strip, value.split(";")):
        name, equals, entry = pair.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"{what}: a cookie is written 'name=value', but there is no '=' in {quote(pair.strip())}.")
        cookies[name.strip()] = entry.strip()
    return cookies


def boolean(value: object, what: str) -> bool:
    """True or false, also as the words that Robot Framework accepts."""
    if not isinstance(value, str):
        return bool(value)
    if value.upper() not in _TRUE + _FALSE:
        raise UsageError(f"{what}: true or false is needed, not '{value}'.")
    return value.upper() in _TRUE


def json_value(value: object, what: str) -> Any:
    """A JSON value as a copy: text is parsed, and any other value must be valid as JSON."""
    try:
        if isinstance(value, (str, bytes, bytearray)):
            return json.loads(value, parse_constant=_no_constant)
        return json.loads(json.dumps(value, allow_nan=False))
    except json.JSONDecodeError as error:
        line = error.doc.split("\n")[error.lineno - 1]
        reason, advice = json_reason(error)
        raise UsageError(
            f"{what}: not JSON: {reason} at line {error.lineno} column {error.colno}: {quote(line)}.{advice}"
        ) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"{what}: not JSON: {error}.") from None


def json_bytes(value: object, what: str) -> bytes:
    """JSON text of a value; text that is already JSON stays as written."""
    parsed = json_value(value, what)
    text = value.strip() if isinstance(value, str) else json.dumps(parsed, ensure_ascii=False)
    # A lone surrogate, which UTF-8 cannot carry, becomes its JSON escape.
    return text.encode("utf-8", "backslashreplace")


def utf8(text: str, what: str) -> bytes:
    """Text as it is sent."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{what}: the text has a lone surrogate at position {error.start}: {quote(text)}.") from None


def json_reason(error: json.JSONDecodeError) -> tuple[str, str]:
    """Why text is not JSON, and a sentence that says what to do about it if the intention is clear."""
    text, at = error.doc, error.pos
    if "escape" in error.msg:
        return error.msg, _BACKSLASHES
    if text.startswith("'", at):
        return "a single quote", " JSON needs double quotes."
    before = text[:at].rstrip()
    # Since Python 3.13 the position is that of the comma.
    if error.msg.startswith("Illegal trailing comma"):
        before, at = f"{before},", len(text) - len(text[at + 1 :].lstrip())
    if before.endswith(",") and text[at : at + 1] in ("}", "]"):
        return f"a comma after the last {'member' if text[at] == '}' else 'item'}", ""
    if not error.msg.startswith("Expecting value"):
        return error.msg, ""
    if not at and _FORM.fullmatch(text):
        name, _, entry = text.partition("&")[0].partition("=")
        example = json.dumps({name: entry}, ensure_ascii=False)
        return (
            error.msg,
            f" JSON needs an object such as {example}; form= takes {text if len(text) < 50 else 'a=1&b=2'}.",
        )
    found = _BEGINS_AS_TEXT.match(text, at)
    if found is None:
        return error.msg, ""
    word = found[0]
    return (
        error.msg,
        f" {word} is {_WORDS[word]} in JSON." if word in _WORDS else " JSON needs double quotes around text.",
    )


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def plain_text(value: object, what: str) -> str:
    """Text; numbers and booleans as they are written in HTTP. Other values are errors."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Number):
        return str(value)
    given = "None" if value is None else f"{type(value).__name__}: {value!r}"
    raise UsageError(f"{what}: text is needed here, not {given}.")


def member(members: type[E], value: object, what: str) -> E:
    """A member of an enumeration, also by its name; case, spaces and underscores are ignored."""
    if isinstance(value, members):
        return value
    for name, entry in members.__members__.items():
        if _plain(name) == _plain(str(value)):
            return entry
    *names, last = members.__members__
    raise UsageError(f"{what}: {', '.join(names)} or {last} is needed, not {str(value)!r}.")


def _plain(name: str) -> str:
    return name.lower().replace(" ", "").replace("_", "")


def states_to_set(value: object) -> dict[str, object]:
    """The states that a response sets: a dictionary, or text ``a=1; b=2``. Raises `UsageError`."""
    if value is None:
        return {}
    states = named_states(value, "set_state")
    if not states:
        raise UsageError("set_state: the dictionary is empty, so it sets nothing.")
    return states


def named_states(value: object, what: str) -> dict[str, object]:
    """A dictionary of states, also written as ``a=1; b=2``. Raises `UsageError`."""
    if not isinstance(value, str) or dictionary_in(value, what) is not None:
        return {state_name(name, what): entry for name, entry in dictionary(value, what).items()}
    states: dict[str, object] = {}
    for pair in [*filter(str.strip, value.split(";"))] or [value]:
        name, sign, entry = pair.partition("=")
        if not sign or not name.strip():
            advice = " A value that contains a semicolon needs a dictionary." if ";" in value else ""
            raise UsageError(
                f"{what}: a name and a value such as order=paid are needed, not {quote(pair.strip())}.{advice}"
            )
        if name.strip() in states:
            raise UsageError(f"{what}: the state {quote(name.strip())} is given twice.")
        states[name.strip()] = entry.strip()
    return states


def state_name(name: object, what: str) -> str:
    """The name of a state. Raises `UsageError` for one that could not be written as ``name=value``."""
    if not isinstance(name, str):
        raise UsageError(f"{what}: text is needed here, not {type(name).__name__}: {name!r}.")
    name = name.strip()
    if not name:
        raise UsageError(f"{what}: the name of the state is empty.")
    if "=" in name or ";" in name:
        raise UsageError(f"{what}: {quote(name)} is not the name of a state, because it contains '=' or ';'.")
    return name


def items_of(value: object, what: str) -> list[Any]:
    """A list of values, also written as JSON; text that is no list is one value. Raises `UsageError`."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = json_value(value, what)
    if isinstance(value, (list, tuple)):
        return [*value]
    return [value]


def texts_of(value: object, what: str) -> list[str]:
    """A list of texts, also written as JSON or as text with commas; none of them is empty. Raises `UsageError`."""
    items = items_of(value, what)
    if isinstance(value, str) and items == [value]:
        items = value.split(",")
    texts = [plain_text(item, what).strip() for item in items]
    if not all(texts):
        raise UsageError(f"{what}: there is an empty item in {value!r}.")
    return texts
