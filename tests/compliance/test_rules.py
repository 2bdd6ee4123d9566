"""The rules at their boundaries, and every worked case of the default policy."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from inventory.compliance import rules
from inventory.compliance.counters import CounterState, counter_of
from inventory.compliance.facts import NeedleUseFacts, SessionFacts, Thresholds
from inventory.compliance.judging import session_facts_from
from inventory.compliance.rules import RULES, FindingCode, judge, large_area, needles_required

DEFAULT = Thresholds()
TOO_FEW, OVERDUE = FindingCode.NEEDLE_CHANGE_TOO_FEW, FindingCode.NEEDLE_OVERDUE
CARRYOVER, AREA_MISSING = FindingCode.REGION_CARRYOVER, FindingCode.AREA_MISSING
PURE = ("facts", "rules", "needles", "punctures", "estimates", "counters", "judging")


def needle(sequence: int = 1, **said: object) -> NeedleUseFacts:
    blank = NeedleUseFacts(needle_use=str(sequence), sequence=sequence, shots=0)
    return replace(blank, **said)  # type: ignore[arg-type]


def codes(facts: SessionFacts, thresholds: Thresholds = DEFAULT) -> list[FindingCode]:
    return [finding.code for finding in judge(facts, thresholds)]


@pytest.mark.parametrize(
    ("area", "punctures", "minutes", "regions", "syringes", "required", "found"),
    [
        (60, 40, 8, 1, 1, 1, []),
        (400, 190, 12, 1, 1, 2, [TOO_FEW, OVERDUE]),
        (595, 300, 20, 1, 1, 3, [TOO_FEW, OVERDUE]),
        (850, 380, 25, 2, 2, 5, [TOO_FEW, OVERDUE, CARRYOVER]),
        (1105, 490, 28, 1, 3, 6, [TOO_FEW, OVERDUE]),
        (1616, 720, 35, 2, 4, 9, [TOO_FEW, OVERDUE, CARRYOVER]),
        (3230, 1440, 55, 2, 6, 17, [TOO_FEW, OVERDUE, CARRYOVER]),
        (150, 600, 10, 1, 1, 6, [TOO_FEW, OVERDUE]),
        (399, 199, 15, 1, 1, 2, [OVERDUE]),
    ],
)
def test_every_worked_case_with_one_needle_is_judged_as_written(
    area: int,
    punctures: int,
    minutes: int,
    regions: int,
    syringes: int,
    required: int,
    found: list[FindingCode],
) -> None:
    line = {"area_cm2": area, "punctures": punctures, "minutes": minutes, "regions": regions}
    facts = session_facts_from({**line, "syringes": syringes, "needles": 1})
    assert needles_required(facts, DEFAULT) == required
    assert codes(facts) == found


def test_a_needle_used_for_500_punctures_is_overdue_though_17_were_used() -> None:
    uses = tuple(needle(place, shots=500 if place == 3 else 58, seconds=180) for place in range(1, 18))
    facts = SessionFacts(area_cm2=3230, regions=("a", "b"), seconds=3300, syringes=6, needle_uses=uses)
    overdue = [finding for finding in judge(facts, DEFAULT) if finding.code is OVERDUE]
    assert [finding.subject for finding in overdue] == ["3"]
    assert TOO_FEW not in codes(facts)


@pytest.mark.parametrize(
    ("area", "regions", "planned", "made", "large"),
    [
        (399, 1, 199, 199, False),
        (400, 1, None, 0, True),
        (0, 2, None, 0, True),
        (None, 1, 200, 0, True),
        (None, 1, None, 200, True),
        (None, 1, 100, 200, True),
        (None, 0, None, 0, False),
    ],
)
def test_an_area_is_large_from_400_cm2_or_2_regions_or_200_punctures(
    area: int | None, regions: int, planned: int | None, made: int, large: bool
) -> None:
    facts = SessionFacts(
        area_cm2=area,
        regions=tuple(f"region {number}" for number in range(regions)),
        planned_punctures=planned,
        needle_uses=(needle(shots=made),),
    )
    assert large_area(facts, DEFAULT) is large


@pytest.mark.parametrize(
    ("use", "rule"),
    [
        (needle(shots=100), None),
        (needle(shots=101), "N6"),
        (needle(seconds=900), None),
        (needle(seconds=901), "N7"),
        (needle(area_cm2=200), None),
        (needle(area_cm2=201), "N8"),
        (needle(shots=400, high_speed=True), None),
        (needle(shots=401, high_speed=True), "N11"),
        (needle(seconds=901, high_speed=True), "N7"),
        (needle(shots=20, pins=5), None),
        (needle(shots=21, pins=5), "N6"),
        (needle(shots=101, seconds=901, area_cm2=201), "N6"),
    ],
)
def test_a_needle_may_reach_its_limit_and_not_pass_it(use: NeedleUseFacts, rule: str | None) -> None:
    found = [finding for finding in judge(SessionFacts(needle_uses=(use,)), DEFAULT) if finding.code is OVERDUE]
    assert [finding.rule for finding in found] == ([rule] if rule else [])
    assert (counter_of(use, DEFAULT).state is CounterState.OVERDUE) is bool(rule)


def test_one_second_past_fifteen_minutes_is_said_to_the_second() -> None:
    (found,) = judge(SessionFacts(needle_uses=(needle(seconds=901),)), DEFAULT)
    assert "15 min 1 s (limit 15 min)" in found.sentence


@pytest.mark.parametrize(
    ("punctures", "found"),
    [
        (9, []),
        (10, [FindingCode.NEEDLE_COMFORT]),
        (49, [FindingCode.NEEDLE_COMFORT]),
        (50, [FindingCode.NEEDLE_CHANGE_SOON]),
        (100, [FindingCode.NEEDLE_CHANGE_SOON]),
        (101, [OVERDUE]),
    ],
)
def test_the_nurse_sees_the_limit_coming(punctures: int, found: list[FindingCode]) -> None:
    fitted = SessionFacts(needle_uses=(needle(shots=punctures),))
    assert codes(fitted) == found
    removed = replace(fitted, needle_uses=(needle(shots=punctures, ended=True),))
    assert codes(removed) == [code for code in found if code is OVERDUE]


def test_the_fitted_needle_is_advised_on_after_others_that_were_removed() -> None:
    removed = needle(shots=5, ended=True)
    for punctures, code in ((10, FindingCode.NEEDLE_COMFORT), (50, FindingCode.NEEDLE_CHANGE_SOON)):
        found = judge(SessionFacts(needle_uses=(removed, needle(2, shots=punctures))), DEFAULT)
        assert [(one.code, one.subject) for one in found] == [(code, "2")]


def test_comfort_advice_is_off_for_body_protocols_and_where_the_policy_says_so() -> None:
    facts = SessionFacts(needle_uses=(needle(shots=10),))
    assert codes(replace(facts, body_protocol=True)) == []
    assert codes(facts, Thresholds(comfort_advice=False)) == []


@pytest.mark.parametrize("event", ["bone_contact", "dropped", "touched", "bent", "blocked"])
def test_a_needle_something_happened_to_must_be_changed_while_it_is_fitted(event: str) -> None:
    assert codes(SessionFacts(needle_uses=(needle(must_change=event),))) == [FindingCode.NEEDLE_CHANGE_DUE]
    assert codes(SessionFacts(needle_uses=(needle(must_change=event, ended=True),))) == []


def test_one_needle_on_two_sides_carries_over_only_while_each_region_asks_for_its_own() -> None:
    facts = SessionFacts(needle_uses=(needle(regions=("thigh:left", "thigh:right")),))
    assert codes(facts) == [CARRYOVER]
    assert codes(facts, Thresholds(new_needle_per_region=False)) == []
    assert codes(replace(facts, needle_uses=(needle(regions=("thigh:left", "thigh:left")),))) == []


@pytest.mark.parametrize(("kept", "short"), [(29, True), (30, False), (31, False)])
def test_the_antiseptic_must_act_as_long_as_its_maker_says(kept: int, short: bool) -> None:
    found = codes(SessionFacts(contact_time=((30, kept),)))
    assert found == ([FindingCode.CONTACT_TIME_SHORT] if short else [])


@pytest.mark.parametrize(
    ("shots", "pins", "estimated", "ended", "implausible"),
    [
        (90, 1, False, True, False),
        (91, 1, False, True, True),
        (90, 5, False, True, False),
        (91, 5, False, True, True),
        (91, 1, True, True, False),
        (91, 1, False, False, False),
    ],
)
def test_no_gun_makes_more_punctures_than_its_fastest_rate(
    shots: int, pins: int, estimated: bool, ended: bool, implausible: bool
) -> None:
    use = needle(shots=shots, pins=pins, estimated=estimated, ended=ended, seconds=10)
    facts = SessionFacts(needle_uses=(use,), fastest_shots_per_minute=540)
    assert (FindingCode.RATE_IMPLAUSIBLE in codes(facts)) is implausible
    assert FindingCode.RATE_IMPLAUSIBLE not in codes(replace(facts, fastest_shots_per_minute=None))


def test_an_area_is_missed_at_close_only() -> None:
    assert codes(SessionFacts(closed=True)) == [AREA_MISSING]
    assert codes(SessionFacts(closed=True, area_cm2=0)) == [AREA_MISSING]
    assert codes(SessionFacts(closed=True, area_cm2=1)) == []
    assert codes(SessionFacts(closed=False)) == []


def test_punctures_at_high_speed_weigh_against_their_own_limit() -> None:
    fast, normal = needle(1, shots=350, high_speed=True), needle(2, shots=0)
    assert needles_required(SessionFacts(needle_uses=(fast,)), DEFAULT) == 1
    assert needles_required(SessionFacts(needle_uses=(fast, normal)), DEFAULT) == 1
    assert needles_required(SessionFacts(needle_uses=(fast, replace(normal, shots=13))), DEFAULT) == 2


def test_a_session_nobody_counted_is_estimated_from_its_own_area() -> None:
    facts = SessionFacts(area_cm2=850, spacing_mm=10, needle_uses=(needle(shots=None),))
    assert needles_required(facts, DEFAULT) == 9
    (found,) = judge(facts, DEFAULT)
    assert found.code is TOO_FEW and "850 punctures (estimated)" in found.sentence


def test_every_rule_names_its_basis() -> None:
    known = ("ssumption", "consensus", "Akintilo", "Lopez Pineiro", "manufacturer", "rithmetic")
    for row in RULES:
        assert row.rule.__doc__ and any(word in row.rule.__doc__ for word in known), row.rule


def test_inv_10_no_rule_knows_a_float() -> None:
    folder = Path(str(rules.__file__)).parent
    for name in PURE:
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text())):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), name
            assert not (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)), name
            assert not (isinstance(node, ast.Name) and node.id in ("float", "round", "Decimal")), name
