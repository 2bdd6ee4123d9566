"""The body map: its regions and their sizes, and the page that sets a session's areas."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from inventory.audit.queries import entries_of
from inventory.clock import utc_now
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from inventory.sessions import queries
from inventory.sessions.areas import Size, set_areas, version_of
from inventory.sessions.body_map import LIST_ONLY, SPOTS, drawn_on
from inventory.sessions.body_shapes import FIGURES
from inventory.sessions.errors import AreasChanged, BadArea, CoveredTwice, SessionOver
from inventory.sessions.models import AreaSource, Side, TreatmentSession
from inventory.sessions.regions import REGIONS, covered_twice
from tests.factories.sessions import Ready, make_ready, open_session
from tests.pages import PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]
SUMS = [region for region in REGIONS.values() if region.parts]


@pytest.fixture
def earlier() -> datetime:
    """An hour ago: pages go by the real clock."""
    return utc_now() - timedelta(hours=1)


@pytest.fixture
def standing(nurse: PersonAtWork, earlier: datetime) -> Ready:
    return make_ready(nurse, earlier)


@pytest.fixture
def treatment(nurse: PersonAtWork, earlier: datetime, standing: Ready) -> TreatmentSession:
    return open_session(nurse, earlier, standing, area_cm2=None)


def test_the_whole_body_but_one_hundredth_is_17_000_cm2_of_skin() -> None:
    single = [region for region in REGIONS.values() if not region.parts and region.area_cm2]
    assert (
        sum((region.area_cm2 or 0) * (2 if region.paired else 1) for region in single) == 16_830 == 17_000 * 99 // 100
    )


@pytest.mark.parametrize("whole", SUMS, ids=lambda region: region.key)
def test_the_parts_of_a_region_add_up_to_it(whole) -> None:
    parts = [REGIONS[key] for key in whole.parts]
    both = [2 if part.paired and not whole.paired else 1 for part in parts]
    assert sum((part.area_cm2 or 0) * sides for part, sides in zip(parts, both, strict=True)) == whole.area_cm2


def test_each_region_with_a_place_is_drawn_once_a_side() -> None:
    drawn = Counter(part.spot.key for figure in FIGURES for part in drawn_on(figure))
    expected = {
        f"{region.key}:{side}"
        for region in REGIONS.values()
        if region.key not in LIST_ONLY
        for side in (("left", "right") if region.paired else ("midline",))
    }
    assert drawn == dict.fromkeys(expected, 1)
    assert set(SPOTS) - expected == {
        "scalp:midline",
        "other:midline",
        "hand:left",
        "hand:right",
        "thigh:left",
        "thigh:right",
    }


def test_the_patients_left_is_on_the_viewers_right_of_the_front_and_on_the_left_of_the_back() -> None:
    front, back, face = ({part.spot.key: part.x for part in drawn_on(figure)} for figure in FIGURES)
    assert front["knee:left"] > 0 > front["knee:right"]
    assert back["calf:left"] < 0 < back["calf:right"]
    assert face["cheek:left"] > 0 > face["cheek:right"]


@pytest.mark.parametrize(
    ("chosen", "twice"),
    [
        (["abdomen:midline", "thigh_front:left", "thigh_front:right"], None),
        (["thigh:left", "thigh_front:right"], None),
        (["thigh:left", "thigh_back:left"], ("thigh:left", "thigh_back:left")),
        (["eye:right", "face:midline"], ("face:midline", "eye:right")),
        (["scalp:midline", "scalp_back:midline"], ("scalp:midline", "scalp_back:midline")),
        (["thigh_front:both", "thigh_front:left"], ("thigh_front:both", "thigh_front:left")),
        (["hand:right", "hand_palm:both"], ("hand:right", "hand_palm:both")),
        (["abdomen:midline", "abdomen:midline"], None),
    ],
)
def test_no_skin_is_covered_twice(chosen: list[str], twice: tuple[str, str] | None) -> None:
    assert covered_twice(chosen) == twice


def test_areas_set_at_once_come_in_change_and_go_in_one_entry(
    nurse: PersonAtWork, earlier: datetime, treatment: TreatmentSession
) -> None:
    _set(
        treatment, nurse, earlier, {"abdomen:midline": Size(300), "eye:left": Size(), "hand_back:right": Size(palms=2)}
    )
    assert _sizes(treatment) == {
        "eye:left": (40, AreaSource.PRESET),
        "hand_back:right": (266, AreaSource.PALMS),
        "abdomen:midline": (300, AreaSource.TYPED),
    }
    kept = {area.id for area in queries.areas_of(treatment) if area.region == "eye"}
    change = _set(treatment, nurse, earlier, {"abdomen:midline": Size(200), "eye:left": Size()})
    assert (change.entered, change.taken_out) == (("abdomen:midline",), ("hand_back:right",))
    assert _sizes(treatment) == {"eye:left": (40, AreaSource.PRESET), "abdomen:midline": (200, AreaSource.TYPED)}
    assert kept < {area.id for area in queries.areas_of(treatment)}
    assert _actions(treatment).count("session.areas_set") == 2


def test_setting_the_same_areas_again_changes_nothing(
    nurse: PersonAtWork, earlier: datetime, treatment: TreatmentSession
) -> None:
    for area in (100, 150):  # entered by name, twice
        sessions.add_area(treatment, "abdomen", Side.MIDLINE, nurse, earlier, area_cm2=area)
    change = _set(treatment, nurse, earlier, {"abdomen:midline": Size(250)})
    assert (change.entered, change.taken_out) == ((), ())
    assert len(queries.areas_of(treatment)) == 2
    assert "session.areas_set" not in _actions(treatment)


def test_a_region_entered_for_both_sides_stays_and_counts_against_its_sides(
    nurse: PersonAtWork, earlier: datetime, treatment: TreatmentSession
) -> None:
    sessions.add_area(treatment, "knee", Side.BOTH, nurse, earlier)
    _set(treatment, nurse, earlier, {"chest:midline": Size()})
    assert set(_sizes(treatment)) == {"knee:both", "chest:midline"}
    with pytest.raises(CoveredTwice):
        _set(treatment, nurse, earlier, {"knee:left": Size()})


def test_a_region_added_by_name_lies_on_no_other(
    nurse: PersonAtWork, earlier: datetime, treatment: TreatmentSession
) -> None:
    sessions.add_area(treatment, "forehead", Side.MIDLINE, nurse, earlier)
    with pytest.raises(CoveredTwice):
        sessions.add_area(treatment, "face", Side.MIDLINE, nurse, earlier, area_cm2=300)
    assert set(_sizes(treatment)) == {"forehead:midline"}


def test_a_choice_made_from_older_areas_is_refused(
    nurse: PersonAtWork, earlier: datetime, treatment: TreatmentSession
) -> None:
    seen = version_of(queries.areas_of(treatment))
    sessions.add_area(treatment, "abdomen", Side.MIDLINE, nurse, earlier, area_cm2=100)
    with pytest.raises(AreasChanged, match="Abdomen 100 cm2"):
        set_areas(treatment, {"chest:midline": Size()}, seen, nurse, earlier)
    assert set(_sizes(treatment)) == {"abdomen:midline"}


def test_a_region_without_usual_size_needs_one(
    nurse: PersonAtWork, earlier: datetime, treatment: TreatmentSession
) -> None:
    with pytest.raises(BadArea):
        _set(treatment, nurse, earlier, {"other:midline": Size()})
    _set(treatment, nurse, earlier, {"other:midline": Size(palms=1)})
    assert _sizes(treatment) == {"other:midline": (133, AreaSource.PALMS)}


def test_the_areas_of_a_session_that_is_over_stay_as_they_are(
    nurse: PersonAtWork, earlier: datetime, treatment: TreatmentSession
) -> None:
    sessions.abandon(treatment, "The patient left", nurse, earlier)
    with pytest.raises(SessionOver):
        _set(treatment, nurse, earlier, {"chest:midline": Size()})


def _set(treatment: TreatmentSession, by: PersonAtWork, now: datetime, wanted: dict[str, Size]):
    return set_areas(treatment, wanted, version_of(queries.areas_of(treatment)), by, now)


def _sizes(treatment: TreatmentSession) -> dict[str, tuple[int, AreaSource]]:
    return {queries.key_of(area): (area.area_cm2, area.source) for area in queries.areas_of(treatment)}


def _actions(treatment: TreatmentSession) -> list[str]:
    return [entry.action for entry in entries_of(treatment.clinic_id, treatment.id)]
