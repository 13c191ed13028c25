"""What all responses take: status, headers, content type."""

from __future__ import annotations

from ..arguments import header_lines, plain_text
from ..errors import UsageError
from ..message.response import Response, check_header
from ..visible import quote

Pairs = list[tuple[str, str]]


def check_status(status: int) -> int:
    if not 200 <= status <= 599:
        raise UsageError(f"status: a final status code is from 200 to 599 (RFC 9110, 15), but {status} was given.")
    return status


def header_pairs(headers: object) -> Pairs:
    """Header fields to send; a list stands for a header that is repeated."""
    if headers is None:
        return []
    pairs: Pairs = []
    for name, value in header_lines(headers, "headers").items():
        values = value if isinstance(value, (list, tuple)) else [value]
        pairs += [(name, plain_text(entry, f"headers: {name}")) for entry in values]
    return checked_pairs(pairs)


def checked_pairs(pairs: Pairs) -> Pairs:
    for name, text in pairs:
        check_header(name, text)
        if name.lower() == "transfer-encoding":
            raise UsageError("headers: Transfer-Encoding is the server's own; it frames the body as the client needs.")
    return pairs


def with_content_type(pairs: Pairs, content_type: str | None, default: str) -> Pairs:
    """Puts the Content-Type first: the argument, else the one among the headers, else the default."""
    given = any(name.lower() == "content-type" for name, _ in pairs)
    if content_type is None or content_type == default:
        return pairs if given else [("Content-Type", default), *pairs]
    check_header("Content-Type", content_type)
    return [("Content-Type", content_type), *(pair for pair in pairs if pair[0].lower() != "content-type")]


def make_response(status: int, pairs: Pairs, body: bytes) -> Response:
    """A response whose framing was checked: a Content-Length that lies would make clients hang."""
    for name, value in pairs:
        # Without a body it announces what GET would return, for a HEAD request.
        if name.lower() == "content-length" and body and value.strip() != str(len(body)):
            raise UsageError(f"headers: Content-Length is {value}, but the body has {len(body)} bytes.")
    return Response(check_status(status), pairs, body)


def utf8(text: str, what: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{what}: the text has half a character at position {error.start}: {quote(text)}.") from None
