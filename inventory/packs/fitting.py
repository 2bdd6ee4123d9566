"""Whether a pack that a session opened may give further needles."""

from datetime import datetime

from inventory.audit.actors import Actor
from inventory.clock import day_in
from inventory.packs.checks import same_clinic
from inventory.packs.errors import PackNotReleased, PackRecalled
from inventory.packs.lifecycle import LATE, Fault
from inventory.packs.models import Pack
from inventory.packs.opening import faults_of
from inventory.sterilising.models import LoadState
from inventory.stock.models import LotStatus
from inventory.stock.operations import LotQuarantined, LotRecalled


def check_late(pack: Pack, by: Actor, now: datetime) -> None:
    """Raises `LotRecalled`, `PackRecalled`, `LotQuarantined` or `PackNotReleased` for what came after (N2, INV-3).

    A date that passes while the session runs is no fault: the pack was opened in time.
    """
    same_clinic(by, pack)
    if pack.load is not None and pack.load.state is not LoadState.RELEASED:
        if pack.load.state is LoadState.RECALLED:
            raise PackRecalled(pack)
        raise PackNotReleased(pack, f"its load {pack.load.number} is in quarantine since")
    late = [fault for fault in faults_of(pack, day_in(by.time_zone, now)) if fault in LATE]
    if not late:
        return
    status = LotStatus.RECALLED if late[0] is Fault.RECALLED else LotStatus.QUARANTINED
    lot = next((content.lot for content in pack.contents if content.lot.status is status), None)
    if lot is None:
        raise PackRecalled(pack)
    raise LotRecalled(lot) if status is LotStatus.RECALLED else LotQuarantined(lot)
