"""The sterility bundle: what was done, what was missed, and why a session was judged as it was."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.compliance.facts import NeedleUseFacts, SessionFacts, Thresholds
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from inventory.sessions.bundle import Antiseptic, Evidence, bundle_of
from inventory.sessions.bundle_queries import bundles_of
from inventory.sessions.explaining import explained
from inventory.sessions.timeline import marks
from tests.conftest import NOW
from tests.factories.sessions import make_ready, set_up, start_session

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SKIN = Antiseptic(NINE - MINUTE, 30, NINE + timedelta(days=3))
GOOD = Evidence(NINE, NINE - 20 * MINUTE, NINE - 60 * MINUTE, (SKIN,), (), ())
NAMES = ["Disinfected gun", "In-date antiseptic", "Contact time", "Released packs", "Needles in time"]


def _with(**said: object) -> Evidence:
    return Evidence(**{**GOOD.__dict__, **said})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("evidence", "missed", "said"),
    [
        (GOOD, [], ""),
        (_with(gun_disinfected_at=None), NAMES[:1], "no disinfection"),
        (_with(gun_used_until=NINE - 19 * MINUTE), NAMES[:1], "not disinfected after its session before"),
        (_with(gun_used_until=NINE - 20 * MINUTE), [], ""),
        (_with(antiseptics=()), NAMES[1:3], "no antiseptic"),
        (_with(antiseptics=(Antiseptic(SKIN.applied_at, 30, SKIN.applied_at),)), NAMES[1:2], "past its opened life"),
        (_with(antiseptics=(Antiseptic(SKIN.applied_at, 61, SKIN.usable_until),)), NAMES[2:3], "60 s"),
        (_with(antiseptics=(SKIN, Antiseptic(NINE - 20 * MINUTE, 1200, NINE))), [], ""),
        (_with(pack_faults=("RECALLED", "RECALLED")), NAMES[3:4], "should not have been: recalled"),
        (_with(needle_faults=("NEEDLE_OVERDUE",)), NAMES[4:], "needle overdue"),
    ],
)
def test_each_part_of_the_bundle_is_kept_or_missed_with_its_numbers(
    evidence: Evidence, missed: list[str], said: str
) -> None:
    bundle = bundle_of(evidence)
    assert [element.name for element in bundle.elements] == NAMES
    assert [element.name for element in bundle.missed] == missed
    assert bundle.score == 5 - len(missed) and bundle.whole is not bool(missed)
    assert not missed or said in bundle.missed[0].said


def test_a_session_lived_through_has_its_bundle_on_its_page_and_in_the_list(nurse: PersonAtWork, client_for) -> None:
    treatment = start_session(nurse, NOW, make_ready(nurse, NOW))
    assert bundles_of(nurse.clinic_id, [treatment.id]) == {}
    sessions.close(treatment, nurse, NOW + 5 * MINUTE, shots=150)
    bundle = bundles_of(nurse.clinic_id, [treatment.id])[treatment.id]
    assert [element.name for element in bundle.missed] == ["Needles in time"]
    client = client_for(nurse)
    page = client.open(f"/sessions/{treatment.id}")
    assert any(row[:2] == ["Needles in time", "missed"] for row in page.rows())
    assert any(row[0] == "Needle 1" and "150 punctures (limit 100)" in row[2] for row in page.rows())
    assert "policy version 1" in page.main
    assert any("4 of 5" in cell for row in client.open("/sessions").rows() for cell in row)


def test_a_first_puncture_before_the_antiseptic_had_acted_is_missed(nurse: PersonAtWork) -> None:
    treatment = set_up(nurse, NOW, make_ready(nurse, NOW))
    sessions.start(treatment, nurse, NOW + timedelta(seconds=12))
    sessions.close(treatment, nurse, NOW + MINUTE, shots=10)
    bundle = bundles_of(nurse.clinic_id, [treatment.id])[treatment.id]
    assert [(element.name, element.said) for element in bundle.missed] == [
        ("Contact time", "it acted 12 s; its maker asks for 30 s")
    ]


def test_a_verdict_is_explained_with_every_number_it_rests_on() -> None:
    use = NeedleUseFacts(needle_use="1", sequence=1, shots=380, seconds=1500, area_cm2=850, regions=("a", "b"))
    facts = SessionFacts(
        area_cm2=850, regions=("a", "b"), seconds=1500, syringes=2, needle_uses=(use,), contact_time=((30, 12),)
    )
    told = [(part.about, part.kept, part.sentence) for part in explained(facts, Thresholds())]
    assert told == [
        (
            "Treated area",
            None,
            "A large area: 850 cm2 (large from 400), 2 regions (large from 2), 380 punctures (large from 200). "
            "So the number of needles is judged.",
        ),
        (
            "Number of needles",
            False,
            "1 needle used. Clinic policy asks for 5: 5 for 850 cm2 at 200 cm2 a needle, 4 for 380 punctures, "
            "2 for 25 min at 15 min a needle, 2 for 2 regions, 2 for 2 syringes; the largest number counts.",
        ),
        (
            "Needle 1",
            False,
            "380 punctures (limit 100), 25 min 0 s (limit 15 min), 850 cm2 (limit 200). "
            "Past clinic policy by punctures and minutes and area. "
            "Used on 2 regions, where clinic policy asks for a new needle for each.",
        ),
        ("Antiseptic", False, "The antiseptic acted 12 s before the first puncture; 30 s are asked for."),
    ]


def test_of_a_small_area_the_number_of_needles_is_not_judged() -> None:
    area, needles = explained(SessionFacts(area_cm2=60), Thresholds())
    assert needles.kept is None and "not judged, only each needle" in area.sentence


def test_scans_of_the_course_stand_at_their_time_and_those_of_the_setup_do_not() -> None:
    found = marks([(NINE + MINUTE, "green", "b"), (NINE - MINUTE, "green", "a")], NINE, 120)  # type: ignore[list-item]
    assert [(mark.x, mark.said) for mark in found] == [(500, "b")]
