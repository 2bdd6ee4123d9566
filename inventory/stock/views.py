from flask import Blueprint

blueprint = Blueprint("stock", __name__)
