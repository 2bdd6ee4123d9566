"""The log as a file that proves itself with `verify.py`: a header, checkpoints, then entries, a line each. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from inventory.audit.canonical import canonical
from inventory.audit.checkpoints import Checkpoint
from inventory.audit.merkle import Tree


@dataclass(frozen=True)
class Noted:
    """A checkpoint with the signed note that says it."""

    checkpoint: Checkpoint
    note: str
    cosigned: tuple[tuple[str, str], ...] = ()
    """What witnesses say of it: public key and signature of each."""


def whole_log(chain: UUID, size: int, noted: Sequence[Noted], records: Iterable[str]) -> Iterator[bytes]:
    """The first `size` entries, each with the exact bytes that were hashed."""
    yield _line(_header("whole", chain, size, size, noted))
    for each in noted:
        yield _line(_noted(each, []))
    for text in records:
        yield text.encode() + b"\n"


def part_of_log(
    chain: UUID, tree: Tree, noted: Sequence[Noted], chosen: Iterable[tuple[int, str]], count: int
) -> Iterator[bytes]:
    """`count` chosen entries (number and text), each with its proof; of the others nothing can be learned.

    The newest of `noted` is the checkpoint they are proven against; the earlier ones come with proofs that it
    extends them, so that whoever keeps one of those can tell.
    """
    newest = noted[-1].checkpoint
    yield _line(_header("part", chain, newest.size, count, noted))
    for each in noted:
        # A checkpoint from before a restore is no beginning of what came after it.
        same = each.checkpoint.epoch == newest.epoch
        proof = tree.consistency(each.checkpoint.size, newest.size) if same else []
        yield _line(_noted(each, [step.hex() for step in proof]))
    for index, text in chosen:
        path = [step.hex() for step in tree.inclusion(index, newest.size)]
        yield _line({"index": index, "path": path, "record": text})


def _header(kind: str, chain: UUID, size: int, records: int, noted: Sequence[Noted]) -> dict[str, object]:
    return {
        "sterilog": kind,
        "v": 1,
        "chain": chain,
        "size": size,
        "records": records,
        "checkpoints": len(noted),
    }


def _noted(noted: Noted, proof: list[str]) -> dict[str, object]:
    said: dict[str, object] = {"note": noted.note, "proof": proof}
    cosigned = [{"key": key, "signature": signature} for key, signature in noted.cosigned]
    return {**said, "cosigned": cosigned} if cosigned else said


def _line(found: dict[str, object]) -> bytes:
    return canonical(found) + b"\n"
