from flask import Blueprint

blueprint = Blueprint("sterility", __name__)
