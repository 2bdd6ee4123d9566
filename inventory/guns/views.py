from flask import Blueprint

blueprint = Blueprint("guns", __name__)
