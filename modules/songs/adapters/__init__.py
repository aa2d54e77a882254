"""What serves the song library's ports."""
