"""Makes a request description of the request of a mapping."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from ....errors import UsageError
from ....matching.description import RequestDescription
from ....matching.difference import Step
from ....matching.field import Field
from ....matching.state import States
from ....phrase import Phrase, Quoted, joined
from ..loaded import NotUnderstood
from .fields import (
    BinaryBody,
    Body,
    MethodIs,
    Multipart,
    PlaceField,
    ScenarioState,
    cookies,
    decoded,
    form,
    headers,
    path_parameters,
    query,
)
from .members import Members
from .patterns import Absent, AnyValue, EqualTo, Pattern, Values
from .reading_patterns import binary, read_pattern, read_values
from .urls import AnyUrl, UrlField, UrlIs, UrlMatches, UrlTemplate

_MEMBERS: Final = frozenset(
    {
        *("scheme", "host", "port", "clientIp", "url", "urlPattern", "urlPath", "urlPathPattern", "urlPathTemplate"),
        *("method", "headers", "pathParameters", "queryParameters", "formParameters", "cookies", "basicAuth"),
        *("basicAuthCredentials", "bodyPatterns", "customMatcher", "multipartPatterns"),
    }
)
_URLS: Final[Mapping[str, Callable[[str, str], UrlField]]] = {
    "url": lambda given, base: UrlIs(given, base, any_query=False),
    "urlPattern": lambda given, base: UrlMatches(given, base, with_query=True),
    "urlPath": lambda given, base: UrlIs(given, base, any_query=True),
    "urlPathPattern": lambda given, base: UrlMatches(given, base, with_query=False),
    "urlPathTemplate": UrlTemplate,
}
_PART_MEMBERS: Final = frozenset({"name", "fileName", "matchingType", "headers", "bodyPatterns"})


def read_request(
    members: Members, base: str, states: States, scenario: tuple[str, str] | None
) -> tuple[RequestDescription, UrlField | None]:
    """The description, and the URL in it. ``scenario`` is one with the state that it must be in.

    Raises `NotUnderstood`.
    """
    members.only(_MEMBERS, "a request")
    if "customMatcher" in members:
        raise NotUnderstood("matchers that are written in Java cannot be used", *members.steps, "customMatcher")
    url = _url(members, base)
    method = members.text("method")
    state = None if scenario is None else ScenarioState(*scenario, states)
    description = RequestDescription.of_fields(
        url,
        None if method is None or method == "ANY" else MethodIs(method),
        dict(_head_fields(members, url)),
        dict(_body_fields(members)),
        state,
        answers_head=False,
    )
    return description, url


def _url(members: Members, base: str) -> UrlField | None:
    for name, make in _URLS.items():
        given = members.text(name)
        if given is not None:
            try:
                return make(given, base)
            except UsageError as error:
                raise NotUnderstood(str(error).rstrip("."), *members.steps, name) from None
    return AnyUrl(base) if base else None


def _head_fields(members: Members, url: UrlField | None) -> Iterator[tuple[str, Field]]:
    expected = _named(members, "headers")
    credentials = members.object("basicAuthCredentials") or members.object("basicAuth")
    if credentials is not None:
        pair = f"{credentials.needed_text('username')}:{credentials.needed_text('password')}"
        encoded = base64.b64encode(pair.encode()).decode()
        expected["Authorization"] = AnyValue(EqualToBasic(encoded))
    if expected:
        yield "headers", headers(expected)
    expected = _named(members, "queryParameters")
    if expected:
        yield "query_subset", query(expected)
    expected = _named(members, "pathParameters")
    if expected and isinstance(url, UrlTemplate):
        yield "path_params", path_parameters(url, expected)
    patterns = {name: read_pattern(value, *steps) for name, value, steps in _members_of(members, "cookies")}
    if patterns:
        yield "cookies", cookies({name: (entry, isinstance(entry, Absent)) for name, entry in patterns.items()})
    for name in ("host", "clientIp"):
        if name in members:
            yield name, PlaceField(name, read_pattern(members.any(name), *members.steps, name))
    port, scheme = members.integer("port"), members.text("scheme")
    if port is not None:
        yield "port", PlaceField("port", EqualTo(str(port)))
    if scheme is not None:
        yield "scheme", PlaceField("scheme", EqualTo(scheme))


class EqualToBasic(EqualTo):
    """Basic credentials; the scheme in any case."""

    def __init__(self, encoded: str) -> None:
        super().__init__(f"Basic {encoded}")
        self._encoded = encoded

    def matches(self, value: str | None) -> bool:
        scheme, _, credentials = (value or "").partition(" ")
        return scheme.lower() == "basic" and credentials == self._encoded


def _members_of(members: Members, name: str) -> Iterator[tuple[str, Any, tuple[Step, ...]]]:
    inner = members.object(name)
    return iter(()) if inner is None else inner.named()


def _named(members: Members, name: str) -> dict[str, Values]:
    return {key: read_values(value, *steps) for key, value, steps in _members_of(members, name)}


def _body_fields(members: Members) -> Iterator[tuple[str, Field]]:
    expected = _named(members, "formParameters")
    if expected:
        yield "form", form(expected)
    for number, (item, steps) in enumerate(members.items("bodyPatterns"), 1):
        encoded = binary(Members(item, *steps))
        try:
            field = Body(read_pattern(item, *steps)) if encoded is None else BinaryBody(encoded)
        except UsageError as error:
            raise NotUnderstood(str(error), *steps) from None
        yield f"body {number}", field
    for number, (item, steps) in enumerate(members.items("multipartPatterns"), 1):
        yield f"files {number}", _part(Members(item, *steps))


def _part(members: Members) -> Field:
    members.only(_PART_MEMBERS, "a part")
    kind = members.text("matchingType") or "ANY"
    if kind not in ("ANY", "ALL"):
        raise members.wrong("matchingType", "ANY or ALL")
    expected = _named(members, "headers")
    patterns: list[Pattern | bytes] = []
    described: list[Phrase] = []
    for item, steps in members.items("bodyPatterns"):
        encoded = binary(Members(item, *steps))
        try:
            patterns.append(read_pattern(item, *steps) if encoded is None else decoded(encoded, "binaryEqualTo"))
        except UsageError as error:
            raise NotUnderstood(str(error), *steps) from None
    file_name = members.text("fileName") if expected or patterns else None
    if file_name is not None:
        described.append(joined("filename: ", Quoted(file_name)))
    described += [joined(Quoted(name), ": ", entry.written) for name, entry in expected.items()]
    described += [pattern.written if isinstance(pattern, Pattern) else "data" for pattern in patterns]
    phrase = joined(*(part for entry in described for part in (", ", entry)))[1:]
    return Multipart(expected, patterns, file_name, all_of_them=kind == "ALL", described=phrase or "anything")
