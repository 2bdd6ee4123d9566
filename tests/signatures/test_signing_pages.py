"""Signing on the pages: asked once in the same form, by PIN or password, and shown wherever the act is."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from inventory import sqlite
from inventory.audit.operations import record
from inventory.cli import main
from inventory.db import begin_write, db
from inventory.people import operations as people
from inventory.people.models import Membership, Role
from inventory.people.passwords import hashed
from inventory.signatures.models import How, Signature
from inventory.signatures.signer import Signer
from inventory.sterilising.models import Load, LoadDecision, LoadState, SignedWith
from inventory.stock import queries
from inventory.stock.models import LotStatus
from tests import databases
from tests.conftest import NOW, PASSWORD, _somebody
from tests.factories.purchasing import make_draft
from tests.factories.sterilising import make_load
from tests.factories.stock import make_location, make_lot
from tests.pages import Page, PageClient
from tests.signatures.acts import ACTS, Done, Staff

Clients = Callable[[Signer], PageClient]


@pytest.fixture
def staff(nurse: Signer, lead_nurse: Signer, manager: Signer) -> Staff:
    return Staff(nurse, lead_nurse, manager)


@pytest.fixture
def written_off_by(manager: Signer, lead_nurse: Signer, client_for: Clients, now: datetime) -> Callable[..., Page]:
    place = make_location(manager, now)
    lot = make_lot(manager, now, quantity=10, location=place)

    def send(secret: str, status: int | None = None) -> Page:
        form = client_for(lead_nurse).open(f"/stock/lots/{lot.id}/write-off")
        sent = {"location": place.id, "quantity": 2, "reason": "Dropped"}
        page = form.submit("Write it off", status=status, secret=secret, **sent)
        assert queries.on_hand(lot, place) == (10 if status else 8)
        return page

    return send


def test_a_pin_is_enough_and_the_signature_says_so(written_off_by: Callable[..., Page], lead_nurse: Signer) -> None:
    db.session.get_one(Membership, lead_nurse.membership_id).pin = hashed("4711")
    record(lead_nurse, "person.pin_set", db.session.get_one(Membership, lead_nurse.membership_id), now=NOW)
    page = written_off_by("4711")
    assert "signed as correction with PIN" in page.main and "as signed" in page.main
    signature = db.session.scalars(select(Signature)).one()
    assert (signature.how, signature.by_name) == (How.PIN, lead_nurse.name)
    assert signature.content_sha256[:12] in page.main


def test_whoever_does_not_know_the_secret_signs_nothing(written_off_by: Callable[..., Page]) -> None:
    refused = written_off_by("a guess", 422)
    assert "This is neither your password nor your PIN" in " ".join(refused.errors())
    assert refused.control("How many").get("value") == "2"
    assert refused.control("Your password or PIN").get("value") in (None, "")
    assert db.session.scalars(select(Signature)).all() == []


PAGES = {
    "a load is released": ("lead", lambda done: f"/loads/{done.subject.load_id}", "release"),
    "a lot is released": ("lead", lambda done: f"/stock/lots/{done.subject.lot_id}", "release"),
    "a lot is recalled": ("manager", lambda done: f"/stock/lots/{done.subject.lot_id}", "recall"),
    "a recall notice is entered": ("manager", lambda done: f"/recalls/{done.subject.id}", "recall"),
    "stock is written off": ("lead", lambda done: f"/stock/lots/{done.subject.lot_id}", "correction"),
    "stock is returned": ("manager", lambda done: f"/stock/lots/{done.subject.lot_id}", "correction"),
    "a policy is approved": ("lead", lambda done: f"/policies/{done.subject.number}", "approval"),
    "a stocktake is approved": ("manager", lambda done: f"/stocktakes/{done.subject.id}", "approval"),
    "an order is approved": ("manager", lambda done: f"/orders/{done.subject.id}", "approval"),
    "a flag is reviewed": ("lead", lambda done: f"/flags/{done.subject.flag_id}", "review"),
    "a reaction is corrected": (
        "nurse",
        lambda done: f"/sessions/{done.subject.wrong.treatment_id}/reactions",
        "correction",
    ),
}


@pytest.mark.parametrize("name", PAGES, ids=lambda name: name.replace(" ", "_"))
def test_each_signature_stands_on_its_page_with_name_time_and_zone_and_meaning(
    name: str, staff: Staff, client_for: Clients
) -> None:
    done = ACTS[name](staff)
    db.session.commit()
    who, address, meaning = PAGES[name]
    page = client_for(getattr(staff, who)).open(address(done))
    assert f"signed as {meaning} with password" in page.main
    assert "CET (UTC+01:00)" in page.main and done.by.name in page.main and "as signed" in page.main
    assert "changed since" not in page.main


def test_a_flag_that_was_reviewed_bears_its_signature_on_the_page_of_its_session(
    staff: Staff, client_for: Clients
) -> None:
    done: Done = ACTS["a flag is reviewed"](staff)
    db.session.commit()
    page = client_for(staff.lead).open(f"/sessions/{done.subject.flag.treatment_id}")
    assert f"{staff.lead.name}, 23 Nov 2026, 11:00 CET (UTC+01:00), signed as review with password" in page.main


def test_the_order_for_the_supplier_says_who_approved_it(manager: Signer, now: datetime, client_for: Clients) -> None:
    order = make_draft(manager, now)
    client = client_for(manager)
    page = client.open(f"/orders/{order.id}")
    assert "Signed by" not in _text(client, order)
    page = page.submit("Approve", status=422, secret="a guess")
    assert "neither your password" in " ".join(page.errors())
    page.submit("Approve", secret=PASSWORD)
    assert f"Signed by {manager.name}" in _text(client, order) and "as approval, with password" in _text(client, order)


def _text(client: PageClient, order) -> str:
    document = pypdfium2.PdfDocument(client.raw("GET", f"/orders/{order.id}/order.pdf").data)
    return " ".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", " ")


def test_a_decision_signed_before_contents_were_bound_says_so(
    nurse: Signer, lead_nurse: Signer, now: datetime, client_for: Clients
) -> None:
    load: Load = make_load(nurse, now)
    old = LoadDecision(
        clinic_id=load.clinic_id,
        load=load,
        state=LoadState.RELEASED,
        meaning="Sterile",
        at=now,
        by_id=lead_nurse.id,
        by_name=lead_nurse.name,
        signed_with=SignedWith.PIN,
    )
    db.session.add(old)
    record(lead_nurse, "load.released", load, now=now, also=[old])
    page = client_for(lead_nurse).open(f"/loads/{load.id}")
    assert "with pin, before contents were bound" in page.main


def test_a_page_names_what_was_changed_since_it_was_signed(staff: Staff, client_for: Clients) -> None:
    done = ACTS["a lot is recalled"](staff)
    db.session.flush()
    done.subject.lot.status = LotStatus.USABLE
    record(staff.manager, "lot.forced", done.subject.lot, now=NOW)
    page = client_for(staff.manager).open(f"/stock/lots/{done.subject.lot_id}")
    assert "changed since it was signed" in page.main and "new: signed as recalled, today usable" in page.main


def test_a_reaction_is_corrected_with_old_value_new_value_and_reason(
    staff: Staff, now: datetime, client_for: Clients
) -> None:
    done = ACTS["a reaction is corrected"](staff)
    db.session.commit()
    wrong, right = done.subject.wrong, done.subject.right
    address = f"/sessions/{wrong.treatment_id}/reactions"
    client = client_for(staff.nurse)
    page = client.open(address)
    assert "Note “Left arm” → “Right arm”. Because: Wrong side typed" in page.main
    form = client.open(f"{address}/{right.id}/correct")
    assert form.control("Note (optional)").get("value") == "Right arm"
    same = form.submit("Sign the correction", status=422, secret=PASSWORD, reason="Again")
    assert "says the same" in " ".join(same.errors())
    same.submit("Sign the correction", secret=PASSWORD, severity="severe", reason="It got worse when typed")
    assert "rash, mild → rash, severe" in client.open(address).main
    assert "was corrected by" in client.open(f"{address}/{wrong.id}/correct").main


def test_the_command_names_a_signature_whose_content_was_altered(tmp_path: Path) -> None:
    path = tmp_path / "sterilog.sqlite3"
    app = databases.file_app(path)
    with app.app_context():
        begin_write()
        clinic = people.found_clinic("Clinic North", "Europe/Brussels", NOW)
        roles = {"nurse": Role.NURSE, "lead": Role.LEAD_NURSE, "manager": Role.MANAGER}
        staff = Staff(**{name: _somebody(clinic, f"Person {name}", role) for name, role in roles.items()})
        load_id = ACTS["a load is released"](staff).subject.load.id
        db.session.commit()
        db.engine.dispose()
    arguments = ["audit", "verify", "--data", str(tmp_path)]
    whole = CliRunner().invoke(main, arguments)
    assert whole.exit_code == 0 and "whole" in whole.output
    connection = sqlite.driver.connect(path, isolation_level=None)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute("UPDATE load SET hold_seconds = 20 WHERE id = ?", (load_id.hex,))
    connection.close()
    broken = CliRunner().invoke(main, arguments)
    assert broken.exit_code == 1 and "Clinic North: whole" in broken.output
    assert "CHANGED_SINCE_SIGNED: Release signed by Person lead" in broken.output
    assert "load hold_seconds was 215, today 20" in broken.output
