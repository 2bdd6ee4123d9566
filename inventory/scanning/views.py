from flask import Blueprint

blueprint = Blueprint("scanning", __name__)
