"""`sterilog init`, `audit verify`, `export log` and `labels` on a clinic's own database file."""

import csv
import json
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from inventory import sqlite
from inventory.audit.actors import Program
from inventory.audit.models import AuditEntry
from inventory.audit.queries import verify
from inventory.clock import utc_now
from inventory.compliance.models import Policy
from inventory.db import begin_write, db
from inventory.people.models import Clinic, Membership, Person, Role
from inventory.people.passwords import matches
from tests.cli.commands import run
from tests.databases import SETTINGS, file_app
from tests.factories.packs import make_packs
from tests.factories.people import make_clinic
from tests.factories.stock import make_location, make_lot

GIVEN = ("--administrator", "Ada Admin", "--email", "Ada@Clinic.example", "--password", "a quite long sentence of hers")


def _init(folder: Path, *options: str, name: str = "Clinic North", zone: str = "Europe/Brussels"):
    given = dict(zip(GIVEN[::2], GIVEN[1::2], strict=True)) | dict(zip(options[::2], options[1::2], strict=True))
    spread = [part for pair in given.items() for part in pair]
    return run("init", "", "--clinic", name, "--time-zone", zone, *spread, "--data", str(folder))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a clinic made by the command itself."""
    assert _init(tmp_path / "data").exit_code == 0
    return tmp_path / "data"


def _opened(folder: Path) -> Flask:
    return file_app(folder / "sterilog.sqlite3")


def _refused(result, code: int, *words: str) -> None:
    assert result.exit_code == code, result.output
    assert "Error: " in result.stderr and not result.stdout, result.output
    assert all(word in result.stderr for word in words), result.stderr


def test_a_new_clinic_has_a_policy_an_administrator_and_a_whole_record(folder: Path) -> None:
    with _opened(folder).app_context():
        clinic = db.session.scalars(select(Clinic)).one()
        person, membership = db.session.scalars(select(Person)).one(), db.session.scalars(select(Membership)).one()
        assert (clinic.name, clinic.time_zone) == ("Clinic North", "Europe/Brussels")
        assert (person.email, membership.role) == ("ada@clinic.example", Role.ADMINISTRATOR)
        assert matches(GIVEN[5], person.password)
        assert db.session.scalars(select(Policy)).one().number == 1
        assert verify(clinic.id).whole


def test_what_is_missing_for_a_clinic_is_asked_for(tmp_path: Path) -> None:
    password = GIVEN[5]
    sent = f"North\n\nAda\na@b.example\n{password}\n{password}\n"
    result = run("init", sent, "--data", str(tmp_path))
    assert result.exit_code == 0 and "North is ready" in result.stdout and password not in result.output


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--password", "short"), "12"),
        (("--email", "nobody"), "no e-mail"),
        (("--email", " "), "--email"),
        (("--administrator", ""), "--administrator"),
        (("--administrator", "A" * 81), "--administrator"),
        (("--administrator", "A\nB"), "--administrator"),
    ],
)
def test_an_administrator_nobody_could_be_is_wrong_usage_and_founds_no_clinic(
    tmp_path: Path, options: tuple[str, str], word: str
) -> None:
    _refused(_init(tmp_path, *options), 2, word)
    assert run("audit", "", "verify", "--data", str(tmp_path)).exit_code != 0


def test_a_time_zone_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    _refused(_init(tmp_path, zone="Brussels"), 2, "time zone")


def test_a_second_clinic_needs_another_name_and_another_administrator(folder: Path) -> None:
    _refused(_init(folder), 1, "There is a clinic Clinic North already")
    _refused(_init(folder, name="Clinic South"), 1, "signs in already")
    assert _init(folder, "--email", "zoe@south.example", name="Clinic South").exit_code == 0
    said = run("audit", "", "verify", "--data", str(folder)).stdout
    assert [line.split(":")[0] for line in said.splitlines()] == ["Clinic North", "Clinic South"]


@pytest.mark.parametrize(
    "command",
    [("audit", "verify"), ("export", "log", "--output", "x.csv"), ("labels", "--output", "x.pdf"), ("backup", "x.db")],
    ids=" ".join,
)
def test_a_command_that_reads_makes_no_database_where_there_is_none(
    tmp_path: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _refused(run(command[0], "", *command[1:], "--data", str(tmp_path / "no such")), 2, "There is no database")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"not a database at all, but a text" * 100], ids=["empty", "text"])
def test_a_file_that_is_no_database_of_ours_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sterilog.sqlite3").write_bytes(content)
    _refused(run("audit", "", "verify", "--data", str(tmp_path)), 1, "The database cannot be used")


def test_what_is_no_database_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "sterilog.sqlite3").write_bytes(b"not a database at all, but a text" * 100)
    _refused(run("serve", "", "--data", str(tmp_path)), 1, "The database cannot be used")


def test_the_folder_named_goes_before_the_database_of_the_settings(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STERILOG_DATABASE_URL", "sqlite:////nowhere/at/all.sqlite3")
    assert run("audit", "", "verify", "--data", str(folder)).exit_code == 0
    _refused(run("audit", "", "verify"), 1, "The database cannot be used")


@pytest.mark.parametrize("url", ["nonsense", "oracle://x", "sqlite+nothing:///x"])
def test_settings_that_cannot_be_used_are_wrong_usage(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STERILOG_SECRET_KEY", str(SETTINGS["SECRET_KEY"]))
    monkeypatch.setenv("STERILOG_DATABASE_URL", url)
    _refused(run("audit", "", "verify"), 2, "settings cannot be used")


def test_a_database_without_any_clinic_is_not_called_verified(tmp_path: Path) -> None:
    file_app(tmp_path / "sterilog.sqlite3")
    _refused(run("audit", "", "verify", "--data", str(tmp_path)), 1, "nothing was verified")


def test_of_two_chains_the_broken_one_is_named_and_the_whole_one_too(folder: Path) -> None:
    assert _init(folder, "--email", "zoe@south.example", name="Clinic South").exit_code == 0
    connection = sqlite.driver.connect(folder / "sterilog.sqlite3", isolation_level=None)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    chain = connection.execute("SELECT id FROM clinic WHERE name = 'Clinic South'").fetchone()[0]
    connection.execute("UPDATE audit_entry SET actor_name = 'X' WHERE seq = 1 AND chain = ?", (chain,))
    connection.close()
    result = run("audit", "", "verify", "--data", str(folder))
    north, south = result.stdout.splitlines()
    assert "whole" in north and "BROKEN at entry 1" in south and result.exit_code == 1


def test_the_checksum_of_an_export_stands_in_the_record(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "log.csv"
    result = run("export", "", "log", "--data", str(folder), "--output", str(output))
    checksum = sha256(output.read_bytes()).hexdigest()
    assert result.exit_code == 0 and f"0 rows, SHA-256 {checksum}" in result.stdout
    assert next(csv.reader(output.read_text("utf-8").splitlines()))[0] == "session"
    with _opened(folder).app_context():
        last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
        assert last is not None and last.action == "export.finished"
        fields = json.loads(last.record)["changes"][0]["fields"]
        assert fields["sha256"][1] == checksum and fields["row_count"][1] == 0


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl", "pdf"])
@pytest.mark.parametrize("view", ["events", "sessions"])
def test_the_log_is_written_in_every_form_and_shape_and_the_record_says_so(
    folder: Path, tmp_path: Path, form: str, view: str
) -> None:
    output = tmp_path / f"log.{form}"
    narrowed = ("--format", form, "--view", view, "--from", "2026-01-01", "--flag", "any", "--code", "AB")
    result = run("export", "", "log", *narrowed, "--data", str(folder), "--output", str(output))
    assert result.exit_code == 0, result.output
    begins = {"csv": b"session,", "xlsx": b"PK", "jsonl": b"", "pdf": b"%PDF"}[form]
    assert output.read_bytes().startswith(begins)
    with _opened(folder).app_context():
        last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
        facts = json.loads(last.record)["facts"]
        assert (facts["format"], facts["shape"]) == (form, view)
        assert json.loads(facts["filters"]) == {"code": "AB", "first_day": "2026-01-01", "flag": "any"}


def test_a_room_or_gun_that_is_not_there_is_wrong_usage(folder: Path, tmp_path: Path) -> None:
    export = ("log", "--data", str(folder), "--output", str(tmp_path / "a.csv"))
    _refused(run("export", "", *export, "--room", "Attic"), 2, "no room named Attic")
    _refused(run("export", "", *export, "--gun", "S-0"), 2, "no gun with serial number S-0")
    _refused(run("export", "", *export, "--code", "x"), 2, "at least the first")


def test_an_export_of_a_turned_range_or_to_nowhere_is_wrong_usage_and_leaves_no_file(
    folder: Path, tmp_path: Path
) -> None:
    export = ("log", "--data", str(folder), "--output")
    turned = ("--from", "2026-11-02", "--to", "2026-11-01")
    _refused(run("export", "", *export, str(tmp_path / "a.csv"), *turned), 2, "first day")
    _refused(run("export", "", *export, str(tmp_path / "no" / "a.csv")), 2, "no")
    _refused(run("export", "", *export, str(tmp_path / "a.csv"), "--from", "yesterday"), 2, "--from")
    _refused(run("export", "", *export, str(tmp_path / "a.csv"), "--clinic", "Elsewhere"), 2, "Clinic North")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def _packs(folder: Path, count: int) -> None:
    with _opened(folder).app_context():
        begin_write()
        clinic, now = db.session.scalars(select(Clinic)).one(), utc_now()
        by = Program(clinic.id, clinic.time_zone)
        store = make_location(by, now)
        make_packs(by, now, make_lot(by, now, location=store), store, count, labelled=False)
        db.session.commit()


def test_labels_are_written_for_every_pack_that_waits(folder: Path, tmp_path: Path) -> None:
    _packs(folder, 3)
    output = tmp_path / "labels.pdf"
    result = run("labels", "", "--data", str(folder), "--output", str(output))
    assert result.exit_code == 0 and "3 labels" in result.stdout and output.read_bytes().startswith(b"%PDF")


def test_labels_that_cannot_be_written_leave_the_file_of_before(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "labels.pdf"
    output.write_bytes(b"of before")
    labels = ("--data", str(folder), "--output", str(output))
    _refused(run("labels", "", *labels), 1, "No pack waits")
    _packs(folder, 1)
    _refused(run("labels", "", *labels, "--start", "22"), 2, "22")
    _refused(run("labels", "", *labels, "--medium", "napkin"), 2, "avery")
    assert output.read_bytes() == b"of before"


def test_with_several_clinics_one_must_be_named(folder: Path, tmp_path: Path) -> None:
    with _opened(folder).app_context():
        begin_write()
        make_clinic(utc_now(), name="Clinic South")
        db.session.commit()
    export = ("log", "--data", str(folder), "--output", str(tmp_path / "log.csv"))
    _refused(run("export", "", *export), 2, "Clinic North, Clinic South")
    assert run("export", "", *export, "--clinic", "Clinic South").exit_code == 0


@pytest.mark.parametrize(
    "command",
    [(), ("audit", "verify"), ("export", "log"), ("labels",), ("backup",), ("init",), ("serve",)],
    ids=" ".join,
)
def test_the_help_of_every_command_says_what_its_exit_codes_mean(command: tuple[str, ...]) -> None:
    said = run(*(command[:1] or ("--help",)), "", *command[1:], "--help").stdout
    assert "Exit codes" in said and "used wrongly" in said
