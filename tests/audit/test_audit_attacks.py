"""Eighteen attacks on a log against four levels of evidence; what is missed is stated as plainly as what is found.

The table is that of the design: a chain alone, with signed checkpoints, with one checkpoint kept outside, and with
receipts that phones keep. Cells say at which levels the attack is found.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest

from inventory.audit import verify
from tests.audit.written import FORGER, Log, anchor, chained, held_key, notes, receipt

ENTRIES, SIGNED, ANCHORED = 2037, 2000, 1500
LEVELS = ("chain", "checkpoints", "anchor", "receipts")
RECEIPTS = (120, 640, 1450, 1711, 1999, 2033)
SAID = tuple(f"pack {seq}" for seq in range(ENTRIES))
HONEST = Log(chained(SAID)).signed_on()


def _said(changed: dict[int, str]) -> list[str]:
    return [changed.get(seq, words) for seq, words in enumerate(SAID)]


def _recomputed(said: Sequence[str]) -> Log:
    """By somebody with the database and no key: the chain is made anew, the signed notes stay."""
    return Log(chained(said), HONEST.noted)


def _resigned(said: Sequence[str]) -> Log:
    """By the owner of database, key and signer: everything is made anew."""
    return Log(chained(said)).signed_on()


def _cut(size: int, *, notes_to: int | None = None) -> Log:
    kept = tuple(each for each in HONEST.noted if each.checkpoint.size <= (notes_to or ENTRIES))
    return Log(HONEST.records[:size], kept)


def _in_place(change: Callable[[list[str]], None]) -> Log:
    records = list(HONEST.records)
    change(records)
    return Log(tuple(records), HONEST.noted)


def _edit(records: list[str]) -> None:
    records[900] = records[900].replace("pack 900", "pack 901")


def _delete(records: list[str]) -> None:
    del records[900]


def _restored(size: int) -> Log:
    """The database of an earlier day put back, signer and all, and the work of another afternoon written on it."""
    return _resigned([*SAID[:size], *(f"another pack {seq}" for seq in range(size, ENTRIES))])


@dataclass(frozen=True)
class Attack:
    log: Log
    found: str
    """The levels at which it is found, as their first letters."""


NEVER, ALL = "", "c s a r"
ATTACKS = {
    "edit one entry in place": Attack(_in_place(_edit), ALL),
    "edit, recompute the chain": Attack(_recomputed(_said({900: "another"})), "s a r"),
    "delete in the middle, in place": Attack(_in_place(_delete), ALL),
    "delete in the middle, recompute": Attack(_recomputed(SAID[:900] + SAID[901:]), "s a r"),
    "insert, recompute": Attack(_recomputed([*SAID[:900], "one more", *SAID[900:]]), "s a r"),
    "reorder, recompute": Attack(_recomputed(_said({900: SAID[901], 901: SAID[900]})), "s a r"),
    "cut off the unsigned entries": Attack(_cut(SIGNED), "r"),
    "edit among the unsigned, recompute": Attack(_recomputed(_said({2020: "another"})), "r"),
    "cut, leaving the checkpoints": Attack(_cut(1700), "s a r"),
    "cut to 1,700 with its checkpoints": Attack(_cut(1700, notes_to=1700), "r"),
    "cut to 1,400 with its checkpoints": Attack(_cut(1400, notes_to=1400), "a r"),
    "drop all checkpoints, edit, recompute": Attack(_recomputed(_said({900: "another"})).unsigned(), "s a r"),
    "restore 1,700 and sign on": Attack(_restored(1700), "r"),
    "restore 1,400 and sign on": Attack(_restored(1400), "a r"),
    "the owner edits entry 900 and signs anew": Attack(_resigned(_said({900: "another"})), "a r"),
    "the owner edits entry 1,600 and signs anew": Attack(_resigned(_said({1600: "another"})), "r"),
    "a forger signs with a key of their own": Attack(
        Log(chained(_said({900: "another"})), key=FORGER).signed_on(), "s a r"
    ),
    "an act that was never captured": Attack(HONEST, NEVER),
}


def _evidence(level: str) -> verify.Held:
    held = held_key() if level != "chain" else verify.Held()
    if level in ("anchor", "receipts"):
        (kept,) = (each for each in HONEST.noted if each.checkpoint.size == ANCHORED)
        held = replace(held, anchors=(anchor(kept),))
    if level == "receipts":
        held = replace(held, receipts=tuple(receipt(HONEST.records, seq) for seq in RECEIPTS))
    return held


def _is_found(log: Log, level: str) -> bool:
    try:
        verify.verify((log if level != "chain" else log.unsigned()).file(), _evidence(level))
    except verify.Tampered:
        return True
    return False


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_found_where_the_design_says_and_nowhere_else(name: str, level: str) -> None:
    letter = {"chain": "c", "checkpoints": "s", "anchor": "a", "receipts": "r"}[level]
    assert _is_found(ATTACKS[name].log, level) is (letter in ATTACKS[name].found.split())


@pytest.mark.parametrize("level", LEVELS)
def test_an_honest_log_passes_at_every_level(level: str) -> None:
    assert not _is_found(HONEST, level)


def test_the_table_counts_what_each_level_misses() -> None:
    """16, 9, 6 and 1 of 18, as measured for the design."""
    missed = [sum(letter not in attack.found.split() for attack in ATTACKS.values()) for letter in "csar"]
    assert (len(ATTACKS), missed) == (18, [16, 9, 6, 1])


def test_a_newer_anchor_narrows_what_the_owner_can_rewrite() -> None:
    """The age of the newest checkpoint kept outside is the window in which the owner can rewrite."""
    (newest,) = notes(HONEST.records, [SIGNED])
    held = replace(held_key(), anchors=(anchor(newest),))
    with pytest.raises(verify.Tampered, match="anchor"):
        verify.verify(ATTACKS["the owner edits entry 1,600 and signs anew"].log.file(), held)
