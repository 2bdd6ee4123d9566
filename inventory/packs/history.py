"""What happened to a pack, told from its row, its load, its use and the record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from inventory.audit.models import AuditEntry
from inventory.packs.models import Pack, PackUse

# One entry speaks of all packs of a make-up or a print: for the others of them their own row tells of it.
_TOLD_BY_THE_ROW = {"pack.made_up", "pack.opened"}


@dataclass(frozen=True)
class Step:
    """`who` is empty where the row does not say."""

    at: datetime
    what: str
    who: str = ""


def history_of(pack: Pack, use: PackUse | None, entries: Iterable[AuditEntry]) -> list[Step]:
    """Newest first. `entries` are those of the record whose subject is `pack`."""
    steps = [Step(pack.made_up_at, "Made up", pack.made_up_by_name)]
    if use is not None:
        steps.append(Step(use.used_at, "Opened", use.used_by_name))
    load = pack.load
    if load is not None and load.decided_at is not None:
        steps.append(Step(load.decided_at, f"Load {load.number} {load.state.value}", load.decided_by_name or ""))
    kept = [entry for entry in entries if entry.action not in _TOLD_BY_THE_ROW]
    steps += [
        Step(entry.at, entry.action.partition(".")[2].replace("_", " ").capitalize(), entry.actor_name)
        for entry in kept
    ]
    if pack.labelled_at is not None and all(entry.at != pack.labelled_at for entry in kept):
        steps.append(Step(pack.labelled_at, "Labelled"))
    return sorted(steps, key=lambda step: step.at, reverse=True)
