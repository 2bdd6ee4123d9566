"""After a backup was opened: whoever was erased since it was made is erased in it too."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from inventory.audit.actors import Program
from inventory.db import db
from inventory.keeping.erasing import forget, subjects_of
from inventory.keeping.erasure_list import Line
from inventory.people.models import Clinic


def replay(lines: Iterable[Line], now: datetime) -> int:
    """Erase in this database whom the list names; holds that the backup knows do not count, they were lifted since.

    How many patients were erased. The caller commits.
    """
    wanted = list(lines)
    erased = 0
    for clinic in db.session.scalars(select(Clinic)).all():
        treatments = [line.treatment_id for line in wanted if line.clinic_id == clinic.id]
        for start in range(0, len(treatments), 500):
            subjects = subjects_of(clinic.id, treatments[start : start + 500])
            if subjects:
                by = Program(clinic.id, clinic.time_zone)
                erased += len(forget(subjects, by, now, reason="erased before this backup was restored"))
    return erased
