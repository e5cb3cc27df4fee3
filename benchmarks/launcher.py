"""Run one command and write down what it cost: `python -I -S launcher.py NOTE COMMAND ...`.

A small process of its own, because Linux counts the memory of whoever starts a process towards that process's
peak: measured from a large one, every command would look large.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main(note: str, *command: str) -> int:
    """Write wall and CPU seconds and the peak of resident memory (MiB) to `note`; the command's exit code."""
    began = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - began
    cost = {
        "wall_s": wall,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "rss_mb": usage.ru_maxrss / 1024,  # Linux gives KiB
    }
    with open(note, "w", encoding="ascii") as file:
        json.dump(cost, file)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
