"""Sessions for the log: one needle each, over in two minutes, the gun disinfected after it."""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from inventory.db import db
from inventory.disinfection.models import RinseWater
from inventory.guns import operations as guns
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from inventory.sessions.models import NeedleUse, TreatmentSession
from inventory.sterility.covers import cover_of
from inventory.sterility.filters import ExportFormat, LogFilter, Shape
from inventory.sterility.log_queries import log_rows
from inventory.sterility.making import Asked, Made, make
from tests.factories.sessions import Ready, start_session

MINUTE = timedelta(minutes=1)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


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


def exported(
    by: PersonAtWork, form: str = "csv", shape: str = "events", *, names: bool = False, **wanted: object
) -> bytes:
    """The file of an export, made as a page or command makes it."""
    asked = Asked(LogFilter(**wanted), Shape(shape), ExportFormat(form), names)  # type: ignore[arg-type]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        made_of(make(path, asked, by, lambda summary: cover_of(asked, by, NOW, summary, by.id)))
        return path.read_bytes()


def made_of(steps: Generator[object, None, Made]) -> Made:
    """What a making ends with."""
    while True:
        try:
            next(steps)
        except StopIteration as over:
            return over.value
