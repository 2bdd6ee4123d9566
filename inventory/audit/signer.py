"""The signer: the key, and a file of its own that says how far each record was signed.

It keeps the tree itself and is only ever told of further entries, so it cannot be made to sign a record that does not
go on from what it signed before: not fewer entries, not others in their place. Its folder belongs on another disk
and in other hands than the database where a clinic can do that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from inventory.audit.canonical import GENESIS
from inventory.audit.checkpoints import Checkpoint, public_bytes, signed, verifier_key
from inventory.audit.evidence import Noted
from inventory.audit.keyholding import KeyHolder
from inventory.audit.merkle import Frontier
from inventory.errors import DomainError

HIGH_WATER = "signed_so_far.json"


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
        self._holder = KeyHolder(folder, HIGH_WATER, "signer")

    @property
    def public_key(self) -> str:
        """The line to print and to hand out: `verify.py --key` takes it."""
        with self._holder.held():
            return verifier_key(public_bytes(self._holder.key()))

    def stood(self, chain: UUID) -> Stood:
        return self._stood().get(chain, BEGINNING)

    def sign(self, chain: UUID, head: bytes, since: Iterable[bytes]) -> Noted | None:
        """Sign the leaves that follow what was signed; `head` is the leaf they follow. None where there are none.

        Raises `Contradiction`, `KeyUnavailable`.
        """
        with self._holder.held():
            return self._sign(chain, self.stood(chain), head, since)

    def begin_epoch(self, chain: UUID, leaves: Iterable[bytes], epoch: int | None = None) -> Noted | None:
        """After a restore: begin a new epoch with all entries that are there now. The old one is never signed again.

        `epoch` is its number, by default the next one. Raises `Contradiction` where that was signed already.
        """
        with self._holder.held():
            stood = self.stood(chain)
            if epoch is not None and epoch <= stood.epoch:
                raise Contradiction(stood)
            return self._sign(chain, Stood(epoch or stood.epoch + 1, 0, GENESIS, ()), GENESIS, leaves)

    def _sign(self, chain: UUID, stood: Stood, head: bytes, since: Iterable[bytes]) -> Noted | None:
        key = self._holder.key()
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

    def _stood(self) -> dict[UUID, Stood]:
        try:
            return {UUID(chain): _read(stood) for chain, stood in self._holder.said().items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise self._holder.damaged() from None

    def _keep(self, stood: dict[UUID, Stood]) -> None:
        self._holder.keep(
            {
                str(chain): {
                    "epoch": each.epoch,
                    "size": each.size,
                    "head": each.head.hex(),
                    "roots": [root.hex() for root in each.roots],
                }
                for chain, each in stood.items()
            }
        )


def _read(kept: dict[str, object]) -> Stood:
    roots = tuple(bytes.fromhex(root) for root in kept["roots"])  # type: ignore[attr-defined]
    stood = Stood(int(str(kept["epoch"])), int(str(kept["size"])), bytes.fromhex(str(kept["head"])), roots)
    Frontier(stood.size, stood.roots)
    return stood
