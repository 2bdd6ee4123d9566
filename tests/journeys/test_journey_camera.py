"""A nurse with a phone's camera: printed labels are held before it, and each counts once."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page, Playwright, expect

from labels import codes
from labels.codes import CodeKind
from labels.layout import POINT, Label
from labels.media import MEDIA
from labels.pdf import write_pdf
from tests.journeys.treatment_room import CHROMIUM, PHONE, TreatmentRoom, served

WIDTH, HEIGHT, FRAMES_A_SECOND = 1024, 768, 5
SHEET = MEDIA["avery-l7160"]
DOTS_PER_MM = 12
ALLOWED = "--use-fake-ui-for-media-stream"

TWO_CAMERAS = "--use-fake-device-for-media-stream=device-count=2"

WITH_A_LIGHT = """
const own = MediaStreamTrack.prototype.getCapabilities;
MediaStreamTrack.prototype.getCapabilities = function () { return { ...own.call(this), torch: true }; };
MediaStreamTrack.prototype.applyConstraints = async function ({ advanced: [wish] }) {
  if ("torch" in wish) document.documentElement.dataset.light = wish.torch;
};
"""
READS_BY_ITSELF = """
globalThis.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["qr_code", "data_matrix", "ean_13"]); }
  constructor({ formats }) { document.documentElement.dataset.formats = formats; }
  async detect({ width, height }) {
    return [{ rawValue: "CODE", boundingBox: { x: 0, y: 0, width, height } }];
  }
};
"""

FILM_RAN_FOR_SIX_SECONDS = """new Promise((done) => {
  const video = document.querySelector(".camera video");
  video.addEventListener("timeupdate", () => { if (video.currentTime > 6) done(); });
})"""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[TreatmentRoom]:
    with served(tmp_path) as found:
        yield found


def printed(kind: CodeKind, code: str) -> Image.Image:
    """The label as it comes out of the printer, lying on a table before the camera."""
    label = Label(codes.address("sterilog.example", kind, code), codes.grouped(code), "For the camera")
    out = io.BytesIO()
    write_pdf([label], SHEET, out)
    with pypdfium2.PdfDocument(out.getvalue()) as document:
        sheet = document[0].render(scale=DOTS_PER_MM * POINT).to_pil().convert("L")
    left, top = SHEET.corner(1)
    edges = (left, top, left + SHEET.label_width, top + SHEET.label_height)
    picture = sheet.crop(tuple(round(edge * DOTS_PER_MM) for edge in edges))
    return on_a_table(picture)


def on_a_box(kind: zxingcpp.BarcodeFormat) -> Image.Image:
    """A supplier's barcode with FNC1 at its beginning and between lot and expiry, as GS1 has it."""
    code = zxingcpp.create_barcode("(01)09521234543213(10)TEST1(17)281231", kind, gs1=True).to_image(scale=4)
    height, width = code.shape
    return on_a_table(ImageOps.expand(Image.frombytes("L", (width, height), bytes(code)), 30, 255))


def plain(text: str, kind: zxingcpp.BarcodeFormat) -> Image.Image:
    code = zxingcpp.create_barcode(text, kind).to_image(scale=5)
    height, width = code.shape
    return on_a_table(ImageOps.expand(Image.frombytes("L", (width, height), bytes(code)), 40, 255))


def on_a_table(picture: Image.Image) -> Image.Image:
    """Held a little askew."""
    table = Image.new("L", (WIDTH, HEIGHT), 120)
    held = ImageOps.contain(picture, (WIDTH * 6 // 10, HEIGHT * 6 // 10)).rotate(7, expand=True, fillcolor=120)
    table.paste(held, ((WIDTH - held.width) // 2, (HEIGHT - held.height) // 2))
    return table


def film(path: Path, pictures: Sequence[Image.Image]) -> Path:
    """Each picture for a second, over and over: Chromium's camera."""
    grey = bytes([128]) * (WIDTH * HEIGHT // 2)
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_A_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for picture in pictures:
            out.write((b"FRAME\n" + picture.tobytes() + grey) * FRAMES_A_SECOND)
    return path


@contextmanager
def camera(playwright: Playwright, *options: str, shows: Path | None = None) -> Iterator[Browser]:
    seen = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={shows}"] if shows else []
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*seen, *options])
    yield browser
    browser.close()


def opened(room: TreatmentRoom, browser: Browser) -> Page:
    page = room.opened(browser, **PHONE)
    page.get_by_role("button", name="Camera", exact=True).tap()
    return page


def test_labels_held_before_the_camera_are_read_and_each_counts_once(
    playwright: Playwright, room: TreatmentRoom, tmp_path: Path
) -> None:
    shown = [printed(CodeKind.GUN, room.gun), printed(CodeKind.CONTAINER, room.antiseptic)]
    with camera(playwright, ALLOWED, shows=film(tmp_path / "labels.y4m", shown)) as browser:
        page = opened(room, browser)
        expect(page.locator("#scan-rows tr")).to_have_count(2, timeout=15_000)
        expect(page.locator("[data-verdict=go]")).to_be_in_viewport()
        expect(page.locator(".camera video")).to_be_in_viewport()
        # Both come by again and again, never out of sight for three seconds.
        page.evaluate(FILM_RAN_FOR_SIX_SECONDS)
    texts = {codes.parse(text).code for text in room.scans}
    assert len(room.scans) == 2 and texts == {room.gun, room.antiseptic}


@pytest.mark.parametrize("kind", [zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.Code128])
def test_the_separator_of_a_suppliers_barcode_survives_the_camera(
    playwright: Playwright, room: TreatmentRoom, tmp_path: Path, kind: zxingcpp.BarcodeFormat
) -> None:
    with camera(playwright, ALLOWED, shows=film(tmp_path / "box.y4m", [on_a_box(kind)])) as browser:
        page = opened(room, browser)
        expect(page.locator("#scan-rows tr")).to_have_count(1, timeout=15_000)
    assert room.scans == ["010952123454321310TEST1␝17281231"]


def test_a_box_with_an_ean_or_a_qr_code_is_read_too(
    playwright: Playwright, room: TreatmentRoom, tmp_path: Path
) -> None:
    shown = [plain("9521234543213", zxingcpp.BarcodeFormat.EAN13), plain("SOME TEXT", zxingcpp.BarcodeFormat.QRCode)]
    with camera(playwright, ALLOWED, shows=film(tmp_path / "boxes.y4m", shown)) as browser:
        page = opened(room, browser)
        # The second one is read while the refusal of the first stands, and waits until somebody has looked.
        page.get_by_role("button", name="Go on with the waiting scans").or_(
            page.locator("#scan-rows tr").nth(1)
        ).wait_for()
        go_on = page.get_by_role("button", name="Go on with the waiting scans")
        if go_on.is_visible():
            go_on.tap()
        expect(page.locator("#scan-rows tr")).to_have_count(2, timeout=15_000)
    assert sorted(room.scans) == ["9521234543213", "SOME TEXT"]


def test_a_browser_that_reads_by_itself_loads_no_reader(
    playwright: Playwright, room: TreatmentRoom, tmp_path: Path
) -> None:
    """Chromium on a desk reads none of its own, so one stands in for that of Android."""
    blank = film(tmp_path / "blank.y4m", [Image.new("L", (WIDTH, HEIGHT), 120)])
    with camera(playwright, ALLOWED, shows=blank) as browser:
        page = room.opened(browser, **PHONE)
        page.add_init_script(READS_BY_ITSELF.replace("CODE", room.gun))
        asked = asked_of(page)
        page.reload()
        page.get_by_role("button", name="Camera", exact=True).tap()
        expect(page.locator("#scan-rows tr")).to_have_count(1, timeout=15_000)
        expect(page.locator("html")).to_have_attribute("data-formats", "qr_code,data_matrix,ean_13")
    assert room.scans == [room.gun] and readers(asked) == []


def test_the_reader_is_loaded_when_the_camera_is_opened_and_not_before(
    playwright: Playwright, room: TreatmentRoom, tmp_path: Path
) -> None:
    blank = film(tmp_path / "blank.y4m", [Image.new("L", (WIDTH, HEIGHT), 120)])
    with camera(playwright, ALLOWED, shows=blank) as browser:
        page = room.opened(browser, **PHONE)
        asked = asked_of(page)
        page.reload()
        button = page.get_by_role("button", name="Camera", exact=True)
        expect(button).to_be_visible()
        assert readers(asked) == []
        button.tap()
        expect(page.locator("[data-camera-says]")).to_have_text("Hold a code inside the frame.", timeout=15_000)
    assert len(readers(asked)) == 2 and all(url.startswith(room.url) for url in asked)


def asked_of(page: Page) -> list[str]:
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url))
    return asked


def readers(asked: Sequence[str]) -> list[str]:
    return [url for url in asked if url.endswith(".wasm") or "barcode-detector" in url]


def test_the_light_is_switched_on_and_off(playwright: Playwright, room: TreatmentRoom, tmp_path: Path) -> None:
    """The device's torch is stood in for: no camera of a test has one."""
    blank = film(tmp_path / "blank.y4m", [Image.new("L", (WIDTH, HEIGHT), 120)])
    with camera(playwright, ALLOWED, shows=blank) as browser:
        page = room.opened(browser, **PHONE)
        page.add_init_script(WITH_A_LIGHT)
        page.reload()
        page.get_by_role("button", name="Camera", exact=True).tap()
        light = page.get_by_role("button", name="Light", exact=True)
        for pressed in ("true", "false"):
            light.tap()
            expect(light).to_have_attribute("aria-pressed", pressed)
            expect(page.locator("html")).to_have_attribute("data-light", pressed)


def test_the_other_camera_is_chosen_and_remembered(playwright: Playwright, room: TreatmentRoom) -> None:
    with camera(playwright, ALLOWED, TWO_CAMERAS) as browser:
        page = opened(room, browser)
        first = running(page)
        page.get_by_role("button", name="Other camera").tap()
        page.wait_for_function(f"first => {RUNNING} && {RUNNING} !== first", arg=first)
        second = running(page)
        page.reload()
        page.get_by_role("button", name="Camera", exact=True).tap()
        assert running(page) == second != first


RUNNING = "document.querySelector('.camera video')?.srcObject?.getVideoTracks()[0]?.getSettings().deviceId"


def running(page: Page) -> str:
    """Which camera is open, once one is."""
    expect(page.locator("[data-camera-says]")).to_have_text("Hold a code inside the frame.", timeout=15_000)
    return page.evaluate(RUNNING)


def test_the_open_camera_and_its_answer_are_there_for_everybody(
    playwright: Playwright, room: TreatmentRoom, tmp_path: Path
) -> None:
    shown = film(tmp_path / "labels.y4m", [printed(CodeKind.GUN, room.gun)])
    with camera(playwright, ALLOWED, shows=shown) as browser:
        page = opened(room, browser)
        expect(page.locator("[data-verdict=go]")).to_be_in_viewport(timeout=15_000)
        found = [violation["id"] for violation in Axe().run(page).response["violations"]]
        page.goto(f"{room.url}/scan/test")
        assert found + [violation["id"] for violation in Axe().run(page).response["violations"]] == []


def test_the_camera_rests_while_the_page_is_out_of_sight(
    playwright: Playwright, room: TreatmentRoom, tmp_path: Path
) -> None:
    blank = film(tmp_path / "blank.y4m", [Image.new("L", (WIDTH, HEIGHT), 120)])
    with camera(playwright, ALLOWED, shows=blank) as browser:
        page = opened(room, browser)
        expect(page.locator("[data-camera-says]")).to_have_text("Hold a code inside the frame.", timeout=15_000)
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
        expect(page.locator("[data-camera-says]")).to_contain_text("The camera rests.")
        page.get_by_role("button", name="Start", exact=True).tap()
        expect(page.locator("[data-camera-says]")).to_have_text("Hold a code inside the frame.")
        page.get_by_role("button", name="Close camera").tap()
        expect(page.locator(".camera")).to_have_count(0)


def test_a_refused_camera_says_what_to_do(playwright: Playwright, room: TreatmentRoom, tmp_path: Path) -> None:
    blank = film(tmp_path / "blank.y4m", [Image.new("L", (WIDTH, HEIGHT), 120)])
    with camera(playwright, "--deny-permission-prompts", shows=blank) as browser:
        page = opened(room, browser)
        expect(page.locator("[data-camera-says]")).to_contain_text("Allow it for this site")
        expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()


def test_without_https_the_page_says_where_the_camera_works(playwright: Playwright, room: TreatmentRoom) -> None:
    with camera(playwright, "--host-resolver-rules=MAP clinic.test 127.0.0.1") as browser:
        page = opened(room.at("clinic.test"), browser)
        expect(page.locator("[data-camera-says]")).to_contain_text("by its https address")


def test_a_device_without_a_camera_offers_none(playwright: Playwright, room: TreatmentRoom) -> None:
    with camera(playwright) as browser:
        page = room.opened(browser)
        expect(page.locator("[data-camera]")).to_be_hidden()
