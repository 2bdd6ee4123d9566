"""INV-34: with a standby, nothing is signed before the standby has it on its disk."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from inventory.audit import signing
from inventory.audit.actors import Program
from inventory.audit.operations import record
from inventory.audit.signer import Signer
from inventory.audit.standby import StandbyBehind
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.people import operations as people
from inventory.people.models import Clinic
from tests import databases
from tests.audit.standing_by import Standby, primary_and_standby


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[str, Standby]]:
    with tempfile.TemporaryDirectory(prefix="sterilog-standby-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - run by root, the servers run as another user
        with primary_and_standby(Path(folder)) as found:
            yield found


def test_inv_34_nothing_is_signed_before_the_standby_has_it(pair: tuple[str, Standby], tmp_path: Path) -> None:
    url, standby = pair
    with databases.fresh_database(url, "standby") as database:
        app = databases.postgresql_app(database)
        with app.app_context():
            signer = signing.signer_in(tmp_path)
            begin_write()
            chain = people.found_clinic("Clinic North", "Europe/Brussels", utc_now()).id
            assert db.session.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
            db.session.commit()
            assert _signed_to(chain, signer) == 1
            standby.stop()
            _written_here_only(chain)
            with pytest.raises(StandbyBehind):
                _signed_to(chain, signer)
            db.session.rollback()
            assert signer.stood(chain).size == 1
            standby.start()
            assert _signed_to(chain, signer) == 2
            db.session.remove()
            db.engine.dispose()


def _signed_to(chain: UUID, signer: Signer) -> int:
    begin_write()
    noted = signing.sign(chain, signer, utc_now())
    db.session.commit()
    return noted.checkpoint.size if noted else 0


def _written_here_only(chain: UUID) -> None:
    """A commit that did not wait for the standby, as one whose wait is given up."""
    begin_write()
    db.session.execute(text("SET LOCAL synchronous_commit = local"))
    clinic = db.session.get_one(Clinic, chain)
    record(Program(clinic.id, clinic.time_zone), "clinic.looked_after", clinic, now=utc_now())
    db.session.commit()
