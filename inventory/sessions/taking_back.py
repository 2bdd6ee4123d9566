"""A pack that was scanned into a session and never opened: its use is taken back, and both stay in the record."""

from datetime import datetime

from sqlalchemy import select

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.errors import DomainError
from inventory.packs.holding import void_use
from inventory.packs.models import Pack, PackUse
from inventory.sessions.judging import reassess
from inventory.sessions.models import NeedleUse, TreatmentSession


class NeedleWasFitted(DomainError):
    def __init__(self) -> None:
        super().__init__("A needle of this pack was on the gun in this session, so it was opened. Its use stands.")


def take_back(treatment: TreatmentSession, use: PackUse, reason: str, by: Actor, now: datetime) -> Pack:
    """Raises `NeedleWasFitted`, and what `void_use` raises.

    A closed session keeps its packs by that: it has a needle, and so the pack that the needle came from.
    """
    mine = (NeedleUse.clinic_id == treatment.clinic_id, NeedleUse.treatment_id == treatment.id)
    if db.session.scalar(select(NeedleUse.id).where(*mine, NeedleUse.pack_id == use.pack_id).limit(1)):
        raise NeedleWasFitted
    pack = void_use(use, reason, by, now)
    record(by, "session.pack_taken_back", treatment, now=now, pack=pack.id, reason=reason.strip())
    reassess(treatment, by, now)
    return pack
