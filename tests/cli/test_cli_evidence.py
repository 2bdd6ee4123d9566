"""`sterilog sign`, `export record` and `audit restored`: evidence that somebody else can check."""

import json
import os
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path
from shutil import copyfile

import pytest

from inventory.audit import verify
from inventory.audit.actors import Program
from inventory.audit.operations import record
from inventory.cli.signing import Clerk, signer_of
from inventory.db import begin_write, db
from inventory.people.models import Clinic
from tests.cli.commands import run
from tests.conftest import NOW
from tests.databases import file_app
from tests.factories.people import make_clinic


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the database of one clinic."""
    (tmp_path / "data").mkdir()
    with file_app(tmp_path / "data" / "sterilog.sqlite3").app_context():
        begin_write()
        make_clinic(NOW, name="Clinic North")
        db.session.commit()
        db.engine.dispose()
    return tmp_path / "data"


def _work(folder: Path, acts: int, said: str = "") -> None:
    with file_app(folder / "sterilog.sqlite3").app_context():
        begin_write()
        clinic = db.session.query(Clinic).one()
        for act in range(acts):
            record(Program(clinic.id, clinic.time_zone), "clinic.looked_at", clinic, now=NOW, act=act, said=said)
        db.session.commit()
        db.engine.dispose()


def _exported(folder: Path, target: Path) -> tuple[Path, str]:
    """The export, and its newest checkpoint as an auditor keeps it."""
    result = run("export", "", "record", "--output", str(target), "--data", str(folder))
    assert result.exit_code == 0, result.output
    note = result.stdout.partition("Newest checkpoint:\n\n")[2].rstrip("\n") + "\n"
    return target, note


def _key(folder: Path) -> str:
    return run("audit", "", "key", "--data", str(folder)).stdout.strip()


def test_an_export_is_verified_by_the_program_that_lies_in_it(folder: Path, tmp_path: Path) -> None:
    _work(folder, 130)
    export, note = _exported(folder, tmp_path / "record.zip")
    anchor = tmp_path / "anchor.txt"
    anchor.write_text(note)
    with zipfile.ZipFile(export) as archive:
        archive.extract("verify.py", tmp_path)
    command = [sys.executable, "-I", "verify.py", str(export), "--key", _key(folder), "--anchor", str(anchor)]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "AGREES" in checked.stdout


def test_inv_39_the_same_record_and_checkpoint_make_the_same_file(folder: Path, tmp_path: Path) -> None:
    """What is written down of an export belongs to the next checkpoint, so only the newest entries differ."""
    _work(folder, 20)
    first, _ = _exported(folder, tmp_path / "first.zip")
    second, _ = _exported(folder, tmp_path / "second.zip")
    lines = [zipfile.ZipFile(path).read("log.ndjson").splitlines() for path in (first, second)]
    assert len(lines[1]) == len(lines[0]) + 2
    assert lines[0][2:] == lines[1][3:-1]
    assert json.loads(lines[1][-1])["action"] == "export.made"


@pytest.mark.parametrize("name", ["verify.py", "README.txt", "public_key.txt", "log.ndjson", "SHA256SUMS"])
def test_a_file_changed_inside_an_export_is_found(folder: Path, tmp_path: Path, name: str) -> None:
    _work(folder, 5)
    export, note = _exported(folder, tmp_path / "record.zip")
    with zipfile.ZipFile(export) as archive:
        files = {title: archive.read(title) for title in archive.namelist()}
    files[name] = files[name].replace(b"e", b"3", 1)
    with zipfile.ZipFile(tmp_path / "altered.zip", "w") as archive:
        for title, content in files.items():
            archive.writestr(title, content)
    assert verify.main([str(tmp_path / "altered.zip"), "--key", _key(folder), "--anchor", note]) == 1


def test_an_export_is_recorded_and_signed_as_it_is_made(folder: Path, tmp_path: Path) -> None:
    export, _ = _exported(folder, tmp_path / "record.zip")
    lines = zipfile.ZipFile(export).read("log.ndjson").splitlines()
    header = json.loads(lines[0])
    assert header["records"] == header["size"] == len(lines) - 1 - header["checkpoints"]
    assert json.loads(lines[-1])["action"] == "export.made"


def test_a_restored_database_is_signed_again_only_after_saying_so(folder: Path, tmp_path: Path) -> None:
    path, copy = folder / "sterilog.sqlite3", tmp_path / "copy.sqlite3"
    _work(folder, 10)
    assert run("backup", "", str(copy), "--data", str(folder)).exit_code == 0
    _work(folder, 10, "lost")
    assert run("sign", "", "--data", str(folder)).exit_code == 0
    for beside in folder.glob("sterilog.sqlite3*"):
        beside.unlink()
    copyfile(copy, path)
    _work(folder, 12, "other")
    refused = run("sign", "", "--data", str(folder))
    assert refused.exit_code == 1 and "audit restored" in refused.stderr
    said = run("audit", "", "restored", "--reason", "The disk failed", "--data", str(folder))
    assert said.exit_code == 0 and "epoch 2" in said.stdout
    export, note = _exported(folder, tmp_path / "record.zip")
    held = verify.Held(verify.read_key(_key(folder)))
    held = verify.Held(held.key, (verify.read_anchor(note, held),))
    with verify.opened(export) as file:
        report = verify.verify(verify.lines_of(file), held)
    assert len(report.restores) == 1 and report.matched == 1
    again = run("audit", "", "restored", "--reason", "Once more", "--data", str(folder))
    assert again.exit_code == 1 and "nothing was restored" in again.stderr


def test_the_key_is_for_its_owners_eyes_and_stays_the_same(folder: Path) -> None:
    key = _key(folder)
    path = folder / "signing" / "ed25519_key"
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o400
    assert _key(folder) == key
    raw = verify.read_key(key)
    assert raw[1] == sha256(raw[0].encode() + b"\n\x01" + raw[2].public_bytes_raw()).digest()[:4]


def test_the_clerk_signs_what_waits_and_says_once_what_it_cannot(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _work(folder, 130)
    app = file_app(folder / "sterilog.sqlite3", DATA_DIR=folder)
    with app.app_context():
        clerk, chain = Clerk(app, signer_of(app)), db.session.query(Clinic).one().id
        clerk.look()
        assert signer_of(app).stood(chain).size == 131
        (folder / "signing" / "ed25519_key").unlink()
        db.engine.dispose()
    _work(folder, 130)
    with app.app_context():
        clerk.look()
        clerk.look()
        assert [entry.message for entry in caplog.records if "not signed" in entry.message and "key" in entry.message]
        assert len([entry for entry in caplog.records if "not signed" in entry.message]) == 1
        db.engine.dispose()
