from flask import Blueprint

blueprint = Blueprint("sterilising", __name__)
