"""The blueprint all views of the sterility log are registered on."""

from flask import Blueprint

blueprint = Blueprint("sterility", __name__)
