"""Throw-away certificates of servers, good ones and bad ones, and the authority that signs them."""

from __future__ import annotations

import atexit
import os
import socket
import ssl
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from enum import Enum
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import UsageError
from ..interrupts import uninterrupted
from ..url import WILDCARDS
from ..visible import quote

if TYPE_CHECKING:
    from trustme import CA, LeafCert

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
# A name that nothing can have (RFC 6761, 6.4).
_OTHER_HOST: Final = "wrong-host.invalid"
_ORGANIZATION: Final = "HttpServerLibrary"
# Enough for clients whose clock is wrong, and for long runs.
_OUT_OF_DATE_BY: Final = timedelta(days=7)
NO_NAMES: Final[Mapping[str, str]] = {}


class Certificate(Enum):
    """What is wrong with the throw-away certificate of a server, to test how clients react.

    - ``VALID``: nothing is wrong.
    - ``EXPIRED``: it ended a week ago.
    - ``NOT_YET_VALID``: it begins in a week.
    - ``WRONG_HOST``: it is for the host ``wrong-host.invalid`` only.
    - ``UNTRUSTED``: it is from a CA that is not in the file of `Get Http Server Ca File`.

    Apart from that it is like a valid one.
    """

    VALID = "VALID"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    WRONG_HOST = "WRONG_HOST"
    UNTRUSTED = "UNTRUSTED"


class Authority:
    """A throw-away certificate authority.

    Its file stays when a server stops, so that clients configured with it see a missing server, not a missing file.
    """

    def __init__(self, ca: CA) -> None:
        self.ca = ca
        self._process = os.getpid()
        self._file: Path | None = None
        atexit.register(self.remove_file)

    @property
    def file(self) -> Path:
        """The file of its certificate, which is written when it is first needed."""
        if self._file is None:
            uninterrupted(self._write)
        assert self._file is not None
        return self._file

    def _write(self) -> None:
        with tempfile.NamedTemporaryFile(prefix="HttpServerLibrary-ca-", suffix=".pem", delete=False) as file:
            path = Path(file.name)
            file.write(self.ca.cert_pem.bytes())
        # Programs that run as another user must be able to read it.
        path.chmod(0o644)
        self._file = path

    def remove_file(self) -> None:
        """Removes the file, unless it belongs to the process that this one was forked off from."""
        if self._file is not None and self._process == os.getpid():
            # On Windows, a file that a client has open cannot be removed.
            with suppress(OSError):
                self._file.unlink(missing_ok=True)
                self._file = None


def certify(
    context: ssl.SSLContext, host: str, certificate: Certificate, names: Mapping[str, str] = NO_NAMES
) -> Authority:
    """Loads a throw-away certificate into the context of a server; returns the authority for its clients to trust.

    ``names`` are more names for it, with the argument in which each was given. Raises `UsageError`.
    """
    try:
        authority = _authority()
    except ImportError:
        option = "tls=True" if certificate is Certificate.VALID else f"certificate={certificate.name}"
        raise UsageError(f"{option} needs the extra 'tls': pip install robotframework-httpserverlibrary[tls]") from None
    ca = _new_ca() if certificate is Certificate.UNTRUSTED else authority.ca
    _issue(ca, host, certificate, names).configure_cert(context)
    return authority


def remove_ca_file() -> None:
    """Removes the file of the throw-away authority, if there is one. The next server that needs it writes another."""
    if _authority.cache_info().currsize:
        _authority().remove_file()


def known_ca_file() -> Path | None:
    """The file of the throw-away authority, if any server has a certificate of it."""
    return _authority().file if _authority.cache_info().currsize else None


@cache
def _authority() -> Authority:
    """The authority of this process: a program that calls several servers, at once or in turn, needs only one file."""
    return Authority(_new_ca())


def _new_ca() -> CA:
    import trustme

    return trustme.CA(organization_name=_ORGANIZATION)


def _issue(ca: CA, host: str, certificate: Certificate, names: Mapping[str, str]) -> LeafCert:
    """A certificate for all names of a server that listens on this host, or as bad as it has to be."""
    now = datetime.now(timezone.utc)
    issue = partial(
        ca.issue_cert,
        organization_name=_ORGANIZATION,
        not_before=now + _OUT_OF_DATE_BY if certificate is Certificate.NOT_YET_VALID else None,
        not_after=now - _OUT_OF_DATE_BY if certificate is Certificate.EXPIRED else None,
    )
    if certificate is Certificate.WRONG_HOST:
        return issue(_OTHER_HOST)
    # The zone of an IPv6 address is meaningful on one machine only (RFC 4007, 11.2).
    own = socket.gethostname() if host in WILDCARDS else host.partition("%")[0]
    for name, argument in names.items():
        try:
            issue(name)
        except ValueError:
            raise UsageError(f"{argument}: no certificate can be made for the name {quote(name)}.") from None
    try:
        return issue(*dict.fromkeys((*_LOOPBACK, own, *names)))
    except ValueError:
        # Not every machine name is a valid host name.
        return issue(*dict.fromkeys((*_LOOPBACK, *names)))
