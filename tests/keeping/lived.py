"""A clinic with something to keep: sessions of patients, mail, tries to sign in, morning checks."""

from datetime import datetime, timedelta

from inventory.db import db
from inventory.mail import operations as mail
from inventory.people.actors import PersonAtWork
from inventory.people.models import SignInAttempt
from inventory.sessions import operations as sessions
from inventory.sessions.models import TreatmentSession
from tests.factories.sessions import Ready, open_session

DAY = timedelta(days=1)


def over(by: PersonAtWork, ready: Ready, at: datetime, reference: str) -> TreatmentSession:
    """A session of a patient that came and went."""
    treatment = open_session(by, at, ready, reference=reference, area_cm2=None)
    sessions.abandon(treatment, "Patient felt unwell", by, at + timedelta(minutes=5))
    return treatment


def sent_mail(by: PersonAtWork, at: datetime):
    message = mail.queue("orders@supplier.example", "Order", "Ten boxes", by, at, attachments=[("a.pdf", "x/y", b"1")])
    mail.taken(message, at)
    return message


def tried(by: PersonAtWork, at: datetime) -> SignInAttempt:
    made = SignInAttempt(account=by.email, address="192.0.2.7", at=at, succeeded=True)
    db.session.add(made)
    db.session.flush()
    return made
