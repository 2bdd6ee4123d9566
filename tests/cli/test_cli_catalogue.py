"""`sterilog import catalogue` and `sterilog export catalogue` on a clinic's own database file."""

from pathlib import Path

import pytest
from sqlalchemy import select

from inventory.audit.queries import verify
from inventory.db import db
from inventory.people.models import Clinic
from inventory.stock.models import Product
from tests.cli.commands import run
from tests.databases import file_app

GOOD = "Name;Kind;Counted in;Price\nNeedle;needle;needle;1,20\nWipes;disinfectant;tub;3\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    given = ("--administrator", "Ada", "--email", "a@b.example", "--password", "a quite long sentence of hers")
    done = run("init", "", "--clinic", "North", "--time-zone", "Europe/Brussels", *given, "--data", str(tmp_path))
    assert done.exit_code == 0, done.output
    return tmp_path


def _import(folder: Path, text: str, *options: str):
    file = folder / "list.csv"
    file.write_text(text)
    return run("import", "", "catalogue", str(file), *options, "--data", str(folder))


def _names(folder: Path) -> list[str]:
    with file_app(folder / "sterilog.sqlite3").app_context():
        assert verify(db.session.scalars(select(Clinic.id)).one()).whole
        found = list(db.session.scalars(select(Product.name).order_by(Product.name)))
        db.session.remove()
        db.engine.dispose()
    return found


def test_a_list_is_tried_imported_and_exported_again(folder: Path) -> None:
    tried = _import(folder, GOOD, "--dry-run")
    assert tried.exit_code == 0 and "2 products would be added" in tried.stdout and "Price" in tried.stderr
    assert _names(folder) == []
    done = _import(folder, GOOD)
    assert done.exit_code == 0 and "2 products were added, 0 changed, 0 are so already" in done.stdout
    assert _names(folder) == ["Needle", "Wipes"]
    for name in ("all.csv", "all.xlsx"):
        output = str(folder / name)
        assert run("export", "", "catalogue", "--output", output, "--data", str(folder)).exit_code == 0
        again = run("import", "", "catalogue", output, "--data", str(folder))
        assert again.exit_code == 0 and "0 products were added, 0 changed, 2 are so already" in again.stdout


def test_faults_are_told_and_nothing_is_imported(folder: Path) -> None:
    refused = _import(folder, GOOD + "Bad;spoon;;\n")
    assert refused.exit_code == 1 and not refused.stdout
    assert "row 4, column Kind: Write needle" in refused.stderr
    assert "row 4, column Counted in: A new product needs it." in refused.stderr
    assert _names(folder) == []


def test_what_is_no_table_is_used_wrongly(folder: Path) -> None:
    assert _import(folder, "").exit_code == 2
    assert _import(folder, "hello").exit_code == 2
    missing = run("import", "", "catalogue", str(folder / "none.csv"), "--data", str(folder))
    assert missing.exit_code == 2
