"""A certificate authority of the clinic's own machine, and the certificate it gives the server.

Phones allow the camera and offline work by HTTPS only, and no public authority signs for a private address. What a
phone is asked to trust is kept small: this authority can vouch for private addresses and names of the local network
alone (RFC 5280, 4.2.1.10), for servers alone, and its key never leaves the data folder.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from inventory.errors import DomainError

NETWORKS = tuple(
    ip_network(network)
    for network in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8"),
        *("fc00::/7", "fe80::/10", "::1/128"),
    )
)
"""Addresses that are never somebody's on the internet (RFC 1918, 3927, 4193, 4291)."""
DOMAINS = ("local", "localhost", "home.arpa", "internal")
"""Names no public server can have (RFC 6762, 6761, 8375; ICANN 2024). A machine's bare name, such as dev, is none."""
AUTHORITY_LIFE = timedelta(days=3652)
SERVER_LIFE = timedelta(days=397)
"""Safari refuses a server's certificate of more than 398 days from public authorities, 825 from others."""
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock before it has lost its battery: a certificate of that day would be refused by every phone."""
RENEWED_BEFORE = timedelta(days=90)
"""So long before its end it is made anew at a start."""
LEEWAY = timedelta(days=1)
"""Certificates begin in the past: a phone's clock may be slow."""
LONGEST_NAME = 40
"""Characters of the machine's name in the authority's; the whole has room for 64."""


class ClockIsWrong(DomainError):
    """The present moment comes before `earliest`, when the authority, or this program, was made."""

    def __init__(self, now: datetime, earliest: datetime) -> None:
        super().__init__(
            f"The clock of this machine says {now:%Y-%m-%d %H:%M} UTC, which cannot be: it is after "
            f"{earliest:%Y-%m-%d}. Set the clock right, then start again."
        )


class AuthorityEnded(DomainError):
    """Ten years are over, or the clock is far ahead."""

    def __init__(self, now: datetime, ended: datetime, folder: Path) -> None:
        super().__init__(
            f"The clock of this machine says {now:%Y-%m-%d}, but its certificate authority ended on {ended:%Y-%m-%d}. "
            f"If the clock is right, remove {folder} and start again; every phone must then trust the new one."
        )


class AuthorityUnreadable(DomainError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} holds no key with its certificate. Bring it back from a backup, or remove it; every phone must "
            "then trust the new one."
        )


@dataclass(frozen=True)
class Names:
    """By what a server is called: addresses and names of the local network."""

    addresses: tuple[IPv4Address, ...]
    hosts: tuple[str, ...]


@dataclass(frozen=True)
class Signed:
    """A certificate with its key, and the file that holds both."""

    path: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def fingerprint(self) -> str:
        """SHA-256, as browsers and phones show it: AB:CD:..."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def is_local(address: IPv4Address) -> bool:
    """Whether the authority may vouch for it."""
    return any(address in network for network in NETWORKS)


def authority_in(folder: Path, machine: str, now: datetime) -> Signed:
    """The authority kept in `folder`, made on first use and named after the machine. Raises what is defined here."""
    path = folder / "authority.pem"
    if now < EARLIEST:
        raise ClockIsWrong(now, EARLIEST)
    if not path.exists():
        _write(path, *_new_authority(machine, now))
    try:
        found = _read(path)
    except ValueError:
        raise AuthorityUnreadable(path) from None
    if now < found.certificate.not_valid_before_utc:
        raise ClockIsWrong(now, found.certificate.not_valid_before_utc + LEEWAY)
    if now >= found.certificate.not_valid_after_utc:
        raise AuthorityEnded(now, found.certificate.not_valid_after_utc, folder)
    return found


def server_in(folder: Path, names: Names, authority: Signed, now: datetime) -> Signed:
    """The server's certificate for exactly `names`; made anew when they changed, or when it is near its end."""
    path = folder / "server.pem"
    if path.exists():
        try:
            found = _read(path)
        except ValueError:
            found = None
        if found and _serves(found.certificate, names, authority, now):
            return found
    _write(path, *_new_server(names, authority, now))
    return _read(path)


def _serves(certificate: x509.Certificate, names: Names, authority: Signed, now: datetime) -> bool:
    try:
        certificate.verify_directly_issued_by(authority.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return set(said) == set(_said(names)) and begins <= now < ends - RENEWED_BEFORE


def _new_authority(machine: str, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    # iOS lists an authority for trust only if it has a common name.
    name = _name(f"Sterilog on {machine[:LONGEST_NAME]}, {now:%Y-%m-%d}")
    permitted = [*map(x509.DNSName, DOMAINS), *map(x509.IPAddress, NETWORKS)]
    builder = (
        _begun(name, name, key, now - LEEWAY, now + AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    return builder.sign(key, hashes.SHA256()), key


def _new_server(names: Names, authority: Signed, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate
    ends = min(now - LEEWAY + SERVER_LIFE, issuer.not_valid_after_utc)
    signed_by = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        _begun(_name("Sterilog"), issuer.subject, key, now - LEEWAY, ends)
        .add_extension(x509.SubjectAlternativeName(_said(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(signed_by), critical=False)
    )
    return builder.sign(authority.key, hashes.SHA256()), key


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Sterilog"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _said(names: Names) -> list[x509.GeneralName]:
    return [*map(x509.DNSName, names.hosts), *map(x509.IPAddress, names.addresses)]


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _read(path: Path) -> Signed:
    """Raises `ValueError`."""
    content = path.read_bytes()
    key = serialization.load_pem_private_key(content, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("another kind of key")
    return Signed(path, x509.load_pem_x509_certificate(content), key)


def _write(path: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    """Both in one file, whole or not at all, for its owner's eyes only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
