"""Employers' files become registrations: collected, judged, registered, answered."""
