"""Credentials. Differences say what is wrong without showing a token or password."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from ..arguments import plain_text
from ..errors import UsageError
from ..message.head import parse_authorization
from ..message.request import Request
from ..phrase import Masking, Phrase, Quoted
from ..visible import MASK
from ..words import counted
from .difference import Difference, Where
from .field import Field
from .hints import sole_difference
from .quick import LARGE
from .suggestion import Suggestion

_HEADERS: Final = frozenset({"authorization", "proxy-authorization"})
# Only these are shown: anything else in place of a scheme may be a token.
_SCHEMES: Final = {
    scheme.lower(): scheme
    for scheme in (
        "Basic Bearer Digest Negotiate NTLM Kerberos Token ApiKey AWS4-HMAC-SHA256 DPoP GNAP HOBA Hawk HMAC JWT Mutual "
        "OAuth PrivateToken SCRAM-SHA-1 SCRAM-SHA-256 SharedKey vapid"
    ).split()
}


def is_credential_header(name: str) -> bool:
    """Whether the value of a header is a scheme and credentials (RFC 9110, 11.6.2 and 11.7.2)."""
    return name.lower() in _HEADERS


def same_credentials(expected: str, received: str) -> bool:
    """Compares scheme and parameters, not spelling (RFC 9110, 11.6.2)."""
    one, other = _meaning(expected), _meaning(received)
    if one is None or other is None:
        scheme, _, rest = expected.partition(" ")
        other_scheme, _, other_rest = received.partition(" ")
        return (scheme.lower(), rest.strip()) == (other_scheme.lower(), other_rest.strip())
    return one == other


# A header is compared with that of one expectation after the other.
@lru_cache(maxsize=8)
def _meaning(header: str) -> tuple[str, str | None, dict[str, str | None]] | None:
    auth = parse_authorization(header)
    if auth is None:
        return None
    # RFC 9110, 11.2: the names of parameters in any case.
    return auth.type, auth.token, {name.lower(): value for name, value in auth.parameters.items()}


def credential_difference(where: Where, expected: str | None, received: list[str]) -> Difference:
    """What differs in a header with credentials; ``expected`` is None for a pattern."""
    wanted = "the value given" if expected is not None else "a value that matches"
    if not received:
        return Difference(where, wanted, "nothing", is_credential=True)
    if len(received) > 1:
        return Difference(where, wanted, f"{len(received)} values", is_credential=True)
    value = received[0].strip()
    if not value:
        return Difference(where, wanted, "an empty value", is_credential=True)
    size = counted(len(value), "character")
    scheme = _scheme(expected or "")
    if scheme and " " not in value and not _scheme(value):
        found, hint = f"a value without a scheme ({size})", f"'{scheme} ' is missing"
    else:
        same = "same scheme" if scheme and scheme == _scheme(value) else _scheme_phrase(value)
        found, hint = f"a different one ({same}, {size})", sole_difference(expected or "", value)
    return Difference(where, wanted, found, hint, is_credential=True)


def _scheme(value: str) -> str:
    """The name of the scheme of credentials; empty if it is unknown."""
    return _SCHEMES.get(value.split(" ", 1)[0].lower(), "")


def _scheme_phrase(value: str) -> str:
    scheme = _scheme(value)
    return f"the scheme {scheme}" if scheme else "a different scheme"


class _Credentials(Field):
    """Credentials of one scheme."""

    argument: str
    scheme: str
    noun: str
    quick_up_to = LARGE

    def matches(self, request: Request) -> bool:
        header = request.header("authorization") or ""
        scheme, _, credentials = header.strip().partition(" ")
        return scheme.lower() == self.scheme.lower() and self._matches(request, credentials.strip())

    def _matches(self, request: Request, credentials: str) -> bool:
        """Whether credentials of the right scheme match."""
        raise NotImplementedError

    def differences(self, request: Request) -> Iterator[Difference]:
        header = request.header("authorization")
        if header is None:
            yield self._difference("no Authorization header")
        elif not header.strip():
            yield self._difference("an empty Authorization header")
        elif _scheme(header.strip()) == self.scheme:
            yield from self._differences(request, header.strip().partition(" ")[2].strip())
        elif " " in header.strip() or _scheme(header.strip()):
            yield self._difference(_scheme_phrase(header.strip()))
        else:
            yield self._difference("a value without a scheme", f"'{self.scheme} ' is missing")

    def _differences(self, request: Request, credentials: str) -> Iterator[Difference]:
        """What differs in credentials of the right scheme."""
        raise NotImplementedError

    def _difference(self, received: Phrase, hint: str = "", *, expected: Phrase = "") -> Difference:
        return Difference(Where(self.argument), expected or self.noun, received, hint, is_credential=True)

    def suggestion(self, request: Request) -> Suggestion | None:
        return {self.argument: MASK} if self.matches(request) else None

    def shown(self, masking: Masking) -> str:
        return f"{self.argument}={MASK}"


class BasicAuth(_Credentials):
    """This user and password (RFC 7617)."""

    argument = "basic_auth"
    scheme = "Basic"
    noun = "Basic credentials"

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

    def _matches(self, request: Request, credentials: str) -> bool:
        auth = request.auth
        return auth is not None and (auth.username, auth.password) == (self._user, self._password)

    def _differences(self, request: Request, credentials: str) -> Iterator[Difference]:
        auth = request.auth
        if auth is None:
            yield self._difference("a malformed value: it is not base64 of user:password")
            return
        if auth.username != self._user:
            expected, received = ("user ", Quoted(self._user)), ("user ", Quoted(auth.username or ""))
            yield self._difference(received, expected=expected)
        if auth.password != self._password:
            yield self._difference("a different password", expected="the password given")


class BearerToken(_Credentials):
    """This token (RFC 6750)."""

    argument = "bearer_token"
    scheme = "Bearer"
    noun = "a Bearer token"

    def __init__(self, value: object) -> None:
        self._token = plain_text(value, "bearer_token")
        if not self._token.strip():
            raise UsageError("bearer_token: the token is empty.")
        if len(self._token.split()) > 1:
            raise UsageError("bearer_token: a token has no spaces (RFC 6750, 2.1). Give it without 'Bearer'.")

    def _matches(self, request: Request, credentials: str) -> bool:
        return credentials == self._token

    def _differences(self, request: Request, credentials: str) -> Iterator[Difference]:
        if not credentials:
            yield self._difference("the scheme Bearer without a token")
        elif credentials != self._token:
            hint = "'Bearer ' is sent twice" if credentials.lower().startswith("bearer ") else ""
            received = f"a different token ({counted(len(credentials), 'character')})"
            hint = hint or sole_difference(self._token, credentials)
            yield self._difference(received, hint, expected="the token given")
