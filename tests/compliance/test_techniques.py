"""What a policy says for a technique, a gun's preset, a head; and that old versions still read and judge the same."""

import json
from dataclasses import replace

import pytest

from inventory.compliance.facts import BadThresholds, NeedleUseFacts, SessionFacts, Thresholds
from inventory.compliance.queries import numbers_of
from inventory.compliance.rules import FindingCode, judge, needles_required
from inventory.compliance.techniques import PolicyNumbers

FIRST_VERSION = (
    '{"comfort_advice":true,"comfort_punctures":10,"count_pins":true,"expires_soon_days":30,'
    '"high_speed_overdue_punctures":400,"large_area_cm2":400,"large_planned_punctures":200,"large_regions":2,'
    '"new_needle_per_region":true,"new_needle_per_syringe":true,"overdue_area_cm2":200,"overdue_minutes":15,'
    '"overdue_punctures":90,"override_allowed":["EXPIRED"],"second_person_releases":false,"soon_punctures":50,'
    '"spacing_mm":{"epidermal":3,"linear":10,"nappage":3,"papule":10,"point_by_point":20}}'
)
"""As the first release wrote a version, before techniques, presets and sets of rules."""


def needle(**said: object) -> NeedleUseFacts:
    return replace(NeedleUseFacts(needle_use="1", sequence=1, shots=0), **said)  # type: ignore[arg-type]


def test_a_version_from_before_techniques_reads_and_judges_as_it_did() -> None:
    numbers = numbers_of(FIRST_VERSION)
    then = replace(Thresholds(overdue_punctures=90, override_allowed=frozenset({"EXPIRED"})), daily_test_required=False)
    for technique in ("papule", "linear", ""):
        assert numbers.of(technique) == then
    facts = SessionFacts(needle_uses=(needle(shots=91),), closed=True, area_cm2=10)
    assert [found.sentence for found in judge(facts, numbers.of("papule"))] == [
        "Needle 1 was past clinic policy: 91 punctures (limit 90)."
    ]


def test_a_technique_says_only_what_differs() -> None:
    numbers = PolicyNumbers(techniques={"papule": {"overdue_punctures": 80}, "linear": {}})
    assert numbers.of("papule") == Thresholds(overdue_punctures=80)
    assert numbers.of("linear") is numbers.clinic_wide
    assert PolicyNumbers.from_mapping(json.loads(json.dumps(numbers.as_mapping()))) == numbers
    assert list(numbers.techniques) == ["papule"]


@pytest.mark.parametrize(
    ("techniques", "named"),
    [
        ({"tattoo": {"overdue_punctures": 80}}, "tattoo"),
        ({"papule": {"expires_soon_days": 3}}, "expires_soon_days"),
        ({"papule": {"overdue_punctures": 0}}, "papule"),
        ({"papule": {"overdue_punctures": 20}}, "papule"),
        ({"papule": {"count_pins": 1}}, "papule"),
        ({"papule": 3}, "papule"),
        ([], "techniques"),
    ],
)
def test_what_no_technique_could_mean_is_refused_by_name(techniques: object, named: str) -> None:
    with pytest.raises(BadThresholds, match=named):
        PolicyNumbers.from_mapping({"techniques": techniques})


@pytest.mark.parametrize(
    ("presets", "named"),
    [
        ({"turbo": {"overdue_minutes": 3}}, "turbo"),
        ({"high_speed": {"overdue_punctures": 300}}, "overdue_punctures"),
        ({"multi_pin": {"overdue_minutes": 0}}, "overdue_minutes"),
        ({"multi_pin": {"overdue_punctures": 40}}, "soon_punctures of multi_pin"),
        ({"multi_pin": 3}, "multi_pin"),
        (3, "presets"),
    ],
)
def test_what_no_preset_could_mean_is_refused_by_name(presets: object, named: str) -> None:
    with pytest.raises(BadThresholds, match=named):
        Thresholds.from_mapping({"presets": presets})


def test_a_set_of_rules_this_program_does_not_know_is_refused() -> None:
    with pytest.raises(BadThresholds, match="newer"):
        Thresholds.from_mapping({"rules_version": 99})


def test_a_nurse_may_pass_only_what_may_be_passed_at_all() -> None:
    with pytest.raises(BadThresholds, match="override_by_nurse"):
        Thresholds(override_allowed=frozenset(), override_by_nurse=frozenset({"EXPIRED"}))


HEADS = Thresholds(
    high_speed_overdue_punctures=400,
    presets={
        "multi_pin": {"overdue_punctures": 300, "overdue_minutes": 20, "overdue_area_cm2": 300, "soon_punctures": 150},
        "high_speed": {"overdue_minutes": 10, "comfort_punctures": 40},
    },
)


@pytest.mark.parametrize(
    ("pins", "fast", "punctures", "minutes", "area"),
    [(1, False, 100, 15, 200), (5, False, 300, 20, 300), (1, True, 400, 10, 200), (5, True, 300, 10, 300)],
    ids=["plain", "multi-pin", "high-speed", "both: the stricter"],
)
def test_each_needle_is_held_against_its_head_and_preset(
    pins: int, fast: bool, punctures: int, minutes: int, area: int
) -> None:
    shots = punctures // pins
    reached = needle(pins=pins, high_speed=fast, shots=shots, seconds=minutes * 60, area_cm2=area, ended=True)
    assert judge(SessionFacts(needle_uses=(reached,)), HEADS) == ()
    for past in ({"shots": shots + 1}, {"seconds": minutes * 60 + 1}, {"area_cm2": area + 1}):
        found = judge(SessionFacts(needle_uses=(replace(reached, **past),)), HEADS)
        assert [one.code for one in found if one.subject] == [FindingCode.NEEDLE_OVERDUE]


def test_advice_begins_where_the_head_or_preset_says() -> None:
    assert [found.code for found in judge(SessionFacts(needle_uses=(needle(shots=30, pins=5),)), HEADS)] == [
        FindingCode.NEEDLE_CHANGE_SOON
    ]
    assert not judge(SessionFacts(needle_uses=(needle(shots=39, high_speed=True),)), HEADS)


def test_a_session_is_divided_by_what_its_widest_needle_may_do() -> None:
    facts = SessionFacts(area_cm2=600, seconds=2400, needle_uses=(needle(pins=5),))
    assert needles_required(facts, HEADS) == 2
    assert needles_required(replace(facts, needle_uses=(needle(),)), HEADS) == 3
    assert needles_required(replace(facts, needle_uses=()), HEADS) == 3
