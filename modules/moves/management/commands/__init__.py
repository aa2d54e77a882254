"""Commands of the move library."""
