"""Tracing: any code is scanned or typed, and what it came from and where it went is shown as a drawing and tables."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inventory.clock import day_in, utc_now
from inventory.errors import DomainError
from inventory.sterility.blueprint import blueprint
from inventory.sterility.drawing import DRAWN, Entry, Graph, Layer, graph
from inventory.sterility.forms import ExposedForm, PeriodForm, TraceForm
from inventory.sterility.stages import Stage
from inventory.sterility.subjects import Kind, Thing, find, thing_of
from inventory.sterility.tracing import Trace
from inventory.sterility.tracing import trace as trace_of
from inventory.web.access import actor, requires

Answers = TypeVar("Answers", bound=Callable[..., ResponseReturnValue])
NAMES = {
    "lot_id": Kind.LOT,
    "load_id": Kind.LOAD,
    "pack_id": Kind.PACK,
    "container_id": Kind.CONTAINER,
    "gun_id": Kind.GUN,
    "location_id": Kind.ROOM,
    "membership_id": Kind.PERSON,
    "treatment_id": Kind.SESSION,
}
ARGUMENT = {kind: name for name, kind in NAMES.items()}
FOLDERS = {
    "lots": "lot_id",
    "loads": "load_id",
    "packs": "pack_id",
    "containers": "container_id",
    "guns": "gun_id",
    "rooms": "location_id",
    "people": "membership_id",
}
CALLED = {
    Kind.LOT: "lot",
    Kind.LOAD: "load",
    Kind.PACK: "pack",
    Kind.CONTAINER: "container",
    Kind.GUN: "gun",
    Kind.ROOM: "room",
    Kind.PERSON: "person",
}
PAGES = {
    Kind.LOT: ("stock.lot", "stock.view"),
    Kind.LOAD: ("packs.load", "loads.view"),
    Kind.PACK: ("packs.pack", "packs.view"),
    Kind.CONTAINER: ("disinfection.container", "disinfection.view"),
    Kind.GUN: ("guns.gun", "guns.view"),
    Kind.ROOM: ("stock.location", "stock.view"),
    Kind.PERSON: ("people.member", "people.manage"),
}


def of_each_kind(ending: str, methods: list[str]) -> Callable[[Answers], Answers]:
    """One view for a thing of every kind that is traced; its address says which, by the name of its id."""

    def register(view: Answers) -> Answers:
        for folder, name in FOLDERS.items():
            blueprint.route(f"/trace/{folder}/<uuid:{name}>{ending}", methods=methods)(view)
        return view

    return register


def asked_for(named: Mapping[str, UUID]) -> Thing:
    """What an address names. Raises `NotHere`."""
    ((name, thing_id),) = named.items()
    return thing_of(actor().clinic_id, NAMES[name], thing_id)


@blueprint.get("/trace")
@requires("sterility.view")
def find_thing() -> ResponseReturnValue:
    """What was scanned or typed leads to its trace at once; where a name means several things, they are offered."""
    text = request.args.get("text", "").strip()
    by, found, refused = actor(), list[Thing](), ""
    if text:
        try:
            found = find(text, by.clinic_id, day_in(by.time_zone, utc_now()))
        except DomainError as unknown:
            refused = unknown.sentence
    if len(found) == 1:
        return redirect(_address(found[0]))
    return render_template(
        "sterility/find.html",
        form=TraceForm(formdata=None),
        found=[(thing, CALLED[thing.kind], _address(thing)) for thing in found],
        refused=refused,
    )


@of_each_kind("", ["GET"])
@requires("sterility.view")
def trace(**named: Any) -> ResponseReturnValue:
    by, subject, form = actor(), asked_for(named), PeriodForm(request.args)
    right = form.validate()
    found = trace_of(by.clinic_id, subject, form.period(by.time_zone if right else None))
    page, permission = PAGES[subject.kind]
    return render_template(
        "sterility/trace.html",
        trace=found,
        called=CALLED[subject.kind],
        drawn=_drawn(found),
        address=_address,
        anchor=_anchor,
        own_page=url_for(page, **named) if by.may(permission) else "",
        form=form,
        asked=named,
        exposed_form=ExposedForm(formdata=None, data=form.data if right else None),
    ), 200 if right else 422


def _drawn(found: Trace) -> Graph:
    subject = found.subject
    named = f"{CALLED[subject.kind]} {subject.label}"
    own = f"This {CALLED[subject.kind]}"
    layers = [
        Layer(
            stage.title or own,
            [
                Entry(thing.id, thing.label, thing.detail, _address(thing), is_subject=thing == subject)
                for thing in stage.things
            ],
            stage.more,
            f"#{_anchor(stage)}",
        )
        for stage in found.stages
        if stage.total
    ]
    return graph(named, layers, found.links(DRAWN))


def _anchor(stage: Stage) -> str:
    return stage.title.lower().replace(" ", "-")


def _address(thing: Thing) -> str:
    named: dict[str, Any] = {ARGUMENT[thing.kind]: thing.id}
    if thing.kind is Kind.SESSION:
        return url_for("sessions.treatment", **named)
    kept = {name: request.args[name] for name in ("first_day", "last_day") if request.args.get(name)}
    address = url_for("sterility.trace", **named)
    return f"{address}?{urlencode(kept)}" if kept else address
