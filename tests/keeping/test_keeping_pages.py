"""The pages: terms and holds are signed, a reference is erased from its session, a report can be kept."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from inventory.audit import signing
from inventory.clock import utc_now
from inventory.db import db
from inventory.keeping import operations, queries
from inventory.keeping.classes import RecordClass
from inventory.keeping.models import ErasedSubject, HoldKind
from inventory.keeping.removing import due, remove
from inventory.people.actors import PersonAtWork
from inventory.sessions.models import TreatmentSession
from inventory.sessions.queries import subject_of
from tests.conftest import PASSWORD
from tests.factories.sessions import make_ready
from tests.keeping.lived import DAY, over, sent_mail
from tests.pages import PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]


@pytest.fixture
def treatment(lead_nurse: PersonAtWork) -> TreatmentSession:
    """Two sessions of one patient, this is the second."""
    ago = utc_now() - timedelta(hours=2)
    ready = make_ready(lead_nurse, ago)
    over(lead_nurse, ready, ago, "C-1")
    return over(lead_nurse, ready, ago, "C-1")


def test_a_term_is_changed_with_a_signature_and_a_reason(client_for: ClientFor, administrator: PersonAtWork) -> None:
    page = client_for(administrator).open("/retention").follow("Patient references")
    wrong = page.submit("Sign and keep so", status=422, days=7305, reason="French law", secret="no")
    assert "neither your password nor your PIN" in wrong.errors()[0]
    short = wrong.submit("Sign and keep so", status=422, days=90, reason="French law", secret=PASSWORD)
    assert "210 days at least" in short.errors()[0]
    done = short.submit("Sign and keep so", days=7305, reason="French law", secret=PASSWORD)
    assert done.messages[0].endswith("Patient references are kept for 20 years.")
    assert next(row[:2] for row in done.rows() if row[0] == "Patient references") == ["Patient references", "20 years"]
    assert queries.days_of(administrator.clinic_id, RecordClass.REFERENCES) == 7305


def test_a_hold_is_placed_seen_and_lifted(
    client_for: ClientFor, administrator: PersonAtWork, treatment: TreatmentSession
) -> None:
    page = client_for(administrator).open("/retention").follow("Place a legal hold")
    missing = page.submit("Sign and hold", status=422, kind="session", what="99", reason="A claim", secret=PASSWORD)
    assert "no session 99" in missing.errors()[0]
    held = missing.submit("Sign and hold", kind="patient", what="2", reason="A claim", secret=PASSWORD)
    assert ["The patient of session 2", "A claim"] in [row[:2] for row in held.rows()]
    lifting = held.follow("Lift the hold on The patient of session 2")
    lifted = lifting.submit("Sign and lift", reason="Settled", secret=PASSWORD)
    assert any(row[-1] == "Settled" for row in lifted.rows())
    assert lifted.client.open(lifting.url).main.count("This hold was lifted") == 1


def test_an_auditor_sees_terms_and_holds_and_changes_none(
    client_for: ClientFor, auditor: PersonAtWork, administrator: PersonAtWork
) -> None:
    operations.hold(HoldKind.CLINIC, "", "A claim", administrator, utc_now())
    page = client_for(auditor).open("/retention")
    assert "The whole clinic is under a legal hold" in page.messages[0]
    assert not page.has("a", text="Place a legal hold") and not page.has("a", text="Patient references")


def test_a_lead_nurse_erases_a_reference_from_its_session(
    client_for: ClientFor, lead_nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    client = client_for(lead_nurse)
    page = client.open(f"/sessions/{treatment.id}").follow("Erase it for good")
    assert "Reference C-1, in 2 sessions" in page.main and "less than 210 days" in page.messages[0]
    named = page.submit("Sign and erase for good", status=422, reason="Asked by C-1", secret=PASSWORD)
    assert "without the patient's reference" in named.errors()[0]
    done = named.submit("Sign and erase for good", reason="Asked for", secret=PASSWORD)
    assert "The reference is erased from 2 sessions, for good." in done.messages[0]
    assert "reference erased" in done.main and "C-1" not in done.main
    assert subject_of(treatment) is None and len(db.session.scalars(select(ErasedSubject)).all()) == 2
    assert "The reference is erased" in client.open(f"/sessions/{treatment.id}/erase").main


def test_an_administrator_erases_a_reference_without_seeing_it(
    client_for: ClientFor, administrator: PersonAtWork, treatment: TreatmentSession
) -> None:
    page = client_for(administrator).open(f"/sessions/{treatment.id}/erase")
    assert "C-1" not in page.main
    page.submit("Sign and erase for good", reason="Asked for", secret=PASSWORD)
    assert subject_of(treatment) is None


def test_a_held_reference_offers_no_erasure(
    client_for: ClientFor, administrator: PersonAtWork, lead_nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    operations.hold(HoldKind.SESSION, "1", "A claim", administrator, utc_now())
    page = client_for(lead_nurse).open(f"/sessions/{treatment.id}/erase")
    assert "under a legal hold (A claim)" in page.messages[0]
    assert not page.has("button", text="Sign and erase for good")


def test_a_removal_leaves_a_report_with_the_checkpoint_signed_over_it(
    app, client_for: ClientFor, manager: PersonAtWork, auditor: PersonAtWork, tmp_path
) -> None:
    now = utc_now()
    sent_mail(manager, now - 400 * DAY)
    report = remove(due(manager.clinic_id, RecordClass.MAIL, now), manager, now)
    db.session.commit()
    client = client_for(auditor)
    row = next(row for row in client.open("/retention").rows() if "Signed report" in row[-1])
    assert row[1:4] == ["Mail that was sent or refused", "2", "0"]
    address = f"/retention/reports/{report.id}.txt"
    unsigned = client.raw("GET", address)
    assert unsigned.status_code == 409 and b"not signed yet" in unsigned.data
    noted = signing.sign(manager.clinic_id, signing.Signer(tmp_path / "signing"), now)
    db.session.commit()
    sent = client.raw("GET", address)
    assert sent.mimetype == "text/plain" and "attachment" in sent.headers["Content-Disposition"]
    text = sent.get_data(as_text=True)
    assert noted is not None and noted.note in text and report.digest in text and "1 year (365 days)" in text
