"""What the benchmark of the hearing consists of."""
