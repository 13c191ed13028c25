"""Makes the patterns of a mapping from what is written in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ....errors import UsageError
from ....matching.difference import Step
from ....visible import quote
from ..documents import kind_of
from ..loaded import NotUnderstood
from .date_patterns import DateTime
from .json_patterns import EqualToJson, MatchesJsonPath, MatchesJsonSchema
from .members import Members
from .patterns import (
    Absent,
    Anything,
    AnyValue,
    Contains,
    EachPattern,
    EqualTo,
    Matches,
    MatchesTemplate,
    Not,
    Pattern,
    Several,
    Values,
)
from .xml_patterns import EqualToXml, MatchesXPath


def read_values(value: Any, *steps: Step) -> Values:
    """What the values of one name must be. Raises `NotUnderstood`."""
    members = Members(value, *steps)
    for name in ("hasExactly", "includes"):
        if members.has(name):
            patterns = [read_pattern(item, *place) for item, place in members.items(name)]
            return EachPattern(patterns, exactly=name == "hasExactly")
    return AnyValue(read_pattern(value, *steps))


def read_pattern(value: Any, *steps: Step) -> Pattern:
    """What a value must be: the first member that is known says it, and others are its options.

    Raises `NotUnderstood`.
    """
    members = Members(value, *steps)
    for name in members:
        reader = _READERS.get(name)
        if reader is not None:
            try:
                return reader(members, name)
            except UsageError as error:
                raise NotUnderstood(str(error).rstrip("."), *steps, name) from None
    names = ", ".join(quote(name) for name in [*members][:3])
    raise NotUnderstood(f"a comparison is needed, such as equalTo, not {names or 'an empty object'}", *steps)


def _equal_to(members: Members, name: str) -> Pattern:
    return EqualTo(members.needed_text(name), ignore_case=members.flag("caseInsensitive"))


def _json(members: Members, name: str) -> Pattern:
    return EqualToJson(
        members.any(name),
        ignore_order=members.flag("ignoreArrayOrder"),
        ignore_extra=members.flag("ignoreExtraElements"),
    )


def _json_schema(members: Members, name: str) -> Pattern:
    return MatchesJsonSchema(members.any(name), members.text("schemaVersion"))


def _json_path(members: Members, name: str) -> Pattern:
    path, inner = _path(members, name)
    return MatchesJsonPath(path, inner)


def _xpath(members: Members, name: str) -> Pattern:
    path, inner = _path(members, name)
    namespaces = members.object("xPathNamespaces") or members.object("namespaces")
    return MatchesXPath(
        path, None if namespaces is None else {key: namespaces.needed_text(key) for key in namespaces}, inner
    )


def _path(members: Members, name: str) -> tuple[str, Pattern | None]:
    """A path, and the pattern for what it leads to."""
    if isinstance(members.any(name), str):
        return members.needed_text(name), None
    path = Members(members.any(name), *members.steps, name)
    expression = path.needed_text("expression")
    others = [other for other in path if other in _READERS]
    return expression, read_pattern(members.any(name), *members.steps, name) if others else None


def _xml(members: Members, name: str) -> Pattern:
    awareness = members.text("namespaceAwareness")
    if awareness not in (None, "STRICT"):
        raise NotUnderstood(f"namespaceAwareness {awareness} cannot be used", *members.steps, "namespaceAwareness")
    placeholders = None
    if members.flag("enablePlaceholders"):
        opening = members.text("placeholderOpeningDelimiterRegex") or r"\$\{"
        placeholders = opening, members.text("placeholderClosingDelimiterRegex") or r"\}"
    exempted = [item for item, _ in members.items("exemptedComparisons")]
    if not all(isinstance(item, str) for item in exempted):
        raise members.wrong("exemptedComparisons", "a list of names")
    return EqualToXml(
        members.needed_text(name),
        placeholders=placeholders,
        exempted=exempted,
        ignore_order=members.flag("ignoreOrderOfSameNode"),
    )


def _date(members: Members, name: str) -> Pattern:
    amount, unit = members.integer("expectedOffset"), members.text("expectedOffsetUnit")
    return DateTime(
        name,
        members.needed_text(name),
        offset=f"{amount} {unit}" if amount is not None and unit is not None else None,
        format=members.text("actualFormat"),
        truncate_expected=members.text("truncateExpected"),
        truncate_actual=members.text("truncateActual"),
        truncate_last=members.flag("applyTruncationLast"),
    )


def _several(members: Members, name: str) -> Pattern:
    patterns = [read_pattern(item, *place) for item, place in members.items(name)]
    if not patterns:
        raise members.wrong(name, "a list of comparisons")
    return Several(patterns, all_of_them=name == "and")


def _not(members: Members, name: str) -> Pattern:
    return Not(read_pattern(members.any(name), *members.steps, name))


_READERS: Final[Mapping[str, Callable[[Members, str], Pattern]]] = {
    "equalTo": _equal_to,
    "equalToJson": _json,
    "matchesJsonPath": _json_path,
    "matchesJsonSchema": _json_schema,
    "equalToXml": _xml,
    "matchesXPath": _xpath,
    "contains": lambda members, name: Contains(members.needed_text(name)),
    "doesNotContain": lambda members, name: Contains(members.needed_text(name), negated=True),
    "matches": lambda members, name: Matches(members.needed_text(name)),
    "doesNotMatch": lambda members, name: Matches(members.needed_text(name), negated=True),
    "matchesPathTemplate": lambda members, name: MatchesTemplate(members.needed_text(name)),
    "before": _date,
    "after": _date,
    "equalToDateTime": _date,
    "anything": lambda members, name: Anything(),
    "absent": lambda members, name: Absent(),
    "and": _several,
    "or": _several,
    "not": _not,
}


def binary(members: Members) -> str | None:
    """The base64 of a body that is compared byte for byte; None if it is compared as text."""
    if not members.has("binaryEqualTo"):
        return None
    value = members.any("binaryEqualTo")
    if not isinstance(value, str):
        raise NotUnderstood(f"base64 is needed, not {kind_of(value)}", *members.steps, "binaryEqualTo")
    return value
