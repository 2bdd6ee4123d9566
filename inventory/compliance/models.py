"""A clinic's numbered, dated policies, the drafts they come from, and what sessions were judged by."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Model, Owned, in_clinic, one_of


class DraftState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class Policy(Owned, Model, kw_only=True):
    """One version of the limits. In force from `in_force_from` until the next version's; times only grow."""

    __tablename__ = "policy"
    __table_args__ = in_clinic(
        "policy",
        UniqueConstraint("clinic_id", "number"),
        UniqueConstraint("clinic_id", "in_force_from"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
    )

    number: Mapped[int]
    in_force_from: Mapped[datetime]
    thresholds: Mapped[str]
    """The numbers as canonical JSON; `queries.numbers_of` reads them."""
    reason: Mapped[str]
    published_by: Mapped[UUID | None]
    published_at: Mapped[datetime]


class PolicyDraft(Owned, Model, kw_only=True):
    """A version somebody wrote and another person decides on. Its numbers never change: who approves saw them."""

    __tablename__ = "policy_draft"
    __table_args__ = in_clinic(
        "policy_draft",
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="a_decision_has_a_time"),
        CheckConstraint("(state = 'approved') = (policy_id IS NOT NULL)", name="what_is_approved_is_a_version"),
        CheckConstraint("state <> 'approved' OR decided_by_id <> drafted_by_id", name="a_second_person_approves"),
        Index("ix_policy_draft_clinic_id_drafted_at", "clinic_id", "drafted_at"),
        policy_id="policy",
    )

    based_on: Mapped[int]
    """The version whose place it takes; 0 where there was none."""
    in_force_on: Mapped[date | None]
    """The clinic's day it shall come into force; empty: when it is approved."""
    thresholds: Mapped[str]
    reason: Mapped[str]
    drafted_by_id: Mapped[UUID]
    drafted_by_name: Mapped[str]
    drafted_at: Mapped[datetime]
    state: Mapped[DraftState] = mapped_column(one_of(DraftState), default=DraftState.WAITING)
    decided_by_id: Mapped[UUID | None] = mapped_column(default=None)
    decided_by_name: Mapped[str | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decision_reason: Mapped[str | None] = mapped_column(default=None)
    policy_id: Mapped[UUID | None] = mapped_column(default=None)


class Judgement(Owned, Model, kw_only=True):
    """What a closed session was told: the facts, the policy version and its rules, and what they found. Append-only.

    A second one stands where an entry came after the close. The record keeps `digest`, not the long texts.
    """

    __tablename__ = "judgement"
    __happened__ = "treatment_id"
    __table_args__ = in_clinic(
        "judgement",
        Index("ix_judgement_clinic_id_treatment_id", "clinic_id", "treatment_id"),
        treatment_id="treatment_session",
    )

    treatment_id: Mapped[UUID]
    at: Mapped[datetime]
    policy_number: Mapped[int]
    rules_version: Mapped[int]
    facts: Mapped[str] = mapped_column(info={"audited": False})
    """As `kept.facts_as_mapping` gives them, canonical JSON."""
    findings: Mapped[str] = mapped_column(info={"audited": False})
    digest: Mapped[str]
    """SHA-256 in hex over both texts, a line feed between them."""
