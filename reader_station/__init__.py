"""The reader station and the portal behind it: card, station, accounts, portal."""
