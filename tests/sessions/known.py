"""The plain model the sessions are compared with: numbers and words, and the rules of a scan told a second time."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from inventory.packs.models import Pack

ALLOWED = frozenset({"EXPIRED", "QUARANTINED", "GUN_NOT_DISINFECTED"})
"""What the model's policy lets a lead nurse pass."""


@dataclass
class KnownPack:
    pack: Pack
    lot: int
    needles: int
    expired: bool = False
    session: int | None = None
    over: bool = False


@dataclass
class KnownGun:
    clean: bool = True
    session: int | None = None
    clean_when_taken: bool = True


@dataclass
class KnownSession:
    id: UUID
    state: str = "setup"
    gun: int | None = None
    skin: bool = False
    fitted: list[int] = field(default_factory=list)
    """The pack of each needle in turn; the last one is on the gun while the session runs."""
    regions: list[str] = field(default_factory=list)
    shown: dict[tuple[int, str], str] = field(default_factory=dict)
    passed: set[tuple[int, str]] = field(default_factory=set)
    incidents: list[str] = field(default_factory=list)
    stopped: set[tuple[int, str]] = field(default_factory=set)
    scans: int = 0
    judged_at: datetime | None = None
    kept: object = None
    """Every row of it, once it is over."""


@dataclass
class KnownClinic:
    """Sessions, packs, guns, lots and antiseptics are known by their place in these lists."""

    packs: list[KnownPack] = field(default_factory=list)
    guns: list[KnownGun] = field(default_factory=lambda: [KnownGun(), KnownGun()])
    lots: list[str] = field(default_factory=lambda: ["usable", "usable"])
    ended: list[bool] = field(default_factory=lambda: [False, False])
    sessions: list[KnownSession] = field(default_factory=list)

    def judged(self, known: KnownSession, now: datetime) -> None:
        """The session was reassessed now: what its lots have become meanwhile was named."""
        known.judged_at = now
        for place, pack in enumerate(known.fitted):
            for fault in self._of_lot(self.packs[pack]):
                if (pack, fault) not in known.passed:
                    known.stopped.add((place + 1, fault))

    def faults_of_pack(self, number: int, place: int) -> list[str]:
        """What forbids using a pack in the session at `place`, the gravest first."""
        pack, faults = self.packs[number], self._of_lot(self.packs[number])
        if pack.session == place and not pack.over:
            return [fault for fault in faults if (number, fault) not in self.sessions[place].passed]
        if pack.session is not None:
            return ["ALREADY_USED"]
        return faults if faults == ["RECALLED"] or not pack.expired else [*faults, "EXPIRED"]

    def answered(self, place: int, who: int, text: str, reason: str | None, faults: list[str]) -> tuple[str, bool]:
        """The refusal of a scan, empty if there is none, and whether one was passed. 0 is the lead nurse."""
        if not faults:
            return "", False
        gravest = faults[0]
        if reason is None or gravest not in ALLOWED:
            return gravest, False
        if who != 0:
            return "REFUSED", False
        if self.sessions[place].shown.get((who, text)) != gravest or len(faults) > 1:
            return gravest, False
        return "", True

    def _of_lot(self, pack: KnownPack) -> list[str]:
        state = self.lots[pack.lot]
        return [] if state == "usable" else [state.upper()]
