"""One page for every label: what a scanned text is, and where its page is."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.clock import day_in, utc_now
from inventory.disinfection.models import Container
from inventory.errors import DomainError
from inventory.guns.models import Gun
from inventory.packs.models import Pack, Part
from inventory.scanning.diagnosis import diagnose, shown
from inventory.scanning.forms import LookUpForm, ScannerTestForm
from inventory.scanning.queries import Found, SupplierItem, resolve
from inventory.scanning.samples import SAMPLES
from inventory.scanning.verdicts import Verdict, verdict_on
from inventory.web.access import actor, requires

blueprint = Blueprint("scanning", __name__)


@blueprint.get("/scan")
@requires("scanning.look_up")
def scan() -> ResponseReturnValue:
    """A scan typed anywhere on this page leads to the page of the thing; what is not known is named."""
    text = request.args.get("text", "")
    if not text.strip():
        return _scan_page(None, "", "")
    by = actor()
    try:
        found = resolve(text, by.clinic_id, day_in(by.time_zone, utc_now()))
    except DomainError as refused:
        return _scan_page(verdict_on(refused.code), refused.sentence, text[:200])
    return redirect(_page_of(found))


@blueprint.route("/scan/test", methods=["GET", "POST"])
@requires("scanning.look_up")
def scanner_test() -> ResponseReturnValue:
    """What a scanner types for a known code, and what to change in its settings. Nothing is kept."""
    form = ScannerTestForm()
    diagnosis, keys = None, []
    if form.validate_on_submit():
        keys = [shown(stroke.key) for stroke in form.keystrokes]
        diagnosis = diagnose(form.keystrokes, gap=form.device_gap, timed=bool(form.keys.data))
    page = render_template("scanning/scanner_test.html", form=form, diagnosis=diagnosis, keys=keys, samples=SAMPLES)
    return page, form.status


@blueprint.get("/<any(P, G, C, T, p, g, c, t):kind>/<code>")
@requires("scanning.look_up")
def label(kind: str, code: str) -> ResponseReturnValue:
    """Where the QR of a label leads: opened with a phone's own camera it shows the thing's page."""
    return redirect(url_for("scanning.scan", text=f"/{kind}/{code}"))


def _scan_page(verdict: Verdict | None, sentence: str, text: str) -> str:
    form = LookUpForm(formdata=None)
    return render_template("scanning/scan.html", form=form, verdict=verdict, sentence=sentence, text=text)


def _page_of(found: Found) -> str:
    match found:
        case Pack():
            return url_for("packs.pack", pack_id=found.id)
        case Part():
            return url_for("packs.part", part_id=found.id)
        case Gun():
            return url_for("guns.gun", gun_id=found.id)
        case Container():
            return url_for("disinfection.container", container_id=found.id)
        case SupplierItem():
            if found.lot is None:
                return url_for("stock.product", product_id=found.product.id)
            return url_for("stock.lot", lot_id=found.lot.id)
