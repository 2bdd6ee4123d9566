"""Patients, as far as they are known here."""

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Model, Owned, in_clinic


class PatientSubject(Owned, Model, kw_only=True):
    """A patient as the clinic's own pseudonym, and the key under which the record speaks of them.

    Erasing deletes the row: without its key nobody can tell any more what the commitments in the record were to.
    """

    __tablename__ = "patient_subject"
    __table_args__ = in_clinic("patient_subject", UniqueConstraint("clinic_id", "reference"))
    __audited__ = False

    reference: Mapped[str]
    key: Mapped[bytes] = mapped_column(LargeBinary)
    """32 random bytes, of this patient alone: one key for all would let case numbers be tried out."""
