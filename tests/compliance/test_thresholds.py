"""A policy's numbers: read back, refused, never changed."""

import pytest

from inventory.compliance.facts import BadThresholds, Thresholds

DEFAULT = Thresholds()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"overdue": 5}, "overdue"),
        ({"overdue_minutes": 0}, "overdue_minutes"),
        ({"overdue_minutes": -1}, "overdue_minutes"),
        ({"overdue_minutes": 1.5}, "overdue_minutes"),
        ({"overdue_minutes": True}, "overdue_minutes"),
        ({"overdue_minutes": "15"}, "overdue_minutes"),
        ({"count_pins": 1}, "count_pins"),
        ({"soon_punctures": 101}, "soon_punctures"),
        ({"override_allowed": "EXPIRED"}, "override_allowed"),
        ({"override_allowed": ["RECALLED"]}, "RECALLED"),
        ({"spacing_mm": [3]}, "spacing_mm"),
        ({"spacing_mm": {"papule": 0}}, "papule"),
    ],
)
def test_a_policy_no_clinic_could_mean_is_refused_by_name(given: dict[str, object], named: str) -> None:
    with pytest.raises(BadThresholds, match=named):
        Thresholds.from_mapping(given)


def test_thresholds_come_back_from_their_mapping_and_cannot_be_changed() -> None:
    changed = Thresholds(overdue_punctures=80, override_allowed=frozenset(), spacing_mm={"papule": 12})
    assert Thresholds.from_mapping(changed.as_mapping()) == changed
    assert hash(Thresholds.from_mapping(changed.as_mapping())) == hash(changed)
    assert Thresholds.from_mapping({}) == DEFAULT
    with pytest.raises(TypeError):
        DEFAULT.spacing_mm["papule"] = 1  # type: ignore[index]
