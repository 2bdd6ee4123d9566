"""Treatment sessions. The variable is always `treatment`; `session` is the database's or the browser's."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.compliance.models import Policy
from inventory.db import Model, Owned, in_clinic, one_of
from inventory.disinfection.models import Container
from inventory.guns.models import Gun
from inventory.packs.models import Pack
from inventory.scanning.verdicts import Tone
from inventory.stock.models import Location, Lot


class TreatmentState(StrEnum):
    SETUP = "setup"
    RUNNING = "running"
    CLOSED = "closed"
    ABANDONED = "abandoned"


class Technique(StrEnum):
    EPIDERMAL = "epidermal"
    NAPPAGE = "nappage"
    PAPULE = "papule"
    POINT_BY_POINT = "point_by_point"
    LINEAR = "linear"


class AgeBand(StrEnum):
    UNDER_30 = "under_30"
    FROM_30_TO_49 = "30_to_49"
    FROM_50_TO_64 = "50_to_64"
    OVER_64 = "65_and_over"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    MIDLINE = "midline"


class AreaSource(StrEnum):
    PRESET = "preset"
    PALMS = "palms"
    TYPED = "typed"


class RemovalReason(StrEnum):
    LIMIT_REACHED = "limit_reached"
    NEW_REGION = "new_region"
    NEW_SYRINGE = "new_syringe"
    BONE_CONTACT = "bone_contact"
    DROPPED = "dropped"
    TOUCHED = "touched"
    BENT = "bent"
    BLOCKED = "blocked"
    COMFORT = "comfort"
    SESSION_END = "session_end"


class FlagSeverity(StrEnum):
    WARNING = "warning"
    MAJOR = "major"
    CRITICAL = "critical"


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class TreatmentSession(Owned, Model, kw_only=True):
    """One patient, one sitting, judged by the policy in force when it began."""

    __tablename__ = "treatment_session"
    __happened__ = "opened_at"
    __table_args__ = in_clinic(
        "treatment_session",
        UniqueConstraint("clinic_id", "number"),
        Index(
            "uq_treatment_session_open_gun",
            "clinic_id",
            "gun_id",
            unique=True,
            **_where("state IN ('setup', 'running')"),
        ),
        CheckConstraint("tilt_degrees BETWEEN 0 AND 90", name="tilt_is_an_angle"),
        CheckConstraint("planned_punctures BETWEEN 0 AND 100000", name="planned_punctures_are_few"),
        CheckConstraint("syringes BETWEEN 0 AND 100", name="syringes_are_few"),
        CheckConstraint(
            "state NOT IN ('running', 'closed') OR (started_at IS NOT NULL AND gun_id IS NOT NULL)",
            name="a_started_session_has_a_gun",
        ),
        CheckConstraint(
            "(state IN ('closed', 'abandoned')) = (closed_at IS NOT NULL)", name="a_closed_session_has_a_time"
        ),
        Index("ix_treatment_session_clinic_id_opened_at", "clinic_id", "opened_at"),
        Index("ix_treatment_session_clinic_id_gun_id_closed_at", "clinic_id", "gun_id", "closed_at"),
        Index("ix_treatment_session_clinic_id_started_at", "clinic_id", "started_at", "id"),
        Index("ix_treatment_session_clinic_id_gun_id_started_at", "clinic_id", "gun_id", "started_at", "id"),
        Index("ix_treatment_session_clinic_id_room_id_started_at", "clinic_id", "room_id", "started_at", "id"),
        Index("ix_treatment_session_clinic_id_room_id_opened_at", "clinic_id", "room_id", "opened_at"),
        Index("ix_treatment_session_practitioner", "clinic_id", "practitioner_membership_id", "opened_at"),
        practitioner_membership_id="membership",
        room_id="location",
        gun_id="gun",
        policy_id="policy",
    )

    number: Mapped[int]
    """Counts up within the clinic; how people speak of a session."""
    state: Mapped[TreatmentState] = mapped_column(one_of(TreatmentState), default=TreatmentState.SETUP)
    practitioner_membership_id: Mapped[UUID]
    practitioner_name: Mapped[str]
    room_id: Mapped[UUID] = mapped_column(init=False)
    room: Mapped[Location] = relationship(foreign_keys=[room_id])
    policy_id: Mapped[UUID] = mapped_column(init=False)
    policy: Mapped[Policy] = relationship(foreign_keys=[policy_id])
    gun_id: Mapped[UUID | None] = mapped_column(init=False)
    gun: Mapped[Gun | None] = relationship(foreign_keys=[gun_id], default=None)
    technique: Mapped[Technique] = mapped_column(one_of(Technique))
    needle_length_mm: Mapped[int]
    tilt_degrees: Mapped[int | None] = mapped_column(default=None)
    age_band: Mapped[AgeBand | None] = mapped_column(one_of(AgeBand), default=None)
    sex: Mapped[Sex | None] = mapped_column(one_of(Sex), default=None)
    planned_punctures: Mapped[int | None] = mapped_column(default=None)
    body_protocol: Mapped[bool] = mapped_column(default=False)
    syringes: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[UUID | None]
    opened_by_name: Mapped[str]
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by_name: Mapped[str | None] = mapped_column(default=None)
    close_reason: Mapped[str | None] = mapped_column(default=None)
    """Why it was closed without a pack, or abandoned."""


class SessionSubject(Model, kw_only=True):
    """Whose session it was, apart from the record so that it can be erased."""

    __tablename__ = "session_subject"
    __happened__ = "treatment_id"
    __table_args__ = (
        *in_clinic("session_subject", treatment_id="treatment_session")[1:],
        ForeignKeyConstraint(
            ["clinic_id", "patient_reference"], ["patient_subject.clinic_id", "patient_subject.reference"]
        ),
        Index("ix_session_subject_clinic_id_patient_reference", "clinic_id", "patient_reference"),
        Index("ix_session_subject_clinic_id_event_id", "clinic_id", "event_id"),
    )
    __audited__ = False

    treatment_id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(Uuid(), ForeignKey("clinic.id"))
    patient_reference: Mapped[str]
    event_id: Mapped[UUID | None] = mapped_column(default=None)
    """The form that opened the session. What is kept of a form for ever must not lead back to a reference."""


class TreatedArea(Owned, Model, kw_only=True):
    """One region and side with its area. A correction ends the row and adds another."""

    __tablename__ = "treated_area"
    __happened__ = "treatment_id"
    __table_args__ = in_clinic(
        "treated_area",
        CheckConstraint("area_cm2 BETWEEN 1 AND 20000", name="area_is_within_a_body"),
        Index("ix_treated_area_clinic_id_treatment_id", "clinic_id", "treatment_id"),
        treatment_id="treatment_session",
    )

    treatment_id: Mapped[UUID]
    region: Mapped[str]
    side: Mapped[Side] = mapped_column(one_of(Side))
    area_cm2: Mapped[int]
    source: Mapped[AreaSource] = mapped_column(one_of(AreaSource))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)


class SessionContainer(Owned, Model, kw_only=True):
    """An antiseptic or injectable container scanned into a session."""

    __tablename__ = "session_container"
    __happened__ = "treatment_id"
    __table_args__ = in_clinic(
        "session_container",
        UniqueConstraint("clinic_id", "treatment_id", "container_id"),
        Index("ix_session_container_clinic_id_container_id", "clinic_id", "container_id"),
        treatment_id="treatment_session",
        container_id="container",
    )

    treatment_id: Mapped[UUID]
    container_id: Mapped[UUID] = mapped_column(init=False)
    container: Mapped[Container] = relationship(foreign_keys=[container_id])
    scanned_at: Mapped[datetime]


class NeedleUse(Owned, Model, kw_only=True):
    """One needle on the gun from fitted to removed. One at a time, by unique index."""

    __tablename__ = "needle_use"
    __happened__ = "treatment_id"
    __table_args__ = in_clinic(
        "needle_use",
        UniqueConstraint("clinic_id", "treatment_id", "sequence"),
        Index("uq_needle_use_fitted", "clinic_id", "treatment_id", unique=True, **_where("removed_at IS NULL")),
        CheckConstraint("shots BETWEEN 0 AND 100000", name="shots_are_counted"),
        CheckConstraint("pins BETWEEN 1 AND 100", name="pins_are_few"),
        CheckConstraint("area_cm2 BETWEEN 0 AND 20000", name="area_is_within_a_body"),
        CheckConstraint("(removed_at IS NULL) = (removal_reason IS NULL)", name="a_removal_has_a_reason"),
        Index("ix_needle_use_lot", "clinic_id", "lot_id", "fitted_at", "treatment_id", **_where("undone_at IS NULL")),
        Index("ix_needle_use_clinic_id_pack_id", "clinic_id", "pack_id"),
        Index("ix_needle_use_clinic_id_fitted_at", "clinic_id", "fitted_at", "id"),
        treatment_id="treatment_session",
        pack_id="pack",
        lot_id="lot",
    )

    treatment_id: Mapped[UUID]
    sequence: Mapped[int]
    """1 for the first needle of the session."""
    pack_id: Mapped[UUID] = mapped_column(init=False)
    pack: Mapped[Pack] = relationship(foreign_keys=[pack_id])
    lot_id: Mapped[UUID] = mapped_column(init=False)
    lot: Mapped[Lot] = relationship(foreign_keys=[lot_id])
    pins: Mapped[int]
    fitted_at: Mapped[datetime]
    regions: Mapped[str] = mapped_column(default="")
    """Region and side keys it was used on, comma-separated, such as `thigh_front:left`."""
    shots: Mapped[int | None] = mapped_column(default=None)
    estimated: Mapped[bool] = mapped_column(default=False)
    """True where nobody counted and the shots follow from area and spacing or from rate and time."""
    area_cm2: Mapped[int | None] = mapped_column(default=None)
    must_change: Mapped[RemovalReason | None] = mapped_column(one_of(RemovalReason), default=None)
    """What happened to it that ends it at once: bone contact, dropped, touched, bent, blocked."""
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
    removal_reason: Mapped[RemovalReason | None] = mapped_column(
        one_of(RemovalReason, constraint_of="removal"), default=None
    )
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
    """When its swap was taken back: it was never on the gun. The row stays in the record and counts nowhere."""
    late_reason: Mapped[str | None] = mapped_column(default=None)
    """Why it was recorded after the session was closed; empty for the others."""


class Scan(Owned, Model, kw_only=True):
    """Every scan of a session and the verdict it was answered with. Append-only."""

    __tablename__ = "scan"
    __happened__ = "treatment_id"
    __table_args__ = in_clinic(
        "scan",
        Index("ix_scan_clinic_id_treatment_id_at", "clinic_id", "treatment_id", "at"),
        treatment_id="treatment_session",
    )

    treatment_id: Mapped[UUID]
    scanned: Mapped[str]
    """What the scanner sent, cut to 200 characters, control characters shown as symbols."""
    code: Mapped[str]
    tone: Mapped[Tone] = mapped_column(one_of(Tone))
    sentence: Mapped[str]
    next_step: Mapped[str]
    subject_kind: Mapped[str | None] = mapped_column(default=None)
    subject_id: Mapped[UUID | None] = mapped_column(default=None)
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]


class Flag(Owned, Model, kw_only=True):
    """A finding kept for review. Stored and cleared, never deleted; at most one live flag per finding."""

    __tablename__ = "flag"
    __happened__ = "treatment_id"
    __table_args__ = in_clinic(
        "flag",
        Index(
            "uq_flag_live",
            "clinic_id",
            "treatment_id",
            "code",
            "subject",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
        Index("ix_flag_clinic_id_raised_at", "clinic_id", "raised_at"),
        Index("ix_flag_clinic_id_code_treatment_id", "clinic_id", "code", "treatment_id"),
        treatment_id="treatment_session",
    )

    treatment_id: Mapped[UUID]
    code: Mapped[str]
    rule: Mapped[str]
    """The rule's id, such as N6; for an incident at a scan, the verdict's code."""
    subject: Mapped[str]
    """The needle use it speaks of, or `session`."""
    severity: Mapped[FlagSeverity] = mapped_column(one_of(FlagSeverity))
    sentence: Mapped[str]
    facts: Mapped[str]
    """What was judged, as canonical JSON."""
    policy_number: Mapped[int]
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None] = mapped_column(default=None)
