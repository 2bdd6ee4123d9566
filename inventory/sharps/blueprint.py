"""The blueprint of the sharps containers' views."""

from flask import Blueprint

blueprint = Blueprint("sharps", __name__)
