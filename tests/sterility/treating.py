"""Sessions for the log: one needle each, over in two minutes, the gun disinfected after it."""

from datetime import datetime, timedelta

from sqlalchemy import select

from inventory.db import db
from inventory.disinfection.models import RinseWater
from inventory.guns import operations as guns
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from inventory.sessions.models import NeedleUse, TreatmentSession
from inventory.sterility.filters import LogFilter
from inventory.sterility.operations import write_log
from inventory.sterility.queries import log_rows
from tests.factories.sessions import Ready, start_session

MINUTE = timedelta(minutes=1)


def treat(by: PersonAtWork, ready: Ready, fitted_at: datetime, *, shots: int = 40, area: int = 60) -> TreatmentSession:
    """A closed session whose needle, from the next pack of `ready`, was fitted at `fitted_at`."""
    treatment = start_session(by, fitted_at - MINUTE, ready, area_cm2=area)
    ready.packs.pop(0)
    sessions.close(treatment, by, fitted_at + 2 * MINUTE, shots=shots)
    guns.disinfect_gun(ready.gun, ready.disinfectant, 300, RinseWater.STERILE, by, fitted_at + 3 * MINUTE)
    return treatment


def use_of(treatment: TreatmentSession) -> NeedleUse:
    return db.session.scalars(select(NeedleUse).where(NeedleUse.treatment_id == treatment.id)).one()


def numbers(by: PersonAtWork, **wanted: object) -> list[object]:
    """The numbers of the sessions a filter finds, oldest first."""
    return [row[0] for row in log_rows(by.clinic_id, by.time_zone, LogFilter(**wanted))]  # type: ignore[arg-type]


def exported(by: PersonAtWork, **wanted: object) -> bytes:
    return b"".join(write_log(LogFilter(**wanted), by))  # type: ignore[arg-type]
