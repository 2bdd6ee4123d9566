"""Whether a synchronous standby, where PostgreSQL has one, holds what is about to be signed."""

import time

from sqlalchemy import text

from inventory.audit.keyholding import KeyUnavailable
from inventory.db import db

_WAITS = (0.0, 0.05, 0.2, 0.75)
_WANTED = text(
    "SELECT current_setting('synchronous_standby_names') <> '' AS named, "
    "CAST(pg_current_wal_flush_lsn() AS text) AS here"
)
_FLUSHED = text(
    "SELECT EXISTS (SELECT 1 FROM pg_stat_replication "
    "WHERE sync_state IN ('sync', 'quorum') AND flush_lsn >= CAST(:here AS pg_lsn))"
)


class StandbyBehind(KeyUnavailable):
    """A commit whose wait was cut short may be on this machine alone: signed now, it could be lost and be missed."""

    code = "STANDBY_BEHIND"

    def __init__(self) -> None:
        super().__init__(
            "The standby has not written all of the record yet, so nothing is signed. It is tried again. If it stays "
            "so, look after the standby; the database user needs the role pg_monitor to see how far it is."
        )


def check_standby() -> None:
    """Everything committed here is on the standby's disk too, where there is one. Raises `StandbyBehind`."""
    connection = db.session.connection()
    if connection.dialect.name != "postgresql":
        return
    wanted = connection.execute(_WANTED).one()
    if not wanted.named:
        return
    for wait in _WAITS:
        time.sleep(wait)
        if connection.execute(_FLUSHED, {"here": wanted.here}).scalar_one():
            return
    raise StandbyBehind
