"""The card reader: `python -m benchmarks.card_reader`.

A virtual card goes in and out of a real pcscd: from insertion to the card holder read, from removal to the
monitor's word; a warm card is read over and over; and how long after a killed service was started again a
card is read once more. pcscd asks a driver without events every 0.4 s, which is most of what is measured.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

from benchmarks import sizes
from benchmarks.figures import Figure, report
from benchmarks.sizes import Size
from reader_station.card.pcsc import list_readers
from reader_station.card.pcsc_reader import PcscReader
from tests.reader_station.card.watching import SeenStates
from tests.reader_station.pcscd import SOCKET_VARIABLE, Pcscd, pcscd_program, wait_for_readers
from tests.reader_station.sample_holders import MEI, MING

COMMAND: Final = "python -m benchmarks.card_reader"
CYCLES: Final = {"smoke": 3, "default": 30, "full": 1_000}
READS: Final = {"smoke": 10, "default": 500, "full": 500}
RESTARTS: Final = 3
MOST_MEDIAN_MS, MOST_P95_MS, MOST_WARM_MS, MOST_RECOVERY_S = 500, 900, 10, 3.0


def measure(size: Size) -> list[Figure]:
    """Milliseconds of a card put in, taken out and read again; seconds until a restarted service reads.

    Raises:
        SystemExit: there is no pcscd, or no virtual reader for it.
    """
    cycles, reads = CYCLES[size.name], READS[size.name]
    found = _found(cycles, reads)
    put_in = f"a card put in to its holder read, {cycles} times"
    figures = (
        (f"{put_in}: median", "ms", "filled_median_ms", MOST_MEDIAN_MS),
        (f"{put_in}: 95th percentile", "ms", "filled_p95_ms", MOST_P95_MS),
        ("a card taken out to the word of it: median", "ms", "removed_median_ms", None),
        (f"a warm card read, {reads} times: median", "ms", "warm_median_ms", MOST_WARM_MS),
        (f"pcscd killed and started to a card read, worst of {RESTARTS}", "s", "recovery_s", MOST_RECOVERY_S),
    )
    return [
        Figure(name, unit, found[key], at_most=bound, details=found, command=COMMAND)
        for name, unit, key, bound in figures
    ]


def _found(cycles: int, reads: int) -> dict[str, Any]:
    program = pcscd_program()
    if program is None:
        raise SystemExit("needs Debian's pcscd and vsmartcard-vpcd: nothing was measured")
    service, reader, seen = Pcscd(program), PcscReader(), SeenStates()
    os.environ[SOCKET_VARIABLE] = str(service.socket)
    try:
        service.start()
        wait_for_readers(list_readers)
        reader.start(seen)
        return _measured(service, reader, seen, cycles, reads)
    finally:
        reader.stop()
        service.close()


def _measured(
    service: Pcscd, reader: PcscReader, seen: SeenStates, cycles: int, reads: int
) -> dict[str, Any]:
    _cycles(service, reader, seen, 2)  # what the first ones load is no leak
    before = _held()
    filled, gone = _cycles(service, reader, seen, cycles)
    leaked = [now - then for now, then in zip(_held(), before, strict=True)]
    warm = _warm(service, reader, seen, reads)
    recovery = [_recovery(service, reader, seen) for _ in range(RESTARTS)]
    return {
        "cycles": cycles,
        "filled_median_ms": round(median(filled)),
        "filled_p95_ms": round(_p95(filled)),
        "removed_median_ms": round(median(gone)),
        "removed_p95_ms": round(_p95(gone)),
        "leaked_files": leaked[0],
        "leaked_threads": leaked[1],
        "grown_kib": leaked[2],
        "reads": reads,
        "warm_median_ms": round(median(warm), 2),
        "warm_p95_ms": round(_p95(warm), 2),
        "recovery_s": round(max(recovery), 2),
    }


def _cycles(
    service: Pcscd, reader: PcscReader, seen: SeenStates, cycles: int
) -> tuple[list[float], list[float]]:
    """Milliseconds from insertion to the holder read, and from removal to the word of it."""
    filled, gone = [], []
    for number in range(cycles):
        holder = (MEI, MING)[number % 2]
        began = time.monotonic()
        service.insert(holder)
        seen.wait_for_card()
        if reader.read().holder != holder:
            raise SystemExit("another card was read than was put in")
        filled.append((time.monotonic() - began) * 1000)
        time.sleep(number % 40 / 100)  # else each removal meets pcscd's poll in the same phase
        began = time.monotonic()
        service.remove()
        gone.append((seen.wait_for_card(is_in=False) - began) * 1000)
        time.sleep(number % 37 / 100)
    return filled, gone


def _warm(service: Pcscd, reader: PcscReader, seen: SeenStates, reads: int) -> list[float]:
    service.insert(MEI)
    seen.wait_for_card()
    spent = []
    for _ in range(reads):
        began = time.perf_counter()
        reader.read()
        spent.append((time.perf_counter() - began) * 1000)
    service.remove()
    seen.wait_for_card(is_in=False)
    return spent


def _recovery(service: Pcscd, reader: PcscReader, seen: SeenStates) -> float:
    """Seconds from the service's new start to a card read."""
    service.kill()
    seen.wait_for(lambda state: not state.service)
    time.sleep(1)
    began = time.monotonic()
    service.start()
    service.insert(MING)
    seen.wait_for_card()
    reader.read()
    spent = time.monotonic() - began
    service.remove()
    seen.wait_for_card(is_in=False)
    return spent


def _held() -> tuple[int, int, int]:
    """Open files, threads, and memory in KiB of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return (
        len(os.listdir("/proc/self/fd")),
        threading.active_count(),
        pages * os.sysconf("SC_PAGE_SIZE") // 1024,
    )


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]


def main() -> None:
    """Measure and report."""
    size = sizes.chosen()
    report("card_reader", size, measure(size))


if __name__ == "__main__":
    main()
