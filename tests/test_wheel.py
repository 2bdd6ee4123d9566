"""The installed wheel migrates an empty database and shows its first page: no template or migration was left out."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCRIPT = """
import inventory
from inventory import create_app, schema
assert "site" in inventory.__file__, inventory.__file__
app = create_app({"SECRET_KEY": "x" * 40})
schema.migrate(app)
answer = app.test_client().get("/sign-in")
assert answer.status_code == 200, answer.status
assert app.test_client().get("/static/app.css").status_code == 200
"""


def test_the_wheel_stands_on_its_own(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    wheel = next(tmp_path.glob("*.whl"))
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--target", str(site), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(site), "STERILOG_DATA_DIR": str(tmp_path / "data")}
    ran = subprocess.run(
        [sys.executable, "-P", "-c", SCRIPT], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
