"""Made-up people, registers and nights of any size, the same for the same seed. Nobody here exists."""
