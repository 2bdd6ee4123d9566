"""A form that was refused can be corrected and sent again; one that was taken cannot be taken twice."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from inventory.clock import utc_now
from inventory.people.actors import PersonAtWork
from inventory.sessions import queries, review_queries
from tests.factories.sessions import make_ready
from tests.pages import PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]


def test_what_was_refused_is_corrected_and_taken(client_for: ClientFor, nurse: PersonAtWork) -> None:
    make_ready(nurse, utc_now() - timedelta(hours=1))
    page = client_for(nurse).open("/sessions/new")
    page = page.submit("Open session", status=422, patient_reference="Jan Peeters", region="abdomen", area_cm2=300)
    page.submit("Open session", patient_reference="C-2002")
    (opened,) = review_queries.open_treatments(nurse.clinic_id)
    assert queries.subject_of(opened) == "C-2002"


def test_what_was_taken_is_not_taken_again_with_other_content(client_for: ClientFor, nurse: PersonAtWork) -> None:
    make_ready(nurse, utc_now() - timedelta(hours=1))
    page, event = client_for(nurse).open("/sessions/new"), str(uuid4())
    page.submit("Open session", event_id=event, patient_reference="C-1", region="abdomen", area_cm2=300)
    changed = page.submit("Open session", status=422, event_id=event, patient_reference="C-2", region="abdomen")
    changed.submit("Open session", status=422)
    assert len(review_queries.open_treatments(nurse.clinic_id)) == 1
