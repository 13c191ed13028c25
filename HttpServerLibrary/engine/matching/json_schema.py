"""The body as JSON, valid against a JSON Schema."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

from ..arguments import json_value
from ..errors import UsageError
from ..message.request import Request
from ..phrase import Masking, Phrase, joined, listed, text
from ..visible import quote
from .json_body import JsonField, extra_missing, failure, first_line
from .json_difference import NOTHING, Finding, Words, json_phrase, kind
from .quick import NEVER
from .regexp import Regexp, TookTooLong
from .suggestion import Suggestion, is_short
from .unordered import Forms

_KINDS: Final = {
    "array": "a list",
    "boolean": "a boolean",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "text",
}
# The words before and after the value of a rule.
_RULES: Final = {
    "const": ("", ""),
    "minimum": ("a number of at least ", ""),
    "maximum": ("a number of at most ", ""),
    "exclusiveMinimum": ("a number greater than ", ""),
    "exclusiveMaximum": ("a number less than ", ""),
    "multipleOf": ("a multiple of ", ""),
    "minLength": ("text of at least ", " characters"),
    "maxLength": ("text of at most ", " characters"),
    "pattern": ("text that contains a match for ", ""),
    "minItems": ("at least ", " items"),
    "maxItems": ("at most ", " items"),
    "minProperties": ("at least ", " members"),
    "maxProperties": ("at most ", " members"),
}


class JsonSchema(JsonField):
    """Valid against this JSON Schema: a dictionary, or the path of a file."""

    name = "json_schema"
    quick_up_to = NEVER

    def __init__(self, value: object) -> None:
        try:
            import jsonschema
        except ImportError:
            raise UsageError(extra_missing("json_schema")) from None
        # A dictionary, or the name of a file.
        self._given: object = str(value) if isinstance(value, (str, Path)) else value
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
        self._validator = _quick(cls)(self._schema, registry=registry)

    def findings(self, body: Any) -> Iterator[Finding]:
        try:
            for error in self._validator.iter_errors(body):
                yield from findings_of(error)
        except (RecursionError, TookTooLong):
            raise
        except Exception as error:  # the library leaves the size of numbers to Python
            yield Finding((), Words("a body that can be validated"), failure(error))

    def suggestion(self, request: Request) -> Suggestion | None:
        return {"json_schema": self._given} if self.matches(request) and is_short(self._given) else None

    def matches(self, request: Request) -> bool:
        try:
            return bool(self._validator.is_valid(request.json))
        except TookTooLong:
            raise
        except Exception:  # as in findings
            return False

    def shown(self, masking: Masking) -> str:
        return f"json_schema={text(json_phrase(self._schema), masking)}"


@lru_cache(maxsize=256)
def _regexp(pattern: str) -> Regexp:
    return Regexp(pattern, "json_schema")


def _has_match(pattern: str, text: str) -> bool:
    return _regexp(pattern).is_in(text)


# These replace rules of the library that may take long: its regular expressions have no time limit, and its check for
# unique items compares each item with each.


def _pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[Any]:
    if validator.is_type(value, "string") and not _has_match(pattern, value):
        yield _error(f"{value!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, patterns: Any, value: Any, schema: Any) -> Iterator[Any]:
    if validator.is_type(value, "object"):
        for pattern, inner in patterns.items():
            for name in value:
                if _has_match(pattern, name):
                    yield from validator.descend(value[name], inner, path=name, schema_path=pattern)


def _additional_properties(validator: Any, inner: Any, value: Any, schema: Any) -> Iterator[Any]:
    extra = _additional(schema, value) if validator.is_type(value, "object") else []
    if validator.is_type(inner, "object"):
        for name in extra:
            yield from validator.descend(value[name], inner, path=name)
    elif not inner and extra:
        yield _error("there are additional members")


def _unique_items(validator: Any, needed: Any, value: Any, schema: Any) -> Iterator[Any]:
    if needed and validator.is_type(value, "array"):
        forms = Forms(in_order=True)
        if len(set(map(forms.of, value))) < len(value):
            yield _error("there are equal items")


def _error(message: str) -> Any:
    import jsonschema

    return jsonschema.ValidationError(message)


QUICK_RULES: Final = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "uniqueItems": _unique_items,
}


@cache
def _quick(cls: Any) -> Any:
    """A validator class of the library with these rules, also for schemas inside the schema."""
    import attrs
    import jsonschema

    extend: Any = jsonschema.validators.extend
    quick = extend(cls, QUICK_RULES)

    def evolve(self: Any, **changes: Any) -> Any:
        # The library would take a class of its own for a schema with $schema, such as one in another file.
        found: Any = jsonschema.validators.validator_for(changes.get("schema", self.schema), default=quick)
        kept = {field.alias: getattr(self, field.name) for field in attrs.fields(quick) if field.init}
        return (quick if found is quick else _quick(found))(**kept | changes)

    quick.evolve = evolve
    return quick


def findings_of(error: Any) -> Iterator[Finding]:
    """The differences in one error of the library."""
    steps, rule, needed, value = tuple(error.absolute_path), error.validator, error.validator_value, error.instance
    if rule == "required":
        # Each missing member is a separate error, in the order of the schema, but only the message names it.
        name = next((name for name in needed if error.message.startswith(f"{name!r} ")), None)
        yield Finding((*steps, *([] if name is None else [name])), Words("a value (required)"), NOTHING)
    elif rule == "additionalProperties" and needed is False:
        for name in _additional(error.schema, value):
            yield Finding((*steps, name), Words("no such key (additionalProperties is false)"), value[name])
    else:
        is_type = rule == "type" and value is not None
        received = Words(joined(json_phrase(value), f" ({kind(value)})")) if is_type else value
        yield Finding(steps, Words(_rule_phrase(rule, needed)), received)


def _additional(schema: Any, value: Any) -> list[str]:
    """The members of an object that its schema names neither directly nor by a pattern."""
    patterns = schema.get("patternProperties", {})
    return [
        name
        for name in value
        if name not in schema.get("properties", {}) and not any(_has_match(pattern, name) for pattern in patterns)
    ]


def _rule_phrase(rule: str, needed: Any) -> Phrase:
    """What a rule of JSON Schema requires, as a phrase after 'expected'."""
    if rule == "type":
        kinds = [needed] if isinstance(needed, str) else needed
        return " or ".join(_KINDS.get(kind, str(kind)) for kind in kinds)
    if rule == "enum":
        return joined("one of ", listed(map(json_phrase, needed), len(needed)))
    if rule in ("anyOf", "oneOf"):
        return f"a value that matches {'one' if rule == 'oneOf' else 'any'} of {len(needed)} schemas ({rule})"
    words = _RULES.get(rule)
    if words is None:
        return joined(f"{rule} ", json_phrase(needed))
    before, after = words
    return joined(before, json_phrase(needed), f"{after} ({rule})")


def _schema(value: object) -> tuple[Any, str]:
    """The schema, and the URL of its file, against which references are resolved."""
    if isinstance(value, (str, Path)) and not str(value).lstrip().startswith("{"):
        path = Path(value)
        try:
            contents = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise UsageError(f"json_schema: the file {quote(str(path))} cannot be read: {reason}.") from None
        schema = json_value(contents, f"json_schema: {path.name}")
        return schema, path.resolve().as_uri() if isinstance(schema, dict) else ""
    return json_value(value, "json_schema"), ""


def _registry() -> Any:
    """Finds referenced schemas in local files only."""
    # A dependency of jsonschema; its attrs classes cannot be type-checked.
    referencing: Any = importlib.import_module("referencing")
    specification: Any = importlib.import_module("referencing.jsonschema").DRAFT202012

    def retrieve(uri: str) -> Any:
        path = local_path(urljoin("file:///", uri))
        if path is None:
            raise referencing.exceptions.NoSuchResource(ref=uri)
        contents = json.loads(Path(path).read_text(encoding="utf-8"))
        return referencing.Resource.from_contents(contents, default_specification=specification)

    return referencing.Registry(retrieve=retrieve)


def local_path(url: str, to_path: Callable[[str], str] = url2pathname) -> str | None:
    """The path of a file by its URL (RFC 8089), on Windows also on another machine; None for other URLs."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return None
    return to_path(parts.path if parts.netloc in ("", "localhost") else f"//{parts.netloc}{parts.path}")


def _check_references(schema: Any, registry: Any) -> None:
    """Rejects a schema with references that cannot be resolved; otherwise they would fail while serving."""
    referencing: Any = importlib.import_module("referencing.jsonschema")
    resource = referencing.DRAFT202012.create_resource(schema)
    resolver = registry.resolver_with_root(resource)
    for reference in _references(schema):
        try:
            resolver.lookup(reference)
        except Exception as error:  # errors of the library, and of reading a referenced file
            raise UsageError(
                f"json_schema: the reference {quote(reference)} cannot be resolved: {first_line(error)}."
            ) from None


def _references(schema: Any) -> Iterator[str]:
    """All references that are relative to the schema itself."""
    if isinstance(schema, list):
        for entry in schema:
            yield from _references(entry)
    elif isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield reference
        for name, entry in schema.items():
            # Inside another $id, references are relative to that.
            if name not in ("const", "enum", "default", "examples") and not (
                isinstance(entry, dict) and "$id" in entry
            ):
                yield from _references(entry)
