"""Sterilisers, their programmes, their daily tests, and how their logs are read."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.sterilising.checks import same_clinic
from inventory.sterilising.cycle_log import CycleLogUnreadable, LogFormat, Measured, read
from inventory.sterilising.errors import (
    LeakRateMissing,
    LogFormatMissing,
    LogUnreadable,
    NameTaken,
    ProgrammeEnded,
    ProgrammeTaken,
    ProgrammeUnsound,
)
from inventory.sterilising.models import CycleType, Programme, StartUpTest, Steriliser, TestKind
from inventory.sterilising.programmes import against_programme

LARGEST_LEAK_TENTHS = 13
"""A vacuum leak test passes at 1.3 mbar a minute (0.13 kPa) or less (EN 285 and EN 13060)."""


def add_steriliser(name: str, serial_number: str, by: Actor, now: datetime) -> Steriliser:
    """Raises `NameTaken`: loads are numbered by the name."""
    steriliser = Steriliser(clinic_id=by.clinic_id, name=name, serial_number=serial_number)
    try:
        with db.session.begin_nested():
            db.session.add(steriliser)
            record(by, "steriliser.added", steriliser, now=now)
    except IntegrityError:
        raise NameTaken(name) from None
    return steriliser


def add_programme(
    steriliser: Steriliser,
    *,
    name: str,
    cycle_type: CycleType,
    set_temperature_tenths: int,
    hold_seconds: int,
    drying_seconds: int = 0,
    gravity: bool = False,
    by: Actor,
    now: datetime,
) -> Programme:
    """Raises `ProgrammeUnsound` for one that no published table supports, `ProgrammeTaken`."""
    same_clinic(by, steriliser)
    unsound = against_programme(set_temperature_tenths, hold_seconds, gravity=gravity)
    if unsound:
        raise ProgrammeUnsound(unsound)
    programme = Programme(
        clinic_id=by.clinic_id,
        steriliser=steriliser,
        name=name,
        cycle_type=cycle_type,
        gravity=gravity,
        set_temperature_tenths=set_temperature_tenths,
        hold_seconds=hold_seconds,
        drying_seconds=drying_seconds,
    )
    try:
        with db.session.begin_nested():
            db.session.add(programme)
            record(by, "steriliser.programme_added", programme, now=now)
    except IntegrityError:
        raise ProgrammeTaken(steriliser, name) from None
    return programme


def end_programme(programme: Programme, by: Actor, now: datetime) -> None:
    """It is chosen for no further load; its loads keep what it was set to. Raises `ProgrammeEnded`."""
    same_clinic(by, programme)
    if programme.ended_at is not None:
        raise ProgrammeEnded(programme)
    programme.ended_at = now
    record(by, "steriliser.programme_ended", programme, now=now)


def record_test(
    steriliser: Steriliser,
    kind: TestKind,
    passed: bool,
    by: Actor,
    now: datetime,
    *,
    leak_rate_tenths: int | None = None,
) -> StartUpTest:
    """A test before the first load of the day. A leak test passes by its rate. Raises `LeakRateMissing`."""
    same_clinic(by, steriliser)
    is_leak = kind is TestKind.VACUUM_LEAK
    if is_leak and leak_rate_tenths is None:
        raise LeakRateMissing
    test = StartUpTest(
        clinic_id=by.clinic_id,
        steriliser=steriliser,
        kind=kind,
        passed=passed and (not is_leak or (leak_rate_tenths or 0) <= LARGEST_LEAK_TENTHS),
        leak_rate_tenths=leak_rate_tenths if is_leak else None,
        at=now,
        by_id=by.id,
        by_name=by.name,
    )
    db.session.add(test)
    record(by, "steriliser.tested", steriliser, now=now, also=[test])
    return test


def set_log_format(steriliser: Steriliser, log_format: LogFormat, by: Actor, now: datetime) -> None:
    same_clinic(by, steriliser)
    steriliser.log_format = log_format.as_text()
    record(by, "steriliser.log_format_set", steriliser, now=now)


def read_log(programme: Programme, raw: bytes) -> Measured:
    """What a log of the programme's steriliser says. Raises `LogFormatMissing`, `LogUnreadable`."""
    steriliser = programme.steriliser
    if steriliser.log_format is None:
        raise LogFormatMissing(steriliser)
    try:
        return read(raw, LogFormat.from_text(steriliser.log_format), programme.set_temperature_tenths)
    except CycleLogUnreadable as unreadable:
        raise LogUnreadable(str(unreadable)) from None
