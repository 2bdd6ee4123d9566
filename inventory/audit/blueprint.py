"""The blueprint all views of the record are registered on."""

from flask import Blueprint

blueprint = Blueprint("audit", __name__)
