"""What a running session shows of its needle: a ring that fills, a word that turns, a swap that can be taken back."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from inventory.audit.models import AuditEntry
from inventory.db import db
from inventory.sessions.models import NeedleUse
from tests.journeys.conftest import shot
from tests.journeys.treatment_room import PHONE, TreatmentRoom, scan, served

SHAKES = "globalThis.shakes = []; navigator.vibrate = (pattern) => globalThis.shakes.push(pattern.join(' ')); 0"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[TreatmentRoom]:
    with served(tmp_path, running=True) as found:
        yield found


@pytest.fixture
def page(chromium: Browser, room: TreatmentRoom) -> Page:
    page = room.opened(chromium, **PHONE)
    page.add_init_script(SHAKES)
    page.reload()
    page.locator("[data-mute]:not([hidden])").wait_for()
    return page


def counted(page: Page, shots: int, area: str = "") -> None:
    form = page.get_by_role("region", name="During the session")
    form.get_by_label("Shots on the gun's counter").fill(str(shots))
    form.get_by_label("Skin done with this needle").fill(area)
    with page.expect_event("load"):
        form.get_by_role("button", name="Save count").tap()


def ring(page: Page) -> tuple[str | None, str]:
    counter = page.locator(".counter")
    return counter.get_attribute("data-tone"), counter.locator(".say").inner_text()


def filled(page: Page) -> int:
    """In thousandths of the ring."""
    fill = page.locator(".counter .fill")
    if not fill.count():
        return 0
    return int((fill.get_attribute("stroke-dasharray") or "1000").split()[0])


def test_the_ring_fills_and_turns_with_word_icon_and_vibration(page: Page) -> None:
    # Ten minutes of the needle's fifteen are over.
    assert ring(page) == ("go", "Fine") and 600 <= filled(page) < 800
    counted(page, 20)
    assert ring(page) == ("go", "Fine")
    counted(page, 70)
    assert ring(page) == ("caution", "Change soon")
    assert page.evaluate("shakes") == ["120"]
    counted(page, 101)
    assert ring(page) == ("stop", "Change now") and filled(page) == 1000
    assert page.evaluate("shakes") == ["250 120 250"]
    expect(page.locator(".counter .say svg")).to_be_visible()
    shot(page, "ring-full")
    page.reload()
    expect(page.locator(".counter[data-tone=stop]")).to_be_visible()
    assert page.evaluate("shakes") == [], "what was felt once is not felt at every look"


def test_the_ring_fills_by_the_skin_one_needle_has_done(page: Page) -> None:
    counted(page, 5, "180")
    assert ring(page) == ("caution", "Change soon") and filled(page) == 900
    counted(page, 5, "201")
    assert ring(page) == ("stop", "Change now")
    expect(page.get_by_role("region", name="Needle on the gun")).to_contain_text("201 cm2")


def test_the_ring_turns_by_time_alone(chromium: Browser, room: TreatmentRoom) -> None:
    page = room.opened(chromium, **PHONE)
    page.clock.install()
    page.reload()
    page.evaluate(SHAKES)
    assert ring(page) == ("go", "Fine")
    page.clock.fast_forward("03:00")
    expect(page.locator(".counter[data-tone=caution] .say")).to_have_text("Change soon")
    page.clock.fast_forward("04:00")
    expect(page.locator(".counter[data-tone=stop] .say")).to_have_text("Change now")
    assert page.evaluate("shakes") == ["120", "250 120 250"]


def test_a_swap_can_be_taken_back_for_ten_seconds_and_both_stay_in_the_record(page: Page, room: TreatmentRoom) -> None:
    scan(page, room.packs[1], "Enter")
    undo = page.get_by_role("button", name="Undo this swap")
    undo.tap()
    expect(page.locator("#needle-rows")).to_contain_text("on the gun")
    with room.app.app_context():
        uses = db.session.scalars(
            select(NeedleUse).where(NeedleUse.treatment_id == UUID(room.session)).order_by(NeedleUse.sequence)
        ).all()
        assert [(use.removed_at is None, use.undone_at is None) for use in uses] == [(True, True), (False, False)]
        done = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == UUID(room.session))).all()
        assert {"needle.fitted", "needle.swap_undone", "needle.put_back"} <= set(done)


def test_the_way_back_is_gone_after_ten_seconds(page: Page, room: TreatmentRoom) -> None:
    scan(page, room.packs[1], "Enter")
    undo = page.get_by_role("button", name="Undo this swap")
    expect(undo).to_be_visible()
    fading = "document.querySelector('.fleeting').getAnimations()[0]"
    assert page.evaluate(f"{fading}.effect.getTiming().delay") == 10_000
    page.evaluate(f"{fading}.finish()")
    expect(undo).to_be_hidden()


def test_the_usual_reason_is_chosen_and_each_is_a_large_button(page: Page) -> None:
    reasons = page.get_by_role("group", name="Reason for the change").locator("label")
    expect(page.get_by_label("limit reached")).to_be_checked()
    assert min((reason.bounding_box() or {"height": 0})["height"] for reason in reasons.all()) >= 48
    reasons.filter(has_text="bent").tap()
    expect(page.get_by_label("bent").first).to_be_checked()
