"""What is kept of the record outside the database: on each printed page, and on the device of who worked."""

import io
from pathlib import Path
from uuid import UUID

import pypdfium2
import zxingcpp
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from inventory.audit import verify
from inventory.audit.models import AuditEntry
from inventory.db import db
from tests.conftest import PASSWORD
from tests.journeys.conftest import DESK, PHONE, Watched, shot
from tests.journeys.treatment_room import scan, served


def _signed_in(browser: Browser, url: str, look: dict, who: str) -> Watched:
    watched = Watched(browser.new_context(**look), url)
    watched.page.goto(f"{url}/sign-in")
    watched.page.get_by_label("E-mail").fill(f"{who}@clinic.example")
    watched.page.get_by_label("Password").fill(PASSWORD)
    watched.page.get_by_role("button", name="Sign in").click()
    return watched


def _codes(pdf: bytes) -> list[list[str]]:
    """What a scanner reads from each page, printed at 300 dpi."""
    pages = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return [[found.text for found in zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil())] for page in pages]


def test_every_printed_page_of_the_record_bears_its_checkpoint(chromium: Browser, new_clinic: str) -> None:
    nurse = _signed_in(chromium, new_clinic, PHONE, "nurse.nora")
    nurse.page.goto(f"{new_clinic}/day-close")
    for _ in range(30):
        nurse.page.get_by_role("button", name="Close the day").click()
        expect(nurse.page.get_by_text("Done.")).to_be_visible()
    shot(nurse.page, "day-close-390")
    auditor = _signed_in(chromium, new_clinic, DESK, "auditor.aude")
    auditor.page.goto(f"{new_clinic}/audit")
    pages = _codes(auditor.page.pdf(format="A4", prefer_css_page_size=True))
    assert len(pages) > 1
    (anchor,) = {text for page in pages for text in page}
    assert all(page == [anchor] for page in pages)
    auditor.page.goto(f"{new_clinic}/audit/proof")
    key = auditor.page.locator("code").first.inner_text()
    assert verify.read_anchor(anchor, verify.Held(verify.read_key(key))).size > 30
    assert nurse.faults == auditor.faults == []


def test_a_device_keeps_its_receipts_after_signing_out(chromium: Browser, tmp_path: Path) -> None:
    with served(tmp_path, running=True) as room:
        page = room.opened(chromium, **PHONE)
        scan(page, room.packs[1])
        expect(page.locator("[data-verdict]")).to_be_visible()
        page.goto(f"{room.url}/devices/receipts")
        receipt = page.get_by_role("cell").last.inner_text()
        shot(page, "receipts-390")
        page.get_by_role("button", name="Nora Nurse").click()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_label("E-mail").fill("nora.nurse@clinic.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.goto(f"{room.url}/devices/receipts")
        expect(page.get_by_role("cell").last).to_have_text(receipt)
        kept = verify.read_receipt(receipt)
        with room.app.app_context():
            hashes = select(AuditEntry.hash).where(AuditEntry.seq == kept.seq, AuditEntry.chain == UUID(kept.chain))
            assert db.session.scalars(hashes).one().hex() == kept.leaf
            db.session.remove()
