"""Labelling, sterilising, discarding and recalling packs. Making up: `making`; opening: `opening`."""

from collections.abc import Sequence
from datetime import datetime

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.packs import queries
from inventory.packs.checks import check_not_held, same_clinic
from inventory.packs.errors import (
    AlreadyUsed,
    LoadNotSterile,
    LoadRejected,
    LoadTooEarly,
    NothingToLabel,
    PackExpired,
    PackNotReleased,
    PackRecalled,
    ReasonMissing,
)
from inventory.packs.fitting import check_late
from inventory.packs.lifecycle import ALLOWED, CLOSED, ImpossibleStep, PackState, Spoilt, check_transition, is_ready
from inventory.packs.making import check_load, make_up, plan
from inventory.packs.models import Pack
from inventory.packs.opening import check_openable, faults_of, finish_pack, open_pack
from inventory.packs.parts import count_cycle, free_parts
from inventory.sterilising.models import Load, LoadState
from inventory.stock.models import Lot

__all__ = [
    "AlreadyUsed",
    "ImpossibleStep",
    "LoadNotSterile",
    "LoadRejected",
    "NothingToLabel",
    "PackExpired",
    "PackNotReleased",
    "PackRecalled",
    "ReasonMissing",
    "check_late",
    "check_openable",
    "discard",
    "faults_of",
    "finish_pack",
    "make_up",
    "mark_labelled",
    "open_pack",
    "plan",
    "put_in_load",
    "recall_holding",
    "refresh",
    "refresh_load",
]


def put_in_load(packs: Sequence[Pack], load: Load, by: Actor, now: datetime) -> None:
    """Packs made up before their cycle get its load. Raises `ImpossibleStep` for one that has a load already or is
    no longer waiting for one, `LoadNotSterile`, `LoadTooEarly`.
    """
    check_load(load, by)
    same_clinic(by, *packs)
    for pack in packs:
        check_not_held(pack)
        if pack.state is not PackState.MADE_UP or pack.load is not None:
            raise ImpossibleStep(pack.state, "put into a load")
        if queries.busy_until(pack) > load.started_at:
            raise LoadTooEarly(load)
    for pack in packs:
        pack.load = load
        refresh(pack)
    parts = count_cycle(packs)
    if packs:
        record(by, "pack.put_in_load", load, now=now, also=[*packs, *parts])


def mark_labelled(
    packs: Sequence[Pack], medium: str, start: int, by: Actor, now: datetime, *, reason: str | None = None
) -> None:
    """Labels were printed. A pack that is ready becomes available; a further label of one needs a `reason`.

    Raises `NothingToLabel`, `ReasonMissing`, and `ImpossibleStep` for a pack whose seal is no longer whole.
    """
    if not packs:
        raise NothingToLabel
    same_clinic(by, *packs)
    said = (reason or "").strip()
    for pack in packs:
        check_not_held(pack)
        if pack.state not in CLOSED:
            raise ImpossibleStep(pack.state, "labelled again")
        if pack.labelled_at is not None and not said:
            raise ReasonMissing("Say why a label is printed again: a pack with two labels can be scanned twice.")
    for pack in packs:
        pack.label_copies += 1
        pack.labelled_at = pack.labelled_at or now
        refresh(pack)
    printed = [{"pack": pack.id, "copy": pack.label_copies} for pack in packs]
    record(by, "pack.labelled", packs[0], now=now, medium=medium, start=start, printed=printed, reason=said or None)


def refresh_load(load: Load, by: Actor, now: datetime) -> list[Pack]:
    """After a decision on a load: its closed packs become available, or wait again, or all its packs are recalled."""
    same_clinic(by, load)
    changed = []
    for pack in queries.packs_of_load(load.clinic_id, load.id):
        before = pack.state
        if load.state is LoadState.QUARANTINED and pack.state is PackState.AVAILABLE:
            pack.state = PackState.MADE_UP
        elif load.state is not LoadState.RECALLED:
            refresh(pack)
        elif PackState.RECALLED in ALLOWED[pack.state]:
            pack.state = PackState.RECALLED
        if pack.state is not before:
            changed.append(pack)
    if changed:
        record(by, "pack.load_decided", load, now=now, also=changed)
    return changed


def recall_holding(lots: Sequence[Lot], by: Actor, now: datetime) -> list[Pack]:
    """Every pack with something of `lots` in it is recalled, wherever it is by now; gives those that changed."""
    same_clinic(by, *lots)
    changed = [pack for pack in queries.packs_holding(lots) if PackState.RECALLED in ALLOWED[pack.state]]
    for pack in changed:
        pack.state = PackState.RECALLED
    if changed:
        record(by, "pack.lot_recalled", changed[0], now=now, packs=[pack.id for pack in changed])
    return changed


def discard(pack: Pack, reason: str, by: Actor, now: datetime, *, spoilt: Spoilt = Spoilt.OTHER) -> None:
    """Taken off the shelf: `reason` in words. Its reusable parts are free. Raises `ImpossibleStep`, `ReasonMissing`."""
    same_clinic(by, pack)
    db.session.refresh(pack, ["state"], with_for_update=True)
    check_transition(pack.state, PackState.DISCARDED)
    if not reason.strip():
        raise ReasonMissing("Say why it is discarded: dropped, wet, torn, past its date?")
    pack.state = PackState.DISCARDED
    pack.discard_reason, pack.spoilt = reason.strip(), spoilt
    record(by, "pack.discarded", pack, now=now, also=free_parts(pack, now))


def refresh(pack: Pack) -> None:
    """A made-up pack becomes available once it is ready."""
    if pack.state is PackState.MADE_UP and is_ready(
        labelled=pack.labelled_at is not None,
        needs_load=pack.needs_load,
        load_state=pack.load.state.value if pack.load else None,
        held=pack.held_at is not None,
    ):
        check_transition(pack.state, PackState.AVAILABLE)
        pack.state = PackState.AVAILABLE
