"""Certificates for servers and clients, in files that are gone after the test."""

from __future__ import annotations

import base64
import hashlib
import ssl
import tempfile
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlsplit

import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509 import load_pem_x509_certificate
from robot.api.deco import keyword, library


@dataclass(frozen=True)
class Authority:
    file: str
    ca: trustme.CA


@dataclass(frozen=True)
class Certificate:
    cert: str
    key: str
    locked_key: str
    both: str


@library(scope="TEST", auto_keywords=False)
class Certificates:
    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        self.ROBOT_LIBRARY_LISTENER = self
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._written = 0

    def _end_test(self, data: object, result: object) -> None:
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None

    def _write(self, data: bytes) -> str:
        if self._directory is None:
            self._directory = tempfile.TemporaryDirectory()
        self._written += 1
        path = Path(self._directory.name, f"{self._written}.pem")
        path.write_bytes(data)
        return str(path)

    @keyword
    def make_authority(self) -> Authority:
        ca = trustme.CA()
        return Authority(self._write(ca.cert_pem.bytes()), ca)

    @keyword
    def issue_certificate(
        self,
        authority: Authority,
        name: str = "localhost",
        *,
        common_name: str | None = None,
        expired: bool = False,
        password: object = "password",
    ) -> Certificate:
        """The key is there as it is, and encrypted with the password, which may be a secret."""
        leaf = authority.ca.issue_cert(
            name,
            common_name=common_name,
            organization_name="Shop",
            organization_unit_name="Sales",
            not_after=datetime(2001, 1, 1, tzinfo=timezone.utc) if expired else None,
        )
        word = str(getattr(password, "value", password)).encode()
        key = load_pem_private_key(leaf.private_key_pem.bytes(), None)
        locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(word))
        return Certificate(
            self._write(leaf.cert_chain_pems[0].bytes()),
            self._write(leaf.private_key_pem.bytes()),
            self._write(locked),
            self._write(leaf.private_key_and_cert_chain_pem.bytes()),
        )

    @keyword
    def digest_of_key(self, url: str) -> str:
        """The digest by which Chromium can be told to trust the certificate of a server."""
        address = urlsplit(url)
        pem = ssl.get_server_certificate((address.hostname or "", address.port or 443), timeout=10)
        key = load_pem_x509_certificate(pem.encode()).public_key()
        info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(info).digest()).decode()
