"""Views of the log under a name: one's own, and those a manager keeps for everybody."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import select

from inventory.audit.models import AuditEntry
from inventory.audit.queries import verify
from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.sterility.models import SavedView
from tests.pages import Page, PageClient, words

ClientFor = Callable[[PersonAtWork | None], PageClient]
ADDRESS = "/log?flag=any&shape=sessions"


def _kept(page: Page) -> dict[str, str]:
    """The views a page lists, with their addresses."""
    lists = [found for found in page.all("p") if words(found).startswith("Views kept")]
    links = (link for found in lists for link in found.iter("a"))
    return {words(link): link.get("href", "") for link in links}


def test_a_view_is_kept_with_its_filter_and_its_shape_for_its_person_alone(
    client_for: ClientFor, auditor: PersonAtWork, lead_nurse: PersonAtWork
) -> None:
    page = client_for(auditor).open(ADDRESS).submit("Keep", name="Flagged sessions")
    assert page.messages and _kept(page) == {"Flagged sessions": ADDRESS}
    again = page.client.open(_kept(page)["Flagged sessions"])
    assert again.control("Flag").get("name") == "flag"
    assert not _kept(client_for(lead_nurse).open("/log"))
    assert db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "view.kept")).all()
    assert verify(auditor.clinic_id).whole


def test_a_manager_keeps_a_view_for_everybody_of_the_clinic(
    client_for: ClientFor, manager: PersonAtWork, auditor: PersonAtWork, stranger: PersonAtWork
) -> None:
    client_for(manager).open(ADDRESS).submit("Keep", name="To look at", shared="y")
    page = client_for(auditor).open("/log")
    assert _kept(page) == {"To look at": ADDRESS} and not page.has("button", text="Remove To look at")
    assert not _kept(client_for(stranger).open("/log"))


def test_nobody_else_shares_a_view_though_they_send_that_they_would(
    client_for: ClientFor, auditor: PersonAtWork, lead_nurse: PersonAtWork
) -> None:
    client_for(auditor).open("/log").submit("Keep", name="Mine", shared="y")
    assert db.session.scalars(select(SavedView)).one().shared is False
    assert not _kept(client_for(lead_nurse).open("/log"))


def test_a_view_is_removed_by_its_person_and_a_shared_one_by_a_manager(
    client_for: ClientFor, manager: PersonAtWork, auditor: PersonAtWork, lead_nurse: PersonAtWork
) -> None:
    page = client_for(auditor).open("/log").submit("Keep", name="Mine")
    view = db.session.scalars(select(SavedView)).one()
    client = client_for(lead_nurse)
    sent = {"csrf_token": client.token(), "event_id": str(uuid4())}
    client.raw("POST", f"/log/views/{view.id}/remove", data=sent)
    db.session.refresh(view)
    assert view.removed_at is None
    assert not _kept(page.submit("Remove Mine"))
    db.session.refresh(view)
    assert view.removed_at is not None


def test_one_name_is_kept_once_and_is_free_again_when_it_was_removed(
    client_for: ClientFor, auditor: PersonAtWork
) -> None:
    page = client_for(auditor).open("/log").submit("Keep", name="Mine")
    page = page.submit("Keep", name="Mine")
    assert "You keep a view named Mine already" in page.main and len(_kept(page)) == 1
    page = page.submit("Remove Mine").submit("Keep", name="Mine")
    assert list(_kept(page)) == ["Mine"]


def test_a_view_of_another_clinic_is_not_there(
    client_for: ClientFor, auditor: PersonAtWork, stranger: PersonAtWork
) -> None:
    client_for(auditor).open("/log").submit("Keep", name="Mine")
    view = db.session.scalars(select(SavedView)).one()
    client = client_for(stranger)
    sent = {"csrf_token": client.token(), "event_id": str(uuid4())}
    assert client.raw("POST", f"/log/views/{view.id}/remove", data=sent).status_code == 404


@pytest.mark.parametrize("name", ["", " ", "x" * 61])
def test_a_view_without_a_usable_name_is_not_kept(client_for: ClientFor, auditor: PersonAtWork, name: str) -> None:
    page = client_for(auditor).open("/log").submit("Keep", 422, name=name)
    assert "Give it a name" in page.main and not db.session.scalars(select(SavedView)).all()
