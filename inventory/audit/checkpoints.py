"""Signed checkpoints of a chain, in the form of C2SP tlog-checkpoint: a signed note with Ed25519. Pure.

A checkpoint says: this chain had so many entries, and this was the root over them. Anybody can keep one (on paper, in
a mail, on a phone) and hold a later log against it.
"""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\x01"
"""The signature type of the signed-note form."""
SIGNED_EVERY = 100
"""Entries: the record is never signed further behind while the program runs."""
SIGNED_WITHIN_SECONDS = 60


@dataclass(frozen=True)
class Checkpoint:
    """Where a chain stood. `epoch` counts its restores from a backup, from 1."""

    chain: UUID
    epoch: int
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{origin(self.chain, self.epoch)}\n{self.size}\n{b64encode(self.root).decode()}\n"


def origin(chain: UUID, epoch: int) -> str:
    return f"sterilog/{chain.hex}/{epoch}"


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_name(public: bytes) -> str:
    """How an installation's key is named in its signatures: by its own fingerprint, so no name can be borrowed."""
    return f"sterilog/{sha256(public).hexdigest()[:16]}"


def verifier_key(public: bytes) -> str:
    """The public key as one line to print and to hand out: name, key id, and type and key in base64."""
    return f"{key_name(public)}+{_key_id(public).hex()}+{b64encode(ED25519 + public).decode()}"


def signed(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The note: the checkpoint's text, an empty line, and the signature over the text."""
    public = public_bytes(key)
    signature = b64encode(_key_id(public) + key.sign(checkpoint.text.encode())).decode()
    return f"{checkpoint.text}\n\u2014 {key_name(public)} {signature}\n"


def _key_id(public: bytes) -> bytes:
    return sha256(key_name(public).encode() + b"\n" + ED25519 + public).digest()[:4]
