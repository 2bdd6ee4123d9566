"""Any sequence of steps against a plain model: one needle on the gun, one session a pack, over is over."""

from datetime import UTC, datetime, timedelta

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
from inventory.clock import day_in
from inventory.compliance.facts import Thresholds
from inventory.db import db
from inventory.disinfection import operations as disinfection
from inventory.disinfection.models import RinseWater
from inventory.errors import DomainError
from inventory.guns import operations as guns
from inventory.packs.models import Pack, PackUse
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork, at_work
from inventory.people.models import Person, Role
from inventory.sessions import judging, queries
from inventory.sessions import operations as sessions
from inventory.sessions.admission import Swap, scan_in
from inventory.sessions.models import Flag, NeedleUse, RemovalReason, Scan, Side, TreatedArea, TreatmentSession
from inventory.signatures.models import How
from inventory.signatures.signer import signing
from inventory.stock import operations as stock
from tests.factories.disinfection import make_container
from tests.factories.guns import make_ready_gun
from tests.factories.packs import make_packs
from tests.factories.sessions import make_ready, open_session
from tests.factories.stock import make_lot
from tests.sessions.known import ALLOWED, KnownClinic, KnownPack, KnownSession

BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MOST_SESSIONS = 6
numbers = st.integers(0, 300)
reasons = st.none() | st.just("None other left")
WORK = ["count", "region", "event", "syringe", "add", "withdraw"]
LOT_STEPS = ["quarantine", "quarantine", "release", "recall", "strip"]
SWAPS = [reason for reason in RemovalReason if reason is not RemovalReason.SESSION_END]


class SessionsOfAClinic(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        db.session.rollback()
        self.now = BEGIN
        clinic = people.found_clinic("Clinic", "Europe/Brussels", BEGIN - timedelta(days=60))
        program = Program(clinic.id, clinic.time_zone)
        self.staff: list[PersonAtWork] = []
        for name, role in (("Lea", Role.LEAD_NURSE), ("Nora", Role.NURSE)):
            person = Person(name=name, email=f"{name}@clinic.example", password="none", created_at=BEGIN)
            db.session.add(person)
            member = people.join_clinic(person, clinic, role, program, BEGIN)
            self.staff.append(signing(at_work(person, member, clinic.name, clinic.time_zone), How.PASSWORD))
        self.by = self.staff[0]
        self.ready = make_ready(self.by, BEGIN, packs=0, thresholds=Thresholds(override_allowed=ALLOWED))
        self.guns = [self.ready.gun, make_ready_gun(self.by, BEGIN, container=self.ready.disinfectant)]
        spare = make_container(self.by, BEGIN, kind=self.ready.antiseptic.lot.product.kind, contact_seconds=30)
        self.antiseptics = [self.ready.antiseptic, spare]
        self.lots = [self.ready.lot, make_lot(self.by, BEGIN, location=self.ready.store)]
        self.model = KnownClinic()
        self.model.packs = [KnownPack(pack, 0, 2) for pack in self.made(0, 4, each=2)]
        self.model.packs += [KnownPack(pack, 1, 1) for pack in self.made(1, 4, each=1)]
        self.model.packs += [KnownPack(pack, 0, 1, expired=True) for pack in self.made(0, 2, each=1, days=2)]

    def made(self, lot: int, count: int, *, each: int, days: int = 0) -> list[Pack]:
        """Packs that were made up, and expired, `days` ago; good ones of today."""
        at = BEGIN - timedelta(days=days)
        use_by = day_in(self.by.time_zone, at) if days else None
        return make_packs(self.by, at, self.lots[lot], self.ready.store, count, each=each, use_by=use_by)

    def chosen(self, number: int) -> tuple[int, KnownSession, TreatmentSession]:
        """One session, the latest most often. A minute has passed since the last step."""
        self.now += timedelta(minutes=1)
        place = max(0, len(self.model.sessions) - 1 - number % 4)
        known = self.model.sessions[place]
        return place, known, queries.treatment_of(self.by.clinic_id, known.id)

    def refused(self, step) -> str | None:
        try:
            with db.session.begin_nested():
                step()
        except DomainError as refusal:
            return refusal.code
        return None

    def scan(self, place: int, who: int, text: str, reason: str | None, swap: Swap | None = None) -> str | None:
        """Scan it; the code of a refusal, empty for what came in, None where the session is over."""
        known = self.model.sessions[place]
        treatment = queries.treatment_of(self.by.clinic_id, known.id)
        answers: list[Scan] = []
        code = self.refused(
            lambda: answers.append(
                scan_in(treatment, text, self.staff[who], self.now, swap=swap, override_reason=reason)
            )
        )
        over = known.state in ("closed", "abandoned")
        assert (code is not None) == over
        if over:
            return None
        known.scans += 1
        (answer,) = answers
        known.shown[who, text] = answer.code
        return answer.code if answer.subject_id is None else ""

    # Rules

    @initialize()
    def the_first_patient(self) -> None:
        self.open(100, True)

    @precondition(lambda self: len(self.model.sessions) < MOST_SESSIONS)
    @rule(area=st.none() | st.integers(1, 900), prepared=st.booleans())
    def open(self, area: int | None, prepared: bool) -> None:
        """Some are prepared with the right things at once, as on most days."""
        opened = open_session(self.by, self.now, self.ready, area_cm2=area)
        self.model.sessions.append(KnownSession(opened.id, regions=[] if area is None else ["abdomen:midline"]))
        free = [gun for gun, known in enumerate(self.model.guns) if known.session is None and known.clean]
        good = [pack for pack, known in enumerate(self.model.packs) if not self.model.faults_of_pack(pack, -1)]
        if prepared and free and good:
            self.scan_gun(0, free[0], 1, None)
            self.scan_antiseptic(0, 1, 1, None)
            self.scan_pack(0, good[0], 1, None, RemovalReason.COMFORT, None)
            self.start(0)

    @rule(number=numbers, gun=st.integers(0, 1), who=st.integers(0, 1), reason=reasons)
    def scan_gun(self, number: int, gun: int, who: int, reason: str | None) -> None:
        place, known, _ = self.chosen(number)
        known_gun, text = self.model.guns[gun], self.guns[gun].code
        if known.gun == gun:
            expected, passed = "", False
        elif known.state == "running":
            expected, passed = "WRONG_THING", False
        else:
            faults = ["GUN_IN_USE"] if known_gun.session is not None else []
            faults += [] if known_gun.clean else ["GUN_NOT_DISINFECTED"]
            expected, passed = self.model.answered(place, who, text, reason, faults)
        code = self.scan(place, who, text, reason)
        if code is None:
            return
        assert code == expected
        if code == "" and known.gun != gun:
            if known.gun is not None:
                before = self.model.guns[known.gun]
                before.session, before.clean = None, before.clean_when_taken
            known_gun.clean_when_taken, known_gun.clean = known_gun.clean, False
            known_gun.session, known.gun = place, gun
            known.incidents += ["OVERRIDDEN"] if passed else []
        if code == "" and known.state == "running":
            self.model.judged(known, self.now)

    @rule(number=numbers, which=st.integers(0, 1), who=st.integers(0, 1), reason=reasons)
    def scan_antiseptic(self, number: int, which: int, who: int, reason: str | None) -> None:
        place, known, _ = self.chosen(number)
        code = self.scan(place, who, self.antiseptics[which].code, reason)
        if code is None:
            return
        assert code == ("CONTAINER_ENDED" if self.model.ended[which] else "")
        if code == "":
            known.skin = True
            if known.state == "running":
                self.model.judged(known, self.now)

    @rule(
        number=numbers,
        pack=st.integers(0, 9),
        who=st.integers(0, 1),
        reason=reasons,
        why=st.sampled_from(SWAPS),
        shots=st.none() | st.integers(0, 300),
    )
    def scan_pack(
        self, number: int, pack: int, who: int, reason: str | None, why: RemovalReason, shots: int | None
    ) -> None:
        place, known, _ = self.chosen(number)
        known_pack = self.model.packs[pack]
        text, here = known_pack.pack.code, known_pack.session == place and not known_pack.over
        faults = self.model.faults_of_pack(pack, place)
        expected, passed = self.model.answered(place, who, text, reason, faults)
        running = known.state == "running"
        empty = running and here and known.fitted.count(pack) == known_pack.needles
        if expected == "" and empty:
            expected = "ALREADY_COUNTED"
        code = self.scan(place, who, text, reason, Swap(why, shots))
        if code is None:
            return
        assert code == expected, (faults, here, running)
        if code == "ALREADY_USED":
            known.incidents.append(code)
        if code == "":
            known_pack.session = place
            if passed:
                known.passed.add((pack, faults[0]))
                known.incidents.append("OVERRIDDEN")
            if running:
                known.fitted.append(pack)
                self.model.judged(known, self.now)

    @rule(number=numbers, pack=st.integers(0, 9), who=st.integers(0, 1), again=st.sampled_from(["", "recall"]))
    def insist(self, number: int, pack: int, who: int, again: str) -> None:
        """A refusal is read, and the same label scanned again with a reason; the lot may be recalled in between."""
        self.scan_pack(number, pack, who, None, RemovalReason.COMFORT, 20)
        if again and number % 3 == 0:
            self.judge_lot(self.model.packs[pack].lot, again, 0)
        self.scan_pack(number, pack, who, "None other left", RemovalReason.BENT, None)

    @rule(number=numbers, shots=st.none() | st.integers(0, 300))
    def swap(self, number: int, shots: int | None) -> None:
        """The next needle of a pack that is already open, else of a new one."""
        place, _, _ = self.chosen(number)
        mine = [pack for pack, known in enumerate(self.model.packs) if known.session == place]
        new = [pack for pack, known in enumerate(self.model.packs) if known.session is None]
        candidates = [*(mine if number % 3 else []), *new]
        if candidates:
            self.scan_pack(number, candidates[0], 1, None, RemovalReason.LIMIT_REACHED, shots)

    @rule(number=numbers)
    def start(self, number: int) -> None:
        place, known, treatment = self.chosen(number)
        opened = [pack for pack, known_pack in enumerate(self.model.packs) if known_pack.session == place]
        good = [pack for pack in opened if not self.model.faults_of_pack(pack, place)]
        code = self.refused(lambda: sessions.start(treatment, self.by, self.now))
        prepared = known.gun is not None and known.skin and good
        assert (code is None) == bool(known.state == "setup" and prepared)
        if code is None:
            (first,) = queries.needle_uses_of(treatment)
            known.state = "running"
            known.fitted.append(next(pack for pack in good if self.model.packs[pack].pack.id == first.pack_id))
            self.model.judged(known, self.now)

    @rule(
        number=numbers, step=st.sampled_from(["count", "region", "event", "syringe", "add", "withdraw"]), what=numbers
    )
    def work(self, number: int, step: str, what: int) -> None:
        _, known, treatment = self.chosen(number)
        running, open_ = known.state == "running", known.state in ("setup", "running")
        region = known.regions[what % len(known.regions)] if known.regions else "nowhere"
        areas = queries.areas_of(treatment)
        new = ["face", "scalp", "abdomen"][what % 3]
        steps = {
            "count": (running, lambda: sessions.count_shots(treatment, what, self.by, self.now)),
            "region": (
                running and bool(known.regions),
                lambda: sessions.treat_region(treatment, region, self.by, self.now),
            ),
            "event": (running, lambda: sessions.must_change(treatment, RemovalReason.BENT, self.by, self.now)),
            "syringe": (open_, lambda: sessions.draw_syringe(treatment, self.by, self.now)),
            "add": (
                open_,
                lambda: sessions.add_area(treatment, new, Side.MIDLINE, self.by, self.now, area_cm2=what + 1),
            ),
            "withdraw": (open_, lambda: sessions.withdraw_area(treatment, areas[0], self.by, self.now)),
        }
        expected, act = steps[step]
        if step == "withdraw" and not areas:
            return
        assert (self.refused(act) is None) == expected
        if expected and step in ("add", "withdraw"):
            known.regions = [queries.key_of(area) for area in queries.areas_of(treatment)]
        if expected and running:
            self.model.judged(known, self.now)

    @rule(number=numbers, how=st.sampled_from(["close", "abandon"]), shots=st.none() | st.integers(0, 300))
    def end(self, number: int, how: str, shots: int | None) -> None:
        place, known, treatment = self.chosen(number)
        if how == "close":
            code = self.refused(lambda: sessions.close(treatment, self.by, self.now, shots=shots))
            assert (code is None) == (known.state == "running")
        else:
            code = self.refused(lambda: sessions.abandon(treatment, "The patient left", self.by, self.now))
            assert (code is None) == (known.state == "setup")
        if code is not None:
            return
        if how == "close":
            self.model.judged(known, self.now)
        known.state = "closed" if how == "close" else "abandoned"
        known.kept = self.rows_of(known)
        for pack in self.model.packs:
            pack.over = pack.over or pack.session == place
        if known.gun is not None:
            self.model.guns[known.gun].session = None

    @rule(gun=st.integers(0, 1))
    def disinfect(self, gun: int) -> None:
        code = self.refused(
            lambda: guns.disinfect_gun(
                self.guns[gun], self.ready.disinfectant, 300, RinseWater.STERILE, self.by, self.now
            )
        )
        assert (code is None) == (self.model.guns[gun].session is None)
        self.model.guns[gun].clean = self.model.guns[gun].clean or code is None

    @rule(which=st.integers(0, 1), step=st.sampled_from(LOT_STEPS), rare=numbers)
    def judge_lot(self, which: int, step: str, rare: int) -> None:
        if step in ("recall", "strip") and rare % 3:
            return
        if step == "strip":
            code = self.refused(lambda: disinfection.record_strip(self.antiseptics[0], False, self.by, self.now))
            assert (code is None) == (not self.model.ended[0])
            self.model.ended[0] = True
            return
        state = self.model.lots[which]
        acts = {
            "quarantine": (stock.quarantine, state == "usable", "quarantined"),
            "release": (stock.release_from_quarantine, state == "quarantined", "usable"),
            "recall": (stock.recall, state != "recalled", "recalled"),
        }
        act, expected, after = acts[step]
        code = self.refused(lambda: act(self.lots[which], "Said so", self.by, self.now))
        assert (code is None) == expected
        self.model.lots[which] = after if code is None else state

    # Invariants

    def rows_of(self, known: KnownSession) -> object:
        db.session.flush()
        tables = (TreatmentSession, NeedleUse, TreatedArea, Scan, Flag)
        return [
            sorted(map(tuple, db.session.execute(select(kind.__table__).where(key == known.id))), key=repr)
            for kind in tables
            for key in [kind.__table__.c.id if kind is TreatmentSession else kind.__table__.c.treatment_id]
        ]

    @invariant()
    def the_rows_agree_with_the_model(self) -> None:
        db.session.expire_all()
        for gun, known_gun in zip(self.guns, self.model.guns, strict=True):
            taken, clean = known_gun.session is not None, known_gun.clean
            assert gun.state.value == ("in_use" if taken else "available" if clean else "needs_disinfection")
        for known_pack in self.model.packs:
            opened = "used" if known_pack.over else "opened"
            assert known_pack.pack.state.value == ("available" if known_pack.session is None else opened)

    @invariant()
    def one_needle_is_on_a_gun_that_works(self) -> None:
        for known in self.model.sessions:
            treatment = queries.treatment_of(self.by.clinic_id, known.id)
            uses = queries.needle_uses_of(treatment)
            assert treatment.state.value == known.state
            assert treatment.gun == (None if known.gun is None else self.guns[known.gun])
            assert [use.pack_id for use in uses] == [self.model.packs[pack].pack.id for pack in known.fitted]
            assert [use.sequence for use in uses] == list(range(1, len(uses) + 1))
            fitted = [use for use in uses if use.removed_at is None]
            assert fitted == (list(uses[-1:]) if known.state == "running" else [])

    @invariant()
    def a_pack_serves_one_session_and_gives_no_needle_twice(self) -> None:
        rows = db.session.execute(
            select(PackUse.pack_id, PackUse.treatment_id).where(PackUse.clinic_id == self.by.clinic_id)
        )
        served = [
            (pack.pack.id, self.model.sessions[pack.session].id)
            for pack in self.model.packs
            if pack.session is not None
        ]
        assert sorted(map(tuple, rows)) == sorted(served)
        for place, known in enumerate(self.model.sessions):
            for number in set(known.fitted):
                assert self.model.packs[number].session == place
                assert known.fitted.count(number) <= self.model.packs[number].needles

    @invariant()
    def what_is_over_is_not_changed_any_more(self) -> None:
        for known in self.model.sessions:
            if known.kept is not None:
                assert self.rows_of(known) == known.kept

    @invariant()
    def every_scan_is_kept_and_flags_equal_what_is_computed_again(self) -> None:
        for known in self.model.sessions:
            treatment = queries.treatment_of(self.by.clinic_id, known.id)
            counted = select(func.count(Scan.id)).where(Scan.treatment_id == known.id)
            assert db.session.scalar(counted) == known.scans
            flags = queries.live_flags(treatment)
            rules = {(flag.code, flag.subject) for flag in flags if flag.code not in judging.INCIDENTS}
            found = judging.findings_of(treatment, known.judged_at) if known.fitted else ()
            assert rules == {
                (one.code.value, one.subject or "session")
                for one in found
                if one.code in judging.STORED and (one.code.value != "NEEDLE_CHANGE_TOO_FEW" or known.state == "closed")
            }
            happened = sorted(flag.code for flag in flags if flag.code in judging.INCIDENTS)
            assert happened == sorted([*known.incidents, *(code for _, code in known.stopped)])

    def teardown(self) -> None:
        assert verify(self.by.clinic_id).whole
        db.session.rollback()


def test_sessions_follow_their_model_whatever_happens(app: Flask) -> None:
    run_state_machine_as_test(
        SessionsOfAClinic,
        settings=settings(
            max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
