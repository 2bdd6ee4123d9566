"""A log as an honest clinic writes it, and what is kept of it elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inventory.audit import verify
from inventory.audit.canonical import canonical, leaf
from inventory.audit.checkpoints import Checkpoint, public_bytes, signed, verifier_key
from inventory.audit.cosigning import cosigned, witness_key
from inventory.audit.evidence import Noted, whole_log
from inventory.audit.merkle import Frontier

CHAIN = UUID("01932f6e-0000-7000-8000-000000000001")
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
FORGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
EVERY = 100


@dataclass(frozen=True)
class Log:
    """Entries as they are stored, and the notes that were signed over them."""

    records: tuple[str, ...]
    noted: tuple[Noted, ...] = ()
    key: Ed25519PrivateKey = field(default=KEY, repr=False)

    def file(self) -> list[bytes]:
        lines = b"".join(whole_log(CHAIN, len(self.records), self.noted, self.records))
        return lines.split(b"\n")[:-1]

    def unsigned(self) -> "Log":
        return replace(self, noted=())

    def signed_on(self, *, sizes: Iterable[int] | None = None) -> "Log":
        """The same entries with a checkpoint at every hundredth and the given sizes."""
        return replace(self, noted=notes(self.records, sizes or range(EVERY, len(self.records) + 1, EVERY), self.key))


def entry(seq: int, previous: bytes, said: str = "") -> str:
    return canonical(
        {
            "v": 1,
            "chain": CHAIN,
            "seq": seq,
            "prev": previous.hex(),
            "at": START + timedelta(seconds=seq),
            "actor": {"id": None, "name": "Nora Nurse"},
            "action": "pack.opened",
            "subject": {"kind": "pack", "id": UUID(int=seq)},
            "changes": [],
            "facts": {"said": said or f"pack {seq}"},
        }
    ).decode()


def chained(said: Sequence[str]) -> tuple[str, ...]:
    """Entries that say so, each following the one before it."""
    records, previous = [], bytes(32)
    for seq, words in enumerate(said):
        records.append(entry(seq, previous, words))
        previous = leaf(records[-1].encode())
    return tuple(records)


def notes(records: Sequence[str], sizes: Iterable[int], key: Ed25519PrivateKey = KEY) -> tuple[Noted, ...]:
    wanted, tree, found = set(sizes), Frontier(), []
    for text in records:
        tree.append(leaf(text.encode()))
        if tree.size in wanted:
            checkpoint = Checkpoint(CHAIN, 1, tree.size, tree.root())
            found.append(Noted(checkpoint, signed(checkpoint, key)))
    return tuple(found)


def seen_by_a_witness(log: Log) -> Log:
    """Each second checkpoint cosigned by `WITNESS`."""

    def seen(noted: Noted) -> Noted:
        signature = cosigned(noted.checkpoint.text, WITNESS, START + timedelta(hours=1))
        return replace(noted, cosigned=((witness_key(WITNESS), signature),))

    return replace(log, noted=tuple(seen(each) if at % 2 else each for at, each in enumerate(log.noted)))


def receipt(records: Sequence[str], seq: int) -> verify.Receipt:
    return verify.Receipt(str(CHAIN), seq, leaf(records[seq].encode()).hex())


def held_key(key: Ed25519PrivateKey = KEY) -> verify.Held:
    return verify.Held(verify.read_key(verifier_key(public_bytes(key))))


def anchor(noted: Noted) -> verify.Checkpoint:
    return verify.read_anchor(noted.note, held_key())
