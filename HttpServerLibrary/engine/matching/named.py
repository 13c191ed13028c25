"""Values with names: query parameters, headers, cookies, form fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from ..arguments import cookie_pairs, dictionary, dictionary_in, header_lines, not_empty
from ..message.media_types import says_json
from ..message.request import Request
from ..phrase import Masking, Phrase, Plain, Quoted, joined, listed, quotes
from ..visible import MASK, shortened
from .auth import credential_difference, is_credential_header, same_credentials
from .difference import Difference, Where
from .field import Field
from .hints import alike, misspelt
from .quick import LARGE, SMALL
from .suggestion import Suggestion, plain_values, text_or_plain
from .text import TextPattern
from .unordered import without_counterpart

Values = Callable[[Request], Mapping[str, list[str]]]

MAX_DESCRIBED: Final = 300
"""The maximum length of the description of a field."""

# Each may be compared with each.
_MAX_REORDERED: Final = 100
# An unclosed quote ends with the value, so that nothing is scanned twice.
_MEMBER: Final = re.compile(r'(?:"(?:\\.|[^"\\])*(?:"|\\?$)|[^,])+')

# None: the name must be absent; a list: exactly these values in this order.
Expected = TextPattern | list[TextPattern] | None


def expected_values(value: object, what: str) -> Expected:
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return [TextPattern(entry, what) for entry in value]
    return TextPattern(value, what)


def describe(expected: Expected) -> Phrase:
    """What is expected, as a phrase after 'expected'."""
    if expected is None:
        return "nothing"
    if isinstance(expected, list):
        return joined("[", listed((pattern.describe() for pattern in expected), len(expected)), "]")
    return expected.describe()


def in_order(expected: list[TextPattern], values: list[str]) -> bool:
    return len(expected) == len(values) and all(
        pattern.matches(value) for pattern, value in zip(expected, values, strict=True)
    )


def any_matches(expected: Expected, values: list[str]) -> bool:
    """Whether the values include what is expected."""
    if expected is None:
        return not values
    if isinstance(expected, list):
        return in_order(expected, values)
    return expected.any_matches(values)


def _quick_up_to(expected: Expected) -> int:
    patterns = expected if isinstance(expected, list) else [expected]
    return min((pattern.quick_up_to for pattern in patterns if pattern is not None), default=LARGE)


def _is_reordered(expected: list[TextPattern], received: list[str]) -> bool:
    """Whether the values match in another order; not checked if there are many."""
    if len(expected) != len(received) or len(received) > _MAX_REORDERED:
        return False
    return without_counterpart(expected, received, TextPattern.matches, None) == ([], [])


class NamedValues(Field):
    """These names are there with these values; others may be there too."""

    quick_up_to = LARGE

    def __init__(self, argument: str, noun: str, expected: Mapping[str, object], values: Values) -> None:
        self._argument = argument
        self._noun = noun
        self._values = values
        self._expected = {name: expected_values(value, f"{argument}: {name}") for name, value in expected.items()}
        self._given = dict(expected)
        self.quick_up_to = min(self.quick_up_to, *map(_quick_up_to, self._expected.values()), LARGE)

    def _value_matches(self, name: str, expected: Expected, values: list[str]) -> bool:
        return any_matches(expected, values)

    def _masked_by(self, name: str) -> tuple[str, ...]:
        """The names whose masking also masks the value of this one."""
        return (name,)

    def _where(self, name: str) -> Where:
        return Where(self._noun, name, names=self._masked_by(name))

    def _received(self, request: Request, name: str) -> list[str]:
        return self._values(request).get(name, [])

    def matches(self, request: Request) -> bool:
        return all(
            self._value_matches(name, expected, self._received(request, name))
            for name, expected in self._expected.items()
        )

    def differences(self, request: Request) -> Iterator[Difference]:
        for name, expected in self._expected.items():
            received = self._received(request, name)
            if not self._value_matches(name, expected, received):
                yield self._difference(request, name, expected, received)

    def suggestion(self, request: Request) -> Suggestion | None:
        suggested: dict[str, object] = {}
        for name, expected in self._expected.items():
            given, received = self._given[name], self._received(request, name)
            if not received and expected is not None:
                # A misspelt name is there under another one.
                other, _ = misspelt(name, self._names(request)) or (name, "")
                if other not in self._expected:
                    name, received = other, self._received(request, other)
            if self._value_matches(name, expected, received):
                suggested[name] = given
            else:
                suggested[name] = plain_values(received) if received else None
        return {self._argument: suggested}

    def _difference(self, request: Request, name: str, expected: Expected, received: list[str]) -> Difference:
        hint = self._hint(request, name, expected, received)
        if isinstance(expected, TextPattern) and len(received) == 1:
            return Difference(self._where(name), *expected.contrast(received[0]), hint)
        return Difference(self._where(name), describe(expected), quotes(received), hint)

    def _hint(self, request: Request, name: str, expected: Expected, received: list[str]) -> Phrase:
        if isinstance(expected, list) and received:
            return "only the order of the values differs" if _is_reordered(expected, received) else ""
        if received:
            return expected.hint(received[0]) if isinstance(expected, TextPattern) and len(received) == 1 else ""
        return "" if expected is None else alike(name, self._names(request)) or self._elsewhere(request, name)

    def _elsewhere(self, request: Request, name: str) -> str:
        """Where a missing value came instead; empty when it did not come."""
        return ""

    def _names(self, request: Request) -> Iterable[str]:
        return self._values(request)

    def shown(self, masking: Masking) -> str:
        shown = f"{self._argument}={{"
        for name, value in self._given.items():
            is_masked = value is not None and any(masking.masks(self._noun, other) for other in self._masked_by(name))
            shown += "" if shown.endswith("{") else ", "
            shown += f"{Quoted(name).shown(masking)}: {MASK if is_masked else _shown_value(value, masking)}"
            if len(shown) > MAX_DESCRIBED:
                break
        return shortened(f"{shown}}}", MAX_DESCRIBED)


def _shown_value(value: object, masking: Masking) -> str:
    """A value as given in a dictionary."""
    if isinstance(value, (list, tuple)):
        # The rest would be cut anyway.
        return f"[{', '.join(_shown_value(entry, masking) for entry in value[:MAX_DESCRIBED])}]"
    if value is None:
        return "null"
    return Quoted(value).shown(masking) if isinstance(value, str) else Plain(str(value)).shown(masking)


class QuerySubset(NamedValues):
    """These parameters are there."""

    def __init__(self, expected: Mapping[str, object], argument: str = "query_subset") -> None:
        super().__init__(argument, "query parameter", expected, lambda request: request.query)

    def _elsewhere(self, request: Request, name: str) -> str:
        return "it came in the body" if name in request.form else ""


class Query(QuerySubset):
    """Exactly these parameters."""

    def __init__(self, expected: Mapping[str, object]) -> None:
        super().__init__(expected, "query")

    def _value_matches(self, name: str, expected: Expected, values: list[str]) -> bool:
        return any_matches(expected, values) and (isinstance(expected, list) or len(values) <= 1)

    def matches(self, request: Request) -> bool:
        return super().matches(request) and request.query.keys() <= self._expected.keys()

    def suggestion(self, request: Request) -> Suggestion:
        suggested: dict[str, object] = {}
        for name, values in request.query.items():
            matches = name in self._expected and self._value_matches(name, self._expected[name], values)
            suggested[name] = self._given[name] if matches else plain_values(values)
        return {"query": suggested}

    def differences(self, request: Request) -> Iterator[Difference]:
        # Extra parameters are the only difference.
        hint = "query_subset accepts more" if super().matches(request) else ""
        yield from super().differences(request)
        for name, received in request.query.items():
            if name not in self._expected:
                yield Difference(self._where(name), "nothing", quotes(received), hint)
                hint = ""


class QueryText(Field):
    """The query string as sent."""

    def __init__(self, value: str) -> None:
        self._pattern = TextPattern(value.removeprefix("?"), "query")
        self.quick_up_to = self._pattern.quick_up_to

    def matches(self, request: Request) -> bool:
        return self._pattern.matches(request.query_string)

    def suggestion(self, request: Request) -> Suggestion:
        return {"query": text_or_plain(self._pattern, request.query_string)}

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            difference = self._pattern.difference(Where("query"), request.query_string)
            is_reordered = self._pattern.literal is not None and _pairs(self._pattern.literal) == _pairs(
                request.query_string
            )
            hint = "the same parameters in a different order: a dictionary accepts that" if is_reordered else ""
            yield replace(difference, hint=hint or difference.hint)

    def shown(self, masking: Masking) -> str:
        return f"query={Plain(str(self._pattern)).shown(masking)}"


def _pairs(query_string: str) -> list[str]:
    return sorted(query_string.split("&"))


class Headers(NamedValues):
    """These header fields are there (RFC 9110, 5.1: names in any case)."""

    def __init__(self, value: object) -> None:
        super().__init__("headers", "header", not_empty(header_lines(value, "headers"), "headers"), lambda _: {})
        if any(map(is_credential_header, self._expected)):
            # Each one is parsed.
            self.quick_up_to = min(self.quick_up_to, SMALL)

    @property
    def needed(self) -> list[str]:
        """The names that must be there."""
        return [name for name, expected in self._expected.items() if expected is not None]

    def _received(self, request: Request, name: str) -> list[str]:
        return request.header_values(name)

    def _names(self, request: Request) -> Iterable[str]:
        return (name for name, _ in request.headers)

    def _value_matches(self, name: str, expected: Expected, values: list[str]) -> bool:
        if isinstance(expected, TextPattern) and expected.literal is not None and is_credential_header(name):
            return any(same_credentials(expected.literal, value) for value in values)
        if not expected or not values or name.lower() == "set-cookie":
            return any_matches(expected, values)
        # RFC 9110, 5.3: repeated fields mean the same as one with the values joined by commas.
        if isinstance(expected, list):
            return in_order(expected, values) or in_order(expected, _members(values))
        return expected.any_matches(values if len(values) == 1 else [*values, ", ".join(values), ",".join(values)])

    def _difference(self, request: Request, name: str, expected: Expected, received: list[str]) -> Difference:
        if is_credential_header(name):
            if expected is None:
                return Difference(self._where(name), "nothing", "a value", is_credential=True)
            literal = expected.literal if isinstance(expected, TextPattern) else None
            return credential_difference(self._where(name), literal, received)
        return super()._difference(request, name, expected, received)

    def _hint(self, request: Request, name: str, expected: Expected, received: list[str]) -> Phrase:
        if name.lower() != "content-type" or not isinstance(expected, TextPattern) or expected.literal is None:
            return super()._hint(request, name, expected, received)
        wanted, actual = _media_type(expected.literal), request.content_type
        if wanted == actual and ";" in f"{expected.literal}{''.join(received)}":
            return f"only parameters such as the charset differ: STARTS:{wanted} matches any"
        if says_json(wanted) and not says_json(actual) and request.is_json():
            return "but the body is JSON"
        return super()._hint(request, name, expected, received)


def _members(values: list[str]) -> list[str]:
    """The members of lists (RFC 9110, 5.6.1); commas in quotes separate nothing."""
    return [member for value in values for part in _MEMBER.findall(value) if (member := part.strip())]


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


class Cookies(NamedValues):
    """These cookies are there."""

    quick_up_to = SMALL

    def __init__(self, value: object) -> None:
        super().__init__(
            "cookies", "cookie", not_empty(cookie_pairs(value, "cookies"), "cookies"), lambda request: request.cookies
        )

    def _masked_by(self, name: str) -> tuple[str, ...]:
        return name, "Cookie"

    def _difference(self, request: Request, name: str, expected: Expected, received: list[str]) -> Difference:
        difference = super()._difference(request, name, expected, received)
        # Most cookies that must be there are sessions: a line without one would check less.
        return replace(difference, is_credential=not received)


def query(value: object) -> Field:
    """The query field: a dictionary of parameters, or text for the raw query string."""
    if isinstance(value, str) and dictionary_in(value, "query") is None:
        return QueryText(value)
    return Query(dictionary(value, "query"))


def query_subset(value: object) -> Field:
    return QuerySubset(not_empty(dictionary(value, "query_subset"), "query_subset"))
