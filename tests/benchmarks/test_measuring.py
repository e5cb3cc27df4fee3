"""What a process costs is its own cost, and sides that take turns are compared round by round."""

from __future__ import annotations

import sys

import pytest

from benchmarks import measuring
from benchmarks.measuring import Cost

NO_COST = Cost(1, 1, 1)


def test_the_peak_of_a_small_process_is_not_that_of_the_large_one_that_starts_it() -> None:
    large = bytearray(200 * 2**20)
    cost, _ = measuring.run(["true"])
    assert len(large) / 2**20 > 4 * cost.rss_mb


def test_cpu_seconds_are_those_of_the_process_and_its_output_is_returned() -> None:
    program = "import time; time.sleep(0.3); print('done')"
    cost, told = measuring.run([sys.executable, "-S", "-c", program])
    assert told == "done\n"
    assert cost.wall_s > 0.3 > cost.cpu_s


def test_the_process_sees_the_environment_it_is_given() -> None:
    program = "import os; print(os.environ['GIVEN'])"
    assert measuring.run([sys.executable, "-c", program], environment={"GIVEN": "here"})[1] == "here\n"


def test_a_process_that_fails_stops_the_measurement_with_its_own_words() -> None:
    with pytest.raises(SystemExit, match="ended with 3:\nno file"):
        measuring.run(["sh", "-c", "echo no file >&2; exit 3"])
    measuring.run(["sh", "-c", "exit 3"], accepted=(3,))


@pytest.mark.parametrize(
    ("rounds", "turns"), [(1, "ab"), (2, "ababab")], ids=["one round", "the first of several is not counted"]
)
def test_sides_take_turns(rounds: int, turns: str) -> None:
    seen: list[str] = []

    def side(name: str) -> Cost:
        seen.append(name)
        return NO_COST

    costs = measuring.in_turns({name: lambda name=name: side(name) for name in "ab"}, rounds)  # type: ignore[misc]
    assert "".join(seen) == turns
    assert costs == {"a": [NO_COST] * rounds, "b": [NO_COST] * rounds}


def test_a_ratio_is_the_median_of_the_ratios_and_not_the_ratio_of_the_medians() -> None:
    walls = {"a": (2, 30, 8), "b": (1, 10, 2)}
    costs = {side: [Cost(wall, 1, 1) for wall in some] for side, some in walls.items()}
    assert measuring.ratio(costs, "a", "b") == 3
