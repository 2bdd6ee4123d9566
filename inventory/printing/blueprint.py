"""The blueprint all views of printing are registered on."""

from flask import Blueprint

blueprint = Blueprint("printing", __name__)
