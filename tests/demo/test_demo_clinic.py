"""The demo clinic keeps what it promises: a history to look at, and something to go on with for each person."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import String, false, func, not_, select, type_coerce

from inventory import demo
from inventory.audit.models import AuditEntry
from inventory.audit.queries import verify
from inventory.clock import day_in
from inventory.compliance.models import DraftState
from inventory.compliance.queries import drafts_of, policies_of
from inventory.db import Model, Moment, db
from inventory.guns.models import Gun, GunState
from inventory.keeping.models import RemovedRow
from inventory.oversight.lifecycle import FlagState
from inventory.oversight.queries import counts_of, overdue_actions
from inventory.packs.models import Pack, PackState
from inventory.people.models import Clinic
from inventory.purchasing import queries as purchasing
from inventory.purchasing.suggesting import suggestions
from inventory.sessions.models import Flag, TreatmentSession, TreatmentState
from inventory.sterilising.models import Load, LoadState
from inventory.stock import levels
from inventory.stock.models import Lot, LotStatus, Product
from inventory.stock.shelf_models import RecallNotice
from tests import databases

pytestmark = pytest.mark.xdist_group("demo")
MORNING = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)
UTC_MILLISECONDS = "[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9]Z"
RECORDED_WITH_THEIR_PACK = ("pack_content", "pack_part")
NOTHING = select(Clinic.id).where(false())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = databases.file_app(tmp_path_factory.mktemp("demo") / "demo.sqlite3")
    with app.app_context():
        demo.build(MORNING, seed=1)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def clinic(built: Flask) -> Iterator[Clinic]:
    yield db.session.scalars(select(Clinic)).one()
    db.session.rollback()


def _count(column) -> Counter[object]:
    return Counter(db.session.scalars(select(column)))


def test_four_hundred_sessions_are_over_one_runs_and_one_is_set_up(clinic: Clinic) -> None:
    assert _count(TreatmentSession.state) == {
        TreatmentState.CLOSED: 400,
        TreatmentState.RUNNING: 1,
        TreatmentState.SETUP: 1,
    }


def test_some_eight_in_a_hundred_are_flagged_and_for_different_reasons(clinic: Clinic) -> None:
    flagged = db.session.scalar(
        select(func.count(Flag.treatment_id.distinct())).where(Flag.cleared_at.is_(None), Flag.severity != "info")
    )
    assert 28 <= flagged <= 40
    assert {
        "NEEDLE_OVERDUE",
        "NEEDLE_CHANGE_TOO_FEW",
        "REGION_CARRYOVER",
        "CONTACT_TIME_SHORT",
        "ALREADY_USED",
        "AREA_MISSING",
        "RATE_IMPLAUSIBLE",
        "ADVERSE_REACTION",
    } <= set(_count(Flag.code))


def test_the_lead_nurse_finds_flags_that_wait_and_some_that_were_reviewed(clinic: Clinic) -> None:
    """Every state of a review, an action that is overdue, a second policy version, and a draft that waits."""
    assert all(counts_of(clinic.id)[state] for state in FlagState)
    assert overdue_actions(clinic.id, day_in(clinic.time_zone, MORNING))
    assert [policy.number for policy in policies_of(clinic.id)] == [2, 1]
    assert [draft.state for draft in drafts_of(clinic.id)] == [DraftState.WAITING, DraftState.APPROVED]


def test_packs_and_loads_are_in_every_state_a_morning_knows(clinic: Clinic) -> None:
    packs, loads = _count(Pack.state), _count(Load.state)
    assert packs.total() >= 600
    assert all(packs[state] for state in (PackState.MADE_UP, PackState.AVAILABLE, PackState.OPENED, PackState.USED))
    assert set(loads) == set(LoadState) - {LoadState.RECALLED}


def test_stock_holds_a_low_item_an_expired_lot_and_a_recalled_one(clinic: Clinic) -> None:
    today = day_in(clinic.time_zone, MORNING)
    assert levels.low(clinic.id, today)
    assert [line.lot.number for line in levels.expired(clinic.id, today)] == ["EXP-0007"]
    assert _count(Lot.status)[LotStatus.RECALLED] == 1
    (notice,) = db.session.scalars(select(RecallNotice)).all()
    assert notice.product.name == "Needle 27G x 4 mm"
    assert _count(Product.id).total() + _count(Lot.id).total() >= 40


def test_something_is_to_be_ordered_from_each_supplier_and_one_order_is_overdue(clinic: Clinic) -> None:
    today = day_in(clinic.time_zone, MORNING)
    low = [line for line in suggestions(clinic.id, MORNING, today) if line.low]
    assert {line.supplier.name for line in low if line.supplier} == {
        supplier.name for supplier in purchasing.suppliers_in(clinic.id)
    }
    assert len(purchasing.overdue(clinic.id, today)) == 1


def test_six_guns_one_of_them_out_of_service(clinic: Clinic) -> None:
    guns = _count(Gun.state)
    assert guns.total() == 6
    assert guns[GunState.OUT_OF_SERVICE] == 1


def test_the_record_of_the_demo_is_whole(clinic: Clinic) -> None:
    assert verify(clinic.id).whole


def test_inv_28_every_stored_time_is_utc_to_the_millisecond(clinic: Clinic) -> None:
    moments = [
        column for table in Model.metadata.sorted_tables for column in table.columns if isinstance(column.type, Moment)
    ]
    wrong = {
        f"{column.table.name}.{column.name}": found
        for column in moments
        for found in db.session.scalars(
            select(type_coerce(column, String))
            .where(not_(type_coerce(column, String).bool_op("GLOB")(UTC_MILLISECONDS)))
            .limit(1)
        )
    }
    assert len(moments) > 50 and wrong == {}


def test_inv_29_every_row_is_named_in_the_record_and_every_entry_speaks_of_a_row_that_is_there(clinic: Clinic) -> None:
    named: set[tuple[str, str]] = set()
    for written in db.session.scalars(select(AuditEntry.record)):
        entry = json.loads(written)
        named.add((entry["subject"]["kind"], entry["subject"]["id"]))
        named |= {(change["kind"], str(change["id"])) for change in entry["changes"]}
        named |= {("pack", pack) for pack in entry["facts"].get("packs", ())}
        named |= {("pack_use", entry["facts"]["use"])} if "use" in entry["facts"] else set()
    kept = {
        (mapper.class_.__tablename__, str(row.id))
        for mapper in Model.registry.mappers
        if getattr(mapper.class_, "__audited__", True) and mapper.class_.__tablename__ not in RECORDED_WITH_THEIR_PACK
        for row in db.session.execute(select(mapper.class_.id) if hasattr(mapper.class_, "id") else NOTHING)
    }
    assert kept - named == set()
    removed = {(kind, str(key)) for kind, key in db.session.execute(select(RemovedRow.kind, RemovedRow.row_id))}
    assert {row for row in named - kept - removed if row[0] not in RECORDED_WITH_THEIR_PACK} == set()


def test_one_seed_builds_one_clinic(tmp_path: Path) -> None:
    def labels(name: str, seed: int) -> Sequence[tuple[str, PackState]]:
        app = databases.file_app(tmp_path / name)
        with app.app_context():
            demo.build(MORNING, seed=seed, sessions=20)
            found = [
                (code, state) for code, state in db.session.execute(select(Pack.code, Pack.state).order_by(Pack.code))
            ]
            db.session.remove()
            db.engine.dispose()
        return found

    first = labels("first", 7)
    assert first == labels("again", 7)
    assert first != labels("other", 8)
