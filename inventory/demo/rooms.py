"""The treatment rooms of the demo clinic: its sessions, lived through the real operations."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from inventory.audit.actors import Actor
from inventory.demo.shelf import ALCOHOL, NEEDLES_A_PACK, OPA, Shelf
from inventory.demo.sittings import Sitting, Work, sitting
from inventory.disinfection import operations as disinfection
from inventory.disinfection.models import RinseWater
from inventory.guns import operations as guns
from inventory.guns.models import Gun, GunState
from inventory.packs.models import Pack
from inventory.scanning.verdicts import Tone
from inventory.sessions import admission, operations
from inventory.sessions.admission import Swap
from inventory.sessions.models import RemovalReason, Scan, TreatmentSession
from inventory.sessions.queries import key_of

FIRST_REFERENCE = 24_001
VIAL = "Procaine 2 %, 5 ml vial"
PRACTITIONERS = ("nurse@demo.example", "nurse2@demo.example", "nurse@demo.example", "lead@demo.example")
"""Who treats, in turn; whoever treated does not review what was flagged."""


@dataclass
class Rooms:
    """What goes on from session to session."""

    shelf: Shelf
    held: int = 0
    pack: Pack = field(init=False)
    needles_left: int = 0
    used: Pack | None = None
    over: list[TreatmentSession] = field(default_factory=list)

    def a_day(self, day: int, count: int) -> None:
        """`count` sessions spread from eight to five."""
        random, clinic = self.shelf.random, self.shelf.clinic
        for part in range(count):
            hour, minute = 8 + part * 9 // max(count, 1), random.randrange(20)
            self.treat(sitting(self.held, random), clinic.at(day, hour, minute))

    def treat(self, planned: Sitting, now: datetime) -> TreatmentSession:
        """One whole session, closed."""
        nurse = self.shelf.nurse()
        treatment, now = self.begin(planned, nurse, now)
        now = self._work_through(treatment, planned, nurse, now)
        last = planned.needles[-1]
        operations.close(treatment, nurse, now, shots=last.shots, area_cm2=last.area_cm2)
        self.used = self.pack
        self.over.append(treatment)
        return treatment

    def set_up(self, planned: Sitting, nurse: Actor, now: datetime) -> TreatmentSession:
        """A session opened, its first region noted, a freshly disinfected gun and a pack scanned; no antiseptic yet."""
        clinic = self.shelf.clinic
        gun = self._next_gun(nurse, now - timedelta(minutes=10))
        treatment = operations.open_session(
            f"P-{FIRST_REFERENCE + self.held}",
            clinic.memberships[PRACTITIONERS[self.held % len(PRACTITIONERS)]],
            clinic.places[f"Room {1 + self.held % 3}"],
            planned.technique,
            4,
            nurse,
            now,
            body_protocol=bool(planned.areas) and planned.areas[0][0] in ("abdomen", "thigh_front", "buttock"),
        )
        self.held += 1
        if planned.areas:
            region, side, area = planned.areas[0]
            operations.add_area(treatment, region, side, nurse, now, area_cm2=area)
        if planned.used_pack_first and self.used is not None:
            admission.scan_in(treatment, self.used.code, nurse, now + timedelta(seconds=10))
        self._take_pack(now)
        for seconds, code in ((15, gun.code), (30, self.pack.code)):
            _accepted(admission.scan_in(treatment, code, nurse, now + timedelta(seconds=seconds)))
        return treatment

    def begin(self, planned: Sitting, nurse: Actor, now: datetime) -> tuple[TreatmentSession, datetime]:
        """A session up to its first puncture, and when that was."""
        treatment = self.set_up(planned, nurse, now)
        now += timedelta(seconds=45)
        _accepted(admission.scan_in(treatment, self.shelf.open[ALCOHOL].code, nurse, now))
        if self.held % 10 == 0:
            self._draw_up(treatment, nurse, now)
        for _ in range(planned.syringes):
            operations.draw_syringe(treatment, nurse, now)
        now += timedelta(seconds=planned.skin_seconds)
        operations.start(treatment, nurse, now)
        self.needles_left -= 1
        return treatment, now

    def _draw_up(self, treatment: TreatmentSession, nurse: Actor, now: datetime) -> None:
        """One vial for this patient alone; what is left of it is thrown away."""
        clinic = self.shelf.clinic
        place = clinic.places["Main store"]
        vial = disinfection.open_container(self.shelf.first_expired(VIAL), place, nurse, now, code=self.shelf.code())
        _accepted(admission.scan_in(treatment, vial.code, nurse, now))
        operations.draw_syringe(treatment, nurse, now)
        disinfection.end_container(vial, "Drawn up; the rest thrown away", nurse, now)

    def _work_through(self, treatment: TreatmentSession, planned: Sitting, nurse: Actor, now: datetime) -> datetime:
        """Every needle in turn; when the last one stopped."""
        before: Work | None = None
        noted = 1
        for work in planned.needles:
            reach = work.region + work.goes_on
            for region, side, area in planned.areas[noted : reach + 1]:
                added = operations.add_area(treatment, region, side, nurse, now, area_cm2=area)
                if before is None:
                    operations.treat_region(treatment, key_of(added), nurse, now)
                noted += 1
            if before is not None:
                moved = work.region > before.region + before.goes_on
                self._swap(treatment, before, moved, nurse, now)
            before = work
            now += timedelta(seconds=work.seconds)
        return now

    def _swap(self, treatment: TreatmentSession, ended: Work, moved: bool, nurse: Actor, now: datetime) -> None:
        if self.needles_left == 0:
            self._take_pack(now)
        self.needles_left -= 1
        reason = RemovalReason.NEW_REGION if moved else RemovalReason.LIMIT_REACHED
        swap = Swap(reason, ended.shots, ended.area_cm2)
        _accepted(admission.scan_in(treatment, self.pack.code, nurse, now, swap=swap))

    def _take_pack(self, now: datetime) -> None:
        """The next pack of the shelf; a needle of the one before stays unused: it left its sterile barrier."""
        self.pack = self.shelf.take(now)
        self.needles_left = NEEDLES_A_PACK

    def _next_gun(self, nurse: Actor, now: datetime) -> Gun:
        """Each gun in its turn, so that none is in two rooms at one time."""
        working = [gun for gun in self.shelf.clinic.guns if gun.state is not GunState.OUT_OF_SERVICE]
        gun = working[self.held % len(working)]
        guns.disinfect_gun(gun, self.shelf.open[OPA], 720, RinseWater.STERILE, nurse, now)
        return gun


def _accepted(scan: Scan) -> None:
    """A refusal that was not meant would go unseen: a refused scan is an answer, not an error."""
    if scan.tone is Tone.RED:
        raise RuntimeError(f"The demo's scan was refused: {scan.sentence}")
