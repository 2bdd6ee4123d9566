"""What every finding says, to the letter: its rule, code, severity, sentence, subject and facts."""

from dataclasses import replace

import pytest

from inventory.compliance.facts import NeedleUseFacts, SessionFacts, Thresholds
from inventory.compliance.needles import asked_for
from inventory.compliance.rules import Finding, FindingCode, Severity, judge, large_area, needles_required

DEFAULT = Thresholds()
ONE = NeedleUseFacts(needle_use="n1", sequence=1, shots=0, ended=True)


def _of_needle(**said: object) -> tuple[tuple[str, object], ...]:
    judged = {"needle": 1, "punctures": 0, "seconds": 0, "area_cm2": 0, "estimated": "no"}
    return tuple({**judged, **said}.items())


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            SessionFacts(
                area_cm2=850,
                punctures=380,
                seconds=1500,
                regions=("a", "b", "b"),
                syringes=2,
                needle_uses=tuple(replace(ONE, needle_use=str(n), sequence=n, shots=95) for n in (1, 2, 3, 4)),
            ),
            Finding(
                "N6-N10",
                FindingCode.NEEDLE_CHANGE_TOO_FEW,
                Severity.MAJOR,
                "4 of the 5 needles that clinic policy asks for were used.",
                None,
                (
                    ("needles_used", 4),
                    ("needles_required", 5),
                    ("area_cm2", 850),
                    ("punctures", 380),
                    ("seconds", 1500),
                    ("regions", 2),
                    ("syringes", 2),
                    ("estimated", "no"),
                ),
            ),
        ),
        (
            SessionFacts(regions=("a", "b"), shots_per_minute=30, needle_uses=(replace(ONE, shots=None, seconds=60),)),
            Finding(
                "N6-N10",
                FindingCode.NEEDLE_CHANGE_TOO_FEW,
                Severity.MAJOR,
                "1 of the 2 needles that clinic policy asks for were used, at 30 punctures (estimated).",
                None,
                (
                    ("needles_used", 1),
                    ("needles_required", 2),
                    ("area_cm2", 0),
                    ("punctures", 30),
                    ("seconds", 0),
                    ("regions", 2),
                    ("syringes", 0),
                    ("estimated", "yes"),
                ),
            ),
        ),
        (
            SessionFacts(needle_uses=(replace(ONE, shots=101, seconds=901, area_cm2=200),)),
            Finding(
                "N6",
                FindingCode.NEEDLE_OVERDUE,
                Severity.MAJOR,
                "Needle 1 was past clinic policy: 101 punctures (limit 100), 15 min 1 s (limit 15 min).",
                "n1",
                (*_of_needle(punctures=101, seconds=901, area_cm2=200), ("limit_N6", 100), ("limit_N7", 900)),
            ),
        ),
        (
            SessionFacts(needle_uses=(replace(ONE, must_change="bone_contact_again", ended=False),)),
            Finding(
                "N3",
                FindingCode.NEEDLE_CHANGE_DUE,
                Severity.MAJOR,
                "Needle 1 must be changed now by clinic policy: bone contact again.",
                "n1",
                (*_of_needle(), ("happened", "bone_contact_again")),
            ),
        ),
        (
            SessionFacts(needle_uses=(replace(ONE, shots=50, ended=False),)),
            Finding(
                "N5",
                FindingCode.NEEDLE_CHANGE_SOON,
                Severity.SOON,
                "Change needle 1 soon: 50 punctures, clinic policy.",
                "n1",
                _of_needle(punctures=50),
            ),
        ),
        (
            SessionFacts(spacing_mm=10, needle_uses=(replace(ONE, shots=None, area_cm2=12, ended=False),)),
            Finding(
                "N4",
                FindingCode.NEEDLE_COMFORT,
                Severity.ADVICE,
                "Needle 1 has 12 punctures (estimated): a new one may hurt less (clinic policy, advice).",
                "n1",
                _of_needle(punctures=12, area_cm2=12, estimated="yes"),
            ),
        ),
        (
            SessionFacts(needle_uses=(replace(ONE, regions=("a", "b", "a")),)),
            Finding(
                "N9",
                FindingCode.REGION_CARRYOVER,
                Severity.MAJOR,
                "Needle 1 was used on 2 regions; clinic policy asks for one.",
                "n1",
                (*_of_needle(), ("regions", 2)),
            ),
        ),
        (
            SessionFacts(contact_time=((30, 12), (30, 30))),
            Finding(
                "C1",
                FindingCode.CONTACT_TIME_SHORT,
                Severity.MAJOR,
                "The antiseptic acted 12 s before the first puncture; clinic policy asks 30 s.",
                None,
                (("required_seconds", 30), ("kept_seconds", 12)),
            ),
        ),
        (
            SessionFacts(
                fastest_shots_per_minute=60, needle_uses=(replace(ONE, shots=13, seconds=12), replace(ONE, sequence=2))
            ),
            Finding(
                "RATE",
                FindingCode.RATE_IMPLAUSIBLE,
                Severity.WARNING,
                "Needle 1: 13 punctures in 12 s is more than the gun can make (12). "
                "Check the count: clinic policy judges it as entered.",
                "n1",
                (*_of_needle(punctures=13, seconds=12), ("fastest", 12)),
            ),
        ),
        (
            SessionFacts(closed=True),
            Finding(
                "AREA",
                FindingCode.AREA_MISSING,
                Severity.WARNING,
                "No treated area was entered; clinic policy cannot be judged without it.",
            ),
        ),
    ],
    ids=lambda value: value.code.value if isinstance(value, Finding) else "",
)
def test_a_finding_is_said_exactly(facts: SessionFacts, expected: Finding) -> None:
    assert judge(facts, DEFAULT) == (expected,)


def test_a_rate_counts_pins_and_rounds_down_and_needs_a_count() -> None:
    use = replace(ONE, shots=11, pins=5, seconds=11)
    facts = SessionFacts(fastest_shots_per_minute=59, needle_uses=(use,))
    (found,) = [one for one in judge(facts, DEFAULT) if one.rule == "RATE"]
    assert dict(found.facts)["fastest"] == 54 and found.sentence.startswith("Needle 1: 55 punctures in 11 s")
    uncounted = replace(facts, needle_uses=(replace(use, shots=None),))
    assert not [one for one in judge(uncounted, DEFAULT) if one.rule == "RATE"]
    assert not judge(replace(facts, fastest_shots_per_minute=60), DEFAULT)


def test_what_is_asked_for_is_counted_one_by_one() -> None:
    facts = SessionFacts(
        area_cm2=401, seconds=901, regions=("a", "b", "a"), syringes=3, needle_uses=(replace(ONE, shots=250),)
    )
    asked = (("area", 3), ("punctures", 3), ("minutes", 2), ("regions", 2), ("syringes", 3))
    assert asked_for(facts, DEFAULT) == asked
    off = replace(DEFAULT, new_needle_per_region=False, new_needle_per_syringe=False)
    assert asked_for(facts, off) == (*asked[:3], ("regions", 0), ("syringes", 0))
    assert asked_for(SessionFacts(), DEFAULT) == tuple((name, 0) for name, _ in asked)


def test_a_small_area_without_any_number_is_not_large_even_where_one_is_enough() -> None:
    least = replace(DEFAULT, large_area_cm2=1, large_regions=1, large_planned_punctures=1)
    assert not large_area(SessionFacts(), least)
    assert large_area(SessionFacts(area_cm2=1), least) and large_area(SessionFacts(planned_punctures=1), least)


def test_findings_stand_in_the_order_of_the_rules_then_of_the_needles() -> None:
    second = replace(ONE, needle_use="n2", sequence=2, shots=101, regions=("a", "b"))
    first = replace(ONE, needle_use="n1", shots=101, regions=("a", "b"))
    found = judge(SessionFacts(area_cm2=50, needle_uses=(second, first)), DEFAULT)
    assert [(one.rule, one.subject) for one in found] == [
        ("N6-N10", None),
        ("N6", "n1"),
        ("N6", "n2"),
        ("N9", "n1"),
        ("N9", "n2"),
    ]
    twins = (replace(ONE, needle_use="b", shots=101), replace(ONE, needle_use="a", shots=101))
    found = judge(SessionFacts(needle_uses=twins), replace(DEFAULT, large_planned_punctures=900))
    assert [one.subject for one in found] == ["a", "b"]


def test_a_session_without_anything_asks_for_one_needle() -> None:
    assert needles_required(SessionFacts(), DEFAULT) == 1


@pytest.mark.parametrize(
    ("area", "ended", "sentence"),
    [
        (101, True, "Needle 1 was past clinic policy: 101 punctures (estimated) (limit 100)."),
        (50, False, "Change needle 1 soon: 50 punctures (estimated), clinic policy."),
    ],
)
def test_what_rests_on_an_estimate_says_so(area: int, ended: bool, sentence: str) -> None:
    use = replace(ONE, shots=None, area_cm2=area, ended=ended)
    assert [one.sentence for one in judge(SessionFacts(spacing_mm=10, needle_uses=(use,)), DEFAULT)] == [sentence]
