"""The blueprint all of purchasing's views belong to."""

from flask import Blueprint

blueprint = Blueprint("purchasing", __name__)
