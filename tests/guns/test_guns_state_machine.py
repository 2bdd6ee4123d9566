"""Any sequence of steps against a plain model: a gun is never taken unless it is clean."""

from datetime import UTC, date, datetime, timedelta

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from inventory.audit.actors import Program
from inventory.audit.queries import verify
from inventory.db import db
from inventory.disinfection.models import RinseWater
from inventory.errors import DomainError
from inventory.guns import operations as guns
from inventory.guns.models import GunState
from inventory.people import operations as people
from tests.factories.disinfection import make_container
from tests.factories.guns import make_gun

BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class GunInTheClinic(RuleBasedStateMachine):
    """The model: clean since its last use? In a session? Out, and why? When is service due?"""

    def __init__(self) -> None:
        super().__init__()
        db.session.rollback()
        clinic = people.found_clinic("Clinic", "Europe/Brussels", BEGIN)
        self.by = Program(clinic.id, clinic.time_zone)
        self.container = make_container(self.by, BEGIN, opened_life=600, expires_on=None)
        self.gun = make_gun(self.by, BEGIN)
        self.now = BEGIN
        self.clean = self.was_clean = self.in_use = self.tap = self.out = False
        self.due: date | None = None

    def refused(self, step) -> str | None:
        try:
            step()
        except DomainError as refusal:
            return refusal.code
        return None

    @property
    def overdue(self) -> bool:
        return self.due is not None and self.due < self.now.date()

    @rule(reason=st.none() | st.just("No other gun"))
    def take(self, reason: str | None) -> None:
        code = self.refused(lambda: guns.take(self.gun, self.by, self.now, override_reason=reason))
        sound = not (self.in_use or self.tap or self.out or self.overdue)
        assert (code is None) == (sound and (self.clean or reason is not None))
        if code is None:
            self.in_use, self.was_clean, self.clean = True, self.clean, False

    @rule()
    def give_back(self) -> None:
        code = self.refused(lambda: guns.give_back(self.gun, self.by, self.now))
        assert (code is None) == self.in_use
        self.in_use = False

    @rule()
    def put_back_unused(self) -> None:
        code = self.refused(lambda: guns.put_back_unused(self.gun, self.by, self.now))
        assert (code is None) == self.in_use
        if code is None:
            self.in_use, self.clean = False, self.was_clean

    @rule(water=st.sampled_from(RinseWater))
    def disinfect(self, water: RinseWater) -> None:
        code = self.refused(lambda: guns.disinfect_gun(self.gun, self.container, 300, water, self.by, self.now))
        assert (code is None) == (not self.in_use)
        if code is None:
            self.tap = self.tap or water is RinseWater.TAP
            self.clean = not self.tap

    @rule(seconds=st.integers(0, 299))
    def disinfect_too_briefly(self, seconds: int) -> None:
        code = self.refused(
            lambda: guns.disinfect_gun(self.gun, self.container, seconds, RinseWater.STERILE, self.by, self.now)
        )
        assert code is not None

    @rule(days=st.none() | st.integers(0, 3))
    def service(self, days: int | None) -> None:
        due = None if days is None else self.now.date() + timedelta(days=days)
        code = self.refused(lambda: guns.service_gun(self.gun, "Seals", due, self.by, self.now))
        assert (code is None) == (not self.in_use)
        if code is None:
            self.tap = self.out = self.clean = False
            self.due = due

    @rule()
    def take_out_of_service(self) -> None:
        code = self.refused(lambda: guns.take_out_of_service(self.gun, "The trigger sticks", self.by, self.now))
        assert (code is None) == (not (self.in_use or self.out or self.tap))
        self.out = self.out or code is None

    @rule()
    def a_day_passes(self) -> None:
        self.now += timedelta(days=1)

    @invariant()
    def the_row_agrees_with_the_model(self) -> None:
        db.session.expire(self.gun)
        assert (self.gun.state is GunState.IN_USE) == self.in_use
        assert (self.gun.state is GunState.OUT_OF_SERVICE) == (self.out or self.tap)
        assert self.gun.rinsed_with_tap_water == self.tap
        if self.gun.state is GunState.AVAILABLE:
            assert self.clean

    def teardown(self) -> None:
        assert verify(self.by.clinic_id).whole
        db.session.rollback()


def test_a_gun_is_never_taken_unless_its_last_disinfection_was_clean(app: Flask) -> None:
    run_state_machine_as_test(
        GunInTheClinic,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
