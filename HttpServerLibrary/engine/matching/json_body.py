"""The body as JSON (RFC 8259), whatever its Content-Type."""

from __future__ import annotations

import importlib
import json
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

from ..errors import UsageError
from ..request import NotJson, Request
from ..visible import contrast, quote, visible
from .arguments import dictionary, json_value
from .difference import Difference
from .field import Field
from .hints import only, says_json

# A large body that shares nothing with what is expected would differ everywhere.
_MOST = 100
# Values that are looked at to see whether lists hold the same items.
_MOST_REORDERED = 5000
_MOST_SHOWN = 100
_REORDERED: Final = "same items in another order: json_ignore_order=True accepts that"
_ENCODER = json.JSONEncoder(ensure_ascii=False)


def kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "object"


def show(value: Any) -> str:
    """A JSON value on one line, cut early: it may be the whole of a large body."""
    if isinstance(value, _Phrase):
        return value.text
    if isinstance(value, str):
        return quote(value)
    text = ""
    for piece in _ENCODER.iterencode(value):
        text += piece
        if len(text) > _MOST_SHOWN:
            return f"{visible(text[:_MOST_SHOWN])}... (cut)"
    return visible(text)


@dataclass(frozen=True)
class _Phrase:
    """Stands for a value where there is none to show."""

    text: str


_NOTHING: Final = _Phrase("nothing")


class Finding(NamedTuple):
    """A place in the body that differs; ``rule`` says what the expected value is for, where it is not to be equal."""

    path: str
    expected: Any
    received: Any
    rule: str = ""
    hint: str = ""

    def difference(self, field: str) -> Difference:
        hint = self.hint
        if isinstance(self.expected, str) and isinstance(self.received, str):
            expected, received = contrast(self.expected, self.received)
            hint = hint or ("" if self.rule else only(self.expected, self.received))
        else:
            expected, received = show(self.expected), show(self.received)
        values = not isinstance(self.expected, _Phrase) and not isinstance(self.received, _Phrase)
        if values and not self.rule and kind(self.expected) != kind(self.received):
            if expected.strip('"') == received.strip('"'):
                hint = hint or "only quotes differ"
            expected, received = f"{expected} ({kind(self.expected)})", f"{received} ({kind(self.received)})"
        return Difference(f"{field} {_shortened(self.path)}", f"{self.rule} {expected}".lstrip(), received, hint)


def compare(expected: Any, received: Any, path: str = "$", *, subset: bool = False) -> Iterator[Finding]:
    """Yields every place that differs; numbers are equal by value, and never equal to booleans."""
    if isinstance(expected, dict) and isinstance(received, dict):
        for key, value in expected.items():
            where = _member(path, key)
            if key in received:
                yield from compare(value, received[key], where, subset=subset)
            else:
                yield Finding(where, value, _NOTHING)
        if not subset:
            for key, value in received.items():
                if key not in expected:
                    yield Finding(_member(path, key), _NOTHING, value)
    elif isinstance(expected, list) and isinstance(received, list):
        if reordered(expected, received):
            yield Finding(path, expected, received, hint=_REORDERED)
            return
        if len(expected) != len(received):
            yield Finding(path, _Phrase(f"a list of length {len(expected)}"), _Phrase(f"length {len(received)}"))
        for index, (one, other) in enumerate(zip(expected, received, strict=False)):
            # Passes over equal items in a fraction of the time; 1 and true are equal, but do not look so.
            if one == other and repr(one) == repr(other):
                continue
            yield from compare(one, other, f"{path}[{index}]", subset=subset)
    elif kind(expected) != kind(received) or expected != received:
        yield Finding(path, expected, received)


def reordered(expected: list[Any], received: list[Any]) -> bool:
    """Whether two lists hold the same items in another order."""
    if len(expected) != len(received):
        return False
    left = iter(range(_MOST_REORDERED))
    try:
        one = [_hashable(item, left) for item in expected]
        other = [_hashable(item, left) for item in received]
    except (RecursionError, StopIteration):
        return False
    return one != other and Counter(one) == Counter(other)


def _hashable(value: Any, left: Iterator[int]) -> Any:
    """A stand-in for a JSON value, equal for values that are equal as JSON; as many as are left to look at."""
    next(left)
    if isinstance(value, dict):
        return frozenset([(name, _hashable(entry, left)) for name, entry in value.items()])
    return tuple([_hashable(entry, left) for entry in value]) if isinstance(value, list) else (kind(value), value)


def _shortened(path: str) -> str:
    """A long path without its beginning: the end tells more."""
    return path if len(path) <= _MOST_SHOWN else f"$...{path[-_MOST_SHOWN:]}"


def _member(path: str, key: str) -> str:
    return f"{path}.{visible(key)}" if key.isidentifier() else f"{path}[{quote(key)}]"


def _equal_in_json(one: Any, other: Any) -> bool:
    """Whether two values that are equal to Python, to which 0 and 1 are false and true, are so to JSON."""
    pairs: Iterable[tuple[Any, Any]] = ((one, other),)
    if isinstance(one, dict):
        pairs = zip(one.values(), map(other.get, one), strict=True)
    elif isinstance(one, list):
        pairs = zip(one, other, strict=True)
    for value, counterpart in pairs:
        kind = value.__class__
        if kind is not counterpart.__class__:
            if kind is bool or counterpart.__class__ is bool:
                return False
        elif kind in (dict, list) and not _equal_in_json(value, counterpart):
            return False
    return True


class JsonField(Field):
    """A field about the parsed body; a body that is no JSON is one difference."""

    name = "json"

    def fits(self, request: Request) -> bool:
        try:
            return next(self.findings(request.json), None) is None
        except (NotJson, RecursionError):
            return False

    def differences(self, request: Request) -> Iterator[Difference]:
        try:
            for finding in islice(self.findings(request.json), _MOST):
                yield finding.difference(self.name)
        except NotJson as error:
            received = f"{quote(request.text)}, which is not JSON: {error}" if request.body else "no body"
            hint = "its Content-Type says JSON, though" if request.body and says_json(request.content_type) else ""
            yield Difference(self.name, "a JSON body", received, hint)
        except RecursionError:
            yield Difference(self.name, "a body that can be compared", "one that is nested too deeply")

    @abstractmethod
    def findings(self, body: Any) -> Iterator[Finding]:
        """Yields what differs in the parsed body."""


class Json(JsonField):
    """Equal to the body: objects in any order, 1 equals 1.0, 1 is not true."""

    def __init__(self, value: object) -> None:
        self._expected = json_value(value, "json")

    def fits(self, request: Request) -> bool:
        try:
            body = request.json
            # As compare() finds nothing, in a fraction of its time.
            return bool(self._expected == body) and _equal_in_json(self._expected, body)
        except (NotJson, RecursionError):
            return False

    def findings(self, body: Any) -> Iterator[Finding]:
        return compare(self._expected, body)

    def __str__(self) -> str:
        return f"json={show(self._expected)}"


class JsonSubset(JsonField):
    """Every key is in the body with that value; lists of the same length and order, items as subsets."""

    name = "json_subset"

    def __init__(self, value: object) -> None:
        self._expected = json_value(value, "json_subset")

    def findings(self, body: Any) -> Iterator[Finding]:
        return compare(self._expected, body, subset=True)

    def __str__(self) -> str:
        return f"json_subset={show(self._expected)}"


class JsonPath(JsonField):
    """JSONPath (RFC 9535) to the value that one of the found ones must equal."""

    name = "json_path"

    def __init__(self, value: object) -> None:
        try:
            import jsonpath
        except ImportError:
            raise UsageError(_missing("json_path")) from None
        self._find: dict[str, tuple[Callable[[Any], list[Any]], Any]] = {}
        for path, expected in dictionary(value, "json_path").items():
            try:
                compiled = jsonpath.compile(path)
            except (jsonpath.JSONPathError, RecursionError) as error:
                raise UsageError(f"json_path: {quote(path)} is not a JSONPath: {_first_line(error)}.") from None
            # Text is itself here, not JSON that is written down.
            value = expected if isinstance(expected, str) else json_value(expected, f"json_path: {path}")
            self._find[path] = (compiled.findall, value)

    def findings(self, body: Any) -> Iterator[Finding]:
        for path, (find, expected) in self._find.items():
            # The library refuses to look into a body that is neither object nor list.
            found = find(body) if isinstance(body, (dict, list)) else [body] * (path.strip() == "$")
            if not any(next(compare(expected, value), None) is None for value in found):
                received = ", ".join(map(show, found[:5]))
                yield Finding(path, expected, _Phrase(received) if received else _NOTHING)

    def __str__(self) -> str:
        pairs = (f"{quote(path)}: {show(expected)}" for path, (_, expected) in self._find.items())
        return f"json_path={{{', '.join(pairs)}}}"


class JsonSchema(JsonField):
    """Valid against this JSON Schema: a dictionary, or the path of a file."""

    name = "json_schema"

    def __init__(self, value: object) -> None:
        try:
            import jsonschema
        except ImportError:
            raise UsageError(_missing("json_schema")) from None
        self._schema: Any
        self._schema, base = _schema(value)
        try:
            cls: Any = jsonschema.Draft202012Validator
            if isinstance(self._schema, dict):
                cls = jsonschema.validators.validator_for(self._schema, default=cls)
            cls.check_schema(self._schema)
        except jsonschema.SchemaError as error:
            raise UsageError(f"json_schema: not a JSON Schema: {error.json_path}: {error.message}.") from None
        if base:
            self._schema = {"$id": base, **self._schema}
        registry = _registry()
        _check_references(self._schema, registry)
        self._validator = cls(self._schema, registry=registry)

    def findings(self, body: Any) -> Iterator[Finding]:
        for error in self._validator.iter_errors(body):
            yield Finding(error.json_path, error.validator_value, error.instance, rule=str(error.validator))

    def __str__(self) -> str:
        return f"json_schema={show(self._schema)}"


def _schema(value: object) -> tuple[Any, str]:
    """The schema, and the address of its file so that references beside it resolve."""
    if isinstance(value, (str, Path)) and not str(value).lstrip().startswith("{"):
        path = Path(value)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"json_schema: the file {quote(str(path))} cannot be read: {error}.") from None
        schema = json_value(text, f"json_schema: {path.name}")
        return schema, path.resolve().as_uri() if isinstance(schema, dict) else ""
    return json_value(value, "json_schema"), ""


def _registry() -> Any:
    """Finds referenced schemas beside the file that names them, and nowhere else."""
    # Comes with jsonschema; its attrs classes cannot be type-checked.
    referencing: Any = importlib.import_module("referencing")
    specification: Any = importlib.import_module("referencing.jsonschema").DRAFT202012

    def retrieve(uri: str) -> Any:
        parts = urlsplit(urljoin("file:///", uri))
        if parts.scheme != "file":
            raise referencing.exceptions.NoSuchResource(ref=uri)
        contents = json.loads(Path(url2pathname(parts.path)).read_text(encoding="utf-8"))
        return referencing.Resource.from_contents(contents, default_specification=specification)

    return referencing.Registry(retrieve=retrieve)


def _check_references(schema: Any, registry: Any) -> None:
    """Refuses a schema with references that lead nowhere; otherwise they would be found while serving."""
    referencing: Any = importlib.import_module("referencing.jsonschema")
    resource = referencing.DRAFT202012.create_resource(schema)
    resolver = registry.resolver_with_root(resource)
    for reference in _references(schema):
        try:
            resolver.lookup(reference)
        except Exception as error:  # besides those of the library, what reading a file beside the schema raises
            raise UsageError(
                f"json_schema: the reference {quote(reference)} cannot be followed: {_first_line(error)}."
            ) from None


def _references(schema: Any) -> Iterator[str]:
    """All references that start from the address of the schema itself."""
    if isinstance(schema, list):
        for entry in schema:
            yield from _references(entry)
    elif isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield reference
        for name, entry in schema.items():
            # Inside another $id references start from there.
            if name not in ("const", "enum", "default", "examples") and not (
                isinstance(entry, dict) and "$id" in entry
            ):
                yield from _references(entry)


def _missing(argument: str) -> str:
    return f"{argument} needs the extra 'json': pip install robotframework-httpserverlibrary[json]"


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
