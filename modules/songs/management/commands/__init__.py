"""Commands of the song library."""
