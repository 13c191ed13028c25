"""Patterns of WireMock for JSON."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ....arguments import json_reason
from ....errors import UsageError
from ....matching.difference import Difference, Step, Where
from ....matching.json_difference import NO_KEY, NOTHING, Anywhere, Finding, NoKey, Words, json_phrase, kind
from ....matching.json_schema import JsonSchema
from ....matching.quick import LARGE, NEVER, SMALL
from ....matching.regexp import Regexp
from ....matching.unordered import without_counterpart
from ....phrase import Phrase, Plain, Quoted, joined, listed, text
from ....visible import quote
from ..lenient_json import NotRead, read_json
from .dates import parse_zoned
from .java_regexp import java_regexp
from .java_text import compact, java_text, pretty
from .json_path import NotFound, compiled
from .patterns import Absent, Pattern

_PLACEHOLDER: Final = re.compile(r"[$#]\{json-unit\.([^}]*)\}(.*)", re.DOTALL)
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*")
# A domain has two letters at its end.
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)*\.[A-Za-z]{2,}")
_KINDS: Final = {"any-string": "text", "any-number": "number", "any-boolean": "boolean"}
_WORDS: Final = {"any-string": "any text", "any-number": "any number", "any-boolean": "true or false"}
# Comparing this many takes about a second.
_MAX_COMPARISONS: Final = 250_000
_SCHEMAS: Final = {
    "V4": "http://json-schema.org/draft-04/schema#",
    "V6": "http://json-schema.org/draft-06/schema#",
    "V7": "http://json-schema.org/draft-07/schema#",
    "V201909": "https://json-schema.org/draft/2019-09/schema",
    "V202012": "https://json-schema.org/draft/2020-12/schema",
}


class _Stand:
    """A placeholder of JsonUnit in an expected value."""

    def __init__(self, name: str, rest: str) -> None:
        self.name = name
        self.regexp: Regexp | None = java_regexp(rest) if name == "regex" else None
        self.optional = name == "ignore-element"
        if name not in (*_KINDS, "ignore", "regex", "ignore-element"):
            raise UsageError(f"the placeholder {quote('${json-unit.' + name + '}')} is not known")
        words: Phrase = _WORDS.get(name, "anything")
        self.words = ("text that matches REGEXP ", Quoted(rest)) if self.regexp is not None else words

    def matches(self, value: Any) -> bool:
        if self.regexp is not None:
            return isinstance(value, str) and self.regexp.matches(value)
        return self.name not in _KINDS or kind(value) == _KINDS[self.name]


def _with_stands(value: Any) -> Any:
    """The expected value with its placeholders; the value itself if there are none."""
    if isinstance(value, Mapping):
        members = {name: _with_stands(entry) for name, entry in value.items()}
        return members if any(members[name] is not value[name] for name in members) else value
    if isinstance(value, list):
        items = [*map(_with_stands, value)]
        return items if any(item is not entry for item, entry in zip(items, value, strict=True)) else value
    found = _PLACEHOLDER.fullmatch(value) if isinstance(value, str) and "json-unit." in value else None
    return value if found is None else _Stand(found[1], found[2])


class EqualToJson(Pattern):
    """Equal as JSON. Raises `UsageError`."""

    def __init__(self, value: Any, *, ignore_order: bool, ignore_extra: bool) -> None:
        if isinstance(value, str):
            try:
                value = read_json(value)
            except NotRead as error:
                raise UsageError(f"equalToJson is not JSON: {_reason(str(value), error)}") from None
        self._given = value
        self._expected = _with_stands(value)
        self._ignore_order = ignore_order
        self._ignore_extra = ignore_extra
        self.quick_up_to = SMALL if ignore_order or ignore_extra or self._expected is not value else LARGE

    def matches(self, value: str | None) -> bool:
        if not value:
            return False
        try:
            return next(self._compare(self._expected, read_json(value), ()), None) is None
        except (NotRead, RecursionError):
            return False

    def describe(self) -> Phrase:
        return joined("JSON ", json_phrase(self._given))

    @property
    def written(self) -> Phrase:
        extra = "_subset" if self._ignore_extra else ""
        order = " json_ignore_order=True" if self._ignore_order else ""
        return joined(f"json{extra}=", json_phrase(self._given), order)

    def differences(self, where: Where, value: str | None) -> Iterator[Difference]:
        try:
            body = read_json(value or "")
        except NotRead:
            received: Phrase = "no body" if not value else (Quoted(value), ", which is not JSON")
            yield Difference(Where("json"), "a JSON body", received)
            return
        try:
            for finding in self._compare(self._expected, body, ()):
                yield finding.difference(Where.in_json("json", finding.steps))
        except RecursionError:
            yield Difference(Where("json"), "a body that can be compared", "one that is nested too deeply")

    def _compare(self, expected: Any, received: Any, steps: tuple[Step, ...]) -> Iterator[Finding]:
        if isinstance(expected, _Stand):
            if not expected.matches(received):
                yield Finding(steps, Words(expected.words), received)
        elif isinstance(expected, Mapping) and isinstance(received, Mapping):
            for name, value in expected.items():
                if name in received:
                    yield from self._compare(value, received[name], (*steps, name))
                elif not (isinstance(value, _Stand) and value.optional):
                    shown = Words(value.words) if isinstance(value, _Stand) else value
                    yield Finding((*steps, name), shown, NoKey([*received]))
            if not self._ignore_extra:
                for name, value in received.items():
                    if name not in expected:
                        yield Finding((*steps, name), NO_KEY, value)
        elif isinstance(expected, list) and isinstance(received, list):
            yield from self._compare_lists(expected, received, steps)
        elif kind(expected) != kind(received) or expected != received:
            yield Finding(steps, expected, received)

    def _compare_lists(self, expected: list[Any], received: list[Any], steps: tuple[Step, ...]) -> Iterator[Finding]:
        too_many = len(received) > len(expected) and not self._ignore_extra
        if len(received) < len(expected) or too_many:
            yield Finding(steps, Words(f"{len(expected)} items"), Words(str(len(received))))
        if not self._ignore_order:
            for index, (one, other) in enumerate(zip(expected, received, strict=False)):
                yield from self._compare(one, other, (*steps, index))
            return
        if len(expected) * len(received) > _MAX_COMPARISONS:
            yield Finding(steps, Words("a list that can be compared in any order"), Words("one that is too long"))
            return

        def matches(one: Any, other: Any) -> bool:
            return next(self._compare(one, other, ()), None) is None

        missing, extra = without_counterpart(expected, received, matches, None)
        for index in missing:
            item = expected[index]
            yield Finding(steps, Anywhere(index, Words(item.words) if isinstance(item, _Stand) else item), NOTHING)
        if not self._ignore_extra:
            for index in extra:
                yield Finding((*steps, index), Words("no such item"), received[index])


def _reason(value: str, error: NotRead) -> str:
    reason = error.__context__
    return str(json_reason(reason)[0]) if hasattr(reason, "doc") else f"{error}: {quote(value)}"  # type: ignore[arg-type]


class MatchesJsonPath(Pattern):
    """A JSONPath leads to something, or to a value that matches. Raises `UsageError`."""

    quick_up_to = NEVER

    def __init__(self, path: str, inner: Pattern | None = None) -> None:
        self._path = path
        self._compiled = compiled(path)
        self._inner = inner
        if self._compiled.is_definite and (inner is None or inner.quick_up_to > 0):
            self.quick_up_to = SMALL

    def matches(self, value: str | None) -> bool:
        if value is None or value.lstrip().startswith("<"):
            return False
        try:
            found = self._found(value)
        except (NotRead, RecursionError):
            return False
        if self._inner is None:
            return found is not None and found != [] and found != {}
        return any(map(self._inner.matches, self._texts(found)))

    def _found(self, value: str) -> Any:
        """What the path leads to; None for nothing."""
        if value.lstrip().startswith("/"):
            raise NotRead("a comment, which is accepted only where JSON is compared")
        document = read_json(value)
        if not isinstance(document, (Mapping, list)):
            raise NotRead("neither an object nor a list")
        try:
            return self._compiled.find(document)
        except NotFound:
            return None

    def _texts(self, found: Any) -> list[str | None]:
        """What the inner pattern is compared with."""
        if isinstance(found, Mapping) or (isinstance(found, list) and isinstance(self._inner, EqualToJson)):
            return [pretty(found)]
        if found is None or found == []:
            return [None] if isinstance(self._inner, Absent) else []
        if isinstance(found, list):
            return [_item_text(item) for item in found]
        return [java_text(found)]

    def describe(self) -> Phrase:
        at = joined(" at ", Quoted(self._path))
        return joined("a value", *at) if self._inner is None else joined(self._inner.describe(), *at)

    @property
    def written(self) -> Phrase:
        expected = "<any>" if self._inner is None else self._inner.written
        return joined("json_path={", Quoted(self._path), ": ", expected, "}")

    def differences(self, where: Where, value: str | None) -> Iterator[Difference]:
        place = Where.by_path("json_path", self._path)
        expected = "a value" if self._inner is None else self._inner.describe()
        try:
            found = self._found(value or "")
        except (NotRead, RecursionError):
            received: Phrase = "no body" if not value else (Quoted(value), ", which is not JSON")
            yield Difference(Where("json_path"), "a JSON body", received)
            return
        if isinstance(found, list) and not self._compiled.is_definite and found:
            yield Difference(place, expected, listed(map(json_phrase, found), len(found)))
        else:
            yield Difference(place, expected, "nothing" if found is None or found == [] else json_phrase(found))


def _item_text(item: Any) -> str:
    """An item of a list, of which objects and lists are written in two ways."""
    if isinstance(item, Mapping):
        return f"{{{', '.join(f'{name}={_item_text(entry)}' for name, entry in item.items())}}}"
    if isinstance(item, list):
        return compact(item)
    return java_text(item)


def _formats_in(schema: Mapping[str, Any]) -> Any:
    """What checks formats, which only older drafts do."""
    if not str(schema["$schema"]).startswith("http://json-schema.org/draft-0"):
        return None
    jsonschema: Any = importlib.import_module("jsonschema")
    referencing: Any = importlib.import_module("referencing")
    checker = jsonschema.FormatChecker()
    checker.checks("date-time")(lambda value: not isinstance(value, str) or parse_zoned(value) is not None)
    checker.checks("uri")(lambda value: not isinstance(value, str) or _URI.fullmatch(value) is not None)
    checker.checks("email")(lambda value: not isinstance(value, str) or _EMAIL.fullmatch(value) is not None)
    cls = jsonschema.validators.validator_for(schema)
    return cls(schema, registry=referencing.Registry(), format_checker=checker)


class MatchesJsonSchema(Pattern):
    """Valid against a JSON Schema; a text that is not JSON is a text. Raises `UsageError`."""

    quick_up_to = NEVER

    def __init__(self, schema: Any, version: str | None) -> None:
        if isinstance(schema, str):
            try:
                schema = read_json(schema)
            except NotRead as error:
                raise UsageError(f"matchesJsonSchema is not JSON: {_reason(str(schema), error)}") from None
        if version is not None and version not in _SCHEMAS:
            raise UsageError(f"the schema version {quote(version)} is not known")
        if isinstance(schema, Mapping) and "$schema" not in schema:
            schema = {"$schema": _SCHEMAS[version or "V202012"], **schema}
        self._schema = JsonSchema(schema)
        self._formats = _formats_in(schema) if isinstance(schema, Mapping) else None

    def matches(self, value: str | None) -> bool:
        return value is not None and any(self._is_valid(body) for body in self._bodies(value))

    def _is_valid(self, body: Any) -> bool:
        return next(self._findings(body), None) is None

    def _findings(self, body: Any) -> Iterator[Finding]:
        yield from self._schema.findings(body)
        if self._formats is not None:
            for error in self._formats.iter_errors(body):
                if error.validator == "format":
                    expected = Words(f"text in the format {error.validator_value}")
                    yield Finding(tuple(error.absolute_path), expected, error.instance)

    def _bodies(self, value: str) -> list[Any]:
        try:
            body = read_json(value)
        except NotRead:
            return [value]
        return [body] if isinstance(body, (Mapping, list, str)) else [body, value]

    def describe(self) -> Phrase:
        return joined("JSON that is valid against ", Plain(text(self.written)))

    @property
    def written(self) -> Phrase:
        return Plain(str(self._schema))

    def differences(self, where: Where, value: str | None) -> Iterator[Difference]:
        if value is None:
            yield Difference(Where("json_schema"), "a JSON body", "no body")
            return
        for finding in self._findings(self._bodies(value)[0]):
            yield finding.difference(Where.in_json("json_schema", finding.steps))
