"""What a person does with a registration: look, enrol, confirm. Only the portal imports this."""
