"""A reusable part from the steriliser's log to a label off the printer, scanned by the nurse, walked in a browser."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import PASSWORD
from tests.journeys.conftest import DESK, PHONE, Watched, shot
from tests.label_printer import LabelPrinter, plugged_in


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def context(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(**request.param)
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def printer() -> Iterator[LabelPrinter]:
    with plugged_in() as found:
        yield found


def test_a_part_is_sterilised_released_labelled_and_read(
    context: BrowserContext, new_clinic: str, printer: LabelPrinter, tmp_path: Path
) -> None:
    watched = Watched(context, new_clinic)
    page = watched.page
    page.goto(f"{new_clinic}/sign-in")
    page.get_by_label("E-mail").fill("lead.lea@clinic.example")
    page.get_by_label("Password").fill(PASSWORD)
    _press(page, "Sign in")
    _steriliser(page, new_clinic)
    _part_in_a_pack(page, new_clinic)
    _cycle_from_its_log(page, new_clinic, tmp_path)
    _own_medium(page, new_clinic)
    _printer(page, new_clinic, printer.port)
    code = _label_off_the_printer(page, new_clinic, printer)
    _signed_release(page, new_clinic)
    _scanned(page, new_clinic, code)
    assert watched.faults == []


def _steriliser(page: Page, url: str) -> None:
    page.goto(f"{url}/loads/sterilisers/new")
    page.get_by_label("Name").fill("S1")
    page.get_by_label("Serial number").fill("88213")
    _press(page, "Add")
    page.get_by_label("Name").fill("134 C, 3.5 min")
    # A type B cycle asks for a test of its day; here it would have to stand between midnight and the cycle.
    page.get_by_label("Cycle type").select_option(label="Type S")
    page.get_by_label("Hold in seconds").fill("210")
    _press(page, "Add the programme")
    page.get_by_text("How its log is read").click()
    for label, header in (("Column of the time", "Time"), ("Column of the temperature", "Temp")):
        page.get_by_label(label).fill(header)
    page.get_by_label("Column of the pressure").fill("Bar")
    _press(page, "Keep")
    page.get_by_role("group", name="Result").get_by_label("Passed").check()
    _press(page, "Record the test")
    expect(page.get_by_role("table", name="Newest tests")).to_contain_text("Bowie-Dick test")
    shot(page, f"steriliser-{_width(page)}")


def _part_in_a_pack(page: Page, url: str) -> None:
    page.goto(f"{url}/packs/parts/new")
    page.get_by_label("Name").fill("Holder")
    page.get_by_label("Serial number").fill("H-1")
    _press(page, "Add the part")
    page.goto(f"{url}/packs/parts/pack")
    page.get_by_label("Holder H-1").check()
    page.get_by_label("Shelf life").select_option(label="Until it is opened, wet or damaged")
    _press(page, "Make up the pack")
    expect(page.get_by_role("main")).to_contain_text("until opened or damaged")


def _cycle_from_its_log(page: Page, url: str, folder: Path) -> None:
    began = datetime.now(ZoneInfo("Europe/Brussels")) - timedelta(minutes=50)
    degrees = [(0, "20,0;1,01"), (15, "134,5;3,09"), (19, "134,8;3,11"), (40, "60,0;0,08")]
    rows = [f"{began + timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S};{read}" for minutes, read in degrees]
    log = folder / "cycle.csv"
    log.write_text("\n".join(["Time;Temp;Bar", *rows]))
    page.goto(f"{url}/loads/new")
    page.get_by_label("The steriliser's log of this cycle").set_input_files(log)
    page.get_by_label("Contents").fill("Holder")
    for group in ("Indicator outside each pack, type 1", "Indicator inside"):
        page.get_by_role("group", name=group, exact=True).get_by_label("Passed").check()
    page.get_by_label("Dry and whole").check()
    shot(page, f"record-load-{_width(page)}")
    _press(page, "Record load")
    expect(page.get_by_role("main")).to_contain_text("134.5 to 134.8 C, set 134.0")
    expect(page.get_by_role("main")).to_contain_text("240 s, set 210")
    page.get_by_role("group", name="Packs in this load").get_by_role("checkbox").check()
    _press(page, "Put into this load")


def _own_medium(page: Page, url: str) -> None:
    """It is drawn while it is typed, and what is wrong is said at once."""
    page.goto(f"{url}/print/media/new")
    expect(page.get_by_role("img", name="21 of")).to_be_in_viewport()
    page.get_by_label("Labels side by side").fill("4")
    expect(page.get_by_text("beyond the page width of 210 mm")).to_be_visible()
    page.get_by_label("Width of a label").fill("45")
    page.get_by_label("From one label's left edge to the next one's").fill("48")
    page.get_by_label("Name").fill("Our own")
    expect(page.get_by_role("img", name="28 of 45 x 38.1 mm")).to_be_in_viewport()
    shot(page, f"own-medium-{_width(page)}")
    _press(page, "Add the medium")
    expect(page.get_by_role("heading", name="Our own")).to_be_visible()


def _printer(page: Page, url: str, port: int) -> None:
    page.goto(f"{url}/print/printers/new")
    page.get_by_label("Name").fill("Zebra")
    page.get_by_label("Address in the network").fill("127.0.0.1")
    page.get_by_label("Port").fill(str(port))
    page.get_by_label("It understands").select_option(label="PDF")
    page.get_by_label("What lies in it").select_option(label="Roll 50 x 25 mm")
    _press(page, "Add the printer")


def _label_off_the_printer(page: Page, url: str, printer: LabelPrinter) -> str:
    page.goto(f"{url}/packs/labels?medium=roll-50x25")
    shot(page, f"labels-roll-{_width(page)}")
    _press(page, "Print 1 label")
    expect(page.get_by_role("main")).to_contain_text("sent")
    document = pypdfium2.PdfDocument(printer.jobs[0])
    (found,) = zxingcpp.read_barcodes(document[0].render(scale=203 / 72).to_pil())
    assert "Not sterile before its release" in document[0].get_textpage().get_text_bounded()
    document.close()
    return found.text


def _signed_release(page: Page, url: str) -> None:
    page.goto(f"{url}/loads")
    page.get_by_role("link", name="S1-").first.click()
    page.get_by_role("group", name="Decision").get_by_label("Release").check()
    page.get_by_label("What you checked").fill("Parameters and indicators checked")
    page.get_by_label("Your password or PIN").fill("a guess")
    _press(page, "Sign and decide")
    expect(page.get_by_role("alert")).to_contain_text("neither your password nor your PIN")
    page.get_by_role("group", name="Decision").get_by_label("Release").check()
    page.get_by_label("Your password or PIN").fill(PASSWORD)
    shot(page, f"decide-{_width(page)}")
    _press(page, "Sign and decide")
    expect(page.get_by_role("table", name="Decisions")).to_contain_text("with password")
    shot(page, f"load-{_width(page)}")


def _scanned(page: Page, url: str, code: str) -> None:
    """The label's own code leads to the pack, which may be used now."""
    page.goto(f"{url}/{code.split('/', 3)[3]}")
    expect(page.get_by_role("main")).to_contain_text("available")
    expect(page.get_by_role("list", name="Parts in it")).to_contain_text("Holder H-1")
    shot(page, f"pack-{_width(page)}")


def _width(page: Page) -> int:
    return (page.viewport_size or {"width": 0})["width"]


def _press(page: Page, name: str) -> None:
    with page.expect_event("load"):
        page.get_by_role("button", name=name, exact=True).click()
