"""What a phone on patchy wifi must fetch before the first scan. Figures are bytes, compressed as a proxy would."""

import gzip
import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from inventory.people.actors import PersonAtWork
from tests.factories.sessions import make_ready, open_session
from tests.pages import Page, PageClient

SCRIPTS = Path(__file__).parents[2] / "inventory" / "static" / "js"
OUR_SCRIPT = 25_000
FIRST_LOAD = 90_000
_IMPORTED = re.compile(r'^(?:import|export)\b.*?"(\./[\w.]+)"', re.MULTILINE)


def _fetched(page: Page) -> set[str]:
    """Every file a browser fetches to show the page, modules that modules import included."""
    linked = {link.get("href", "") for link in page.all("link") if link.get("rel") in ("stylesheet", "preload", "icon")}
    icons = {use.get("{http://www.w3.org/1999/xlink}href") or use.get("href", "") for use in page.all("*", href=None)}
    linked |= {urlsplit(icon)._replace(fragment="").geturl() for icon in icons if ".svg" in icon}
    waiting = [script.get("src", "") for script in page.all("script")]
    while waiting:
        url = waiting.pop()
        if url not in linked:
            linked.add(url)
            imported = _IMPORTED.findall(page.client.raw("GET", url).get_data(as_text=True))
            waiting += [urljoin(urlsplit(url).path, name) for name in imported]
    return linked


def _weight(client: PageClient, url: str) -> int:
    return len(gzip.compress(client.raw("GET", url).get_data(), 6))


def test_all_our_script_together_stays_light() -> None:
    assert sum(len(gzip.compress(path.read_bytes(), 6)) for path in SCRIPTS.glob("*.js")) <= OUR_SCRIPT


def test_the_first_page_of_a_session_is_fetched_in_90_kilobytes(client_for, nurse: PersonAtWork, now) -> None:
    treatment = open_session(nurse, now, make_ready(nurse, now))
    client, path = client_for(nurse), f"/sessions/{treatment.id}"
    files = _fetched(client.open(path))
    assert {"/static/js/queue.js", "/static/js/wedge.js"} <= files
    assert not any(url.endswith((".wasm", "ponyfill.js")) for url in files), "read only when the camera is opened"
    weights = {url: _weight(client, url) for url in (*files, path)}
    assert sum(weights.values()) <= FIRST_LOAD, weights
