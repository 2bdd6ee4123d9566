"""Whether what was signed is still what there is: a property of plain values."""

from enum import StrEnum
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from inventory.signatures.models import Meaning
from inventory.signatures.standing import SubjectContent, differences, digest, signed_of, signed_subjects, written

names = st.text("abcdef", min_size=1, max_size=5)
values = st.none() | st.booleans() | st.integers(-9999, 9999) | st.text(max_size=8)
contents = st.dictionaries(names, values | st.lists(values, max_size=3) | st.dictionaries(names, values, max_size=3))
ONE, OTHER = UUID(int=1), UUID(int=2)


class Colour(StrEnum):
    RED = "red"


@given(contents, st.sampled_from(Meaning))
def test_what_was_written_is_read_again_as_it_was_and_does_not_differ(
    content: dict[str, object], meaning: Meaning
) -> None:
    text = written(meaning, [SubjectContent("lot_decision", ONE, content)])
    signed = signed_of(text, ONE)
    assert signed is not None and differences(signed, content) == []
    assert signed_subjects(text) == [("lot_decision", ONE)] and signed_of(text, OTHER) is None


@given(contents, names, st.integers(-9, 9), st.integers(-9, 9))
def test_every_other_value_is_named(content: dict[str, object], name: str, old: int, new: int) -> None:
    found = differences({**content, name: old}, {**content, name: new})
    assert [(each.name, each.signed, each.today) for each in found] == (
        [] if old == new else [(name, str(old), str(new))]
    )


@given(contents, names, st.text(max_size=8))
def test_a_name_that_may_be_put_right_later_is_no_difference(content: dict[str, object], name: str, now: str) -> None:
    assert differences({**content, f"{name}_then": "as it was"}, {**content, f"{name}_then": now}) == []


@given(contents)
def test_the_same_content_of_another_subject_or_meaning_has_another_digest(content: dict[str, object]) -> None:
    digests = {
        digest(written(meaning, [SubjectContent(kind, subject, content)]))
        for meaning in (Meaning.RELEASE, Meaning.REJECTION)
        for kind in ("load_decision", "lot_decision")
        for subject in (ONE, OTHER)
    }
    assert len(digests) == 8


def test_what_came_or_went_since_is_named_in_the_words_of_the_content() -> None:
    signed = {"colour": Colour.RED, "lines": [{"packs": 2}, {"packs": 3}]}
    found = differences(signed, {"colour": "red", "lines": [{"packs": 2}], "note": None})
    assert [(each.name, each.signed, each.today) for each in found] == [("lines 2 packs", "3", "-"), ("note", "-", "-")]
