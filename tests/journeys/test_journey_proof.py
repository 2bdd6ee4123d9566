"""An auditor takes the record home and checks it, in a browser, by what was kept elsewhere."""

import base64
import io
import random
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from inventory.audit import verify
from inventory.audit.checkpoints import public_bytes, verifier_key
from inventory.audit.cosigning import witness_key
from tests.audit.test_audit_alterations import HELD, HONEST, PART, WAYS, WHOLE
from tests.audit.written import CHAIN, FORGER, KEY, WITNESS
from tests.conftest import PASSWORD
from tests.journeys.conftest import DESK, PHONE, Watched, shot

ALTERATIONS = 400
SEEN = """async ([files, key, witness]) => {
  const { verify, readKey, readWitness } = await import("/static/js/audit/proof.js");
  const held = { key: await readKey(key), receipts: [], anchors: [], witnesses: [await readWitness(witness)] };
  const bytes = files.map((file) => Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0)));
  return Promise.all(bytes.map((each) => verify(each, held).then((report) => report.anchored)));
}"""
EACH = """async ([files, key, anchor, receipt]) => {
  const { verify, readKey, readAnchor, readReceipt } = await import("/static/js/audit/proof.js");
  const held = { key: await readKey(key), receipts: [readReceipt(receipt)] };
  held.anchors = [await readAnchor(anchor, held.key)];
  const told = [];
  for (const file of files) {
    const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
    told.push(await verify(bytes, held).then((report) => report.matched, () => "found"));
  }
  return told;
}"""


def _signed_in(browser: Browser, url: str, look: dict) -> Watched:
    watched = Watched(browser.new_context(**look), url)
    watched.page.goto(f"{url}/sign-in")
    watched.page.get_by_label("E-mail").fill("auditor.aude@clinic.example")
    watched.page.get_by_label("Password").fill(PASSWORD)
    watched.page.get_by_role("button", name="Sign in").click()
    return watched


def _checked(page: Page, file: Path, anchor: str) -> str:
    page.goto(f"{page.url.split('/audit')[0]}/audit/check")
    page.get_by_label("Export (.zip) or log.ndjson").set_input_files(file)
    page.get_by_label("Checkpoint that you kept").fill(anchor)
    page.get_by_role("button", name="Check").click()
    verdict = page.locator("[data-proof-verdict]")
    expect(verdict).to_be_visible()
    return verdict.locator(".word").inner_text()


@pytest.mark.parametrize("look", [PHONE, DESK], ids=["phone", "desktop"])
def test_the_record_is_taken_home_and_checked_in_the_browser(
    chromium: Browser, new_clinic: str, look: dict, tmp_path: Path
) -> None:
    watched = _signed_in(chromium, new_clinic, look)
    page, export = watched.page, tmp_path / "record.zip"
    page.goto(f"{new_clinic}/audit/proof")
    with page.expect_download() as download:
        page.get_by_role("button", name="Hand out the whole record").click()
    download.value.save_as(export)
    page.goto(f"{new_clinic}/audit/proof")
    anchor = page.locator("pre").inner_text()
    shot(page, f"proof-{look['viewport']['width']}")
    assert _checked(page, export, anchor) == "Agrees"
    shot(page, f"check-{look['viewport']['width']}")
    assert _checked(page, export, "") == "Not enough to tell"
    altered = tmp_path / "altered.zip"
    altered.write_bytes(export.read_bytes().replace(b'"clinic.founded"', b'"clinic.foundet"', 1))
    assert _checked(page, altered, anchor) == "Not as it was written"
    assert watched.faults == []


def test_the_browser_finds_what_the_program_finds(chromium: Browser, new_clinic: str) -> None:
    watched = _signed_in(chromium, new_clinic, DESK)
    watched.page.goto(f"{new_clinic}/audit/check")
    chance, files = random.Random(7), [WHOLE, PART]
    for number in range(ALTERATIONS):
        log = (WHOLE, PART)[number % 2]
        files.append(WAYS[number // 2 % len(WAYS)](log, chance))
    (receipt,) = HELD.receipts
    given = [
        [base64.b64encode(file).decode() for file in files],
        verifier_key(public_bytes(KEY)),
        HONEST.noted[1].note,
        f"{CHAIN}:{receipt.seq}:{receipt.leaf}",
    ]
    told = watched.page.evaluate(EACH, given)
    assert told[:2] == [2, 2]
    for file, found in zip(files, told, strict=True):
        assert (found == "found") is _found(file)


def test_the_browser_takes_the_word_of_a_witness(chromium: Browser, new_clinic: str) -> None:
    watched = _signed_in(chromium, new_clinic, DESK)
    watched.page.goto(f"{new_clinic}/audit/check")
    given = [[base64.b64encode(file).decode() for file in (WHOLE, PART)], verifier_key(public_bytes(KEY))]
    assert watched.page.evaluate(SEEN, [*given, witness_key(WITNESS)]) == [40, 40]
    assert watched.page.evaluate(SEEN, [*given, witness_key(FORGER)]) == [0, 0]


def _found(file: bytes) -> bool:
    try:
        verify.verify(verify.lines_of(io.BytesIO(file)), HELD)
    except verify.Tampered:
        return True
    return False
