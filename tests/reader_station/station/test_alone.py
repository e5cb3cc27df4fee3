"""A station on a machine that has nothing but the station's own packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.reader_station.station.stations import free_socket
from tests.reader_station.station.test_station_command import found

ELSEWHERE = (
    "aiosmtplib", "airflow", "alembic", "argon2", "authres", "flufl", "imap_tools", "numpy", "pandas",
    "pandera", "psycopg", "pyarrow", "sqlalchemy", "uvloop",
)  # fmt: skip
BARE = f"""
import sys
sys.modules.update(dict.fromkeys({ELSEWHERE!r}))  # None there: neither imported nor found
from pipeline.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("simulate", [True, False], ids=["sample cards", "a reader"])
def test_a_station_alone_starts_and_says_4061_until_the_portal_answers(
    tmp_path: Path, simulate: bool
) -> None:
    with free_socket() as (listening, port):
        listening.close()
    printed = tmp_path / "output"
    words = ["station", *(["--simulate"] * simulate), "--no-browser", "--port", str(port)]
    environment = os.environ | {"NHICARD_PORTAL_URL": "http://127.0.0.1:9", "NHICARD_VAR_DIR": str(tmp_path)}
    with printed.open("w") as file:
        running = subprocess.Popen(
            [sys.executable, "-u", "-c", BARE, *words], stdout=file, stderr=subprocess.STDOUT, env=environment
        )
    try:
        start = found(printed, r"http://127\.0\.0\.1:\d+/start\?key=\S+")[0]
        transport = httpx.HTTPTransport(retries=5)
        with httpx.Client(trust_env=False, follow_redirects=True, transport=transport, timeout=20) as client:
            client.get(start)
            rows = client.get(f"http://127.0.0.1:{port}/environment.json").text
        assert "無法連線（4061：" in rows
    finally:
        running.terminate()
        running.wait(10)


def test_the_doctor_of_a_station_alone_speaks_of_the_station_only(tmp_path: Path) -> None:
    environment = os.environ | {"NHICARD_PORTAL_URL": "http://127.0.0.1:9", "NHICARD_VAR_DIR": str(tmp_path)}
    command = [sys.executable, "-c", BARE, "doctor", "--json"]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    items = " ".join(check["item"] for check in json.loads(said.stdout)["checks"])
    assert "讀卡機" in items
    assert "服務網站連線" in items
    assert [word for word in ("nightly-job", "Drop folder", "Mail", "Airflow") if word in items] == []
