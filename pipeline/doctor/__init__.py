"""What `nhicard doctor` asks of the machine that runs the nightly job, one topic a file."""
