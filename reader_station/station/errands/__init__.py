"""What people do at the station, one module an errand."""
