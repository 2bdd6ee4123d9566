"""From the scanner's Enter to the verdict on the screen, in Chromium, against a bare request of the same page.

The scan is typed as a wedge scanner types. The clock of the page counts from the keydown of Enter to the first frame
that can show the verdict. The floor is a fetch of the health page, sent and read by the same page right after it.
"""

import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.served import Served, prepare, serve_app, signed_in

SCANS = 120
SCANS_A_SESSION = 4
WATCH = """
window.waits = [];
let began = 0;
addEventListener("keydown", (event) => { if (event.key === "Enter") began = performance.now(); }, true);
addEventListener("htmx:after:swap", () => {
  if (!began || !document.querySelector("[data-verdict]")) return;
  const since = began;
  began = 0;
  requestAnimationFrame(() => window.waits.push(performance.now() - since));
});
"""
FLOOR = """async () => {
  const began = performance.now();
  await (await fetch("/healthz", { cache: "no-store" })).text();
  return performance.now() - began;
}"""


def run() -> str:
    """Aim: 100 ms at p50 (Nielsen's limit of what feels instantaneous), on a phone's screen."""
    with tempfile.TemporaryDirectory(prefix="sterilog-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        work = prepare(url, folder, SCANS, SCANS_A_SESSION)
        ours = Served(serve_app, url, folder)
        try:
            waits, floor = _measured(f"http://127.0.0.1:{ours.port}", signed_in(ours.port)[0], work)
        finally:
            ours.stop()
    p50, p99 = statistics.median(waits), sorted(waits)[len(waits) * 99 // 100]
    return (
        f"{len(waits)} scans on the page: p50 {p50:.0f} ms, p99 {p99:.0f} ms; a bare request of that page "
        f"p50 {statistics.median(floor):.1f} ms; ratio {p50 / statistics.median(floor):.1f}"
    )


def _measured(url: str, cookie: str, work: list[tuple[str, str]]) -> tuple[list[float], list[float]]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    name, _, value = cookie.partition("=")
    waits, floor = list[float](), list[float]()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
        context.add_cookies([{"name": name, "value": value, "url": url}])
        context.add_init_script(WATCH)
        page = context.new_page()
        for treatment in dict.fromkeys(treatment for treatment, _ in work):
            page.goto(f"{url}/sessions/{treatment}")
            page.locator("[data-mute]:not([hidden])").wait_for()
            waits += _scanned(page, [code for of, code in work if of == treatment])
            floor += [page.evaluate(FLOOR) for _ in range(SCANS_A_SESSION)]
        browser.close()
    return waits, floor


def _scanned(page: Page, codes: list[str]) -> list[float]:
    for count, code in enumerate(codes, start=1):
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        page.wait_for_function("count => window.waits.length === count", arg=count)
    return list(page.evaluate("window.waits"))
