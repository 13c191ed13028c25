"""Helpers for JSON, XML, forms, lists and names."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import unquote_plus

from .....errors import UsageError
from .....message.xml_tree import NotXml
from ...handlebars import Helper
from ...lenient_json import NotRead, read_json
from ..java_text import compact, pretty
from ..json_path import NotFound, compiled
from ..xml_patterns import XmlPath, read_xml
from .calls import Args, HelperFailed, argument, assign, error, first, text, whole_number
from .values import JsonObject, Method, OneOrMany, XmlNode, XmlNodes, text_of, with_arrays

_MAX_RANGE: Final = 100_000
_INDEX: Final = re.compile(r"-?\d{1,9}")
_NO_POSITION: Final = "position must be 'start', 'end' or an integer"


def _json_path(args: Args, options: Any) -> Any:
    source, path = argument(args, 0), argument(args, 1)
    if source is None or source == "":
        return ""
    if path is None:
        return error("The JSONPath cannot be empty")
    try:
        search = compiled(text_of(path))
    except UsageError:
        return error(f"{text_of(path)} is not a valid JSONPath expression")
    default = options.hash.get("default")
    try:
        found = search.find(_document(source), missing_is_null=True)
    except (NotRead, NotFound, RecursionError):
        found = None
    if found is None:
        return "" if default is None else default
    if isinstance(found, dict):
        return JsonObject(with_arrays(found))
    return with_arrays(found)


def _document(source: Any) -> Any:
    if isinstance(source, (dict, list)) and not isinstance(source, OneOrMany):
        return source
    return read_json(text_of(source))


class _BadJson(Exception):
    """A text is not JSON."""


def _parsed(value: Any, what: str, title: str) -> Any:
    """The JSON in a text. Raises `_BadJson` with what WireMock writes."""
    if not isinstance(value, str):
        raise _BadJson(f"{title} must be a string")
    try:
        # A copy, because it is changed.
        return read_json(f"{value} ")
    except NotRead:
        raise _BadJson(f"{what} is not valid JSON ('{value}')") from None


def _block_or(args: Args, options: Any, index: int) -> Any:
    return str(options.fn()) if options.is_block else argument(args, index)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(entry) for name, entry in value.items()}
    return [*map(_copy, value)] if isinstance(value, list) else value


def _json_merge(args: Args, options: Any) -> str:
    other = _block_or(args, options, 1)
    try:
        base = _copy(_parsed(argument(args, 0), "Base JSON", "Base JSON parameter"))
        if not isinstance(base, dict):
            raise _BadJson(f"Base JSON is not a JSON object ('{args[0]}')")
        merged = _parsed(other, "JSON to merge", "JSON to merge")
        if not isinstance(merged, dict):
            raise _BadJson(f"JSON to merge is not a JSON object ('{other}')")
    except _BadJson as bad:
        return error(str(bad))
    _merge(base, merged, remove_nulls=options.hash.get("removeNulls") is True)
    return compact(base)


def _merge(base: dict[str, Any], other: dict[str, Any], *, remove_nulls: bool) -> None:
    for name, value in other.items():
        if isinstance(value, dict) and isinstance(base.get(name), dict):
            _merge(base[name], value, remove_nulls=remove_nulls)
        elif value is None and remove_nulls:
            base.pop(name, None)
        else:
            base[name] = value


def _json_array_add(args: Args, options: Any) -> str:
    path = options.hash.get("jsonPath")
    added = _block_or(args, options, 1)
    try:
        root = _copy(_parsed(argument(args, 0), "Base JSON", "Base JSON"))
        items = root if path is None else _found(root, path)
        if not isinstance(items, list):
            where = f"'{args[0]}'" if path is None else f"root: '{args[0]}', jsonPath: '{path}'"
            raise _BadJson(f"Target JSON is not a JSON array ({where})")
        item = _parsed(added, "Item-to-add JSON", "Item-to-add JSON")
    except _BadJson as bad:
        return error(str(bad))
    if options.hash.get("flatten") is True and isinstance(item, list):
        items.extend(item)
    else:
        items.append(item)
    most = options.hash.get("maxItems")
    if isinstance(most, int) and len(items) > most >= 0:
        del items[: len(items) - most]
    return compact(root)


def _found(root: Any, path: Any) -> Any:
    try:
        return compiled(text_of(path)).find(root)
    except NotFound:
        return None
    except UsageError:
        raise _BadJson(f"jsonPath option is not valid JSONPath expression ('{path}')") from None


def _json_remove(args: Args, options: Any) -> str:
    source, path = argument(args, 0), argument(args, 1)
    if not isinstance(source, str):
        return error("Input JSON must be a string")
    if source == "null":
        return source
    if len(args) != 2:
        return error("A single JSONPath expression parameter must be supplied")
    if not isinstance(path, str):
        return error("JSONPath parameter must be a string")
    try:
        root = _copy(_parsed(source, "Input JSON string", "Input JSON"))
        doomed = compiled(path)
        found = doomed.find(root)
    except _BadJson as bad:
        return error(str(bad))
    except NotFound:
        return source
    except UsageError:
        return error(f"JSONPath parameter is not a valid JSONPath expression ('{path}')")
    return compact(_without(root, [found] if doomed.is_definite else found, path, root))


def _without(value: Any, doomed: list[Any], path: str, root: Any) -> Any:
    """The value without what a path leads to, which is the same object, or the member that the path names."""
    name = path.replace("']", "").replace("]", "").replace("['", ".").replace("[", ".").rpartition(".")[2]

    def is_doomed(key: str, entry: Any) -> bool:
        return any(entry is other for other in doomed) and (isinstance(entry, (dict, list)) or key == name)

    if isinstance(value, dict):
        return {key: _without(entry, doomed, path, root) for key, entry in value.items() if not is_doomed(key, entry)}
    if isinstance(value, list):
        kept = [entry for index, entry in enumerate(value) if not is_doomed(str(index), entry)]
        return [_without(entry, doomed, path, root) for entry in kept]
    return value


def _parse_json(args: Args, options: Any) -> Any:
    name = argument(args, 0 if options.is_block else 1)
    source = str(options.fn()) if options.is_block else argument(args, 0)
    if source is None:
        return {}
    stripped = text_of(source).strip()
    try:
        value = read_json(stripped) if stripped else {}
    except NotRead as problem:
        raise HelperFailed(f"parseJson: {problem}") from None
    if name is None:
        return value
    assign(options, text(name), value)
    return None


def _to_json(args: Args, options: Any) -> str:
    value = argument(args, 0)
    return "" if value is None else pretty(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, OneOrMany):
        return value[0] if len(value) == 1 else [*value]
    if isinstance(value, (Method, str)) or not hasattr(value, "__len__"):
        return str(value) if isinstance(value, Method) else value
    if hasattr(value, "keys"):
        return {name: _plain(value[name]) for name in value}
    return [*map(_plain, value)]


def _format_json(args: Args, options: Any) -> str:
    source = str(options.fn()) if options.is_block else text(argument(args, 0))
    try:
        value = read_json(source)
    except NotRead as problem:
        raise HelperFailed(f"formatJson: {problem}") from None
    return compact(value) if options.hash.get("format") == "compact" else pretty(value, nulls=True)


def _format_xml(args: Args, options: Any) -> str:
    source = str(options.fn()) if options.is_block else text(argument(args, 0))
    try:
        return _indented(read_xml(source))
    except NotXml:
        return error("Input is not valid XML")


def _indented(root: Any) -> str:
    return XmlPath(".").find(root)[0]


def _xpath(args: Args, options: Any, prefix: str = "") -> Any:
    source, path = first(args, options), argument(args, 1)
    if path is None:
        return error("The XPath expression cannot be empty")
    try:
        root = read_xml(text_of(source))
    except NotXml:
        return error(f"{text_of(source)} is not valid XML")
    try:
        found = XmlPath(prefix + text_of(path)).find_nodes(root)
        return XmlNodes(XmlNode(*node) for node in found) or ""
    except UsageError as problem:
        if "extra" in str(problem):
            raise
        return error(f"{text_of(path)} is not a valid XPath expression")


def _soap_xpath(args: Args, options: Any) -> Any:
    # WireMock has a slash at the end, and none before what is found below it.
    path = argument(args, 1)
    given = None if path is None else text_of(path).removeprefix("/")
    return _xpath([argument(args, 0), given], options, "/Envelope/Body/")


def _form_data(args: Args, options: Any) -> Any:
    decode = options.hash.get("urlDecode") is True
    values: dict[str, OneOrMany] = {}
    for pair in text(argument(args, 0)).split("&"):
        parts = pair.split("=")
        if len(parts) > 1 and parts[1]:
            value = parts[1].strip()
            values.setdefault(parts[0], OneOrMany()).append(unquote_plus(value) if decode else value)
    if len(args) > 1:
        assign(options, text(args[1]), values)
        return None
    return values


def _array_add(args: Args, options: Any) -> Any:
    if argument(args, 0) is None:
        return []
    if len(args) < 2:
        return error("Missing required parameter: additional value to add to list")
    items = [*args[0]]
    at = _position(options, len(items))
    if at is None:
        return error(_NO_POSITION)
    if not 0 <= at <= len(items):
        return error("position must be greater than or equal to 0 and less than or equal to the size of the list")
    items.insert(at, args[1])
    return items


def _array_remove(args: Args, options: Any) -> Any:
    items = [*args[0]]
    at = _position(options, len(items) - 1)
    if at is None:
        return error(_NO_POSITION)
    if not 0 <= at < len(items):
        return error("position must be greater than or equal to 0 and less than or equal to the size of the list")
    del items[at]
    return items


def _position(options: Any, end: int) -> int | None:
    position = text_of(options.hash.get("position", "end")).lower()
    if position in ("start", "end"):
        return 0 if position == "start" else end
    return int(position) if _INDEX.fullmatch(position) else None


def _array_join(args: Args, options: Any) -> str:
    separator, items = argument(args, 0), [*args[1:]]
    if not isinstance(separator, str):
        return error("Separator parameter must be a String")
    if not items or items[0] is None:
        return error("The parameter must be list")
    if isinstance(items[0], list):
        items = items[0]
    if not items:
        return ""
    parts = [str(options.fn(item)) for item in items] if options.is_block else [*map(text, items)]
    prefix, suffix = (text_of(options.hash.get(name, "")) for name in ("prefix", "suffix"))
    return prefix + separator.join(parts) + suffix


def _range(args: Args, options: Any) -> Any:
    if len(args) < 2:
        return error("The range helper requires both lower and upper bounds as integer parameters")
    lower, upper = whole_number(args[0], 0), whole_number(args[1], 0)
    if upper - lower + 1 < 0 or upper - lower > _MAX_RANGE:
        raise HelperFailed(f"the range from {lower} to {upper} cannot be made")
    return [*range(lower, upper + 1)]


def _val(args: Args, options: Any) -> Any:
    value = argument(args, 0)
    if value is None:
        value = options.hash.get("or", options.hash.get("default"))
    if "assign" in options.hash:
        assign(options, text(options.hash["assign"]), value)
        return None
    return value


def _assign(args: Args, options: Any) -> None:
    assign(options, text(argument(args, 0)), str(options.fn()).strip() if options.is_block else "")


def _lookup(args: Args, options: Any) -> Any:
    where, key = argument(args, 0), argument(args, 1)
    if hasattr(where, "keys"):
        return where.get(text_of(key))
    if isinstance(where, (list, tuple)) and text_of(key).isdigit():
        index = int(text_of(key))
        return where[index] if index < len(where) else where
    return None


HELPERS: dict[str, Helper] = {
    "jsonPath": _json_path,
    "jsonMerge": _json_merge,
    "jsonArrayAdd": _json_array_add,
    "jsonRemove": _json_remove,
    "parseJson": _parse_json,
    "toJson": _to_json,
    "formatJson": _format_json,
    "formatXml": _format_xml,
    "xPath": _xpath,
    "soapXPath": _soap_xpath,
    "formData": _form_data,
    "array": lambda args, options: [*args],
    "arrayAdd": _array_add,
    "arrayRemove": _array_remove,
    "arrayJoin": _array_join,
    "range": _range,
    "val": _val,
    "assign": _assign,
    "lookup": _lookup,
}
