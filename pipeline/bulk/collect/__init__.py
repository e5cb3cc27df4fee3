"""Files come in by folder and mailbox: recorded once, judged at the door, answered at once."""
