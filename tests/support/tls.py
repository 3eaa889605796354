"""A certificate authority that lives as long as a test run.

    with tempfile.TemporaryDirectory() as where:
        ca = Authority(Path(where))
        Gate(tls=ca.server_context())                   fits 127.0.0.1 and localhost
        Gate(tls=ca.server_context(["example.com"]))    does not
        env["AWS_CA_BUNDLE"] = str(ca.bundle)

Keys are made at run time and never leave the temporary directory.
"""

from __future__ import annotations

import datetime
import ipaddress
import itertools
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_DAY = datetime.timedelta(days=1)


class Authority:
    """A CA with its certificate in `bundle`."""

    def __init__(self, where: Path, name: str = "extpool test authority"):
        self._where, self._numbers = where, itertools.count(1)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        self._certificate = self._build(self._name, self._key, [], _DAY).sign(
            self._key, hashes.SHA256()
        )
        self.bundle = where / "ca.pem"
        self.bundle.write_bytes(_pem(self._certificate))

    def server_context(
        self, names=("127.0.0.1", "localhost"), valid_for: datetime.timedelta = _DAY
    ) -> ssl.SSLContext:
        """For a server whose certificate names these hosts; a negative `valid_for` has run out
        already.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._build(_name(names[0]), key, names, valid_for).sign(
            self._key, hashes.SHA256()
        )
        path = self._where / f"server-{next(self._numbers)}.pem"
        path.touch(mode=0o600)
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + _pem(certificate)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(path)
        return context

    def _build(self, subject, key, names, valid_for) -> x509.CertificateBuilder:
        now = datetime.datetime.utcnow()
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 2 * _DAY)
            .not_valid_after(now + valid_for)
            .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
        )
        if not names:
            return builder.add_extension(
                x509.KeyUsage(False, False, False, False, False, True, True, False, False),
                critical=True,
            )
        return builder.add_extension(
            x509.SubjectAlternativeName([_alternative(n) for n in names]), False
        ).add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
