"""What an auditor sees of some days only: what happened on the others does not exist, on any page."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, union
from sqlalchemy.orm import aliased

from inventory.clock import day_in
from inventory.db import Model, db
from inventory.packs.models import Pack, PackUse
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork, at_work
from inventory.people.limits import Terms, impose
from inventory.people.models import Membership, Person
from inventory.people.permissions import LIMITED_AUDITOR
from inventory.reactions import operations as reactions
from inventory.reactions.models import ReactionKind, ReactionSeverity
from inventory.sessions.models import Flag, NeedleUse, SessionContainer, TreatedArea, TreatmentSession
from inventory.sterility.filters import LogFilter
from inventory.sterility.making import Asked
from inventory.sterility.models import Export
from inventory.sterility.operations import begin_export
from inventory.web.access import SIGNED_IN
from tests.conftest import PASSWORD
from tests.factories.sessions import Ready, make_ready
from tests.pages import words
from tests.sterility.treating import treat

DAY = timedelta(days=1)
THINGS = {
    "membership", "product", "trade_item", "product_document", "location", "lot", "par_level", "container", "gun",
    "steriliser", "programme", "load", "load_decision", "biological_indicator", "pack", "pack_content", "pack_part",
    "pack_origin", "part", "policy", "policy_draft", "device", "own_medium", "medium_offset", "printer",
    "saved_view", "lot_decision",
}  # fmt: skip
"""What is there to be seen whatever the day: things, what belongs to them, and the clinic's own rules."""
NOT_SHOWN = {
    "catalogue_import", "stocktake", "count_scan", "stocktake_line", "supplier_return", "recall_notice",
    "recall_notice_lot", "sharps_container", "digest_choice", "digest_sent", "outgoing_message", "outgoing_attachment",
    "purchasing_terms", "supplier", "supplier_offer", "purchase_order", "order_line", "order_receipt",
    "planned_sessions", "anchor_address", "legal_hold", "retention_term", "retention_door", "retention_report",
    "removed_row", "patient_subject",
}  # fmt: skip
"""What no page of a limited auditor speaks of: they hold no permission for it."""


@pytest.fixture
def ready(nurse: PersonAtWork, now: datetime) -> Ready:
    return make_ready(nurse, now - 9 * DAY, packs=4)


@pytest.fixture
def outside(second_nurse: PersonAtWork, ready: Ready, now: datetime) -> list[TreatmentSession]:
    """A session before and one after the days that are seen, both flagged, with a reaction and an export."""
    treated = [treat(second_nurse, ready, now - 8 * DAY, shots=150)]
    day = (now - 8 * DAY).date()
    begin_export(Asked(LogFilter()), second_nurse, now - 8 * DAY)
    reactions.report(
        treated[0], ReactionKind.SUSPECTED_INFECTION, ReactionSeverity.SEVERE, day, "X-9", second_nurse, now - 8 * DAY
    )
    return treated


@pytest.fixture
def inside(outside, nurse: PersonAtWork, second_nurse: PersonAtWork, ready: Ready, now: datetime) -> TreatmentSession:
    found = treat(nurse, ready, now - 4 * DAY, shots=150)
    outside.append(treat(second_nurse, ready, now - 1 * DAY, shots=150))
    return found


@pytest.fixture
def limited(administrator: PersonAtWork, inside: TreatmentSession, now: datetime) -> PersonAtWork:
    day = day_in("Europe/Brussels", now)
    terms = Terms(day - 5 * DAY, day - 3 * DAY, day + 3650 * DAY)
    made = people.take_in_auditor("Lio Limited", "lio@audit.example", PASSWORD, [administrator], terms, now)[0]
    db.session.commit()
    return at_work(made.person, made, "Clinic North", "Europe/Brussels")


def _ids(model: type[Model], **where: object) -> set[UUID]:
    return set(db.session.scalars(select(model.id).filter_by(**where)))  # type: ignore[attr-defined]


def _addresses(app: Flask, treatment: TreatmentSession, ready: Ready) -> Iterator[tuple[str, str, bool]]:
    """Every GET that a limited auditor may open; whether its address names something of `treatment`."""
    of_it = {
        "treatment_id": treatment.id,
        "flag_id": next(iter(_ids(Flag, treatment_id=treatment.id))),
        "area_id": next(iter(_ids(TreatedArea, treatment_id=treatment.id))),
    }
    nurse = db.session.scalars(select(Membership.id).join(Membership.person).where(Person.name == "Nora Nurse")).one()
    things: dict[str, object] = {
        "gun_id": ready.gun.id, "lot_id": ready.lot.id, "pack_id": ready.packs[0].id,
        "container_id": ready.antiseptic.id,
        "location_id": ready.room.id, "membership_id": nurse, "subject_id": ready.gun.id,
        "key": "avery-l7160", "number": 1, "kind": "P", "code": ready.gun.code,
    }  # fmt: skip
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or "GET" not in (rule.methods or ()):
            continue
        permission = app.view_functions[rule.endpoint].permission
        if permission in LIMITED_AUDITOR | {SIGNED_IN} and rule.arguments <= of_it.keys() | things.keys():
            values = {name: of_it.get(name, things.get(name)) for name in rule.arguments}
            yield rule.endpoint, adapter.build(rule.endpoint, values), bool(rule.arguments & of_it.keys())


def test_each_model_says_whether_it_happens_or_is_there(app: Flask) -> None:
    for mapper in Model.registry.mappers:
        if "clinic_id" in mapper.columns and mapper.class_.__tablename__ not in THINGS | NOT_SHOWN:
            named = mapper.class_.__tablename__
            assert hasattr(mapper.class_, "__happened__") or named in ("stored_answer", "balance", "daily_use"), named
    for name in THINGS | NOT_SHOWN:
        assert name in Model.metadata.tables, name


def test_what_happened_on_other_days_is_not_there_at_any_address(
    app: Flask, ready: Ready, inside, outside, limited: PersonAtWork, client_for
) -> None:
    client, checked = client_for(limited), 0
    for treatment in outside:
        hidden = {str(treatment.id), *map(str, _ids(Flag, treatment_id=treatment.id))}
        hidden |= set(map(str, _ids(NeedleUse, treatment_id=treatment.id)))
        for endpoint, url, names_it in list(_addresses(app, treatment, ready)):
            answer = client.raw("GET", url)
            text = answer.get_data().decode("utf-8", "replace")
            assert answer.status_code == (404 if names_it else answer.status_code), endpoint
            assert answer.status_code in (200, 302, 404), endpoint
            assert names_it or not any(one in text for one in hidden), endpoint
            # Whoever worked on those days only is met on no page: not in a list, a history, or the record.
            assert "Nils Nurse" not in text, endpoint
            checked += 1
    assert checked > 50


def test_what_happened_on_the_seen_days_is_there(
    ready: Ready, inside: TreatmentSession, limited: PersonAtWork, client_for
) -> None:
    client = client_for(limited)
    (flag,) = _ids(Flag, treatment_id=inside.id)
    assert [row[0].split()[0] for row in client.open("/log").rows()] == [str(inside.number)]
    assert client.open(f"/sessions/{inside.id}").h1 == f"Session {inside.number}"
    assert client.open(f"/flags/{flag}").h1
    assert any(str(flag) in link.get("href", "") for link in client.open("/flags").all("a"))
    assert "19 Nov 2026" in client.open(f"/guns/{ready.gun.id}").main


def test_an_export_of_the_log_holds_the_seen_days_only_and_is_listed(
    inside: TreatmentSession, limited: PersonAtWork, client_for
) -> None:
    client = client_for(limited)
    made = client.open("/log").submit("Make the file", format="csv")
    link = next(link.get("href", "") for link in made.all("a") if words(link) == "Download")
    file = client.raw("GET", link).get_data(as_text=True)
    assert [line.split(",")[0] for line in file.splitlines()] == ["session", str(inside.number)]
    assert [row[1] for row in client.open("/log/exports").rows()] == ["Lio Limited"]
    assert db.session.scalars(select(Export).where(Export.by_name == "Lio Limited")).one().row_count == 1


def test_the_record_is_read_on_the_seen_days_only(
    nurse: PersonAtWork, administrator: PersonAtWork, client_for, now: datetime
) -> None:
    ready, day = make_ready(nurse, now, packs=4), day_in("Europe/Brussels", now)
    for days in range(4):
        treat(nurse, ready, now + days * DAY + timedelta(minutes=10))
    terms = Terms(day + 1 * DAY, day + 2 * DAY, day + 3650 * DAY)
    asked = now + 3 * DAY + timedelta(hours=1)
    made = people.take_in_auditor("Lio Limited", "lio@audit.example", PASSWORD, [administrator], terms, asked)[0]
    limited = at_work(made.person, made, "Clinic North", "Europe/Brussels")
    db.session.commit()
    page, seen = client_for(limited).open("/audit"), list[str]()
    while True:
        seen += [row[1] for row in page.rows()]
        if not page.all("a", text="Older"):
            break
        page = page.follow("Older")
    assert seen and {moment.partition(",")[0] for moment in seen} == {"24 Nov 2026", "25 Nov 2026"}


def test_the_whole_record_is_not_handed_out_in_part(limited: PersonAtWork, client_for) -> None:
    client = client_for(limited)
    sent = {"csrf_token": client.token(), "event_id": "01a22109-8c4c-75eb-8c61-3352d905428c"}
    assert client.raw("POST", "/audit/proof/record.zip", data=sent).status_code == 403
    assert client.open("/stock", status=403)


def test_nobody_else_is_limited(inside, outside, limited: PersonAtWork, auditor: PersonAtWork, client_for) -> None:
    client_for(limited).open("/log")
    assert len(client_for(auditor).open("/log").rows()) == 3


def test_a_limit_reaches_aliases_joins_counts_and_sub_queries(
    inside: TreatmentSession, outside, limited: PersonAtWork
) -> None:
    assert limited.limit is not None
    seen, hidden, number = inside.id, outside[0].id, inside.number
    session = db.session()
    session.expunge_all()
    impose(limited.limit, session)
    again, use = aliased(TreatmentSession), aliased(NeedleUse)
    in_use = select(NeedleUse.treatment_id)
    assert session.scalars(select(again.number)).all() == [number]
    assert session.scalar(select(func.count()).select_from(use)) == 1
    assert session.scalar(select(func.count(Pack.id)).where(Pack.id.in_(select(PackUse.pack_id)))) == 1
    assert session.scalars(select(Flag.treatment_id).join(use, use.treatment_id == Flag.treatment_id)).all()
    both = union(in_use, select(SessionContainer.treatment_id)).subquery()
    assert session.scalars(select(both.c.treatment_id)).all() == [seen]
    assert session.get(TreatmentSession, hidden) is None
    assert session.get(TreatmentSession, seen) is not None
