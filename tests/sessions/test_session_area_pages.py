"""The page of the body map: chosen by name without script, saved at once, refused where it must be."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from inventory.clock import utc_now
from inventory.compliance.facts import Thresholds
from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from inventory.sessions import queries, review_queries
from inventory.sessions.models import Side, TreatmentSession
from tests.factories.sessions import Ready, make_ready, open_session, start_session
from tests.pages import Page, PageClient, words

ClientFor = Callable[[PersonAtWork | None], PageClient]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def earlier() -> datetime:
    """A quarter of an hour ago: pages go by the real clock."""
    return utc_now() - timedelta(minutes=14)


@pytest.fixture
def standing(nurse: PersonAtWork, earlier: datetime) -> Ready:
    return make_ready(nurse, earlier)


@pytest.fixture
def treatment(nurse: PersonAtWork, earlier: datetime, standing: Ready) -> TreatmentSession:
    return open_session(nurse, earlier, standing, area_cm2=None)


def test_the_body_map_is_one_step_from_the_session(
    client_for: ClientFor, nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    page = client_for(nurse).open(f"/sessions/{treatment.id}").follow("Body map")
    assert page.url == _url(treatment)
    drawn = [figure.get("aria-label", "").split()[0] for figure in page.all(f"{SVG}svg", role="img")]
    assert drawn == ["Front", "Back", "Face"]


def test_a_session_opened_without_a_region_goes_on_to_the_body_map(
    client_for: ClientFor, nurse: PersonAtWork, standing: Ready
) -> None:
    form = client_for(nurse).open("/sessions/new")
    refused = form.submit("Open session", 422, patient_reference="C-3003", area_cm2=300)
    assert refused.control("Area in cm2 (optional)").get("value") == "300"
    page = refused.submit("Open session", area_cm2="")
    (opened,) = review_queries.open_treatments(nurse.clinic_id)
    assert page.url == _url(opened)
    page.submit("Save areas", take_abdomen_midline="y")
    assert _areas(opened) == {"abdomen:midline": 1105}


def test_regions_are_chosen_by_name_and_saved_at_once(
    client_for: ClientFor, nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    page = client_for(nurse).open(_url(treatment))
    saved = page.submit(
        "Save areas",
        take_abdomen_midline="y",
        cm2_abdomen_midline=300,
        take_thigh_front_left="y",
        take_eye_right="y",
        palms_eye_right=1,
    )
    assert saved.url == f"/sessions/{treatment.id}"
    assert _areas(treatment) == {"abdomen:midline": 300, "thigh_front:left": 808, "eye:right": 133}
    page = client_for(nurse).open(_url(treatment))
    assert [found.get("data-spot") for found in _chosen(page)] == ["abdomen:midline", "thigh_front:left", "eye:right"]
    assert _shapes(page) == {"abdomen:midline", "thigh_front:left", "eye:right"}
    assert page.control("Abdomen in cm2").get("value") == "300"
    assert page.control("Around the eye (right) in palms").get("value") == "1"


def test_a_region_is_taken_out_by_unticking_it(
    client_for: ClientFor, nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    page = client_for(nurse).open(_url(treatment))
    page.submit("Save areas", take_chest_midline="y", take_chin_midline="y")
    page = client_for(nurse).open(_url(treatment))
    page.submit("Save areas", take_chest_midline="")
    assert _areas(treatment) == {"chin:midline": 50}


def test_the_large_area_is_the_one_of_the_sessions_policy(
    client_for: ClientFor, nurse: PersonAtWork, earlier: datetime
) -> None:
    ready = make_ready(nurse, earlier, thresholds=Thresholds(large_area_cm2=500, large_regions=9))
    for area, large in ((499, False), (500, True)):
        treatment = open_session(nurse, earlier, ready, area_cm2=area)
        page = client_for(nurse).open(_url(treatment))
        assert page.one("form", data_large_area="500", data_large_regions="9")
        assert ("hidden" in page.one("p", data_large=None).attrib) is not large


def test_a_sum_and_its_part_are_refused_and_what_was_chosen_stays(
    client_for: ClientFor, nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    page = client_for(nurse).open(_url(treatment))
    page = page.submit("Save areas", 422, take_face_midline="y", take_nose_midline="y", cm2_nose_midline=30)
    (said,) = page.errors()
    assert "Face, whole" in said and "Nose" in said
    assert page.control("Nose in cm2").get("value") == "30"
    assert _areas(treatment) == {}
    page.submit("Save areas", take_face_midline="")
    assert _areas(treatment) == {"nose:midline": 30}


@pytest.mark.parametrize("typed", ["many", "0", "20001", "-5"])
def test_a_size_that_is_no_area_is_refused_at_its_region_and_stays(
    client_for: ClientFor, nurse: PersonAtWork, treatment: TreatmentSession, typed: str
) -> None:
    page = client_for(nurse).open(_url(treatment))
    page = page.submit("Save areas", 422, take_calf_left="y", cm2_calf_left=typed)
    control = page.control("Calf (left) in cm2")
    assert (control.get("value"), control.get("aria-invalid")) == (typed, "true")
    assert [found.get("data-spot") for found in _chosen(page)] == ["calf:left"]
    assert _areas(treatment) == {}


def test_a_size_is_given_in_cm2_or_in_palms(
    client_for: ClientFor, nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    page = client_for(nurse).open(_url(treatment))
    page = page.submit("Save areas", 422, take_calf_left="y", cm2_calf_left=100, palms_calf_left=2)
    assert page.errors()
    page.submit("Save areas", cm2_calf_left="")
    assert _areas(treatment) == {"calf:left": 266}


def test_what_stands_beside_a_region_that_was_not_chosen_is_no_mistake(
    client_for: ClientFor, nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    client_for(nurse).open(_url(treatment)).submit("Save areas", take_chin_midline="y", cm2_nose_midline="many")
    assert _areas(treatment) == {"chin:midline": 50}


def test_inv_21_the_same_choice_sent_twice_is_saved_once(
    client_for: ClientFor, nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    page = client_for(nurse).open(_url(treatment))
    first, second = (page.submit("Save areas", take_chest_midline="y") for _ in range(2))
    assert first.url == second.url == f"/sessions/{treatment.id}"
    assert _areas(treatment) == {"chest:midline": 765}
    page.submit("Save areas", 422, take_chin_midline="y")
    assert _areas(treatment) == {"chest:midline": 765}


def test_a_colleagues_change_is_told_and_not_overwritten(
    client_for: ClientFor, nurse: PersonAtWork, earlier: datetime, treatment: TreatmentSession
) -> None:
    page = client_for(nurse).open(_url(treatment))
    sessions.add_area(_again(treatment), "abdomen", Side.MIDLINE, nurse, earlier, area_cm2=200)
    page = page.submit("Save areas", 422, take_chin_midline="y")
    assert "Abdomen 200 cm2" in page.errors()[0]
    assert _areas(treatment) == {"abdomen:midline": 200}
    page.submit("Save areas", take_abdomen_midline="y", cm2_abdomen_midline=200)
    assert _areas(treatment) == {"abdomen:midline": 200, "chin:midline": 50}


def test_a_needle_used_on_a_region_is_said_before_and_after_the_region_is_taken_out(
    client_for: ClientFor, nurse: PersonAtWork, earlier: datetime, standing: Ready
) -> None:
    treatment = start_session(nurse, earlier, standing)
    page = client_for(nurse).open(_url(treatment))
    (abdomen,) = _chosen(page)
    assert any("Needle 1 was used here" in (found.text or "") for found in abdomen.iter("p"))
    after = page.submit("Save areas", take_abdomen_midline="", take_chest_midline="y")
    assert any("Needle 1 stays recorded" in said for said in after.messages)
    assert [use.regions for use in queries.needle_uses_of(_again(treatment))] == ["abdomen:midline"]
    assert _areas(treatment) == {"chest:midline": 765}
    after.submit("Go on there", region="chest:midline")
    (use,) = queries.needle_uses_of(_again(treatment))
    assert use.regions == "abdomen:midline,chest:midline"


def test_what_the_map_cannot_show_is_listed_and_counted(
    client_for: ClientFor, nurse: PersonAtWork, earlier: datetime, treatment: TreatmentSession
) -> None:
    sessions.add_area(treatment, "knee", Side.BOTH, nurse, earlier)
    page = client_for(nurse).open(_url(treatment))
    assert page.one("li", data_elsewhere=None).get("data-elsewhere") == "340"
    assert words(page.one("span", data_area=None)) == "340"
    page.submit("Save areas", take_chest_midline="y")
    assert _areas(treatment) == {"knee:both": 340, "chest:midline": 765}


def test_a_session_that_is_over_has_no_map(
    client_for: ClientFor, nurse: PersonAtWork, earlier: datetime, treatment: TreatmentSession
) -> None:
    page = client_for(nurse).open(_url(treatment))
    sessions.abandon(_again(treatment), "The patient left", nurse, earlier)
    page.submit("Save areas", 409, take_chest_midline="y")
    client_for(nurse).open(_url(treatment), status=409)
    assert _areas(treatment) == {}
    assert not client_for(nurse).open(f"/sessions/{treatment.id}").has("a", text="Body map")


def test_the_map_of_another_clinics_session_is_not_found(
    client_for: ClientFor, strange_nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    client = client_for(strange_nurse)
    client.open(_url(treatment), status=404)
    client.post(_url(treatment), _sent(client), status=404)
    assert _areas(treatment) == {}


def test_an_auditor_does_not_set_areas(
    client_for: ClientFor, auditor: PersonAtWork, treatment: TreatmentSession
) -> None:
    client = client_for(auditor)
    client.open(_url(treatment), status=403)
    client.post(_url(treatment), _sent(client), status=403)
    assert not client.open(f"/sessions/{treatment.id}").has("a", text="Body map")
    assert _areas(treatment) == {}


def _sent(client: PageClient) -> dict[str, str]:
    return {"csrf_token": client.token(), "event_id": str(uuid4()), "take_chest_midline": "y"}


def _url(treatment: TreatmentSession) -> str:
    return f"/sessions/{treatment.id}/areas"


def _chosen(page: Page) -> list:
    boxes = {id(box) for box in page.all("input", type="checkbox", checked=None)}
    return [spot for spot in page.all("li", data_spot=None) if any(id(found) in boxes for found in spot.iter())]


def _shapes(page: Page) -> set[str]:
    return {found.get("data-shape", "") for found in page.all(f"{SVG}g", data_shape=None, data_chosen=None)}


def _areas(treatment: TreatmentSession) -> dict[str, int]:
    return {queries.key_of(area): area.area_cm2 for area in queries.areas_of(_again(treatment))}


def _again(treatment: TreatmentSession) -> TreatmentSession:
    db.session.expire_all()
    return queries.treatment_of(treatment.clinic_id, treatment.id)
