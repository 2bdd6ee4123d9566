"""The blueprint of the recall notices' views."""

from flask import Blueprint

blueprint = Blueprint("recalls", __name__)
