"""Media, printers, and jobs: made once, sent until the printer takes them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.errors import NotHere
from inventory.printing import queries
from inventory.printing.errors import LabelsUnfit, MediumUnknown, MediumUnusable, NameTaken, NotToSend, WrongMedium
from inventory.printing.models import JobState, Language, MediumOffset, OwnMedium, Printer, PrintJob
from labels import layout
from labels.layout import Label, LabelTooSmall, StartOutOfRange
from labels.media import Medium, MediumImpossible, checked
from labels.pdf import pdf_chunks
from labels.qr import Unencodable
from labels.zpl import zpl


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be printed: `labels` each `copies` times, from label `start` of the first sheet."""

    what: str
    labels: Sequence[Label]
    medium: str
    start: int = 1
    copies: int = 1
    printer: Printer | None = None
    reason: str | None = None


def add_medium(row: OwnMedium, by: Actor, now: datetime) -> OwnMedium:
    """Raises `MediumUnusable` for measures no printer could keep to, `NameTaken`."""
    check_medium(row)
    try:
        with db.session.begin_nested():
            db.session.add(row)
            record(by, "medium.added", row, now=now)
    except IntegrityError:
        raise NameTaken(row.name) from None
    return row


def check_medium(row: OwnMedium) -> Medium:
    """The medium that `row` describes. Raises `MediumUnusable`."""
    try:
        return checked(queries.medium_from(row))
    except MediumImpossible as impossible:
        raise MediumUnusable(str(impossible)) from None


def end_medium(row: OwnMedium, by: Actor, now: datetime) -> None:
    """It is offered no more; jobs made on it stay as they are."""
    _same_clinic(by, row)
    row.ended_at = now
    record(by, "medium.ended", row, now=now)


def set_offset(medium: str, right_hundredths: int, down_hundredths: int, by: Actor, now: datetime) -> MediumOffset:
    """As measured on a test page. Raises `MediumUnknown`."""
    _medium(medium, by)
    row = queries.offset_row(by.clinic_id, medium)
    if row is None:
        row = MediumOffset(clinic_id=by.clinic_id, medium=medium, right_hundredths=0, down_hundredths=0)
        db.session.add(row)
    row.right_hundredths, row.down_hundredths = right_hundredths, down_hundredths
    record(by, "medium.calibrated", row, now=now)
    return row


def add_printer(
    name: str, host: str, port: int, language: Language, dpi: int, medium: str, by: Actor, now: datetime
) -> Printer:
    """Raises `NameTaken`, `MediumUnknown`."""
    _medium(medium, by)
    printer = Printer(
        clinic_id=by.clinic_id, name=name, host=host, port=port, language=language, dpi=dpi, medium=medium
    )
    try:
        with db.session.begin_nested():
            db.session.add(printer)
            record(by, "printer.added", printer, now=now)
    except IntegrityError:
        raise NameTaken(name) from None
    return printer


def end_printer(printer: Printer, by: Actor, now: datetime) -> None:
    _same_clinic(by, printer)
    printer.ended_at = now
    record(by, "printer.ended", printer, now=now)


def make_job(order: Order, by: Actor, now: datetime) -> PrintJob:
    """The labels as they will come out. With a printer the job is queued, to be sent once it is committed.

    Raises `MediumUnknown`, `WrongMedium`, `LabelsUnfit`.
    """
    medium, printer = _medium(order.medium, by), order.printer
    if printer is not None:
        _same_clinic(by, printer)
        if printer.medium != medium.key:
            raise WrongMedium(printer.name, _medium(printer.medium, by).name)
    labels = [label for label in order.labels for _ in range(order.copies)]
    # Modules are whole dots of the printer that prints them, whatever the medium was laid out for.
    laid_out = replace(medium, dpi=printer.dpi) if printer else medium
    pdf = drawn(labels, laid_out, order.start, queries.offset_mm(by.clinic_id, medium.key))
    language = Language.PDF if printer is None else printer.language
    job = PrintJob(
        clinic_id=by.clinic_id,
        what=order.what,
        medium=medium.key,
        start=order.start,
        labels=len(labels),
        language=language,
        payload=zpl(pdf, printer.dpi).encode() if printer and language is Language.ZPL else pdf,
        reason=(order.reason or "").strip() or None,
        made_at=now,
        by_id=by.id,
        by_name=by.name,
        printer=printer,
        state=JobState.MADE if printer is None else JobState.QUEUED,
    )
    db.session.add(job)
    record(by, "print_job.made", job, now=now)
    return job


def drawn(labels: Sequence[Label], medium: Medium, start: int, offset_mm: tuple[float, float]) -> bytes:
    """The whole PDF. Raises `LabelsUnfit`."""
    return b"".join(pages(labels, labels, medium, start, offset_mm))


def pages(
    labels: Sequence[Label],
    taken: Iterable[Label],
    medium: Medium,
    start: int,
    offset_mm: tuple[float, float] = (0, 0),
) -> Iterator[bytes]:
    """The PDF of `labels` page by page; `taken` gives the same ones, to be watched as they are drawn.

    All are checked before the first page. Raises `LabelsUnfit`.
    """
    try:
        chunks = pdf_chunks(taken, medium, start, offset_mm)
        layout.check(labels, medium)
    except StartOutOfRange as outside:
        raise LabelsUnfit(str(outside), field="start") from None
    except (LabelTooSmall, Unencodable) as unfit:
        raise LabelsUnfit(str(unfit), field="medium") from None
    if not labels:
        raise LabelsUnfit("There is no label to print.")
    return chunks


def claim(job: PrintJob, by: Actor, now: datetime, *, again: bool) -> bool:
    """Take `job` to be sent, so that nobody else sends it meanwhile; committed before a byte goes out.

    False where it was tried already and nobody asks for it `again`. Raises `NotToSend`.
    """
    _same_clinic(by, job)
    db.session.refresh(job, ["state", "tries"], with_for_update=True)
    if job.tries and not again:
        return False
    if job.state not in (JobState.QUEUED, JobState.FAILED):
        raise NotToSend
    job.tries += 1
    job.state, job.failure = JobState.QUEUED, None
    record(by, "print_job.sending", job, now=now)
    return True


def note_delivery(job: PrintJob, failure: str, by: Actor, now: datetime) -> None:
    """What came of sending `job`; an empty `failure` is success."""
    _same_clinic(by, job)
    job.state = JobState.FAILED if failure else JobState.SENT
    job.sent_at, job.failure = (None, failure) if failure else (now, None)
    record(by, f"print_job.{job.state.value}", job, now=now)


def _medium(key: str, by: Actor) -> Medium:
    found = queries.media_of(by.clinic_id).get(key)
    if found is None:
        raise MediumUnknown
    return found


def _same_clinic(by: Actor, row: OwnMedium | Printer | PrintJob) -> None:
    if row.clinic_id != by.clinic_id:
        raise NotHere("This is not kept in your clinic. Look it up under Printing.")
