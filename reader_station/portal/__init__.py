"""The central web service: the stations' API, the pages behind mail links, the file check for HR clerks."""
