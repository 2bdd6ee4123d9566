"""Media, printers and jobs: what is made, what is sent, and what is refused."""

from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from socket import create_server
from uuid import UUID

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from zebrafy import ZebrafyZPL

from inventory.db import db
from inventory.errors import NotHere
from inventory.packs import operations as packs
from inventory.packs.lifecycle import PackState
from inventory.packs.queries import unlabelled
from inventory.people.actors import PersonAtWork
from inventory.printing import errors, operations, queries
from inventory.printing.models import JobState, Language, OwnMedium, Printer, PrintJob
from inventory.printing.operations import Order
from inventory.printing.sending import PrinterUnreachable, send
from inventory.printing.subjects import SUBJECTS, Place, Subject
from labels import qr
from labels.kinds import Template, label
from labels.layout import Label
from labels.media import MEDIA
from tests.factories.disinfection import make_container
from tests.factories.guns import make_gun
from tests.factories.packs import make_load, make_packs
from tests.factories.stock import make_location, make_lot
from tests.label_printer import LabelPrinter, plugged_in
from tests.pages import PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]
LABEL = Label("HTTPS://STERILOG.EXAMPLE/P/CODE", "7K2Q-9XMD-4WTN-8B3CZ", "1 x 30G x 4 mm")


@pytest.fixture
def paper() -> Iterator[LabelPrinter]:
    with plugged_in() as found:
        yield found


def zebra(by: PersonAtWork, now: datetime, port: int, language: Language = Language.ZPL) -> Printer:
    return operations.add_printer("Zebra", "127.0.0.1", port, language, 203, "roll-50x25", by, now)


def own(by: PersonAtWork, **changed: int) -> OwnMedium:
    measures = {
        "dpi": 300, "columns": 2, "rows": 4, "page_width": 21000, "page_height": 29700, "label_width": 9000,
        "label_height": 6000, "left_margin": 1000, "top_margin": 1000, "horizontal_pitch": 9500,
        "vertical_pitch": 6500,
    }  # fmt: skip
    return OwnMedium(clinic_id=by.clinic_id, name="Our sheet", is_sheet=True, **{**measures, **changed})


def read(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def page_of(pdf: bytes, page: int = 0) -> Image.Image:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[page].render(scale=300 / 72).to_pil()


def test_a_measured_sheet_is_printed_on_and_its_offset_moves_the_labels(
    lead_nurse: PersonAtWork, now: datetime
) -> None:
    row = operations.add_medium(own(lead_nurse), lead_nurse, now)
    key = queries.medium_from(row).key
    order = Order(what="1 label", labels=[LABEL], medium=key, start=8)
    before = operations.make_job(order, lead_nurse, now)
    operations.set_offset(key, 150, -75, lead_nurse, now)
    after = operations.make_job(order, lead_nurse, now)
    places = [zxingcpp.read_barcodes(page_of(job.payload))[0].position.top_left for job in (before, after)]
    moved = (places[1].x - places[0].x, places[1].y - places[0].y)
    assert moved == (pytest.approx(1.5 / 25.4 * 300, abs=2), pytest.approx(-0.75 / 25.4 * 300, abs=2))
    operations.end_medium(row, lead_nurse, now)
    with pytest.raises(errors.MediumUnknown):
        operations.make_job(order, lead_nurse, now)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"columns": 3}, "page width"),
        ({"rows": 5}, "page height"),
        ({"label_width": 9600}, "overlap"),
        ({"label_height": 300, "vertical_pitch": 300}, "smallest code"),
        ({"page_width": 0}, "page width"),
    ],
)
def test_measures_that_cannot_be_are_refused_by_their_name(
    lead_nurse: PersonAtWork, now: datetime, changed: dict[str, int], named: str
) -> None:
    with pytest.raises(errors.MediumUnusable, match=named):
        operations.add_medium(own(lead_nurse, **changed), lead_nurse, now)


def test_names_are_taken_once(lead_nurse: PersonAtWork, now: datetime) -> None:
    operations.add_medium(own(lead_nurse), lead_nurse, now)
    with pytest.raises(errors.NameTaken):
        operations.add_medium(own(lead_nurse), lead_nurse, now)
    operations.end_printer(zebra(lead_nurse, now, 9100), lead_nurse, now)
    zebra(lead_nurse, now, 9100)
    with pytest.raises(errors.NameTaken):
        zebra(lead_nurse, now, 9100)


def test_the_sheet_goes_on_where_the_last_print_ended(lead_nurse: PersonAtWork, now: datetime) -> None:
    medium = MEDIA["avery-l7160"]
    assert queries.next_free(lead_nurse.clinic_id, medium) == 1
    for start, copies, following in ((1, 5, 6), (6, 16, 1), (20, 3, 2)):
        order = Order(what="x", labels=[LABEL], medium=medium.key, start=start, copies=copies)
        operations.make_job(order, lead_nurse, now)
        assert queries.next_free(lead_nurse.clinic_id, medium) == following


@pytest.mark.parametrize(("medium", "start"), [("avery-l7160", 22), ("avery-l7160", 0)])
def test_a_start_off_the_sheet_is_refused(lead_nurse: PersonAtWork, now: datetime, medium: str, start: int) -> None:
    with pytest.raises(errors.LabelsUnfit) as refused:
        operations.make_job(Order(what="x", labels=[LABEL], medium=medium, start=start), lead_nurse, now)
    assert refused.value.field == "start"


def test_what_lies_in_the_printer_is_what_it_prints_on(lead_nurse: PersonAtWork, now: datetime) -> None:
    printer = zebra(lead_nurse, now, 9100)
    with pytest.raises(errors.WrongMedium):
        operations.make_job(Order(what="x", labels=[LABEL], medium="avery-l7160", printer=printer), lead_nurse, now)


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_modules_are_whole_dots_of_the_printer_that_prints_them(
    lead_nurse: PersonAtWork, now: datetime, dpi: int
) -> None:
    printer = operations.add_printer("Zebra", "127.0.0.1", 9100, Language.ZPL, dpi, "roll-50x25", lead_nurse, now)
    order = Order(what="x", labels=[LABEL], medium="roll-50x25", printer=printer)
    job = operations.make_job(order, lead_nurse, now)
    [picture] = ZebrafyZPL(job.payload.decode()).to_images()
    [code] = zxingcpp.read_barcodes(picture.convert("L").resize((picture.width * 3, picture.height * 3)))
    side = code.position.top_right.x - code.position.top_left.x
    dots = side / 3 / qr.size(LABEL.address)
    assert dots == pytest.approx(round(dots), abs=0.04)


def test_a_job_is_taken_to_be_sent_by_one(lead_nurse: PersonAtWork, now: datetime) -> None:
    printer = zebra(lead_nurse, now, 9100)
    job = operations.make_job(Order(what="x", labels=[LABEL], medium="roll-50x25", printer=printer), lead_nurse, now)
    assert operations.claim(job, lead_nurse, now, again=False)
    assert not operations.claim(job, lead_nurse, now, again=False)
    operations.note_delivery(job, "It is off.", lead_nurse, now)
    assert (job.state, job.tries, job.failure) == (JobState.FAILED, 1, "It is off.")
    assert operations.claim(job, lead_nurse, now, again=True)
    operations.note_delivery(job, "", lead_nurse, now)
    assert (job.state, job.tries, job.failure, job.sent_at) == (JobState.SENT, 2, None, now)
    with pytest.raises(errors.NotToSend):
        operations.claim(job, lead_nurse, now, again=True)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM print_job",
        "UPDATE print_job SET what = 'other'",
        "UPDATE print_job SET labels = 9",
        "UPDATE print_job SET failure = 'x'",
    ],
)
def test_the_database_keeps_what_was_printed(lead_nurse: PersonAtWork, now: datetime, statement: str) -> None:
    operations.make_job(Order(what="x", labels=[LABEL], medium="avery-l7160"), lead_nurse, now)
    db.session.flush()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text(statement))


def test_a_printer_that_is_off_is_named(paper: LabelPrinter) -> None:
    send("127.0.0.1", paper.port, b"^XA^XZ")
    free = create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    with pytest.raises(PrinterUnreachable, match=f"127.0.0.1:{port} did not take it"):
        send("127.0.0.1", port, b"^XA^XZ")
    with pytest.raises(PrinterUnreachable):
        send("no-such-host.invalid", 9100, b"^XA^XZ")


def test_pack_labels_reach_the_printer_and_are_read_back_from_its_zpl(
    lead_nurse: PersonAtWork, now: datetime, client_for: ClientFor, paper: LabelPrinter
) -> None:
    made = make_packs(lead_nurse, now, count=2, labelled=False)
    zebra(lead_nurse, now, paper.port)
    client = client_for(lead_nurse)
    page = client.open("/packs/labels?medium=roll-50x25").submit("Print 2 labels", double="y")
    assert page.h1.startswith("2 pack labels") and "sent" in page.main
    (sent,) = paper.jobs
    pictures = ZebrafyZPL(sent.decode()).to_images()
    codes = [
        code
        for picture in pictures
        for code in read(picture.convert("L").resize((picture.width * 3, picture.height * 3)))
    ]
    addresses = [f"HTTPS://STERILOG.EXAMPLE/P/{pack.code}" for pack in made]
    assert codes == [address for address in addresses for _ in range(2)]
    assert {pack.state for pack in made} == {PackState.AVAILABLE}
    assert list(unlabelled(lead_nurse.clinic_id)) == []


def test_a_failed_job_is_sent_again_once_a_press(
    lead_nurse: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    make_packs(lead_nurse, now, count=2, labelled=False)
    with plugged_in() as off:
        port = off.port
    zebra(lead_nurse, now, port, Language.PDF)
    client = client_for(lead_nurse)
    page = client.open("/packs/labels?medium=roll-50x25").submit("Print 2 labels")
    assert "did not take it" in " ".join(page.messages)
    (job,) = queries.jobs_in(lead_nurse.clinic_id)
    assert (job.state, job.tries) == (JobState.FAILED, 1)
    event = [found.get("value") for found in page.all("input", name="event_id")]
    for _ in range(2):
        client.raw("POST", f"/print/jobs/{job.id}/retry", data={"csrf_token": client.token(), "event_id": event[0]})
    assert db.session.get_one(PrintJob, job.id).tries == 2


def test_the_same_form_sent_twice_prints_once(
    lead_nurse: PersonAtWork, now: datetime, client_for: ClientFor, paper: LabelPrinter
) -> None:
    make_packs(lead_nurse, now, count=2, labelled=False)
    zebra(lead_nurse, now, paper.port)
    page = client_for(lead_nurse).open("/packs/labels?medium=roll-50x25")
    for _ in range(2):
        page.submit("Print 2 labels")
    assert len(paper.jobs) == 1 and len(queries.jobs_in(lead_nurse.clinic_id)) == 1


def test_without_a_printer_the_browser_gets_the_pdf_as_it_was_made(
    lead_nurse: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    (pack,) = make_packs(lead_nurse, now, needs_load=True, labelled=False)
    client = client_for(lead_nurse)
    form = client.open("/packs/labels")
    answer = client.raw("POST", "/packs/labels", data={**form._sent(form.all("form")[-1])})
    assert answer.status_code == 303
    first = client.raw("GET", answer.headers["Location"]).get_data()
    assert read(page_of(first)) == [f"HTTPS://STERILOG.EXAMPLE/P/{pack.code}"]
    load = make_load(lead_nurse, now, now.replace(hour=now.hour + 1))
    packs.put_in_load([pack], load, lead_nurse, now.replace(hour=now.hour + 2))
    assert client.raw("GET", answer.headers["Location"]).get_data() == first


def test_whoever_labels_a_pack_before_its_cycle_is_told_what_stands_the_heat(
    lead_nurse: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    bought_sterile = make_packs(lead_nurse, now, labelled=False)
    client = client_for(lead_nurse)
    assert "134 C" not in client.open("/packs/labels").main
    make_packs(lead_nurse, now, needs_load=True, labelled=False)
    assert "134 C" in client.open("/packs/labels").main
    assert "134 C" not in client.open(f"/packs/labels?pack={bought_sterile[0].id}").main


def test_a_used_packs_label_is_not_printed_again(
    lead_nurse: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    (pack,) = make_packs(lead_nurse, now)
    page = client_for(lead_nurse).open(f"/packs/labels?pack={pack.id}")
    unexplained = page.submit("Print 1 label", status=422)
    assert "again" in unexplained.errors()[0]
    packs.discard(pack, "Dropped", lead_nurse, now)
    refused = unexplained.submit("Print 1 label", status=422, reason="Lost")
    assert "cannot be labelled again" in refused.errors()[0]
    assert queries.jobs_in(lead_nurse.clinic_id) == []


def subjects(by: PersonAtWork, now: datetime) -> dict[str, UUID]:
    return {
        "lot": make_lot(by, now).id,
        "container": make_container(by, now).id,
        "gun": make_gun(by, now).id,
        "room": make_location(by, now).id,
        "load": make_load(by, now, now.replace(hour=now.hour + 1)).id,
    }


def test_every_kind_of_label_is_a_file_in_every_format(
    lead_nurse: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    client = client_for(lead_nurse)
    for kind, subject in subjects(lead_nurse, now).items():
        base = f"/print/{kind}/{subject}"
        client.open(base)
        texts = {
            "pdf": read(page_of(client.raw("GET", f"{base}/label.pdf?medium=roll-50x25").get_data())),
            "png": read(Image.open(BytesIO(client.raw("GET", f"{base}/label.png?medium=roll-50x25").get_data()))),
        }
        assert texts["pdf"] == texts["png"] and len(texts["pdf"]) == 1, kind
        assert b"</svg>" in client.raw("GET", f"{base}/label.svg?medium=roll-50x25").get_data()
        assert client.raw("GET", f"{base}/label.zpl?medium=roll-50x25").get_data().endswith(b"^XZ\n")
        client.open(f"{base}/label.png?dpi=7", status=422)


def test_a_kind_of_label_is_added_in_one_place(
    lead_nurse: PersonAtWork, now: datetime, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Template("Shelf", note="Keep it dry")

    def of_shelf(place: Place, shelf_id: UUID) -> Subject:
        return Subject("shelf", label(shelf, place.url(f"/shelves/{shelf_id}"), ""))

    monkeypatch.setitem(SUBJECTS, "shelf", of_shelf)
    where = make_location(lead_nurse, now)
    client = client_for(lead_nurse)
    form = client.open(f"/print/shelf/{where.id}?medium=roll-50x25")
    answer = client.raw("POST", f"/print/shelf/{where.id}", data=form._sent(form.all("form")[-1]))
    printed = client.raw("GET", answer.headers["Location"]).get_data()
    assert read(page_of(printed)) == [f"https://sterilog.example/shelves/{where.id}"]


def test_a_label_is_printed_in_copies_and_a_code_leads_back(
    nurse: PersonAtWork, now: datetime, client_for: ClientFor, paper: LabelPrinter
) -> None:
    gun = make_gun(nurse, now)
    zebra(nurse, now, paper.port, Language.PDF)
    client = client_for(nurse)
    client.open(f"/print/gun/{gun.id}?medium=roll-50x25").submit("Print", copies=3)
    with pypdfium2.PdfDocument(paper.jobs[0]) as document:
        assert len(document) == 3
    (address,) = read(page_of(paper.jobs[0], 2))
    assert client.open(address.removeprefix("HTTPS://STERILOG.EXAMPLE")).url == f"/guns/{gun.id}"


def test_media_and_printers_are_kept_on_their_pages(
    lead_nurse: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    client = client_for(lead_nurse)
    page = client.open("/print/media/new").submit("Add the medium", status=422, name="Ours", columns=4)
    assert "page width" in page.errors()[0]
    page = page.submit("Add the medium", columns=3)
    assert page.h1 == "Ours" and page.has("*", role="img")
    page = page.submit("Keep", right="1.5", down="-0.25")
    assert page.control("To the right").get("value") == "1.50"
    client.open("/print/media/avery-l7160")
    assert client.raw("GET", "/print/media/avery-l7160/test-page.pdf").get_data().startswith(b"%PDF")
    printers = client.open("/print/printers/new").submit(
        "Add the printer", name="Zebra", host="192.168.1.40", port=9100, language="zpl", dpi=203, medium="roll-50x25"
    )
    assert "192.168.1.40:9100" in printers.main
    ended = printers.submit("End Zebra")
    assert queries.printers_in(lead_nurse.clinic_id) == [] and "None: labels" in ended.main
    bad = client.open("/print/printers/new").submit(
        "Add the printer",
        status=422,
        name="X",
        host="http://evil/",
        port=9100,
        language="zpl",
        dpi=203,
        medium="roll-50x25",
    )
    assert "192.168.1.40" in bad.errors()[0]


def test_a_typed_medium_is_drawn_before_it_is_kept(lead_nurse: PersonAtWork, client_for: ClientFor) -> None:
    client = client_for(lead_nurse)
    page = client.open("/print/media/new")
    fields = page._sent(next(form for form in page.all("form") if form.get("id") == "medium"))
    drawn = client.raw("GET", "/print/media/preview", query_string=fields).get_data(as_text=True)
    assert drawn.count("<rect") == 22
    wide = client.raw("GET", "/print/media/preview", query_string={**fields, "columns": "4"}).get_data(as_text=True)
    assert "page width" in wide and 'class="sheet"' not in wide


def test_who_may_print_and_who_may_set_up(
    nurse: PersonAtWork, auditor: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    gun = make_gun(nurse, now)
    client_for(nurse).open(f"/print/gun/{gun.id}")
    client_for(nurse).open("/print/printers/new", status=403)
    client_for(auditor).open("/print")
    client_for(auditor).open(f"/print/gun/{gun.id}", status=403)


def test_another_clinic_has_no_part_in_it(
    lead_nurse: PersonAtWork, strange_nurse: PersonAtWork, now: datetime, client_for: ClientFor
) -> None:
    printer, row = zebra(lead_nurse, now, 9100), operations.add_medium(own(lead_nurse), lead_nurse, now)
    order = Order(what="x", labels=[LABEL], medium="roll-50x25", printer=printer)
    job = operations.make_job(order, lead_nurse, now)
    attempts: list[Callable[[], object]] = [
        lambda: operations.make_job(order, strange_nurse, now),
        lambda: operations.claim(job, strange_nurse, now, again=True),
        lambda: operations.note_delivery(job, "", strange_nurse, now),
        lambda: operations.end_printer(printer, strange_nurse, now),
        lambda: operations.end_medium(row, strange_nurse, now),
        lambda: queries.job_of(strange_nurse.clinic_id, job.id),
        lambda: queries.printer_of(strange_nurse.clinic_id, printer.id),
    ]
    for attempt in attempts:
        with pytest.raises(NotHere):
            attempt()
    assert queries.medium_from(row).key not in queries.media_of(strange_nurse.clinic_id)
    client = client_for(strange_nurse)
    client.open(f"/print/gun/{make_gun(lead_nurse, now).id}", status=404)
