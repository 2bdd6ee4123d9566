"""What every label needs once."""

import pytest

from labels.fonts import BOLD, CODE, REGULAR, width


@pytest.fixture(scope="session", autouse=True)
def fonts_read() -> None:
    """The first word in each font reads its file, 0.1 s that no single example of a property should pay for."""
    for font in (REGULAR, BOLD, CODE):
        width("0", font)
