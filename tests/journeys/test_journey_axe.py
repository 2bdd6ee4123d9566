"""Every page of the program, read by axe-core in light and dark, and none wider than its screen."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select

from inventory.audit.models import AuditEntry
from inventory.clock import utc_now
from inventory.compliance.drafting import draft_policy
from inventory.compliance.models import PolicyDraft
from inventory.compliance.techniques import PolicyNumbers
from inventory.db import begin_write, db
from inventory.disinfection.models import Container
from inventory.guns.models import Gun
from inventory.keeping import operations as keeping
from inventory.keeping.models import HoldKind, LegalHold
from inventory.packs import parts
from inventory.packs.models import Pack, PackUse, Part
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork
from inventory.people.models import Membership, Person, Role
from inventory.people.permissions import PERMISSIONS
from inventory.printing import operations as printing
from inventory.printing.models import Language, PrintJob
from inventory.printing.operations import Order
from inventory.purchasing.models import PurchaseOrder, Supplier
from inventory.reactions import operations as reactions
from inventory.reactions.models import AdverseReaction, ReactionKind, ReactionSeverity
from inventory.recalls import operations as recalls
from inventory.sessions import operations as sessions
from inventory.sessions.admission import scan_in
from inventory.sessions.models import Flag, TreatmentSession
from inventory.sharps import operations as sharps
from inventory.sharps.models import SharpsContainer
from inventory.sterilising import biological
from inventory.sterilising.models import Control, Growth, Steriliser
from inventory.sterility.filters import LogFilter
from inventory.sterility.making import Asked
from inventory.sterility.models import Export
from inventory.sterility.operations import begin_export
from inventory.stock import importing, pars
from inventory.stock import operations as stock
from inventory.stock.models import CatalogueImport, CodeScheme, Location, Lot, Product, TradeItem
from inventory.stock.shelf_models import RecallNotice, RecallReach
from inventory.stocktaking import operations as stocktaking
from inventory.stocktaking.models import Stocktake
from inventory.web.access import PUBLIC, SIGNED_IN
from labels.layout import Label
from tests import databases
from tests.conftest import _somebody
from tests.factories.guns import make_ready_gun
from tests.factories.purchasing import make_sent
from tests.factories.sessions import Ready, make_ready, open_session, start_session
from tests.factories.sterilising import make_load
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.serving import serving

FILES = {
    "printing.file",
    "printing.label_file",
    "printing.test_page",
    "printing.preview",
    "healthz",
    "static",
    "devices.hold",
    "devices.check_labels",
    "devices.worker",
    "devices.manifest",
    "devices.reached",
    "sterility.export_file",
}
WHILE_OPEN = {"sessions.areas", "devices.page"}
"""Pages of a session that is not over."""
NO_PAGES = (".csv", ".txt", ".xlsx", ".pdf", ".crt", ".js", ".webmanifest", ".mobileconfig")
ROWS = {
    "product_id": Product,
    "lot_id": Lot,
    "item_id": TradeItem,
    "import_id": CatalogueImport,
    "container_id": Container,
    "gun_id": Gun,
    "pack_id": Pack,
    "part_id": Part,
    "job_id": PrintJob,
    "steriliser_id": Steriliser,
    "membership_id": Membership,
    "treatment_id": TreatmentSession,
    "flag_id": Flag,
    "draft_id": PolicyDraft,
    "location_id": Location,
    "stocktake_id": Stocktake,
    "sharps_id": SharpsContainer,
    "notice_id": RecallNotice,
    "hold_id": LegalHold,
    "order_id": PurchaseOrder,
    "supplier_id": Supplier,
    "reaction_id": AdverseReaction,
    "use_id": PackUse,
    "export_id": Export,
}


@dataclass(frozen=True)
class Place:
    endpoint: str
    path: str
    role: Role | None


@dataclass(frozen=True)
class Site:
    url: str
    cookies: dict[Role, str]
    places: list[Place]

    def context(self, browser: Browser, role: Role | None, **options: object) -> BrowserContext:
        context = browser.new_context(**options)
        if role is not None:
            context.add_cookies([{"name": "sterilog", "value": self.cookies[role], "url": self.url}])
        return context


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    app = databases.file_app(tmp_path_factory.mktemp("axe") / "clinic.sqlite3")
    with app.app_context():
        begin_write()
        staff = _a_clinic_at_work()
        db.session.commit()
        cookies = {person.role: _cookie(app, person) for person in staff}
        places = list(_places(app))
        db.session.remove()
    with serving(app) as url:
        yield Site(url, cookies, places)


@dataclass
class Walk:
    """What was found on a walk over every page: each a line naming the page."""

    faults: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    moving: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def at_a_desk(site: Site, chromium: Browser) -> Walk:
    """In light, on a wide screen and then at 200 % zoom of it."""
    return _walked(site, chromium, (1280, 640), color_scheme="light", **DESK)


@pytest.fixture(scope="module")
def on_a_phone(site: Site, chromium: Browser) -> Walk:
    """In dark and with reduced motion, on a phone and then on the narrowest one."""
    return _walked(site, chromium, (390, 320), color_scheme="dark", reduced_motion="reduce", **PHONE)


def _walked(site: Site, chromium: Browser, widths: tuple[int, ...], **options: object) -> Walk:
    walk = Walk()
    for role in (None, *Role):
        context = site.context(chromium, role, **options)
        page = context.new_page()
        for place in (place for place in site.places if place.role == role):
            answer = page.goto(site.url + place.path)
            assert answer is not None and answer.status == 200, f"{place.endpoint} answered {answer and answer.status}"
            _seen(page, place.endpoint, widths, walk)
        context.close()
    return walk


def _seen(page: Page, name: str, widths: tuple[int, ...], walk: Walk) -> None:
    size = page.viewport_size
    assert size is not None
    for fault in Axe().run(page).response["violations"]:
        walk.faults += [f"{name}: {fault['id']}: {node['html'][:120]}" for node in fault["nodes"]]
    if page.locator("body").get_attribute("data-room") == "treatment":
        walk.small += [f"{name}: {said}" for said in page.evaluate(SMALL)]
        walk.moving += [f"{name}: {said}" for said in page.evaluate(MOVING)]
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800 * width // 1280 + 300})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        walk.wide += [f"{name} at {width} px: {over} px too wide"] if over > 0 else []
    page.set_viewport_size(size)


def test_axe_finds_nothing_on_any_page_at_a_desk_in_light(at_a_desk: Walk) -> None:
    assert at_a_desk.faults == []


def test_axe_finds_nothing_on_any_page_on_a_phone_in_dark(on_a_phone: Walk) -> None:
    assert on_a_phone.faults == []


def test_no_page_is_wider_than_a_phone(on_a_phone: Walk) -> None:
    assert on_a_phone.wide == []


def test_no_page_is_wider_than_a_desks_screen_nor_at_twice_the_size(at_a_desk: Walk) -> None:
    """A screen 1280 px wide shows 640 px at 200 % zoom."""
    assert at_a_desk.wide == []


def test_everything_to_tap_in_the_treatment_room_is_48_px(on_a_phone: Walk) -> None:
    """WCAG 2.5.5 asks for 44; with gloves we ask for 48. Links inside a sentence or a table are exempt."""
    assert on_a_phone.small == []


def test_nothing_moves_in_the_treatment_room_for_who_asked_for_less_motion(on_a_phone: Walk) -> None:
    assert on_a_phone.moving == []


TAPPED = (
    "button, a.button, select, summary, label.choice, input:not([type=hidden]):not([type=radio]):not([type=checkbox])"
)
SMALL = f"""() => [...document.querySelectorAll(":is(main, header, nav, footer) :is({TAPPED})")]
  .filter((found) => found.checkVisibility() && !found.closest("td, th, p"))
  .map((found) => [found.outerHTML.slice(0, 80), found.getBoundingClientRect()])
  .filter(([, box]) => box.height < 47.5 || box.width < 47.5)
  .map(([html, box]) => `${{html}} ${{Math.round(box.width)}} x ${{Math.round(box.height)}}`)"""
MOVING = """() => [...document.querySelectorAll("*")]
  .map((found) => [found.outerHTML.slice(0, 80), getComputedStyle(found)])
  .filter(([, style]) => [style.transitionDuration, style.animationDuration].some((time) => /[1-9]/.test(time)))
  .map(([html]) => html)"""


def _a_clinic_at_work() -> list[PersonAtWork]:
    earlier = utc_now() - timedelta(minutes=30)
    clinic = people.found_clinic("Clinic North", "Europe/Brussels", earlier)
    staff = [_somebody(clinic, f"{role.value.title().replace('_', ' ')}", role) for role in Role]
    nurse, lead = staff[0], staff[1]
    ready = make_ready(nurse, earlier, packs=6)
    first = start_session(nurse, earlier, ready, area_cm2=850)
    sessions.close(first, nurse, earlier + timedelta(minutes=20), shots=250)
    today = (earlier + timedelta(minutes=25)).date()
    reactions.report(
        first, ReactionKind.RASH, ReactionSeverity.MILD, today, "Left", nurse, earlier + timedelta(minutes=25)
    )
    running = open_session(nurse, earlier + timedelta(minutes=26), ready, reference="C-2")
    gun = make_ready_gun(lead, earlier, container=ready.disinfectant, serial_number="B-2")
    for code in (gun.code, ready.antiseptic.code, ready.packs[1].code):
        scan_in(running, code, nurse, earlier + timedelta(minutes=27))
    sessions.start(running, nurse, earlier + timedelta(minutes=28))
    open_session(nurse, earlier + timedelta(minutes=29), ready, reference="C-3")
    draft_policy(PolicyNumbers(techniques={"papule": {"overdue_punctures": 60}}), "Papules wear more", nurse, earlier)
    parts.add_part("Holder", "H-1", 200, lead, earlier)
    stock.add_trade_item(ready.lot.product, CodeScheme.GTIN, "09521101530001", 100, lead, earlier)
    stock.add_document(ready.lot.product, "Instructions for use", "4", today, "Folder 2", lead, earlier)
    importing.hand_in("list.csv", b"Name,Kind,Counted in\nNew needle,needle,needle\nBad,spoon,\n", lead, earlier)
    printing.add_printer("Zebra", "192.168.1.40", 9100, Language.ZPL, 203, "roll-50x25", lead, earlier)
    door = Label("https://sterilog.example/sessions/new", "", "Room 1")
    printing.make_job(Order(what="Label of Room 1", labels=[door], medium="avery-l7160"), lead, earlier)
    grown = biological.place_indicator(
        make_load(lead, earlier), product="Spores", lot="B1", incubation_hours=24, by=lead, now=earlier
    )
    biological.read_indicator(grown, Growth.POSITIVE, Control.GREW, lead, earlier)
    _the_shelves(ready, staff[2], lead, earlier + timedelta(minutes=29))
    make_sent(staff[2], earlier)
    begin_export(Asked(LogFilter()), staff[2], earlier)
    return staff


def _the_shelves(ready: Ready, manager: PersonAtWork, lead: PersonAtWork, now: datetime) -> None:
    """A place with a level, a running stocktake, a sharps container, and a notice that reached a session."""
    pars.set_par(ready.room, ready.lot.product, 5, manager, now)
    stocktaking.count(stocktaking.start(None, manager, now), ready.store, ready.lot, 7, lead, now)
    sharps.place(ready.room, lead, now, needles=1)
    antiseptic = ready.antiseptic.lot.product
    recalls.enter(antiseptic, "FSN-1", now.date(), "Strength", RecallReach.ALL, manager, now)
    keeping.hold(HoldKind.SESSION, "1", "A claim", manager, now)


def _places(app: Flask) -> Iterator[Place]:
    """Every page with something on it, and a role that may open it."""
    values: dict[str, object] = {name: db.session.scalars(select(model.id)).first() for name, model in ROWS.items()}
    values |= {"number": 1, "subject_id": values["treatment_id"], "key": "avery-l7160", "name": "references"}
    from_load = db.session.scalars(select(AuditEntry.subject_id).where(AuditEntry.subject_kind == "load")).first()
    values["load_id"] = from_load
    treatments = db.session.scalars(select(TreatmentSession.id).order_by(TreatmentSession.number)).all()
    values["treatment_id"] = treatments[0]
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in FILES or rule.rule.endswith(NO_PAGES):
            continue
        if "code" in rule.arguments or rule.rule.startswith("/trust"):
            continue
        permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        role = None if permission == PUBLIC else _who(permission)
        given = {**values, "kind": "gun", "subject_id": values["gun_id"]} if "kind" in rule.arguments else values
        path = adapter.build(rule.endpoint, {name: given[name] for name in rule.arguments})
        if rule.endpoint == "sessions.treatment":
            for treatment in treatments:
                yield Place(rule.endpoint, adapter.build(rule.endpoint, {"treatment_id": treatment}), role)
        elif rule.endpoint in WHILE_OPEN:
            yield Place(rule.endpoint, adapter.build(rule.endpoint, {"treatment_id": treatments[1]}), role)
        else:
            yield Place(rule.endpoint, path, role)


def _who(permission: str) -> Role:
    order = (Role.NURSE, Role.LEAD_NURSE, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)
    return next(role for role in order if permission == SIGNED_IN or permission in PERMISSIONS[role])


def _cookie(app: Flask, person: PersonAtWork) -> str:
    http = app.test_client()
    with http.session_transaction() as kept:
        kept["_user_id"] = db.session.get_one(Person, person.id).fs_uniquifier
        kept |= {"clinic_id": str(person.clinic_id), "signed_in_at": utc_now().isoformat()}
        kept.permanent = True
    cookie = http.get_cookie("sterilog")
    assert cookie is not None
    return cookie.value
