"""What one process of a race does. At module level and importable, so that a new process finds it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from threading import Barrier
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from inventory import create_app
from inventory.audit.operations import record
from inventory.db import begin_write, db
from inventory.packs import operations as packs
from inventory.packs import queries
from inventory.packs.errors import AlreadyUsed
from inventory.packs.models import PackUse
from inventory.people.actors import PersonAtWork
from tests.databases import SETTINGS

PATIENCE_SECONDS = 120


class Beaten(Exception):
    """The database refused a second use."""


@dataclass
class Tally:
    """What one process met: packs it got, packs it was refused as already used, anything else."""

    opened: int = 0
    refused: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Racer:
    """One nurse with a session of her own, who wants every pack."""

    url: str
    nurse: PersonAtWork
    treatment_id: UUID
    packs: Sequence[UUID]
    at: datetime


def opens_each(racer: Racer, pack_id: UUID) -> None:
    """The product's own way: the write lock first, then look, then open."""
    begin_write()
    pack = queries.pack_of(racer.nurse.clinic_id, pack_id)
    packs.open_pack(pack, racer.treatment_id, racer.nurse, racer.at)
    db.session.commit()


def looks_then_opens_each(racer: Racer, pack_id: UUID) -> None:
    """The mistake the product must not make: it looks in one transaction and opens in the next, trusting its look."""
    _look(racer, pack_id)
    begin_write()
    _open_unseeing(racer, pack_id)


def looks_then_opens_each_by_default(racer: Racer, pack_id: UUID) -> None:
    """The same mistake in the transactions a driver begins by itself: plain BEGIN instead of IMMEDIATE."""
    _look(racer, pack_id)
    _open_unseeing(racer, pack_id)


def _look(racer: Racer, pack_id: UUID) -> None:
    packs.check_openable(queries.pack_of(racer.nurse.clinic_id, pack_id), racer.nurse, racer.at)
    db.session.rollback()


def _open_unseeing(racer: Racer, pack_id: UUID) -> None:
    by = racer.nurse
    pack = queries.pack_of(by.clinic_id, pack_id)
    use = PackUse(
        clinic_id=by.clinic_id,
        pack=pack,
        treatment_id=racer.treatment_id,
        used_at=racer.at,
        used_by_id=by.id,
        used_by_name=by.name,
    )
    db.session.add(use)
    try:
        record(by, "pack.opened", pack, now=racer.at, also=[use])
    except IntegrityError:
        raise Beaten from None
    db.session.commit()


Way = Callable[[Racer, UUID], None]


def race(racers: Sequence[Racer], way: Way) -> list[Tally]:
    """Every racer in a process of its own; all line up before each pack."""
    context = _starting()
    together = context.Barrier(len(racers))
    answers = context.SimpleQueue()
    running = [context.Process(target=_run, args=(racer, way, together, answers)) for racer in racers]
    for process in running:
        process.start()
    tallies = [answers.get() for _ in running]
    for process in running:
        process.join(PATIENCE_SECONDS)
    return tallies


def _starting() -> BaseContext:
    """Each process new and empty, but where the system can, of one that has imported the program already."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _run(racer: Racer, way: Way, together: Barrier, answers: object) -> None:
    tally = Tally()
    try:
        app = create_app({**SETTINGS, "DATABASE_URL": racer.url})
        with app.app_context():
            for pack_id in racer.packs:
                together.wait(PATIENCE_SECONDS)
                _attempt(racer, way, pack_id, tally)
    except Exception as fault:  # noqa: BLE001 - a racer reports whatever went wrong
        together.abort()
        tally.errors.append(repr(fault))
    answers.put(tally)  # type: ignore[attr-defined]


def _attempt(racer: Racer, way: Way, pack_id: UUID, tally: Tally) -> None:
    try:
        way(racer, pack_id)
        tally.opened += 1
    except (AlreadyUsed, Beaten):
        tally.refused += 1
    except Exception as fault:  # noqa: BLE001 - a racer reports whatever went wrong
        tally.errors.append(repr(fault))
    finally:
        db.session.remove()
