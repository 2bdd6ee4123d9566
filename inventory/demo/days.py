"""The treatment rooms of the demo clinic, day by day."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from inventory.audit.actors import Actor
from inventory.demo.clinic import DemoClinic
from inventory.disinfection import operations as disinfection
from inventory.disinfection.models import Container, RinseWater
from inventory.guns import operations as guns
from inventory.guns.models import Gun
from inventory.packs import operations as packs
from inventory.packs.models import Pack
from inventory.sessions import admission, operations
from inventory.sessions.admission import Swap
from inventory.sessions.models import RemovalReason, Side, Technique, TreatmentSession
from inventory.sterilising.models import Load
from inventory.stock.models import Lot
from inventory.stock.queries import on_hand
from labels.codes import new_code

OPA, ALCOHOL = "OPA 0.55 %, 3.8 l", "Chlorhexidine 2 % in 70 % alcohol, 250 ml"
PACKS_A_BATCH = 24
NEEDLES_A_PACK = 2
NEEDLES = ("Needle 30G x 4 mm", "Needle 30G x 13 mm", "Needle 27G x 4 mm")
PATTERNS = (
    (("face", Side.MIDLINE, 300),),
    (("neck_front", Side.MIDLINE, 160),),
    (("face", Side.MIDLINE, 340), ("neck_front", Side.MIDLINE, 150)),
    (("scalp", Side.MIDLINE, 380),),
    (("thigh_front", Side.LEFT, 390), ("thigh_front", Side.RIGHT, 390)),
    (("abdomen", Side.MIDLINE, 560),),
)


@dataclass
class Day:
    """The state that goes on from day to day: packs on the shelf, open containers."""

    clinic: DemoClinic
    random: Random
    pack: Pack = field(init=False)
    shelf: list[Pack] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    open: dict[str, Container] = field(default_factory=dict)
    reference: int = 24_000
    needles_left: int = 0
    covered: int = 0
    """cm2 the needle now fitted has worked on."""

    def code(self) -> str:
        """A repeatable code: the demo's labels are the same in every build from one seed."""
        return new_code(self.random.getrandbits)

    def renew_containers(self, now: datetime) -> None:
        """Open what is spent; test the OPA, as its maker asks before each use."""
        lead = self.clinic.people["lead@demo.example"]
        for name in (OPA, ALCOHOL):
            container = self.open.get(name)
            if container is None or container.usable_until <= now + timedelta(days=1):
                if container is not None:
                    disinfection.end_container(container, "Opened life over", lead, now)
                lot = self.clinic.lots[name][0]
                place = self.clinic.places["Main store"]
                self.open[name] = disinfection.open_container(lot, place, lead, now, code=self.code())
        disinfection.record_strip(self.open[OPA], True, lead, now + timedelta(minutes=2))

    def make_up_packs(self, now: datetime) -> None:
        lead = self.clinic.people["lead@demo.example"]
        lot = self._needle_lot()
        made = packs.make_up(
            [(lot, NEEDLES_A_PACK)],
            PACKS_A_BATCH,
            self.clinic.places["Main store"],
            lot.expires_on,
            False,
            lead,
            now,
            new_code=self.code,
        )
        packs.mark_labelled(made, "avery-l7160", 1, lead, now + timedelta(minutes=5))
        self.shelf.extend(made)

    def sessions(self, day: int, count: int) -> None:
        for number in range(count):
            hour, minute = 8 + number * 9 // max(count, 1), self.random.randrange(40)
            nurse = self.clinic.people[self.random.choice(("nurse@demo.example", "nurse2@demo.example"))]
            self._session(nurse, self.clinic.at(day, hour, minute), f"Room {1 + number % 3}")

    def _session(self, nurse: Actor, now: datetime, room: str) -> None:
        careless = self.random.random() < 0.075
        pattern = self.random.choice(PATTERNS[2:] if careless else PATTERNS)
        gun = self._ready_gun(nurse, now - timedelta(minutes=20))
        self.reference += 1
        treatment = operations.open_session(
            f"P-{self.reference}",
            self.clinic.memberships["lead@demo.example"],
            self.clinic.places[room],
            self.random.choice((Technique.NAPPAGE, Technique.PAPULE)),
            4,
            nurse,
            now,
            body_protocol=pattern[0][0] not in ("face", "neck_front", "scalp"),
        )
        region, side, area = pattern[0]
        operations.add_area(treatment, region, side, nurse, now, area_cm2=area)
        self._take_pack(now)
        for code in (gun.code, self.open[ALCOHOL].code, self.pack.code):
            now += timedelta(seconds=15)
            admission.scan_in(treatment, code, nurse, now)
        hurried = self.random.random() < 0.008
        now += timedelta(seconds=5 if hurried else 45)
        operations.start(treatment, nurse, now)
        self.needles_left -= 1
        self._treat(treatment, pattern, careless, nurse, now)

    def _treat(
        self,
        treatment: TreatmentSession,
        pattern: tuple[tuple[str, Side, int], ...],
        careless: bool,
        nurse: Actor,
        now: datetime,
    ) -> None:
        """A careful nurse changes every 160 cm2 and 80 punctures; a careless one hardly ever."""
        for part, (region, side, area) in enumerate(pattern):
            if part:
                operations.add_area(treatment, region, side, nurse, now, area_cm2=area)
            stretches = 1 if careless else -(-area // 160)
            for stretch in range(stretches):
                if part or stretch:
                    reason = RemovalReason.NEW_REGION if stretch == 0 else RemovalReason.LIMIT_REACHED
                    self._swap(treatment, Swap(reason, self._shots(careless), self.covered), nurse, now)
                self.covered = area // stretches
                now += timedelta(minutes=self.random.randrange(14, 19) if careless else self.random.randrange(4, 8))
        operations.close(treatment, nurse, now, shots=self._shots(careless), area_cm2=self.covered)

    def _shots(self, careless: bool) -> int:
        return self.random.randrange(120, 320) if careless else self.random.randrange(45, 95)

    def _swap(self, treatment: TreatmentSession, swap: Swap, nurse: Actor, now: datetime) -> None:
        if self.needles_left == 0:
            self._take_pack(now)
        self.needles_left -= 1
        admission.scan_in(treatment, self.pack.code, nurse, now, swap=swap)

    def _take_pack(self, now: datetime) -> None:
        """The next pack of the shelf; a needle of the one before stays unused: it left its sterile barrier."""
        if not self.shelf:
            self.make_up_packs(now - timedelta(minutes=15))
        self.pack = self.shelf.pop(0)
        self.needles_left = NEEDLES_A_PACK

    def _ready_gun(self, nurse: Actor, now: datetime) -> Gun:
        gun = self.clinic.guns[self.random.randrange(len(self.clinic.guns))]
        guns.disinfect_gun(gun, self.open[OPA], 720, RinseWater.STERILE, nurse, now)
        return gun

    def _needle_lot(self) -> Lot:
        """A lot of which the store still has a batch, the first of the list first."""
        for name in NEEDLES:
            for lot in sorted(self.clinic.lots[name], key=lambda lot: lot.expires_on or date.max):
                if on_hand(lot, self.clinic.places["Main store"]) >= PACKS_A_BATCH * NEEDLES_A_PACK:
                    return lot
        raise RuntimeError("The demo's store is too small for its sessions.")
