"""A witness cosigns what goes on from what it saw, and an export with its word is checked by that word."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from inventory.audit import verify
from inventory.audit.canonical import leaf
from inventory.audit.checkpoints import Checkpoint, public_bytes, signed, verifier_key
from inventory.audit.cosigning import UnusableKey, cosigned_at, witness_key, witness_key_of
from inventory.audit.evidence import Noted, part_of_log
from inventory.audit.merkle import Tree
from inventory.audit.witness import Witness
from tests.audit.written import (
    CHAIN,
    FORGER,
    KEY,
    START,
    WITNESS,
    Log,
    chained,
    held_key,
    notes,
    seen_by_a_witness,
)
from tests.pages import PageClient

RECORDS = chained([f"pack {seq}" for seq in range(40)])
OTHERS = chained([f"another pack {seq}" for seq in range(40)])
TREE, OTHER_TREE = (Tree(leaf(text.encode()) for text in records) for records in (RECORDS, OTHERS))


@pytest.fixture
def witness(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Witness:
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)
    found = Witness(tmp_path)
    found.trust("Clinic South", verifier_key(public_bytes(KEY)))
    return found


@pytest.fixture
def asked(app: Flask, witness: Witness):
    client = PageClient(app, app.test_client())

    def ask(size: int, old: int = 0, tree: Tree = TREE, *, key=KEY, proof=None, epoch: int = 1):
        checkpoint = Checkpoint(CHAIN, epoch, size, tree.root(size))
        steps = tree.consistency(old, size) if proof is None and old else proof or []
        lines = [f"old {old}", *(b64encode(step).decode() for step in steps)]
        body = "\n".join(lines) + "\n\n" + signed(checkpoint, key)
        return client.raw("POST", "/witness/add-checkpoint", data=body.encode(), content_type="text/plain")

    return ask


def test_what_goes_on_from_what_was_seen_is_cosigned(asked, witness: Witness) -> None:
    for old, size in ((0, 7), (7, 7), (7, 19), (19, 40)):
        answer = asked(size, old)
        assert answer.status_code == 200, answer.text
        name, line = answer.text.removeprefix("\u2014 ").split()
        by = witness_key_of(witness.public_key)
        assert name == by.name
        assert cosigned_at(Checkpoint(CHAIN, 1, size, TREE.root(size)).text, line, by) is not None
        assert cosigned_at(Checkpoint(CHAIN, 1, size, OTHER_TREE.root(size)).text, line, by) is None


def test_a_record_that_was_rewritten_is_not_cosigned(asked) -> None:
    assert asked(20).status_code == 200
    assert asked(30, 20, OTHER_TREE).status_code == 422
    assert asked(20, 20, OTHER_TREE).status_code == 409
    assert asked(30, 20, proof=TREE.consistency(19, 30)).status_code == 422
    assert asked(30, 20).status_code == 200, "the honest one goes on"


def test_who_is_mistaken_about_what_was_seen_is_told_its_size(asked) -> None:
    asked(20)
    for old in (0, 10, 25):
        answer = asked(30, old)
        assert (answer.status_code, answer.text, answer.mimetype) == (409, "20\n", "text/x.tlog.size")


def test_only_the_keys_that_are_trusted_are_cosigned(
    asked, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked(20, key=FORGER).status_code == 403
    asked(20)
    Witness(tmp_path).trust("Clinic West", verifier_key(public_bytes(FORGER)))
    assert asked(30, 20, key=FORGER).status_code == 403, "a record stays with the key that it came with"
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path / "nobody")
    assert asked(20).status_code == 404


def test_a_later_epoch_is_a_tree_of_its_own_and_ends_the_one_before(asked) -> None:
    asked(30)
    assert asked(12, 0, OTHER_TREE, epoch=2).status_code == 200
    assert asked(40, 30).status_code == 409


def test_a_restored_database_does_not_make_the_witness_forget(asked, tmp_path: Path) -> None:
    asked(30)
    assert json.loads((tmp_path / "witness" / "seen.json").read_text())["seen"]
    assert asked(20).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0",
        b"old 00\n\nsterilog/x/1\n5\nAAAA\n",
        b"old 9\n\n" + signed(Checkpoint(CHAIN, 1, 5, bytes(32)), KEY).encode(),
        b"old 0\n" + b"%%%\n" + b"\n" + signed(Checkpoint(CHAIN, 1, 5, bytes(32)), KEY).encode(),
        b"old 0\n" + b"\n".join([b64encode(bytes(32))] * 64) + b"\n\n" + b"sterilog/" + CHAIN.hex.encode() + b"/1\n5\n",
        b"\xff\x00" * 50,
    ],
    ids=["nothing", "no checkpoint", "zeros", "old beyond new", "no base64", "64 steps", "noise"],
)
def test_what_is_no_request_is_refused(app: Flask, witness: Witness, body: bytes) -> None:
    client = PageClient(app, app.test_client())
    assert client.raw("POST", "/witness/add-checkpoint", data=body).status_code == 400


def test_a_request_as_large_as_a_film_is_refused(app: Flask, witness: Witness) -> None:
    client = PageClient(app, app.test_client())
    assert client.raw("POST", "/witness/add-checkpoint", data=b"old 0\n" * 4000).status_code == 413


def test_keys_of_the_wrong_kind_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UnusableKey):
        Witness(tmp_path).trust("Clinic South", witness_key(WITNESS))
    with pytest.raises(UnusableKey):
        witness_key_of(verifier_key(public_bytes(KEY)))
    assert Witness(tmp_path).trusted() == []


LOG = seen_by_a_witness(Log(RECORDS, notes(RECORDS, (10, 20, 30, 40))))
HELD = replace(held_key(), witnesses=(witness_key(WITNESS),))
PART = b"".join(part_of_log(CHAIN, TREE, LOG.noted, [(3, RECORDS[3])], 1)).split(b"\n")[:-1]


@pytest.mark.parametrize("file", [LOG.file(), PART], ids=["whole", "part"])
def test_the_word_of_a_witness_is_an_anchor_for_who_holds_its_key(file: list[bytes]) -> None:
    assert verify.verify(file, HELD).anchored_to == 40
    assert verify.verify(file, held_key()).matched == 0, "unknown to whoever checks, it is no evidence"


def test_the_owner_of_database_and_key_is_caught_by_a_witness() -> None:
    forged = notes(OTHERS, (10, 20, 30, 40))
    borrowed = tuple(
        Noted(each.checkpoint, each.note, honest.cosigned) for each, honest in zip(forged, LOG.noted, strict=True)
    )
    with pytest.raises(verify.Tampered, match="cosignature is wrong"):
        verify.verify(Log(OTHERS, borrowed).file(), HELD)
    assert verify.verify(Log(OTHERS, forged).file(), HELD).matched == 0
    cut = tuple(each for each in LOG.noted if each.checkpoint.size <= 40)
    with pytest.raises(verify.Tampered, match="entries are missing"):
        verify.verify(Log(RECORDS[:35], cut).file(), HELD)


def test_a_cosignature_says_when_it_was_given() -> None:
    ((key, signature),) = LOG.noted[1].cosigned
    at = cosigned_at(LOG.noted[1].checkpoint.text, signature, witness_key_of(key))
    assert at == START + timedelta(hours=1)
    assert cosigned_at(LOG.noted[1].checkpoint.text, "AAAA", witness_key_of(key)) is None
