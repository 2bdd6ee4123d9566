"""Which arrangements a label is given, in order, until one fits."""

from functools import cache, lru_cache
from itertools import product
from math import ceil, floor

from labels.arranging import SMALL_LABEL, SMALLEST_POINTS, Box, Content, Frame, Trial, arranged
from labels.items import Field
from labels.lettering import BOLD, CODE, REGULAR, TooTight, measured
from labels.marks import Mark
from labels.media import COMFORTABLE, Medium, smallest_module


@lru_cache(maxsize=2048)
def frame(
    title: str,
    fields: tuple[tuple[str, Mark | None], ...],
    note: str,
    marks: tuple[Mark, ...],
    code_lengths: tuple[int, ...],
    box: Box,
    medium: Medium,
) -> Frame | None:
    """The first arrangement that fits, or None.

    Kept, because the labels of one load differ in nothing but their codes, of which only the lengths of
    the two parts that may stand on a row each count here.
    """
    content = Content(
        measured(title, BOLD),
        [_field(text, mark) for text, mark in fields],
        measured(note, REGULAR),
        [_field("", mark) for mark in marks],
        measured("0" * sum(code_lengths), CODE),
        [measured("0" * length, CODE) for length in code_lengths],
    )
    fewest_dots = ceil(smallest_module(medium) / medium.dot - 1e-9)
    for trial in _trials(medium.dpi, fewest_dots, medium.label_height < SMALL_LABEL):
        try:
            return arranged(content, medium, box, trial)
        except TooTight:
            continue
    return None


def _field(text: str, mark: Mark | None) -> Field:
    words = f"{mark.value} {text}".rstrip() if mark else text
    return Field(measured(text, REGULAR), measured(words, REGULAR), mark)


@cache
def _trials(dpi: int, fewest_dots: int, is_small: bool) -> tuple[Trial, ...]:
    """On a small label first the code beside a symbol as large as the label lets it be. On others large type where even
    so nothing is broken, comfortable type beside a large symbol, a smaller symbol, shared rows and small type, words
    for marks, cut words, and only then the finest module that is read.
    """
    *larger, least = _comfortable_dots(dpi)
    small = (6, 5.5, SMALLEST_POINTS)
    high = tuple(
        Trial(dots, size, clip=clip, flow=True, aside=True)
        for dots, clip, size in product(range(larger[0], least - 1, -1), (False, True), small)
    )
    comfortable = (
        *(high if is_small else (Trial(larger[0], size, single=True) for size in (12, 10.5, 9))),
        *(Trial(dots, size) for size, dots in product((8, 7.5, 7, 6.5, 6), larger)),
        *(Trial(least, size) for size in (8, 7.5, 7, 6.5)),
        *(Trial(least, size, flow=flow) for size, flow in product(small, (False, True))),
        Trial(least, SMALLEST_POINTS, flow=True, drawn=False),
        *(Trial(dots, 6, clip=True, flow=True) for dots in (*larger, least)),
        *(Trial(least, size, clip=True, flow=True) for size in small),
        Trial(least, SMALLEST_POINTS, clip=True, flow=True, drawn=False),
    )
    fine = (
        *(Trial(fewest_dots, size, flow=flow) for size, flow in product((7, *small), (False, True))),
        *(Trial(fewest_dots, size, clip=True, flow=True) for size in small),
        Trial(fewest_dots, SMALLEST_POINTS, clip=True, flow=True, drawn=False),
    )
    return comfortable if fewest_dots == least else comfortable + fine


def _comfortable_dots(dpi: int) -> list[int]:
    """At most three counts of dots a module, the largest first: 6, 5, 4 at 300 dpi; 4, 3 at 203."""
    least, most = COMFORTABLE
    first, last = ceil(least * dpi / 25.4), floor(most * dpi / 25.4)
    return sorted({first, (first + last) // 2, last}, reverse=True)
