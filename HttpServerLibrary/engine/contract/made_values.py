"""Values made from a schema, always the same ones.

A value has all members that are described, the shortest lists and texts, and the lowest numbers from 0 on. Examples and
defaults of members are used as they are. Deep inside, and in large values, only what is required is there; where a
schema contains itself, the value ends with an empty list, null, or without an optional member.

What a schema requires may be spread over its parts: it and what it refers to, and all parts of ``allOf``, are read
together (`_Whole`). Of ``oneOf`` and ``anyOf`` one part is read with them. Rules such as ``not`` and ``if`` cannot be
followed. So a value is checked, and if it is not valid, other alternatives are tried.

Where a member tells kinds apart (``discriminator``), it names the kind that the value is made for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from copy import copy
from typing import Any, Final, NamedTuple

from .schema_words import is_usable
from .schemas import Schemas
from .text_values import text_for
from .tree import BrokenReference, Node, Tree

_MAX_VALUES: Final = 2_000
# With all that are tried and are not valid.
_MAX_TRIED: Final = 4_000
_MAX_DEPTH: Final = 6
_MAX_NESTED: Final = 60
_MAX_ITEMS: Final = 1_000
_MAX_ALTERNATIVES: Final = 12
_MAX_KINDS: Final = 3
# What a value that follows the other rules may still violate.
_NOT_FOLLOWED: Final = (
    *("not", "if", "dependentRequired", "dependentSchemas", "dependencies", "propertyNames", "contains"),
    *("minProperties", "maxProperties", "unevaluatedProperties", "unevaluatedItems", "additionalProperties"),
    *("uniqueItems", "prefixItems", "patternProperties", "enum", "const"),
)


class _Endless(Exception):
    """A value would contain itself."""


class Made(NamedTuple):
    """A value, and whether it is valid."""

    value: Any
    is_valid: bool


class Maker:
    """Makes the values of a document for one direction."""

    def __init__(self, tree: Tree, schemas: Schemas, hidden: str) -> None:
        """``hidden`` is the mark of members that this direction does not have: ``readOnly`` or ``writeOnly``."""
        self.tree = tree
        self._schemas = schemas
        self._hidden = hidden

    def make(self, schema: Node) -> Made:
        """A value for a schema; None if there is no value for it."""
        first: Made | None = None
        for with_examples in (True, False):
            for only_required in (False, True):
                making = _Making(self, with_examples, only_required)
                try:
                    value = making.value(schema, 0, frozenset())
                except _Endless:
                    continue
                made = Made(value, self.is_valid(schema, value))
                if made.is_valid:
                    return made
                first = first or made
        return first or Made(None, self.is_valid(schema, None))

    def is_valid(self, schema: Node, value: Any) -> bool:
        return self._schemas.is_valid(schema, value)

    def is_hidden(self, schema: Node) -> bool:
        """Whether a member belongs to the other direction."""
        for node in (schema, self.tree.followed(schema)):
            if node is not None and isinstance(node.value, dict) and node.value.get(self._hidden) is True:
                return True
        return False


class _Whole:
    """What a schema says, with what it refers to and all parts of it."""

    def __init__(self, maker: Maker, schema: Node, above: frozenset[int]) -> None:
        self.rules: dict[str, Any] = {}
        self.properties: dict[str, Node] = {}
        self.required: dict[str, None] = {}
        self.items: Node | None = None
        self.additional: Node | None = None
        self.examples: list[Any] = []
        self.alternatives: list[list[Node]] = []
        # The schemas whose values name their kinds.
        self.tagged: list[Node] = []
        # The identities of the schemas around it, and of those in it.
        self._above = above
        self._read: frozenset[int] = frozenset()
        self.is_nullable = False
        self._maker = maker
        self.add(schema, is_whole=True)

    def add(self, node: Node, *, is_whole: bool = False) -> None:
        """Reads a part; ``is_whole`` if its examples are examples of all."""
        schema = node.value
        if not isinstance(schema, dict):
            return
        if id(schema) in self._above:
            raise _Endless
        if id(schema) in self._read:
            return
        self._read |= {id(schema)}
        self._add_rules(schema, is_whole)
        for name in _members(schema.get("properties")):
            self.properties[name] = node.child("properties").child(name)
        if isinstance(schema.get("properties"), dict) and isinstance(schema["properties"].get("$ref"), str):
            self.properties |= dict(self._maker.tree.members(node, "properties"))
        if isinstance(schema.get("items"), dict):
            self.items = self.items or node.child("items")
        if isinstance(schema.get("additionalProperties"), dict):
            self.additional = self.additional or node.child("additionalProperties")
        if isinstance(schema.get("discriminator"), dict):
            self.tagged.append(node)
        target = self._maker.tree.followed(node)
        if target is not None and target.value is not schema:
            self.add(target, is_whole=is_whole)
        parts = schema.get("allOf")
        if isinstance(parts, list):
            for index in range(len(parts)):
                self.add(node.child("allOf").child(index), is_whole=is_whole and len(parts) == 1)
        for keyword in ("oneOf", "anyOf"):
            branches = schema.get(keyword)
            if isinstance(branches, list) and branches:
                self.alternatives.append([node.child(keyword).child(index) for index in range(len(branches))])

    def _add_rules(self, schema: dict[str, Any], is_whole: bool) -> None:
        if is_whole:
            if "example" in schema:
                self.examples.append(schema["example"])
            if isinstance(schema.get("examples"), list):
                self.examples += schema["examples"]
            if "default" in schema:
                self.examples.append(schema["default"])
        self.is_nullable |= schema.get("nullable") is True
        for keyword, value in schema.items():
            if not is_usable(keyword, value):
                continue
            if keyword == "required":
                self.required |= dict.fromkeys(value)
            elif keyword == "type" and keyword in self.rules:
                both = [kind for kind in _listed(self.rules["type"]) if kind in _listed(value)]
                self.rules["type"] = both or self.rules["type"]
            elif keyword in ("minimum", "minLength", "minItems", "minProperties"):
                self.rules[keyword] = max(value, self.rules.get(keyword, value))
            elif keyword in ("maximum", "maxLength", "maxItems", "maxProperties"):
                self.rules[keyword] = min(value, self.rules.get(keyword, value))
            else:
                self.rules.setdefault(keyword, value)

    @property
    def around(self) -> frozenset[int]:
        """The identities of all schemas around what is inside."""
        return self._above | self._read

    def without_alternatives(self) -> _Whole:
        """The same, to which one of several alternatives can be added; its own examples are left out."""
        other = copy(self)
        other.rules, other.properties, other.required = {**self.rules}, {**self.properties}, {**self.required}
        other.examples, other.alternatives, other.tagged = [], [], [*self.tagged]
        return other

    def has_read(self, schema: Node) -> bool:
        return id(schema.value) in self._read

    def kinds(self) -> list[str]:
        """The types that a value may have, those that are likeliest first."""
        types = self.rules.get("type")
        if types is not None:
            found = _listed(types)
            return [kind for kind in found if kind != "null"] or ["null"]
        for kind, keywords in _TELLING.items():
            if any(keyword in self.rules for keyword in keywords):
                return [kind]
        if self.properties or self.additional is not None or self.required:
            return ["object"]
        return ["array"] if self.items is not None else []

    @property
    def allows_null(self) -> bool:
        return self.is_nullable or "null" in _listed(self.rules.get("type", []))

    @property
    def is_followed(self) -> bool:
        """Whether a value that follows these rules is certainly valid."""
        return not self.alternatives and not any(keyword in self.rules for keyword in _NOT_FOLLOWED)


_TELLING: Final = {
    "string": ("pattern", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("minItems", "maxItems", "uniqueItems", "prefixItems"),
    "object": ("minProperties", "maxProperties", "additionalProperties", "patternProperties"),
}


def _listed(types: Any) -> list[str]:
    return [types] if isinstance(types, str) else [*types]


def _members(value: Any) -> Iterator[str]:
    """The names of members, where no reference stands for all of them."""
    if isinstance(value, dict) and not isinstance(value.get("$ref"), str):
        yield from value


class _Making:
    """One attempt to make a value."""

    def __init__(self, maker: Maker, with_examples: bool, only_required: bool) -> None:
        self._maker = maker
        self._with_examples = with_examples
        self._only_required = only_required
        self._left = _MAX_VALUES

    def value(self, schema: Node, depth: int, above: frozenset[int]) -> Any:
        """A value for a schema, the first that is valid. Raises `_Endless`."""
        self._left -= 1
        if depth > _MAX_NESTED or self._left < _MAX_VALUES - _MAX_TRIED:
            raise _Endless
        if not isinstance(schema.value, dict):
            return {} if schema.value is True else None
        try:
            whole = _Whole(self._maker, schema, above)
        except _Endless:
            if schema.value.get("nullable") is True:
                return None
            raise
        first: list[Any] = []
        for value, is_certain in self._candidates(whole, depth):
            if is_certain or self._maker.is_valid(schema, value):
                return value
            first = first or [value]
        if not first:
            raise _Endless
        return first[0]

    def _candidates(self, whole: _Whole, depth: int) -> Iterator[tuple[Any, bool]]:
        """Values that may be valid, each with whether it certainly is."""
        if self._with_examples:
            yield from ((value, False) for value in whole.examples)
        if "const" in whole.rules:
            yield whole.rules["const"], False
        values = whole.rules.get("enum", [])
        yield from ((value, False) for value in values if value is not None)
        is_deep = depth >= _MAX_DEPTH or self._left <= 0
        if is_deep and whole.allows_null:
            yield None, False
        if whole.alternatives:
            yield from ((value, False) for value in self._of_alternatives(whole, depth))
        else:
            if whole.tagged:
                yield from ((value, False) for value in self._tagged(whole, depth))
            yield from ((value, whole.is_followed) for value in self._of_kinds(whole, depth))
        if whole.allows_null or None in values:
            yield None, False

    def _of_alternatives(self, whole: _Whole, depth: int) -> Iterator[Any]:
        most = max(map(len, whole.alternatives))
        for index in range(min(most, _MAX_ALTERNATIVES)):
            combined = whole.without_alternatives()
            try:
                for branches in whole.alternatives:
                    combined.add(branches[min(index, len(branches) - 1)], is_whole=len(whole.alternatives) == 1)
                yield from (value for value, _ in self._candidates(combined, depth))
            except _Endless:
                continue

    def _tagged(self, whole: _Whole, depth: int) -> Iterator[Any]:
        """Values that name the kind of which they are, if the schemas say how."""
        node, *others = whole.tagged
        member = node.value["discriminator"].get("propertyName")
        kinds = [*_kinds_of(self._maker.tree, node)] if isinstance(member, str) else []
        # That of which it is already, as far as that is known; `sorted` keeps the order of the others.
        kinds.sort(key=lambda kind: not whole.has_read(kind[1]))
        for name, schema in kinds[:_MAX_KINDS]:
            combined = whole.without_alternatives()
            combined.tagged = others
            try:
                combined.add(schema)
                if "object" not in combined.kinds():
                    return
                value = self._object(combined, depth)
            except _Endless:
                continue
            if member in value or member in combined.properties:
                yield {**value, member: name}

    def _of_kinds(self, whole: _Whole, depth: int) -> Iterator[Any]:
        kinds = whole.kinds()
        if not kinds:
            # Anything is allowed.
            yield {} if depth == 0 else _TEXT
        for kind in kinds:
            try:
                yield self._of_kind(kind, whole, depth)
            except _Endless:
                continue

    def _of_kind(self, kind: str, whole: _Whole, depth: int) -> Any:
        rules = whole.rules
        if kind == "object":
            return self._object(whole, depth)
        if kind == "array":
            return self._array(whole, depth)
        if kind in ("integer", "number"):
            return _number(rules, kind == "integer")
        if kind == "boolean":
            return True
        if kind == "null":
            return None
        most = rules.get("maxLength")
        format_ = rules.get("format")
        return text_for(
            rules.get("pattern"),
            format_ if isinstance(format_, str) else None,
            int(rules.get("minLength", 0)),
            None if most is None else int(most),
        )

    def _object(self, whole: _Whole, depth: int) -> dict[str, Any]:
        is_deep = self._only_required or depth >= _MAX_DEPTH or self._left <= 0
        value: dict[str, Any] = {}
        for name, schema in whole.properties.items():
            is_required = name in whole.required
            if self._maker.is_hidden(schema) or (is_deep and not is_required):
                continue
            try:
                value[name] = self.value(schema, depth + 1, whole.around)
            except _Endless:
                if is_required:
                    raise
        for name in whole.required:
            if name not in whole.properties:
                value[name] = self._additional(whole, depth)
        least = int(whole.rules.get("minProperties", 0))
        for number in range(1, min(least, _MAX_ITEMS) + 1):
            if len(value) < least:
                value[f"property{number}"] = self._additional(whole, depth)
        return value

    def _additional(self, whole: _Whole, depth: int) -> Any:
        return _TEXT if whole.additional is None else self.value(whole.additional, depth + 1, whole.around)

    def _array(self, whole: _Whole, depth: int) -> list[Any]:
        rules = whole.rules
        least = int(rules.get("minItems", 0))
        is_short = self._only_required or depth >= _MAX_DEPTH or self._left <= 0
        count = min(max(least, 0 if is_short else 1), int(rules.get("maxItems", _MAX_ITEMS)), _MAX_ITEMS)
        if whole.items is None or not count:
            return [_TEXT if whole.items is None else None] * least
        try:
            first = self.value(whole.items, depth + 1, whole.around)
        except _Endless:
            if least:
                raise
            return []
        values = [first]
        while len(values) < count:
            values.append(self._another(whole.items, values) if rules.get("uniqueItems") is True else first)
        return values

    def _another(self, schema: Node, values: list[Any]) -> Any:
        """A value that is not there yet, if one is found."""
        for value in _others(_Whole(self._maker, schema, frozenset()), values[0]):
            if value not in values and self._maker.is_valid(schema, value):
                return value
        return values[0]


_TEXT: Final = "string"


def _kinds_of(tree: Tree, node: Node) -> Iterator[tuple[str, Node]]:
    """The names of kinds and their schemas, as a discriminator and the alternatives beside it say."""
    mapping = node.value["discriminator"].get("mapping")
    named = [*mapping.items()] if isinstance(mapping, dict) else []
    if not named:
        branches = [branch for keyword in ("oneOf", "anyOf") for branch in node.value.get(keyword) or ()]
        references = [branch.get("$ref") for branch in branches if isinstance(branch, dict)]
        named = [(text.rpartition("/")[2], text) for text in references if isinstance(text, str)]
    for name, text in named:
        if not isinstance(text, str):
            continue
        # The name of a schema may stand there alone.
        reference = text if "#" in text or "/" in text else f"#/components/schemas/{text}"
        try:
            yield str(name), tree.follow(tree.target(node, reference))
        except BrokenReference:
            continue


def _others(whole: _Whole, value: Any) -> Iterator[Any]:
    """Values that are like another one."""
    yield from whole.rules.get("enum", ())
    for number in range(2, _MAX_ITEMS):
        if isinstance(value, bool):
            yield not value
            return
        if isinstance(value, (int, float)):
            yield value + number - 1
        elif isinstance(value, str):
            yield f"{value}{number}"
        elif isinstance(value, dict):
            changed = {name: next(_others_of(entry, number), entry) for name, entry in value.items()}
            yield changed
        else:
            return


def _others_of(value: Any, number: int) -> Iterator[Any]:
    if isinstance(value, str):
        yield f"{value}{number}"
    elif isinstance(value, int) and not isinstance(value, bool):
        yield value + number - 1


def _number(rules: dict[str, Any], is_integer: bool) -> int | float:
    """The number that is nearest to 0."""
    low, is_low_open = _limit(rules, "minimum", "exclusiveMinimum", max)
    high, is_high_open = _limit(rules, "maximum", "exclusiveMaximum", min)
    step = rules.get("multipleOf", 1 if is_integer else None)
    if low is not None and (low > 0 or (low == 0 and is_low_open)):
        value = _from(low, is_low_open, high, step, 1)
    elif high is not None and (high < 0 or (high == 0 and is_high_open)):
        value = _from(high, is_high_open, low, step, -1)
    else:
        value = 0
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _from(limit: Any, is_open: bool, other: Any, step: Any, sign: int) -> Any:
    """The first number from a limit on, upwards or downwards."""
    if step is not None:
        steps = sign * math.ceil(sign * limit / step)
        return (steps + sign if is_open and steps * step == limit else steps) * step
    if not is_open:
        return limit
    return limit + sign if other is None or sign * (other - limit) > 1 else (limit + other) / 2


def _limit(rules: dict[str, Any], keyword: str, exclusive: str, stricter: Any) -> tuple[Any, bool]:
    """The lowest or highest number, and whether it is excluded itself."""
    limit, excluded = rules.get(keyword), rules.get(exclusive)
    if isinstance(excluded, bool) or excluded is None:
        # As OpenAPI 3.0 has it.
        return limit, excluded is True
    is_open = limit is None or stricter(limit, excluded) == excluded
    return (excluded if is_open else limit), is_open
