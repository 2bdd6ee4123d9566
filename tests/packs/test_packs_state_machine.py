"""Any sequence of steps against a plain model: nothing unreleased is opened, nothing twice, stock is taken once."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from inventory.audit.actors import Program
from inventory.audit.queries import verify
from inventory.db import db
from inventory.errors import DomainError
from inventory.packs import operations as packs
from inventory.packs import parts, queries, remaking
from inventory.packs.labelling import label_of
from inventory.packs.models import Pack, PackState, PackUse
from inventory.people import operations as people
from inventory.people.actors import at_work
from inventory.people.models import Person, Role
from inventory.sessions.admission import scan_in
from inventory.signatures.models import How
from inventory.signatures.signer import signing
from inventory.sterilising import biological
from inventory.sterilising.models import Control, Growth, Load, LoadState, RecallScope
from inventory.stock import operations as stock
from inventory.stock.models import Lot
from inventory.stock.queries import on_hand
from tests.factories.packs import decide, make_load
from tests.factories.sessions import make_ready, open_session
from tests.factories.stock import make_lot

BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ENOUGH = 40
numbers = st.integers(0, 1000)


@dataclass
class Known:
    """The model of one pack: plain words and plain days."""

    lot: int
    use_by: date
    needs_load: bool
    load: int | None = None
    labels: int = 0
    opened: bool = False
    finished: bool = False
    pieces: int = 1
    gone: str = ""
    """`discarded` or `recalled`, once it is."""
    remade: bool = False
    part: bool = False
    freed: bool = False
    since: datetime = BEGIN - timedelta(days=60)
    """A load that began before this moment did not hold it."""


class PacksOfAClinic(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        db.session.rollback()
        self.now = BEGIN
        clinic = people.found_clinic("Clinic", "Europe/Brussels", BEGIN - timedelta(days=60))
        person = Person(name="Lea Lead", email="lea@clinic.example", password="none", created_at=BEGIN)
        db.session.add(person)
        program = Program(clinic.id, clinic.time_zone)
        membership = people.join_clinic(person, clinic, Role.LEAD_NURSE, program, BEGIN)
        self.by = signing(at_work(person, membership, clinic.name, clinic.time_zone), How.PASSWORD)
        ready = make_ready(self.by, BEGIN, packs=0)
        self.store = ready.store
        self.treatments = [open_session(self.by, BEGIN, ready) for _ in range(2)]
        self.lots: list[Lot] = []
        self.lot_states: list[str] = []
        self.stocked: list[int] = []
        self.loads: list[Load] = []
        self.load_states: list[str] = []
        self.grown: set[int] = set()
        self.packs: list[Pack] = []
        self.known: list[Known] = []
        self.uses = 0
        self.began: list[datetime] = []
        self.freed: dict[UUID, datetime] = {}
        self.parts = [
            parts.add_part("Holder", "1", None, self.by, BEGIN),
            parts.add_part("Holder", "2", 1, self.by, BEGIN),
        ]

    @initialize()
    def two_lots(self) -> None:
        for days in (2, 30):
            expires = BEGIN.date() + timedelta(days=days)
            self.lots.append(make_lot(self.by, BEGIN, location=self.store, quantity=ENOUGH, expires_on=expires))
            self.lot_states.append("usable")
            self.stocked.append(ENOUGH)

    def refused(self, step) -> str | None:
        try:
            with db.session.begin_nested():
                step()
        except DomainError as refusal:
            return refusal.code
        return None

    def chosen(self, number: int) -> tuple[Pack, Known]:
        place = number % len(self.packs)
        return self.packs[place], self.known[place]

    def load_of(self, known: Known) -> str | None:
        return None if known.load is None else self.load_states[known.load]

    def state_of(self, known: Known) -> str:
        if known.gone:
            return known.gone
        if known.opened:
            return "used" if known.finished else "opened"
        load = self.load_of(known)
        ready = known.labels and (load == "released" if load else not known.needs_load)
        return "available" if ready else "made_up"

    @rule(
        number=numbers, count=st.integers(1, 3), each=st.integers(1, 4), needs_load=st.booleans(), loaded=st.booleans()
    )
    def make_up(self, number: int, count: int, each: int, needs_load: bool, loaded: bool) -> None:
        which = number % len(self.lots)
        lot = self.lots[which]
        load = number % len(self.loads) if loaded and self.loads else None
        before = len(self.packs)
        code = self.refused(
            lambda: self.packs.extend(
                packs.make_up(
                    [(lot, each)],
                    count,
                    self.store,
                    None,
                    needs_load,
                    self.by,
                    self.now,
                    load=None if load is None else self.loads[load],
                )
            )
        )
        good_lot = (
            self.lot_states[which] == "usable" and lot.expires_on is not None and lot.expires_on >= self.now.date()
        )
        good_load = load is None or self.load_states[load] not in ("rejected", "recalled")
        assert (code is None) == (good_lot and good_load and each * count <= self.stocked[which])
        if code is None:
            assert lot.expires_on is not None
            self.stocked[which] -= each * count
            self.known += [Known(which, lot.expires_on, needs_load, load, pieces=each) for _ in range(count)]
        assert len(self.packs) == len(self.known) == before + (count if code is None else 0)

    @precondition(lambda self: self.packs)
    @rule(number=numbers, reason=st.sampled_from([None, "Smeared"]))
    def label(self, number: int, reason: str | None) -> None:
        pack, known = self.chosen(number)
        closed = self.state_of(known) in ("made_up", "available")
        code = self.refused(lambda: packs.mark_labelled([pack], "avery-l7160", 1, self.by, self.now, reason=reason))
        assert (code is None) == (closed and (known.labels == 0 or reason is not None))
        known.labels += code is None

    @precondition(lambda self: self.packs)
    @rule(number=numbers, session=st.integers(0, 1), reason=st.sampled_from([None, "Nothing else here"]))
    def open_one(self, number: int, session: int, reason: str | None) -> None:
        pack, known = self.chosen(number)
        was, lot = self.state_of(known), "usable" if known.part else self.lot_states[known.lot]
        faults = (lot == "quarantined") + (known.use_by < self.now.date())
        good = was == "available" and lot != "recalled" and (faults == 0 or (faults == 1 and reason is not None))
        code = self.refused(
            lambda: packs.open_pack(pack, self.treatments[session].id, self.by, self.now, override_reason=reason)
        )
        assert (code is None) == good, (was, lot, faults, code)
        assert (code == "ALREADY_USED") == known.opened
        if code is None:
            known.opened = True
            self.uses += 1

    @precondition(lambda self: self.packs)
    @rule(number=numbers, session=st.integers(0, 1), older=st.integers(0, 1))
    def scan_one(self, number: int, session: int, older: int) -> None:
        """As the nurse does, by the newest label or the one before it."""
        pack, known = self.chosen(number)
        lot = "usable" if known.part else self.lot_states[known.lot]
        in_time = known.use_by >= self.now.date()
        good = self.state_of(known) == "available" and lot == "usable" and in_time
        copy = max(1, known.labels - older)
        text = label_of(pack, "https://sterilog.example", copy).address
        before = queries.live_use_of(pack)
        scan_in(self.treatments[session], text, self.by, self.now)
        opened = queries.live_use_of(pack) is not None and before is None
        assert opened == (good and copy == known.labels)
        if opened:
            known.opened = True
            self.uses += 1

    @precondition(lambda self: self.packs)
    @rule(number=numbers)
    def the_session_of_a_pack_is_over(self, number: int) -> None:
        pack, known = self.chosen(number)
        was = self.state_of(known)
        code = self.refused(lambda: packs.finish_pack(pack, self.by, self.now))
        assert (code is None) == (was in ("opened", "recalled"))
        if was == "opened":
            known.finished = known.freed = True
            self.note_free(pack)

    @precondition(lambda self: self.packs)
    @rule(number=numbers)
    def discard(self, number: int) -> None:
        pack, known = self.chosen(number)
        closed = self.state_of(known) in ("made_up", "available")
        code = self.refused(lambda: packs.discard(pack, "Dropped", self.by, self.now))
        assert (code is None) == closed
        if code is None:
            known.gone, known.freed = "discarded", True
            self.note_free(pack)

    @rule()
    def sterilise(self) -> None:
        name = f"S{len(self.loads)}"
        self.loads.append(make_load(self.by, self.now - timedelta(hours=1), self.now, name=name))
        self.load_states.append("awaiting")
        self.began.append(self.now - timedelta(hours=1))

    @precondition(lambda self: self.packs and self.loads)
    @rule(number=numbers, load=numbers)
    def put_in_load(self, number: int, load: int) -> None:
        pack, known = self.chosen(number)
        which = load % len(self.loads)
        fits = self.state_of(known) == "made_up" and known.load is None
        since = max([known.since, *[self.freed[held.part_id] for held in pack.parts if held.part_id in self.freed]])
        fits = fits and since <= self.began[which]
        good = self.load_states[which] not in ("rejected", "recalled")
        code = self.refused(lambda: packs.put_in_load([pack], self.loads[which], self.by, self.now))
        assert (code is None) == (fits and good)
        if code is None:
            known.load = which

    @precondition(lambda self: self.loads)
    @rule(load=numbers, wanted=st.sampled_from(["released", "quarantined", "rejected", "recalled"]))
    def decide(self, load: int, wanted: str) -> None:
        which = load % len(self.loads)
        steps = {
            "awaiting": ("released", "quarantined", "rejected"),
            "quarantined": ("released", "rejected", "recalled"),
            "released": ("quarantined", "recalled"),
        }
        code = self.refused(lambda: decide(self.loads[which], LoadState(wanted), self.by, self.now))
        forbidden = wanted == "released" and which in self.grown
        assert (code is None) == (wanted in steps.get(self.load_states[which], ()) and not forbidden)
        if code is None:
            self.now_is(which, wanted)

    @precondition(lambda self: self.loads)
    @rule(load=numbers)
    def spores_grow(self, load: int) -> None:
        which = load % len(self.loads)
        code = self.refused(lambda: self.read_growth(self.loads[which]))
        assert (code is None) == (which not in self.grown)
        self.grown.add(which)
        if code is None and self.load_states[which] in ("awaiting", "released"):
            self.now_is(which, "quarantined")

    @precondition(lambda self: self.loads)
    @rule(load=numbers, scope=st.sampled_from(RecallScope))
    def recall_what_grew(self, load: int, scope: RecallScope) -> None:
        """Each load has a steriliser of its own here: either scope holds that load alone."""
        which = load % len(self.loads)
        code = self.refused(lambda: self.recall_for_growth(self.loads[which], scope))
        assert (code is None) == (which in self.grown)
        if code is None and self.load_states[which] == "quarantined":
            self.now_is(which, "recalled")

    def now_is(self, which: int, state: str) -> None:
        self.load_states[which] = state
        if state == "recalled":
            for known in self.known:
                known.gone = "recalled" if known.load == which else known.gone

    def read_growth(self, load: Load) -> None:
        found = biological.place_indicator(
            load, product="Spores", lot="BI-1", incubation_hours=24, by=self.by, now=self.now
        )
        biological.read_indicator(found, Growth.POSITIVE, Control.GREW, self.by, self.now)
        packs.refresh_load(load, self.by, self.now)

    def recall_for_growth(self, load: Load, scope: RecallScope) -> None:
        for each in biological.recall(load, scope, "Spores grew", self.by, self.now):
            packs.refresh_load(each, self.by, self.now)

    @precondition(lambda self: self.packs)
    @rule(number=numbers, into=st.integers(2, 3))
    def split(self, number: int, into: int) -> None:
        pack, known = self.chosen(number)
        closed = self.state_of(known) in ("made_up", "available")
        fits = closed and known.load is None and not known.part and known.pieces >= into
        made: list[Pack] = []
        code = self.refused(lambda: made.extend(remaking.split(pack, into, self.by, self.now)))
        assert (code is None) == fits
        if fits:
            known.gone, known.remade = "discarded", True
            shares = [sum(content.quantity for content in each.contents) for each in made]
            assert sum(shares) == known.pieces and max(shares) - min(shares) <= 1
            for each, pieces in zip(made, shares, strict=True):
                self.packs.append(each)
                # What is to be sterilised was in the other pack until now, and in no load that began before.
                since = self.now if known.needs_load else known.since
                self.known.append(Known(known.lot, known.use_by, known.needs_load, pieces=pieces, since=since))

    @rule(worn=st.booleans())
    def pack_a_part(self, worn: bool) -> None:
        """Of two parts, one of them at its limit after one cycle."""
        part = self.parts[worn]
        held = any(known.part and self.lies_in(pack) == part.id for pack, known in self.alive())
        over = part.most_cycles is not None and part.cycles >= part.most_cycles
        until = self.now.date() + timedelta(days=3)
        made: list[Pack] = []
        code = self.refused(lambda: made.append(parts.pack_parts([part], until, self.by, self.now)))
        assert (code is None) == (not held and not over)
        if made:
            self.packs.append(made[0])
            self.known.append(Known(-1, until, True, pieces=0, part=True))

    @precondition(lambda self: self.packs)
    @rule(number=numbers)
    def make_up_anew(self, number: int) -> None:
        pack, known = self.chosen(number)
        held = any(self.lies_in(other) == self.lies_in(pack) for other, _ in self.alive() if other is not pack)
        part = pack.parts[0].part if known.part else None
        over = part is not None and part.most_cycles is not None and part.cycles >= part.most_cycles
        ended = self.state_of(known) in ("used", "discarded", "recalled") and not known.remade
        until = self.now.date() + timedelta(days=3)
        made: list[Pack] = []
        code = self.refused(lambda: made.append(remaking.remake(pack, until, self.by, self.now)))
        assert (code is None) == (known.part and ended and not held and not over)
        if made:
            if not known.freed:
                self.note_free(pack)
            known.remade = known.freed = True
            self.packs.append(made[0])
            self.known.append(Known(-1, until, True, pieces=0, part=True, since=self.now))

    def note_free(self, pack: Pack) -> None:
        self.freed |= {held.part_id: self.now for held in pack.parts}

    def alive(self) -> list[tuple[Pack, Known]]:
        """Packs that still hold their parts: not taken apart, and recalled ones put aside whole."""
        pairs = zip(self.packs, self.known, strict=True)
        return [(pack, known) for pack, known in pairs if known.part and not known.freed]

    def lies_in(self, pack: Pack) -> UUID | None:
        return pack.parts[0].part_id if pack.parts else None

    @rule(number=numbers, step=st.sampled_from(["quarantine", "release", "recall"]))
    def judge_lot(self, number: int, step: str) -> None:
        which = number % len(self.lots)
        lot = self.lots[which]
        ways = {
            "quarantine": (stock.quarantine, "usable", "quarantined"),
            "release": (stock.release_from_quarantine, "quarantined", "usable"),
            "recall": (stock.recall, self.lot_states[which], "recalled"),
        }
        act, needed, after = ways[step]
        code = self.refused(lambda: act(lot, "Said so", self.by, self.now))
        if code is None:
            assert self.lot_states[which] == needed
            self.lot_states[which] = after

    @rule()
    def a_day_passes(self) -> None:
        self.now += timedelta(days=1)

    @invariant()
    def the_rows_agree_with_the_model(self) -> None:
        db.session.expire_all()
        for pack, known in zip(self.packs, self.known, strict=True):
            assert pack.state.value == self.state_of(known)
            assert pack.label_copies == known.labels
            if pack.state is PackState.AVAILABLE:
                assert known.labels and self.load_of(known) in (None, "released")

    @invariant()
    def a_part_is_in_one_pack_and_counts_its_loads(self) -> None:
        for part in self.parts:
            held = [pack for pack in self.packs if self.lies_in(pack) == part.id]
            assert sum(each.freed_at is None for pack in held for each in pack.parts) <= 1
            assert part.cycles == sum(pack.load is not None for pack in held)

    @invariant()
    def stock_is_taken_once(self) -> None:
        assert [on_hand(lot, self.store) for lot in self.lots] == self.stocked

    @invariant()
    def no_pack_is_opened_twice(self) -> None:
        counted = select(func.count(PackUse.id), func.count(PackUse.pack_id.distinct())).where(
            PackUse.clinic_id == self.by.clinic_id
        )
        assert tuple(db.session.execute(counted).one()) == (self.uses, self.uses)

    def teardown(self) -> None:
        assert verify(self.by.clinic_id).whole
        db.session.rollback()


def test_packs_follow_their_model_whatever_happens(app: Flask) -> None:
    run_state_machine_as_test(
        PacksOfAClinic,
        settings=settings(
            max_examples=20, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
