"""Inside a mail: its parts, names, texts and zips; `received_mail` is the door."""
