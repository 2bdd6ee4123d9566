"""The log as files: what each form holds, how it is fetched, what is known of it afterwards."""

import csv
import io
import json
import shutil
import subprocess
import tracemalloc
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pypdfium2
import pytest
import time_machine
import zxingcpp
from openpyxl import load_workbook
from sqlalchemy import select

from inventory.audit import verify as verifier
from inventory.audit.handing_out import newest_noted
from inventory.audit.models import AuditEntry
from inventory.audit.operations import record
from inventory.clock import utc_now
from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.sterility import making
from inventory.sterility.filters import Shape
from inventory.sterility.models import Export
from inventory.sterility.report import Cover, report_chunks
from inventory.tables.xlsx_export import written_xlsx
from tests.factories.sessions import Ready, make_ready
from tests.pages import Page, PageClient, words
from tests.sterility.treating import MINUTE, exported, treat

ClientFor = Callable[[PersonAtWork | None], PageClient]
EVIL = '=HYPERLINK("http://evil.example";"x")'


@pytest.fixture
def ready(nurse: PersonAtWork, now: datetime) -> Ready:
    found = make_ready(nurse, now)
    found.room.name = EVIL
    record(nurse, "location.changed", found.room, now=now)
    treat(nurse, found, now + 10 * MINUTE)
    treat(nurse, found, now + 30 * MINUTE, shots=150)
    return found


def _texts(file: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(file)
    return [document[number].get_textpage().get_text_range() for number in range(len(document))]


def _numbers(file: bytes) -> list[str]:
    """What stands in the lower right corner of each page."""
    corner = {"left": 700, "bottom": 12, "right": 842, "top": 30}
    pages = pypdfium2.PdfDocument(file)
    return [" ".join(page.get_textpage().get_text_bounded(**corner).split()) for page in pages]


def _codes(file: bytes) -> list[str]:
    """What a reader finds on each page, drawn at 200 dots an inch."""
    document = pypdfium2.PdfDocument(file)
    return [
        "".join(found.text for found in zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil()))
        for page in document
    ]


def _link(made: Page) -> str:
    return next(link.get("href", "") for link in made.all("a") if words(link) == "Download")


@pytest.mark.parametrize("shape", list(Shape))
def test_a_workbook_holds_the_same_cells_as_the_csv_and_none_that_runs(
    nurse: PersonAtWork, ready: Ready, shape: Shape
) -> None:
    file = exported(nurse, "csv", shape).decode()
    sheet = load_workbook(io.BytesIO(exported(nurse, "xlsx", shape))).active
    cells = [["" if value is None else str(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    assert cells == list(csv.reader(io.StringIO(file, newline="")))
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert any(value.startswith("'=HYPERLINK") for value in cells[1])


@pytest.mark.parametrize("shape", list(Shape))
def test_json_lines_hold_what_was_entered_number_as_number(nurse: PersonAtWork, ready: Ready, shape: Shape) -> None:
    lines = [json.loads(line) for line in exported(nurse, "jsonl", shape).decode().splitlines()]
    assert [line["session"] for line in lines] == [1, 2]
    assert lines[0]["room"] == EVIL and lines[1]["flag_reviews"] == "NEEDLE_OVERDUE policy 1 open"
    assert lines[0]["punctures"] == 40 and lines[0]["gun_rinse_water"] == "sterile"


def test_a_workbook_goes_on_with_another_sheet_where_one_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inventory.tables.xlsx_export.ROWS_A_SHEET", 3)
    file = io.BytesIO()
    assert list(written_xlsx(file, "Log", ["n"], ([number] for number in range(7)), ())) == [7]
    book = load_workbook(file)
    assert [[row[0] for row in sheet.values] for sheet in book] == [["n", 0, 1, 2], ["n", 3, 4, 5], ["n", 6]]


@pytest.mark.parametrize("shape", list(Shape))
def test_the_report_says_what_it_is_and_numbers_its_pages(
    client_for: ClientFor, auditor: PersonAtWork, ready: Ready, shape: Shape
) -> None:
    page = client_for(auditor).open(f"/log?shape={shape}&first_day=2026-11-23&flag=any")
    file = page.client.raw("GET", _link(page.submit("Make the file", format="pdf"))).get_data()
    texts = _texts(file)
    assert len(texts) == 2
    for number, text in enumerate(texts, start=1):
        assert (f"Page {number} of" in text and text.split("of")[-1].strip().startswith("2")) or "2" in text
        assert "Sterility log of Clinic North" in text and "Sessions from 23 Nov 2026" in text
    for said in ("flag: any", "Europe/Brussels", "left out", "Policy versions", auditor.name):
        assert said in texts[0], said
    assert ready.lot.number in texts[1] and "rinsed: sterile" in texts[1] and "needle overdue" in texts[1].lower()
    assert "C-1001" not in "".join(texts)


def test_each_page_of_the_report_carries_the_checkpoint_that_the_verifier_takes(
    client_for: ClientFor, auditor: PersonAtWork, ready: Ready
) -> None:
    page = client_for(auditor).open("/log")
    file = page.client.raw("GET", _link(page.submit("Make the file", format="pdf"))).get_data()
    newest = newest_noted(auditor.clinic_id)
    assert newest is not None
    assert _codes(file) == [newest.note] * 2
    for code in _codes(file):
        anchor = verifier.read_anchor(code, verifier.Held())
        assert (anchor.size, anchor.root) == (newest.checkpoint.size, newest.checkpoint.root)


def _cover(note: str | None) -> Cover:
    return Cover("Clinic", "Europe/Brussels", Shape.EVENTS, "All", [("Rows", "?")], utc_now(), note, "Not signed")


def _row(number: int) -> tuple[tuple[str, ...], list[object]]:
    row = {
        "session": number, "started_at": "2026-11-23T09:10:00.000Z", "closed_at": None, "room": "Room",
        "practitioner": "Nora", "technique": "point_by_point", "gun_model": "Gun", "gun_serial_number": "S" * 60,
        "gun_disinfected_at": None, "gun_disinfectant": None, "gun_disinfection_agent": None,
        "gun_contact_seconds": None, "gun_rinse_water": None, "antiseptic": None, "needle": 1, "product": "Needle",
        "lot": f"L{number}", "lot_expires_on": None, "pack": "A" * 17, "load": None,
        "fitted_at": "2026-11-23T09:10:00.000Z", "removed_at": None, "minutes": None, "removal_reason": None,
        "regions": "", "area_cm2": None, "shots": None, "pins": 1, "punctures": None, "shots_counted": "no",
        "policy": 1, "flags": None, "flag_reviews": None,
    }  # fmt: skip
    return tuple(row), list(row.values())


def test_a_report_of_many_pages_counts_them_all_and_loses_no_row() -> None:
    header, _ = _row(0)
    pieces = list(report_chunks(_cover(None), header, (_row(number)[1] for number in range(300))))
    assert sum(count for _, count in pieces) == 300
    file = b"".join(chunk for chunk, _ in pieces)
    texts = _texts(file)
    pages = len(texts)
    assert pages > 10 and _numbers(file) == [f"Page {number} of {pages}" for number in range(1, pages + 1)]
    assert all("Not signed" in text for text in texts)
    whole = " ".join(texts)
    assert all(f"lot L{number}" in whole for number in range(300))
    assert "S" * 60 in "".join(texts[1].split()), "a long serial number is broken, not cut"


def test_the_memory_of_a_report_does_not_grow_with_its_rows() -> None:
    header, _ = _row(0)

    def peak(rows: int) -> int:
        tracemalloc.start()
        for _ in report_chunks(_cover("a" * 200), header, (_row(number)[1] for number in range(rows))):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(500)  # what is kept of letters and widths is kept once
    assert peak(3_000) < peak(500) + 300_000


def test_a_download_goes_on_where_it_broke_off(client_for: ClientFor, auditor: PersonAtWork, ready: Ready) -> None:
    page = client_for(auditor).open("/log")
    link = _link(page.submit("Make the file", format="csv"))
    whole = page.client.raw("GET", link)
    tag = whole.headers["ETag"]
    rest = page.client.raw("GET", link, headers={"Range": "bytes=100-", "If-Range": tag})
    assert rest.status_code == 206 and rest.headers["Content-Range"].startswith("bytes 100-")
    assert whole.get_data()[:100] + rest.get_data() == whole.get_data()


def test_a_file_is_for_whoever_asked_for_it_and_for_a_day(
    client_for: ClientFor, auditor: PersonAtWork, manager: PersonAtWork, stranger: PersonAtWork, ready: Ready
) -> None:
    page = client_for(auditor).open("/log")
    link = _link(page.submit("Make the file", format="csv"))
    assert page.client.raw("GET", link).status_code == 200
    for other in (manager, stranger):
        assert client_for(other).raw("GET", link).status_code == 404
    assert client_for(manager).open(link.removesuffix("/file")).h1.startswith("Export of")
    assert client_for(stranger).raw("GET", link.removesuffix("/file")).status_code == 404
    export = db.session.scalars(select(Export)).one()
    with time_machine.travel(utc_now() + timedelta(days=1, minutes=1), tick=False):
        assert client_for(auditor).raw("GET", link).status_code == 404
        folder = Path(page.client.app.config["DATA_DIR"])
        making.let_go(folder, utc_now())
        assert not making.file_of(folder, export).exists()


def test_the_same_event_makes_one_file(client_for: ClientFor, auditor: PersonAtWork, ready: Ready) -> None:
    client = client_for(auditor)
    sent = {"csrf_token": client.token(), "event_id": str(uuid4()), "format": "jsonl"}
    assert client.raw("POST", "/log/exports", data=sent).status_code == 200
    again = client.raw("POST", "/log/exports", data=sent)
    export = db.session.scalars(select(Export)).one()
    assert again.status_code == 303 and again.location.endswith(f"/log/exports/{export.id}")
    assert "Download" in client.open(f"/log/exports/{export.id}").main


def test_the_record_says_form_shape_and_filter_of_an_export(
    client_for: ClientFor, auditor: PersonAtWork, ready: Ready
) -> None:
    page = client_for(auditor).open("/log?shape=sessions&flag=any")
    page.submit("Make the file", format="xlsx")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "export.finished")).one()
    facts = json.loads(entry.record)["facts"]
    assert (facts["format"], facts["shape"], facts["filters"]) == ("xlsx", "sessions", '{"flag":"any"}')
    assert "flag: any" in page.client.open("/log/exports").main


def test_a_page_closed_early_does_not_undo_the_export(
    client_for: ClientFor, auditor: PersonAtWork, ready: Ready
) -> None:
    client = client_for(auditor)
    sent = {"csrf_token": client.token(), "event_id": str(uuid4()), "format": "csv"}
    db.session.commit()
    answer = client.http.post("/log/exports", data=sent)
    pieces = iter(answer.response)
    for piece in pieces:
        if "rows" in str(piece):
            break
    del pieces
    answer.close()
    export = db.session.scalars(select(Export)).one()
    db.session.refresh(export)
    assert export.row_count == 2 and export.sha256


def test_references_go_only_into_the_file_of_whoever_may_see_them(nurse: PersonAtWork, ready: Ready) -> None:
    for form in ("csv", "jsonl", "pdf"):
        without, held = exported(nurse, form), exported(nurse, form, names=True)
        text = "".join(_texts(held)) if form == "pdf" else held.decode()
        assert "C-1001" in text
        assert "C-1001" not in ("".join(_texts(without)) if form == "pdf" else without.decode())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_spreadsheet_program_runs_nothing_in_the_csv(nurse: PersonAtWork, ready: Ready, tmp_path: Path) -> None:
    source = tmp_path / "log.csv"
    source.write_bytes(exported(nurse))
    command = ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    sheet = load_workbook(tmp_path / "log.xlsx").active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
