"""Every benchmark at its smallest: that its figures come out, never how large they are."""
