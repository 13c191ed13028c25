"""Values with names: query parameters, headers, cookies, form fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Final

from werkzeug.datastructures import Authorization

from ..arguments import cookie_pairs, dictionary, dictionary_in, header_lines, plain_text
from ..errors import UsageError
from ..masking.names import is_masked_header
from ..message.head import parse_authorization
from ..message.media_types import says_json
from ..message.request import Request
from ..visible import MASK, quote, quote_all, visible
from .difference import Difference
from .field import Field
from .hints import only
from .text import TextPattern

Values = Callable[[Request], Mapping[str, list[str]]]

_MAX_WRITTEN: Final = 300
# Names that are looked at to find one that is spelled a little differently.
_MAX_NAMES: Final = 100

# None: the name must be absent; a list: exactly these values in this order.
Expected = TextPattern | list[TextPattern] | None


def expected_values(value: object, what: str) -> Expected:
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return [TextPattern(entry, what) for entry in value]
    return TextPattern(value, what)


def describe(expected: Expected) -> str:
    if expected is None:
        return "nothing"
    if isinstance(expected, list):
        return visible(f"[{', '.join(pattern.describe() for pattern in expected)}]", _MAX_WRITTEN)
    return expected.describe()


def in_order(expected: list[TextPattern], values: list[str]) -> bool:
    return len(expected) == len(values) and all(
        pattern.matches(value) for pattern, value in zip(expected, values, strict=True)
    )


def any_matches(expected: Expected, values: list[str]) -> bool:
    """Whether the values hold what is expected; more of them may be there."""
    if expected is None:
        return not values
    if isinstance(expected, list):
        return in_order(expected, values)
    return any(map(expected.matches, values))


class NamedValues(Field):
    """These names are there with these values; others may be there too."""

    def __init__(self, argument: str, noun: str, expected: Mapping[str, object], values: Values) -> None:
        self._argument = argument
        self._noun = noun
        self._values = values
        self._expected = {name: expected_values(value, f"{argument}: {name}") for name, value in expected.items()}
        self._written = dict(expected)

    def _value_matches(self, name: str, expected: Expected, values: list[str]) -> bool:
        return any_matches(expected, values)

    def _show(self, name: str, phrase: str) -> str:
        return phrase

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

    def _difference(self, request: Request, name: str, expected: Expected, received: list[str]) -> Difference:
        if isinstance(expected, TextPattern) and len(received) == 1:
            wanted, came = expected.contrast(received[0])
        else:
            wanted, came = describe(expected), quote_all(received)
        return Difference(
            f"{self._noun} {visible(name)}",
            wanted if expected is None else self._show(name, wanted),
            self._show(name, came) if received else came,
            self._hint(request, name, expected, received),
        )

    def _hint(self, request: Request, name: str, expected: Expected, received: list[str]) -> str:
        if received:
            return expected.hint(received[0]) if isinstance(expected, TextPattern) and len(received) == 1 else ""
        alike = next((other for other in islice(self._values(request), _MAX_NAMES) if only(name, other)), None)
        return "" if alike is None else f"there is {quote(alike)}: {only(name, alike)}"

    def __str__(self) -> str:
        pairs = (
            f"{quote(name)}: {self._show(name, _written(value)) if value is not None else 'null'}"
            for name, value in self._written.items()
        )
        return visible(f"{self._argument}={{{', '.join(pairs)}}}", _MAX_WRITTEN)


def _written(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_written, value))}]"
    return quote(value) if isinstance(value, str) else str(value)


class Query(NamedValues):
    """Exactly these parameters."""

    def __init__(self, expected: Mapping[str, object]) -> None:
        super().__init__("query", "query parameter", expected, lambda request: request.query)

    def _value_matches(self, name: str, expected: Expected, values: list[str]) -> bool:
        return any_matches(expected, values) and (isinstance(expected, list) or len(values) <= 1)

    def matches(self, request: Request) -> bool:
        return super().matches(request) and request.query.keys() <= self._expected.keys()

    def differences(self, request: Request) -> Iterator[Difference]:
        yield from super().differences(request)
        for name, received in request.query.items():
            if name not in self._expected:
                yield Difference(f"query parameter {visible(name)}", "nothing", quote_all(received))


class QueryText(Field):
    """The query string as sent."""

    def __init__(self, value: str) -> None:
        self._pattern = TextPattern(value.removeprefix("?"), "query")

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self._pattern.matches(request.query_string):
            yield self._pattern.difference("query", request.query_string)

    def __str__(self) -> str:
        return f"query={visible(str(self._pattern))}"


class Headers(NamedValues):
    """These header fields are there (RFC 9110, 5.1: names in any case)."""

    def __init__(self, value: object) -> None:
        super().__init__("headers", "header", header_lines(value, "headers"), lambda _: {})

    @property
    def needed(self) -> list[str]:
        """The names that must be there."""
        return [name for name, expected in self._expected.items() if expected is not None]

    def _received(self, request: Request, name: str) -> list[str]:
        return request.header_values(name)

    def _value_matches(self, name: str, expected: Expected, values: list[str]) -> bool:
        if isinstance(expected, TextPattern):
            if expected.literal is not None and name.lower() in ("authorization", "proxy-authorization"):
                return any(same_credentials(expected.literal, value) for value in values)
            # RFC 9110, 5.3: repeated fields mean the same as one with the values joined.
            return any_matches(expected, values) or (len(values) > 1 and expected.matches(", ".join(values)))
        return any_matches(expected, values)

    def _show(self, name: str, phrase: str) -> str:
        return MASK if is_masked_header(name) else phrase

    def _hint(self, request: Request, name: str, expected: Expected, received: list[str]) -> str:
        if name.lower() != "content-type" or not isinstance(expected, TextPattern) or expected.literal is None:
            return super()._hint(request, name, expected, received)
        wanted, came = _media_type(expected.literal), request.content_type
        if wanted == came and ";" in f"{expected.literal}{''.join(received)}":
            return f"only parameters such as the charset differ: STARTS:{wanted} takes any"
        if says_json(wanted) and not says_json(came) and request.is_json():
            return "the body is JSON, though"
        return super()._hint(request, name, expected, received)


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def same_credentials(expected: str, received: str) -> bool:
    """Compares scheme and parameters, not spelling (RFC 9110, 11.6.2)."""
    one, other = parse_authorization(expected), parse_authorization(received)
    if one is None or other is None:
        scheme, _, rest = expected.partition(" ")
        other_scheme, _, other_rest = received.partition(" ")
        return (scheme.lower(), rest.strip()) == (other_scheme.lower(), other_rest.strip())
    return _meaning(one) == _meaning(other)


def _meaning(auth: Authorization) -> tuple[str, str | None, dict[str, str | None]]:
    # RFC 9110, 11.2: the names of parameters in any case.
    return auth.type, auth.token, {name.lower(): value for name, value in auth.parameters.items()}


class Cookies(NamedValues):
    """These cookies are there."""

    def __init__(self, value: object) -> None:
        super().__init__("cookies", "cookie", cookie_pairs(value, "cookies"), lambda request: request.cookies)

    def _show(self, name: str, phrase: str) -> str:
        return MASK


def query(value: object) -> Field:
    """The query field: a dictionary of parameters, or text for the raw query string."""
    if isinstance(value, str) and dictionary_in(value, "query") is None:
        return QueryText(value)
    return Query(dictionary(value, "query"))


def query_subset(value: object) -> Field:
    return NamedValues(
        "query_subset", "query parameter", dictionary(value, "query_subset"), lambda request: request.query
    )


_BASIC: Final = "Basic credentials"


class BasicAuth(Field):
    """This user and password (RFC 7617)."""

    def __init__(self, value: object) -> None:
        if isinstance(value, str):
            user, colon, password = value.partition(":")
            if not colon:
                raise UsageError("basic_auth: 'user:password' is needed, but there is no colon in the value given.")
        elif isinstance(value, (list, tuple)) and len(value) == 2:
            user, password = str(value[0]), str(value[1])
        else:
            raise UsageError("basic_auth: 'user:password' or a list of two is needed.")
        self._user, self._password = user, password

    def differences(self, request: Request) -> Iterator[Difference]:
        header = request.header("authorization")
        auth = request.auth
        if header is None:
            yield Difference("basic_auth", _BASIC, "no Authorization header")
        elif header.partition(" ")[0].lower() != "basic":
            scheme = header.partition(" ")[0]
            yield Difference("basic_auth", _BASIC, f"the scheme {quote(scheme)}" if scheme else "an empty header")
        elif auth is None:
            yield Difference("basic_auth", _BASIC, "a broken value: it is not base64 of user:password")
        else:
            if auth.username != self._user:
                yield Difference("basic_auth", f"user {quote(self._user)}", f"user {quote(auth.username or '')}")
            if auth.password != self._password:
                yield Difference("basic_auth", "the password given", "another password")

    def __str__(self) -> str:
        return f"basic_auth={MASK}"


class BearerToken(Field):
    """This token (RFC 6750)."""

    def __init__(self, value: object) -> None:
        self._token = plain_text(value, "bearer_token")
        if not self._token.strip():
            raise UsageError("bearer_token: the token is empty.")
        if len(self._token.split()) > 1:
            raise UsageError("bearer_token: a token has no spaces (RFC 6750, 2.1). Give it without 'Bearer'.")

    def differences(self, request: Request) -> Iterator[Difference]:
        header = request.header("authorization")
        scheme, _, token = (header or "").partition(" ")
        if header is None:
            yield Difference("bearer_token", "a Bearer token", "no Authorization header")
        elif scheme.lower() != "bearer":
            yield Difference("bearer_token", "a Bearer token", f"the scheme {quote(scheme)}")
        elif token.strip() != self._token:
            yield Difference("bearer_token", "the token given", "another token")

    def __str__(self) -> str:
        return f"bearer_token={MASK}"
