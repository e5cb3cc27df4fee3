"""A person's registration for online services, from the first look at a card to the confirmation."""
