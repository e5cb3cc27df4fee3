"""The nightly work: what an employer hands in becomes registrations and answers."""
