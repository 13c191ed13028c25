"""What all responses have in common: status, headers, content type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from werkzeug.datastructures import Headers, MultiDict

from ..arguments import header_lines, plain_text
from ..errors import UsageError
from ..message.content import CODINGS
from ..message.response import BAD_VALUE, Response, check_header
from ..visible import quote
from ..words import counted

Pairs = list[tuple[str, str]]

_STATUS: Final = re.compile(r"[ \t]*([0-9]{3})(?:[ \t]+(\S.*?))?[ \t]*", re.DOTALL)


class Status(NamedTuple):
    """A final status code, and the reason phrase that was given with it."""

    code: int
    reason: str | None = None


def check_status(status: int | str) -> Status:
    """A status code, or one with a reason phrase such as ``404 Nothing Here``. Raises `UsageError`."""
    given = Status(int(status)) if isinstance(status, int) and not isinstance(status, bool) else _parsed_status(status)
    if not 200 <= given.code <= 599:
        raise UsageError(f"status: a status code from 200 to 599 (RFC 9110, 15) is needed, not {given.code}.")
    return given


def _parsed_status(status: object) -> Status:
    found = _STATUS.fullmatch(status) if isinstance(status, str) else None
    if found is None:
        raise UsageError(
            "status: a status code such as 404, or one with a reason phrase such as '404 Nothing Here', is needed, "
            f"not {status!r}."
        )
    reason = found[2]
    if reason is not None and BAD_VALUE.search(reason):
        raise UsageError(f"status: the reason phrase has a line break or control character: {quote(reason)}.")
    if reason is not None and not reason.isascii():
        raise UsageError(f"status: the reason phrase has characters that are not ASCII: {quote(reason)}.")
    return Status(int(found[1]), reason)


def header_pairs(headers: object) -> Pairs:
    """Header fields to send; a list of values repeats the header."""
    if headers is None:
        return []
    if isinstance(headers, Headers):
        fields: Iterable[tuple[str, object]] = headers.items()
    elif isinstance(headers, MultiDict):
        fields = headers.items(multi=True)
    else:
        fields = header_lines(headers, "headers").items()
    pairs: Pairs = []
    for name, value in fields:
        values = value if isinstance(value, (list, tuple)) else [value]
        pairs += [(name, plain_text(entry, f"headers: {name}")) for entry in values]
    return checked_pairs(pairs)


def headers_by_name(headers: object) -> dict[str, Pairs]:
    """Header fields to add to responses that others make, by their names in lower case. Raises `UsageError`."""
    fields: dict[str, Pairs] = {}
    for name, value in header_pairs(headers):
        if name.lower() == "content-length":
            raise UsageError(f"headers: {name} cannot be set; the server frames the body.")
        fields.setdefault(name.lower(), []).append((name, value))
    return fields


def checked_pairs(pairs: Pairs) -> Pairs:
    for name, text in pairs:
        check_header(name, text)
        if name.lower() == "transfer-encoding":
            raise UsageError("headers: Transfer-Encoding cannot be set; the server frames the body.")
    return pairs


def with_content_type(pairs: Pairs, content_type: str | None, default: str) -> Pairs:
    """Puts the Content-Type first: the argument, else the one among the headers, else the default.

    An empty argument means that there is none.
    """
    if content_type == "":
        return [pair for pair in pairs if pair[0].lower() != "content-type"]
    given = any(name.lower() == "content-type" for name, _ in pairs)
    if content_type is None or content_type == default:
        return pairs if given else [("Content-Type", default), *pairs]
    check_header("Content-Type", content_type)
    return [("Content-Type", content_type), *(pair for pair in pairs if pair[0].lower() != "content-type")]


def check_coding(content_encoding: str | None, pairs: Pairs) -> str | None:
    """A content coding for the body, which the headers must not name as well. Raises `UsageError`."""
    if content_encoding is None:
        return None
    coding = content_encoding.lower() if isinstance(content_encoding, str) else ""
    if coding not in CODINGS:
        raise UsageError(
            f"content_encoding: gzip or deflate is needed, not {content_encoding!r}. To send a body that is already "
            "encoded, leave content_encoding out and give the header Content-Encoding."
        )
    if any(name.lower() == "content-encoding" for name, _ in pairs):
        raise UsageError(
            f"headers: Content-Encoding cannot be given together with content_encoding={coding}, which sets it."
        )
    return coding


def make_response(
    status: int | str, pairs: Pairs, body: bytes, release: Callable[[], object] | None = None
) -> Response:
    """A response with checked framing: a wrong Content-Length would make clients hang."""
    for name, value in pairs:
        # Without a body, it announces the length that GET would return, for a HEAD request.
        if name.lower() == "content-length" and body and value.strip() != str(len(body)):
            raise UsageError(
                f"headers: Content-Length is {value}, but the body has {counted(len(body), 'byte')}. "
                "'Respond With Raw' sends any length, and 'Respond With Fault' breaks off a body."
            )
    code, reason = check_status(status)
    return Response(code, pairs, body, reason=reason, release=release)
