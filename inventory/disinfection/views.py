from flask import Blueprint

blueprint = Blueprint("disinfection", __name__)
