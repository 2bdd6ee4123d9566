"""A policy version from its draft over the what-if to the approval by a second person, walked in a browser."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import PASSWORD
from tests.journeys.conftest import DESK, PHONE, Watched, shot


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def options(request: pytest.FixtureRequest) -> dict[str, object]:
    return request.param


@pytest.fixture
def contexts(chromium: Browser, options: dict[str, object]) -> Iterator[tuple[BrowserContext, BrowserContext]]:
    """Two people's browsers, the second one without script."""
    both = (chromium.new_context(**options), chromium.new_context(java_script_enabled=False, **options))
    for context in both:
        context.set_default_timeout(20_000)
    yield both
    for context in both:
        context.close()


def test_a_draft_is_tried_and_approved_by_a_second_person(
    contexts: tuple[BrowserContext, BrowserContext], new_clinic: str
) -> None:
    author = Watched(contexts[0], new_clinic)
    page = author.page
    _sign_in(page, new_clinic, "administrator.ada@clinic.example")
    page.goto(f"{new_clinic}/policies/new")
    page.get_by_label("Reason for this version").fill("Papules wear the tip faster")
    page.get_by_label("Most punctures per needle (punctures)", exact=True).fill("90")
    page.get_by_text("Papule", exact=True).click()
    page.get_by_label("Papule: most punctures per needle (punctures)").fill("60")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("A second person approves it.")).to_be_visible()
    papule = page.get_by_role("row").filter(has_text="Papule").first
    expect(papule).to_contain_text("60 punctures")
    shot(page, "draft")
    page.get_by_role("link", name="What if?").click()
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_text("No closed session yet")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    assert author.faults == []
    _approved_by_another(contexts[1].new_page(), new_clinic)
    page.goto(f"{new_clinic}/policies/2")
    expect(page.get_by_role("heading", name="Policy version 2")).to_be_visible()


def _approved_by_another(page: Page, url: str) -> None:
    _sign_in(page, url, "lead.lea@clinic.example")
    page.goto(f"{url}/policies")
    page.get_by_role("link", name="Draft of").click()
    page.get_by_role("link", name="What if?").click()
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_text("No closed session yet")).to_be_visible()
    page.get_by_role("link", name="Draft of").click()
    page.get_by_label("Your password or PIN").fill(PASSWORD)
    page.get_by_role("button", name="Approve and publish").click()
    expect(page.get_by_text("Policy version 2 is published.")).to_be_visible()


def _sign_in(page: Page, url: str, email: str) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)
