"""The blueprint all of the outgoing mail's views belong to."""

from flask import Blueprint

blueprint = Blueprint("mail", __name__)
