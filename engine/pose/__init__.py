"""The couple in a clip, and vectors of its movements."""
