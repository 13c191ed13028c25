"""A request description: what a request must look like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from ..arguments import UNSET, boolean
from ..errors import UsageError
from ..message.content import TooLarge
from ..message.request import Request
from ..phrase import UNMASKED, Masking, Phrase, Plain, joined
from .auth import BasicAuth, BearerToken
from .body import Data
from .difference import Difference, Differences, Where
from .field import Field
from .form import Files, Form
from .json_body import Json, JsonPath, JsonSubset
from .json_schema import JsonSchema
from .matcher import Matcher, MatcherFailed
from .named import Cookies, Headers, query, query_subset
from .path import Method, Path, PathField
from .quick import LARGE, NEVER
from .regexp import MAX_SECONDS, TookTooLong
from .suggestion import Suggestion
from .text_body import Text
from .xml_body import Xml, XPath

ANY: Final = "ANY"

# In the order they are compared and reported: cheap ones first, so that bodies are parsed only when the rest matches.
_HEAD_FIELDS: Final[Mapping[str, Callable[..., Field]]] = {
    "query": query,
    "query_subset": query_subset,
    "headers": Headers,
    "cookies": Cookies,
    "basic_auth": BasicAuth,
    "bearer_token": BearerToken,
}
_BODY_FIELDS: Final[Mapping[str, Callable[..., Field]]] = {
    "data": Data,
    "text": Text,
    "json": Json,
    "json_subset": JsonSubset,
    "json_path": JsonPath,
    "json_schema": JsonSchema,
    "xml": Xml,
    "xpath": XPath,
    "form": Form,
    "files": Files,
}
_FIELDS: Final = {**_HEAD_FIELDS, **_BODY_FIELDS}
FIELD_NAMES: Final = ("path", "method", *_FIELDS, "json_ignore_order", "matcher")
# A larger body takes longer to write down again than a line is worth, which seldom has room for it.
_MAX_SUGGESTED_FROM: Final = 256 * 1024
# The first bytes of every gzip member (RFC 1952, 2.3.1).
_GZIP: Final = b"\x1f\x8b"
# For these, None is a value, and json_ignore_order applies.
_JSON_VALUES: Final = ("json", "json_subset")
_NO_FIELDS: Final[Mapping[str, Field]] = {}


class RequestDescription:
    """The fields that a request is compared with, made from arguments. Arguments left out match everything.

    ``state`` compares states of the server, which change while the request stays the same.
    """

    def __init__(
        self,
        path: object = ANY,
        *,
        method: object = ANY,
        json_ignore_order: object = False,
        matcher: object = None,
        state: object = None,
        **fields: object,
    ) -> None:
        given = [
            name
            for name in _FIELDS
            if name in fields and fields[name] is not UNSET and (fields[name] is not None or name in _JSON_VALUES)
        ]
        self._ignore_order = boolean(json_ignore_order, "json_ignore_order")
        # All are checked in the order in which people write them.
        path_field = None if _is_any(path) else Path(path)
        method_field = None if _is_any(method) else Method(method)
        checked_matcher = matcher if matcher is None or isinstance(matcher, Matcher) else Matcher(matcher)
        if self._ignore_order and not any(name in given for name in _JSON_VALUES):
            raise UsageError("json_ignore_order: needs json or json_subset, whose lists are compared in any order.")
        options = {name: {"ignore_order": self._ignore_order} for name in _JSON_VALUES}
        made = {name: _FIELDS[name](fields[name], **options.get(name, {})) for name in given}
        unknown = fields.keys() - _FIELDS.keys()
        if unknown:
            raise TypeError(f"no such fields: {', '.join(sorted(unknown))}")
        if state is not None and not isinstance(state, Field):
            raise TypeError(f"state: a field is needed, not {state!r}")
        self._compose(
            path_field,
            method_field,
            {name: field for name, field in made.items() if name in _HEAD_FIELDS},
            {name: field for name, field in made.items() if name in _BODY_FIELDS},
            state,
            checked_matcher,
        )

    @classmethod
    def of_fields(
        cls,
        path: PathField | None = None,
        method: Field | None = None,
        head: Mapping[str, Field] = _NO_FIELDS,
        body: Mapping[str, Field] = _NO_FIELDS,
        state: Field | None = None,
        *,
        answers_head: bool = True,
    ) -> RequestDescription:
        """A description of fields that were made elsewhere; ``body`` are those that need the body of a request.

        Without ``answers_head``, a HEAD request never gets the response to GET.
        """
        description = cls.__new__(cls)
        description._ignore_order = False
        description._compose(path, method, head, body, state, None)
        description.answers_head = answers_head
        return description

    def _compose(
        self,
        path: PathField | None,
        method: Field | None,
        head: Mapping[str, Field],
        body: Mapping[str, Field],
        state: Field | None,
        matcher: Matcher | None,
    ) -> None:
        self.path = path
        self.literal_path = None if path is None else path.literal
        """The one path that matches, or None when several do."""

        self.method = method
        self.matcher = matcher
        self.state = state
        self.answers_head = True
        """Whether a HEAD request gets the response to GET."""

        self._of_body = [*body]
        # data is compared with the body as sent, all others with the decoded content.
        self._of_content = [name for name in body if name != "data"]
        states: Mapping[str, Field] = {} if state is None else {"state": state}
        rest = [*head.items(), *states.items(), *body.items()]
        first = [(name, field) for name, field in (("method", method), ("path", path)) if field is not None]
        self._rest = [field for _, field in rest]
        self._names = [name for name, _ in (*first, *rest)]
        self.fields: tuple[Field, ...] = tuple(field for _, field in (*first, *rest))
        self._of_request = tuple(field for field in self.fields if field is not state)
        self._of_request_but_path = self._of_request
        if path is not None and path.literal_suffices:
            self._of_request_but_path = tuple(field for field in self._of_request if field is not path)
        self.work = sum(field.work for field in self.fields)
        sizes = [LARGE, *(field.quick_up_to for field in self.fields)]
        self.quick_up_to = NEVER if matcher is not None else min(sizes)

    @property
    def head_fields(self) -> tuple[Field, ...]:
        """The fields that need no body."""
        return self.fields[: len(self.fields) - len(self._of_body)]

    def matches(self, request: Request) -> bool:
        """Whether the request matches. Raises `MatcherFailed`."""
        return self.state_matches(request) and self.request_matches(request)

    def state_matches(self, request: Request) -> bool:
        """Whether the states match, which may change. Raises `MatcherFailed`."""
        try:
            return self.state is None or self.state.matches(request)
        except TookTooLong as error:
            raise MatcherFailed(error.reason) from None

    def request_matches(self, request: Request, literal_path: str | None = None) -> bool:
        """Whether the request matches apart from the states. Raises `MatcherFailed`.

        With the path of the request, a path that is the same text is not compared again.
        """
        if request.cut is not None and self._of_body:
            return False
        fields = self._of_request
        if literal_path is not None and literal_path == self.literal_path:
            fields = self._of_request_but_path
        try:
            # A loop, not all(): this runs for every candidate of every request.
            for field in fields:
                if not field.matches(request):
                    return False
        except TookTooLong as error:
            raise MatcherFailed(error.reason) from None
        if self._of_content and request.is_encoded and request.unreadable is not None:
            return False
        return self.matcher is None or self.matcher.matches(request, self.path_params(request))

    def differences(self, request: Request) -> Differences:
        """What differs in a request that does not match. If no field differs, it is the matcher; it is not called."""
        found = Differences()
        for name, field in zip(self._names, self.head_fields, strict=False):
            found.add(self._with_hint(request, difference) for difference in _differences(name, field, request))
        if request.cut is not None:
            found.add(Difference(Where(name), "a complete body", request.cut.advice) for name in self._of_body)
        else:
            for name, field in zip(self._of_body, self.fields[len(self.head_fields) :], strict=True):
                found.add(
                    _decoded(name, field, request) if name in self._of_content else _differences(name, field, request)
                )
        if not found and self.matcher is not None:
            found.append(Difference(Where("matcher"), f"{self.matcher.name} to return true", "false"))
        return found

    def _with_hint(self, request: Request, difference: Difference) -> Difference:
        """A difference of one head field, with a hint from another field."""
        if difference.where.kind == "method" and self.path is not None and self.path.matches_in_time(request):
            return replace(difference, hint="same path, different method")
        return difference

    def suggestion(self, request: Request) -> Suggestion | None:
        """The arguments of a description that has the same fields and that the request matches.

        None if there are none that check as much.
        """
        if (request.cut is not None and self._of_body) or (self._of_content and request.unreadable is not None):
            return None
        if self._of_body and len(request.content) > _MAX_SUGGESTED_FROM:
            return None
        try:
            return self._suggestion(request)
        except TookTooLong:
            return None

    def _suggestion(self, request: Request) -> Suggestion | None:
        suggested: dict[str, object] = {}
        for field in (*filter(None, (self.path, self.method)), *self._rest):
            arguments = field.suggestion(request)
            if arguments is None:
                return None
            suggested |= arguments
        if self.matcher is not None:
            if not self.matcher.is_by_name:
                return None
            suggested["matcher"] = self.matcher.name
        return suggested

    def path_params(self, request: Request) -> dict[str, str]:
        return {} if self.path is None else self.path.params(request)

    def shown(self, masking: Masking) -> str:
        """The description on one line, as arguments, masked."""
        parts = [shown for field in self.fields if (shown := field.shown(masking))]
        if self._ignore_order:
            parts.append("json_ignore_order=True")
        if self.matcher is not None:
            parts.append(str(self.matcher))
        return " ".join(parts) or "any request"

    def __str__(self) -> str:
        return self.shown(UNMASKED)


def _differences(name: str, field: Field, request: Request) -> Iterator[Difference]:
    """The differences of a field; a regular expression that takes too long is one."""
    try:
        yield from field.differences(request)
    except TookTooLong as error:
        yield Difference(Where(name), f"a match within {MAX_SECONDS:g} s", joined("none: ", error.reason))


def _decoded(name: str, field: Field, request: Request) -> Iterator[Difference]:
    """The differences of a field that is compared with the decoded body."""
    unreadable = request.unreadable
    if isinstance(unreadable, TooLarge):
        yield Difference(Where(name), "a complete body", unreadable.advice)
    elif unreadable is not None:
        yield Difference(Where(name), "a body that can be decoded", f"one that is {unreadable}")
    elif _is_unnamed_gzip(request):
        received = f"{len(request.body):,} bytes that look like gzip"
        unnamed = "the request has no Content-Encoding"
        yield from (
            replace(entry, received=received, hint=unnamed, diff=None) for entry in _differences(name, field, request)
        )
    else:
        hint = _encoding_hint(request)
        yield from (replace(entry, hint=hint or entry.hint) for entry in _differences(name, field, request))


def _encoding_hint(request: Request) -> Phrase:
    """What to say about a body that was compared as sent because of its encoding (RFC 9110, 8.4)."""
    if request.undecoded:
        return ("the body is encoded (", Plain(request.undecoded), ") and was compared undecoded")
    return ""


def _is_unnamed_gzip(request: Request) -> bool:
    encoding = (request.header("content-encoding") or "identity").strip().lower()
    return encoding == "identity" and request.body.startswith(_GZIP)


def _is_any(value: object) -> bool:
    return value is None or value == ANY
