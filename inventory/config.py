"""Settings: defaults, then STERILOG_* from the environment, then what the caller passes."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.pool import StaticPool

from inventory import sqlite

DEFAULTS: dict[str, Any] = {
    "PUBLIC_URL": "http://localhost:8642",
    "DEMO": False,
    "PROXY_HOPS": 0,
    "SMTP_URL": "",
    "MAIL_FROM": "sterilog@localhost",
    "WITNESS_URL": "",
    "WITNESS_KEY": "",
    "TIME_SEAL_URL": "",
    "SESSION_COOKIE_NAME": "sterilog",
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "PERMANENT_SESSION_LIFETIME": 30 * 60,
    "ABSOLUTE_SESSION_HOURS": 12,
    "LOCK_MINUTES": 5,
    "WTF_CSRF_TIME_LIMIT": None,
    "MAX_CONTENT_LENGTH": 5 * 1024 * 1024,
    "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
    "MAX_FORM_PARTS": 2000,
}
FROM_ENVIRONMENT = (
    "DATABASE_URL",
    "SECRET_KEY",
    "PUBLIC_URL",
    "DATA_DIR",
    "TRUSTED_HOSTS",
    "PROXY_HOPS",
    "SMTP_URL",
    "MAIL_FROM",
    "WITNESS_URL",
    "WITNESS_KEY",
    "TIME_SEAL_URL",
)
MOST_PROXIES = 5


def settings(given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """All settings of one application. Raises `RuntimeError` with a sentence where one is unusable."""
    named = {key: os.environ[f"STERILOG_{key}"] for key in FROM_ENVIRONMENT if f"STERILOG_{key}" in os.environ}
    found: dict[str, Any] = {**DEFAULTS, **named, **(given or {})}
    data = Path(found.get("DATA_DIR", "instance")).resolve()
    found["DATA_DIR"] = data
    if isinstance(found.get("TRUSTED_HOSTS"), str):
        found["TRUSTED_HOSTS"] = [host.strip() for host in found["TRUSTED_HOSTS"].split(",")]
    found["PROXY_HOPS"] = _hops(str(found["PROXY_HOPS"]))
    if not found.get("DATABASE_URL"):
        data.mkdir(parents=True, exist_ok=True)
    url = make_url(found.get("DATABASE_URL") or f"sqlite:///{data / 'sterilog.sqlite3'}")
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    found["SQLALCHEMY_DATABASE_URI"] = url
    found["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url.get_backend_name(), url.database)
    if not found.get("SECRET_KEY"):
        found["SECRET_KEY"] = secret_key(data)
    if len(found["SECRET_KEY"]) < 32:
        raise RuntimeError("STERILOG_SECRET_KEY is too short. Set it to at least 32 random characters.")
    return found


def secret_key(data: Path) -> str:
    """The installation's own key, made on first use beside the database and readable by its owner only."""
    path = data / "secret_key"
    data.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key


def _hops(text: str) -> int:
    """How many reverse proxies stand before us. Each counted one too many lets a caller choose its own address."""
    if not (text.isascii() and text.isdigit() and int(text) <= MOST_PROXIES):
        raise RuntimeError(f"STERILOG_PROXY_HOPS must be a whole number from 0 to {MOST_PROXIES}, not {text[:40]!r}.")
    return int(text)


def _engine_options(backend: str, database: str | None) -> dict[str, Any]:
    # A failed statement is logged without its values: a patient's reference may be among them.
    quiet = {"hide_parameters": True}
    if backend != "sqlite":
        # A commit is answered when the standby, where there is one, has written it.
        given = {"connect_timeout": 5, "options": "-c synchronous_commit=on"}
        return {**quiet, "pool_pre_ping": True, "connect_args": given}
    if database in (None, "", ":memory:"):
        return {
            **quiet,
            "module": sqlite.driver,
            "poolclass": StaticPool,
            "connect_args": {"check_same_thread": False},
        }
    return {**quiet, "module": sqlite.driver}
