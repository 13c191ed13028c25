"""What saved requests of Postman match, and which of their saved responses answers."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ...matching.difference import Difference, Where
from ...matching.field import Field
from ...matching.path import PathField, folded, plain_path
from ...matching.suggestion import Suggestion
from ...matching.template import between
from ...message.request import Request
from ...message.response import Response
from ...phrase import Masking, Phrase, Plain, Quoted, listed, text
from ...responses.occasion import Occasion
from ...responses.responder import SendsAtOnce
from .documents import Place
from .recorded import Answer, RecordedBody

_PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9/._~-]*")
_MOCK_HEADERS: Final = {"x-mock-response-name": "name", "x-mock-response-id": "number", "x-mock-response-code": "code"}
_MATCH_BODY: Final = "x-mock-match-request-body"


class SavedPath(PathField):
    """The path of a saved request. Variables without a value stand for any text in their segment."""

    def __init__(self, segments: Sequence[Sequence[str]]) -> None:
        """Each segment is literal text and names of variables in turns."""
        self._names = [name for segment in segments for name in segment[1::2]]
        self._shown = "".join(f"/{_shown_segment(segment)}" for segment in segments) or "/"
        # What stands before, between and after the variables of each segment.
        self._literals = [[literal.lower() for literal in segment[::2]] for segment in segments]
        while self._literals and self._literals[-1] == [""]:
            self._literals.pop()
        self.key: Hashable = folded("/" + "/".join("{}".join(segment[::2]) for segment in segments)), len(self._names)
        if not self._names and _PLAIN_PATH.fullmatch(self._shown):
            self.folded = folded(self._shown)

    @property
    def names(self) -> list[str]:
        """The names of its variables."""
        return self._names

    @property
    def written(self) -> str:
        return self._shown

    def _values(self, request: Request) -> list[str] | None:
        """What the variables stand for; None if the request does not match."""
        path = request.path_by_segment.strip("/")
        segments = path.split("/") if path else []
        if len(segments) != len(self._literals):
            return None
        values: list[str] = []
        for literals, segment in zip(self._literals, segments, strict=True):
            found = _values_in(segment, literals)
            if found is None:
                return None
            values += found
        return values

    def matches(self, request: Request) -> bool:
        if self.folded is not None:
            return folded(request.raw_path) == self.folded
        return self._values(request) is not None

    def params(self, request: Request) -> dict[str, str]:
        values = self._values(request) or ()
        # One name may come twice.
        return {name: value.replace("\0", "/") for name, value in zip(self._names, values, strict=False)}

    def suggestion(self, request: Request) -> Suggestion | None:
        return {"path": plain_path(request)}

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            yield Difference(Where("path"), Quoted(self._shown), Quoted(request.path))

    def shown(self, masking: Masking) -> str:
        return Plain(self._shown).shown(masking)


def _values_in(segment: str, literals: list[str]) -> list[str] | None:
    """What the variables of a segment stand for; None if the segment does not match."""
    folded_segment = segment.lower()
    if len(folded_segment) != len(segment):
        # A few letters become two.
        folded_segment = segment
    if len(literals) == 1:
        return [] if folded_segment == literals[0] else None
    found = between(literals, folded_segment, 1)
    if found is None:
        return None
    values = []
    at = 0
    for literal, value in zip(literals, found, strict=False):
        at += len(literal)
        values.append(segment[at : at + len(value)])
        at += len(value)
    return values


def _shown_segment(segment: Sequence[str]) -> str:
    return "".join(f"{{{part}}}" if index % 2 else part for index, part in enumerate(segment))


@dataclass(frozen=True)
class Example:
    """A saved response, and the request that it answers."""

    place: Place
    name: str
    number: str
    code: str
    method: str
    path: SavedPath
    query: Mapping[str, list[str]]
    body: RecordedBody | None
    answer: Answer
    captured: tuple[str, ...]
    """The variables of the path that are in its body."""

    @property
    def query_key(self) -> Hashable:
        return tuple(sorted((name, tuple(values)) for name, values in self.query.items()))

    @property
    def body_key(self) -> Hashable:
        return None if self.body is None else self.body.key

    def is_chosen(self, request: Request) -> bool:
        """Whether it is one that the client asks for; all are, if it asks for none."""
        chosen = _chosen(request)
        number = chosen.get("number")
        return (
            chosen.get("name", self.name) == self.name
            and chosen.get("code", self.code) == self.code
            and (number is None or (bool(self.number) and (f"-{number}").endswith(f"-{self.number}")))
        )


def _chosen(request: Request) -> dict[str, str]:
    """By what the client chooses a response."""
    values = {kind: request.header(header) for header, kind in _MOCK_HEADERS.items()}
    return {kind: value.strip() for kind, value in values.items() if value is not None and value.strip()}


class Choice(Field):
    """The client asks for one of these responses, or, unless it ``must``, for none."""

    def __init__(self, examples: Sequence[Example], *, must: bool = False) -> None:
        self._examples = examples
        self._must = must

    def matches(self, request: Request) -> bool:
        if self._must and not _chosen(request):
            return False
        return any(example.is_chosen(request) for example in self._examples)

    def differences(self, request: Request) -> Iterator[Difference]:
        if self.matches(request):
            return
        chosen = ", ".join(_chosen(request).values())
        yield Difference(Where("saved response"), self._names, Quoted(chosen) if chosen else "no choice")

    @property
    def _names(self) -> Phrase:
        return listed((Quoted(example.name) for example in self._examples), len(self._examples), "responses")

    def suggestion(self, request: Request) -> Suggestion | None:
        return {} if self.matches(request) else None

    def shown(self, masking: Masking) -> str:
        return f"{'chosen' if self._must else 'saved'}={text(self._names, masking)}"


class BodyIfAsked(Field):
    """The body is compared only if the client asks for that. Without ``fields``, no body matches then."""

    def __init__(self, fields: Mapping[str, Field] | None) -> None:
        self._fields = fields
        if fields:
            self.quick_up_to = min(field.quick_up_to for field in fields.values())

    @staticmethod
    def _is_asked(request: Request) -> bool:
        return (request.header(_MATCH_BODY) or "").strip().lower() == "true"

    def matches(self, request: Request) -> bool:
        if not self._is_asked(request):
            return True
        return self._fields is not None and all(field.matches(request) for field in self._fields.values())

    def differences(self, request: Request) -> Iterator[Difference]:
        if self.matches(request):
            return
        if not self._fields:
            yield Difference(Where("body"), "the body of a saved request", "another one")
        for field in (self._fields or {}).values():
            yield from field.differences(request)

    def suggestion(self, request: Request) -> Suggestion | None:
        return {} if self.matches(request) else None

    def shown(self, masking: Masking) -> str:
        return ""


class SavedResponses(SendsAtOnce):
    """Answers with the saved response that the client chooses; with the first one if it chooses none."""

    takes_time = False

    def __init__(self, examples: Sequence[Example]) -> None:
        self._examples = [(example, example.answer.responder()) for example in examples]

    def respond(self, occasion: Occasion) -> Response:
        request = occasion.request
        example, responder = next(
            ((example, responder) for example, responder in self._examples if example.is_chosen(request)),
            self._examples[0],
        )
        if not example.captured:
            return responder.respond(occasion)
        values = example.path.params(request)
        body = example.answer.body
        for name in example.captured:
            body = body.replace(f"{{{{{name}}}}}".encode(), values.get(name, "").encode())
        return replace(example.answer, body=body).responder().response
