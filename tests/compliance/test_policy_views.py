"""The pages of a clinic's policies."""

from uuid import uuid4

import pytest

from inventory.compliance.facts import Thresholds
from inventory.compliance.queries import drafts_of, numbers_of, policies_of, thresholds_of
from inventory.people.actors import PersonAtWork
from tests.conftest import NOW, PASSWORD
from tests.factories.compliance import make_policy
from tests.pages import Page


@pytest.fixture
def published(administrator: PersonAtWork) -> PersonAtWork:
    """The administrator of a clinic that has its first policy."""
    make_policy(administrator, NOW.replace(year=2025))
    return administrator


@pytest.fixture
def drafted(published: PersonAtWork, client_for) -> Page:
    """The administrator's draft with 80 punctures a needle, 60 for papules, as its page."""
    page = client_for(published).open("/policies/new")
    assert page.control("Most punctures per needle (punctures)").get("value") == "100"
    typed = {"overdue_punctures": 80, "papule__overdue_punctures": 60, "papule__new_needle_per_region": "off"}
    return page.submit("Save draft", reason="Fewer punctures per needle", **typed)


def test_a_draft_shows_what_it_changes_and_judges_nothing_yet(drafted: Page, published: PersonAtWork) -> None:
    assert "Done. The draft waits for a second person to approve it." in drafted.messages
    changed = [row[:4] for row in drafted.rows()[:3]]
    assert changed == [
        ["Most punctures per needle", "The whole clinic", "80 punctures", "100 punctures"],
        ["Most punctures per needle", "Papule", "60 punctures", "as the clinic"],
        ["New needle for each region or side", "Papule", "off", "as the clinic"],
    ]
    assert len(policies_of(published.clinic_id)) == 1


def test_inv_15_a_second_person_approves_and_the_author_cannot(
    drafted: Page, published: PersonAtWork, lead_nurse: PersonAtWork, client_for
) -> None:
    assert not drafted.all("button", text="Approve and publish")
    form = {"csrf_token": drafted.client.token(), "event_id": str(uuid4()), "secret": PASSWORD}
    refused = drafted.client.post(f"{drafted.url}/approve", form, status=422)
    assert "Ask a second person" in " ".join(refused.messages)
    shown = client_for(lead_nurse).open(drafted.url).submit("Approve and publish", secret=PASSWORD)
    assert shown.url == "/policies/2" and "Done. Policy version 2 is published." in shown.messages
    newest = policies_of(published.clinic_id)[0]
    assert thresholds_of(newest) == Thresholds(overdue_punctures=80)
    assert thresholds_of(newest, "papule") == Thresholds(overdue_punctures=60, new_needle_per_region=False)
    assert "approved" in client_for(published).open(drafted.url).main


def test_the_form_of_the_next_version_holds_what_differs_for_a_technique(
    drafted: Page, lead_nurse: PersonAtWork, client_for
) -> None:
    page = (
        client_for(lead_nurse)
        .open(drafted.url)
        .submit("Approve and publish", secret=PASSWORD)
        .client.open("/policies/new")
    )
    assert page.control("Papule: most punctures per needle (punctures)").get("value") == "60"
    assert page.control("Nappage: most punctures per needle (punctures)").get("value") in (None, "")


def test_two_versions_stand_side_by_side(drafted: Page, lead_nurse: PersonAtWork, client_for) -> None:
    client = client_for(lead_nurse)
    client.open(drafted.url).submit("Approve and publish", secret=PASSWORD)
    page = client.open("/policies/compare?one=2&other=1")
    assert page.rows()[0][:4] == ["Most punctures per needle", "The whole clinic", "80 punctures", "100 punctures"]
    assert "Both say the same." in client.open("/policies/compare?one=2&other=2").main
    client.open("/policies/compare?one=2&other=9", status=404)


def test_a_draft_is_set_aside_with_a_reason_and_stays_listed(drafted: Page, manager: PersonAtWork, client_for) -> None:
    shown = client_for(manager).open(drafted.url).submit("Set aside", reason="We wait for the new needles")
    assert "We wait for the new needles" in shown.main
    assert not client_for(manager).open(drafted.url).all("button", text="Set aside")


def test_switches_and_choices_are_drafted(published: PersonAtWork, client_for) -> None:
    page = client_for(published).open("/policies/new")
    sent = dict(page._sent(page._form_with("Save draft")[0]))
    del sent["new_needle_per_region"]
    sent |= {"reason": "Another way", "override_allowed": ["QUARANTINED"], "spacing_papule": 12}
    sent |= {"override_by_nurse": ["QUARANTINED"], "multi_pin__overdue_area_cm2": 150}
    client_for(published).post("/policies/new", sent | {"csrf_token": client_for(published).token()}, status=400)
    page.client.post("/policies/new", sent)
    thresholds = numbers_of(drafts_of(published.clinic_id)[0].thresholds).clinic_wide
    assert not thresholds.new_needle_per_region and thresholds.override_by_nurse == {"QUARANTINED"}
    assert thresholds.spacing_mm["papule"] == 12 and thresholds.needle_limits[True, False].area_cm2 == 150


def test_bad_numbers_keep_what_was_typed_and_can_be_sent_again(published: PersonAtWork, client_for) -> None:
    page = client_for(published).open("/policies/new")
    page = page.submit("Save draft", 422, reason="Fewer punctures", overdue_minutes=0, overdue_area_cm2="a lot")
    assert page.control("Longest time on the gun (min)").get("aria-invalid") == "true"
    assert page.control("Largest area per needle (cm2)").get("value") == "a lot"
    page = page.submit("Save draft", 422, overdue_minutes=15, overdue_area_cm2=200, soon_punctures=101)
    assert "must not be larger than" in page.errors()[0]
    assert "/policies/drafts/" in page.submit("Save draft", soon_punctures=40).url


def test_the_same_form_sent_twice_drafts_once(published: PersonAtWork, client_for) -> None:
    page = client_for(published).open("/policies/new")
    for _ in range(2):
        page.submit("Save draft", reason="Fewer punctures", overdue_punctures=80)
    assert len(drafts_of(published.clinic_id)) == 1


def test_a_code_that_can_never_be_overridden_cannot_be_posted(published: PersonAtWork, client_for) -> None:
    page = client_for(published).open("/policies/new")
    page.submit("Save draft", 422, reason="Anything goes", override_allowed=["ALREADY_USED"])
    page.submit("Save draft", 422, reason="Nurses more", override_allowed=[], override_by_nurse=["EXPIRED"])
    assert not drafts_of(published.clinic_id)


def test_the_list_marks_the_version_in_force(published: PersonAtWork, auditor: PersonAtWork, client_for) -> None:
    make_policy(published, NOW, thresholds=Thresholds(overdue_minutes=10), in_force_from=NOW.replace(year=2099))
    rows = client_for(auditor).open("/policies").rows()
    assert [row[0] for row in rows] == ["2", "1"]
    assert "In force" not in rows[0][1] and "In force" in rows[1][1]


def test_who_reads_policies_drafts_none_unless_their_role_may(published, manager, auditor, nurse, client_for) -> None:
    for person in (auditor, nurse):
        client_for(person).open("/policies/new", status=403)
    assert not client_for(auditor).open("/policies").all("a", text="New version")
    assert client_for(manager).open("/policies").all("a", text="New version")


def test_versions_of_another_clinic_and_silly_numbers_are_not_here(
    published: PersonAtWork, stranger: PersonAtWork, client_for
) -> None:
    client_for(stranger).open("/policies/1", status=404)
    for number in ("0", "2", "99999999999999999999"):
        client_for(published).open(f"/policies/{number}", status=404)
