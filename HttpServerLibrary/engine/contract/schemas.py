"""The schemas of a document, as rules of JSON Schema that are checked.

A schema is prepared when something is first checked against it: what says nothing about values is left out, as is what
cannot be used, and what OpenAPI 3.0 writes in its own way becomes JSON Schema of 2020-12. References stay references,
because schemas are recursive, but to numbers: each schema that one leads to has a number, and is prepared when it is
reached. So a check needs no more of a large document than the schemas that a body uses.

What is required depends on the direction: a request need not have members that are read-only, nor a response those that
are write-only. A member may be required in another part of an ``allOf`` than the one that describes it. So such names
are handed down, and a schema that is prepared with them is another one than without them.

`jsonschema` checks. It makes a validator for each value that it visits; here, one is made for each schema.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from threading import RLock
from typing import Any, Final

from ..matching.json_body import failure
from ..matching.json_difference import Finding, Words
from ..matching.json_schema import QUICK_RULES, findings_of
from ..matching.regexp import TookTooLong
from .place import Place
from .schema_words import LISTS, MAPS, RULES, SINGLE, is_usable, pattern_fault
from .source import needs_extra
from .tree import BrokenReference, Node, Tree

Schema = dict[str, Any] | bool

_NOBODY: Final[frozenset[str]] = frozenset()
_SCHEME: Final = "schema:"
_MAX_DEPTH: Final = 20


class Findings(list[tuple[Finding, Place]]):
    """What is wrong with a value, and the rule that says so."""


class Schemas:
    """The schemas of a document for one direction."""

    def __init__(self, tree: Tree, *, is_old: bool, of_requests: bool) -> None:
        """``is_old`` for OpenAPI 3.0."""
        self._tree = tree
        self._is_old = is_old
        # The member that the other direction has for itself.
        self._other_side = "readOnly" if of_requests else "writeOnly"
        self._nodes: list[tuple[Node, frozenset[str]]] = []
        self._numbers: dict[tuple[int, frozenset[str]], int] = {}
        self._prepared: dict[int, Schema] = {}
        # By identity of a prepared schema, which lives as long as this.
        self._places: dict[int, Place] = {}
        # By the same: the member that tells kinds apart, and which of several schemas its values mean.
        self._tags: dict[int, tuple[str, dict[str, int]]] = {}
        self._hidden: dict[int, frozenset[str]] = {}
        self._validators: dict[int, Any] = {}
        self._class: Any = None
        self._registry: Any = None
        self._lock = RLock()

    def findings(self, node: Node, value: Any, most: int) -> Findings:
        """What is wrong with a value by this schema: at most so many differences."""
        found = Findings()
        try:
            for error in self._validator(node).iter_errors(value):
                for finding, place in self._explained(error):
                    found.append((finding, place))
                    if len(found) >= most:
                        return found
        except TookTooLong as error:
            expected = Words("text that can be checked in time")
            found.append((Finding((), expected, Words(error.reason)), node.place))
        except RecursionError:
            expected = Words("a value that can be checked")
            found.append((Finding((), expected, Words("one that is nested too deeply")), node.place))
        except Exception as error:  # the library leaves the size of numbers to Python
            expected = Words("a value that can be checked")
            found.append((Finding((), expected, failure(error)), node.place))
        return found

    def is_valid(self, node: Node, value: Any) -> bool:
        return not self.findings(node, value, 1)

    def _validator(self, node: Node) -> Any:
        return self.validator_for(self._schema_of(self._number(node, _NOBODY)))

    def validator_for(self, schema: Schema) -> Any:
        """The validator for a schema that was prepared here."""
        validator = self._validators.get(id(schema))
        if validator is None:
            if self._class is None:
                self._class = _validator_class(self)
                self._registry = self._made_registry()
            validator = self._validators[id(schema)] = self._class(schema, registry=self._registry)
        return validator

    def _made_registry(self) -> Any:
        """Finds schemas by number for those rules of the library that look for themselves."""
        referencing: Any = importlib.import_module("referencing")
        specification: Any = importlib.import_module("referencing.jsonschema").DRAFT202012

        def retrieve(uri: str) -> Any:
            return referencing.Resource(self.at(uri), specification)

        return referencing.Registry(retrieve=retrieve)

    def at(self, reference: str) -> Schema:
        """The schema with a number."""
        return self._schema_of(int(reference.removeprefix(_SCHEME)))

    def _number(self, node: Node, exempt: frozenset[str]) -> int:
        # A boolean has no identity of its own, and needs none.
        key = id(node.value), exempt
        with self._lock:
            number = self._numbers.get(key)
            if number is None:
                number = self._numbers[key] = len(self._nodes)
                self._nodes.append((node, exempt))
        return number

    def _schema_of(self, number: int) -> Schema:
        schema = self._prepared.get(number)
        if schema is None:
            # One that another thread prepared and nobody keeps would leave its identity to others.
            with self._lock:
                schema = self._prepared.get(number)
                if schema is None:
                    schema = self._prepared[number] = self._prepare(*self._nodes[number])
        return schema

    # Preparing

    def _prepare(self, node: Node, exempt: frozenset[str] = _NOBODY) -> Schema:
        value = node.value
        if isinstance(value, bool):
            return value
        if not isinstance(value, dict):
            return True
        schema: dict[str, Any] = {}
        self._places[id(schema)] = node.place
        reference = self._reference(node, exempt)
        if reference is not None:
            schema["$ref"] = reference
        if reference is None or not self._is_old:
            exempt |= self._hidden_names(node)
            for keyword, entry in value.items():
                self._add(schema, node, keyword, entry, exempt)
            self._add_tag(schema, node)
        return self._with_null(schema, node) if self._is_old and value.get("nullable") is True else schema

    def _reference(self, node: Node, exempt: frozenset[str]) -> str | None:
        # A dynamic one nearly always leads where a static one would.
        reference = node.value.get("$ref", node.value.get("$dynamicRef"))
        if not isinstance(reference, str):
            return None
        try:
            target = self._tree.follow(self._tree.target(node, reference))
        except BrokenReference:
            # A dynamic one, which is not looked at before.
            return None
        return f"{_SCHEME}{self._number(target, exempt)}"

    def _add(self, schema: dict[str, Any], node: Node, keyword: str, entry: Any, exempt: frozenset[str]) -> None:
        if keyword in RULES:
            self._add_rule(schema, node, keyword, entry, exempt)
        elif keyword == "items" and isinstance(entry, list):
            # Before 2020-12.
            schema["prefixItems"] = self._list(node.child(keyword))
        elif keyword == "additionalItems":
            if isinstance(node.value.get("items"), list):
                schema["items"] = self._prepare(node.child(keyword))
        elif keyword in SINGLE:
            if entry is not None:
                schema[keyword] = self._prepare(node.child(keyword))
        elif keyword in LISTS:
            inner = self._followed(node.child(keyword))
            if isinstance(inner.value, list) and inner.value:
                schema[keyword] = self._list(inner, exempt if keyword != "prefixItems" else _NOBODY)
        elif keyword in MAPS:
            inner = self._followed(node.child(keyword))
            if isinstance(inner.value, dict):
                names = [name for name in inner.value if keyword != "patternProperties" or not pattern_fault(name)]
                schema[keyword] = {name: self._prepare(inner.child(name)) for name in names}
        elif keyword == "dependencies" and isinstance(entry, dict):
            self._add_dependencies(schema, node.child(keyword))

    def _add_rule(self, schema: dict[str, Any], node: Node, keyword: str, entry: Any, exempt: frozenset[str]) -> None:
        if not is_usable(keyword, entry):
            return
        if keyword == "required":
            names = [name for name in entry if name not in exempt]
            if names:
                schema[keyword] = names
        elif keyword in ("exclusiveMinimum", "exclusiveMaximum") and isinstance(entry, bool):
            # As OpenAPI 3.0 has it.
            limit = node.value.get("minimum" if keyword == "exclusiveMinimum" else "maximum")
            if entry and limit is not None and is_usable("minimum", limit):
                schema[keyword] = limit
        else:
            schema[keyword] = entry

    def _add_dependencies(self, schema: dict[str, Any], node: Node) -> None:
        for name, entry in node.value.items():
            if isinstance(entry, list):
                if is_usable("required", entry):
                    schema.setdefault("dependentRequired", {})[name] = entry
            else:
                schema.setdefault("dependentSchemas", {})[name] = self._prepare(node.child(name))

    def _add_tag(self, schema: dict[str, Any], node: Node) -> None:
        """Notes how kinds are told apart. Where one member does, a value may also fit the schemas of other kinds."""
        discriminator = node.value.get("discriminator")
        name = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
        keyword = "oneOf" if "oneOf" in schema else "anyOf"
        if not isinstance(name, str) or keyword not in schema or (keyword == "oneOf" and "anyOf" in schema):
            return
        meant: dict[str, int] = {}
        references: dict[str, int] = {}
        for index, part in enumerate(self._followed(node.child(keyword)).value):
            reference = part.get("$ref") if isinstance(part, dict) else None
            if isinstance(reference, str):
                references[reference] = index
                meant[reference.rpartition("/")[2]] = index
        mapping = discriminator.get("mapping")
        for value, reference in mapping.items() if isinstance(mapping, dict) else ():
            if reference in references or reference in meant:
                meant[value] = references.get(reference, meant.get(reference, 0))
        schema["anyOf"] = schema.pop(keyword)
        self._tags[id(schema)] = name, meant

    def _list(self, node: Node, exempt: frozenset[str] = _NOBODY) -> list[Schema]:
        return [self._prepare(node.child(index), exempt) for index in range(len(node.value))]

    def _with_null(self, schema: dict[str, Any], node: Node) -> dict[str, Any]:
        """The same schema of OpenAPI 3.0, which null fits as well."""
        if not schema:
            return schema
        types = schema.get("type")
        if types is not None:
            schema["type"] = [*([types] if isinstance(types, str) else types), "null"]
        if "enum" in schema and None not in schema["enum"]:
            # The specification wants null there, too, but most documents do not have it.
            schema["enum"] = [*schema["enum"], None]
        is_simple = types is not None or "enum" in schema
        if is_simple and not any(keyword in schema for keyword in ("allOf", "anyOf", "oneOf", "not")):
            return schema
        either: dict[str, Any] = {"anyOf": [{"type": "null"}, schema]}
        self._places[id(either)] = node.place
        return either

    def _followed(self, node: Node) -> Node:
        return self._tree.followed(node) or node._replace(value=None)

    def _hidden_names(self, node: Node, depth: int = 0) -> frozenset[str]:
        """The members that only the other direction has, also those in parts of ``allOf``."""
        if not isinstance(node.value, dict) or depth > _MAX_DEPTH:
            return _NOBODY
        known = self._hidden.get(id(node.value))
        if known is not None:
            return known
        # A part may lead back here.
        self._hidden[id(node.value)] = _NOBODY
        names = {*self._own_hidden_names(node)}
        if isinstance(node.value.get("$ref"), str):
            names |= self._hidden_names(self._followed(node), depth + 1)
        parts = node.value.get("allOf")
        if isinstance(parts, list):
            for index in range(len(parts)):
                names |= self._hidden_names(node.child("allOf").child(index), depth + 1)
        found = self._hidden[id(node.value)] = frozenset(names)
        return found

    def _own_hidden_names(self, node: Node) -> Iterator[str]:
        if "properties" not in node.value:
            return
        members = self._followed(node.child("properties"))
        for name, schema in members.value.items() if isinstance(members.value, dict) else ():
            if not isinstance(schema, dict):
                continue
            if schema.get(self._other_side) is True:
                yield name
            elif "$ref" in schema:
                target = self._followed(members.child(name)).value
                if isinstance(target, dict) and target.get(self._other_side) is True:
                    yield name

    # Explaining

    def _explained(self, error: Any) -> Iterator[tuple[Finding, Place]]:
        """The differences in one error; of several schemas, in the one that was certainly meant."""
        branch = self._meant(error)
        if branch is not None:
            for inner in branch:
                yield from self._explained(inner)
            return
        place = self._places.get(id(error.schema), Place("", ()))
        if error.validator is not None:
            place = place._replace(steps=(*place.steps, error.validator))
        for finding in findings_of(error):
            yield finding._replace(expected=_expected(error, finding.expected)), place

    def _meant(self, error: Any) -> list[Any] | None:
        """The errors in one of several schemas, if only that one can be meant.

        Not meant are those of another type, and those that want another text in a member, as kinds are told apart.
        """
        if error.validator not in ("anyOf", "oneOf") or not error.context:
            return None
        branches: dict[int, list[Any]] = {}
        for inner in error.context:
            branches.setdefault(inner.relative_schema_path[0], []).append(inner)
        name, meant = self._tags.get(id(error.schema), ("", {}))
        tag = error.instance.get(name) if isinstance(error.instance, dict) else None
        if isinstance(tag, str) and meant.get(tag) in branches:
            return branches[meant[tag]]
        of_type = [errors for errors in branches.values() if not any(map(_is_other_type, errors))]
        if len(of_type) > 1:
            of_type = [errors for errors in of_type if not any(map(_is_other_kind, errors))]
        return of_type[0] if len(of_type) == 1 else None


def _expected(error: Any, expected: Any) -> Any:
    if error.validator == "oneOf" and not error.context:
        return Words(f"a value that matches only one of {len(error.validator_value)} schemas (oneOf)")
    if error.validator is None:
        return Words("nothing (the schema is false)")
    return expected


def _is_other_type(error: Any) -> bool:
    return not error.relative_path and error.validator in ("type", "const", "enum")


def _is_other_kind(error: Any) -> bool:
    return len(error.relative_path) == 1 and error.validator in ("const", "enum")


def _validator_class(schemas: Schemas) -> Any:
    """A validator class of the library that makes one validator for each schema, rather than for each value."""
    jsonschema = needed_jsonschema()

    def reference(validator: Any, number: str, value: Any, schema: Any) -> Any:
        return validator.descend(value, schemas.at(number))

    cls: Any = jsonschema.validators.extend(jsonschema.Draft202012Validator, {**QUICK_RULES, "$ref": reference})
    usual_evolve = cls.evolve

    def evolve(self: Any, **changes: Any) -> Any:
        return schemas.validator_for(changes["schema"]) if "schema" in changes else usual_evolve(self, **changes)

    def descend(
        self: Any, instance: Any, schema: Schema, path: Any = None, schema_path: Any = None, resolver: Any = None
    ) -> Iterator[Any]:
        if schema is True:
            return
        for error in schemas.validator_for(schema).iter_errors(instance):
            if path is not None:
                error.path.appendleft(path)
            if schema_path is not None:
                error.schema_path.appendleft(schema_path)
            yield error

    cls.evolve, cls.descend = evolve, descend
    return cls


def needed_jsonschema() -> Any:
    """The library that checks. Raises `UsageError`."""
    try:
        return importlib.import_module("jsonschema")
    except ImportError:
        raise needs_extra() from None


def kinds(tree: Tree, node: Node, depth: int = 0) -> frozenset[str]:
    """The types that a schema allows, as far as that is clear from it; none if it is not."""
    followed = tree.followed(node)
    if followed is None or not isinstance(followed.value, dict) or depth > _MAX_DEPTH:
        return _NOBODY
    node, schema = followed, followed.value
    found: frozenset[str] = _NOBODY
    types = schema.get("type")
    if is_usable("type", types) and types is not None:
        found = frozenset([types] if isinstance(types, str) else types)
    elif isinstance(schema.get("enum"), list):
        found = frozenset(map(_kind, schema["enum"]))
    elif "const" in schema:
        found = frozenset({_kind(schema["const"])})
    elif "properties" in schema:
        found = frozenset({"object"})
    elif "items" in schema:
        found = frozenset({"array"})
    else:
        for keyword in ("allOf", "anyOf", "oneOf"):
            parts = schema.get(keyword)
            for index in range(len(parts)) if isinstance(parts, list) else ():
                found |= kinds(tree, node.child(keyword).child(index), depth + 1)
    return found | {"null"} if found and schema.get("nullable") is True else found


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    by_class = {float: "number", str: "string", list: "array", dict: "object"}
    return by_class.get(type(value), "null")
