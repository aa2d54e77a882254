"""Tables of the move library."""
