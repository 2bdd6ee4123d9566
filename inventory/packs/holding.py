"""Taking back the use of a pack that was never opened; the pack is held until a manager releases it."""

from datetime import datetime

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.errors import DomainError
from inventory.packs.checks import same_clinic
from inventory.packs.errors import ReasonMissing
from inventory.packs.lifecycle import ImpossibleStep, PackState
from inventory.packs.models import Pack, PackUse
from inventory.packs.operations import refresh

VOIDABLE = (PackState.OPENED, PackState.USED)


class SamePerson(DomainError):
    code = "SAME_PERSON"

    def __init__(self) -> None:
        super().__init__("You opened this pack yourself. Somebody else looks at it and takes the use back.")


class PartsWentOn(DomainError):
    def __init__(self) -> None:
        super().__init__("Parts of this pack were taken out of it since, so it was opened. Its use stands.")


def void_use(use: PackUse, reason: str, by: Actor, now: datetime) -> Pack:
    """The pack was scanned and not opened: its use is taken back, by a second person, and the pack is held.

    Raises `SamePerson`, `ReasonMissing`, `PartsWentOn`, `ImpossibleStep`.
    """
    pack = use.pack
    same_clinic(by, pack)
    db.session.refresh(pack, ["state"], with_for_update=True)
    if by.id is None or by.id == use.used_by_id:
        raise SamePerson
    if use.voided_at is not None or pack.state not in VOIDABLE:
        raise ImpossibleStep(pack.state, "taken back")
    if not reason.strip():
        raise ReasonMissing("Say how you know that it was not opened: its seal is whole, it lay in the drawer?")
    if any(held.freed_at is not None for held in pack.parts):
        raise PartsWentOn
    use.voided_at, use.voided_by_id, use.void_reason = now, by.id, reason.strip()
    pack.state, pack.held_at = PackState.MADE_UP, now
    record(by, "pack.use_voided", pack, now=now, also=[use], treatment=use.treatment_id)
    return pack


def release_held(pack: Pack, reason: str, by: Actor, now: datetime) -> None:
    """Looked at and found whole: it goes back to the shelf where nothing else stands against it.

    Raises `ImpossibleStep` where it is not held, `ReasonMissing`.
    """
    same_clinic(by, pack)
    if pack.held_at is None or pack.state is not PackState.MADE_UP:
        raise ImpossibleStep(pack.state, "released")
    if not reason.strip():
        raise ReasonMissing("Say what you looked at: the seal, the indicator, the date.")
    pack.held_at = None
    refresh(pack)
    record(by, "pack.hold_released", pack, now=now, reason=reason.strip())
