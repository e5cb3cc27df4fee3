"""The insurer's register: units, contacts, people and coverage, loaded as a whole."""
