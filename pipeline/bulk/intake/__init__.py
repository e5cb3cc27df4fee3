"""How hand-ins reach us and how their bytes become rows."""
