"""The blueprint all views of sterilising are registered on."""

from flask import Blueprint

blueprint = Blueprint("sterilising", __name__)
