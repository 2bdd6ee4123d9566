"""A clinic that can treat, and its sessions, made through the operations."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.clock import day_in
from inventory.compliance import operations as compliance
from inventory.compliance.facts import Thresholds
from inventory.db import db
from inventory.disinfection.models import Container
from inventory.guns.models import Gun
from inventory.packs.models import Pack
from inventory.people.actors import PersonAtWork
from inventory.people.models import Membership
from inventory.sessions import operations as sessions
from inventory.sessions.admission import scan_in
from inventory.sessions.models import Side, Technique, TreatmentSession
from inventory.stock.models import LifeUnit, Location, LocationKind, Lot, ProductKind
from tests.factories.disinfection import make_container
from tests.factories.guns import make_ready_gun
from tests.factories.packs import make_packs
from tests.factories.stock import make_location, make_lot

POLICY_AGE = timedelta(days=30)
SHELF_LIFE = timedelta(days=400)


@dataclass(frozen=True)
class Ready:
    """What stands ready for a session: one disinfected gun, one antiseptic, packs of one needle each."""

    room: Location
    store: Location
    lot: Lot
    disinfectant: Container
    gun: Gun
    antiseptic: Container
    packs: list[Pack]


def make_ready(
    by: PersonAtWork,
    now: datetime,
    *,
    packs: int = 3,
    needles: int = 200,
    thresholds: Thresholds | None = None,
    policy: bool = True,
) -> Ready:
    """Everything as at `now`; its policy has been in force for 30 days or is there already; nothing expires for 400."""
    if policy:
        compliance.publish_policy(thresholds or Thresholds(), "First policy", by, now - POLICY_AGE)
    room = make_location(by, now, kind=LocationKind.ROOM)
    store = make_location(by, now)
    good_until = day_in(by.time_zone, now + SHELF_LIFE)
    lot = make_lot(by, now, location=store, quantity=needles, expires_on=good_until)
    opa = make_container(
        by, now, opened_life=14, opened_life_unit=LifeUnit.DAYS, contact_seconds=300, expires_on=good_until
    )
    return Ready(
        room,
        store,
        lot,
        opa,
        make_ready_gun(by, now, container=opa),
        make_container(by, now, kind=ProductKind.ANTISEPTIC, contact_seconds=30, expires_on=good_until),
        make_packs(by, now, lot, store, packs) if packs else [],
    )


def open_session(
    by: PersonAtWork,
    now: datetime,
    ready: Ready,
    *,
    reference: str = "C-1001",
    area_cm2: int | None = 100,
    region: str = "abdomen",
) -> TreatmentSession:
    """A session in setup, of one region unless `area_cm2` is None."""
    treatment = sessions.open_session(
        reference, db.session.get_one(Membership, by.membership_id), ready.room, Technique.POINT_BY_POINT, 4, by, now
    )
    if area_cm2 is not None:
        sessions.add_area(treatment, region, Side.MIDLINE, by, now, area_cm2=area_cm2)
    return treatment


def set_up(
    by: PersonAtWork, now: datetime, ready: Ready, *, area_cm2: int | None = 100, region: str = "abdomen"
) -> TreatmentSession:
    """A session whose gun, antiseptic and first pack were scanned."""
    treatment = open_session(by, now, ready, area_cm2=area_cm2, region=region)
    for code in (ready.gun.code, ready.antiseptic.code, ready.packs[0].code):
        assert scan_in(treatment, code, by, now).tone == "green"
    return treatment


def start_session(
    by: PersonAtWork, now: datetime, ready: Ready, *, area_cm2: int | None = 100, region: str = "abdomen"
) -> TreatmentSession:
    """A running session, its first puncture a minute after the antiseptic."""
    treatment = set_up(by, now, ready, area_cm2=area_cm2, region=region)
    sessions.start(treatment, by, now + timedelta(minutes=1))
    return treatment
