"""What holds of the rules whatever the facts and the policy."""

import ast
import copy
import random
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.compliance import rules
from inventory.compliance.counters import CounterState, counter_of
from inventory.compliance.facts import NeedleUseFacts, SessionFacts, Thresholds
from inventory.compliance.judging import finding_as_mapping
from inventory.compliance.rules import Finding, FindingCode, judge, needles_required

PURE = ("facts", "techniques", "rules", "needles", "punctures", "estimates", "counters", "judging")
LIVE = {FindingCode.NEEDLE_CHANGE_SOON, FindingCode.NEEDLE_COMFORT}
WHOLE = st.integers(0, 900)
MAYBE = st.none() | WHOLE
REGION = st.sampled_from(["face", "thigh:left", "thigh:right"])
EVENT = st.none() | st.sampled_from(["bone_contact", "dropped"])


@st.composite
def needles(draw: st.DrawFn, sequence: int) -> NeedleUseFacts:
    return NeedleUseFacts(
        needle_use=f"needle {sequence}",
        sequence=sequence,
        pins=draw(st.sampled_from([1, 1, 5])),
        shots=draw(MAYBE),
        estimated=draw(st.booleans()),
        seconds=draw(st.integers(0, 2000)),
        area_cm2=draw(MAYBE),
        regions=tuple(draw(st.lists(REGION, max_size=3))),
        high_speed=draw(st.booleans()),
        must_change=draw(EVENT),
        ended=draw(st.booleans()),
    )


@st.composite
def sessions(draw: st.DrawFn) -> SessionFacts:
    count = draw(st.integers(0, 5))
    return SessionFacts(
        area_cm2=draw(MAYBE),
        regions=tuple(draw(st.lists(REGION, max_size=3))),
        planned_punctures=draw(MAYBE),
        seconds=draw(st.integers(0, 5000)),
        syringes=draw(st.integers(0, 5)),
        needle_uses=tuple(draw(needles(place + 1)) for place in range(count)),
        body_protocol=draw(st.booleans()),
        contact_time=tuple(draw(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=2))),
        fastest_shots_per_minute=draw(st.none() | st.integers(1, 540)),
        shots_per_minute=draw(st.none() | st.integers(1, 60)),
        closed=draw(st.booleans()),
        spacing_mm=draw(st.none() | st.integers(2, 30)),
    )


NUMBERS = (
    "comfort_punctures",
    "soon_punctures",
    "overdue_punctures",
    "overdue_minutes",
    "overdue_area_cm2",
    "high_speed_overdue_punctures",
    "large_area_cm2",
    "large_regions",
    "large_planned_punctures",
)
SWITCHES = ("comfort_advice", "new_needle_per_region", "new_needle_per_syringe", "count_pins")


@st.composite
def policies(draw: st.DrawFn) -> Thresholds:
    numbers = {name: draw(st.integers(1, 500)) for name in NUMBERS}
    numbers["soon_punctures"] = min(numbers["soon_punctures"], numbers["overdue_punctures"])
    return Thresholds(**numbers, **{name: draw(st.booleans()) for name in SWITCHES})  # type: ignore[arg-type]


def flags(facts: SessionFacts, thresholds: Thresholds) -> set[tuple[FindingCode, str | None]]:
    return {(found.code, found.subject) for found in judge(facts, thresholds) if found.code not in LIVE}


@given(facts=sessions(), policy=policies(), name=st.sampled_from(NUMBERS), by=st.integers(1, 300))
def test_raising_a_threshold_never_raises_a_flag(facts: SessionFacts, policy: Thresholds, name: str, by: int) -> None:
    if name == "soon_punctures":
        by = min(by, policy.overdue_punctures - policy.soon_punctures)
    raised = replace(policy, **{name: getattr(policy, name) + by})
    assert flags(facts, raised) <= flags(facts, policy)


@given(facts=sessions(), policy=policies(), name=st.sampled_from(SWITCHES))
def test_switching_a_rule_off_never_raises_a_flag(facts: SessionFacts, policy: Thresholds, name: str) -> None:
    on, off = replace(policy, **{name: True}), replace(policy, **{name: False})
    assert flags(facts, off) <= flags(facts, on)


@given(facts=sessions(), policy=policies(), more=st.integers(1, 2000))
def test_more_area_clears_nothing_but_its_own_absence(facts: SessionFacts, policy: Thresholds, more: int) -> None:
    larger = replace(facts, area_cm2=(facts.area_cm2 or 0) + more)
    cleared = flags(facts, policy) - flags(larger, policy)
    assert {code for code, _ in cleared} <= {FindingCode.AREA_MISSING}


@given(facts=sessions(), policy=policies(), more=st.integers(1, 2000))
def test_more_area_under_a_needle_clears_nothing(facts: SessionFacts, policy: Thresholds, more: int) -> None:
    larger = replace(
        facts,
        needle_uses=tuple(
            use if use.area_cm2 is None else replace(use, area_cm2=use.area_cm2 + more) for use in facts.needle_uses
        ),
    )
    assert flags(facts, policy) <= flags(larger, policy)


@given(
    facts=sessions(),
    policy=policies(),
    shots=st.sampled_from([None, 0]),
    high_speed=st.booleans(),
    pins=st.integers(1, 5),
)
@settings(max_examples=300)
def test_a_fresh_needle_never_makes_too_few(
    facts: SessionFacts, policy: Thresholds, shots: int | None, high_speed: bool, pins: int
) -> None:
    """A swap fits a needle that has done nothing yet."""
    sequence = len(facts.needle_uses) + 1
    fresh = NeedleUseFacts(needle_use="fresh", sequence=sequence, shots=shots, high_speed=high_speed, pins=pins)
    swapped = replace(facts, needle_uses=(*facts.needle_uses, fresh))
    assert needles_required(swapped, policy) <= needles_required(facts, policy)
    too_few = (FindingCode.NEEDLE_CHANGE_TOO_FEW, None)
    assert too_few in flags(facts, policy) or too_few not in flags(swapped, policy)


@given(facts=sessions(), policy=policies(), at=st.integers(0, 900))
def test_swapping_half_way_never_makes_too_few(facts: SessionFacts, policy: Thresholds, at: int) -> None:
    if not facts.needle_uses:
        return
    whole = replace(facts.needle_uses[-1], shots=900)
    first = replace(whole, shots=at)
    second = replace(whole, shots=900 - at, sequence=whole.sequence + 1, needle_use="second")
    too_few = (FindingCode.NEEDLE_CHANGE_TOO_FEW, None)
    before = replace(facts, needle_uses=(*facts.needle_uses[:-1], whole))
    after = replace(facts, needle_uses=(*facts.needle_uses[:-1], first, second))
    assert too_few in flags(before, policy) or too_few not in flags(after, policy)


@given(facts=sessions(), policy=policies())
def test_every_finding_says_clinic_policy_and_claims_no_contamination(facts: SessionFacts, policy: Thresholds) -> None:
    for found in judge(facts, policy):
        assert "clinic policy" in found.sentence
        assert not any(word in found.sentence.lower() for word in ("contamin", "infect", "steril"))


@given(facts=sessions(), policy=policies())
def test_what_was_estimated_is_said_to_be_estimated(facts: SessionFacts, policy: Thresholds) -> None:
    by_needle = {use.needle_use: use for use in facts.needle_uses}
    for found in judge(facts, policy):
        judged = dict(found.facts)
        if found.subject is not None:
            use = by_needle[found.subject]
            assert (judged["estimated"] == "yes") is (use.estimated or use.shots is None)
            by_punctures = found.rule in ("N4", "N5", "N6", "N11")
            assert ("(estimated)" in found.sentence) is (by_punctures and judged["estimated"] == "yes")
        elif found.code is FindingCode.NEEDLE_CHANGE_TOO_FEW:
            guessed = any(use.estimated or use.shots is None for use in facts.needle_uses)
            assert "(estimated)" in found.sentence or not guessed


@given(facts=sessions(), policy=policies())
def test_the_counter_is_red_exactly_where_a_needle_is_overdue(facts: SessionFacts, policy: Thresholds) -> None:
    overdue = {subject for code, subject in flags(facts, policy) if code is FindingCode.NEEDLE_OVERDUE}
    for use in facts.needle_uses:
        counter = counter_of(use, policy, facts.spacing_mm, facts.shots_per_minute)
        assert (counter.state is CounterState.OVERDUE) is (use.needle_use in overdue)
        assert 0 <= counter.permille <= 1000


@given(facts=sessions(), policy=policies(), shuffled=st.randoms(use_true_random=False))
def test_inv_14_flags_are_a_pure_function_of_facts_and_policy(
    facts: SessionFacts, policy: Thresholds, shuffled: random.Random
) -> None:
    """The same again, from copies, from the stored policy, and with the needles in any order."""
    found = judge(facts, policy)
    uses = list(facts.needle_uses)
    shuffled.shuffle(uses)
    again = replace(copy.deepcopy(facts), needle_uses=tuple(uses))
    judge(SessionFacts(closed=True), policy)
    assert judge(again, Thresholds.from_mapping(policy.as_mapping())) == found


@given(facts=sessions(), policy=policies())
def test_inv_10_every_number_found_is_whole(facts: SessionFacts, policy: Thresholds) -> None:
    for found in judge(facts, policy):
        assert all(type(value) in (int, str) for _, value in found.facts)
        assert set(finding_as_mapping(found)) == set(Finding.__dataclass_fields__)


def test_the_rules_import_nothing_that_reads_clock_chance_or_database() -> None:
    allowed = {"collections.abc", "dataclasses", "enum", "functools", "types", "typing", "datetime"}
    allowed |= {f"inventory.compliance.{module}" for module in PURE}
    folder = Path(str(rules.__file__)).parent
    for module in PURE:
        for node in ast.walk(ast.parse((folder / f"{module}.py").read_text())):
            assert not isinstance(node, ast.Import), module
            if isinstance(node, ast.ImportFrom):
                assert node.module in allowed, f"{module} imports {node.module}"
