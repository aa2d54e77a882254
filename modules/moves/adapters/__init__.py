"""Technology behind the move library's ports."""
