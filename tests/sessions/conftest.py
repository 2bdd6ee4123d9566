from datetime import datetime

import pytest

from inventory.people.actors import PersonAtWork
from tests.factories.sessions import Ready, make_ready


@pytest.fixture
def ready(nurse: PersonAtWork, now: datetime) -> Ready:
    """A clinic that can treat: gun, antiseptic and three packs of one needle."""
    return make_ready(nurse, now)
