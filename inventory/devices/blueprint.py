"""The blueprint that the views of this capability share."""

from flask import Blueprint

blueprint = Blueprint("devices", __name__)
