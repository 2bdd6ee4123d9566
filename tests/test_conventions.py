"""Rules over all routes, templates, models and modules: whole classes of mistakes, caught once."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from jinja2 import meta, nodes
from sqlalchemy import CheckConstraint, inspect

from inventory.db import Model, db
from inventory.people.permissions import PERMISSIONS
from inventory.web.access import PUBLIC, SAFE_METHODS, SIGNED_IN

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    path for folder in ("inventory", "labels") for path in (ROOT / folder).rglob("*.py") if "versions" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
KNOWN_PERMISSIONS = {PUBLIC, SIGNED_IN, *(name for names in PERMISSIONS.values() for name in names)}


def _views(app: Flask) -> Iterator[tuple[str, object, set[str]]]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            yield rule.endpoint, app.view_functions[rule.endpoint], set(rule.methods or ())


def _calls(path: Path) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def test_every_view_states_a_known_permission(app: Flask) -> None:
    for endpoint, view, _ in _views(app):
        assert getattr(view, "permission", None) in KNOWN_PERMISSIONS, endpoint


def test_every_permission_is_asked_for_somewhere() -> None:
    text = "\n".join(path.read_text() for path in (*SOURCES, *TEMPLATES) if path.name != "permissions.py")
    for permission in KNOWN_PERMISSIONS - {PUBLIC, SIGNED_IN}:
        assert f'"{permission}"' in text, permission


def test_no_view_writes_on_a_safe_method(app: Flask) -> None:
    """A view that commits answers POST too, and the commit stands behind a validated form."""
    for path in SOURCES:
        if not path.name.endswith("views.py"):
            continue
        for function in (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef)):
            source = ast.unparse(function)
            if "session.commit()" in source:
                decorators = " ".join(ast.unparse(decorator) for decorator in function.decorator_list)
                posts = ".post(" in decorators or "POST" in decorators
                inner = not decorators
                assert posts or inner, f"{path.name}: {function.name} commits but answers no POST"
                assert ".get(" not in decorators, f"{path.name}: {function.name} commits on GET"


def test_only_views_and_commands_commit() -> None:
    allowed = re.compile(r"(views|cli|demo)")
    for path in SOURCES:
        for call in _calls(path):
            if ast.unparse(call.func).endswith("session.commit"):
                assert allowed.search(str(path.relative_to(ROOT))), path


def test_only_the_clock_reads_the_clock() -> None:
    clocks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
    for path in SOURCES:
        if path.name != "clock.py":
            found = {ast.unparse(call.func) for call in _calls(path)} & clocks
            assert not found, f"{path} reads the clock: {found}"


def test_only_views_and_commands_ask_the_clock() -> None:
    for path in SOURCES:
        if any(ast.unparse(call.func).endswith("utc_now") for call in _calls(path)):
            assert re.search(r"(views|cli|clock|sign_in)", str(path.relative_to(ROOT))), path


def test_no_import_stands_inside_a_function() -> None:
    for path in SOURCES:
        for function in (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef)):
            inner = [n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not inner, f"{path}: {function.name} imports"


def test_one_module_knows_sqlite() -> None:
    for path in SOURCES:
        names = {
            name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([alias.name for alias in node.names] + [getattr(node, "module", "") or ""])
        }
        if path != ROOT / "inventory" / "sqlite.py":
            assert not names & {"sqlite3", "pysqlite3"}, path


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    # The verifier is handed out alone, to be read whole by whoever trusts nobody.
    most = {"models.py": 320, "verify.py": 640}.get(path.name, 250)
    assert len(text.splitlines()) <= most, path
    for function in (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)):
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= 60, f"{function.name} has {length} lines"


def test_no_module_is_a_drawer_for_anything() -> None:
    for path in SOURCES:
        assert path.stem not in ("utils", "util", "helpers", "common", "manager", "service"), path


def test_no_float_column_and_no_float_in_rules() -> None:
    for table in Model.metadata.tables.values():
        for column in table.columns:
            assert column.type.python_type is not float if hasattr(column.type, "python_type") else True


def test_every_owned_reference_stays_in_its_clinic() -> None:
    """INV-11 by declaration: a reference between two tables of a clinic carries the clinic."""
    owned = {table.name for table in Model.metadata.tables.values() if "clinic_id" in table.columns}
    for table in Model.metadata.tables.values():
        for constraint in table.foreign_key_constraints:
            if table.name in owned and constraint.referred_table.name in owned:
                assert "clinic_id" in constraint.column_keys, f"{table.name}: {constraint.column_keys}"


def test_templates_parse_and_none_is_an_orphan(app: Flask) -> None:
    environment = app.jinja_env
    used: set[str] = set()
    for path in TEMPLATES:
        tree = environment.parse(path.read_text())
        used |= {name for name in meta.find_referenced_templates(tree) if name}
        assert not [n for n in tree.find_all(nodes.Filter) if n.name == "safe"], f"{path} switches escaping off"
    code = "\n".join(path.read_text() for path in SOURCES)
    for path in TEMPLATES:
        name = str(path.relative_to(ROOT / "templates"))
        assert name in used or f'"{name}"' in code, f"{name} is used by nobody"


def test_models_equal_migrations(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Model.metadata) == []


def test_checks_in_the_migration_equal_those_of_the_models(app: Flask) -> None:
    """Alembic does not compare CHECK constraints."""
    inspector = inspect(db.engine)
    for table in Model.metadata.tables.values():
        declared = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        stored = {c["name"] for c in inspector.get_check_constraints(table.name)}
        assert declared <= stored, f"{table.name}: {declared - stored}"


def test_safe_methods_are_what_the_web_says_they_are() -> None:
    assert {"GET", "HEAD", "OPTIONS"} == SAFE_METHODS
