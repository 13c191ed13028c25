"""The request description as keyword arguments, defined once, and the types that Robot Framework converts to.

Every keyword with a request description declares ``**fields: Unpack[RequestFields]``, so type checkers know the fields.
At run time, Robot Framework and editors must see each field as a separate argument: if a keyword accepts
``**anything``, Robot Framework treats ``/orders?page=2`` as a named argument. The decorator `with_request_fields`
writes such a signature.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypedDict, TypeVar, get_type_hints

from ..engine.arguments import UNSET
from ..engine.errors import UsageError
from ..engine.expectations.expectation import Expectation
from ..engine.expectations.served import ServedCollection
from ..engine.matching.description import ANY
from ..engine.records.received import ReceivedRequest
from ..engine.responses.stream import StreamEnd
from ..engine.visible import quote
from .secret import Secret, check_no_secret_is_lost

F = TypeVar("F", bound=Callable[..., object])

# The path of keywords that register an expectation. Robot Framework cannot convert to patterns, so it passes any value
# through; `checked_path` reports wrong ones.
ExpectedPath: TypeAlias = str | re.Pattern[str]
# The path of keywords that look at received requests.
RequestPath: TypeAlias = str | Expectation | ServedCollection | re.Pattern[str]
Named: TypeAlias = Mapping[str, Any] | str | None
# Robot Framework converts nothing here, because text is allowed; editors complete the literals.
Methods: TypeAlias = (
    Literal["ANY", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"] | str | Sequence[str]
)
Credentials: TypeAlias = str | Sequence[Any] | Secret | None
Token: TypeAlias = str | Secret | None
# With bool, because the text of True is 'true' or 'True' in HTTP.
Text: TypeAlias = str | bool | float | re.Pattern[str] | Secret | None
# Text first: otherwise, Robot Framework converts a number to a byte.
Body: TypeAlias = str | bytes | Secret | None
Schema: TypeAlias = Mapping[str, Any] | Path | str | None
Function: TypeAlias = Callable[..., object] | str
Seconds: TypeAlias = timedelta | float
Size: TypeAlias = int | str
Times: TypeAlias = int | str
# States that a response sets or that an expectation needs: text ``name=value``, or a dictionary.
States: TypeAlias = Mapping[str, Any] | str | None
# Where a response breaks: a word, a number of bytes, or a share such as ``50 %``.
Place: TypeAlias = Literal["START", "HEAD"] | str | int
# What follows the last piece of a stream. With str, because Robot Framework does not name the members of an enumeration
# when there is another type; the engine does.
AfterLast: TypeAlias = StreamEnd | str | None
# What a response is given to.
Recipient: TypeAlias = Expectation | ReceivedRequest
# As with the methods. The engine reports others, with what to do instead.
Coding: TypeAlias = Literal["gzip", "deflate"] | str | None
# With str, because a list can be written as JSON.
Requests: TypeAlias = Sequence[Any] | str
# Several texts: a list, which can be written as JSON, or text with commas.
Texts: TypeAlias = Sequence[str] | str
# The pieces of a stream, or one of them.
Pieces: TypeAlias = Sequence[Any] | Mapping[str, Any] | str | bytes | Secret


class RequestFields(TypedDict, total=False):
    """The fields of a request description that are given by name."""

    method: Methods
    query: Named
    query_subset: Named
    headers: Named
    cookies: Named
    basic_auth: Credentials
    bearer_token: Token
    text: Text
    data: Body
    json: object
    json_subset: object
    json_ignore_order: bool
    json_path: Named
    json_schema: Schema
    xml: Body
    xpath: Named
    form: Named
    files: Named
    matcher: Function | None


# A named argument that ended up in the path.
_ARGUMENTS: Final = (
    *RequestFields.__annotations__,
    *("state", "times", "after", "within", "timeout", "message", "server"),
)
_ONE_SPACE: Final = re.compile(rf"\s({'|'.join(_ARGUMENTS)})=")


def checked_path(path: object) -> object:
    """A path for a description. Raises `UsageError` for values that were probably meant for another argument."""
    if isinstance(path, Expectation):
        raise UsageError(
            f"path: an expectation was given ({path}), but this keyword makes a new one. "
            "Give the path and the other fields of the request."
        )
    if isinstance(path, ServedCollection):
        raise UsageError(
            f"path: a collection was given ({path.path}), but this keyword makes an expectation. "
            "Give the path and the other fields of the request."
        )
    if isinstance(path, Secret):
        raise UsageError("path: a secret cannot be given here.")
    if isinstance(path, Mapping):
        raise UsageError(
            f"path: text is needed here, not a dictionary: {path!r}. "
            "To give a dictionary as a whole request description, write &{...}."
        )
    if isinstance(path, str):
        check_no_secret_is_lost(path, "path")
    found = _ONE_SPACE.search(path) if isinstance(path, str) and not path.startswith("EQUALS:") else None
    if found is not None:
        raise UsageError(
            f"path: {quote(str(path))} contains '{found[1]}='. Two or more spaces are needed between cells. "
            f"If this is the path, write 'EQUALS:{path}'."
        )
    return path


# The defaults other than None.
_DEFAULTS: Final[Mapping[str, object]] = {
    "method": ANY,
    "json": UNSET,
    "json_subset": UNSET,
    "json_ignore_order": False,
}


def with_request_fields(method: F) -> F:
    """Lists the fields of a request description in the signature of a keyword, after ``path``.

    The keyword is declared as ``(self, path=ANY, *, ..., **fields: Unpack[RequestFields])``.
    """
    types = get_type_hints(RequestFields)
    signature = inspect.signature(method)
    parameters: list[inspect.Parameter] = []
    for parameter in signature.parameters.values():
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD:
            parameters.append(parameter)
        if parameter.name == "path":
            parameters += (
                inspect.Parameter(
                    name, inspect.Parameter.KEYWORD_ONLY, default=_DEFAULTS.get(name), annotation=annotation
                )
                for name, annotation in types.items()
            )
    method.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    # Unpack is only for type checkers, so it must not be resolved.
    own = {name: annotation for name, annotation in method.__annotations__.items() if name != "fields"}
    method.__annotations__ = {**types, **own}
    return method
