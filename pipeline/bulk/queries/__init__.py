"""The SQL of batches, rows, runs and letters about them."""
