from flask import Blueprint

blueprint = Blueprint("anchors", __name__)
