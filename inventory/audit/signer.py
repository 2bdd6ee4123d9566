"""The signer: the key, and a file of its own that says how far each record was signed.

It keeps the tree itself and is only ever told of further entries, so it cannot be made to sign a record that does not
go on from what it signed before: not fewer entries, not others in their place. Its folder belongs on another disk
and in other hands than the database where a clinic can do that.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from filelock import FileLock, Timeout

from inventory.audit.canonical import GENESIS
from inventory.audit.checkpoints import Checkpoint, public_bytes, signed, verifier_key
from inventory.audit.evidence import Noted
from inventory.audit.merkle import Frontier
from inventory.errors import DomainError

KEY, HIGH_WATER, LOCK = "ed25519_key", "signed_so_far.json", "lock"
WAIT_SECONDS = 10


class SignerUnavailable(DomainError):
    """The record goes on unsigned; the sentence says what an administrator has to see to."""

    code = "SIGNER_UNAVAILABLE"
    status = 503


class Contradiction(DomainError):
    """The record is not the one that was signed: it was cut, changed or restored from a backup."""

    code = "RECORD_CONTRADICTS"

    def __init__(self, stood: "Stood") -> None:
        super().__init__(
            f"This record does not go on from the {stood.size} entries that were signed. Nothing more is signed. If "
            "the database was restored from a backup, say so: sterilog audit restored. Otherwise it was altered."
        )
        self.stood = stood


@dataclass(frozen=True)
class Stood:
    """How far a record was signed: `head` names its last signed entry."""

    epoch: int
    size: int
    head: bytes
    roots: tuple[bytes, ...]


BEGINNING = Stood(1, 0, GENESIS, ())


class Signer:
    """`folder` is made on first use, with a new key readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def public_key(self) -> str:
        """The line to print and to hand out: `verify.py --key` takes it."""
        with self._held():
            return verifier_key(public_bytes(self._key()))

    def stood(self, chain: UUID) -> Stood:
        return self._stood().get(chain, BEGINNING)

    def sign(self, chain: UUID, head: bytes, since: Iterable[bytes]) -> Noted | None:
        """Sign the leaves that follow what was signed; `head` is the leaf they follow. None where there are none.

        Raises `Contradiction`, `SignerUnavailable`.
        """
        with self._held():
            return self._sign(chain, self.stood(chain), head, since)

    def begin_epoch(self, chain: UUID, leaves: Iterable[bytes], epoch: int | None = None) -> Noted | None:
        """After a restore: begin a new epoch with all entries that are there now. The old one is never signed again.

        `epoch` is its number, by default the next one. Raises `Contradiction` where that was signed already.
        """
        with self._held():
            stood = self.stood(chain)
            if epoch is not None and epoch <= stood.epoch:
                raise Contradiction(stood)
            return self._sign(chain, Stood(epoch or stood.epoch + 1, 0, GENESIS, ()), GENESIS, leaves)

    def _sign(self, chain: UUID, stood: Stood, head: bytes, since: Iterable[bytes]) -> Noted | None:
        key = self._key()
        if head != stood.head:
            raise Contradiction(stood)
        tree, last = Frontier(stood.size, stood.roots), head
        for last in since:
            tree.append(last)
        if tree.size == stood.size:
            return None
        checkpoint = Checkpoint(chain, stood.epoch, tree.size, tree.root())
        # Kept before it is handed out: a signature that is not remembered could be contradicted later.
        self._keep({**self._stood(), chain: Stood(stood.epoch, tree.size, last, tuple(tree.roots))})
        return Noted(checkpoint, signed(checkpoint, key))

    @contextmanager
    def _held(self) -> Iterator[None]:
        """One at a time, also among processes."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(self.folder / LOCK, timeout=WAIT_SECONDS):
                yield
        except (OSError, Timeout) as fault:
            raise SignerUnavailable(
                f"The signer's folder cannot be used: {fault}. The record goes on unsigned."
            ) from fault

    def _key(self) -> Ed25519PrivateKey:
        path = self.folder / KEY
        if not path.exists():
            if (self.folder / HIGH_WATER).exists():
                raise SignerUnavailable(
                    "The signer's key is gone. Put it back from its copy; a new one would prove nothing."
                )
            _written(path, b64encode(os.urandom(32)), 0o400)
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise SignerUnavailable(f"Others can read the signer's key. Take that from them: chmod 400 {path}")
        try:
            return Ed25519PrivateKey.from_private_bytes(b64decode(path.read_bytes(), validate=True))
        except ValueError:
            raise SignerUnavailable("The signer's key is damaged. Put it back from its copy.") from None

    def _stood(self) -> dict[UUID, Stood]:
        path = self.folder / HIGH_WATER
        if not path.exists():
            return {}
        try:
            kept = json.loads(path.read_text())
            return {UUID(chain): _read(stood) for chain, stood in kept.items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SignerUnavailable("The signer's own file is damaged. Put it back from its copy.") from None

    def _keep(self, stood: dict[UUID, Stood]) -> None:
        said = {
            str(chain): {
                "epoch": each.epoch,
                "size": each.size,
                "head": each.head.hex(),
                "roots": [root.hex() for root in each.roots],
            }
            for chain, each in stood.items()
        }
        _written(self.folder / HIGH_WATER, json.dumps(said, indent=1).encode(), 0o600)


def _read(kept: dict[str, object]) -> Stood:
    roots = tuple(bytes.fromhex(root) for root in kept["roots"])  # type: ignore[attr-defined]
    stood = Stood(int(str(kept["epoch"])), int(str(kept["size"])), bytes.fromhex(str(kept["head"])), roots)
    Frontier(stood.size, stood.roots)
    return stood


def _written(path: Path, content: bytes, mode: int) -> None:
    """The whole file or the one before it, also after a power cut."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
