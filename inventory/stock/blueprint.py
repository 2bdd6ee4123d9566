"""The blueprint all of the stock's views belong to."""

from flask import Blueprint

blueprint = Blueprint("stock", __name__)
