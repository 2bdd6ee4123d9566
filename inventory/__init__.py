"""Sterilog: which needle, from which lot, in which gun, after which disinfection, touched which patient."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect

from inventory import config, db
from inventory.anchors import views as anchors_views
from inventory.audit import views as audit_views
from inventory.audit import watching
from inventory.compliance import views as compliance_views
from inventory.devices import views as devices_views
from inventory.digest import views as digest_views
from inventory.disinfection import views as disinfection_views
from inventory.guns import views as guns_views
from inventory.keeping import views as keeping_views
from inventory.mail import views as mail_views
from inventory.oversight import views as oversight_views
from inventory.packs import views as packs_views
from inventory.people import opening_views, sign_in
from inventory.people import views as people_views
from inventory.printing import views as printing_views
from inventory.purchasing import views as purchasing_views
from inventory.reactions import views as reactions_views
from inventory.recalls import views as recalls_views
from inventory.scanning import views as scanning_views
from inventory.sessions import views as sessions_views
from inventory.sharps import views as sharps_views
from inventory.sterilising import views as sterilising_views
from inventory.sterility import views as sterility_views
from inventory.stock import views as stock_views
from inventory.stocktaking import views as stocktaking_views
from inventory.web import access, health, logs, pages, proxy, security, trust

CAPABILITIES = (
    keeping_views,
    purchasing_views,
    devices_views,
    reactions_views,
    oversight_views,
    sessions_views,
    scanning_views,
    printing_views,
    packs_views,
    sterilising_views,
    guns_views,
    disinfection_views,
    stock_views,
    stocktaking_views,
    sharps_views,
    recalls_views,
    digest_views,
    sterility_views,
    compliance_views,
    people_views,
    mail_views,
    anchors_views,
    audit_views,
)


def create_app(given: Mapping[str, Any] | None = None) -> Flask:
    """The application. `given` overrides settings from the environment (see `config`)."""
    app = Flask(__name__, template_folder=pages.template_folder())
    app.jinja_environment = pages.Templates
    app.config.from_mapping(config.settings(given))
    logs.init_app(app)
    db.init_app(app)
    watching.watch(app)
    proxy.init_app(app)
    security.init_app(app)
    access.open_transactions(app)
    CSRFProtect(app)
    sign_in.init_app(app)
    access.guard(app)
    opening_views.init_app(app)
    pages.init_app(app)
    health.init_app(app)
    app.register_blueprint(trust.blueprint)
    for views in CAPABILITIES:
        app.register_blueprint(views.blueprint)
    return app
