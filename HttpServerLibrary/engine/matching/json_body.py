"""The body as JSON (RFC 8259), whatever its Content-Type."""

from __future__ import annotations

import importlib
import json
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

from ..errors import UsageError
from ..request import NotJson, Request
from ..visible import contrast, quote, visible
from .arguments import dictionary, json_value
from .difference import Difference
from .field import Field
from .hints import only, says_json
from .placeholder import Placeholder, advice, filled, is_placeholder
from .unordered import Forms, comparisons, without_counterpart

# A large body that shares nothing with what is expected would differ everywhere.
_MOST = 100
# Values, and comparisons of them, that take some milliseconds.
_MOST_REORDERED = 2000
_MOST_SHOWN = 100
_REORDERED: Final = "same items in another order: json_ignore_order=True accepts that"
# Lists of other lengths than expected are compared item by item up to here.
_MOST_PAIRED = 100
# Takes about a second.
_MOST_COMPARISONS = 1_000_000
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, default=attrgetter("written"))


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
    if isinstance(value, Placeholder):
        return value.words
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
_NO_SUCH_ITEM: Final = _Phrase("no such item")


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
        if isinstance(self.expected, Placeholder):
            if values and self.expected.kind != kind(self.received):
                received = f"{received} ({kind(self.received)})"
        elif values and not self.rule and kind(self.expected) != kind(self.received):
            if expected.strip('"') == received.strip('"'):
                hint = hint or "only quotes differ"
            expected, received = f"{expected} ({kind(self.expected)})", f"{received} ({kind(self.received)})"
        return Difference(f"{field} {_shortened(self.path)}", f"{self.rule} {expected}".lstrip(), received, hint)


def compare(
    expected: Any,
    received: Any,
    path: str = "$",
    *,
    subset: bool = False,
    forms: Forms | None = None,
    hints: bool = False,
) -> Iterator[Finding]:
    """Yields every place that differs; numbers are equal by value, and never equal to booleans.

    With ``forms`` lists are compared whatever their order. With ``hints`` lists that differ in nothing but the order
    are one difference that says so.
    """
    if isinstance(expected, Placeholder):
        if not expected.fits(received):
            yield Finding(path, expected, received)
    elif isinstance(expected, dict) and isinstance(received, dict):
        for key, value in expected.items():
            where = _member(path, key)
            if key in received:
                yield from compare(value, received[key], where, subset=subset, forms=forms, hints=hints)
            else:
                yield Finding(where, value, _NOTHING)
        if not subset:
            for key, value in received.items():
                if key not in expected:
                    yield Finding(_member(path, key), _NOTHING, value)
    elif isinstance(expected, list) and isinstance(received, list):
        if hints and forms is None and _reordered(expected, received, subset):
            yield Finding(path, expected, received, hint=_REORDERED)
            return
        if len(expected) != len(received):
            yield Finding(path, _Phrase(f"a list of length {len(expected)}"), _Phrase(f"length {len(received)}"))
        if forms is not None:
            if len(expected) == len(received) or max(len(expected), len(received)) <= _MOST_PAIRED:
                yield from _compare_in_any_order(expected, received, path, subset, forms)
        else:
            for index, (one, other) in enumerate(zip(expected, received, strict=False)):
                # Passes over equal items in a fraction of the time; 1 and true are equal, but do not look so.
                if one == other and repr(one) == repr(other):
                    continue
                yield from compare(one, other, f"{path}[{index}]", subset=subset, hints=hints)
    elif kind(expected) != kind(received) or expected != received:
        yield Finding(path, expected, received)


def _reordered(expected: list[Any], received: list[Any], subset: bool) -> bool:
    """Whether two lists differ, and only in the order of their items; of long ones nobody knows."""
    if len(expected) != len(received) or not _is_small(expected) or not _is_small(received):
        return False
    if next(compare(expected, received, subset=subset), None) is None:
        return False
    if comparisons(expected, None if subset else Forms()) > _MOST_REORDERED:
        return False
    return next(compare(expected, received, subset=subset, forms=Forms()), None) is None


def _is_small(value: Any) -> bool:
    """Whether there are few values in a value; counts no further than that."""
    left = [value]
    for _ in range(_MOST_REORDERED):
        if not left:
            return True
        entry = left.pop()
        if isinstance(entry, (dict, list)):
            if len(entry) > _MOST_REORDERED:
                return False
            left += entry.values() if isinstance(entry, dict) else entry
    return False


def _compare_in_any_order(
    expected: list[Any], received: list[Any], path: str, subset: bool, forms: Forms
) -> Iterator[Finding]:
    def fits(one: Any, other: Any) -> bool:
        return next(compare(one, other, subset=subset, forms=forms), None) is None

    missing, extra = without_counterpart(expected, received, fits, None if subset else forms)
    for index in missing:
        yield Finding(path, _Phrase(f"item [{index}] {show(expected[index])} at any place"), _NO_SUCH_ITEM)
    for index in extra:
        yield Finding(f"{path}[{index}]", _NO_SUCH_ITEM, received[index])
    if len(missing) == len(extra) == 1:
        one, other = expected[missing[0]], received[extra[0]]
        if isinstance(one, (dict, list)) and isinstance(other, type(one)):
            # Most likely it is the same item with something wrong in it.
            yield from compare(one, other, f"{path}[{extra[0]}]", subset=subset, forms=forms)


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
            for finding in islice(self.explained(request.json), _MOST):
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

    def explained(self, body: Any) -> Iterator[Finding]:
        """As `findings`, for people: takes the time to say more."""
        return self.findings(body)


class _JsonValue(JsonField):
    """Compares the body with a JSON value, which may hold placeholders."""

    subset: ClassVar[bool]

    def __init__(self, value: object, *, ignore_order: bool = False) -> None:
        if isinstance(value, str) and is_placeholder(value):
            self._written: Any = value.strip()
        else:
            self._written = _parsed(value, self.name)
        self._expected = filled(self._written, self.name)
        self._ignore_order = ignore_order
        if ignore_order:
            self._check_costs()

    def _check_costs(self) -> None:
        try:
            most = comparisons(self._expected, None if self.subset else Forms())
        except RecursionError:
            raise UsageError(f"{self.name}: nested too deeply to be compared whatever the order of lists.") from None
        if most > _MOST_COMPARISONS:
            raise UsageError(
                f"{self.name}: the lists are too long to be compared whatever their order: "
                f"up to {most} comparisons, where {_MOST_COMPARISONS} are the most."
            )

    def findings(self, body: Any) -> Iterator[Finding]:
        forms = Forms() if self._ignore_order else None
        return compare(self._expected, body, subset=self.subset, forms=forms)

    def explained(self, body: Any) -> Iterator[Finding]:
        return (
            self.findings(body) if self._ignore_order else compare(self._expected, body, subset=self.subset, hints=True)
        )

    def __str__(self) -> str:
        return f"{self.name}={show(self._written)}"


def _parsed(value: object, what: str) -> Any:
    try:
        return json_value(value, what)
    except UsageError as error:
        if isinstance(value, str):
            raise UsageError(f"{error}{advice(value)}") from None
        raise


class Json(_JsonValue):
    """Equal to the body: objects in any order, 1 equals 1.0, 1 is not true."""

    subset = False

    def __init__(self, value: object, *, ignore_order: bool = False) -> None:
        super().__init__(value, ignore_order=ignore_order)
        varies = self._expected is not self._written and Forms().of(self._expected) is None
        self._literal = not varies and not ignore_order

    def fits(self, request: Request) -> bool:
        if not self._literal:
            return super().fits(request)
        try:
            body = request.json
            # As compare() finds nothing, in a fraction of its time.
            return bool(self._expected == body) and _equal_in_json(self._expected, body)
        except (NotJson, RecursionError):
            return False


class JsonSubset(_JsonValue):
    """Every key is in the body with that value; lists of the same length and order, items as subsets."""

    name = "json_subset"
    subset = True


class JsonPath(JsonField):
    """JSONPath (RFC 9535) to the value that one of the found ones must equal."""

    name = "json_path"

    def __init__(self, value: object) -> None:
        try:
            import jsonpath
        except ImportError:
            raise UsageError(_missing("json_path")) from None
        self._find: dict[str, tuple[Callable[[Any], list[Any]], Any]] = {}
        self._written: dict[str, Any] = {}
        for path, expected in dictionary(value, "json_path").items():
            try:
                compiled = jsonpath.compile(path)
            except Exception as error:  # besides its own, what a bad regular expression in it raises
                raise UsageError(f"json_path: {quote(path)} is not a JSONPath: {_first_line(error)}.") from None
            # Text is itself here, not JSON that is written down.
            written = expected if isinstance(expected, str) else json_value(expected, f"json_path: {path}")
            self._find[path] = (compiled.findall, filled(written, f"json_path: {path}"))
            self._written[path] = written

    def findings(self, body: Any) -> Iterator[Finding]:
        for path, (find, expected) in self._find.items():
            try:
                # The library refuses to look into a body that is neither object nor list.
                found = find(body) if isinstance(body, (dict, list)) else [body] * (path.strip() == "$")
            except RecursionError:
                raise
            except Exception as error:  # the library leaves it to Python which values an operator takes
                yield Finding(path, expected, _failure(error))
                continue
            if not any(next(compare(expected, value), None) is None for value in found):
                received = ", ".join(map(show, found[:5]))
                yield Finding(path, expected, _Phrase(received) if received else _NOTHING)

    def __str__(self) -> str:
        pairs = (f"{quote(path)}: {show(value)}" for path, value in self._written.items())
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
        try:
            for error in self._validator.iter_errors(body):
                yield Finding(error.json_path, error.validator_value, error.instance, rule=str(error.validator))
        except RecursionError:
            raise
        except Exception as error:  # the library leaves it to Python how large a number can be
            yield Finding("$", _Phrase("a body that can be validated"), _failure(error))

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


def _failure(error: Exception) -> _Phrase:
    return _Phrase(f"a failure: {visible(_first_line(error))}")


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
