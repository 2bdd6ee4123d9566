"""The demo clinic's preparation room: open containers, and sterile packs on the shelf."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from inventory.audit.actors import Actor
from inventory.demo.clinic import DemoClinic
from inventory.disinfection import operations as disinfection
from inventory.disinfection.models import Container
from inventory.packs import operations as packs
from inventory.packs.models import Pack
from inventory.sterilising.models import Load
from inventory.stock.models import Lot
from inventory.stock.queries import on_hand
from labels.codes import new_code

OPA, ALCOHOL = "OPA 0.55 %, 3.8 l", "Chlorhexidine 2 % in 70 % alcohol, 250 ml"
PACKS_A_BATCH = 20
LEAST = 15
"""Packs on the shelf in the morning."""
NEEDLES_A_PACK = 2
NEEDLES = ("Needle 30G x 4 mm", "Needle 30G x 13 mm", "Needle 27G x 4 mm")
SHEET = "avery-l7160"
ASIDE = "The earlier boxes are kept for next week"
"""Why a batch is made up of a later lot, where it is."""


@dataclass
class Shelf:
    clinic: DemoClinic
    random: Random
    ready: list[Pack] = field(default_factory=list)
    open: dict[str, Container] = field(default_factory=dict)
    made: int = 0

    def code(self) -> str:
        """A repeatable code: the demo's labels are the same in every build from one seed."""
        return new_code(self.random.getrandbits)

    def nurse(self) -> Actor:
        return self.clinic.people[self.random.choice(("nurse@demo.example", "nurse2@demo.example"))]

    def renew_containers(self, now: datetime) -> None:
        """Open what is spent; test the OPA, as its maker asks before each use."""
        lead = self.clinic.lead
        for name in (OPA, ALCOHOL):
            container = self.open.get(name)
            if container is None or container.usable_until <= now + timedelta(days=1):
                if container is not None:
                    disinfection.end_container(container, "Opened life over", lead, now)
                place = self.clinic.places["Main store"]
                self.open[name] = disinfection.open_container(
                    self.first_expired(name), place, lead, now, code=self.code()
                )
        disinfection.record_strip(self.open[OPA], True, lead, now)

    def fill(self, now: datetime) -> None:
        """Make up and label packs until enough are ready."""
        while len(self.ready) < LEAST:
            self.ready += self.make_up(self._needle_lot(), NEEDLES_A_PACK, PACKS_A_BATCH, now)

    def take(self, now: datetime) -> Pack:
        """The pack that was ready first."""
        if not self.ready:
            self.fill(now - timedelta(minutes=15))
        return self.ready.pop(0)

    def make_up(
        self, lot: Lot, each: int, count: int, now: datetime, *, load: Load | None = None, labelled: bool = True
    ) -> list[Pack]:
        """`count` packs of `each` pieces of `lot`; of pieces that were not bought sterile in a `load`."""
        lead = self.clinic.lead
        place = self.clinic.places["Main store"]
        made = packs.make_up(
            [(lot, each)],
            count,
            place,
            None,
            load is not None,
            lead,
            now,
            load=load,
            new_code=self.code,
            out_of_order=ASIDE,
        )
        if labelled:
            packs.mark_labelled(made, SHEET, 1, lead, now)
        self.made += count
        return made

    def first_expired(self, name: str) -> Lot:
        """The lot of a product that goes first, of which the store has some."""
        held = [lot for lot in self.clinic.lots[name] if on_hand(lot, self.clinic.places["Main store"])]
        return min(held, key=lambda lot: lot.expires_on or date.max)

    def _needle_lot(self) -> Lot:
        """A lot of which the store still has a batch, the first of the list first."""
        for name in NEEDLES:
            for lot in sorted(self.clinic.lots[name], key=lambda lot: lot.expires_on or date.max):
                if on_hand(lot, self.clinic.places["Main store"]) >= PACKS_A_BATCH * NEEDLES_A_PACK:
                    return lot
        raise RuntimeError("The demo's store is too small for its sessions.")
