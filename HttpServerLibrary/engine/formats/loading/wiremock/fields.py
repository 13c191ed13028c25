"""The fields of a request description that compare as WireMock does."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from werkzeug.datastructures import Headers as PartHeaders
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, MultipartDecoder, NeedData
from werkzeug.sansio.multipart import Field as PartField
from werkzeug.sansio.multipart import File as PartFile

from ....errors import UsageError
from ....matching.auth import credential_difference, is_credential_header
from ....matching.body import bytes_phrase
from ....matching.difference import Difference, Where
from ....matching.field import Field
from ....matching.named import MAX_DESCRIBED
from ....matching.quick import LARGE, SMALL
from ....matching.state import States
from ....matching.suggestion import Suggestion
from ....message.media_types import URLENCODED
from ....message.request import Request
from ....phrase import Masking, Phrase, Plain, Quoted, text
from ....visible import MASK, shortened
from .patterns import AnyValue, EqualTo, Pattern, Values
from .urls import UrlTemplate

STARTED: Final = "Started"
_MAX_PARTS: Final = 1000


class WireMockField(Field):
    """Nobody pastes a keyword from a mapping."""

    def suggestion(self, request: Request) -> Suggestion | None:
        return None


class MethodIs(WireMockField):
    """This method, compared by case: a client that writes it in small letters means the usual one."""

    quick_up_to = LARGE

    def __init__(self, method: str) -> None:
        self._method = method

    def matches(self, request: Request) -> bool:
        return request.method == self._method or request.method.upper() == self._method

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            yield Difference(Where("method"), Plain(self._method), Plain(request.method))

    def shown(self, masking: Masking) -> str:
        return self._method


ValuesOf = Callable[[Request, str], Sequence[str]]


class NamedField(WireMockField):
    """Values with names: headers, parameters, cookies, fields of a form."""

    def __init__(self, argument: str, noun: str, expected: Mapping[str, Values], values: ValuesOf) -> None:
        self._argument = argument
        self._noun = noun
        self._expected = expected
        self._values = values
        self.quick_up_to = min((entry.quick_up_to for entry in expected.values()), default=LARGE)
        if noun != "header":
            self.quick_up_to = min(self.quick_up_to, SMALL)

    def matches(self, request: Request) -> bool:
        return all(entry.matches(self._values(request, name)) for name, entry in self._expected.items())

    def _where(self, name: str) -> Where:
        return Where(self._noun, name, names=(name, "Cookie") if self._noun == "cookie" else (name,))

    def differences(self, request: Request) -> Iterator[Difference]:
        for name, entry in self._expected.items():
            values = self._values(request, name)
            if entry.matches(values):
                continue
            if self._noun == "header" and is_credential_header(name):
                pattern = entry.pattern if isinstance(entry, AnyValue) else None
                literal = pattern.literal if isinstance(pattern, EqualTo) else None
                yield credential_difference(self._where(name), literal, [*values])
            else:
                yield from entry.differences(self._where(name), values)

    def shown(self, masking: Masking) -> str:
        pairs = []
        for name, entry in self._expected.items():
            is_masked = any(masking.masks(self._noun, other) for other in self._where(name).names)
            pairs.append(f"{Quoted(name).shown(masking)}: {MASK if is_masked else text(entry.written, masking)}")
        return shortened(f"{self._argument}={{{', '.join(pairs)}}}", MAX_DESCRIBED)


def headers(expected: Mapping[str, Values]) -> NamedField:
    return NamedField("headers", "header", expected, lambda request, name: request.header_values(name))


def query(expected: Mapping[str, Values]) -> NamedField:
    return NamedField("query_subset", "query parameter", expected, lambda request, name: request.query.get(name, ()))


def form(expected: Mapping[str, Values]) -> NamedField:
    def values(request: Request, name: str) -> Sequence[str]:
        return request.form.get(name, ()) if request.content_type == URLENCODED else ()

    return NamedField("form", "form field", expected, values)


def path_parameters(url: UrlTemplate, expected: Mapping[str, Values]) -> NamedField:
    def values(request: Request, name: str) -> Sequence[str]:
        value = (url.values(request) or {}).get(name)
        return () if value is None else (value,)

    return NamedField("path_params", "path parameter", expected, values)


class _CookieValues(AnyValue):
    """A cookie that is missing matches nothing but its absence."""

    def matches(self, values: Sequence[str]) -> bool:
        return super().matches(values) if values else self._may_be_absent

    def __init__(self, pattern: Pattern, *, may_be_absent: bool) -> None:
        super().__init__(pattern)
        self._may_be_absent = may_be_absent


def cookies(expected: Mapping[str, tuple[Pattern, bool]]) -> NamedField:
    """Each cookie with its pattern, and whether that is one of absence."""
    values = {name: _CookieValues(pattern, may_be_absent=absent) for name, (pattern, absent) in expected.items()}
    return NamedField("cookies", "cookie", values, lambda request, name: request.cookies.get(name, ()))


class PlaceField(WireMockField):
    """Where a request came from or was sent to: the host, port or scheme, or the address of the client."""

    def __init__(self, name: str, pattern: Pattern) -> None:
        self._name = name
        self._pattern = pattern
        self.quick_up_to = pattern.quick_up_to

    def matches(self, request: Request) -> bool:
        return self._pattern.matches(place_of(request, self._name))

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            yield from self._pattern.differences(Where(self._name), place_of(request, self._name))

    def shown(self, masking: Masking) -> str:
        return f"{self._name}={text(self._pattern.written, masking)}"


def place_of(request: Request, name: str) -> str:
    """The host or port that was asked for, the scheme, or the address of the client."""
    if name == "scheme":
        return request.scheme
    if name == "clientIp":
        return request.client.rpartition(":")[0].strip("[]")
    host, colon, port = request.host.rpartition(":")
    if not colon or not port.isdigit():
        host, port = request.host, "443" if request.scheme == "https" else "80"
    return host if name == "host" else port


class Body(WireMockField):
    """The body as text. An empty one is none."""

    def __init__(self, pattern: Pattern) -> None:
        self._pattern = pattern
        self.quick_up_to = min(pattern.quick_up_to, SMALL)

    def matches(self, request: Request) -> bool:
        return self._pattern.matches(request.text or None)

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            yield from self._pattern.differences(Where("text"), request.text or None)

    def shown(self, masking: Masking) -> str:
        written = text(self._pattern.written, masking)
        return written if written.partition("=")[0].isidentifier() else f"text={written}"


class BinaryBody(WireMockField):
    """The body, byte for byte. Raises `UsageError`."""

    quick_up_to = LARGE

    def __init__(self, value: str) -> None:
        self._data = decoded(value, "binaryEqualTo")

    def matches(self, request: Request) -> bool:
        return request.content == self._data

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            yield Difference(Where("data"), bytes_phrase(self._data), bytes_phrase(request.content))

    def shown(self, masking: Masking) -> str:
        return f"data={text(bytes_phrase(self._data), masking)}"


def decoded(value: str, what: str) -> bytes:
    """The bytes of base64. Raises `UsageError`."""
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except ValueError:
        raise UsageError(f"{what} is not base64") from None


class Part:
    """A part of a multipart body."""

    def __init__(self, name: str, file_name: str | None, headers: PartHeaders, body: bytes) -> None:
        self.name = name
        self.file_name = file_name
        self.headers = headers
        self.body = body

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def parts_of(request: Request) -> list[Part]:
    """The parts of a multipart body; none of any other body."""
    return [*_parts(request)] if request.content_type.startswith("multipart/") else []


def _parts(request: Request) -> Iterator[Part]:
    _, options = parse_options_header(request.header("content-type") or "")
    boundary = options.get("boundary", "")
    if not boundary or request.unreadable is not None:
        return
    decoder = MultipartDecoder(boundary.encode("latin-1", "replace"), max_parts=_MAX_PARTS)
    name, file_name, headers, pieces = "", None, PartHeaders(), bytearray()
    try:
        decoder.receive_data(request.content)
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), (Epilogue, NeedData)):
            if isinstance(event, (PartField, PartFile)):
                name, headers, pieces = event.name or "", event.headers, bytearray()
                file_name = event.filename if isinstance(event, PartFile) else None
            elif isinstance(event, Data):
                pieces += event.data
                if not event.more_data:
                    yield Part(name, file_name, headers, bytes(pieces))
    except ValueError:
        return


class Multipart(WireMockField):
    """One part of a multipart body, or each of them, has these headers and this body."""

    quick_up_to = SMALL

    def __init__(
        self,
        expected: Mapping[str, Values],
        patterns: Sequence[Pattern | bytes],
        file_name: str | None,
        *,
        all_of_them: bool,
        described: Phrase,
    ) -> None:
        self._headers = expected
        self._patterns = patterns
        self._file_name = file_name
        self._all = all_of_them
        self._described = described

    def matches(self, request: Request) -> bool:
        if not request.content_type.startswith("multipart/"):
            return False
        parts = parts_of(request)
        if self._all:
            return all(map(self._fits, parts))
        return any(map(self._fits, parts))

    def _fits(self, part: Part) -> bool:
        if self._file_name is not None and part.file_name != self._file_name:
            return False
        return all(entry.matches(part.headers.getlist(name)) for name, entry in self._headers.items()) and all(
            part.body == pattern if isinstance(pattern, bytes) else pattern.matches(part.text)
            for pattern in self._patterns
        )

    def differences(self, request: Request) -> Iterator[Difference]:
        if self.matches(request):
            return
        parts = parts_of(request)
        received: Phrase = "no multipart body" if not parts else f"{len(parts)} parts, none of which does"
        if parts and self._all:
            received = f"{len(parts)} parts, not all of which do"
        which = "each part" if self._all else "a part"
        yield Difference(Where("files"), (f"{which} to match ", *_tuple(self._described)), received)

    def shown(self, masking: Masking) -> str:
        return f"files={{{text(self._described, masking)}}}"


def _tuple(phrase: Phrase) -> tuple[Any, ...]:
    return phrase if isinstance(phrase, tuple) else (phrase,)


class ScenarioState(WireMockField):
    """A scenario is in this state. Before anything is set, it is ``Started``."""

    quick_up_to = LARGE

    def __init__(self, scenario: str, needed: str, states: States) -> None:
        self._scenario = scenario
        self._needed = needed
        self._states = states

    def _state(self, request: Request) -> str:
        return str(self._states(request).get(self._scenario, STARTED))

    def matches(self, request: Request) -> bool:
        return self._state(request) == self._needed

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            where = Where("state", self._scenario, names=(self._scenario,))
            yield Difference(where, Quoted(self._needed), Quoted(self._state(request)))

    def shown(self, masking: Masking) -> str:
        value = MASK if masking.masks("state", self._scenario) else Quoted(self._needed).shown(masking)
        return f"state={{{Quoted(self._scenario).shown(masking)}: {value}}}"
