"""Every address, as every role: open to exactly those whose permission covers it, and never an error."""

from uuid import uuid4

import pytest
from flask import Flask

from inventory.people.actors import PersonAtWork
from inventory.people.permissions import PERMISSIONS
from inventory.web.access import PUBLIC, SIGNED_IN

ROLES = ("nurse", "lead_nurse", "manager", "auditor", "administrator")
FILES = {
    "healthz",
    "audit.hand_out",
    "sterility.export_file",
    "static",
    "stock.catalogue_csv",
    "stock.catalogue_xlsx",
    "printing.file",
    "printing.label_file",
    "printing.test_page",
    "printing.preview",
    "trust.certificate",
    "devices.check_labels",
    "devices.worker",
    "devices.manifest",
    "devices.reached",
    "oversight.compliance_csv",
    "purchasing.order_csv",
    "purchasing.order_pdf",
    "keeping.report",
}


def _routes(app: Flask, method: str):
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint not in FILES and method in (rule.methods or ()):
                values = {name: uuid4() for name in rule.arguments}
                if "number" in values:
                    values["number"] = 1
                if "kind" in values:
                    values |= {"kind": "B" if rule.endpoint == "people.badge_label" else "P", "code": "X"}
                built = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
                yield rule.endpoint, built, app.view_functions[rule.endpoint].permission


def _may(role: str, permission: str) -> bool:
    named = {known.value: allowed for known, allowed in PERMISSIONS.items()}
    return permission in (PUBLIC, SIGNED_IN) or permission in named[role]


@pytest.mark.parametrize("role", ROLES)
def test_inv_38_each_page_is_open_to_exactly_its_permission(
    app: Flask, role: str, client_for, request: pytest.FixtureRequest
) -> None:
    person: PersonAtWork = request.getfixturevalue(role)
    client = client_for(person)
    for endpoint, url, permission in list(_routes(app, "GET")):
        answered = client.raw("GET", url).status_code
        if _may(role, permission):
            assert answered in (200, 302, 303, 404), f"{endpoint}: {answered}"
        else:
            assert answered == 403, f"{endpoint}: {answered}"


@pytest.mark.parametrize("role", ROLES)
def test_inv_38_each_write_is_open_to_exactly_its_permission(
    app: Flask, role: str, client_for, request: pytest.FixtureRequest
) -> None:
    client = client_for(request.getfixturevalue(role))
    sent = {"csrf_token": client.token(), "event_id": str(uuid4())}
    for endpoint, url, permission in list(_routes(app, "POST")):
        if endpoint in ("people.sign_out", "people.lock", "audit.add_checkpoint"):
            continue
        answered = client.raw("POST", url, data=sent).status_code
        if _may(role, permission):
            assert answered in (200, 302, 303, 404, 409, 422), f"{endpoint}: {answered}"
        else:
            assert answered == 403, f"{endpoint}: {answered}"


def test_nobody_sees_anything_without_signing_in(app: Flask, client_for) -> None:
    client = client_for(None)
    for endpoint, url, permission in list(_routes(app, "GET")):
        answer = client.raw("GET", url)
        if permission != PUBLIC:
            assert answer.status_code == 302 and "/sign-in" in answer.location, endpoint


def test_no_write_is_taken_without_a_token(app: Flask, client_for, lead_nurse: PersonAtWork) -> None:
    client = client_for(lead_nurse)
    for endpoint, url, _ in list(_routes(app, "POST")):
        assert client.raw("POST", url, data={"event_id": str(uuid4())}).status_code == 400, endpoint


@pytest.mark.parametrize("role", ROLES)
def test_every_list_says_something_when_it_is_empty(
    app: Flask, role: str, client_for, request: pytest.FixtureRequest
) -> None:
    """Each page without an id renders valid HTML in an empty clinic, for whoever may see it."""
    client = client_for(request.getfixturevalue(role))
    for endpoint, url, permission in list(_routes(app, "GET")):
        rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint)
        if not rule.arguments and _may(role, permission):
            assert client.open(url).h1, endpoint


def test_the_headers_of_every_answer_protect_it(app: Flask, client_for, nurse: PersonAtWork) -> None:
    client = client_for(nurse)
    for url in ("/sessions", "/nothing-here", "/sign-in", "/people"):
        headers = client.raw("GET", url).headers
        policy = headers["Content-Security-Policy"]
        assert "'unsafe-inline'" not in policy and "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_the_health_page_answers_while_the_database_does(client_for) -> None:
    answer = client_for(None).raw("GET", "/healthz")
    assert answer.status_code == 200 and answer.get_json()["status"] == "ok"
