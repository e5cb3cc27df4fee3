"""`make bench` runs every benchmark that there is."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import benchmarks
from benchmarks.__main__ import BENCHMARKS


def test_every_module_that_measures_is_run() -> None:
    names = [module.name for module in pkgutil.iter_modules(benchmarks.__path__)]
    measuring = {name for name in names if hasattr(import_module(f"benchmarks.{name}"), "measure")}
    assert measuring == set(BENCHMARKS)
