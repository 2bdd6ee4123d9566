"""Compliance seen: over time, by group, needles, punctures, bundles; each a drawing, a table and a CSV file."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from inventory.clock import day_in, utc_now
from inventory.errors import NotAllowed
from inventory.oversight import sheets
from inventory.oversight.blueprint import blueprint
from inventory.oversight.forms import SightForm
from inventory.oversight.measures import By
from inventory.oversight.sheets import Sheet, View
from inventory.oversight.sight import Seen, seen_between
from inventory.tables.csv_export import csv_chunks
from inventory.web.access import SignedIn, actor, requires
from inventory.web.downloads import streamed

USUAL_DAYS = 90


@dataclass(frozen=True)
class Asked:
    view: View
    by: By
    first_day: date
    last_day: date


@blueprint.get("/compliance")
@requires("compliance.view")
def compliance() -> ResponseReturnValue:
    form = SightForm(request.args)
    asked = _asked(actor(), form)
    seen = _seen(actor(), asked)
    form.first_day.data, form.last_day.data = asked.first_day, asked.last_day
    sheet = sheets.sheet_of(asked.view, seen.sessions, asked.by)
    address = {"first_day": asked.first_day.isoformat(), "last_day": asked.last_day.isoformat(), "by": asked.by.value}
    return render_template(
        "oversight/compliance.html",
        form=form,
        asked=asked,
        seen=seen,
        sheet=sheet,
        columns=_columns(sheet),
        views=list(View),
        address=address,
        range_of={"first_day": address["first_day"], "last_day": address["last_day"]},
    )


@blueprint.get("/compliance.csv")
@requires("compliance.view")
def compliance_csv() -> ResponseReturnValue:
    asked = _asked(actor(), SightForm(request.args))
    seen = _seen(actor(), asked)
    sheet: Sheet = sheets.sheet_of(asked.view, seen.sessions, asked.by)
    versions = " ".join(map(str, seen.policies))
    header = (*sheet.header, "policy versions")
    chunks = csv_chunks(header, ((*row, versions) for row in sheet.rows), range(len(header)))
    name = f"compliance-{asked.view.value}-{asked.first_day.isoformat()}-{asked.last_day.isoformat()}.csv"
    answer: Response = streamed([chunk for chunk, _ in chunks], name, "text/csv; charset=utf-8")
    return answer


def _asked(by: SignedIn, form: SightForm) -> Asked:
    """What the address asks for; dates that make no range fall back to the last 90 days."""
    form.by.choices = [choice for choice in form.by.choices if _may_see(by, By(choice.value))]
    valid = form.validate()
    today = day_in(by.time_zone, utc_now())
    last_day = (form.last_day.data if valid else None) or today
    first_day = (form.first_day.data if valid else None) or last_day - timedelta(days=USUAL_DAYS - 1)
    wanted = request.args.get("view", "")
    view = View(wanted) if wanted in set(View) else View.TIME
    asked = request.args.get("by", "")
    group = By(asked) if asked in set(By) else By.TECHNIQUE
    if not _may_see(by, group):
        raise NotAllowed("Compliance by practitioner is for a lead nurse or a manager.")
    return Asked(view, group, min(first_day, last_day), last_day)


def _may_see(by: SignedIn, group: By) -> bool:
    return group is not By.PRACTITIONER or by.may("compliance.people")


def _seen(by: SignedIn, asked: Asked) -> Seen:
    return seen_between(
        by.clinic_id,
        by.time_zone,
        asked.first_day,
        asked.last_day,
        with_people=by.may("compliance.people"),
        with_bundles=asked.view is View.BUNDLE,
    )


def _columns(sheet: Sheet) -> list[tuple[str, str]]:
    """Headings with whether numbers stand under them."""
    first = sheet.rows[0] if sheet.rows else ()
    kinds = ["number" if place and isinstance(cell, int) else "text" for place, cell in enumerate(first)]
    return [(name.capitalize(), kind) for name, kind in zip(sheet.header, kinds, strict=False)]
