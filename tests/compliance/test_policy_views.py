"""The pages of a clinic's policies."""

import pytest

from inventory.compliance.facts import Thresholds
from inventory.compliance.queries import policies_of, thresholds_of
from inventory.people.actors import PersonAtWork
from tests.conftest import NOW
from tests.factories.compliance import make_policy


@pytest.fixture
def published(administrator: PersonAtWork) -> PersonAtWork:
    """The administrator of a clinic that has its first policy."""
    make_policy(administrator, NOW.replace(year=2025))
    return administrator


def test_a_new_version_is_prefilled_published_and_shown(published: PersonAtWork, client_for) -> None:
    page = client_for(published).open("/policies/new")
    assert page.control("Most punctures per needle (punctures)").get("value") == "100"
    shown = page.submit("Publish", reason="Fewer punctures per needle", overdue_punctures=80)
    assert shown.url == "/policies/2" and "Done. Policy version 2 is in force." in shown.messages
    row = next(row for row in shown.rows() if row[0] == "Most punctures per needle")
    assert row[1:4] == ["N6", "80 punctures", "100 punctures"]
    newest, first = policies_of(published.clinic_id)
    assert thresholds_of(newest) == Thresholds(overdue_punctures=80)
    assert thresholds_of(first) == Thresholds()


def test_switches_and_choices_are_published(published: PersonAtWork, client_for) -> None:
    page = client_for(published).open("/policies/new")
    sent = dict(page._sent(page._form_with("Publish")[0]))
    del sent["new_needle_per_region"]
    sent |= {"reason": "Another way", "override_allowed": ["QUARANTINED"], "spacing_papule": 12}
    client_for(published).post("/policies/new", sent | {"csrf_token": client_for(published).token()}, status=400)
    page.client.post("/policies/new", sent)
    thresholds = thresholds_of(policies_of(published.clinic_id)[0])
    assert not thresholds.new_needle_per_region and thresholds.override_allowed == {"QUARANTINED"}
    assert thresholds.spacing_mm["papule"] == 12


def test_bad_numbers_keep_what_was_typed_and_can_be_sent_again(published: PersonAtWork, client_for) -> None:
    page = client_for(published).open("/policies/new")
    page = page.submit("Publish", 422, reason="Fewer punctures", overdue_minutes=0, overdue_area_cm2="a lot")
    assert page.control("Longest time on the gun (min)").get("aria-invalid") == "true"
    assert page.control("Largest area per needle (cm2)").get("value") == "a lot"
    page = page.submit("Publish", 422, overdue_minutes=15, overdue_area_cm2=200, soon_punctures=101)
    assert "must not be larger than" in page.errors()[0]
    assert page.submit("Publish", soon_punctures=40).url == "/policies/2"


def test_a_reason_is_asked_for(published: PersonAtWork, client_for) -> None:
    client_for(published).open("/policies/new").submit("Publish", 422, reason="")
    assert len(policies_of(published.clinic_id)) == 1


def test_the_same_form_sent_twice_publishes_once(published: PersonAtWork, client_for) -> None:
    page = client_for(published).open("/policies/new")
    for _ in range(2):
        assert page.submit("Publish", reason="Fewer punctures", overdue_punctures=80).url == "/policies/2"
    assert len(policies_of(published.clinic_id)) == 2


def test_a_code_that_can_never_be_overridden_cannot_be_posted(published: PersonAtWork, client_for) -> None:
    page = client_for(published).open("/policies/new")
    page.submit("Publish", 422, reason="Anything goes", override_allowed=["ALREADY_USED"])
    assert len(policies_of(published.clinic_id)) == 1


def test_the_list_marks_the_version_in_force(published: PersonAtWork, auditor: PersonAtWork, client_for) -> None:
    make_policy(published, NOW, thresholds=Thresholds(overdue_minutes=10), in_force_from=NOW.replace(year=2099))
    rows = client_for(auditor).open("/policies").rows()
    assert [row[0] for row in rows] == ["2", "1"]
    assert "In force" not in rows[0][1] and "In force" in rows[1][1]


def test_only_an_administrator_publishes(published, lead_nurse, manager, auditor, nurse, client_for) -> None:
    for person in (lead_nurse, manager, auditor, nurse):
        client_for(person).open("/policies/new", status=403)
    assert not client_for(auditor).open("/policies").all("a", text="New version")
    assert client_for(published).open("/policies").all("a", text="New version")


def test_versions_of_another_clinic_and_silly_numbers_are_not_here(
    published: PersonAtWork, stranger: PersonAtWork, client_for
) -> None:
    client_for(stranger).open("/policies/1", status=404)
    for number in ("0", "2", "99999999999999999999"):
        client_for(published).open(f"/policies/{number}", status=404)
