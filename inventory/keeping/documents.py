"""The report of a removal as a text that stands by itself: what went, why, and the checkpoint signed over it."""

from dataclasses import dataclass

from inventory.audit.evidence import Noted
from inventory.audit.handing_out import noted_of
from inventory.audit.queries import entries_of
from inventory.db import as_text
from inventory.errors import DomainError
from inventory.keeping.classes import RULES, as_years
from inventory.keeping.models import RetentionReport
from inventory.people.models import Clinic


class NotSignedYet(DomainError):
    def __init__(self) -> None:
        super().__init__("This removal is not signed yet. Run sterilog sign, then open the report again.")


@dataclass(frozen=True)
class Document:
    text: str
    filename: str


def document_of(report: RetentionReport, clinic: Clinic, public_key: str) -> Document:
    """Raises `NotSignedYet`."""
    (entry,) = entries_of(clinic.id, report.id)
    signed = _covering(noted_of(clinic.id), entry.seq)
    rule = RULES[report.record_class]
    facts = [
        ("Clinic", clinic.name),
        ("Record class", rule.what),
        ("Term", f"{as_years(report.days)} ({report.days} days), counted from {rule.counted_from}"),
        ("Removed", f"{report.removed} rows"),
        ("Of", f"{as_text(report.oldest)} to {as_text(report.newest)}, all before {as_text(report.before)}"),
        ("Kept by legal hold", str(report.held)),
        ("Removed at", f"{as_text(report.made_at)} by {report.made_by_name}"),
        ("Digest", f"SHA-256 {report.digest}"),
        ("Entry", f"{entry.seq}, {entry.hash.hex()}"),
    ]
    lines = [
        "STERILOG: REPORT OF A REMOVAL",
        "",
        *(f"{label + ':':20} {said}" for label, said in facts),
        "",
        "The digest is over the names of the removed rows (a line 'kind id' each, sorted). The entry stands in the",
        "record of the clinic, which is whole after the removal. This checkpoint was signed over it:",
        "",
        signed.note,
        f"Public key: {public_key}",
        "",
    ]
    day = as_text(report.made_at)[:10]
    return Document("\n".join(lines), f"removal-{day}-{report.record_class.value}.txt")


def _covering(noted: list[Noted], seq: int) -> Noted:
    """The first checkpoint of the newest epoch that speaks of entry `seq`."""
    for each in noted:
        if each.checkpoint.epoch == noted[-1].checkpoint.epoch and each.checkpoint.size > seq:
            return each
    raise NotSignedYet
