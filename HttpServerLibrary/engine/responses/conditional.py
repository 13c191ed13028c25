"""Conditional requests and requests for a part (RFC 9110, 13 and 14).

werkzeug parses tags and dates here, but does not decide. Its `is_resource_modified` fails ``If-Match: *``, ignores
If-Unmodified-Since, and compares If-Range weakly. Its `Range` does not satisfy a suffix that is longer than the file.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from werkzeug.http import parse_date, parse_etags, unquote_etag

from ..message.request import Request
from ..message.response import first_value
from .arguments import Pairs

# A single range. `int` refuses numbers that are much longer.
_RANGE: Final = re.compile(r"bytes=[ \t]*([0-9]{0,1000})-([0-9]{0,1000})", re.IGNORECASE)


def precondition_status(request: Request, pairs: Pairs) -> int | None:
    """304 or 412 if a condition of a GET or HEAD request decides so (RFC 9110, 13.2.2), otherwise None.

    ETag and Last-Modified are those among the headers to send.
    """
    tag, is_weak = unquote_etag(first_value(pairs, "etag") or "")
    tag = tag or ""
    modified = first_value(pairs, "last-modified")
    if_match = request.header("if-match")
    if_none_match = request.header("if-none-match")
    if if_match is not None:
        tags = parse_etags(if_match)
        # Compared strongly: a weak tag does not match even itself.
        if not tags.star_tag and (is_weak or not tags.is_strong(tag)):
            return 412
    elif _is_later(modified, request.header("if-unmodified-since")):
        return 412
    if if_none_match is not None:
        return 304 if parse_etags(if_none_match).contains_weak(tag) else None
    return 304 if _is_later(modified, request.header("if-modified-since")) is False else None


def requested_range(request: Request, pairs: Pairs, size: int) -> range | None:
    """The positions of the bytes that a request asks for; empty if there are none such, None for the whole.

    Range is only for GET (RFC 9110, 14.2). Several ranges and other units get the whole, which is always allowed. So
    does an Accept-Ranges other than ``bytes`` among the headers to send.
    """
    value = request.header("range")
    found = None if value is None else _RANGE.fullmatch(value)
    accepted = first_value(pairs, "accept-ranges") or ""
    if found is None or request.method != "GET" or accepted.strip().lower() != "bytes":
        return None
    if not _is_unchanged(request.header("if-range"), pairs):
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, size - int(last)), size) if last else None
    start = int(first)
    if last and int(last) < start:
        return None
    return range(start, min(int(last) + 1, size) if last else size)


def _is_unchanged(if_range: str | None, pairs: Pairs) -> bool:
    """Whether the client has parts of the same content (RFC 9110, 13.1.5)."""
    if if_range is None:
        return True
    etag = first_value(pairs, "etag")
    if if_range == etag:
        return not unquote_etag(etag)[1]
    # Not one that is later: the client must have got exactly this one.
    modified = _date(first_value(pairs, "last-modified"))
    return modified is not None and modified == _date(if_range)


def _is_later(modified: str | None, than: str | None) -> bool | None:
    """Whether an HTTP date is later than another one; None if one of them is no date."""
    date = _date(than)
    changed = None if date is None else _date(modified)
    return None if date is None or changed is None else changed > date


def _date(value: str | None) -> datetime | None:
    """The time of an HTTP date; None for anything else, which does not count as a condition."""
    try:
        return None if value is None else parse_date(value)
    except OverflowError:
        return None
