"""The blueprint of the stocktakes' views."""

from flask import Blueprint

blueprint = Blueprint("stocktaking", __name__)
