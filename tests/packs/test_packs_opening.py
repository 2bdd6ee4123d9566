"""Opening a pack: once, and only a good one."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, insert, select
from sqlalchemy.exc import IntegrityError

from inventory.audit.queries import entries_of
from inventory.db import db
from inventory.errors import DomainError
from inventory.packs import errors, queries
from inventory.packs import operations as packs
from inventory.packs.models import Pack, PackState, PackUse
from inventory.people.actors import PersonAtWork
from inventory.sterilising.models import LoadState
from inventory.stock import operations as stock
from tests.factories.packs import decide, make_load, make_packs
from tests.factories.sessions import Ready, make_ready, open_session
from tests.factories.stock import make_lot

HOUR = timedelta(hours=1)


@pytest.fixture
def ready(nurse: PersonAtWork, now: datetime) -> Ready:
    return make_ready(nurse, now)


@pytest.fixture
def treatment_id(nurse: PersonAtWork, now: datetime, ready: Ready) -> UUID:
    return open_session(nurse, now, ready).id


def facts_of(by: PersonAtWork, pack: Pack) -> dict[str, object]:
    facts: dict[str, object] = json.loads(entries_of(by.clinic_id, pack.id)[0].record)["facts"]
    return facts


def test_an_available_pack_is_opened_and_recorded(
    nurse: PersonAtWork, now: datetime, ready: Ready, treatment_id: UUID
) -> None:
    use = packs.open_pack(ready.packs[0], treatment_id, nurse, now)
    assert ready.packs[0].state is PackState.OPENED
    assert (use.treatment_id, use.used_by_name, use.used_at) == (treatment_id, nurse.name, now)
    entry = json.loads(entries_of(nurse.clinic_id, ready.packs[0].id)[0].record)
    assert entry["action"] == "pack.opened"
    assert entry["changes"][0]["fields"]["state"] == ["available", "opened"]
    assert (entry["facts"]["treatment"], entry["facts"]["use"]) == (str(treatment_id), str(use.id))


def test_a_pack_is_opened_once(
    nurse: PersonAtWork, second_nurse: PersonAtWork, now: datetime, ready: Ready, treatment_id: UUID
) -> None:
    pack = ready.packs[0]
    packs.open_pack(pack, treatment_id, nurse, now)
    other = open_session(second_nurse, now, ready).id
    with pytest.raises(errors.AlreadyUsed) as refused:
        packs.open_pack(pack, other, second_nurse, now + HOUR, override_reason="I want it")
    assert (refused.value.used_by_name, refused.value.used_at) == (nurse.name, now)
    assert (refused.value.treatment_id, refused.value.pack) == (treatment_id, pack)
    assert "2026-11-23 10:00" in refused.value.sentence


def test_inv_01_a_pack_has_at_most_one_live_use(
    nurse: PersonAtWork, now: datetime, ready: Ready, treatment_id: UUID
) -> None:
    """Whatever the code does: the database refuses the second row."""
    use = packs.open_pack(ready.packs[0], treatment_id, nurse, now)
    row = {column.name: getattr(use, column.key) for column in PackUse.__table__.columns}
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(insert(PackUse).values(**{**row, "id": UUID(int=1)}))
    assert len(db.session.scalars(select(PackUse)).all()) == 1


def test_the_loser_of_a_race_is_told_who_was_first(
    nurse: PersonAtWork, now: datetime, ready: Ready, treatment_id: UUID
) -> None:
    """The other use is there, but the pack as read still looks closed: the index decides."""
    pack = ready.packs[0]
    packs.open_pack(pack, treatment_id, nurse, now)
    db.session.execute(Pack.__table__.update().where(Pack.id == pack.id).values(state="available"))  # type: ignore[attr-defined]
    with pytest.raises(errors.AlreadyUsed) as refused:
        packs.open_pack(pack, open_session(nurse, now, ready).id, nurse, now)
    assert refused.value.used_by_name == nurse.name


def _unlabelled(by: PersonAtWork, now: datetime, ready: Ready) -> Pack:
    return make_packs(by, now, ready.lot, ready.store, labelled=False)[0]


def _without_load(by: PersonAtWork, now: datetime, ready: Ready) -> Pack:
    return make_packs(by, now, ready.lot, ready.store, needs_load=True)[0]


def _in_load(*decisions: LoadState) -> Callable[[PersonAtWork, datetime, Ready], Pack]:
    def made(by: PersonAtWork, now: datetime, ready: Ready) -> Pack:
        load = make_load(by, now - 2 * HOUR, now - HOUR)
        pack = make_packs(by, now, ready.lot, ready.store, load=load)[0]
        for decision in decisions:
            decide(load, decision, by, now)
        return pack

    return made


def _discarded(by: PersonAtWork, now: datetime, ready: Ready) -> Pack:
    packs.discard(ready.packs[0], "Wet", by, now)
    return ready.packs[0]


def _of_recalled_lot(by: PersonAtWork, now: datetime, ready: Ready) -> Pack:
    stock.recall(ready.lot, "Notice", by, now)
    return ready.packs[0]


NEVER = [
    (_unlabelled, errors.PackNotReleased, "PACK_NOT_RELEASED"),
    (_without_load, errors.PackNotReleased, "PACK_NOT_RELEASED"),
    (_in_load(), errors.PackNotReleased, "PACK_NOT_RELEASED"),
    (_in_load(LoadState.QUARANTINED), errors.PackNotReleased, "PACK_NOT_RELEASED"),
    (_in_load(LoadState.REJECTED), errors.LoadRejected, "LOAD_REJECTED"),
    (_in_load(LoadState.RELEASED, LoadState.RECALLED), errors.PackRecalled, "RECALLED"),
    (_discarded, errors.PackDiscarded, "PACK_NOT_RELEASED"),
    (_of_recalled_lot, stock.LotRecalled, "RECALLED"),
]


@pytest.mark.parametrize("reason", [None, "It is urgent"])
@pytest.mark.parametrize(("spoil", "refusal", "code"), NEVER)
def test_what_can_never_be_opened(
    nurse: PersonAtWork,
    now: datetime,
    ready: Ready,
    treatment_id: UUID,
    spoil: Callable[[PersonAtWork, datetime, Ready], Pack],
    refusal: type[DomainError],
    code: str,
    reason: str | None,
) -> None:
    pack = spoil(nurse, now, ready)
    before = pack.state
    with pytest.raises(refusal) as refused:
        packs.open_pack(pack, treatment_id, nurse, now, override_reason=reason)
    assert refused.value.code == code
    assert (pack.state, queries.live_use_of(pack)) == (before, None)


@pytest.mark.parametrize(("spoil", "refusal", "code"), NEVER)
def test_the_database_itself_refuses_a_use_of_such_a_pack(
    nurse: PersonAtWork,
    now: datetime,
    ready: Ready,
    treatment_id: UUID,
    spoil: Callable[[PersonAtWork, datetime, Ready], Pack],
    refusal: type[DomainError],
    code: str,
) -> None:
    pack = spoil(nurse, now, ready)
    use = PackUse(
        clinic_id=nurse.clinic_id,
        pack=pack,
        treatment_id=treatment_id,
        used_at=now,
        used_by_id=nurse.id,
        used_by_name=nurse.name,
    )
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(use)


def test_a_load_released_at_last_lets_its_packs_be_opened(
    nurse: PersonAtWork, now: datetime, ready: Ready, treatment_id: UUID
) -> None:
    pack = _in_load(LoadState.QUARANTINED, LoadState.RELEASED)(nurse, now, ready)
    packs.open_pack(pack, treatment_id, nurse, now)
    assert pack.state is PackState.OPENED


def test_a_pack_is_good_through_the_clinics_last_day(
    nurse: PersonAtWork, now: datetime, ready: Ready, treatment_id: UUID
) -> None:
    (pack,) = make_packs(nurse, now, ready.lot, ready.store, use_by=date(2026, 11, 23))
    # Brussels is an hour ahead of UTC: its 24th begins at 23:00 UTC.
    last_minute = datetime(2026, 11, 23, 22, 59, tzinfo=UTC)
    packs.check_openable(pack, nurse, last_minute)
    with pytest.raises(errors.PackExpired) as refused:
        packs.open_pack(pack, treatment_id, nurse, last_minute + timedelta(minutes=1))
    assert (refused.value.code, refused.value.expired_on) == ("EXPIRED", date(2026, 11, 23))


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_quarantined_lot_stays_closed_without_a_reason(
    nurse: PersonAtWork, now: datetime, ready: Ready, treatment_id: UUID, reason: str | None
) -> None:
    stock.quarantine(ready.lot, "Complaint", nurse, now)
    with pytest.raises(stock.LotQuarantined):
        packs.open_pack(ready.packs[0], treatment_id, nurse, now, override_reason=reason)


def test_an_override_opens_a_quarantined_or_an_expired_pack_and_says_why(
    nurse: PersonAtWork, now: datetime, ready: Ready, treatment_id: UUID
) -> None:
    (expiring,) = make_packs(nurse, now, make_lot(nurse, now), use_by=date(2026, 11, 23))
    stock.quarantine(ready.lot, "Complaint", nurse, now)
    for pack, at, fault in ((ready.packs[0], now, "quarantined"), (expiring, now + 24 * HOUR, "expired")):
        packs.open_pack(pack, treatment_id, nurse, at, override_reason="Nothing else here")
        facts = facts_of(nurse, pack)
        assert (facts["passed"], facts["override_reason"]) == ([fault], "Nothing else here")


def test_one_reason_does_not_pass_two_faults(
    nurse: PersonAtWork, now: datetime, ready: Ready, treatment_id: UUID
) -> None:
    """A policy that allows expired packs only would otherwise let quarantined ones through with them."""
    (pack,) = make_packs(nurse, now, ready.lot, ready.store, use_by=date(2026, 11, 23))
    stock.quarantine(ready.lot, "Complaint", nurse, now)
    with pytest.raises(stock.LotQuarantined):
        packs.open_pack(pack, treatment_id, nurse, now + 24 * HOUR, override_reason="Nothing else here")


def test_a_needless_reason_is_not_kept_as_an_override(
    nurse: PersonAtWork, now: datetime, ready: Ready, treatment_id: UUID
) -> None:
    packs.open_pack(ready.packs[0], treatment_id, nurse, now, override_reason="Just in case")
    assert (facts_of(nurse, ready.packs[0])["passed"], facts_of(nurse, ready.packs[0])["override_reason"]) == ([], None)


def test_reuse_is_named_before_a_recall(nurse: PersonAtWork, now: datetime, ready: Ready, treatment_id: UUID) -> None:
    pack = _in_load(LoadState.RELEASED)(nurse, now, ready)
    packs.open_pack(pack, treatment_id, nurse, now)
    assert pack.load is not None
    decide(pack.load, LoadState.RECALLED, nurse, now)
    assert pack.state is PackState.RECALLED
    with pytest.raises(errors.AlreadyUsed):
        packs.check_openable(pack, nurse, now)


def test_an_opened_pack_is_used_up_at_the_end(
    nurse: PersonAtWork, now: datetime, ready: Ready, treatment_id: UUID
) -> None:
    pack = ready.packs[0]
    with pytest.raises(packs.ImpossibleStep):
        packs.finish_pack(pack, nurse, now)
    packs.open_pack(pack, treatment_id, nurse, now)
    packs.finish_pack(pack, nurse, now)
    assert pack.state is PackState.USED
    assert entries_of(nurse.clinic_id, pack.id)[0].action == "pack.used"
    with pytest.raises(errors.AlreadyUsed):
        packs.check_openable(pack, nurse, now)
    with pytest.raises(packs.ImpossibleStep):
        packs.discard(pack, "Late", nurse, now)


def test_scanning_and_opening_a_pack_takes_few_statements(
    nurse: PersonAtWork, now: datetime, ready: Ready, treatment_id: UUID
) -> None:
    code, seen = ready.packs[0].code, []
    db.session.commit()

    def see(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", see)
    try:
        pack = queries.pack_coded(nurse.clinic_id, code)
        assert pack is not None and pack.contents[0].lot.product.name
        assert len(seen) == 1
        packs.open_pack(pack, treatment_id, nurse, now)
    finally:
        event.remove(db.engine, "before_cursor_execute", see)
    # The lock, the use, the step, the head of the record and its entry.
    assert len(seen) - 1 == 5, seen
