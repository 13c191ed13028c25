"""Certificates: made, given and demanded; and what is said when something is wrong with them."""

from __future__ import annotations

import errno
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, cast

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.wire.tls import (
    Tls,
    close_notify,
    handshake_failure,
    is_alert,
    is_tls,
    subject,
)

PASSWORD = "open sesame"


class Files:
    """Certificates and keys in files, and what is none."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.ca = trustme.CA()
        self.leaf = self.ca.issue_cert("localhost")
        self.write("ca.pem", self.ca.cert_pem.bytes())
        self.write("cert.pem", self.leaf.cert_chain_pems[0].bytes())
        self.write("key.pem", self.leaf.private_key_pem.bytes())
        self.write("both.pem", self.leaf.private_key_and_cert_chain_pem.bytes())
        self.write("other key.pem", self.ca.issue_cert("localhost").private_key_pem.bytes())
        rsa_leaf = self.ca.issue_cert("localhost", key_type=trustme.KeyType.RSA)
        self.write("rsa key.pem", rsa_leaf.private_key_pem.bytes())
        self.write("mixed.pem", (self.path("cert.pem")).read_bytes() + self.path("other key.pem").read_bytes())
        key = load_pem_private_key(self.leaf.private_key_pem.bytes(), None)
        encryption = BestAvailableEncryption(PASSWORD.encode())
        self.write("locked.pem", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
        self.write("old locked.pem", key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, encryption))
        self.write("locked both.pem", self.path("cert.pem").read_bytes() + self.path("locked.pem").read_bytes())
        self.write("der.pem", ssl.PEM_cert_to_DER_cert(self.leaf.cert_chain_pems[0].bytes().decode()))
        self.write("text.pem", b"hello")
        self.write("empty.pem", b"")
        self.write("umlaut.pem", b"-----BEGIN CERTIFICATE-----\n\xc3\xa4\n-----END CERTIFICATE-----\n")
        commented = "Bücher und mehr\r\n".encode() + self.path("both.pem").read_bytes().replace(b"\n", b"\r\n")
        self.write("commented.pem", commented)
        self.write("torn.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")

    def path(self, name: str) -> Path:
        return self.directory / name

    def write(self, name: str, data: bytes) -> Path:
        self.path(name).write_bytes(data)
        return self.path(name)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def in_files(files: Files, monkeypatch: pytest.MonkeyPatch) -> Files:
    """The files in the current directory, so that messages name them without it."""
    monkeypatch.chdir(files.directory)
    return files


Shake = Callable[..., tuple[ssl.SSLSocket, ssl.SSLSocket]]


@pytest.fixture
def handshake() -> Iterator[Shake]:
    """Connects a client to a server; returns both ends, or raises what the server's end raises."""
    with ExitStack() as closing:

        def shake(tls: Tls, client: ssl.SSLContext, name: str = "localhost") -> tuple[ssl.SSLSocket, ssl.SSLSocket]:
            ours, theirs = (closing.enter_context(sock) for sock in socket.socketpair())
            for sock in (ours, theirs):
                sock.settimeout(60)
            server_end = closing.enter_context(tls.wrap(ours))
            # To the client, an end without a close_notify is an error.
            client_end = closing.enter_context(
                client.wrap_socket(
                    theirs, server_hostname=name, do_handshake_on_connect=False, suppress_ragged_eofs=False
                )
            )
            failures: list[OSError] = []

            def connect() -> None:
                try:
                    client_end.do_handshake()
                except OSError as error:
                    failures.append(error)
                    theirs.close()

            thread = threading.Thread(target=connect)
            thread.start()
            try:
                server_end.do_handshake()
            except OSError:
                server_end.close()
                raise
            finally:
                thread.join()
            assert not failures
            return server_end, client_end

        yield shake


def made(host: str = "localhost", **options: Any) -> Tls:
    tls = Tls.of(host, **options)
    assert tls is not None
    return tls


def trusting(ca_file: Path | str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca_file))


@pytest.mark.parametrize("options", [{}, {"tls": None}, {"tls": False}])
def test_without_tls(options: dict[str, Any]) -> None:
    assert Tls.of("localhost", **options) is None


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_a_made_certificate_is_for_all_names_of_the_loopback(handshake: Shake, name: str) -> None:
    tls = made(tls=True)
    server, client = handshake(tls, trusting(tls.ca_file()), name)
    client.sendall(b"over and out")
    assert server.recv(100) == b"over and out"
    assert (server.version(), subject(server)) == ("TLSv1.3", None)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("Shop.Example", "shop.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("fe80::1%eth0", "fe80::1"),
        ("0.0.0.0", "machine-7"),
        ("::", "machine-7"),
        ("", "machine-7"),
    ],
)
def test_a_made_certificate_is_for_the_host(
    handshake: Shake, monkeypatch: pytest.MonkeyPatch, host: str, name: str
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "machine-7")
    tls = made(host, tls=True)
    handshake(tls, trusting(tls.ca_file()), name)
    handshake(tls, trusting(tls.ca_file()), "localhost")


@pytest.mark.parametrize("host", ["a_b", "-", "a b", "x" * 64, "ä@b", "."])
def test_a_host_that_no_certificate_can_name_is_left_out(handshake: Shake, host: str) -> None:
    tls = made(host, tls=True)
    handshake(tls, trusting(tls.ca_file()), "localhost")


def test_other_names_are_not_certified(handshake: Shake) -> None:
    tls = made(tls=True)
    with pytest.raises(ssl.SSLError) as caught:
        handshake(tls, trusting(tls.ca_file()), "example.com")
    assert handshake_failure(caught.value).startswith("The client rejected the certificate of the server: ")


def test_all_servers_have_one_authority(handshake: Shake) -> None:
    one, other = made(tls=True), made("127.0.0.1", tls=True)
    assert one.ca_file() == other.ca_file()
    assert one.ca_file().is_absolute()
    handshake(other, trusting(one.ca_file()))


def test_a_given_certificate_needs_no_extra(files: Files) -> None:
    program = (
        "import sys\n"
        "sys.modules['trustme'] = None\n"
        "from HttpServerLibrary.engine.wire.tls import Tls\n"
        f"print(Tls.of('localhost', cert_file={str(files.path('both.pem'))!r}) is not None)\n"
    )
    root = Path(__file__).parents[2]
    child = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert child.stdout.strip() == "True"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_versions(handshake: Shake, version: ssl.TLSVersion) -> None:
    tls = made(tls=True)
    client = trusting(tls.ca_file())
    client.minimum_version = client.maximum_version = version
    server, _ = handshake(tls, client)
    assert server.version() == version.name.replace("_", ".")


def test_tls_before_1_2_is_refused(handshake: Shake) -> None:
    tls = made(tls=True)
    client = trusting(tls.ca_file())
    client.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        client.minimum_version = client.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError) as caught:
        handshake(tls, client)
    assert handshake_failure(caught.value) == "The TLS handshake failed: unsupported protocol."


@pytest.mark.parametrize(
    ("offered", "chosen"), [(["h2", "http/1.1"], "http/1.1"), (["http/1.1"], "http/1.1"), (["h2"], None), ([], None)]
)
def test_alpn(handshake: Shake, offered: list[str], chosen: str | None) -> None:
    tls = made(tls=True)
    client = trusting(tls.ca_file())
    if offered:
        client.set_alpn_protocols(offered)
    _, end = handshake(tls, client)
    assert end.selected_alpn_protocol() == chosen


def test_the_end_without_a_close_notify_is_an_end(handshake: Shake) -> None:
    tls = made(tls=True)
    server, client = handshake(tls, trusting(tls.ca_file()))
    socket.socket.shutdown(client, socket.SHUT_WR)
    assert server.recv(1) == b""


@pytest.mark.parametrize(
    ("options", "tls"),
    [
        ({"cert_file": "both.pem"}, None),
        ({"cert_file": "both.pem"}, True),
        ({"cert_file": "commented.pem"}, None),
        ({"cert_file": "both.pem", "key_password": "not needed"}, None),
        ({"cert_file": "cert.pem", "key_file": "key.pem"}, None),
        ({"cert_file": "cert.pem", "key_file": "both.pem"}, None),
        ({"cert_file": "cert.pem", "key_file": "locked.pem", "key_password": PASSWORD}, None),
        ({"cert_file": "cert.pem", "key_file": "old locked.pem", "key_password": PASSWORD}, None),
        ({"cert_file": "locked both.pem", "key_password": PASSWORD}, None),
    ],
)
def test_given_certificates(in_files: Files, handshake: Shake, options: dict[str, str], tls: bool | None) -> None:
    handshake(made(tls=tls, **options), trusting("ca.pem"))


def test_files_may_be_paths(files: Files) -> None:
    tls = made(cert_file=files.path("cert.pem"), key_file=files.path("key.pem"), client_ca_file=files.path("ca.pem"))
    assert tls.context.verify_mode == ssl.CERT_REQUIRED


def test_a_chain_is_sent(files: Files, handshake: Shake) -> None:
    leaf = files.ca.create_child_ca().issue_cert("localhost")
    assert len(leaf.cert_chain_pems) == 2
    chain = files.write("chain.pem", leaf.private_key_and_cert_chain_pem.bytes())
    handshake(made(cert_file=chain), trusting(files.path("ca.pem")))


def test_a_certificate_may_be_out_of_date(files: Files, handshake: Shake) -> None:
    old = files.ca.issue_cert("localhost", not_after=datetime(2001, 1, 1, tzinfo=timezone.utc))
    path = files.write("old.pem", old.private_key_and_cert_chain_pem.bytes())
    with pytest.raises(ssl.SSLError) as caught:
        handshake(made(cert_file=path), trusting(files.path("ca.pem")))
    expected = "The client rejected the certificate of the server: certificate expired."
    assert handshake_failure(caught.value) == expected


@pytest.mark.parametrize("days", ["valid", "expired", "not yet valid"])
def test_the_ca_file_of_a_self_signed_certificate_is_its_own(
    files: Files, handshake: Shake, monkeypatch: pytest.MonkeyPatch, days: str
) -> None:
    path = files.write("self-signed.pem", _self_signed(days))
    monkeypatch.chdir(files.directory)
    tls = made(cert_file="self-signed.pem")
    monkeypatch.chdir("/")
    assert tls.ca_file() == path
    if days == "valid":
        handshake(tls, trusting(path))


def test_the_ca_file_of_a_chain_up_to_the_root_is_its_own(files: Files, handshake: Shake) -> None:
    path = files.write("whole.pem", files.path("both.pem").read_bytes() + files.path("ca.pem").read_bytes())
    tls = made(cert_file=path, client_ca_file=files.path("ca.pem"))
    assert tls.ca_file() == path


def test_the_ca_file_of_another_certificate_is_not_known(in_files: Files) -> None:
    tls = made(cert_file="both.pem")
    with pytest.raises(UsageError) as caught:
        tls.ca_file()
    path = str(in_files.path("both.pem")).replace("\\", "\\\\")
    assert str(caught.value) == (
        f'cert_file: the CA certificate that signed the one in "{path}" is not in that file. '
        "Clients need the file of that CA."
    )


NO_FILE = "cannot be read: No such file or directory."


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cert_file": "no.pem"}, f'cert_file: the file "no.pem" {NO_FILE}'),
        ({"cert_file": "a\0b"}, 'cert_file: the file "a\\u0000b" cannot be read: embedded null byte.'),
        ({"cert_file": "text.pem"}, 'cert_file: "text.pem" holds no certificate in PEM format.'),
        ({"cert_file": "empty.pem"}, 'cert_file: "empty.pem" holds no certificate in PEM format.'),
        ({"cert_file": "torn.pem"}, 'cert_file: "torn.pem" holds no certificate in PEM format.'),
        ({"cert_file": "umlaut.pem"}, 'cert_file: "umlaut.pem" holds no certificate in PEM format.'),
        ({"cert_file": "der.pem"}, 'cert_file: "der.pem" holds no certificate in PEM format.'),
        ({"cert_file": "key.pem"}, 'cert_file: "key.pem" holds no certificate in PEM format.'),
        (
            {"cert_file": "cert.pem"},
            'cert_file: "cert.pem" holds no private key in PEM format; give its file as key_file.',
        ),
        ({"cert_file": "mixed.pem"}, 'cert_file: the key in "mixed.pem" does not belong to the certificate.'),
        ({"cert_file": "cert.pem", "key_file": "no.pem"}, f'key_file: the file "no.pem" {NO_FILE}'),
        (
            {"cert_file": "cert.pem", "key_file": "text.pem"},
            'key_file: "text.pem" holds no private key in PEM format.',
        ),
        (
            {"cert_file": "cert.pem", "key_file": "cert.pem"},
            'key_file: "cert.pem" holds no private key in PEM format.',
        ),
        (
            {"cert_file": "cert.pem", "key_file": "other key.pem"},
            'key_file: the key in "other key.pem" does not belong to the certificate in "cert.pem".',
        ),
        (
            {"cert_file": "cert.pem", "key_file": "rsa key.pem"},
            'key_file: the key in "rsa key.pem" does not belong to the certificate in "cert.pem".',
        ),
        (
            {"cert_file": "cert.pem", "key_file": "locked.pem"},
            'key_password: the key in "locked.pem" is encrypted, so its password is needed.',
        ),
        (
            {"cert_file": "locked both.pem"},
            'key_password: the key in "locked both.pem" is encrypted, so its password is needed.',
        ),
        *(
            (
                {"cert_file": "cert.pem", "key_file": file, "key_password": password},
                f'key_password: the password does not decrypt the key in "{file}".',
            )
            for file in ("locked.pem", "old locked.pem")
            for password in ("hunter2", "", "hunter2" * 500, "\udc80")
        ),
        ({"key_file": "key.pem"}, "key_file needs cert_file: the certificate that the key belongs to."),
        ({"key_file": "key.pem", "tls": True}, "key_file needs cert_file: the certificate that the key belongs to."),
        ({"key_password": "hunter2"}, "key_password needs cert_file: the certificate that the key belongs to."),
        ({"cert_file": "both.pem", "tls": False}, "cert_file needs TLS: leave out tls=False."),
        ({"client_ca_file": "ca.pem"}, "client_ca_file needs TLS: also give tls=True or cert_file."),
        ({"client_ca_file": "ca.pem", "tls": False}, "client_ca_file needs TLS: also give tls=True or cert_file."),
        ({"client_ca_file": "no.pem", "tls": True}, f'client_ca_file: the file "no.pem" {NO_FILE}'),
        (
            {"client_ca_file": "key.pem", "tls": True},
            'client_ca_file: "key.pem" holds no certificate in PEM format.',
        ),
    ],
)
def test_misuse(in_files: Files, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Tls.of("localhost", **options)
    assert str(caught.value) == message


def test_a_directory_is_no_certificate(files: Files) -> None:
    with pytest.raises(UsageError, match=r"^cert_file: the file \".*\" cannot be read: "):
        Tls.of("localhost", cert_file=files.directory)


def test_what_openssl_finds_too_weak(in_files: Files) -> None:
    in_files.write("weak.pem", _self_signed("valid", rsa_bits=1024))
    with pytest.raises(UsageError) as caught:
        Tls.of("localhost", cert_file="weak.pem")
    assert str(caught.value) == 'cert_file: OpenSSL rejects "weak.pem": ee key too small.'


def test_a_client_with_a_certificate(files: Files, handshake: Shake) -> None:
    tls = made(tls=True, client_ca_file=files.path("ca.pem"))
    client = trusting(tls.ca_file())
    identity = files.ca.issue_cert(
        "alice@shop.example", common_name="alice", organization_unit_name="Sales", organization_name="Shop"
    )
    identity.configure_cert(client)
    server, _ = handshake(tls, client)
    assert subject(server) == "CN=alice,OU=Sales,O=Shop"


def test_the_own_certificates_of_clients(files: Files, handshake: Shake) -> None:
    """Without the CA that signed them: only these clients are accepted."""
    alice, mallory = (files.ca.issue_cert(f"{name}@shop.example", common_name=name) for name in ("alice", "mallory"))
    own = files.write("alice.pem", alice.cert_chain_pems[0].bytes())
    tls = made(tls=True, client_ca_file=own)
    client = trusting(tls.ca_file())
    alice.configure_cert(client)
    server, _ = handshake(tls, client)
    assert str(subject(server)).startswith("CN=alice,")
    other = trusting(tls.ca_file())
    mallory.configure_cert(other)
    with pytest.raises(ssl.SSLError) as caught:
        handshake(tls, other)
    assert handshake_failure(caught.value).startswith("The certificate of the client was rejected: ")


def test_a_client_without_a_certificate(files: Files, handshake: Shake) -> None:
    tls = made(tls=True, client_ca_file=files.path("ca.pem"))
    with pytest.raises(ssl.SSLError) as caught:
        handshake(tls, trusting(tls.ca_file()))
    assert handshake_failure(caught.value) == "The client sent no certificate, but client_ca_file requires one."


def test_a_client_with_a_certificate_of_another_ca(files: Files, handshake: Shake) -> None:
    tls = made(tls=True, client_ca_file=files.path("ca.pem"))
    client = trusting(tls.ca_file())
    trustme.CA().issue_cert("mallory@example.com").configure_cert(client)
    with pytest.raises(ssl.SSLError) as caught:
        handshake(tls, client)
    expected = "The certificate of the client was rejected: unable to get local issuer certificate."
    assert handshake_failure(caught.value) == expected


def test_a_client_that_does_not_trust_the_certificate(files: Files, handshake: Shake) -> None:
    with pytest.raises(ssl.SSLError) as caught:
        handshake(made(tls=True), trusting(files.path("ca.pem")))
    assert handshake_failure(caught.value) == (
        "The client rejected the certificate of the server: unknown ca. "
        "Let it trust the file from 'Get Http Server Ca File'."
    )


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "The TLS handshake failed: http request."),
        (b"HELLO WORLD\r\n\r\n", "The TLS handshake failed: wrong version number."),
        (b"", "The client closed the connection during the TLS handshake."),
        (b"\x16\x03\x01\x00\xc8", "The client closed the connection during the TLS handshake."),
    ],
)
def test_what_is_no_handshake(sent: bytes, message: str) -> None:
    ours, theirs = socket.socketpair()
    with made(tls=True).wrap(ours) as server, theirs:
        theirs.sendall(sent)
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises((ssl.SSLError, ConnectionError)) as caught:
            server.do_handshake()
    assert handshake_failure(caught.value) == message


def test_a_client_that_is_silent() -> None:
    ours, theirs = socket.socketpair()
    with made(tls=True).wrap(ours) as server, theirs:
        server.settimeout(0.01)
        with pytest.raises(TimeoutError) as caught:
            server.do_handshake()
    assert handshake_failure(caught.value) == "The client did not finish the TLS handshake in time."


def test_alerts_are_told_from_other_failures() -> None:
    """With TLS 1.3 an alert may come after the handshake, as the server sees it."""
    alert = ssl.SSLError()
    alert.reason = "TLSV1_ALERT_UNKNOWN_CA"
    assert is_alert(alert)
    for other in (ssl.SSLError(1, "x"), ssl.SSLEOFError(), ConnectionResetError(), TimeoutError()):
        assert not is_alert(other)


def test_other_failures_of_the_connection() -> None:
    alert = ssl.SSLError()
    alert.reason = "TLSV1_ALERT_PROTOCOL_VERSION"
    assert handshake_failure(alert) == "The client rejected the TLS connection: protocol version."
    for error in (ConnectionResetError(), OSError(errno.ENOTCONN, "not connected"), ssl.SSLSyscallError("I/O")):
        assert handshake_failure(error) == "The client closed the connection during the TLS handshake."
    assert handshake_failure(ssl.SSLError(1, "bad luck")) == "The TLS handshake failed: bad luck."


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_close_notify_ends_what_is_sent(handshake: Shake, version: ssl.TLSVersion) -> None:
    tls = made(tls=True)
    tls.context.maximum_version = version
    server, client = handshake(tls, trusting(tls.ca_file()))
    server.sendall(b"whole")
    close_notify(server)
    server.close()
    assert (client.recv(100), client.recv(100)) == (b"whole", b"")


def test_a_close_notify_to_nobody(handshake: Shake) -> None:
    tls = made(tls=True)
    server, client = handshake(tls, trusting(tls.ca_file()))
    client.close()
    close_notify(server)
    close_notify(server)
    ours, theirs = socket.socketpair()
    theirs.close()
    with tls.wrap(ours) as strange:
        close_notify(strange)


@pytest.mark.parametrize(("beginning", "expected"), [(b"\x16\x03\x01", True), (b"GET / ", False), (b"", False)])
def test_the_beginning_of_tls(beginning: bytes, expected: bool) -> None:
    assert is_tls(beginning) is expected


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ((), ""),
        (((("commonName", "alice"),),), "CN=alice"),
        (
            (
                (("countryName", "DE"),),
                (("stateOrProvinceName", "Bayern"),),
                (("localityName", "München"),),
                (("streetAddress", "Weg 1"),),
                (("organizationName", "Shop"),),
                (("organizationalUnitName", "Sales"),),
                (("userId", "a1"), ("commonName", "alice")),
            ),
            "UID=a1+CN=alice,OU=Sales,O=Shop,STREET=Weg 1,L=München,ST=Bayern,C=DE",
        ),
        (((("domainComponent", "net"),), (("domainComponent", "example"),)), "DC=example,DC=net"),
        (((("emailAddress", "a@b"),), (("1.2.3.4", "x"),)), "1.2.3.4=x,emailAddress=a@b"),
        (((("commonName", 'James "Jim" Smith, III'),),), 'CN=James \\"Jim\\" Smith\\, III'),
        (((("commonName", "a+b;c<d>e\\f=g"),),), "CN=a\\+b\\;c\\<d\\>e\\\\f=g"),
        (((("commonName", "#1 # "),),), "CN=\\#1 #\\ "),
        (((("commonName", " a b  "),),), "CN=\\ a b \\ "),
        (((("commonName", " "),),), "CN=\\ "),
        (((("commonName", "  "),),), "CN=\\ \\ "),
        (((("commonName", ""),),), "CN="),
        (((("commonName", "a\r\nb\0\u2028"),),), "CN=a\\0D\\0Ab\\00\\E2\\80\\A8"),
    ],
)
def test_subjects(names: tuple[tuple[tuple[str, str], ...], ...], text: str) -> None:
    class Peer:
        def getpeercert(self) -> dict[str, object]:
            return {"subject": names, "version": 3}

    assert subject(cast("ssl.SSLSocket", Peer())) == text


def _self_signed(days: str, rsa_bits: int = 0) -> bytes:
    """A certificate that is its own CA, without being marked as one, and its key."""
    key = rsa.generate_private_key(65537, rsa_bits) if rsa_bits else ec.generate_private_key(ec.SECP256R1())
    first, last = {"valid": (2000, 3000), "expired": (2000, 2001), "not yet valid": (2999, 3000)}[days]
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(first, 1, 1, tzinfo=timezone.utc))
        .not_valid_after(datetime(last, 1, 1, tzinfo=timezone.utc))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return certificate.public_bytes(Encoding.PEM) + private
