"""The blueprint all of the packs' views belong to."""

from flask import Blueprint

blueprint = Blueprint("packs", __name__)
