"""Sessions told as lines of JSON."""

import pytest

from inventory.compliance.facts import Thresholds
from inventory.compliance.judging import BadFacts, finding_as_mapping, session_facts_from
from inventory.compliance.rules import judge

DEFAULT = Thresholds()


@pytest.mark.parametrize(
    "given",
    [
        [],
        "line",
        {"area": 5},
        {"area_cm2": 5.0},
        {"area_cm2": True},
        {"area_cm2": -1},
        {"minutes": "12"},
        {"regions": 101},
        {"regions": [""]},
        {"needles": 10_001},
        {"needle_uses": 10_001},
        {"needle_uses": {}},
        {"needle_uses": [5]},
        {"needle_uses": [{"needle": 1}]},
        {"needle_uses": [{"pins": 0}]},
        {"needle_uses": [{"high_speed": 1}]},
        {"needle_uses": [{}, {}], "needles": 3},
        {"needle_uses": [{"punctures": 5}], "punctures": 4},
        {"needle_uses": [{"punctures": 5}], "punctures": 6},
        {"needles": 0, "punctures": 5},
    ],
)
def test_a_line_that_describes_no_session_is_refused_with_a_sentence(given: object) -> None:
    with pytest.raises(BadFacts, match=r".+\."):
        session_facts_from(given)


def test_needles_that_say_nothing_share_what_is_left_and_are_estimated() -> None:
    line = {"punctures": 100, "minutes": 10, "area_cm2": 90, "needle_uses": [{"punctures": 39}, {}, {}]}
    uses = session_facts_from(line).needle_uses
    assert [(use.shots, use.estimated) for use in uses] == [(39, False), (31, True), (30, True)]
    assert [(use.seconds, use.area_cm2) for use in uses] == [(200, 30), (200, 30), (200, 30)]


def test_a_list_of_needles_says_what_the_session_leaves_out() -> None:
    use = {"punctures": 5, "minutes": 5, "area_cm2": 20, "regions": ["x"]}
    facts = session_facts_from({"needle_uses": [use, use]})
    assert (facts.area_cm2, facts.seconds, facts.regions) == (40, 600, ("x",))


def test_as_many_needles_may_be_said_in_either_word() -> None:
    line = {"area_cm2": 400, "punctures": 190, "minutes": 12, "regions": 1, "syringes": 1}
    assert session_facts_from({**line, "needle_uses": 2}) == session_facts_from({**line, "needles": 2})
    assert judge(session_facts_from({**line, "needles": 2}), DEFAULT) == ()


def test_a_finding_can_be_written_as_json() -> None:
    (_, found) = judge(session_facts_from({"area_cm2": 400, "punctures": 190}), DEFAULT)
    assert finding_as_mapping(found) == {
        "rule": "N6",
        "code": "NEEDLE_OVERDUE",
        "severity": "major",
        "sentence": found.sentence,
        "subject": "1",
        "facts": {
            "needle": 1,
            "punctures": 190,
            "seconds": 0,
            "area_cm2": 400,
            "estimated": "no",
            "limit_N6": 100,
            "limit_N8": 200,
        },
    }
