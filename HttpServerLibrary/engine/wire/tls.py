"""TLS of a server (RFC 8446 and RFC 5246): its certificate, what it asks of its clients, and why handshakes fail."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from ..errors import UsageError
from ..interrupts import uninterrupted
from ..visible import quote
from .certificates import Authority, Certificate, certify

_CERTIFICATE: Final = re.compile(r"-----BEGIN CERTIFICATE-----[\x00-\x7F]+?-----END CERTIFICATE-----")
_OTHER_KEY: Final = ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED")
# Of OpenSSL's X509_V_ERR_...: CERT_NOT_YET_VALID, CERT_HAS_EXPIRED
_OUT_OF_DATE: Final = (9, 10)
_TRUST: Final = "Let it trust the file from 'Get Http Server Ca File'"
_UNKNOWN_CA: Final = "UNKNOWN_CA"
# By the alert of the client. The last two can mean anything: an unknown CA, a wrong name, an expired certificate.
_ADVICE: Final = {
    _UNKNOWN_CA: f" {_TRUST}.",
    "BAD_CERTIFICATE": f" {_TRUST}, and call the server by a name that the certificate has.",
    "CERTIFICATE_UNKNOWN": f" {_TRUST}, and call the server by a name that the certificate has.",
}
_HANDSHAKE_RECORD: Final = b"\x16"
_LEFT: Final = "The client closed the connection during the TLS handshake"
WENT_AWAY: Final = f"{_LEFT}."
# RFC 4514, 3; Python has the long names.
_SHORT_NAMES: Final = {
    "commonName": "CN",
    "localityName": "L",
    "stateOrProvinceName": "ST",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "countryName": "C",
    "streetAddress": "STREET",
    "domainComponent": "DC",
    "userId": "UID",
}


@dataclass(frozen=True)
class Tls:
    """What one server needs for TLS: the context of its connections, and the CA that its clients trust."""

    context: ssl.SSLContext
    ca: Authority | Path = field(repr=False)
    """The authority that clients trust, or the file of a given certificate."""

    certificate: Certificate = Certificate.VALID

    @classmethod
    def of(
        cls,
        host: str,
        *,
        tls: bool | None = None,
        certificate: Certificate = Certificate.VALID,
        cert_file: Path | str | None = None,
        key_file: Path | str | None = None,
        key_password: str | None = None,
        client_ca_file: Path | str | None = None,
        url_host: str | None = None,
        tls_names: Sequence[str] = (),
    ) -> Tls | None:
        """Makes it from the options of a server that listens on a host; None for a server without TLS.

        ``tls`` generates a certificate, and so does a ``certificate`` that is not valid. ``cert_file`` is a given one
        (PEM, followed by any intermediate certificates and the key, unless that is in ``key_file``).
        ``client_ca_file`` demands client certificates: it has their CA certificates, or the client certificates
        themselves. ``url_host`` and ``tls_names`` are more names for a generated certificate. Raises UsageError with
        one line when something is missing, cannot be read or does not fit together.
        """
        if certificate is not Certificate.VALID:
            bad = certificate.name
            if cert_file is not None:
                raise UsageError(
                    f"certificate: {bad} cannot be given together with cert_file, which is the certificate."
                )
            if tls is False:
                raise UsageError(f"certificate={bad} needs TLS: leave out tls=False.")
            tls = True
        for name, value in (("key_file", key_file), ("key_password", key_password)):
            if value is not None and cert_file is None:
                raise UsageError(f"{name} needs cert_file: the certificate that the key belongs to.")
        if tls_names and cert_file is not None:
            raise UsageError("tls_names: cert_file is a certificate that has its names already. Leave out tls_names.")
        if cert_file is not None and tls is False:
            raise UsageError("cert_file needs TLS: leave out tls=False.")
        if cert_file is None and not tls:
            if client_ca_file is not None:
                raise UsageError("client_ca_file needs TLS: also give tls=True or cert_file.")
            if tls_names:
                raise UsageError("tls_names needs TLS: also give tls=True.")
            return None
        context = _context()
        if client_ca_file is not None:
            context.load_verify_locations(cadata=_certificates(Path(client_ca_file), "client_ca_file"))
            context.verify_mode = ssl.CERT_REQUIRED
            # Also accepts a client by its own certificate, without the CA that signed it.
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if cert_file is None:
            # Python can load the key only from a file, which an interrupt must not leave behind.
            names = {} if url_host is None else {_in_certificate(url_host): "url_host"}
            names = {**dict.fromkeys(map(_in_certificate, tls_names), "tls_names"), **names}
            return cls(context, uninterrupted(partial(certify, context, host, certificate, names)), certificate)
        _load(context, Path(cert_file), None if key_file is None else Path(key_file), key_password)
        return cls(context, Path(cert_file).absolute())

    def wrap(self, sock: socket.socket) -> ssl.SSLSocket:
        """The server side of a connection, before the handshake.

        The returned socket takes over the descriptor of the given one.
        """
        return self.context.wrap_socket(
            sock, server_side=True, do_handshake_on_connect=False, suppress_ragged_eofs=True
        )

    def ca_file(self) -> Path:
        """The file of the CA certificate for clients to trust; it exists until it is removed, or the process ends.

        For a given certificate, it is that file if clients can trust it; otherwise raises UsageError.
        """
        if not isinstance(self.ca, Path):
            return self.ca.file
        if not _suffices(self.context, self.ca):
            raise UsageError(
                f"cert_file: the CA certificate that signed the one in {quote(str(self.ca))} is not in that file. "
                "Clients need the file of that CA."
            )
        return self.ca


def _in_certificate(host: str) -> str:
    """A name as clients compare it: without the dot that ends it in URLs."""
    return host.removesuffix(".")


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # RFC 8996 deprecates all older versions.
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    # Against clients that waste time with new handshakes on one connection.
    context.options |= ssl.OP_NO_RENEGOTIATION
    return context


def _certificates(path: Path, argument: str) -> str:
    """The certificates in a file, in PEM format, without its other contents."""
    found = "\n".join(_CERTIFICATE.findall(_read(path, argument)))
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=found)
    except (ssl.SSLError, ValueError):
        raise UsageError(f"{argument}: {quote(str(path))} holds no certificate in PEM format.") from None
    return found


def _read(path: Path, argument: str) -> str:
    try:
        # There may be comments in any encoding around the certificates.
        return path.read_text("latin-1")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{argument}: the file {quote(str(path))} cannot be read: {reason}.") from None


def _load(context: ssl.SSLContext, cert_file: Path, key_file: Path | None, password: str | None) -> None:
    """Loads a given certificate into the context. It may have expired, so that tests can see how clients react."""
    _certificates(cert_file, "cert_file")
    if key_file is not None:
        _read(key_file, "key_file")
    argument, file = ("cert_file", cert_file) if key_file is None else ("key_file", key_file)
    encrypted = False

    def give_password() -> str:
        nonlocal encrypted
        encrypted = True
        return password or ""

    try:
        # With a function even if there is no password; otherwise OpenSSL asks for one on the terminal.
        context.load_cert_chain(cert_file, key_file, give_password)
    except (ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", None)
        if reason in _OTHER_KEY:
            problem = f"{argument}: the key in {quote(str(file))} does not belong to the certificate"
            problem += "." if key_file is None else f" in {quote(str(cert_file))}."
        elif encrypted and password is None:
            problem = f"key_password: the key in {quote(str(file))} is encrypted, so its password is needed."
        elif encrypted:
            problem = f"key_password: the password does not decrypt the key in {quote(str(file))}."
        elif reason:
            problem = f"cert_file: OpenSSL rejects {quote(str(cert_file))}: {_words(reason)}."
        elif key_file is None:
            problem = f"cert_file: {quote(str(file))} holds no private key in PEM format; give its file as key_file."
        else:
            problem = f"key_file: {quote(str(file))} holds no private key in PEM format."
        raise UsageError(problem) from None


def _suffices(context: ssl.SSLContext, file: Path) -> bool:
    """Whether a client that trusts this file accepts the server's certificate, dates aside; tried with a handshake."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.load_verify_locations(cadata=_certificates(file, "cert_file"))
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(down, up)
    server = context.wrap_bio(up, down, server_side=True)
    for side in (client, server, client):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLCertVerificationError as error:
            return error.verify_code in _OUT_OF_DATE
    return True


def is_tls(beginning: bytes) -> bool:
    """Whether the first bytes of a client begin a TLS connection (RFC 8446, 5.1) rather than a plain-text request."""
    return beginning[:1] == _HANDSHAKE_RECORD


def is_alert(error: OSError) -> bool:
    """Whether the client sent an alert; in TLS 1.3, it may arrive after the handshake, as the server sees it."""
    return isinstance(error, ssl.SSLError) and bool(_alert(error))


def is_intended(error: OSError, certificate: Certificate) -> bool:
    """Whether a handshake failed because the client rejected a certificate that is bad on purpose.

    A client that does not know the CA rejects every certificate of it, so it has not seen what else is wrong. Some
    clients, such as Node.js, reject a certificate without an alert.
    """
    if certificate is Certificate.VALID:
        return False
    alert = _alert(error)
    if alert == _UNKNOWN_CA:
        return certificate is Certificate.UNTRUSTED
    return "CERT" in alert or _went_away(error)


def handshake_failure(error: OSError, certificate: Certificate = Certificate.VALID) -> str:
    """Why a handshake failed as seen from the server, on one line."""
    reason = getattr(error, "reason", None) or ""
    alert = _alert(error)
    if is_intended(error, certificate):
        option = f"certificate={certificate.name}"
        if not alert:
            return f"{_LEFT}, probably because of {option}."
        return f"The client rejected the certificate of the server, as intended by {option}: {_words(alert)}."
    if "CERT" in alert or alert == _UNKNOWN_CA:
        return f"The client rejected the certificate of the server: {_words(alert)}.{_ADVICE.get(alert, '')}"
    if alert:
        return f"The client rejected the TLS connection: {_words(alert)}."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of the client was rejected: {error.verify_message}."
    if reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE":
        return "The client sent no certificate, but client_ca_file requires one."
    if isinstance(error, TimeoutError):
        return "The client did not finish the TLS handshake in time."
    if _went_away(error):
        return WENT_AWAY
    return f"The TLS handshake failed: {_words(reason) or error}."


def _went_away(error: OSError) -> bool:
    if not isinstance(error, ssl.SSLError):
        return not isinstance(error, TimeoutError)
    reason = getattr(error, "reason", None) or ""
    return isinstance(error, (ssl.SSLEOFError, ssl.SSLSyscallError)) or reason.startswith("Closed before")


def _alert(error: OSError) -> str:
    """OpenSSL's name for the alert that the client sent, such as ``UNKNOWN_CA``; empty without one."""
    return (getattr(error, "reason", None) or "").partition("ALERT_")[2]


def _words(reason: str) -> str:
    """OpenSSL's name for a reason as words."""
    return reason.replace("_", " ").lower()


def close_notify(sock: ssl.SSLSocket) -> None:
    """Sends a close_notify alert (RFC 8446, 6.1), without waiting for that of the client.

    A client that reads to the end needs it to distinguish a complete body from a truncated one.
    """
    sock.setblocking(False)
    with suppress(OSError, ValueError):
        sock.unwrap()


def subject(sock: ssl.SSLSocket) -> str | None:
    """The subject of the client's certificate as text (RFC 4514), None without one."""
    certificate = sock.getpeercert()
    if not certificate:
        return None
    # Python lists the names from root to leaf; the text begins at the leaf (RFC 4514, 2.1).
    names: tuple[tuple[tuple[str, str], ...], ...] = certificate.get("subject", ())  # type: ignore[assignment]
    return ",".join(
        "+".join(f"{_SHORT_NAMES.get(kind, kind)}={_escaped(value)}" for kind, value in name)
        for name in reversed(names)
    )


def _escaped(value: str) -> str:
    """A value escaped as in RFC 4514, 2.4; invisible characters are the hexadecimal digits of their UTF-8."""
    text = "".join(
        f"\\{character}"
        if character in '"+,;<>\\'
        else character
        if character.isprintable()
        else _hexadecimal(character)
        for character in value
    )
    if text[:1] in ("#", " "):
        text = f"\\{text}"
    if text[-1:] == " " and value != " ":
        text = f"{text[:-1]}\\ "
    return text


def _hexadecimal(character: str) -> str:
    return "".join(f"\\{byte:02X}" for byte in character.encode())
