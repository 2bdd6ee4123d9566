"""The demo clinic on its first day: people, places, catalogue, guns and steriliser."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from inventory.audit.actors import Actor, Program
from inventory.clock import day_in, start_of_day
from inventory.compliance.facts import Thresholds
from inventory.compliance.operations import publish_policy
from inventory.demo.catalogue import DOCUMENTS, GUNS, ITEMS, LOCATIONS, Item, gtin
from inventory.guns import operations as guns
from inventory.guns.models import Gun
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork, at_work
from inventory.people.limits import Terms
from inventory.people.models import Clinic, Membership, Role
from inventory.signatures.models import How
from inventory.signatures.signer import Signer, signing
from inventory.sterilising import equipment
from inventory.sterilising.cycle_log import LogFormat
from inventory.sterilising.models import CycleType, Programme
from inventory.stock import operations as stock
from inventory.stock.models import CodeScheme, Location, Lot, PackageLevel, Product
from labels.codes import new_code

PASSWORD = "four millimetres deep"  # noqa: S105 - of a clinic that does not exist, on this machine only
ZONE = "Europe/Brussels"
HISTORY_DAYS = 90
_PEOPLE = (
    ("Lea Verbeke", "lead@demo.example", Role.LEAD_NURSE, "lead nurse: loads, packs, labels, flags"),
    ("Noor Haddad", "nurse@demo.example", Role.NURSE, "nurse: sessions, scanning"),
    ("Jonas Maes", "nurse2@demo.example", Role.NURSE, "second nurse"),
    ("Mila Janssens", "manager@demo.example", Role.MANAGER, "manager: receiving, stock"),
    ("Aude Laurent", "auditor@demo.example", Role.AUDITOR, "auditor: log, exports, record"),
    ("Ada Peeters", "admin@demo.example", Role.ADMINISTRATOR, "administrator: people, policies"),
)
_EXTERNAL = ("Otto Willems", "external@demo.example", "auditor from outside: thirty days of the log, for a year")
SIGN_INS = (*((email, said) for _, email, _, said in _PEOPLE), _EXTERNAL[1:])

PROGRAMMES = (
    ("134 C, 3.5 min", CycleType.B, 1340, 210, 900),
    ("134 C prion, 18 min", CycleType.B, 1340, 1080, 900),
    ("121 C, 15 min", CycleType.B, 1210, 900, 1200),
    ("134 C quick, unwrapped", CycleType.N, 1340, 210, 0),
)


@dataclass
class DemoClinic:
    """What the history works with."""

    row: Clinic
    people: dict[str, Signer]
    memberships: dict[str, Membership]
    places: dict[str, Location]
    products: dict[str, Product]
    lots: dict[str, list[Lot]]
    guns: list[Gun]
    programme: Programme
    first_day: date

    @property
    def lead(self) -> Signer:
        return self.people["lead@demo.example"]

    @property
    def nurse(self) -> Signer:
        return self.people["nurse@demo.example"]

    @property
    def manager(self) -> Signer:
        return self.people["manager@demo.example"]

    @property
    def last_day(self) -> date:
        """The day before the demo was built."""
        return self.first_day + timedelta(days=HISTORY_DAYS - 1)

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        """A moment of the clinic's `day` (0 is the first), by its own clock."""
        return start_of_day(ZONE, self.first_day + timedelta(days=day)) + timedelta(hours=hour, minutes=minute)


def found(now: datetime, seed: int) -> DemoClinic:
    """Found the clinic 90 days before `now` and fill its store."""
    random = Random(seed)  # noqa: S311 - repeatable, not secret
    first_day = day_in(ZONE, now) - timedelta(days=HISTORY_DAYS)
    opening = start_of_day(ZONE, first_day) + timedelta(hours=7)
    row = people.found_clinic("Demo clinic Leuven", ZONE, opening)
    program = Program(row.id, ZONE)
    publish_policy(Thresholds(), "The default policy", program, opening)
    staff, memberships = _staff(row, program, opening)
    manager, lead = staff["manager@demo.example"], staff["lead@demo.example"]
    _take_in_external(staff["admin@demo.example"], first_day, opening)
    places = {name: stock.add_location(name, kind, manager, opening) for name, kind in LOCATIONS}
    clinic = DemoClinic(
        row,
        staff,
        memberships,
        places,
        products={},
        lots={},
        guns=[
            guns.add_gun(
                model,
                serial,
                lead,
                opening,
                fastest_shots_per_minute=rate,
                high_speed=fast,
                service_due_on=first_day + timedelta(days=HISTORY_DAYS + 120),
                code=new_code(random.getrandbits),
            )
            for model, serial, rate, fast in GUNS
        ],
        programme=_steriliser(lead, opening),
        first_day=first_day,
    )
    _fill_store(clinic, manager, opening, random)
    return clinic


def _steriliser(by: Actor, now: datetime) -> Programme:
    """Its programmes as its manual lists them, and its log; the clinic's usual programme."""
    steriliser = equipment.add_steriliser("S1", "ST-88213", by, now)
    usual, *_ = (
        equipment.add_programme(
            steriliser,
            name=name,
            cycle_type=kind,
            set_temperature_tenths=tenths,
            hold_seconds=hold,
            drying_seconds=drying,
            by=by,
            now=now,
        )
        for name, kind, tenths, hold, drying in PROGRAMMES
    )
    equipment.set_log_format(
        steriliser,
        LogFormat(
            time="Time",
            temperature="Temp C",
            pressure="Pressure bar",
            phase="Phase",
            hold_phase="Hold",
            drying_phase="Drying",
        ),
        by,
        now,
    )
    return usual


def _staff(row: Clinic, program: Actor, opening: datetime) -> tuple[dict[str, Signer], dict[str, Membership]]:
    staff, memberships = {}, {}
    for name, email, role, _said in _PEOPLE:
        person = people.add_person(name, email, PASSWORD, program, opening)
        membership = people.join_clinic(person, row, role, program, opening)
        # Invented like all of its history: nobody typed this password.
        staff[email] = signing(at_work(person, membership, row.name, row.time_zone), How.PASSWORD)
        memberships[email] = membership
    return staff, memberships


def _take_in_external(by: PersonAtWork, first_day: date, now: datetime) -> None:
    """Sees thirty days in the middle of the history."""
    name, email, _ = _EXTERNAL
    seen = first_day + timedelta(days=30), first_day + timedelta(days=59)
    terms = Terms(*seen, first_day + timedelta(days=HISTORY_DAYS + 365))
    people.take_in_auditor(name, email, PASSWORD, [by], terms, now)


def _fill_store(clinic: DemoClinic, by: Actor, opening: datetime, random: Random) -> None:
    for number, item in enumerate(ITEMS, start=1):
        product = _add(item, number, by, opening)
        clinic.products[item.name] = product
        lots = 2 if item.boxes > 2 else 1
        clinic.lots[item.name] = [
            stock.receive(
                product,
                f"{chr(64 + number % 26 + 1)}{random.randrange(1000, 9999)}{'AB'[part]}",
                clinic.first_day + timedelta(days=150 + 200 * part + random.randrange(400)),
                max(1, item.boxes // lots) * item.box,
                clinic.places["Main store"],
                by,
                opening + timedelta(minutes=number),
            )
            for part in range(lots)
        ]


def _add(item: Item, number: int, by: Actor, opening: datetime) -> Product:
    product = stock.add_product(
        by,
        opening,
        name=item.name,
        kind=item.kind,
        base_unit=item.base_unit,
        reference=item.reference,
        reorder_point=item.reorder_point,
        needle_gauge=item.gauge,
        needle_length_mm=item.length_mm,
        pins=item.pins,
        skin_contact_seconds=item.skin_seconds,
        gun_contact_seconds=item.gun_seconds,
        surface_contact_seconds=item.surface_seconds,
        manufacturer=item.maker,
        storage=item.storage,
        agent=item.agent,
        concentration=item.concentration,
        opened_life=item.life[0] if item.life else None,
        opened_life_unit=item.life[1] if item.life else None,
        needs_test_strip=item.strip,
    )
    stock.add_trade_item(product, CodeScheme.GTIN, gtin(number), 1, by, opening)
    stock.add_trade_item(product, CodeScheme.GTIN, gtin(number, 1), item.box, by, opening)
    if item.boxes >= 10:
        carton = PackageLevel.CARTON
        stock.add_trade_item(product, CodeScheme.GTIN, gtin(number, 2), 10 * item.box, by, opening, level=carton)
    for name, version, issued_on in DOCUMENTS:
        if name == item.name:
            where = f"Office folder Instructions, {item.name}, version {version}"
            stock.add_document(product, "Instructions for use", version, issued_on, where, by, opening)
    return product
