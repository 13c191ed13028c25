"""Rules: which requests a response is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ....errors import UsageError
from ....matching.difference import Difference, Where
from ....matching.regexp import Regexp
from ....phrase import Phrase, Plain, Quoted
from ....responses.responder import ResponseFailed
from ..loaded import NotUnderstood
from .incoming import Incoming
from .lookup import by_object_path, json_path_is_understood, value_at
from .reading import flag, one_of, text
from .regexps import regexp
from .scene import Scene
from .templates import LenientTemplate
from .values import UNDEFINED, text_of

_TARGETS: Final = (
    *("body", "query", "header", "cookie", "params", "path", "method", "request_number", "global_var", "data_bucket"),
    "templating",
)
_OPERATORS: Final[Mapping[str, str]] = {
    "equals": "to be",
    "regex": "to match",
    "regex_i": "to match, in any case,",
    "null": "nothing",
    "empty_array": "an empty list",
    "array_includes": "a list with",
    "valid_json_schema": "to fit the schema",
}
_OF_TEXT: Final = ("equals", "regex", "regex_i")

# Those that say something else for the same request.
_CHANGING: Final = ("request_number", "global_var", "data_bucket", "templating")
# What an explanation calls them.
_KINDS: Final[Mapping[str, str]] = {"params": "path parameter", "request_number": "request number"}


class Rule:
    """One rule. Raises `NotUnderstood` and `UsageError`."""

    def __init__(self, written: Mapping[str, Any]) -> None:
        # Older files have isRegex.
        default = "regex" if written.get("isRegex") is True else "equals"
        self.target = one_of(written, "target", _TARGETS, "body")
        self.operator = one_of(written, "operator", _OPERATORS, default)
        self.is_inverted = flag(written, "invert")
        self.modifier_as_written = text(written, "modifier")
        self.value_as_written = text(written, "value")
        self._modifier = _template(self.modifier_as_written, "modifier")
        self._value = _template(self.value_as_written, "value")
        path = self._modifier.fixed
        if path is not None and path.startswith("$") and not json_path_is_understood(path):
            raise NotUnderstood(f"the JSONPath {path!r} cannot be followed", "modifier")
        if self.operator == "valid_json_schema":
            _need_json_schema()
        self._regexp: Regexp | None = None
        if self.operator in ("regex", "regex_i") and self._value.fixed is not None:
            self._regexp = self._compiled(self._value.fixed)
        self.changes = self.target in _CHANGING or self._modifier.fixed is None or self._value.fixed is None
        self.is_quick = not self.changes and (self._regexp is None or self._regexp.is_quick)

    def _compiled(self, pattern: str) -> Regexp:
        return regexp(pattern, ignore_case=self.operator == "regex_i")

    def applies(self, request: Incoming, scene: Scene) -> bool:
        """Raises `TookTooLong` and `ResponseFailed`."""
        return self._holds(request, scene) is not self.is_inverted

    def _holds(self, request: Incoming, scene: Scene) -> bool:
        found = self.received(request, scene)
        if self.operator == "null":
            return found is None or found is UNDEFINED or found == ""
        if self.operator == "empty_array":
            return isinstance(found, list) and not found
        if found is UNDEFINED:
            return False
        found = "" if found is None else found
        if self.operator == "valid_json_schema":
            schema = by_object_path(_by_name(scene), self.value_as_written)
            return schema is not UNDEFINED and _fits(found, schema)
        expected = _rendered(self._value, scene)
        if self.operator == "array_includes" and self.modifier_as_written:
            return isinstance(found, list) and any(text_of(entry) == expected for entry in found)
        if self.operator in ("regex", "regex_i"):
            return self._matches(found, expected)
        if isinstance(found, list):
            return any(text_of(entry) == expected for entry in found)
        return text_of(found) == expected

    def _matches(self, found: Any, expected: str) -> bool:
        try:
            pattern = self._regexp or self._compiled(expected)
        except NotUnderstood as error:
            raise ResponseFailed(Plain(error.what, limit=300)) from None
        return any(pattern.is_in(text_of(entry)) for entry in (found if isinstance(found, list) else [found]))

    def received(self, request: Incoming, scene: Scene) -> Any:
        """What the request has where the rule looks; UNDEFINED if there is nothing."""
        modifier = _rendered(self._modifier, scene)
        target = self.target
        if target == "request_number":
            return request.number
        if target == "cookie":
            return request.cookies.get(modifier, UNDEFINED)
        if target == "path":
            return [request.url, request.route_path]
        if target == "method":
            return request.method.lower()
        if target == "header":
            value = request.header(modifier) if modifier else ""
            return UNDEFINED if value is None else value
        if target == "templating":
            return modifier
        if modifier:
            return value_at(self._data(request, scene), modifier)
        if target == "body":
            return request.text if self.operator in _OF_TEXT else request.body
        return request.query if target == "query" else UNDEFINED

    def _data(self, request: Incoming, scene: Scene) -> Any:
        if self.target == "body":
            return request.body
        if self.target == "query":
            return request.query
        if self.target == "params":
            return request.params
        return scene.memory.variables if self.target == "global_var" else _by_name(scene)

    def difference(self, request: Incoming, scene: Scene) -> Difference:
        """What differs in a request to which the rule does not apply."""
        kind = _KINDS.get(self.target, self.target)
        name = self.modifier_as_written
        where = Where.by_path("json", name) if self.target == "body" and name else Where.named(kind, name)
        received = self.received(request, scene)
        shown: Phrase = "nothing" if received is UNDEFINED else Quoted(text_of(received))
        return Difference(where, self.expected, shown)

    @property
    def expected(self) -> Phrase:
        without_value = self.operator in ("null", "empty_array")
        words = _OPERATORS[self.operator]
        if self.is_inverted:
            words = "something" if self.operator == "null" else f"not {words}"
        return words if without_value else (f"{words} ", Quoted(self.value_as_written))


class Rules:
    """The rules of one response: all of them must apply, or one."""

    def __init__(self, rules: Sequence[Rule], *, needs_all: bool) -> None:
        self.rules = rules
        self._needs_all = needs_all

    def apply(self, request: Incoming, scene: Scene) -> bool:
        """Whether the response is for this request; without rules it is for none. Raises as `Rule` does."""
        if not self.rules:
            return False
        verdicts = (rule.applies(request, scene) for rule in self.rules)
        return all(verdicts) if self._needs_all else any(verdicts)

    def differences(self, request: Incoming, scene: Scene) -> Iterator[Difference]:
        for rule in self.rules:
            try:
                if not rule.applies(request, scene):
                    yield rule.difference(request, scene)
            except ResponseFailed:
                continue

    @property
    def needs_body(self) -> bool:
        return any(rule.target == "body" for rule in self.rules)

    @property
    def change(self) -> bool:
        """Whether the same request may get another verdict later."""
        return any(rule.changes for rule in self.rules)

    @property
    def are_quick(self) -> bool:
        return all(rule.is_quick for rule in self.rules)


def _template(written: str, name: str) -> LenientTemplate:
    try:
        return LenientTemplate(written)
    except NotUnderstood as found:
        raise NotUnderstood(found.what, name) from None


def _rendered(template: LenientTemplate, scene: Scene) -> str:
    try:
        return template.render(scene)
    except ResponseFailed:
        # As it is written.
        return template.written


def _by_name(scene: Scene) -> dict[str, Any]:
    """The data of the environment, by id and by name."""
    return {key: bucket.value for bucket in scene.memory.buckets for key in (bucket.id, bucket.name)}


def _need_json_schema() -> None:
    try:
        import jsonschema  # noqa: F401
    except ImportError:
        raise UsageError(
            "path: rules with a JSON Schema need the extra 'json': pip install robotframework-httpserverlibrary[json]"
        ) from None


def _fits(value: Any, schema: Any) -> bool:
    from jsonschema import Draft7Validator
    from referencing import Registry

    try:
        Draft7Validator.check_schema(schema)
        # With a registry of its own, it fetches nothing.
        validator = Draft7Validator(schema, registry=Registry(), format_checker=Draft7Validator.FORMAT_CHECKER)
        return bool(validator.is_valid(value))
    except Exception:  # no schema, or a reference that leads nowhere
        return False
