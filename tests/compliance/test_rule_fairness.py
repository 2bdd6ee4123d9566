"""Whatever the session: doing more never clears a flag, changing needles never earns one, and order says nothing.

Two findings are about what was typed, not about what was done, and stand apart: AREA_MISSING goes when an area is
entered, and RATE_IMPLAUSIBLE when the same count took longer. And an area stated for a needle that had none, whose
punctures followed from its time, replaces one estimate by another: that is other knowledge, not more area.
"""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inventory.compliance.facts import NeedleUseFacts, SessionFacts, Thresholds
from inventory.compliance.punctures import session_punctures
from inventory.compliance.rules import FindingCode, Severity, judge, needles_required
from inventory.oversight.reading import ReadArea, ReadSession, ReadSkin, ReadUse
from inventory.sessions.facts import facts_in
from inventory.sessions.models import Side, Technique
from tests.compliance.test_rule_properties import LIVE, NUMBERS, SWITCHES, flags, policies, sessions

ABOUT_ENTRIES = {FindingCode.RATE_IMPLAUSIBLE, FindingCode.AREA_MISSING}
ORDER = (Severity.ADVICE, Severity.SOON, Severity.WARNING, Severity.MAJOR)
LIMITS = st.integers(1, 400)
TOLERANT = settings(deadline=None)
"""A deadline would measure the machine, not the rules."""


@st.composite
def with_presets(draw: st.DrawFn) -> Thresholds:
    """A policy that says something else for multi-pin heads and for high-speed presets."""
    policy = draw(policies())
    head = {"overdue_punctures": draw(LIMITS), "overdue_minutes": draw(LIMITS), "overdue_area_cm2": draw(LIMITS)}
    fast = {"overdue_minutes": draw(LIMITS), "overdue_area_cm2": draw(LIMITS)}
    soon = draw(st.integers(1, min(head["overdue_punctures"], policy.high_speed_overdue_punctures)))
    presets = {"multi_pin": {**head, "soon_punctures": soon}, "high_speed": {**fast, "soon_punctures": soon}}
    return replace(policy, presets=presets)


@TOLERANT
@given(facts=sessions(), policy=with_presets(), more=st.integers(1, 2000))
def test_more_area_clears_nothing_but_its_own_absence(facts: SessionFacts, policy: Thresholds, more: int) -> None:
    uses = tuple(
        use if use.area_cm2 is None else replace(use, area_cm2=use.area_cm2 + more) for use in facts.needle_uses
    )
    larger = replace(facts, area_cm2=(facts.area_cm2 or 0) + more, needle_uses=uses)
    assert {code for code, _ in flags(facts, policy) - flags(larger, policy)} <= {FindingCode.AREA_MISSING}


@TOLERANT
@given(facts=sessions(), policy=with_presets(), more=st.integers(1, 2000), planned=st.integers(0, 300))
def test_more_punctures_clear_nothing(facts: SessionFacts, policy: Thresholds, more: int, planned: int) -> None:
    uses = tuple(use if use.shots is None else replace(use, shots=use.shots + more) for use in facts.needle_uses)
    busier = replace(facts, needle_uses=uses, planned_punctures=(facts.planned_punctures or 0) + planned)
    assert flags(facts, policy) <= flags(busier, policy)


@TOLERANT
@given(facts=sessions(), policy=with_presets(), more=st.integers(1, 5000))
def test_more_minutes_clear_nothing_but_a_count_that_was_too_fast(
    facts: SessionFacts, policy: Thresholds, more: int
) -> None:
    uses = tuple(replace(use, seconds=use.seconds + more) for use in facts.needle_uses)
    longer = replace(facts, seconds=facts.seconds + more * max(1, len(uses)), needle_uses=uses)
    cleared = flags(facts, policy) - flags(longer, policy)
    assert {code for code, _ in cleared} <= {FindingCode.RATE_IMPLAUSIBLE}


@TOLERANT
@given(facts=sessions(), policy=with_presets(), name=st.sampled_from(NUMBERS), by=st.integers(1, 300))
def test_raising_a_clinic_wide_limit_never_raises_a_flag(
    facts: SessionFacts, policy: Thresholds, name: str, by: int
) -> None:
    if name == "soon_punctures":
        by = min(by, policy.overdue_punctures - policy.soon_punctures)
    assert flags(facts, replace(policy, **{name: getattr(policy, name) + by})) <= flags(facts, policy)


@TOLERANT
@given(
    facts=sessions(),
    policy=with_presets(),
    preset=st.sampled_from(["multi_pin", "high_speed"]),
    name=st.sampled_from(["overdue_punctures", "overdue_minutes", "overdue_area_cm2"]),
    by=st.integers(1, 300),
)
def test_raising_a_limit_of_a_preset_never_raises_a_flag(
    facts: SessionFacts, policy: Thresholds, preset: str, name: str, by: int
) -> None:
    assume(name in policy.presets[preset])
    raised = {**policy.presets[preset], name: policy.presets[preset][name] + by}
    assert flags(facts, replace(policy, presets={**policy.presets, preset: raised})) <= flags(facts, policy)


@TOLERANT
@given(facts=sessions(), policy=with_presets(), name=st.sampled_from(SWITCHES))
def test_switching_a_rule_off_never_raises_a_flag(facts: SessionFacts, policy: Thresholds, name: str) -> None:
    on, off = replace(policy, **{name: True}), replace(policy, **{name: False})
    assert flags(facts, off) <= flags(facts, on)


@TOLERANT
@given(facts=sessions(), policy=with_presets(), high_speed=st.booleans(), pins=st.sampled_from([1, 5]))
def test_one_more_needle_never_makes_too_few(
    facts: SessionFacts, policy: Thresholds, high_speed: bool, pins: int
) -> None:
    fresh = NeedleUseFacts(needle_use="fresh", sequence=99, shots=None, high_speed=high_speed, pins=pins)
    more = replace(facts, needle_uses=(*facts.needle_uses, fresh))
    assert needles_required(more, policy) <= needles_required(facts, policy)
    too_few = (FindingCode.NEEDLE_CHANGE_TOO_FEW, None)
    assert too_few in flags(facts, policy) or too_few not in flags(more, policy)


@st.composite
def splits(draw: st.DrawFn) -> tuple[SessionFacts, SessionFacts, str]:
    """A session, the same with one needle changed halfway, and that needle."""
    facts = draw(sessions())
    assume(facts.needle_uses)
    place = draw(st.integers(0, len(facts.needle_uses) - 1))
    whole = facts.needle_uses[place]

    def parts(value: int | None) -> tuple[int | None, int | None]:
        at = draw(st.integers(0, value)) if value is not None else None
        return (None, None) if at is None or value is None else (at, value - at)

    shots, seconds, area = parts(whole.shots), parts(whole.seconds), parts(whole.area_cm2)
    cut = draw(st.integers(0, len(whole.regions)))
    first = replace(
        whole,
        shots=shots[0],
        seconds=seconds[0] or 0,
        area_cm2=area[0],
        regions=whole.regions[: cut + 1],
        must_change=whole.must_change if draw(st.booleans()) else None,
        ended=True,
    )
    second = replace(
        whole,
        needle_use=f"{whole.needle_use} later",
        shots=shots[1],
        seconds=seconds[1] or 0,
        area_cm2=area[1],
        regions=whole.regions[cut:],
    )
    uses = (*facts.needle_uses[:place], first, second, *facts.needle_uses[place + 1 :])
    return facts, replace(facts, needle_uses=uses), whole.needle_use


@settings(deadline=None, max_examples=300)
@given(split=splits(), policy=with_presets())
def test_splitting_a_needle_use_in_two_never_makes_the_session_worse(
    split: tuple[SessionFacts, SessionFacts, str], policy: Thresholds
) -> None:
    """No code that was not there before, nowhere but where the whole needle had it, and no finding graver than the
    gravest there was. Of an overdue needle both halves may still be overdue: that is one code, on two needles.
    """
    before, after, needle = split
    assert session_punctures(after, policy) == session_punctures(before, policy)
    assert needles_required(after, policy) == needles_required(before, policy)
    had = {pair for pair in flags(before, policy) if pair[0] not in ABOUT_ENTRIES}
    has = {(code, needle if subject == f"{needle} later" else subject) for code, subject in flags(after, policy)}
    assert {pair for pair in has if pair[0] not in ABOUT_ENTRIES} <= had
    gravest = [max((ORDER.index(one.severity) for one in _conduct(facts, policy)), default=-1) for facts in split[:2]]
    assert gravest[1] <= gravest[0]


def _conduct(facts: SessionFacts, policy: Thresholds):
    return [one for one in judge(facts, policy) if one.code not in ABOUT_ENTRIES]


@TOLERANT
@given(rate=st.integers(1, 540), seconds=st.integers(1, 600), shots=st.integers(0, 4000), parts=st.integers(2, 5))
def test_a_count_the_gun_can_make_stays_so_when_split_at_its_own_rate(
    rate: int, seconds: int, shots: int, parts: int
) -> None:
    """RATE_IMPLAUSIBLE: a split that puts most punctures into a moment is another entry, and rightly implausible."""
    whole = NeedleUseFacts(needle_use="1", sequence=1, shots=shots * parts, seconds=seconds * parts, ended=True)
    part = replace(whole, shots=shots, seconds=seconds)
    codes = [
        {one.code for one in judge(SessionFacts(fastest_shots_per_minute=rate, needle_uses=(use,)), Thresholds())}
        for use in (whole, part)
    ]
    assert FindingCode.RATE_IMPLAUSIBLE in codes[0] or FindingCode.RATE_IMPLAUSIBLE not in codes[1]


NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@TOLERANT
@given(
    required=st.lists(st.sampled_from([10, 30, 120]), min_size=2, max_size=4),
    shuffled=st.randoms(use_true_random=False),
    policy=with_presets(),
)
def test_the_order_of_events_with_equal_times_does_not_matter(
    required: list[int], shuffled: random.Random, policy: Thresholds
) -> None:
    """Two regions noted and several antiseptics put on, all at one moment: any order, one verdict."""
    skin = [ReadSkin(NINE, seconds) for seconds in required]
    areas = [ReadArea("face", Side.MIDLINE, 300), ReadArea("abdomen", Side.MIDLINE, 201)]
    keys = "face:midline,abdomen:midline"
    uses = [
        ReadUse(str(UUID(int=place)), place, 1, 60, False, NINE, NINE + timedelta(minutes=2), keys, None, None)
        for place in (1, 2, 3)
    ]
    found = set()
    for _ in range(4):
        for rows in (skin, areas):
            shuffled.shuffle(rows)
        began, ended = NINE + timedelta(seconds=29), NINE + timedelta(minutes=6)
        session = ReadSession(
            id=UUID(int=1),
            number=1,
            started_at=began,
            closed_at=ended,
            technique=Technique.PAPULE,
            planned_punctures=None,
            syringes=1,
            body_protocol=False,
            practitioner="",
            room="",
            policy_number=1,
            needle_uses=uses,
            areas=list(areas),
            skin=list(skin),
        )
        facts = facts_in(session, session, 10, session.closed_at)
        found.add(judge(replace(facts, regions=tuple(sorted(facts.regions))), policy))
    assert len(found) == 1
    assert any(one.code is FindingCode.CONTACT_TIME_SHORT for one in found.pop()) is (max(required) > 29)


def test_two_small_areas_estimated_apart_make_what_one_makes() -> None:
    """Found by splitting: rounded one by one, 2 cm2 twice made more punctures than 4 cm2."""
    one = NeedleUseFacts(needle_use="1", sequence=1, area_cm2=4, ended=True)
    two = tuple(replace(one, needle_use=str(n), sequence=n, area_cm2=2) for n in (1, 2))
    whole, split = (SessionFacts(spacing_mm=20, needle_uses=uses) for uses in ((one,), two))
    assert session_punctures(split, Thresholds()) == session_punctures(whole, Thresholds()) == (1, True)


@pytest.mark.parametrize("code", sorted(LIVE))
def test_advice_is_no_flag(code: FindingCode) -> None:
    assert code not in {found for found, _ in flags(SessionFacts(closed=True), Thresholds())}
