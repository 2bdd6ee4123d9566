"""No altered export is accepted: not one bit, line, cut or splice of it."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from inventory.audit import verify
from inventory.audit.canonical import leaf
from inventory.audit.checkpoints import public_bytes, verifier_key
from inventory.audit.evidence import part_of_log
from inventory.audit.merkle import Tree
from tests.audit.written import CHAIN, KEY, Log, anchor, chained, held_key, receipt, seen_by_a_witness

SIZE = 60
HONEST = seen_by_a_witness(
    Log(chained([f"needle {seq}, Lot \u00c5\u00df" for seq in range(SIZE)])).signed_on(sizes=(20, 40, SIZE))
)
HELD = replace(held_key(), anchors=(anchor(HONEST.noted[1]),), receipts=(receipt(HONEST.records, 31),))
WHOLE = b"\n".join(HONEST.file()) + b"\n"
TREE = Tree(leaf(text.encode()) for text in HONEST.records)
CHOSEN = [(seq, HONEST.records[seq]) for seq in (3, 20, 21, 31, 59)]
PART = b"".join(part_of_log(CHAIN, TREE, HONEST.noted, CHOSEN, len(CHOSEN)))
ALTERATIONS = 5_000


def _accepted(path: Path, content: bytes) -> int:
    path.write_bytes(content)
    return verify.main([str(path), *ARGUMENTS])


ARGUMENTS = [
    "--key",
    verifier_key(public_bytes(KEY)),
    "--anchor",
    HONEST.noted[1].note,
    "--receipt",
    f"{CHAIN}:31:{leaf(HONEST.records[31].encode()).hex()}",
]


@pytest.mark.parametrize("log", [WHOLE, PART], ids=["whole", "part"])
def test_inv_35_an_honest_export_is_accepted(tmp_path: Path, log: bytes) -> None:
    assert _accepted(tmp_path / "log.ndjson", log) == 0


def _flipped(log: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(log))
    return log[:at] + bytes([log[at] ^ (1 << chance.randrange(8))]) + log[at + 1 :]


def _swapped(log: bytes, chance: random.Random) -> bytes:
    lines = log.split(b"\n")
    one, other = chance.sample(range(len(lines) - 1), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _cut(log: bytes, chance: random.Random) -> bytes:
    return log[: chance.randrange(len(log))]


def _dropped(log: bytes, chance: random.Random) -> bytes:
    lines = log.split(b"\n")
    del lines[chance.randrange(len(lines) - 1)]
    return b"\n".join(lines)


def _doubled(log: bytes, chance: random.Random) -> bytes:
    lines = log.split(b"\n")
    at = chance.randrange(len(lines) - 1)
    return b"\n".join([*lines[:at], lines[at], *lines[at:]])


def _noise(log: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(log)), chance.randrange(1, 40)
    return log[:at] + chance.randbytes(length) + log[at:]


WAYS = (_flipped, _flipped, _flipped, _swapped, _cut, _dropped, _doubled, _noise)


@pytest.mark.parametrize("log", [WHOLE, PART], ids=["whole", "part"])
def test_inv_35_no_alteration_is_accepted(tmp_path: Path, log: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    chance, accepted = random.Random(20261127), []
    path = tmp_path / "log.ndjson"
    for number in range(ALTERATIONS):
        altered = WAYS[number % len(WAYS)](log, chance)
        if altered != log and _accepted(path, altered) == 0:
            accepted.append(number)
    assert accepted == []
    assert "Traceback" not in capsys.readouterr().err


def test_two_logs_spliced_together_are_not_accepted(tmp_path: Path) -> None:
    other = Log(chained([f"other {seq}" for seq in range(SIZE)])).signed_on(sizes=(20, 40, SIZE))
    mine, theirs = WHOLE.split(b"\n"), other.file()
    for at in (1, 4, 30, 50, SIZE):
        assert _accepted(tmp_path / "log.ndjson", b"\n".join([*mine[:at], *theirs[at:], b""])) == 1


@pytest.mark.parametrize("number", range(50))
def test_a_file_of_noise_is_no_log(tmp_path: Path, number: int) -> None:
    chance = random.Random(number)
    assert _accepted(tmp_path / "log.ndjson", chance.randbytes(chance.randrange(4000))) == 1


@pytest.mark.parametrize("given", [[], ARGUMENTS[:2], ARGUMENTS[2:]], ids=["nothing", "key alone", "no key"])
def test_a_log_seen_alone_is_never_called_valid(
    tmp_path: Path, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "log.ndjson"
    path.write_bytes(WHOLE)
    assert verify.main([str(path), *given]) == 2
    assert "NOT ENOUGH TO TELL" in capsys.readouterr().out


def test_a_part_tells_nothing_of_what_is_withheld() -> None:
    withheld = [text for seq, text in enumerate(HONEST.records) if seq not in dict(CHOSEN)]
    assert not [text for text in withheld if text.encode() in PART]


def test_an_anchor_that_the_part_has_no_proof_for_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    elsewhere = HONEST.signed_on(sizes=(33,)).noted[0]
    path = tmp_path / "log.ndjson"
    path.write_bytes(PART)
    assert verify.main([str(path), *ARGUMENTS[:2], "--anchor", elsewhere.note]) == 2
    assert "no proof for it" in capsys.readouterr().out


@pytest.mark.parametrize(
    "given",
    [["--key", "nonsense"], ["--anchor", "nonsense"], ["--receipt", "1:2:3"], ["--unknown"], ["--key"]],
    ids=str,
)
def test_what_cannot_be_used_is_told_apart_from_a_fault_of_the_log(tmp_path: Path, given: list[str]) -> None:
    path = tmp_path / "log.ndjson"
    path.write_bytes(WHOLE)
    assert verify.main([str(path), *given]) == 3
