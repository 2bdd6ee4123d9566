"""`sterilog anchors send` against a real mail server, a second Sterilog as witness, and a time-stamp authority."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from inventory.anchors import operations
from inventory.audit import verify
from inventory.audit.actors import Program
from inventory.audit.models import Cosignature, TimeSeal
from inventory.audit.operations import record
from inventory.audit.signing import signer_in
from inventory.audit.witness import Witness
from inventory.cli import main
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.people import operations as people
from inventory.people.models import Clinic
from tests import databases
from tests.anchors.stamping import Authority, served
from tests.journeys.serving import serving
from tests.mail_server import MailServer


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Path]:
    """The folder of a clinic that mails its checkpoints to one address."""
    folder = tmp_path / "house"
    folder.mkdir()
    app = databases.file_app(folder / "sterilog.sqlite3", DATA_DIR=folder)
    with app.app_context():
        begin_write()
        clinic = people.found_clinic("Clinic North", "Europe/Brussels", utc_now())
        operations.add_address("notary@elsewhere.example", Program(clinic.id, clinic.time_zone), utc_now())
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    yield folder


@pytest.fixture
def neighbour(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Another Sterilog, served: its address and its folder."""
    folder = tmp_path / "neighbour"
    folder.mkdir()
    with serving(databases.file_app(folder / "sterilog.sqlite3", DATA_DIR=folder)) as url:
        yield f"{url}/witness", folder


def _sent(house: Path, **settings: str) -> Result:
    named = {f"STERILOG_{name}": value for name, value in settings.items()}
    return CliRunner().invoke(main, ["anchors", "send", "--data", str(house)], env=named)


def _app(house: Path) -> Flask:
    return databases.file_app(house / "sterilog.sqlite3", DATA_DIR=house)


def _write_on(house: Path) -> None:
    with _app(house).app_context():
        begin_write()
        clinic = db.session.scalars(select(Clinic)).one()
        record(Program(clinic.id, clinic.time_zone), "clinic.looked_after", clinic, now=utc_now())
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _rows(house: Path, table: type) -> list:
    with _app(house).app_context():
        found = list(db.session.scalars(select(table).order_by(table.size)))
        db.session.expunge_all()
        db.session.remove()
        db.engine.dispose()
    return found


def _exported(house: Path) -> Path:
    target = house / "record.zip"
    done = CliRunner().invoke(main, ["export", "record", "--data", str(house), "--output", str(target)])
    assert done.exit_code == 0, done.output
    return target


def test_a_second_sterilog_sees_the_record_grow_and_its_word_is_in_the_export(
    house: Path, neighbour: tuple[str, Path]
) -> None:
    url, theirs = neighbour
    key = CliRunner().invoke(main, ["witness", "key", "--data", str(theirs)]).output.strip()
    own = CliRunner().invoke(main, ["audit", "key", "--data", str(house)]).output.strip()
    settings = {"WITNESS_URL": url, "WITNESS_KEY": key}
    refused = _sent(house, **settings)
    assert refused.exit_code == 1 and "knows no record" in refused.output
    trusted = CliRunner().invoke(main, ["witness", "trust", "Clinic North", own, "--data", str(theirs)])
    assert trusted.exit_code == 0
    for _ in range(3):
        _write_on(house)
        done = _sent(house, **settings)
        assert done.exit_code == 0, done.output
    assert _sent(house, **settings).exit_code == 0, "nothing new is no fault"
    assert len(_rows(house, Cosignature)) == 3
    export = _exported(house)
    alone = [str(export), "--key", own]
    assert verify.main(alone) == 2
    assert verify.main([*alone, "--witness", key]) == 0
    newest = CliRunner().invoke(main, ["witness", "newest", "--data", str(theirs)]).output
    assert verify.main([*alone, "--anchor", newest]) == 0, "what the witness itself kept is an anchor too"


def test_a_record_put_back_from_a_backup_is_not_cosigned_again(house: Path, neighbour: tuple[str, Path]) -> None:
    """Owner, database and signer go back a day together: only the witness remembers."""
    url, theirs = neighbour
    settings = {"WITNESS_URL": url, "WITNESS_KEY": Witness(theirs).public_key}
    Witness(theirs).trust("Clinic North", signer_in(house).public_key)
    _write_on(house)
    assert _sent(house, **settings).exit_code == 0
    backup = house.with_name("backup")
    shutil.copytree(house, backup)
    _write_on(house)
    assert _sent(house, **settings).exit_code == 0
    shutil.rmtree(house)
    shutil.copytree(backup, house)
    for _ in range(4):
        _write_on(house)
    refused = _sent(house, **settings)
    assert refused.exit_code == 1 and "refused this checkpoint (422)" in refused.output


def test_who_answers_in_place_of_the_witness_is_not_believed(house: Path, neighbour: tuple[str, Path]) -> None:
    url, theirs = neighbour
    Witness(theirs).trust("Clinic North", signer_in(house).public_key)
    other = Witness(house.with_name("other")).public_key
    refused = _sent(house, WITNESS_URL=url, WITNESS_KEY=other)
    assert refused.exit_code == 1 and "no signature of the witness" in refused.output
    assert _rows(house, Cosignature) == []
    assert _sent(house, WITNESS_URL=url, WITNESS_KEY="nonsense").exit_code == 2


def test_a_host_that_is_not_there_stops_nothing_else(house: Path) -> None:
    with MailServer() as server:
        key = Witness(house.with_name("other")).public_key
        done = _sent(
            house,
            SMTP_URL=server.url,
            WITNESS_URL="http://127.0.0.1:9/witness",
            WITNESS_KEY=key,
            TIME_SEAL_URL="ftp://nowhere.example/",
        )
    assert done.exit_code == 1
    assert "127.0.0.1:9" in done.output and "no address like" in done.output
    assert server.recipients == ["notary@elsewhere.example"]


def test_the_mailed_checkpoint_proves_an_export_of_a_later_day(house: Path) -> None:
    with MailServer() as server:
        assert _sent(house, SMTP_URL=server.url).exit_code == 0
        assert _sent(house, SMTP_URL=server.url).exit_code == 0
    (mail,) = server.received
    body = mail.get_payload(decode=True).decode().replace("\r\n", "\n")
    _write_on(house)
    kept, key = body.split("-" * 60 + "\n")[1], body.strip().splitlines()[-1]
    assert verify.main([str(_exported(house)), "--key", key, "--anchor", kept]) == 0


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine to stamp with")
def test_a_time_stamp_is_kept_once_a_day_and_taken_by_openssl(house: Path, tmp_path: Path) -> None:
    (tmp_path / "tsa").mkdir()
    authority = Authority(tmp_path / "tsa")
    with served(authority) as url:
        authority.wrong = True
        refused = _sent(house, TIME_SEAL_URL=url)
        assert refused.exit_code == 1 and "something else" in refused.output
        assert _rows(house, TimeSeal) == []
        authority.wrong = False
        for _ in range(2):
            _write_on(house)
            assert _sent(house, TIME_SEAL_URL=url).exit_code == 0
    (seal,) = _rows(house, TimeSeal)
    with ZipFile(_exported(house)) as export:
        export.extractall(tmp_path / "home")
    name = tmp_path / "home" / "seals" / f"{seal.epoch}-{seal.size}"
    assert authority.approves(name.with_suffix(".tsr"), name.with_suffix(".txt"))
    name.with_suffix(".txt").write_text("another note\n")
    assert not authority.approves(name.with_suffix(".tsr"), name.with_suffix(".txt"))
    assert verify.main([str(house / "record.zip")]) == 2, "the seals are among the files that the export lists"
