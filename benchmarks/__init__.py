"""Measurements: ratios of what ran side by side in one run. Never part of the tests."""
