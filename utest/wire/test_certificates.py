"""Certificates that are made, good ones and bad ones: what clients say to them, and what is said about that."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import trustme
from cryptography import x509

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.wire.certificates import Certificate, remove_ca_file
from HttpServerLibrary.engine.wire.limits import DEFAULT_LIMITS
from HttpServerLibrary.engine.wire.listener import Listener
from HttpServerLibrary.engine.wire.tls import Tls, handshake_failure, is_intended
from utest.helpers import LONG

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
BAD = [certificate for certificate in Certificate if certificate is not Certificate.VALID]
LOOPBACK = ["localhost", "127.0.0.1", "::1"]

# Certificate, what OpenSSL says to it as a client, newer ones with more after it, and the alert that it sends.
REJECTIONS = [
    (Certificate.EXPIRED, "certificate has expired", "certificate expired"),
    (Certificate.NOT_YET_VALID, "certificate is not yet valid", "bad certificate"),
    (Certificate.WRONG_HOST, "Hostname mismatch, certificate is not valid for 'localhost'.", "bad certificate"),
    (Certificate.UNTRUSTED, "unable to get local issuer certificate", "unknown ca"),
]


class Reports:
    """What a server reports about its connections."""

    def __init__(self) -> None:
        self._lines: Queue[tuple[str, str]] = Queue()

    def notice(self, text: str) -> None:
        self._lines.put(("notice", text.partition(": ")[2]))

    def remark(self, text: str) -> None:
        self._lines.put(("remark", text.partition(": ")[2]))

    def note(self, kind: str, reason: str) -> None:
        self._lines.put((kind, reason))

    def next(self) -> tuple[str, str]:
        return self._lines.get(timeout=LONG)

    def is_empty(self) -> bool:
        return self._lines.empty()


@pytest.fixture
def reports() -> Reports:
    return Reports()


Serve = Callable[[Tls], Listener]


@pytest.fixture
def serve(reports: Reports, echo: Any) -> Iterator[Serve]:
    """Starts servers that are stopped after the test, and have nothing more to report then."""
    listeners: list[Listener] = []

    def start(tls: Tls) -> Listener:
        limits = replace(DEFAULT_LIMITS, linger=LONG)
        listener = Listener("localhost", 0, echo, limits, tls, reports.notice, reports.note, remark=reports.remark)
        listeners.append(listener)
        listener.start()
        return listener

    yield start
    assert [listener.stop(grace=LONG) for listener in listeners] == [0] * len(listeners)
    assert reports.is_empty()


def made(certificate: Certificate = Certificate.VALID, **options: Any) -> Tls:
    tls = Tls.of("localhost", **{"tls": True, **options}, certificate=certificate)
    assert tls is not None
    return tls


def trusting(ca_file: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca_file))


def trusting_all() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def status_from(listener: Listener, client: ssl.SSLContext) -> bytes:
    """Sends a request; returns the line that begins the answer."""
    with (
        socket.create_connection(("127.0.0.1", listener.port), timeout=LONG) as sock,
        client.wrap_socket(sock, server_hostname="localhost") as secured,
    ):
        secured.sendall(GET)
        with secured.makefile("rb") as file:
            return bytes(file.readline())


def rejection_by(listener: Listener, client: ssl.SSLContext) -> str:
    """Why a client rejects the certificate, in its own words."""
    with pytest.raises(ssl.SSLCertVerificationError) as caught:
        status_from(listener, client)
    return caught.value.verify_message


def names_of(listener: Listener) -> list[str]:
    """The names that the certificate of a server has."""
    found = certificate_of(listener).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return [str(name.value) for name in found.value]


def certificate_of(listener: Listener) -> x509.Certificate:
    with (
        socket.create_connection(("127.0.0.1", listener.port), timeout=LONG) as sock,
        trusting_all().wrap_socket(sock, server_hostname="localhost") as secured,
    ):
        secured.sendall(GET)
        assert secured.recv(1)
        return x509.load_der_x509_certificate(secured.getpeercert(binary_form=True) or b"")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize(("certificate", "message", "alert"), REJECTIONS)
def test_a_client_that_rejects_it_does_what_is_intended(
    serve: Serve, reports: Reports, certificate: Certificate, message: str, alert: str, version: ssl.TLSVersion
) -> None:
    tls = made(certificate)
    client = trusting(tls.ca_file())
    client.minimum_version = client.maximum_version = version
    assert rejection_by(serve(tls), client).startswith(message)
    intended = f"as intended by certificate={certificate.name}"
    reason = f"The client rejected the certificate of the server, {intended}: {alert}."
    assert (reports.next(), reports.next()) == (("remark", reason), ("refused", reason))


@pytest.mark.parametrize("certificate", [bad for bad in BAD if bad is not Certificate.UNTRUSTED])
def test_a_client_that_does_not_trust_the_ca_has_not_seen_what_is_wrong(
    serve: Serve, reports: Reports, certificate: Certificate
) -> None:
    assert "issuer" in rejection_by(serve(made(certificate)), ssl.create_default_context())
    kind, reason = reports.next()
    assert kind == "notice"
    assert reason.startswith("The client rejected the certificate of the server: unknown ca. ")
    assert reports.next() == ("refused", reason)


@pytest.mark.parametrize("certificate", BAD)
def test_a_client_may_reject_it_without_a_word(serve: Serve, reports: Reports, certificate: Certificate) -> None:
    listener = serve(made(certificate))
    with socket.create_connection(("127.0.0.1", listener.port), timeout=LONG) as client:
        client.sendall(b"\x16\x03\x01\x00\xc8")
    option = f"certificate={certificate.name}"
    reason = f"The client closed the connection during the TLS handshake, probably because of {option}."
    assert (reports.next(), reports.next()) == (("remark", reason), ("refused", reason))


@pytest.mark.parametrize("certificate", Certificate)
def test_other_failures_are_not_intended(certificate: Certificate) -> None:
    other = ssl.SSLError()
    other.reason = "TLSV1_ALERT_PROTOCOL_VERSION"
    for error in (other, ssl.SSLError(1, "bad luck"), TimeoutError()):
        assert not is_intended(error, certificate)
        assert handshake_failure(error, certificate) == handshake_failure(error)


@pytest.mark.parametrize("certificate", Certificate)
def test_a_client_that_verifies_nothing_gets_its_answer(serve: Serve, certificate: Certificate) -> None:
    assert status_from(serve(made(certificate)), trusting_all()) == b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("certificate", BAD)
def test_a_bad_one_implies_tls(serve: Serve, certificate: Certificate) -> None:
    assert status_from(serve(made(certificate, tls=None)), trusting_all()) == b"HTTP/1.1 200 OK\r\n"


def test_a_valid_one_does_not_imply_tls() -> None:
    assert Tls.of("localhost", certificate=Certificate.VALID) is None


@pytest.mark.parametrize("certificate", Certificate)
def test_only_one_thing_is_wrong(serve: Serve, certificate: Certificate) -> None:
    found = certificate_of(serve(made(certificate)))
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    other = certificate is Certificate.WRONG_HOST
    assert [str(name.value) for name in names] == (["wrong-host.invalid"] if other else LOOPBACK)
    now, hour = datetime.now(timezone.utc), timedelta(hours=1)
    week = timedelta(days=7)
    if certificate is Certificate.EXPIRED:
        assert now - week - hour < found.not_valid_after_utc < now - week + hour
    elif certificate is Certificate.NOT_YET_VALID:
        assert now + week - hour < found.not_valid_before_utc < now + week + hour
    else:
        assert found.not_valid_before_utc < now < found.not_valid_after_utc
    ca = x509.load_pem_x509_certificate(made().ca_file().read_bytes())
    assert (found.issuer == ca.subject) is (certificate is not Certificate.UNTRUSTED)


def test_more_names(serve: Serve) -> None:
    more = ["a.example", "*.b.example", "10.0.0.1", "localhost", "fd00::2"]
    listener = serve(made(url_host="host.docker.internal.", tls_names=more))
    assert names_of(listener) == [
        *LOOPBACK,
        *("a.example", "*.b.example", "10.0.0.1", "fd00::2", "host.docker.internal"),
    ]


def test_the_wrong_host_stays_the_only_name(serve: Serve) -> None:
    listener = serve(made(Certificate.WRONG_HOST, url_host="a.example", tls_names=["b.example"]))
    assert names_of(listener) == ["wrong-host.invalid"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url_host": "my_service"}, 'url_host: no certificate can be made for the name "my_service".'),
        ({"tls_names": ["a", "my_service"]}, 'tls_names: no certificate can be made for the name "my_service".'),
        (
            {"tls_names": ["a"], "cert_file": "cert.pem"},
            "tls_names: cert_file is a certificate that has its names already. Leave out tls_names.",
        ),
        ({"tls_names": ["a"], "tls": False}, "tls_names needs TLS: also give tls=True."),
        ({"tls_names": ["a"], "tls": None}, "tls_names needs TLS: also give tls=True."),
    ],
)
def test_names_that_cannot_be_used(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Tls.of("localhost", **{"tls": True, **options})
    assert str(caught.value) == message


@pytest.mark.parametrize("certificate", BAD)
def test_the_ca_file_is_that_of_all_servers(certificate: Certificate) -> None:
    assert made(certificate).ca_file() == made().ca_file()


def test_clients_have_certificates_too(serve: Serve, reports: Reports, echo: Any, tmp_path: Path) -> None:
    ca = trustme.CA()
    ca_file = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(ca_file)
    tls = made(Certificate.EXPIRED, client_ca_file=ca_file)
    listener = serve(tls)
    client = trusting_all()
    ca.issue_cert("alice@shop.example", common_name="alice").configure_cert(client)
    assert status_from(listener, client) == b"HTTP/1.1 200 OK\r\n"
    echo.wait_for(1)
    assert "CN=alice" in echo.requests[0].client_subject
    assert rejection_by(listener, trusting(tls.ca_file())) == "certificate has expired"
    assert reports.next()[0] == "remark"
    assert reports.next()[0] == "refused"
    # With TLS 1.3 the client sends its request before it learns that it is refused, by an alert or a reset.
    with suppress(OSError):
        status_from(listener, trusting_all())
    reason = "The client sent no certificate, but client_ca_file requires one."
    assert (reports.next(), reports.next()) == (("notice", reason), ("refused", reason))
    assert len(echo.requests) == 1


@pytest.mark.parametrize("certificate", BAD)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"cert_file": "cert.pem"},
            "certificate: {} cannot be given together with cert_file, which is the certificate.",
        ),
        (
            {"cert_file": "cert.pem", "tls": False},
            "certificate: {} cannot be given together with cert_file, which is the certificate.",
        ),
        ({"tls": False}, "certificate={} needs TLS: leave out tls=False."),
        ({"key_file": "key.pem"}, "key_file needs cert_file: the certificate that the key belongs to."),
    ],
)
def test_misuse(certificate: Certificate, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Tls.of("localhost", certificate=certificate, **options)
    assert str(caught.value) == message.format(certificate.name)


def test_the_ca_file_holds_a_certificate_for_everyone_and_no_key() -> None:
    file = made().ca_file()
    text = file.read_text()
    assert text.startswith("-----BEGIN CERTIFICATE-----")
    assert "KEY" not in text
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o644


def test_the_file_of_the_authority_is_written_again_after_its_removal() -> None:
    tls = made()
    first = tls.ca_file()
    contents = first.read_text()
    remove_ca_file()
    assert not first.exists()
    remove_ca_file()
    assert tls.ca_file().read_text() == contents
    assert made().ca_file() == tls.ca_file()


def test_a_file_that_cannot_be_removed_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, while a client has it open."""
    file = made().ca_file()

    def refuse(self: Path, missing_ok: bool) -> None:
        raise PermissionError(13, "The process cannot access the file because it is being used by another process")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        remove_ca_file()
    assert file.exists()
    remove_ca_file()
    assert not file.exists()


def test_the_files_of_an_authority_are_gone_after_the_process(tmp_path: Path) -> None:
    program = (
        "from HttpServerLibrary.engine.wire.tls import Tls\n"
        "import pathlib, tempfile\n"
        f"tempfile.tempdir = {str(tmp_path)!r}\n"
        "tls = Tls.of('localhost', tls=True)\n"
        f"print(list(pathlib.Path({str(tmp_path)!r}).iterdir()))\n"
        "file = tls.ca_file()\n"
        f"print([file] == list(pathlib.Path({str(tmp_path)!r}).iterdir()))\n"
    )
    root = Path(__file__).parents[2]
    child = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert (child.stdout, child.stderr) == ("[]\nTrue\n", "")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ("tls=True", "tls=True"),
        ("tls=True, certificate=Certificate.VALID", "tls=True"),
        ("certificate=Certificate.EXPIRED", "certificate=EXPIRED"),
        ("tls=True, certificate=Certificate.UNTRUSTED", "certificate=UNTRUSTED"),
    ],
)
def test_the_extra_that_is_not_installed_is_named(options: str, option: str) -> None:
    """In a child, as the module is imported here already."""
    program = (
        "import sys\n"
        "sys.modules['trustme'] = None\n"
        "from HttpServerLibrary.engine.wire.certificates import Certificate\n"
        "from HttpServerLibrary.engine.wire.tls import Tls\n"
        "try:\n"
        f"    Tls.of('localhost', {options})\n"
        "except ValueError as error:\n"
        "    print(error)\n"
    )
    root = Path(__file__).parents[2]
    child = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert child.stdout.strip() == f"{option} needs the extra 'tls': pip install robotframework-httpserverlibrary[tls]"
