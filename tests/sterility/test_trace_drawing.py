"""The drawing of a trace: nothing overlaps, what is left out is counted, each link between drawn things is a line."""

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from inventory.sterility.drawing import DRAWN, LETTERS, WIDTH, Entry, Graph, Layer, graph, shortened

SIZES = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 5000)), min_size=1, max_size=6)


def _layers(sizes: list[tuple[int, int]]) -> list[Layer]:
    return [
        Layer(
            f"Stage {number}",
            [Entry((number, place), f"Thing {place}", "", f"/{number}/{place}") for place in range(listed)],
            more,
            f"#{number}",
        )
        for number, (listed, more) in enumerate(sizes)
    ]


def _all_linked(layers: list[Layer]) -> set[tuple[object, object]]:
    return {
        (first.key, last.key)
        for upper, lower in itertools.pairwise(layers)
        for first in upper.entries
        for last in lower.entries
    }


@given(SIZES)
def test_boxes_stand_below_each_other_and_within_the_drawing(sizes: list[tuple[int, int]]) -> None:
    drawn = graph("lot A", _layers(sizes), set())
    tops = [box.y for box in drawn.boxes]
    assert all(lower - upper >= drawn.box_height for upper, lower in itertools.pairwise(tops))
    assert tops[0] >= 0 and tops[-1] + drawn.box_height <= drawn.height
    assert all(not (box.y < heading.y <= box.y + drawn.box_height) for box in drawn.boxes for heading in drawn.headings)


@given(SIZES)
def test_what_is_not_drawn_is_counted(sizes: list[tuple[int, int]]) -> None:
    drawn = graph("lot A", _layers(sizes), set())
    counted = [int(box.said.split(" more")[0].replace("\u202f", "")) for box in drawn.boxes if box.kind == "group"]
    singly = sum(box.kind == "thing" for box in drawn.boxes)
    assert singly + sum(counted) == sum(listed + more for listed, more in sizes)
    assert singly == sum(min(DRAWN, listed) for listed, _ in sizes)


@given(SIZES)
def test_each_link_between_drawn_things_is_a_line_within_the_drawing(sizes: list[tuple[int, int]]) -> None:
    layers = _layers(sizes)
    drawn = graph("lot A", layers, _all_linked(layers))
    seen = [min(DRAWN, listed) for listed, _ in sizes]
    assert len(drawn.lines) == sum(upper * lower for upper, lower in itertools.pairwise(seen))
    assert all(0 <= number <= max(WIDTH + 40, drawn.height) for line in drawn.lines for number in _numbers(line))
    # A curve stays within three quarters of how far it is pulled aside.
    assert all(drawn.box_width + 0.75 * (max(_numbers(line)[2::4]) - drawn.box_width) <= WIDTH for line in drawn.lines)


def _numbers(path: str) -> list[float]:
    return [float(number) for number in re.findall(r"[\d.]+", path)]


def test_what_was_asked_for_stands_out_and_is_named_in_the_summary() -> None:
    own = Layer("This lot", [Entry(1, "A 1", "Needle", "/1", is_subject=True)])
    drawn: Graph = graph("lot A 1", [own, Layer("Sessions", [Entry(2, "Session 2", "", "/2")], 4000)], {(1, 2)})
    assert [box.kind for box in drawn.boxes] == ["subject", "thing", "group"]
    assert "lot A 1 itself" in drawn.summary and "4\u202f001 sessions" in drawn.summary


def test_a_long_name_is_cut_in_its_box_and_whole_in_what_is_said() -> None:
    name = "A very long name of a product that nobody can shorten"
    (box,) = graph("it", [Layer("Lots", [Entry(1, name, "", "/1")])], set()).boxes
    assert box.label == shortened(name) and len(box.label) <= LETTERS and box.said == name
