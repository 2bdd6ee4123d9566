"""The blueprint of what is kept, held and erased."""

from flask import Blueprint

blueprint = Blueprint("keeping", __name__)
