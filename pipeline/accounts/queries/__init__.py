"""The SQL of registrations, links, limits and station keys."""
