"""The head of a request: its grammar, and what its fields say about the framing (RFC 9112 and 9110)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Final, NamedTuple

from ..message.head import TOKEN_BYTES, Pairs, field_pairs
from ..message.request import names_coding
from .limits import Limits

# RFC 3986 allows less, but many clients do not encode characters such as < and |. The fragment, which begins with #,
# is never sent, and some readers treat a backslash in a path as a slash.
_TARGET: Final = rb"(?! )[!\"$->@-\[\]-~]*(?:\?[!\"$-~]*)?"
_REQUEST_LINE: Final = rb"(%b) (%b) HTTP/([0-9])\.([0-9])\r\n" % (TOKEN_BYTES, _TARGET)
_FIELD_LINE: Final = rb"%b:[^\x00-\x08\x0a-\x1f\x7f]*\r\n" % TOKEN_BYTES

# Matches a whole head at once, which is several times faster than matching line by line.
_HEAD: Final = re.compile(rb"%b((?:%b)*)\r\n" % (_REQUEST_LINE, _FIELD_LINE))
REQUEST_LINE: Final = re.compile(_REQUEST_LINE)
FIELD_LINE: Final = re.compile(_FIELD_LINE)
_WELL_FORMED_PART: Final = re.compile(
    rb"(%b)[ \t]([\x21-\x7e]*)(?: HTTP/([0-9]\.[0-9])\r\n((?:%b)*))?" % (TOKEN_BYTES, _FIELD_LINE)
)

_PATH: Final = re.compile(rb"/(?!/)")
_OTHER_TARGET: Final = re.compile(rb"%b [!-~]+ HTTP/[0-9]\.[0-9]\r\n" % TOKEN_BYTES)
_TOKEN_START: Final = re.compile(TOKEN_BYTES)
# What follows the CR may not have arrived yet.
_BARE_CR: Final = re.compile(rb"\r(?!\n|\Z)")
_NO_REQUEST_LINE: Final = re.compile(rb"[^ -~\r\n]|%b" % _BARE_CR.pattern)
_TLS_HANDSHAKE: Final = b"\x16"
_ABSOLUTE: Final = re.compile(r"http(?P<secure>s?)://(?P<authority>[^/?]*)", re.IGNORECASE)
_AUTHORITY: Final = re.compile(
    r"(?P<host>\[(?:(?P<ipv6>[0-9A-Fa-f:.]+)|v[0-9A-Fa-f]+\.[\w.~!$&'()*+,;=:-]+)\]"
    # RFC 3986 also allows a comma, but in Host a comma means that two fields were joined.
    r"|(?:[\w.~!$&'()*+;=-]|%[0-9A-Fa-f]{2})+)(?::(?P<port>0*[0-9]{0,5}))?",
    re.ASCII,
)
CONNECT_WITHOUT_AUTHORITY: Final = "the target of CONNECT is not host:port"
BAD_HOST: Final = "the value of Host is not host:port"
_LENIENT: Final = "; to accept it, start the server with strict=False"
_FRAMING_FIELDS: Final = frozenset({"host", "content-length", "transfer-encoding", "connection", "expect"})

# Room for the method, the version and the spaces of a request line.
_BESIDES_TARGET: Final = 256
CHUNKED: Final = -1
# How many heads are remembered, and the size of the largest.
_REMEMBERED: Final = 64
_MAX_REMEMBERED: Final = 2048


class BadRequest(Exception):
    """The bytes are not a request that this server accepts."""

    def __init__(self, status: int, reason: str, excerpt: bytes = b"") -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason
        self.excerpt = excerpt


class Head(NamedTuple):
    """A complete, well-formed head, and what its fields say about the framing."""

    method: str
    target: str
    fields: bytes
    version: str
    headers: Pairs
    names_coding: bool
    length: int
    """The length of the body, or `CHUNKED`."""

    keep_alive: bool
    """Whether another request may follow."""

    awaits_continue: bool
    """Whether the client holds back the body until it gets a 100 Continue (RFC 9110, 10.1.1)."""


class Heads:
    """Reads complete heads. It remembers the latest small ones, because most clients repeat theirs."""

    def __init__(self, limits: Limits, secure: bool = False, strict: bool = True) -> None:
        """`secure` says whether the bytes arrive over TLS; only then is an https URL allowed as a target."""
        self._limits = limits
        self._secure = secure
        self._strict = strict
        self._remembered = lru_cache(_REMEMBERED)(self._read)

    def read(self, head: bytes) -> Head | None:
        """Reads the bytes from the method to the empty line.

        Returns None when a line is malformed or a limit is exceeded. Rejects what the lines of the head do not show.
        """
        return self._remembered(head) if len(head) <= _MAX_REMEMBERED else self._read(head)

    def _read(self, head: bytes) -> Head | None:
        match = _HEAD.fullmatch(head)
        if match is None:
            return None
        method, target, major, minor, fields = match.groups()
        headers = field_pairs(fields)
        limits = self._limits
        if (
            len(fields) > limits.header_section
            or len(headers) > limits.header_fields
            or len(target) > limits.target
            or match.start(5) > limits.target + _BESIDES_TARGET
        ):
            return None
        name = method.decode("ascii")
        form = target.decode("ascii")
        if form[0] != "/" or major != b"1" or name == "CONNECT":
            check_target(name, form, major, limits, self._secure, self._strict)
        framing = _read_framing(minor, form, headers, limits, self._strict)
        version = "1.1" if minor == b"1" else f"1.{minor.decode()}"
        return Head(name, form, fields, version, headers, names_coding(fields), *framing)


class Part(NamedTuple):
    """The part of a malformed or incomplete head that can be understood."""

    method: str
    target: str
    version: str
    fields: bytes


def well_formed_part(head: bytes, limits: Limits) -> Part:
    """The request line and fields at the start of a head, as far as they are well-formed.

    It leaves out a target that is too long or incomplete, because it may end in the middle of a secret, and one with a
    user and password.
    """
    match = _WELL_FORMED_PART.match(head)
    if match is None:
        return Part("", "", "1.1", b"")
    method, target, version, fields = match.groups()
    is_whole = version is not None and len(target) <= limits.target
    has_user = b"@" in target and not _PATH.match(target)
    # Of a line that is no request line, the first word may be anything.
    is_method = is_whole or method.isalpha()
    return Part(
        method.decode("ascii") if is_method else "",
        target.decode("ascii") if is_whole and not has_user else "",
        version.decode("ascii") if version else "1.1",
        fields or b"",
    )


def body_too_large(limits: Limits) -> str:
    """Why a body is rejected."""
    return f"the body is larger than {limits.body} bytes (max_body_size)"


def _target_too_long(limits: Limits) -> BadRequest:
    return BadRequest(414, f"the request target is longer than {limits.target} bytes (max_target_size)")


def check_request_line_start(line: bytes, limits: Limits, checked: int = 0) -> None:
    """Rejects what cannot become a request line, even if more of it arrives.

    The first `checked` bytes of it were checked before.
    """
    if line and not _TOKEN_START.match(line[:1]):
        if line.startswith(_TLS_HANDSHAKE):
            raise BadRequest(
                400,
                "the client speaks TLS (https), but this server speaks plain HTTP: begin the URL with http://, "
                "or start the server with tls=True",
            )
        raise BadRequest(400, "the request line does not start with a method")
    # One byte more than allowed is enough, so that the verdict does not depend on how much has arrived.
    line = line[: limits.target + _BESIDES_TARGET + 1]
    wrong = _NO_REQUEST_LINE.search(line, checked)
    if wrong:
        if wrong[0] == b"\r":
            raise BadRequest(400, "the request line has a CR without LF")
        raise BadRequest(400, "the request line has a byte that is not printable ASCII")
    if len(line) > limits.target + _BESIDES_TARGET:
        if b" " not in line:
            raise BadRequest(501, f"the method is longer than {limits.target + _BESIDES_TARGET} bytes")
        raise _target_too_long(limits)


def check_request_line(line: bytes, limits: Limits, secure: bool, strict: bool = True) -> None:
    """Rejects a complete request line that is not `method target HTTP/1.x` (RFC 9112, 3)."""
    check_request_line_start(line, limits)
    check_line_end(line)
    match = REQUEST_LINE.fullmatch(line)
    if match is None:
        if _OTHER_TARGET.fullmatch(line):
            raise BadRequest(400, "the request target has a # or, in its path, a backslash: percent-encode it")
        raise BadRequest(400, "the request line is not 'method target HTTP/1.1'")
    method, target, major, _ = match.groups()
    check_target(method.decode("ascii"), target.decode("ascii"), major, limits, secure, strict)


def check_target(method: str, target: str, major: bytes, limits: Limits, secure: bool, strict: bool = True) -> None:
    """Rejects other major versions, and a target in a form that its method does not allow (RFC 9112, 3.2).

    Without ``strict``, CONNECT may have a path.
    """
    if len(target) > limits.target:
        raise _target_too_long(limits)
    if major != b"1":
        if method == "PRI":
            # RFC 9113, 3.4
            raise BadRequest(505, "the client speaks HTTP/2 with prior knowledge, but this server speaks HTTP/1.1")
        raise BadRequest(505, "the major version of HTTP is not 1")
    if method == "CONNECT" and (strict or target[0] != "/"):
        if not is_authority(target, port_required=True):
            raise BadRequest(400, f"{CONNECT_WITHOUT_AUTHORITY}{_LENIENT if target[0] == '/' else ''}")
    elif target[0] != "/" and not (target == "*" and method == "OPTIONS"):
        absolute = _ABSOLUTE.match(target)
        if not absolute:
            raise BadRequest(400, "the request target is neither a path nor an http or https URL")
        if not is_authority(absolute["authority"]):
            raise BadRequest(400, "the request target has no valid host")
        # RFC 9110, 7.4
        if absolute["secure"] and not secure:
            raise BadRequest(421, "the request target is an https URL, but the connection is not secured by TLS")


def check_field_line(line: bytes) -> None:
    """Rejects a line that is not a field of the header or trailer section (RFC 9112, 5)."""
    check_line_end(line)
    if FIELD_LINE.fullmatch(line):
        return
    name, colon, _ = line.partition(b":")
    if line.startswith((b" ", b"\t")):
        reason = "a header line starts with whitespace"
    elif not colon:
        reason = "a header line has no colon"
    elif not name:
        reason = "a header field has no name"
    elif name.endswith((b" ", b"\t")):
        reason = "there is whitespace between the name of a header field and the colon"
    elif _TOKEN_START.fullmatch(name):
        reason = f"the value of header field {name.decode()} has a control character"
    else:
        reason = "the name of a header field has characters that are not allowed in a name"
    raise BadRequest(400, reason, line)


def check_line_end(line: bytes) -> None:
    """Rejects LF without CR and CR without LF (RFC 9112, 2.2)."""
    check_bare_cr(line, 0, len(line))
    if not line.endswith(b"\r\n"):
        raise BadRequest(400, "a line ends in LF instead of CRLF", line)


def check_bare_cr(data: bytes | bytearray, start: int, end: int) -> None:
    """Rejects CR without LF (RFC 9112, 2.2), even in a line whose end has not arrived and may never arrive."""
    found = _BARE_CR.search(data, start, end)
    if found:
        line_start = data.rfind(b"\n", 0, found.start()) + 1
        raise BadRequest(400, "a line has a CR without LF", bytes(data[line_start : found.end()]))


# Clients keep sending the same host.
@lru_cache(maxsize=32)
def is_authority(text: str, port_required: bool = False) -> bool:
    """Whether it is ``uri-host [":" port]`` with a host that is not empty (RFC 9110, 4.2.1 and 7.2)."""
    match = _AUTHORITY.fullmatch(text)
    if match is None:
        return False
    # There may be more leading zeros than int() accepts.
    port = int((match["port"] or "0")[-5:])
    # RFC 9110, 9.3.6: CONNECT needs a port to connect to.
    if port > 0xFFFF or (port_required and not port):
        return False
    if match["ipv6"] is None:
        return True
    try:
        IPv6Address(match["ipv6"])
    except ValueError:
        return False
    return True


def _read_framing(
    minor: bytes, target: str, headers: Pairs, limits: Limits, strict: bool = True
) -> tuple[int, bool, bool]:
    """Reads the fields that frame a message. Rejects an ambiguous length and, if ``strict``, an invalid host.

    Returns the length of the body, or `CHUNKED`; whether another request may follow; and whether the client awaits 100.
    """
    given: dict[str, list[str]] = {}
    for field, value in headers:
        name = field.lower()
        if name not in _FRAMING_FIELDS:
            continue
        if name in given:
            given[name].append(value)
        else:
            given[name] = [value]
    modern = minor != b"0"
    _check_host(given.get("host", ()), modern, target, strict)
    length = 0
    if "transfer-encoding" in given:
        _check_encodings(given["transfer-encoding"], "content-length" in given, modern)
        length = CHUNKED
    elif "content-length" in given:
        length = _content_length(given["content-length"], limits)
    keep_alive = modern
    if "connection" in given:
        options = list_members(given["connection"])
        keep_alive = "close" not in options and (modern or "keep-alive" in options)
    awaits_continue = False
    # RFC 9110, 10.1.1: a server ignores the expectation in an HTTP/1.0 request.
    if modern and "expect" in given:
        expected = list_members(given["expect"])
        if set(expected) - {"100-continue"}:
            raise BadRequest(417, "the request expects something other than 100-continue")
        awaits_continue = bool(expected)
    return length, keep_alive, awaits_continue


def list_members(values: Sequence[str]) -> list[str]:
    """The members of a comma-separated list in lower case, empty ones left out (RFC 9110, 5.6.1)."""
    if len(values) == 1 and "," not in values[0]:
        member = values[0].strip(" \t").lower()
        return [member] if member else []
    members = [member.strip(" \t").lower() for member in ",".join(values).split(",")]
    return [member for member in members if member]


def _check_host(hosts: Sequence[str], required: bool, target: str, strict: bool) -> None:
    # RFC 9112, 3.2
    if not hosts:
        if required:
            raise BadRequest(400, "the request has no Host")
        return
    if len(hosts) > 1:
        raise BadRequest(400, "the request has more than one Host")
    if not strict:
        return
    if not hosts[0]:
        # RFC 9112, 3.3: nothing is missing if the host is in the target or is not required.
        if required and target[0] in "/*":
            raise BadRequest(400, f"the value of Host is empty{_LENIENT}")
    elif not is_authority(hosts[0]):
        raise BadRequest(400, f"{BAD_HOST}{_LENIENT}")


# RFC 9112, 6.1 to 6.3. Framing that two readers could understand differently is rejected: request smuggling exploits
# such differences.


def _check_encodings(encodings: Sequence[str], has_length: bool, modern: bool) -> None:
    if has_length:
        raise BadRequest(400, "the request has both Content-Length and Transfer-Encoding")
    if not modern:
        raise BadRequest(400, "an HTTP/1.0 request cannot have Transfer-Encoding")
    codings = list_members(encodings)
    if codings[-1:] != ["chunked"] or codings.count("chunked") > 1:
        raise BadRequest(400, "the last transfer coding, and only the last, must be chunked")
    if len(codings) > 1:
        raise BadRequest(501, "the only transfer coding this server knows is chunked")


def _content_length(lengths: Sequence[str], limits: Limits) -> int:
    if len(lengths) > 1:
        raise BadRequest(400, "the request has more than one Content-Length")
    digits = lengths[0]
    if not (digits.isascii() and digits.isdigit()):
        raise BadRequest(400, "the value of Content-Length is not a number")
    # int() rejects numbers with thousands of digits, and no limit has more than 18.
    length = int(digits[-18:]) if len(digits.lstrip("0")) <= 18 else None
    if length is None or length > limits.body:
        raise BadRequest(413, body_too_large(limits))
    return length
