"""The JSON API for stations, one module an errand."""
