"""Two ratios of the nightly work, of commands that take turns: `python -m benchmarks.nightly [ROUNDS]`.

`nhicard check` of 100,000 rows against a process that only imports pandas and pandera and reads the file (CPU
seconds, user and system), and 1,000 files of 100 rows through `run-batch` against one file of 100,000 rows
(wall seconds, SQLite, answers and annotated CSVs included, no mail).
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

NHICARD = Path(sys.executable).with_name("nhicard")
ROWS = 100_000
READ_ONLY = "import sys, pandas, pandera.pandas; pandas.read_csv(sys.argv[1], dtype=str)"


def main(rounds: int = 5) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        nights = {files: make_night(root / f"{files}-files", files) for files in (1, 1_000)}
        sample = next((nights[1] / "inbox").iterdir())
        print(f"{rounds} rounds, medians; Python {sys.version.split()[0]}, {os.cpu_count()} cores")
        compare(
            "check of 100,000 rows / read only, CPU s",
            lambda: cpu_seconds([NHICARD, "check", sample, "--json"], accepted=(0, 1)),
            lambda: cpu_seconds([sys.executable, "-c", READ_ONLY, sample]),
            rounds,
        )
        compare(
            "1,000 files of 100 rows / one of 100,000, wall s",
            lambda: night_seconds(nights[1_000], root / "var"),
            lambda: night_seconds(nights[1], root / "var"),
            rounds,
        )


def compare(title: str, ours: Callable[[], float], other: Callable[[], float], rounds: int) -> None:
    """Print the medians of both and the median of the rounds' ratios."""
    ours(), other()  # a first time for compiled modules and the disk's cache
    pairs = [(ours(), other()) for _ in range(rounds)]
    a, b = (median(side) for side in zip(*pairs, strict=True))
    print(f"{title}: {a:.2f} / {b:.2f} = {median(a / b for a, b in pairs):.2f}")


def make_night(folder: Path, files: int) -> Path:
    """A made-up register and a night of 100,000 rows."""
    sizes = ["--people", "120000", "--files", str(files), "--rows", str(ROWS), "--bad", "10", "--seed", "1"]
    run([NHICARD, "demo-data", *sizes, "-o", folder])
    prepared = folder / "var"
    run([NHICARD, "init-db"], var=prepared)
    run([NHICARD, "load-register", folder / "register"], var=prepared)
    return folder


def night_seconds(night: Path, var: Path) -> float:
    """One whole `run-batch` on a fresh copy of the night."""
    shutil.rmtree(var, ignore_errors=True)
    shutil.copytree(night / "var", var)
    shutil.copytree(night / "inbox", var / "inbox", dirs_exist_ok=True)
    began = time.perf_counter()
    run([NHICARD, "run-batch", "--no-mailbox", "--no-mail", "--json"], var=var)
    return time.perf_counter() - began


def cpu_seconds(command: list[object], *, accepted: tuple[int, ...] = (0,)) -> float:
    """User and system seconds of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(command, accepted=accepted)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(command: list[object], *, var: Path | None = None, accepted: tuple[int, ...] = (0,)) -> None:
    """Run a command, silently; stop on any other exit code."""
    environment = os.environ | ({"NHICARD_VAR_DIR": str(var)} if var else {})
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else every process compiles everything again
    done = subprocess.run([str(word) for word in command], env=environment, capture_output=True, check=False)
    if done.returncode not in accepted:
        raise SystemExit(done.stderr.decode())


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
