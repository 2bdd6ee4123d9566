"""A clinic's first day, walked in a browser: from a carton at the door to the log in the auditor's hands."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, BrowserContext, Download, Page, expect

from tests.conftest import PASSWORD
from tests.journeys.conftest import DESK, PHONE, Watched, shot

NEEDLES = "0109521234543213" + "17301231" + "10LOT77"
"""GS1 element string: GTIN of the demonstration prefix 952, expiry 2030-12-31, lot LOT77."""
CHLORHEXIDINE = "0109521234543220" + "17301231" + "10CHX1"
OPA = "0109521234543237" + "17301231" + "10OPA1"


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def context(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(**request.param, accept_downloads=True)
    context.set_default_timeout(10_000)
    yield context
    context.close()


def test_a_clinic_works_its_first_day(context: BrowserContext, new_clinic: str, tmp_path: Path) -> None:
    watched = Watched(context, new_clinic)
    page = watched.page
    _manager_receives(page, new_clinic)
    _lead_nurse_prepares(page, new_clinic)
    packs = _labels_are_printed_and_read_back(page, tmp_path)
    gun, antiseptic = _gun_and_antiseptic(page, new_clinic, tmp_path)
    _nurse_treats(page, new_clinic, gun, antiseptic, packs)
    _lead_nurse_reviews(page, new_clinic)
    _auditor_exports(page, new_clinic, tmp_path)
    assert watched.faults == []


def _manager_receives(page: Page, url: str) -> None:
    _sign_in(page, url, "manager.mona")
    page.goto(f"{url}/stock/locations")
    for name, kind in (("Main store", "Store"), ("Room 1", "Room")):
        page.get_by_label("Name").fill(name)
        page.get_by_label("Kind").select_option(label=kind)
        page.get_by_role("button", name="Add the location").click()
        expect(page.get_by_role("cell", name=name).or_(page.get_by_role("rowheader", name=name))).to_be_visible()
    _receive_new(page, url, NEEDLES, "Needle 30G x 4 mm", "Needle", 100, {"Gauge": "30", "Length in mm": "4"})
    shot(page, f"received-{_width(page)}")
    _receive_new(
        page, url, CHLORHEXIDINE, "Chlorhexidine 2 %", "Antiseptic", 1, {"Contact time in seconds": "1"} | _opened("6")
    )
    _receive_new(page, url, OPA, "OPA 0.55 %", "Disinfectant", 1, {"Contact time in seconds": "300"} | _opened("1"))
    _wedge(page, url, NEEDLES)
    expect(page.locator("[data-verdict]")).to_contain_text("Needle 30G x 4 mm")
    page.get_by_role("button", name="Receive", exact=True).click()
    page.goto(f"{url}/stock")
    expect(page.get_by_role("main")).to_contain_text("200")
    shot(page, f"stock-{_width(page)}")


def _receive_new(page: Page, url: str, code: str, name: str, kind: str, pieces: int, more: dict[str, str]) -> None:
    """An unknown carton: a product is offered with what the code tells, then one tap books the receipt."""
    _wedge(page, url, code)
    page.get_by_role("link", name="Add as a new product").click()
    expect(page.get_by_label("Code of a package")).to_have_value(code[2:16])
    page.get_by_label("Name").fill(name)
    page.get_by_label("Kind").select_option(label=kind)
    page.get_by_label("Counted in", exact=True).fill("piece")
    page.get_by_label("Pieces in that package").fill(str(pieces))
    for label, value in more.items():
        control = page.get_by_label(label)
        control.select_option(label=value) if label.startswith("Counted in hours") else control.fill(value)
    page.get_by_role("button", name="Add the product").click()
    page.get_by_role("button", name="Receive", exact=True).click()
    expect(page.get_by_role("status").first).to_be_visible()


def _opened(life: str) -> dict[str, str]:
    return {"Usable after opening": life, "Counted in hours, days or months": "Months"}


def _lead_nurse_prepares(page: Page, url: str) -> None:
    _sign_in(page, url, "lead.lea")
    page.goto(f"{url}/packs/make-up")
    page.get_by_label("Packs", exact=True).fill("3")
    page.get_by_role("button", name="Make up", exact=True).click()
    page.goto(f"{url}/packs/labels")
    shot(page, f"labels-{_width(page)}")


def _labels_are_printed_and_read_back(page: Page, folder: Path) -> list[str]:
    """The codes of the three packs, as a decoder reads them from the printed sheet at 300 dpi."""
    with page.expect_response(re.compile("/file$")) as answered:
        page.get_by_role("button", name="Print 3 labels").click()
    sheet = folder / "packs.pdf"
    sheet.write_bytes(page.request.get(answered.value.url).body())
    codes = _decoded(sheet)
    assert len(codes) == 3
    return codes


def _gun_and_antiseptic(page: Page, url: str, folder: Path) -> tuple[str, str]:
    for lot in ("CHX1", "OPA1"):
        page.goto(f"{url}/disinfection/open")
        page.get_by_label("Or choose its lot").select_option(
            page.locator("option", has_text=lot).first.get_attribute("value")
        )
        page.get_by_role("button", name=re.compile("^Open")).click()
        if lot == "CHX1":
            antiseptic = _label_on(page, folder, "antiseptic")
    page.goto(f"{url}/guns/new")
    page.get_by_label("Model").fill("Electronic injector")
    page.get_by_label("Serial number").fill("EU-1")
    page.get_by_role("button", name="Add the gun").click()
    gun = _label_on(page, folder, "gun")
    page.get_by_role("main").get_by_role("link", name="Disinfect", exact=True).click()
    page.get_by_label("Or choose the open container").select_option(index=1)
    page.get_by_label("Sterile").check()
    page.get_by_role("button", name="Disinfection finished").click()
    expect(page.get_by_role("main")).to_contain_text("Ready")
    return gun, antiseptic


def _nurse_treats(page: Page, url: str, gun: str, antiseptic: str, packs: list[str]) -> None:
    _sign_in(page, url, "nurse.nora")
    page.goto(f"{url}/sessions/new")
    page.get_by_label("Patient reference").fill("C-1001")
    page.get_by_label(re.compile("^Region")).select_option(label="Abdomen")
    page.get_by_label("Area in cm2").fill("850")
    _press(page, "Open session")
    expect(page.get_by_role("heading", name="Session 1")).to_be_visible()
    for code, tone in ((antiseptic, "go"), (gun, "go"), (packs[0], "go")):
        _scan(page, code)
        expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", tone)
    shot(page, f"setup-{_width(page)}")
    expect(page.get_by_text("Antiseptic is acting")).to_be_hidden()
    _press(page, "Start: first puncture")
    expect(page.get_by_role("region", name="Needle on the gun")).to_be_visible()
    page.get_by_label("Shots on the gun's counter").last.fill("60")
    _press(page, "Save count")
    expect(page.get_by_role("region", name="Needle on the gun")).to_contain_text("60")
    shot(page, f"running-{_width(page)}")
    _scan(page, packs[1])
    expect(page.get_by_role("region", name="Needle on the gun").get_by_text("2", exact=True)).to_be_visible()
    _scan(page, packs[0])
    # Nothing is left in it, and nothing was done wrong: the needle on the gun stays.
    expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "caution")
    expect(page.get_by_role("region", name="Needle on the gun").get_by_text("2", exact=True)).to_be_visible()
    shot(page, f"refused-{_width(page)}")
    page.get_by_label("Shots of the last needle").fill("40")
    page.get_by_role("button", name="Close session").click()
    expect(page.get_by_role("main")).to_contain_text("closed")
    shot(page, f"closed-{_width(page)}")


def _lead_nurse_reviews(page: Page, url: str) -> None:
    _sign_in(page, url, "lead.lea")
    page.goto(f"{url}/flags")
    expect(page.get_by_role("main")).to_contain_text("needle change too few")
    shot(page, f"flags-{_width(page)}")
    page.get_by_role("link", name="Session 1, needle change too few").click()
    step = page.get_by_role("region", name="Next step")
    expect(step.get_by_label("What you do").locator("option:checked")).to_contain_text("Acknowledge")
    step.get_by_label("Reason").fill("Too few packs were made up; more tomorrow.")
    step.get_by_label("Your password or PIN").fill(PASSWORD)
    step.get_by_role("button", name="Save this step").click()
    expect(page.get_by_role("status").filter(has_text="The review of session 1 goes on.")).to_be_visible()


def _auditor_exports(page: Page, url: str, folder: Path) -> None:
    _sign_in(page, url, "auditor.aude")
    page.goto(f"{url}/log")
    expect(page.get_by_role("region", name=re.compile("One row a needle"))).to_be_visible()
    shot(page, f"log-{_width(page)}")
    page.get_by_role("button", name="Make the file").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    rows = list(csv.DictReader(io.StringIO(_saved(waiting.value, folder / "log.csv").read_text("utf-8-sig"))))
    assert [(row["needle"], row["lot"], row["shots"]) for row in rows] == [("1", "LOT77", "60"), ("2", "LOT77", "40")]
    assert all("C-1001" not in value for row in rows for value in row.values())


def _sign_in(page: Page, url: str, who: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{url}/sign-in")
    page.get_by_label("E-mail").fill(f"{who}@clinic.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "sign-in" not in address)


def _wedge(page: Page, url: str, code: str) -> None:
    page.goto(f"{url}/stock/receive")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("[data-verdict]")).to_be_visible()


def _scan(page: Page, code: str) -> None:
    rows = page.locator("#scan-rows tr").count()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("#scan-rows tr")).to_have_count(rows + 1)


def _press(page: Page, name: str) -> None:
    """Press a button and wait for its page whole: a half read page does not yet hear a scanner."""
    with page.expect_event("load"):
        page.get_by_role("button", name=name).click()


def _label_on(page: Page, folder: Path, name: str) -> str:
    here = page.url
    page.get_by_role("link", name="Print the label").click()
    shot(page, f"label-{name}-{_width(page)}")
    with page.expect_response(re.compile("/file$")) as answered:
        page.get_by_role("button", name="Print", exact=True).click()
    sheet = folder / f"{name}.pdf"
    sheet.write_bytes(page.request.get(answered.value.url).body())
    page.goto(here)
    return _decoded(sheet)[0]


def _decoded(sheet: Path) -> list[str]:
    picture = pypdfium2.PdfDocument(sheet)[0].render(scale=300 / 72).to_pil()
    found = sorted(
        zxingcpp.read_barcodes(picture), key=lambda code: (code.position.top_left.y // 50, code.position.top_left.x)
    )
    return [code.text for code in found]


def _saved(download: Download, path: Path) -> Path:
    download.save_as(path)
    return path


def _width(page: Page) -> int:
    return (page.viewport_size or {"width": 0})["width"]
